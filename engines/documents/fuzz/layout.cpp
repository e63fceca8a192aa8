// Layouts come with packs: from other countries, and from editors' mistakes.
#include "madang/documents/layout.hpp"
#include "madang/documents/press.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace madang;
  const auto l = documents::layout::compile({reinterpret_cast<const char*>(data), size});
  if (!l) {
    check(l.why().facts.count("line") == 1, "a refusal names the line");
    return 0;
  }
  static const documents::press p;
  static const json::value row = {{"name", "value"}};
  static const json::value some = {{"members", json::array{row, row}}, {"address", "here"}};
  documents::issue i;
  i.number = "1";
  i.agency = words("기관", "agency");
  (void)p.draft(*l, some, i);
  return 0;
}
