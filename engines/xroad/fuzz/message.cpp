// Messages as they come from another node: heads, paths and containers.
#include <cstdint>

#include "madang/xroad/container.hpp"
#include "madang/xroad/service.hpp"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view s(reinterpret_cast<const char*>(data), size);
  (void)xroad::read_head(s);
  if (const auto r = xroad::read_request(s)) {
    const auto again = xroad::read_request(r->octets());
    check(again && again->octets() == r->octets(), "it reads back");
    check(!xroad::matches({"*", "/secret/**"}, r->method, "/public/../secret/x"), "leads out");
  }
  if (const auto r = xroad::read_response(s)) check(r->status >= 100, "a status");
  (void)xroad::matches({"*", s.size() > 40 ? std::string(s.substr(0, 40)) : std::string(s)}, "GET",
                       s);
  (void)xroad::read_container(s);
  return 0;
}
