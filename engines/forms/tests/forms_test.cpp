#include "madang/forms/forms.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "madang/forms/drafts.hpp"
#include "madang/packs/packs.hpp"

namespace madang::forms {
namespace {

form certificate() {
  return parse_form(packs::parse_yaml(R"(
- id: kind
  ask: radio
  title: {ko: 종류, en: Kind}
  options: [{value: whole, label: 등본}, {value: part, label: 초본}]
- id: show
  ask: checkboxes
  optional: true
  when: {kind: whole}
  title: {ko: 표시, en: Show}
  options: [{value: a, label: A}, {value: b, label: B}]
- id: moved
  ask: date
  not_after_today: true
  not_before_days: 30
  title: {ko: 이사한 날, en: Moved on}
- {id: note, ask: text, optional: true, longest: 5, title: {ko: 메모, en: Note}}
)",
                                      "t.yaml"),
                    "t.yaml");
}

const date today_ = *date::parse("2026-11-23");
std::string refused(const form& f, std::string_view q, const fields& sent) {
  const question* question = f.find(q);
  auto a = answer(*question, question->options, sent, today_);
  return a ? "" : a.why().code + "@" + a.why().field;
}

TEST(a_form, asks_one_after_the_other_and_skips_what_does_not_apply) {
  form f = certificate();
  json::object answers;
  EXPECT_EQ(first_open(f, answers)->id, "kind");
  answers["kind"] = "part";
  EXPECT_EQ(first_open(f, answers)->id, "moved");
  EXPECT_EQ(previous(f, *f.find("moved"), answers)->id, "kind");
  EXPECT_EQ(place(f, *f.find("moved"), answers), std::pair(2, 3));
  answers["kind"] = "whole";
  EXPECT_EQ(first_open(f, answers)->id, "show");
  EXPECT_EQ(previous(f, *f.find("kind"), answers), nullptr);
}

TEST(a_form, has_parts_and_takes_no_answer_where_one_is_optional) {
  const form f = parse_form(packs::parse_yaml(R"(
- {id: age, part: {ko: 나, en: You}, ask: number, title: {ko: 나이, en: Age}}
- {id: pregnant, ask: yes_no, optional: true, title: {ko: 임신, en: Pregnant}}
- {id: married, ask: yes_no, title: {ko: 혼인, en: Married}}
)",
                                              "t.yaml"),
                            "t.yaml");
  EXPECT_EQ(f.find("age")->part("en"), "You");
  EXPECT_TRUE(f.find("pregnant")->part.empty());
  EXPECT_TRUE(answer(*f.find("pregnant"), {}, {}, today_)->is_null());
  EXPECT_EQ(refused(f, "married", {}), "forms.missing@married");
}

TEST(a_form, says_which_control_is_wrong_and_why) {
  form f = certificate();
  EXPECT_EQ(refused(f, "kind", {}), "forms.missing@kind");
  EXPECT_EQ(refused(f, "kind", {{"kind", "other"}}), "forms.option@kind");
  EXPECT_EQ(refused(f, "show", {}), "");
  EXPECT_EQ(refused(f, "show", {{"show", "a"}, {"show", "c"}}), "forms.option@show");
  EXPECT_EQ(
      refused(f, "moved", {{"moved_year", "2026"}, {"moved_month", "2"}, {"moved_day", "30"}}),
      "forms.date@moved_year");
  EXPECT_EQ(refused(f, "moved", {{"moved", "2026-11-24"}}), "forms.date_future@moved");
  EXPECT_EQ(refused(f, "moved", {{"moved", "2026-10-01"}}), "forms.date_past@moved");
  EXPECT_EQ(refused(f, "note", {{"note", "여섯글자임다"}}), "forms.too_long@note");
  EXPECT_EQ(refused(f, "note", {{"note", std::string("a\0b", 3)}}), "forms.text@note");
  EXPECT_EQ(refused(f, "note", {{"note", "\xFF"}}), "forms.text@note");
}

TEST(a_form, shows_answers_in_words) {
  form f = certificate();
  EXPECT_EQ(shown(*f.find("moved"), {}, json::value("2026-11-20"), "ko"), "2026년 11월 20일");
  EXPECT_EQ(shown(*f.find("show"), f.find("show")->options, json::array{"a", "b"}, "en"), "A, B");
}

TEST(a_form, refuses_a_question_that_depends_on_a_later_one) {
  EXPECT_THROW(parse_form(packs::parse_yaml("- {id: a, ask: text, when: {b: x}, title: A}\n", "t"),
                          "t"),
               packs::broken_pack);
}

TEST(an_office, is_meant_by_its_choice_its_whole_name_or_as_much_as_fits_one_alone) {
  question q;
  q.id = "agency";
  q.how = ask::office;
  const std::vector<option> offices{{"molit", {"국토교통부", "Ministry of Land"}, {}},
                                    {"moe", {"교육부", "Ministry of Education"}, {}},
                                    {"11010", {"서울특별시 종로구", "Jongno-gu, Seoul"}, {}},
                                    {"11020", {"서울특별시 중구", "Jung-gu, Seoul"}, {}},
                                    {"21010", {"부산광역시 중구", "Jung-gu, Busan"}, {}}};
  const auto meant = [&](const char* typed, const char* chosen = "") {
    auto a = answer(q, offices, {{"agency", typed}, {"agency_id", chosen}},
                    *date::parse("2026-11-28"));
    return a ? std::string(a->as_string()) : a.why().code;
  };
  EXPECT_EQ(meant("국토교통부", "molit"), "molit");
  EXPECT_EQ(meant("종로"), "11010");
  EXPECT_EQ(meant("ministry of land"), "molit");
  EXPECT_EQ(meant("moe"), "moe");
  EXPECT_EQ(meant("중구"), "forms.office") << "there are two";
  EXPECT_EQ(meant("부산광역시 중구"), "21010");
  EXPECT_EQ(meant("달나라"), "forms.office");
  EXPECT_EQ(meant("달나라", "moon"), "forms.office");
  EXPECT_EQ(meant(" "), "forms.missing");
}

TEST(drafts_of_a_person, are_there_on_another_day_and_for_nobody_else) {
  auto folder = std::filesystem::temp_directory_path() / ("d" + new_id().str());
  {
    store::database db({folder.string(), "drafts", 2, false});
    drafts all(db);
    id kim = new_id(), lee = new_id();
    draft d = all.begin(kim, "resident-certificate");
    d.answers = json::object{{"kind", "whole"}};
    all.save(d);
    EXPECT_EQ(all.begin(kim, "resident-certificate").key, d.key) << "a second one was begun";
    EXPECT_EQ(json::str(all.find(d.key, kim)->answers, "kind"), "whole");
    EXPECT_FALSE(all.find(d.key, lee));
    int taken = 0;
    for (int i = 0; i < 2; ++i)
      db.writing([&](store::write& tx) { taken += all.take(tx, d.key, kim); });
    EXPECT_EQ(taken, 1) << "an application is filed once";
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace madang::forms
