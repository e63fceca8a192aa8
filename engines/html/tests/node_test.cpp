#include "madang/html/node.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "madang/base/check.hpp"
#include "madang/html/frame.hpp"
#include "madang/html/parts.hpp"

namespace madang::html {
namespace {

using testing::HasSubstr;
using testing::Not;

// Expected markup is written by hand after the HTML Living Standard: 13.1.2 (elements, attributes),
// 13.1.4 (character references).
TEST(node, attributes_go_into_the_tag_wherever_they_stand) {
  EXPECT_EQ(div("a", cls("card"), id_("x"), flag("hidden"), flag("inert", false)).markup(),
            R"(<div class="card" id="x" hidden>a</div>)");
}

TEST(node, classes_are_joined_into_one_attribute) {
  EXPECT_EQ(p(cls("a"), attr("class", "b"), cls("")).markup(), R"(<p class="a b"></p>)");
}

TEST(node, content_may_be_text_numbers_nodes_lists_and_what_may_be_absent) {
  std::vector<node> items = {li("1"), li("2")};
  std::optional<node> none;
  std::optional<std::string> some = "x";
  const char* null = nullptr;
  EXPECT_EQ(ul(items, none, some, null, -7, std::size_t{9}).markup(),
            "<ul><li>1</li><li>2</li>x-79</ul>");
}

TEST(node, a_frame_is_of_the_web_and_in_a_sandbox) {
  EXPECT_EQ(hidden_frame("https://a.example/out?x=1&y=\"", "Telling <a>").markup(),
            "<iframe hidden sandbox=\"allow-scripts allow-same-origin\" title=\"Telling &lt;a&gt;\""
            " src=\"https://a.example/out?x=1&amp;y=&quot;\"></iframe>");
  for (const char* other : {"javascript:alert(1)", "data:text/html,x", "//a.example", "/out", ""})
    EXPECT_TRUE(hidden_frame(other, "t").empty()) << other;
}

TEST(node, void_elements_have_no_end_tag_and_take_no_content) {
  EXPECT_EQ(input(type_("hidden"), name_("n"), value_("v")).markup(),
            R"(<input type="hidden" name="n" value="v">)");
  EXPECT_THROW(br("text"), broken_invariant);
}

TEST(node, a_line_end_at_the_start_of_a_textarea_survives_the_parser) {
  EXPECT_EQ(textarea("\nx").markup(), "<textarea>\n\nx</textarea>");
}

TEST(node, an_attribute_outside_a_tag_is_our_own_mistake) {
  EXPECT_THROW(all(cls("x")), broken_invariant);
}

constexpr std::string_view hostile = "<script>alert(1)</script>\"'&<!--]]>\0x";

TEST(escaping, text_is_inert_as_content) {
  EXPECT_EQ(p("<b>&\"'").markup(), "<p>&lt;b&gt;&amp;&quot;&#39;</p>");
}

TEST(escaping, text_is_inert_in_every_kind_of_attribute) {
  for (const attribute& a : {attr("title", hostile), cls(hostile), id_(hostile), value_(hostile),
                             aria("label", hostile), data("x", hostile), href(hostile)}) {
    std::string markup = span(a).markup();
    EXPECT_EQ(std::count(markup.begin(), markup.end(), '<'), 2) << markup;
    EXPECT_EQ(std::count(markup.begin(), markup.end(), '"'), 2) << markup;
    EXPECT_THAT(markup, Not(HasSubstr("'")));
  }
}

TEST(escaping, control_characters_become_the_replacement_character) {
  EXPECT_EQ(node(std::string_view("a\0b\x1B\t\n\x7F", 7)).markup(),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\t\n\xEF\xBF\xBD");
}

TEST(escaping, what_was_escaped_once_is_not_escaped_again) {
  node inner = "a & b";
  EXPECT_EQ(div(p(inner)).markup(), "<div><p>a &amp; b</p></div>");
}

// Disguises from the OWASP XSS filter evasion list, and WHATWG URL 4.4, which removes tabs and line
// ends everywhere and controls and spaces at the ends.
TEST(addresses, schemes_that_run_or_read_are_refused_in_all_disguises) {
  for (std::string_view bad :
       {"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
        "java\tscript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x", "//evil.example",
        "/\\evil.example", "\\\\evil.example", "http\t://x", "filesystem:x", "view-source:x"}) {
    EXPECT_FALSE(is_safe_address(bad)) << bad;
    EXPECT_EQ(a(href(bad)).markup(), "<a href=\"#\"></a>") << bad;
    EXPECT_EQ(form(action(bad)).markup(), "<form action=\"#\"></form>") << bad;
    EXPECT_EQ(img(src(bad)).markup(), "<img src=\"#\">") << bad;
  }
}

TEST(addresses, schemes_and_relative_addresses_that_pages_need_are_allowed) {
  for (std::string_view good : {"/services?q=a:b", "?page=2", "#main", "", "page", "../up", "a/b:c",
                                "https://law.go.kr/", "HTTP://x.kr", "mailto:a@b.kr", "tel:110"})
    EXPECT_TRUE(is_safe_address(good)) << good;
  EXPECT_EQ(a(href("/s?a=1&b=2")).markup(), "<a href=\"/s?a=1&amp;b=2\"></a>");
}

TEST(icon, known_names_draw_and_unknown_names_give_nothing) {
  for (std::string_view name : icon_names()) EXPECT_FALSE(icon(name).empty()) << name;
  EXPECT_TRUE(icon("<script>").empty());
  EXPECT_THAT(icon("house").markup(), HasSubstr(R"(aria-hidden="true")"));
}

// The brief for this room: a table page of 50 rows well under 50 us. A debug or sanitized build is
// slower by a factor of ten or more; the limit here only catches a change of kind.
TEST(speed, a_table_of_fifty_rows_is_written_in_microseconds) {
  auto once = [] {
    std::vector<node> rows;
    rows.reserve(50);
    for (int i = 0; i < 50; ++i)
      rows.push_back(tr(td(a(href("/cases/2026-1123-000418"), "전입신고 - 김하윤 외 1명")),
                        td(cls("number"), i), td(span(cls("badge good"), "처리 중")),
                        td("종로구 청운효자동"),
                        td(time(attr("datetime", "2026-11-23"), "11-23"))));
    return table(thead(tr(th("a"), th("b"))), tbody(rows)).markup().size();
  };
  std::size_t bytes = 0;
  auto best = std::chrono::nanoseconds::max();
  for (int round = 0; round < 20; ++round) {
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) bytes += once();
    best =
        std::min<std::chrono::nanoseconds>(best, (std::chrono::steady_clock::now() - start) / 50);
  }
  std::printf("50 rows of 5 cells, %zu bytes: %.1f us\n", bytes / 1000, best.count() / 1e3);
  EXPECT_LT(best, std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace madang::html
