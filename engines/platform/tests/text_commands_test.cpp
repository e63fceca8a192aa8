#include <gtest/gtest.h>

#include "madang/platform/text_commands.hpp"

using namespace madang;
using namespace madang::platform;
using what = text_said::kind;

namespace {

const std::vector<text_command> commands{
    {"petitions", {"동의", "back"}, {"취소", "undo"}, words("동의 {number}", "back {number}")},
    {"talk", {"공감"}, {"공감취소"}, words("공감 {number}", "like {number}")}};

}  // namespace

TEST(text_commands, a_word_and_a_number_in_any_dress) {
  for (const char* typed : {"동의 2026-000017", "동의  2026-17", " 동의 2026-17 \n", "동의 ２０２６-17"}) {
    const auto said = understood(commands, typed);
    EXPECT_EQ(said.what, what::say) << typed;
    EXPECT_EQ(said.system, "petitions") << typed;
    EXPECT_EQ(said.number, "2026-000017") << typed;
  }
  EXPECT_EQ(understood(commands, "BACK 2026-17").what, what::say);
  EXPECT_EQ(understood(commands, "undo 2026-17").what, what::undo);
  EXPECT_EQ(understood(commands, "공감취소 2026-1").system, "talk");
}

TEST(text_commands, four_digits_are_a_code) {
  EXPECT_EQ(understood(commands, " 0042 ").what, what::code);
  EXPECT_EQ(understood(commands, " 0042 ").code, "0042");
  for (const char* typed : {"042", "00042", "004a", "0042 0042"})
    EXPECT_EQ(understood(commands, typed).what, what::none) << typed;
}

TEST(text_commands, anything_else_is_none) {
  for (const char* typed : {"", " ", "동의", "2026-17", "동의 17", "동의 2026-", "동의 2026-0000017",
                            "동의 2026-1-7", "동의 202-617", "찬성 2026-17", "동의 2026-17 나도",
                            "동의 2026--17", "'; drop table"})
    EXPECT_EQ(understood(commands, typed).what, what::none) << typed;
}

// U+B3D9 U+C758, and U+1F600 as RFC 2781 section 2.1 writes it: D83D DE00.
TEST(text_commands, messages_come_in_either_coding) {
  using namespace std::string_literals;
  EXPECT_EQ(text_of("\xB3\xD9\xC7\x58\0 \0" "1"s, "text/plain; charset=\"UTF-16BE\""), "동의 1");
  EXPECT_EQ(text_of("\xD8\x3D\xDE\x00"s, "text/plain; charset=UTF-16BE"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of("동의 1", "text/plain; charset=\"UTF-8\""), "동의 1");
  EXPECT_EQ(text_of("", "text/plain"), "");
  for (const auto& broken : {"\xD8\x3D"s, "\xDE\x00\0a"s, "\0"s, "\xD8\x3D\0a"s})
    EXPECT_FALSE(text_of(broken, "text/plain; charset=UTF-16BE")) << broken.size();
  EXPECT_FALSE(text_of("\xC3\x28", "text/plain; charset=UTF-8"));
  EXPECT_FALSE(text_of(std::string(1601, 'a'), "text/plain"));
}
