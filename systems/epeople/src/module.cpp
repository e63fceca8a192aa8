#include "madang/epeople/epeople.hpp"
#include "pages.hpp"

namespace madang::epeople {

void join(platform::house& house) {
  if (!house.pack().has("epeople/kinds.yaml")) return;
  const auto o = std::make_shared<bureau>(house);
  o->index_answers();
  o->listen();
  entry_pages(o);
  filing_pages(o);
  following_pages(o);
  open_pages(o);
  desk_pages(o);
  publishing_pages(o);
  offer(o);
}

}  // namespace madang::epeople
