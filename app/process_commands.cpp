#include "process_commands.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "madang/process/engine.hpp"
#include "madang/process/suite.hpp"

namespace madang::app {

process_commands::process_commands(CLI::App& app) {
  auto* process = app.add_subcommand("process", "who does what next: BPMN");
  process->require_subcommand(1);
  check_ = process->add_subcommand("check", "what stands in the way of running a BPMN file");
  check_->add_option("file", file_, "a BPMN file")->required()->check(CLI::ExistingFile);
  suite_ = process->add_subcommand("suite", "play text cases of processes");
  suite_->add_option("path", path_, "a folder of *.case, or one")
      ->required()
      ->check(CLI::ExistingPath);
  replay_ = process->add_subcommand("replay", "make the processes of a case again from history");
  replay_->add_option("case", number_, "number of the case")->required();
  replay_->add_option("--system", system_, "whose processes")->capture_default_str();
}

std::optional<int> process_commands::run(const platform::settings& s) const {
  if (*check_) return check_model();
  if (*suite_) return play_suite();
  if (*replay_) return replay(s);
  return {};
}

int process_commands::check_model() const {
  std::ifstream in(file_, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error(file_ + " cannot be read");
  const auto m = process::model::read(text.str());
  if (!m) {
    std::fprintf(stderr, "%s: %s\n", file_.c_str(), m.why().code.c_str());
    return 1;
  }
  for (const auto& one : (*m)->mistakes()) {
    std::printf("%s:%d: %s: %s", file_.c_str(), one.line, one.element.c_str(),
                one.why.code.c_str());
    for (const auto& [key, fact] : one.why.facts) std::printf(" %s=%s", key.c_str(), fact.c_str());
    std::printf("\n");
  }
  if (!(*m)->mistakes().empty()) return 1;
  std::printf("%s: %zu executable processes, %zu elements: nothing in the way\n", file_.c_str(),
              (*m)->processes().size(), (*m)->elements().size());
  return 0;
}

int process_commands::play_suite() const {
  const auto done = process::run_suite(path_);
  for (const auto& f : done.failures)
    std::printf("%s:%d: %s: %s\n", f.file.c_str(), f.line, f.name.c_str(), f.what.c_str());
  const auto failed = static_cast<int>(done.failures.size());
  std::printf("%d of %d\n", done.cases - failed, done.cases);
  return failed == 0 && done.cases > 0 ? 0 : 1;
}

int process_commands::replay(const platform::settings& s) const {
  store::database db({s.database.empty() ? s.data : s.database, system_, 2, false});
  process::engine engine(db, {});
  return db.reading([&](store::read& r) {
    const auto all = engine.of_business(r, number_);
    if (all.empty()) {
      std::fprintf(stderr, "no process serves %s\n", number_.c_str());
      return 1;
    }
    int different = 0;
    for (const auto& one : all) {
      const auto same = engine.replay(r, one.key);
      if (same) {
        std::printf("%s %s: %lld steps came out the same\n", one.process.c_str(),
                    one.key.str().c_str(), static_cast<long long>(*same));
        continue;
      }
      ++different;
      std::printf("%s %s: %s", one.process.c_str(), one.key.str().c_str(),
                  same.why().code.c_str());
      for (const auto& [key, fact] : same.why().facts)
        std::printf(" %s=%s", key.c_str(), fact.c_str());
      std::printf("\n");
    }
    return different == 0 ? 0 : 1;
  });
}

}  // namespace madang::app
