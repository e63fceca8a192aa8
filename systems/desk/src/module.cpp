#include "madang/desk/desk.hpp"

#include "desk_pages.hpp"

namespace madang::desk {

void join(platform::house& house) {
  inbox_pages(house);
  case_pages(house);
  bulk_pages(house);
  absence_pages(house);
  register_pages(house);
  audit_pages(house);
  office_pages(house);
  listen(house);
}

}  // namespace madang::desk
