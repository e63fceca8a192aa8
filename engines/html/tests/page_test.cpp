#include "madang/html/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "madang/html/fields.hpp"
#include "madang/html/parts.hpp"

namespace madang::html {
namespace {

using testing::HasSubstr;
using testing::Not;

class pages : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = texts::load({std::string(MADANG_SOURCE) + "/packs/korea/texts",
                               std::string(MADANG_SOURCE) + "/packs/common/texts"},
                              {"ko", "en"});
    ASSERT_TRUE(loaded);
    words_.emplace(std::move(*loaded));
    s.texts = &*words_;
    s.language = "en";
    s.csrf = "token";
  }
  std::optional<texts> words_;
  shell s;
};

std::size_t count(const std::string& in, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t i = in.find(what); i != std::string::npos; i = in.find(what, i + 1)) ++n;
  return n;
}

TEST_F(pages, have_language_title_skip_link_and_one_main) {
  std::string out = page(s, "Move", {}, h1("Move"));
  EXPECT_TRUE(out.starts_with("<!doctype html><html lang=\"en\">"));
  EXPECT_THAT(out, HasSubstr("<title>Move - Madang</title>"));
  EXPECT_THAT(out, HasSubstr(R"(href="#main")"));
  EXPECT_EQ(count(out, "<main"), 1u);
}

TEST_F(pages, say_error_in_the_title_when_there_are_errors) {
  question q;
  q.title = "Date";
  q.errors = {{"d_day", "Give a date"}};
  std::string out = question_page(s, q);
  EXPECT_THAT(out, HasSubstr("<title>Error: Date"));
  EXPECT_THAT(out, HasSubstr(R"(<a href="#d_day">Give a date</a>)"));
  EXPECT_THAT(out, HasSubstr("There is 1 thing to put right"));
  EXPECT_THAT(out, HasSubstr(R"(tabindex="-1" autofocus)"));
}

TEST_F(pages, need_no_inline_script_or_style) {
  page_options o;
  o.json_ld = R"({"name":"</script><script>alert(1)</script>"})";
  std::string out = page(s, "x", {{"/a", "a"}}, p("x"), o);
  EXPECT_EQ(count(out, "<script type=\"module\" src="), 1u);
  EXPECT_EQ(count(out, "<script"), 2u);  // the module and the data block
  EXPECT_EQ(count(out, "</script>"), 2u);
  EXPECT_THAT(out, HasSubstr(R"(\u003c/script>\u003cscript>)"));
  EXPECT_THAT(out, Not(HasSubstr("<style")));
  EXPECT_THAT(out, Not(HasSubstr(" style=")));
}

TEST_F(pages, are_inert_for_hostile_words_in_every_member) {
  std::string bad = "\"><script>x</script><img src=x onerror=x>'";
  s.site = words(bad, bad);
  s.path = "/" + bad;
  s.person = bad;
  s.csrf = bad;
  s.nav = {{bad, bad}};
  s.footer = {{bad, bad}};
  s.unread = 1;
  field f{bad, bad, bad, bad, bad};
  f.most = 10;
  question q;
  q.title = q.lead = q.action = q.back = q.journey = q.continue_label = bad;
  q.errors = {{bad, bad}};
  q.fields = {text_field(s, f),
              area_field(s, f),
              radio_field(s, f, {{bad, bad, bad}}),
              select_field(s, f, {{bad, bad, bad}}),
              date_field(s, f, {bad, bad, bad}),
              address_field(s, f, bad),
              upload_field(s, f, bad, 1),
              yes_no_field(s, f)};
  table_view v;
  v.caption = v.empty = bad;
  v.columns = {{bad}};
  v.stacked = true;
  v.rows = {{bad}};
  q.fields.push_back(data_table(s, v));
  search_view search{bad, bad, bad, bad, bad};
  q.fields.push_back(search_box(s, search));
  q.fields.push_back(banner(s, tone::bad, bad, bad));
  q.fields.push_back(summary_list(s, {{bad, bad, bad}}));
  q.fields.push_back(reading_notice(s, bad, bad));
  q.fields.push_back(task_list({{bad, {{bad, bad, bad, tone::good, bad}}}}));
  q.fields.push_back(timeline({{bad, bad, bad}}));
  q.fields.push_back(copy_button(s, bad));
  for (const std::string& out : {question_page(s, q), page(s, bad, {{bad, bad}}, p(bad))}) {
    EXPECT_EQ(count(out, "<script"), 1u);
    EXPECT_EQ(count(out, "<img"), 0u);
    EXPECT_EQ(count(out, "'"), 0u);
  }
}

TEST_F(pages, keep_the_query_when_the_language_is_switched) {
  s.path = "/search?q=a%26b&lang=ko&page=2";
  EXPECT_EQ(s.with("lang", "en"), "/search?q=a%26b&page=2&lang=en");
  s.path = "/";
  EXPECT_EQ(s.with("lang", "ko"), "/?lang=ko");
  s.path = "/a?lang=ko";
  EXPECT_EQ(s.with("lang", "en"), "/a?lang=en");
}

TEST_F(pages, a_question_posts_with_its_token_and_can_be_saved) {
  question q;
  q.title = "Who";
  q.action = "/move/3";
  q.step = 3;
  q.steps = 5;
  q.saved = true;
  std::string out = question_page(s, q);
  EXPECT_THAT(out, HasSubstr(R"(<input type="hidden" name="_csrf" value="token">)"));
  EXPECT_THAT(out, HasSubstr(R"(name="_save" value="1")"));
  EXPECT_THAT(out, HasSubstr("Step 3 of 5"));
  EXPECT_EQ(count(out, "<h1"), 1u);
}

// WCAG 2.2: 1.3.1, 3.3.1, 3.3.2; the wiring of GOV.UK's text input.
TEST_F(pages, hint_and_error_are_tied_to_their_control) {
  std::string out =
      text_field(s, {"tel", "Phone", "With area code", "Give a number", "02"}).markup();
  EXPECT_THAT(out, HasSubstr(R"(<label for="tel">Phone</label>)"));
  EXPECT_THAT(out, HasSubstr(R"(aria-describedby="tel-hint tel-error" aria-invalid="true")"));
  EXPECT_THAT(out, HasSubstr(R"(<p class="hint" id="tel-hint">)"));
  EXPECT_THAT(out, HasSubstr(R"(<p class="error" id="tel-error">)"));
}

TEST_F(pages, dates_are_asked_in_the_order_of_the_language) {
  field f{"d", "Date"};
  std::string english = date_field(s, f, {"2026", "11", "23"}).markup();
  EXPECT_LT(english.find("d_day"), english.find("d_year"));
  EXPECT_EQ(date_field_id(s, "d"), "d_day");
  s.language = "ko";
  std::string korean = date_field(s, f, {"2026", "11", "23"}).markup();
  EXPECT_LT(korean.find("d_year"), korean.find("d_month"));
  EXPECT_LT(korean.find("d_month"), korean.find("d_day"));
  EXPECT_EQ(date_field_id(s, "d"), "d_year");
}

TEST(dates, only_days_of_the_calendar_are_dates) {
  EXPECT_EQ(date_of({"2026", "11", "23"}), date::of(2026, 11, 23));
  EXPECT_EQ(date_of({" 2028", "2", "29 "}), date::of(2028, 2, 29));
  for (const date_parts& bad : {date_parts{"2026", "2", "29"},
                                {"2026", "13", "1"},
                                {"2026", "0", "1"},
                                {"", "1", "1"},
                                {"20x6", "1", "1"},
                                {"2026", "-1", "1"},
                                {"99999999999", "1", "1"},
                                {"2026", "1", "1.5"}})
    EXPECT_FALSE(date_of(bad)) << bad.year << bad.month << bad.day;
}

TEST_F(pages, a_table_says_so_when_it_is_empty_and_checks_its_cells) {
  table_view v;
  v.caption = "Requests";
  v.columns = {{"a"}, {"b", true}};
  v.empty = "None yet";
  EXPECT_THAT(data_table(s, v).markup(),
              HasSubstr(R"(<td class="empty" colspan="2">None yet</td>)"));
  v.rows = {{"only one"}};
  EXPECT_THROW(data_table(s, v), broken_invariant);
}

TEST_F(pages, pagination_shows_first_last_and_what_is_near) {
  std::string out = pagination(s, 6, 20, "/x?page=").markup();
  for (const char* n : {"1", "4", "5", "6", "7", "8", "20"})
    EXPECT_EQ(count(out, std::string("/x?page=") + n + "\""), n[0] == '5' || n[0] == '7' ? 2u : 1u)
        << n;
  EXPECT_EQ(count(out, "/x?page=3\""), 0u);
  EXPECT_EQ(count(out, "…"), 2u);
  EXPECT_TRUE(pagination(s, 1, 1, "/x?page=").empty());
  EXPECT_THAT(pagination(s, 99, 3, "?p=").markup(), HasSubstr("aria-current"));
}

}  // namespace
}  // namespace madang::html
