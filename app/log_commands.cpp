#include "log_commands.hpp"

#include <cstdio>

#include "madang/platform/house.hpp"
#include "madang/tlog/proof.hpp"
#include "terminal.hpp"

namespace madang::app {
log_commands::log_commands(CLI::App& app) {
  auto* log = app.add_subcommand("log", "logs nobody can rewrite");
  log->require_subcommand(1);
  verify_ = log->add_subcommand("verify", "does this proof hold?");
  verify_->add_option("file", file_, "a proof (.tlog-proof)")
      ->required()
      ->check(CLI::ExistingFile);
  verify_->add_option("--policy", policy_, "whose keys are believed (C2SP tlog-policy)")
      ->required()
      ->check(CLI::ExistingFile);
}

std::optional<int> log_commands::run(const platform::settings& s) const {
  if (*verify_) return verify(s);
  return {};
}

int log_commands::verify(const platform::settings& s) const {
  const packs::pack pack(s.pack);
  const auto texts = texts_of(pack);
  const std::string language = language_of_operator(pack);
  const auto refused = [&](const refusal& why) {
    std::printf("%s\n", texts.fill("refusal." + why.code, language, why.facts).c_str());
    return 1;
  };
  const auto believed = tlog::policy::parse(read_file(policy_));
  if (!believed) return refused(believed.why());
  const auto p = tlog::parse_proof(read_file(file_));
  if (!p) return refused(p.why());
  const auto opened = tlog::opening_of(p->extra.value_or(trust::bytes()));
  if (!opened) return refused(refuse(kind::invalid, "tlog.proof"));
  const auto judged =
      tlog::verify_proof(*p, tlog::committed_leaf(opened->salt, opened->statement), *believed);
  if (!judged) return refused(judged.why());
  const auto line = [&](const char* key, const std::string& value) {
    std::printf("  %s: %s\n", std::string(texts(key, language)).c_str(), value.c_str());
  };
  std::printf("%s\n", std::string(texts("transparency.all_good", language)).c_str());
  line("transparency.place", p->at.tree.origin + " " + std::to_string(p->index + 1) + "/" +
                                 std::to_string(p->at.tree.size));
  for (const auto& w : judged->witnesses)
    line("transparency.witness",
         believed->witnesses()[w.who].name + " " +
             written_time(instant{w.seconds * 1'000'000}, language));
  line("transparency.statement", opened->statement);
  return 0;
}

}  // namespace madang::app
