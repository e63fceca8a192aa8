// Any text is an expression or a refusal; what it evaluates to can be written and read again.
#include <cstdlib>

#include "madang/rules/feel.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::rules;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const variable names[] = {{"a", nullptr}, {"b c", nullptr}};
  const value values[] = {value(7), value::list({value("x"), value(2)})};
  const limits_of_evaluation small{.steps = 20'000, .depth = 60, .text = 1u << 16};
  evaluation e(date_time{{2026, 11, 23}, {0, zone::utc()}}, small);
  if (auto made = compile(text, names)) {
    const value out = made->run(e, values);
    if (out.is(kind::number) && !madang::decimal::parse(out.str())) std::abort();
    if (!same(out, out) && !out.is(kind::list) && !out.is(kind::context) && !out.is(kind::range))
      std::abort();
    (void)to_json(out);
  }
  if (auto tests = compile_tests(text, nullptr, names)) (void)tests->run(e, values);
  return 0;
}
