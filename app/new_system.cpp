#include "new_system.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "madang/base/text.hpp"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

struct written_file {
  std::string path, text;
};

// A system that builds, to begin from; "@" stands for its name.
const written_file room[] = {
    {"CMakeLists.txt", "madang_room(system @ USES base registers exchange platform)\n"},
    {"@.md", "# @\n\nThe law, the states, who may do what, the standard it speaks.\n"},
    {"include/madang/@/@.hpp",
     "#pragma once\n\nnamespace madang::platform {\nclass house;\n}\n\n"
     "// What this system is for, which registers it owns, which verbs it offers.\n"
     "namespace madang::@ {\n\nvoid join(platform::house& house);\n\n}  // namespace madang::@\n"},
    {"src/module.cpp",
     "#include \"madang/@/@.hpp\"\n\n#include \"madang/platform/house.hpp\"\n\n"
     "namespace madang::@ {\n\nvoid join(platform::house& house) { house.registers_of(\"@\"); }\n\n"
     "}  // namespace madang::@\n"},
    {"tests/@.case",
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

}  // namespace

int new_system(const std::string& name) {
  if (!is_lower_snake(name)) {
    std::fprintf(stderr, "a system's name is lower_snake: %s\n", name.c_str());
    return 2;
  }
  const fs::path folder = "systems/" + name;
  if (fs::exists(folder)) {
    std::fprintf(stderr, "%s is there already\n", folder.c_str());
    return 1;
  }
  auto fill = [&](std::string_view pattern) {
    return text::replace_all(std::string(pattern), "@", name);
  };
  // All is looked at before anything is written.
  std::vector<written_file> changed;
  for (const auto& m : mentions) {
    auto known = std::find_if(changed.begin(), changed.end(),
                              [&](const auto& f) { return f.path == m.file; });
    if (known == changed.end()) {
      auto text = read(m.file);
      known = changed.insert(changed.end(), {m.file, text.value_or("")});
    }
    const auto at = known->text.find(m.mark);
    if (at == std::string::npos) {
      std::fprintf(stderr, "%s has no '%s': run this in the repository of Madang\n",
                   m.file.c_str(), m.mark.c_str());
      return 1;
    }
    known->text.insert(at, fill(m.text));
  }
  for (const auto& f : room) {
    const fs::path path = folder / fill(f.path);
    fs::create_directories(path.parent_path());
    std::ofstream(path) << fill(f.text);
    std::printf("  %s\n", path.c_str());
  }
  for (const auto& f : changed) {
    std::ofstream(f.path) << f.text;
    std::printf("  %s (one line more)\n", f.path.c_str());
  }
  std::printf("It builds: tools/build.sh build ON\n");
  return 0;
}

}  // namespace madang::app
