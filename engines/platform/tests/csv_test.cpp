#include <gtest/gtest.h>

#include "madang/platform/csv.hpp"

using madang::platform::csv_cell;

// RFC 4180 section 2, rules 6 and 7.
TEST(csv, fields_are_quoted_where_they_must_be) {
  EXPECT_EQ(csv_cell("aaa"), "aaa");
  EXPECT_EQ(csv_cell(""), "");
  EXPECT_EQ(csv_cell("b CRLF\r\nbb"), "\"b CRLF\r\nbb\"");
  EXPECT_EQ(csv_cell("b\"bb"), "\"b\"\"bb\"");
  EXPECT_EQ(csv_cell("x,y"), "\"x,y\"");
}

TEST(csv, what_a_spreadsheet_would_run_is_text) {
  for (const char* s : {"=1+1", "+1", "-1", "@A1", "\t=1"})
    EXPECT_EQ(csv_cell(s), "'" + std::string(s));
  EXPECT_EQ(csv_cell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(csv_cell("=HYPERLINK(\"x\",1)"), "\"'=HYPERLINK(\"\"x\"\",1)\"");
  EXPECT_EQ(csv_cell("a=1"), "a=1");
}
