// Anchors, parameters and signed directories of a stranger.
#include "madang/xroad/configuration.hpp"

#include <cstdint>

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view s(reinterpret_cast<const char*>(data), size);
  if (const auto p = xroad::read_shared(s)) (void)xroad::write_shared(*p, "a", {});
  if (const auto a = xroad::read_anchor(s)) (void)xroad::write_anchor(*a);
  (void)xroad::read_private(s);
  (void)xroad::read_directory(
      s,
      [](const auto&, const auto&) {
        return trust::bytes{1, 2, 3};
      },
      instant{});
  (void)xroad::read_directory_part("multipart/mixed; boundary=b", s, instant{});
  return 0;
}
