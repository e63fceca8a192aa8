#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "house_of_korea.hpp"
#include "madang/base/text.hpp"
#include "madang/platform/house.hpp"
#include "rules_commands.hpp"

namespace madang::app {
namespace {

audit::access operator_access(const platform::house& house) {
  audit::access why;
  why.who = audit::system_actor("operator");
  why.purpose = house.said("benefits.purpose_whatif");
  why.law = house.said("law.social_security_found");
  return why;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

// How far it has come, on a terminal only.
class progress_line {
 public:
  progress_line(platform::house& house, const audit::access& why) {
    if (::isatty(STDERR_FILENO) == 0) return;
    watcher_ = std::jthread([&house, why](std::stop_token stop) {
      while (!stop.stop_requested()) {
        auto done = house.hub().ask("benefits.whatif_progress", why, json::object{});
        if (done && done->is_double())
          std::fprintf(stderr, "\r  %3d %%", static_cast<int>(100 * done->get_double()));
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
      }
      std::fprintf(stderr, "\r        \r");
    });
  }

 private:
  std::jthread watcher_;
};

}  // namespace

int run_whatif(const platform::settings& s, const whatif_question& q, const std::string& file) {
  if (q.against != "persons") throw std::runtime_error("the register can be: persons");
  if (q.set.empty() == q.draft.empty())
    throw std::runtime_error("give either --set NAME=VALUE or --draft FILE");
  json::object asked{{"decision", q.decision}, {"as_of", q.as_of}};
  if (!q.draft.empty()) {
    asked["model"] = text_of(q.draft);
  } else {
    const auto equals = q.set.find('=');
    if (equals == std::string::npos) throw std::runtime_error("--set is NAME=VALUE");
    asked["parameter"] = std::string(text::trim(q.set.substr(0, equals)));
    asked["value"] = std::string(text::trim(q.set.substr(equals + 1)));
  }
  platform::house house(s);
  move_in(house);
  const auto why = operator_access(house);
  auto answer = [&] {
    progress_line line(house, why);
    return house.hub().ask("benefits.whatif", why, asked);
  }();
  if (!answer) throw std::runtime_error(answer.why().code + " " + answer.why().field);
  const std::string csv(json::str(*answer, "csv"));
  if (file.empty()) {
    std::fputs(csv.c_str(), stdout);
    return 0;
  }
  std::ofstream out(file, std::ios::binary);
  out << csv;
  if (!out) throw std::runtime_error(file + " cannot be written");
  return 0;
}

}  // namespace madang::app
