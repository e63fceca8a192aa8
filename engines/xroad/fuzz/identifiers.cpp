// Names as they stand in addresses and in XML.
#include "madang/xroad/identifiers.hpp"

#include <cstdint>

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view s(reinterpret_cast<const char*>(data), size);
  if (const auto id = xroad::read_identifier(s)) {
    const auto again = xroad::read_identifier(xroad::write_identifier(*id, "x", "urn:x"));
    check(again && again->client == id->client && again->code == id->code, "it reads back");
  }
  if (const auto c = xroad::read_client(s)) {
    const auto again = xroad::read_client(c->str());
    check(again && *again == *c, "it reads back");
  }
  (void)xroad::read_service(s);
  (void)xroad::read_server(s);
  (void)xroad::read_represented_party(s);
  return 0;
}
