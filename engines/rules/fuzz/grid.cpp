// Any bytes are a file with tables, or a refusal. A grid that is given back as it was read changes
// nothing; one that is written anew reads as it was.
#include "madang/rules/grid.hpp"

#include "madang/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::rules;
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto places = logic_in(file);
  if (!places) return 0;
  for (const auto& p : places->tables) {
    auto g = read_grid(file, p);
    if (!g) continue;
    if (const auto same = write_grid(file, p, *g))
      madang::check(*same == file, "what was not changed is not written");
    for (auto& r : g->rules) r.was = -1;
    if (!g->inputs.empty()) g->inputs.front().was = -1;
    (void)write_grid(file, p, *g);
  }
  for (const auto& p : places->literals)
    if (const auto text = read_literal(file, p))
      if (const auto same = write_literal(file, p, *text))
        madang::check(*same == file, "what was not changed is not written");
  return 0;
}
