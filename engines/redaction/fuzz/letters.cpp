// What the drawing program says may be whatever a hostile paper makes it say.
#include <cstdint>
#include <string_view>

#include "madang/redaction/redaction.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::redaction;
  const std::string_view s(reinterpret_cast<const char*>(data), size);
  (void)read_sheets(s);
  const auto letters = read_letters(s, 1);
  for (const auto& l : letters)
    if (l.text.empty() || !(l.at.width >= 0)) __builtin_trap();
  (void)words_at(letters, {1, 0, 0, 100, 100});
  raster r;
  if (read_ppm(s, 1u << 20, r) && r.samples.size() != 3u * static_cast<std::size_t>(r.columns) *
                                                          static_cast<std::size_t>(r.rows))
    __builtin_trap();
  const auto found = passages_of(s, s.substr(0, size < 3 ? size : 3));
  (void)take_out_of_text(s, found);
  return 0;
}
