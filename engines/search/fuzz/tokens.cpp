// Tokens lie within the text, in order; their words for a database are words; text read again in
// normal form says the same.
#include <cstdlib>

#include "madang/base/text.hpp"
#include "madang/search/tokens.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::uint32_t before = 0;
  for (const auto& t : search::tokens(text)) {
    if (t.text.empty() || t.begin > t.end || t.end > size || t.begin < before) std::abort();
    if (!text::is_utf8(t.text)) std::abort();
    before = t.begin;
  }
  for (char c : search::index_text(text))
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ')) std::abort();
  const auto once = search::normal_form(text);
  if (!text::is_utf8(once)) std::abort();
  (void)search::hangul_from_keys(text);
  return 0;
}
