#include "madang/gov24/gov24.hpp"

#include "pages.hpp"

namespace madang::gov24 {

std::span<const store::migration> migrations();

void join(platform::house& house) {
  house.database("gov24").migrate("gov24", migrations());
  home_pages(house);
  catalogue_pages(house);
  apply_pages(house);
  my_pages(house);
  channel_pages(house);
  text_message_pages(house);
  my_case_pages(house);
  document_pages(house);
  data_pages(house);
  verify_pages(house);
  account_pages(house);
  address_pages(house);
  information_pages(house);
  easy_pages(house);
  region_pages(house);
  tile_pages(house);
  machine_pages(house);
  listen(house);
}

}  // namespace madang::gov24
