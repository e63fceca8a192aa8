// Any bytes are a model or a refusal; every decision of a model ends.
#include "madang/rules/model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::rules;
  auto m = model::load({{"fuzz.dmn", {reinterpret_cast<const char*>(data), size}}});
  if (!m) return 0;
  const limits_of_evaluation small{.steps = 20'000, .depth = 60, .text = 1u << 16};
  evaluation e(date_time{{2026, 11, 23}, {0, zone::utc()}}, small);
  decision_run run(**m);
  for (std::size_t i = 0; i < (*m)->elements().size(); ++i)
    if ((*m)->elements()[i].kind == drg_element::what::input)
      run.set(static_cast<int>(i), value(7));
  for (std::size_t i = 0; i < (*m)->elements().size(); ++i)
    if ((*m)->elements()[i].kind == drg_element::what::decision)
      (void)run.get(e, static_cast<int>(i)).literal();
  return 0;
}
