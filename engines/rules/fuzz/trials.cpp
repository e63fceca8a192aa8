// Any bytes are a file of test cases (the kit's XML, or our own as JSON) or a refusal; what was
// read runs to its end, and written as a file of the kit it reads as it was.
#include "madang/base/check.hpp"
#include "madang/base/json.hpp"
#include "madang/rules/trial.hpp"

namespace {

const madang::rules::model& tried() {
  static const auto m = madang::rules::model::load(
      {{"fuzz.dmn",
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='f' "
        "namespace='urn:f'>"
        "<itemDefinition name='tPair'><itemComponent name='a'><typeRef>number</typeRef>"
        "</itemComponent><itemComponent name='b'><typeRef>date</typeRef></itemComponent>"
        "</itemDefinition>"
        "<inputData name='n' id='n'><variable name='n' typeRef='number'/></inputData>"
        "<inputData name='s' id='s'><variable name='s' typeRef='string'/></inputData>"
        "<inputData name='p' id='p'><variable name='p' typeRef='tPair'/></inputData>"
        "<inputData name='x' id='x'><variable name='x'/></inputData>"
        "<decision name='d' id='d'><variable name='d'/>"
        "<informationRequirement><requiredInput href='#n'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#s'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#p'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#x'/></informationRequirement>"
        "<literalExpression><text>{n: n, s: s, p: p, x: x}</text></literalExpression>"
        "</decision></definitions>"}});
  return **m;
}

void play(const std::vector<madang::rules::trial>& all) {
  using namespace madang::rules;
  if (all.size() > 50) return;
  const madang::date day{20'000};
  for (const auto& r : run_trials(tried(), {}, day, all)) (void)madang::json::print(to_json(r));
  const auto written = write_tck(tried(), "fuzz.dmn", all);
  const auto again = read_tck(tried(), written);
  madang::check(bool(again), "what was written as a file of the kit can be read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace madang::rules;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto cases = read_tck(tried(), text)) play(*cases);
  if (const auto parsed = madang::json::parse(text))
    if (const auto cases = read_trials(*parsed)) play(*cases);
  return 0;
}
