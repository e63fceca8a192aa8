#include "madang/platform/settings.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "madang/base/base.hpp"
#include "madang/packs/packs.hpp"

namespace madang::platform {
namespace {

class a_configuration_file : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file); }
  void write(const std::string& text) { std::ofstream(file) << text; }
  // "line: message" of what is wrong, empty when nothing is.
  std::string wrong_with(const std::string& text) {
    write(text);
    settings s;
    try {
      s.read(file);
      return {};
    } catch (const packs::broken_pack& e) {
      return std::to_string(e.found.line) + ": " + e.found.message;
    }
  }
  const std::string file =
      (std::filesystem::temp_directory_path() / ("s" + new_id().str() + ".yaml")).string();
};

TEST_F(a_configuration_file, changes_what_it_names_and_leaves_the_rest) {
  write("port: 9000\ndemonstration: false\ndatabase: postgresql:///madang\n");
  settings s;
  s.read(file);
  EXPECT_EQ(s.port, 9000);
  EXPECT_FALSE(s.demonstration);
  EXPECT_EQ(s.database, "postgresql:///madang");
  EXPECT_EQ(s.workers, settings().workers);
  EXPECT_EQ(s.pack, settings().pack);
}

TEST_F(a_configuration_file, is_refused_with_the_line_of_what_is_wrong_in_it) {
  EXPECT_EQ(wrong_with("# ours\nport: 9000\nprot: 1\n"),
            "3: 'prot' is not a setting; see docs/operating.md");
  EXPECT_EQ(wrong_with("port: high\n"), "1: 'port' is a whole number from 1 to 65535");
  EXPECT_EQ(wrong_with("\nport: 70000\n"), "2: 'port' is a whole number from 1 to 65535");
  EXPECT_EQ(wrong_with("workers: 0\n"), "1: 'workers' is a whole number from 1 to 1024");
  EXPECT_EQ(wrong_with("demonstration: perhaps\n"), "1: 'demonstration' is true or false");
  EXPECT_EQ(wrong_with("- port\n"), "0: is a list of settings, one a line");
}

TEST_F(a_configuration_file, that_is_not_there_is_named) {
  settings s;
  EXPECT_THROW(s.read("/nowhere/madang.yaml"), packs::broken_pack);
}

}  // namespace
}  // namespace madang::platform
