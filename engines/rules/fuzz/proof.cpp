// Any bytes are a model that is proven within its limits, or a refusal; what is found can be
// written.
#include "madang/rules/proof.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::rules;
  auto m = model::load({{"fuzz.dmn", {reinterpret_cast<const char*>(data), size}}});
  if (!m) return 0;
  for (const auto& f : prove(**m, {.steps = 50'000, .orders = 200, .findings = 10}))
    (void)to_json(f);
  return 0;
}
