#include "new_system.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

#include "madang/base/text.hpp"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

struct written_file {
  std::string path, text;
};

// "@" stands for the name of the system, "@@" for it with a capital and blanks.
//
// A place where people speak: what docs/new-system.md goes through. All but the rule and the texts
// is what every such place shares (madang/assembly/assembly.hpp).
const written_file asking_room[] = {
    {"systems/@/CMakeLists.txt", "madang_room(system @ USES base platform assembly)\n"},
    {"systems/@/@.md",
     "# @@\n\nThe law, the stages, who may do what, and what it does not protect against.\n"},
    {"systems/@/include/madang/@/@.hpp",
     R"(#pragma once

namespace madang::platform {
class house;
}

// @@: what it is for, and by which law. Its rule is voices/@.yaml of the pack.
namespace madang::@ {

void join(platform::house& house);

}  // namespace madang::@
)"},
    {"systems/@/src/@.cpp",
     R"(#include "madang/@/@.hpp"

#include "madang/assembly/assembly.hpp"

namespace madang::@ {

void join(platform::house& house) {
  assembly::open(house, {.system = "@",
                         .rule = "@",
                         .path = "/@",
                         .desk = "/desk/@",
                         .moderator = "voice_moderator"});
}

}  // namespace madang::@
)"},
    {"packs/korea/voices/@.yaml",
     R"(# source: the law or the order that sets these numbers
id: @
name: {ko: "@@", en: "@@"}
law: law.petition
longest: {title: 60, body: 3000}
categories:
  - {id: administration, agency: mois, name: {ko: 행정, en: Administration}}
  - {id: other, agency: mois, name: {ko: 기타, en: Other}}
stages:
  - id: open
    name: {ko: 진행 중, en: Open}
    says:
      ko: 30일 안에 50명이 동의하면 담당 부처가 답변합니다.
      en: "Once 50 people back it within 30 days, the ministry in charge answers."
    takes: [back]
    days: 30
    goals: [{of: back, count: 50}]
    reached: owed
    ended: closed
  - id: owed
    name: {ko: 답변 대기, en: An answer is owed}
    says: {ko: "담당 부처가 답변을 준비하고 있습니다.", en: "The ministry in charge is preparing its answer."}
    takes: [back]
    duty: answer
    duty_days: 22
    done: answered
  - id: answered
    name: {ko: 답변 완료, en: Answered}
    says: {ko: "담당 부처가 답변하였습니다.", en: "The ministry in charge has answered."}
  - id: closed
    name: {ko: 종료, en: Closed}
    says: {ko: "30일이 지났습니다.", en: "The 30 days are over."}
)"},
    {"packs/korea/texts/@.yaml",
     R"(@:
  title: {ko: "@@", en: "@@"}
  lead:
    ko: 50명이 동의하면 담당 부처가 답변합니다.
    en: "Once 50 people back it, the ministry in charge answers."
  start: {ko: 올리기, en: Ask for something}
  start_lead:
    ko: 한 가지만 써 주세요. 다른 사람의 이름이나 연락처는 쓰지 마세요.
    en: Ask for one thing. Do not write names or numbers of other people.
  hint_title: {ko: 무엇을 바라는지 한 문장으로, en: What you ask for in one sentence}
  hint_body: {ko: "왜 필요한지, 무엇을 바꾸면 되는지", en: "Why it is needed, and what should change"}
  hint_category: {ko: 답변할 부처가 분야에 따라 정해집니다., en: The category says which ministry answers.}
  file: {ko: 올리기, en: Send it}
  counted: {ko: "{n}명 동의", en: "{n} backers"}
  progress: {ko: 동의한 사람, en: Backers}
  do_back: {ko: 동의합니다, en: I back this}
  done_back: {ko: 동의하셨습니다, en: You back this}
  undo_back: {ko: 동의 거두기, en: Take it back}
  sign_in_to_back: {ko: 로그인하고 동의하기, en: Sign in to back this}
  desk: {ko: "@@ 답변", en: "Answers: @@"}
)"}};

// A room with nothing in it, to begin from.
const written_file plain_room[] = {
    {"systems/@/CMakeLists.txt",
     "madang_room(system @ USES base registers exchange platform)\n"},
    {"systems/@/@.md", "# @@\n\nThe law, the states, who may do what, the standard it speaks.\n"},
    {"systems/@/include/madang/@/@.hpp",
     "#pragma once\n\nnamespace madang::platform {\nclass house;\n}\n\n"
     "// What this system is for, which registers it owns, which verbs it offers.\n"
     "namespace madang::@ {\n\nvoid join(platform::house& house);\n\n}  // namespace madang::@\n"},
    {"systems/@/src/@.cpp",
     "#include \"madang/@/@.hpp\"\n\n#include \"madang/platform/house.hpp\"\n\n"
     "namespace madang::@ {\n\nvoid join(platform::house& house) { house.registers_of(\"@\"); }\n\n"
     "}  // namespace madang::@\n"},
    {"systems/@/tests/@.case",
     "# What the verbs of @ do; the vocabulary stands in tests/cases/stage.hpp.\n"}};

// Where the house learns of it: `text` goes before the first `mark` of `file`. The portal and the
// desk come last, so that whatever they show has moved in before them.
struct mention {
  std::string file, mark, text;
};
const mention mentions[] = {
    {"systems/CMakeLists.txt", "gov24", "@ "},
    {"app/CMakeLists.txt", "madang::gov24", "madang::@ "},
    {"tests/CMakeLists.txt", "madang::gov24", "madang::@ "},
    {"app/systems.cpp", "#include \"madang/gov24/gov24.hpp\"", "#include \"madang/@/@.hpp\"\n"},
    {"app/systems.cpp", "  gov24::join(house);", "  @::join(house);\n"}};
// Whoever answers sees its desk by the right that she has; everybody finds it at the foot of each
// page, also with an account from elsewhere.
const mention asking_mentions[] = {
    {"packs/korea/access/rights.yaml", "/desk/petitions,", "/desk/@, "},
    {"engines/platform/src/context.cpp", "                {\"disclosure/law.yaml\",",
     "                {\"voices/@.yaml\", \"/@\", \"@.title\"},\n"},
    {"systems/desk/src/inbox.cpp", "    if (c.home.pack().has(\"voices/national-petition.yaml\"))",
     "    if (c.home.pack().has(\"voices/@.yaml\")) place(\"/desk/@\", \"@.desk\");\n"},
    {"systems/access/src/outside_pages.cpp", "\"/petitions\",", "\"/@\", "}};

std::optional<std::string> read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return {};
  return std::move(out).str();
}

