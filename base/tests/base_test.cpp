#include <gtest/gtest.h>

#include <set>

#include "madang/base/base.hpp"

namespace madang {
namespace {

struct visit {
  std::string name;
  std::int64_t count = 0;
  std::optional<date> last;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(visit, (), (name, count, last, tags))

TEST(json_reading, gives_a_described_struct_back_as_it_was_written) {
  visit v{"김하윤 \"\n", 3, date::parse("2026-11-23"), {"a", "b"}};
  auto back = json::parse_as<visit>(json::write(v));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->name, v.name);
  EXPECT_EQ(back->last, v.last);
  EXPECT_EQ(back->tags, v.tags);
}

TEST(json_reading, names_the_place_of_what_is_wrong) {
  EXPECT_EQ(json::parse_as<visit>(R"({"name":"x","count":"3","tags":[]})").why().field, "/count");
  EXPECT_EQ(json::parse_as<visit>(R"({"name":"x","count":1,"tags":[1]})").why().field, "/tags/0");
  EXPECT_EQ(json::parse_as<visit>(R"({"name":"x","tags":[]})").why().code, "json.missing");
  EXPECT_EQ(json::parse_as<visit>(R"({"name":"x","count":1,"tags":[],"z":1})").why().code,
            "json.unknown");
  EXPECT_EQ(json::parse_as<visit>(R"({"name":"x","count":1,"count":2,"tags":[]})").why().code,
            "json.duplicate");
}

TEST(json_reading, refuses_depth_garbage_and_bytes_that_are_not_utf8) {
  EXPECT_EQ(json::parse(std::string(100, '[') + std::string(100, ']')).why().code, "json.too_deep");
  EXPECT_EQ(json::parse("[1e400]").why().code, "json.number");
  EXPECT_EQ(json::parse("{\"a\":1} x").why().code, "json.syntax");
  EXPECT_EQ(json::parse("\"\xC3\x28\"").why().code, "json.syntax");
  EXPECT_EQ(json::parse(std::string(limits::json_bytes + 1, ' ')).why().code, "json.too_large");
}

TEST(ids, are_unique_ascending_and_survive_being_written) {
  std::set<id> seen;
  id last;
  for (int i = 0; i < 20000; ++i) {
    id next = new_id();
    EXPECT_LT(last, next);
    last = next;
    seen.insert(next);
  }
  EXPECT_EQ(seen.size(), 20000u);
  EXPECT_EQ(id::parse(last.str()), last);
  EXPECT_FALSE(id::parse("zzzzzzzzzzzzz"));
  EXPECT_FALSE(id::parse("short"));
}

TEST(dates, know_leap_years_and_refuse_days_that_are_not) {
  EXPECT_TRUE(date::of(2024, 2, 29));
  EXPECT_FALSE(date::of(2026, 2, 29));
  EXPECT_EQ(date::parse("1970-01-01")->days, 0);
  EXPECT_EQ(date::of(2026, 11, 23)->weekday(), 1u);  // a Monday
  EXPECT_EQ(end_of_days.str(), "9999-12-31");
}

// Korean law: the age rises on the birthday itself.
TEST(dates, count_age_in_whole_years) {
  auto birth = *date::parse("2008-02-29");
  EXPECT_EQ(age(birth, *date::parse("2026-02-28")), 17);
  EXPECT_EQ(age(birth, *date::parse("2026-03-01")), 18);
}

TEST(working_days, skip_weekends_and_holidays) {
  calendar c;
  c.add_holiday(*date::parse("2026-12-25"), "Christmas");
  // Thursday 24 December 2026 + 1 working day: the 25th is a holiday, then a weekend.
  EXPECT_EQ(c.add_working_days(*date::parse("2026-12-24"), 1).str(), "2026-12-28");
  EXPECT_EQ(c.working_days_between(*date::parse("2026-12-24"), *date::parse("2026-12-28")), 1);
  EXPECT_EQ(c.working_days_between(*date::parse("2026-12-28"), *date::parse("2026-12-24")), -1);
}

TEST(instants, are_read_with_offsets_and_written_in_utc) {
  auto t = instant::parse("2026-11-23T09:12:00.5+09:00");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->str(), "2026-11-23T00:12:00.500Z");
  EXPECT_EQ(in_zone(*t).hour, 9);
  EXPECT_EQ(from_civil({*date::parse("2026-11-23"), 9, 12, 0}).str(), "2026-11-23T00:12:00.000Z");
  EXPECT_FALSE(instant::parse("2026-11-23T25:12:00Z"));
}

// Lisbon keeps summer time (an hour ahead of UTC) from the last Sunday of March to that of October.
TEST(instants, are_written_in_the_zone_of_the_country) {
  set_home_zone("Europe/Lisbon");
  EXPECT_EQ(written_time(*instant::parse("2026-07-01T12:00:00Z"), "en"), "1 July 2026 13:00");
  EXPECT_EQ(written_time(*instant::parse("2026-11-23T23:30:00Z"), "en"), "23 November 2026 23:30");
  set_home_zone("Asia/Seoul");
  EXPECT_EQ(written_time(*instant::parse("2026-11-23T23:30:00Z"), "en"), "24 November 2026 08:30");
}

TEST(text_tools, keep_korean_whole) {
  EXPECT_EQ(text::length("등본"), 2u);
  EXPECT_EQ(text::head("등본발급", 2), "등본");
  EXPECT_EQ(text::fold("ＡbC등본"), "abc등본");
  EXPECT_EQ(text::normalise("\xE1\x84\x83\xE1\x85\xB3\xE1\x86\xBC"), "등");  // decomposed jamo
  EXPECT_FALSE(text::normalise("\xFF"));
  EXPECT_EQ(text::grouped(-1234567), "-1,234,567");
  EXPECT_EQ(text::fill("{a}와 {b}", std::map<std::string, std::string>{{"a", "1"}}), "1와 {b}");
}

// RFC 4648 section 10.
TEST(base64, follows_the_vectors_of_the_standard) {
  EXPECT_EQ(text::base64(text::bytes_of("foobar")), "Zm9vYmFy");
  EXPECT_EQ(text::base64(text::bytes_of("fo")), "Zm8=");
  EXPECT_EQ(text::chars_of(*text::from_base64("Zm8=")), "fo");
  EXPECT_FALSE(text::from_base64("Zm8*"));
}

}  // namespace
}  // namespace madang
