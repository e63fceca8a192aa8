#include "../src/calendar.hpp"

#include <gtest/gtest.h>

using namespace madang;
using namespace madang::first_street;

TEST(calendar, an_event_says_when_in_utc_and_what_escaped) {
  happening h{"forum-1@example.org", "A, B; C", "Hall\n2", "x\\y", "https://example.org/1",
              *instant::parse("2026-03-02T10:00:00+09:00"), {}, "forum"};
  const auto text = icalendar("Street", {h}, *instant::parse("2026-03-01T00:00:00Z"));
  EXPECT_NE(text.find("\r\nDTSTART:20260302T010000Z\r\n"), text.npos);
  EXPECT_NE(text.find("\r\nDTSTAMP:20260301T000000Z\r\n"), text.npos);
  EXPECT_NE(text.find("\r\nSUMMARY:A\\, B\\; C\r\n"), text.npos);
  EXPECT_NE(text.find("\r\nLOCATION:Hall\\n2\r\n"), text.npos);
  EXPECT_NE(text.find("\r\nDESCRIPTION:x\\\\y\r\n"), text.npos);
}

// RFC 5545 section 3.1: no line is longer than 75 octets without its end; unfolding gives it back.
TEST(calendar, long_lines_are_folded_between_characters) {
  std::string title;
  for (int i = 0; i < 100; ++i) title += i % 2 ? "가" : "é";
  happening h{"u@x", title, {}, {}, {}, {}, *date::of(2026, 3, 2), "activity"};
  const auto text = icalendar("Street", {h}, {});
  std::string unfolded = text::replace_all(text, "\r\n ", "");
  EXPECT_NE(unfolded.find("SUMMARY:" + title + "\r\n"), unfolded.npos);
  EXPECT_NE(unfolded.find("DTSTART;VALUE=DATE:20260302\r\n"), unfolded.npos);
  for (std::size_t at = 0, end; (end = text.find("\r\n", at)) != text.npos; at = end + 2) {
    EXPECT_LE(end - at, 75u);
    EXPECT_TRUE(text::is_utf8(text.substr(at, end - at)));
  }
}