bool is_lower_snake(const std::string& name) {
  if (name.empty() || name.front() == '_' || name.back() == '_') return false;
  for (char c : name)
    if (!((c >= 'a' && c <= 'z') || c == '_')) return false;
  return true;
}

// "town_halls" as "Town halls".
std::string words_of(const std::string& name) {
  std::string out = text::replace_all(name, "_", " ");
  out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

// False, with a word to whoever called, when the place is not found.
bool mention_in(std::vector<written_file>& changed, const mention& m, const std::string& line) {
  auto known = std::ranges::find(changed, m.file, &written_file::path);
  if (known == changed.end())
    known = changed.insert(changed.end(), {m.file, read(m.file).value_or("")});
  const auto at = known->text.find(m.mark);
  if (at == std::string::npos) {
    std::fprintf(stderr, "%s has no '%s': run this in the repository of Madang\n",
                 m.file.c_str(), m.mark.c_str());
    return false;
  }
  known->text.insert(at, line);
  return true;
}

}  // namespace

int new_system(const std::string& name, bool plain) {
  if (!is_lower_snake(name)) {
    std::fprintf(stderr, "a system's name is lower_snake: %s\n", name.c_str());
    return 2;
  }
  const fs::path folder = "systems/" + name;
  if (fs::exists(folder)) {
    std::fprintf(stderr, "%s is there already\n", folder.c_str());
    return 1;
  }
  const auto fill = [&](std::string_view pattern) {
    return text::replace_all(text::replace_all(std::string(pattern), "@@", words_of(name)), "@",
                             name);
  };
  std::vector<mention> lines(std::begin(mentions), std::end(mentions));
  if (!plain) lines.insert(lines.end(), std::begin(asking_mentions), std::end(asking_mentions));
  // All is looked at before anything is written.
  std::vector<written_file> changed;
  for (const auto& m : lines)
    if (!mention_in(changed, m, fill(m.text))) return 1;
  const auto room = plain ? std::span<const written_file>(plain_room)
                          : std::span<const written_file>(asking_room);
  for (const auto& f : room) {
    const fs::path path = fill(f.path);
    fs::create_directories(path.parent_path());
    std::ofstream(path) << fill(f.text);
    std::printf("  %s\n", path.c_str());
  }
  for (const auto& f : changed) {
    std::ofstream(f.path) << f.text;
    std::printf("  %s (a line more)\n", f.path.c_str());
  }
  std::printf("It builds: tools/build.sh build ON. What comes next: docs/new-system.md\n");
  return 0;
}

}  // namespace madang::app
