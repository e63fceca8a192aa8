// What citizens write, read by everything that reads it: whatever the bytes, spots lie within the
// text and do not overlap, likeness is a measure, and suggestions add up.
#include <cstdint>
#include <string_view>

#include "madang/redaction/anonymise.hpp"
#include "../src/likeness.hpp"
#include "../src/routing.hpp"
#include "madang/base/check.hpp"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const packs::pack pack("packs/korea");
  static const redaction::anonymiser names(pack);
  static const epeople::router routes(pack);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t at = 0;
  for (const auto& s : names.find(text, {"김하윤"})) {
    check(s.begin >= at && s.begin < s.end && s.end <= size, "spots ascend within the text");
    at = s.end;
  }
  const auto tokens = epeople::shingles(text);
  const double same = epeople::likeness(tokens, tokens);
  check(same == (tokens.empty() ? 0 : 1), "a text is like itself");
  epeople::band_keys(tokens);
  epeople::shared_words(text, text);
  if (!text::is_utf8(text)) return 0;
  for (const auto& s : routes.suggest(text)) {
    double sum = 0;
    for (const auto& w : s.why) sum += w.points;
    check(sum > 0 && sum - s.score < 1e-9 && s.score - sum < 1e-9, "points add up");
  }
  return 0;
}
