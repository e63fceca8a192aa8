#include "completion.hpp"

#include <cstdio>
#include <map>

namespace madang::app {
namespace {

// Values that are few enough to be offered.
const std::map<std::string, std::vector<std::string>> values = {
    {"--population", {"1:1000", "1:100", "1:10"}},
    {"--log", {"debug", "info", "warn", "error"}},
    {"--nightly", {"true", "false"}}};

// The option of that name here or in a command above, which takes options of those below too.
const CLI::Option* option_of(const CLI::App* app, const std::string& name) {
  for (; app; app = app->get_parent())
    if (const auto* found = app->get_option_no_throw(name)) return found;
  return nullptr;
}

void add_options(const CLI::App* app, std::vector<std::string>& out) {
  for (; app; app = app->get_parent())
    for (const auto* o : app->get_options())
      for (const auto& name : o->get_lnames()) out.push_back("--" + name);
}

constexpr const char* bash =
    "_madang() {\n"
    "  local IFS=$'\\n'\n"
    "  COMPREPLY=($(compgen -W \"$(\"${COMP_WORDS[0]}\" completion --words "
    "\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
    "}\n"
    // A word of bash ends at a colon, but 1:1000 is one.
    "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}\n"
    "complete -o default -F _madang madang\n";

}  // namespace

std::vector<std::string> words_after(const CLI::App& app, const std::vector<std::string>& typed) {
  const CLI::App* at = &app;
  const CLI::Option* open = nullptr;   // the option whose value is next
  std::string open_name;
  for (std::size_t i = 0; i + 1 < typed.size(); ++i) {
    if (open) {
      open = nullptr;
    } else if (typed[i].starts_with("--")) {
      const auto* o = option_of(at, typed[i]);
      open = o && o->get_items_expected_max() > 0 ? o : nullptr;
      open_name = typed[i];
    } else {
      const auto called = [&](const CLI::App* a) { return a->get_name() == typed[i]; };
      if (const auto below = at->get_subcommands(called); !below.empty()) at = below.front();
    }
  }
  if (open) {
    const auto known = values.find(open_name);
    return known == values.end() ? std::vector<std::string>{} : known->second;
  }
  std::vector<std::string> out;
  for (const auto* below : at->get_subcommands([](const CLI::App*) { return true; }))
    out.push_back(below->get_name());
  add_options(at, out);
  return out;
}

int print_completion(const std::string& shell) {
  if (shell == "zsh") std::printf("autoload -U +X bashcompinit && bashcompinit\n");
  else if (shell != "bash") {
    std::fprintf(stderr, "completion is for bash or zsh, not %s\n", shell.c_str());
    return 2;
  }
  std::fputs(bash, stdout);
  return 0;
}

}  // namespace madang::app
