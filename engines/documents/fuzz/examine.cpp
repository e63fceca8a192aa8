// Anybody may upload anything to be examined.
#include "madang/base/text.hpp"
#include "madang/documents/examine.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  static const trust::anchors none;
  const std::string_view pdf(reinterpret_cast<const char*>(data), size);
  const auto report = documents::examine(pdf, none, {}, instant{1'800'000'000'000'000});
  check(report.verdict != documents::verdict::genuine, "nothing is genuine without anchors");
  const auto lines = documents::text_lines(pdf);
  if (lines) {
    for (const auto& l : *lines) check(text::is_utf8(l), "lines are UTF-8");
    check(documents::compare(*lines, *lines).empty(), "a text does not differ from itself");
  }
  return 0;
}
