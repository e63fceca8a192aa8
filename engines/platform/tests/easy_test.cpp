#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "madang/base/base.hpp"
#include "madang/platform/easy.hpp"

using namespace madang;
using platform::easy_texts_of;

namespace {

namespace fs = std::filesystem;

// A pack of one easy text beside what a pack must have.
class easy_texts : public testing::Test {
 protected:
  easy_texts() : folder_(fs::temp_directory_path() / ("easy-" + new_id().str())) {
    fs::copy(fs::path(MADANG_SOURCE) / "packs/example", folder_, fs::copy_options::recursive);
    fs::create_directories(folder_ / "participation/easy");
    std::ofstream(folder_ / "pack.yaml")
        << "id: easy\nstands_on: " << MADANG_SOURCE << "/packs/common\nname: {en: Easy}\n"
        << "languages: [en]\nzone: Europe/Lisbon\ncurrency: EUR\n";
  }
  ~easy_texts() override { fs::remove_all(folder_); }

  std::vector<platform::easy_text> read(const std::string& steps) {
    std::ofstream(folder_ / "participation/easy/votes.yaml")
        << "go: /votes\nname: {ko: 투표, en: Votes}\nwhat: {ko: 고릅니다., en: You choose.}\n"
        << "steps:\n" << steps;
    return easy_texts_of(packs::pack(folder_));
  }
  std::string broken(const std::string& steps) {
    try {
      read(steps);
    } catch (const packs::broken_pack& e) {
      return e.found.message;
    }
    return "nothing";
  }

  fs::path folder_;
};

}  // namespace

TEST_F(easy_texts, are_read) {
  const auto all = read("  - {icon: check, ko: 좋은 것을 고릅니다., en: You choose. You press.}\n");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].part, "votes");
  EXPECT_EQ(all[0].steps[0].text("en"), "You choose. You press.");
}

TEST_F(easy_texts, that_are_not_easy_are_refused) {
  EXPECT_NE(broken("  - {icon: nothing, ko: 가., en: A.}\n").find("no picture"), std::string::npos);
  EXPECT_NE(broken("  - {icon: check, ko: 가.}\n").find("not in en"), std::string::npos);
  EXPECT_NE(broken("  - {icon: check, ko: 가., en: A. B. C. D.}\n").find("too many"),
            std::string::npos);
  const std::string long_one(91, 'a');
  EXPECT_NE(broken("  - {icon: check, ko: 가., en: " + long_one + "}\n").find("too long"),
            std::string::npos);
  EXPECT_NE(broken("  []\n").find("no steps"), std::string::npos);
}

// What stands in the pack of Korea is what its rules say.
TEST(easy_text, of_petitions_has_the_figures_of_the_rule) {
  const packs::pack korea(fs::path(MADANG_SOURCE) / "packs/korea");
  const auto all = easy_texts_of(korea);
  ASSERT_GE(all.size(), 5U);
  const auto rule = korea.yaml("voices/national-petition.yaml");
  const auto& stages = json::at(rule, "stages").as_array();
  const auto figure = [](const json::value& stage) {
    return json::num(json::at(stage, "goals").as_array()[0], "count");
  };
  std::string said;
  for (const auto& s : all[0].steps) said += s.text("en") + " ";
  EXPECT_EQ(all[0].part, "petitions");
  EXPECT_NE(said.find("When " + text::grouped(figure(stages[0])) + " people"), std::string::npos);
  EXPECT_NE(said.find("When " + text::grouped(figure(stages[1])) + " people"), std::string::npos);
  EXPECT_NE(said.find("For " + std::to_string(json::num(stages[1], "days")) + " days"),
            std::string::npos);
}
