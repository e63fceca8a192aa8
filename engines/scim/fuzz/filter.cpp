// Filters and paths of strangers.
#include "../tests/people.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang;
  static const scim::shape of = scim::user_shape();
  static const json::object babs = scim::user(scim::bjensen);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto f = scim::filter::read(text, of)) {
    (void)f->matches(babs);
    check(size <= scim::filter::longest, "no longer than may be");
  }
  if (auto p = scim::path::read(text, of)) {
    check(p->first || !p->urn.empty(), "a path leads somewhere");
    check(p->values(babs).size() <= 16, "no more values than are there");
  }
  return 0;
}
