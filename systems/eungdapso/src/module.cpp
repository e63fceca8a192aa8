#include "madang/eungdapso/eungdapso.hpp"
#include "pages.hpp"

namespace madang::eungdapso {

void join(platform::house& house) {
  if (!house.pack().has("eungdapso/categories.yaml")) return;
  const auto o = std::make_shared<center>(house);
  report_pages(o);
  follow_pages(o);
  open_pages(o);
  crew_pages(o);
  center_pages(o);
  open311_pages(o);
  offer(o);
}

}  // namespace madang::eungdapso
