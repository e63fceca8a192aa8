// Messages between nodes: the parts, and the fault that may come instead.
#include "madang/xroad/transport.hpp"

#include <cstdint>

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view s(reinterpret_cast<const char*>(data), size);
  if (const auto m = xroad::decode("multipart/mixed; boundary=b", s)) {
    const auto e = xroad::encode(*m);
    const auto again = xroad::decode(e.content_type, e.body);
    check(again && again->head == m->head && again->body == m->body &&
              again->signature == m->signature && again->answers == m->answers,
          "it reads back");
  }
  (void)xroad::read_fault(s);
  (void)xroad::decode(s, s);
  return 0;
}
