// Where a text belongs: expected offices from the duties that the Government Organization Act gives
// them, written down before the router was run.
#include "../src/routing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::epeople {
namespace {

const packs::pack& korea() {
  static const packs::pack pack(MADANG_SOURCE "/packs/korea");
  return pack;
}
const router& routes() {
  static const router r(korea());
  return r;
}

struct told {
  const char* text;
  const char* office;
};

class petition : public testing::TestWithParam<told> {};

TEST_P(petition, is_suggested_to_whose_business_it_is) {
  const auto found = routes().suggest(GetParam().text);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().office, GetParam().office) << found.front().why.front().word;
}

INSTANTIATE_TEST_SUITE_P(
    of_citizens, petition,
    testing::Values(
        told{"여권을 재발급받으려는데 대사관에서 두 달이 걸린다고 합니다.", "mofa"},
        told{"사장님이 석 달째 월급을 주지 않습니다. 퇴직금도 못 받았습니다.", "moel"},
        told{"비자 연장을 신청했는데 출입국 사무소에서 연락이 없습니다.", "moj"},
        told{"고속도로 방음벽이 무너져 위험합니다.", "molit"},
        told{"학교 급식에서 이물이 나왔는데 교사가 확인해 주지 않습니다.", "moe"},
        told{"식당에서 식중독에 걸렸습니다. 위생이 엉망입니다.", "mfds"},
        told{"연말정산 환급금이 들어오지 않았습니다. 세무서에 물어도 답이 없습니다.", "nts"},
        told{"우체국 등기가 사라졌습니다.", "kpost"},
        told{"신호등이 고장 났고 과속하는 차가 많습니다. 경찰이 단속해 주세요.", "npa"},
        told{"국민연금 보험료가 두 번 빠져나갔습니다.", "nps"},
        told{"건강검진 결과가 오지 않고 건강보험 자격이 잘못되었습니다.", "nhis"},
        told{"하천에 폐수를 버리는 공장이 있습니다.", "mcee"},
        told{"은행이 대출 금리를 마음대로 올렸습니다.", "fsc"},
        told{"소방서 앞 소화전을 막아 놓았습니다. 화재가 나면 큰일입니다.", "nfa"},
        told{"예방접종 기록이 틀립니다. 백신을 두 번 맞은 것으로 나옵니다.", "kdca"},
        told{"My employer has not paid my wage and severance for three months.", "moel"},
        told{"My passport was lost at the embassy.", "mofa"},
        told{"The highway bridge near my village is cracked.", "molit"}));

TEST(local_matters, go_to_the_place_that_is_named) {
  const auto found =
      routes().suggest("종로구 청운동 골목에 불법주차가 심하고 쓰레기가 쌓였습니다.");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().office, "11010");
  // The same without a place is nobody's by that word.
  for (const auto& s : routes().suggest("골목에 쓰레기가 쌓였습니다."))
    EXPECT_NE(s.office.size(), 5u);
}

TEST(local_matters, go_to_the_place_that_was_chosen) {
  const auto found = routes().suggest("가로등이 꺼져 있습니다.", "11010");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().office, "11010");
}

TEST(a_place_alone, makes_nothing_local) {
  for (const auto& s : routes().suggest("비자 연장이 늦습니다.", "11010"))
    EXPECT_NE(s.office, "11010");
}

TEST(a_name_that_many_provinces_have, needs_its_province) {
  // There is a Jung-gu in Seoul, Busan, Daegu, Incheon, Daejeon and Ulsan.
  const auto found = routes().suggest("부산 중구 골목에 쓰레기가 쌓였습니다.");
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found.front().office.substr(0, 2), "21");
}

TEST(a_suggestion, says_which_words_led_there_and_how_much_each_counted) {
  const auto found = routes().suggest("임금 체불이 넉 달째입니다.");
  ASSERT_FALSE(found.empty());
  double sum = 0;
  for (const auto& w : found.front().why) sum += w.points;
  EXPECT_DOUBLE_EQ(sum, found.front().score);
  EXPECT_THAT(found.front().why,
              testing::Contains(testing::Field(&routing_reason::word, std::string("체불"))));
}

TEST(words_of_latin, stand_alone) {
  // "tax" is not in "taxidermy", "import" not in "important".
  for (const auto& s : routes().suggest("This is important to me.")) EXPECT_NE(s.office, "kcs");
}

TEST(nothing_known, is_suggested_to_nobody) {
  EXPECT_TRUE(routes().suggest("가나다라").empty());
  EXPECT_TRUE(routes().suggest("").empty());
}

TEST(the_third_passing_on, is_for_the_ombudsman) {
  EXPECT_EQ(routes().ombudsman(), "acrc-ombudsman");
  EXPECT_EQ(routes().transfers(), 3);
}

}  // namespace
}  // namespace madang::epeople
