#include "rules_commands.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "madang/base/text.hpp"
#include "madang/rules/answer.hpp"
#include "madang/rules/tck.hpp"

namespace madang::app {
namespace {

std::string quoted(const std::string& s) {
  return "\"" + text::replace_all(s, "\"", "\"\"") + "\"";
}

std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) throw std::runtime_error(file + " cannot be read");
  return std::move(out).str();
}

int refused(const std::string& what, const refusal& why) {
  std::fprintf(stderr, "%s: %s", what.c_str(), why.code.c_str());
  if (!why.field.empty()) std::fprintf(stderr, " at %s", why.field.c_str());
  for (const auto& [key, fact] : why.facts)
    std::fprintf(stderr, " %s=%s", key.c_str(), fact.c_str());
  std::fputc('\n', stderr);
  return 1;
}

constexpr const char* about_evaluate =
    "Facts are a JSON object by the names of the model's inputs; dates, times and durations are\n"
    "texts as in FEEL (\"2026-11-23\", \"P1Y2M\"); a decision that is named is taken as given.\n"
    "The answer is one line of JSON:\n"
    "  decisions    name -> value, of every decision of the model\n"
    "  diagnostics  why something is null: code, place, at (octets into the expression), facts\n"
    "  mistakes     what could not be compiled: element, code, facts\n"
    "  explanation  with --explain: every rule tried, each condition with its value\n"
    "now() and today() are in UTC.\n"
    "  madang rules evaluate loan.dmn --input facts.json --decision Eligibility | jq .decisions";

}  // namespace

rules_commands::rules_commands(CLI::App& app) {
  auto* rules = app.add_subcommand("rules", "law as data: decisions");
  rules->require_subcommand(1);
  tck_ = rules->add_subcommand("tck", "run a DMN Technology Compatibility Kit");
  tck_->add_option("dir", folder_, "folder of test cases")
      ->required()
      ->check(CLI::ExistingDirectory);
  tck_->add_option("--csv", csv_, "write the result of each case to a file");
  evaluate_ = rules->add_subcommand("evaluate", "what a DMN model decides");
  evaluate_->add_option("model", models_, "a DMN file, then those that it imports")
      ->required()
      ->check(CLI::ExistingFile);
  evaluate_->add_option("--input", facts_, "JSON file of facts")->check(CLI::ExistingFile);
  evaluate_->add_option("--decision", decision_, "only this one");
  evaluate_->add_flag("--explain", explain_, "say how each decision came about");
  evaluate_->footer(about_evaluate);
  whatif_ = rules->add_subcommand("whatif", "what a change would do to everybody");
  whatif_->add_option("decision", trial_.decision, "such as livelihood")->required();
  whatif_->add_option("--against", trial_.against, "register: persons")->default_val("persons");
  whatif_->add_option("--set", trial_.set, "a figure: \"livelihood ratio=0.35\"");
  whatif_->add_option("--draft", trial_.draft, "a DMN file")->check(CLI::ExistingFile);
  whatif_->add_option("--as-of", trial_.as_of, "day, such as 2027-01-01");
  whatif_->add_option("--csv", csv_, "write the table to a file");
}

std::optional<int> rules_commands::run(const platform::settings& s) const {
  if (*tck_) return run_compatibility_kit();
  if (*evaluate_) return evaluate();
  if (*whatif_) return run_whatif(s, trial_, csv_);
  return {};
}

int rules_commands::run_compatibility_kit() const {
  std::ofstream lines;
  if (!csv_.empty()) {
    lines.open(csv_, std::ios::binary);
    if (!lines) throw std::runtime_error(csv_ + " cannot be written");
  }
  const auto sum = rules::run_tck(folder_, [&](const rules::tck_case& c) {
    if (!c.passed)
      std::printf("%s %s %s: %s\n", c.folder.c_str(), c.file.c_str(), c.id.c_str(),
                  c.message.c_str());
    if (lines)
      lines << quoted(c.folder) << ',' << quoted(c.file) << ',' << quoted(c.id) << ','
            << quoted(c.passed ? "SUCCESS" : "ERROR") << ',' << quoted(c.message) << '\n';
  });
  std::printf("%d of %d\n", sum.passed, sum.all);
  return sum.all > 0 && sum.passed == sum.all ? 0 : 1;
}

int rules_commands::evaluate() const {
  std::vector<rules::model::file> files;
  for (const auto& name : models_) files.push_back({name, bytes_of(name)});
  const auto m = rules::model::load(files);
  if (!m) return refused(models_.front(), m.why());
  rules::question q;
  if (!facts_.empty()) {
    const auto facts = json::parse(bytes_of(facts_));
    if (!facts) return refused(facts_, facts.why());
    if (!facts->is_object()) throw std::runtime_error(facts_ + " is not a JSON object");
    q.facts = facts->get_object();
  }
  q.now = *rules::date_time::of_instant(static_cast<int128>(now().micros) * 1000,
                                        rules::zone::utc());
  q.decision = decision_;
  q.explain = explain_;
  const auto a = rules::ask(**m, q);
  if (!a) return refused(models_.front(), a.why());
  std::printf("%s\n", rules::json_text(**m, *a, explain_).c_str());
  return 0;
}

}  // namespace madang::app
