// What names somebody is found, and what does not is left. All numbers and persons are invented.
#include "madang/redaction/anonymise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::redaction {
namespace {

const anonymiser& rules() {
  static const packs::pack pack(MADANG_SOURCE "/packs/korea");
  static const anonymiser a(pack);
  return a;
}

std::string hidden(std::string_view text, const std::vector<std::string>& names = {}) {
  return rules().hidden(text, rules().find(text, names),
                        [](const std::string& what) { return what; });
}

struct example {
  const char* before;
  const char* after;
};
class personal : public testing::TestWithParam<example> {};

TEST_P(personal, is_hidden) { EXPECT_EQ(hidden(GetParam().before), GetParam().after); }

INSTANTIATE_TEST_SUITE_P(
    of_texts, personal,
    testing::Values(example{"제 번호는 010-1234-5678입니다.", "제 번호는 [phone]입니다."},
                    example{"전화 02 123 4567 로 주세요", "전화 [phone] 로 주세요"},
                    example{"call +82 10 1234 5678 please", "call [phone] please"},
                    example{"주민번호 900101-1234567 입니다", "주민번호 [number] 입니다"},
                    example{"계좌 110-234-567890 으로", "계좌 [number] 으로"},
                    example{"사업자 123-45-67890", "사업자 [number]"},
                    example{"메일은 kim.hayun@example.org.", "메일은 [email]."},
                    example{"종로구 율곡로2길 14-3 앞입니다", "종로구 [address] 앞입니다"},
                    example{"정자동 178-1번지 옆", "[address] 옆"},
                    example{"이도현 주무관이 거절했습니다", "[name] 주무관이 거절했습니다"},
                    example{"김하윤씨가 왔습니다", "[name]씨가 왔습니다"},
                    example{"Mr. Park Seojun said so", "Mr. [name] said so"}));

class harmless : public testing::TestWithParam<const char*> {};

TEST_P(harmless, stays_as_it_is) { EXPECT_EQ(hidden(GetParam()), GetParam()); }

INSTANTIATE_TEST_SUITE_P(of_texts, harmless,
                         testing::Values("2026년 11월 27일에 3,952,000원을 냈습니다.",
                                         "2026-11-27에 냈습니다.", "도로에 차가 100대 있습니다.",
                                         "민원 처리에 관한 법률 제17조", "선생님께 말했습니다.",
                                         "a @ b", "10 % of 5,359,036"));

TEST(those_concerned, are_hidden_wherever_they_stand) {
  EXPECT_EQ(hidden("박서준은 박서준의 집에", {"박서준"}), "[name]은 [name]의 집에");
}

TEST(spots, do_not_overlap_and_ascend) {
  const std::string text = "이도현 주무관 010-1234-5678 이도현 900101-1234567";
  const auto spots = rules().find(text, {"이도현"});
  ASSERT_EQ(spots.size(), 4u);
  for (std::size_t i = 1; i < spots.size(); ++i) EXPECT_GE(spots[i].begin, spots[i - 1].end);
}

}  // namespace
}  // namespace madang::redaction
