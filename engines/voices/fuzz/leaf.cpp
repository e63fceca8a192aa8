// Lines of the log and choices from anybody: what is read is written the same way, and whatever was
// chosen is counted without harm on any paper.
#include <cstdint>
#include <string_view>

#include "madang/voices/choice.hpp"
#include "madang/voices/leaf.hpp"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (const auto read = voices::leaf::parse(line))
    check(read->str() == line, "there is one way to write a leaf");
  const auto chosen = voices::parse_chosen(line);
  if (!chosen) return 0;
  for (const char* method : {"borda", "runoff"}) {
    voices::paper p;
    p.kind = voices::paper_kind::ranking;
    p.method = method;
    p.options.resize(3);
    const auto n = voices::count(p, {{std::string(line), 2}, {"1", 1}});
    check(n.order.size() == 3 && n.voters <= 3, "every option has a place");
  }
  return 0;
}
