#include "madang/certification/certification.hpp"
#include "pages.hpp"

namespace madang::certification {

void join(platform::house& house) {
  if (!house.pack().has("pki.yaml")) {
    signature_pages(house, nullptr);
    return;
  }
  const auto o = std::make_shared<registrar>(house);
  protocol_routes(o);
  acme_routes(o);
  enrolment_routes(o);
  open_pages(o);
  holder_pages(o);
  desk_pages(o);
  signature_pages(house, o);
  program_pages(o);
  recovery_pages(o);
  holder_query(o);
}

}  // namespace madang::certification
