#include "madang/disclosure/disclosure.hpp"
#include "pages.hpp"

namespace madang::disclosure {

void join(platform::house& house) {
  if (!house.pack().has("disclosure/law.yaml")) return;
  const auto o = std::make_shared<bureau>(house);
  o->index_answers();
  o->listen();
  open_pages(o);
  list_pages(o);
  figure_pages(o);
  request_pages(o);
  party_pages(o);
  desk_pages(o);
  paper_pages(o);
  offer(o);
}

}  // namespace madang::disclosure
