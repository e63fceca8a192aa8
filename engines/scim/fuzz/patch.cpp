// Messages of strangers: whatever they say, what only the house may change stays.
#include "../tests/people.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang;
  static const scim::shape of = scim::user_shape();
  static const json::object babs = scim::user(scim::bjensen);
  auto message = json::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!message) return 0;
  for (const auto& done : {scim::patched(babs, *message, of), scim::replaced(babs, *message, of)}) {
    if (!done) continue;
    for (const char* fixed : {"id", "schemas", "displayName", "meta"})
      check(done->at(fixed) == babs.at(fixed), "what is fixed stays");
    check(done->contains("userName"), "what is required stays");
  }
  (void)scim::search_request(*message);
  return 0;
}
