#include "../src/geo_report.hpp"

#include <gtest/gtest.h>

#include "madang/xml/xml.hpp"

using namespace madang;
using namespace madang::eungdapso;

// GeoReport v2, "GET Service List": services/service; "Errors": errors/error.
TEST(an_answer, has_an_element_for_each_member_of_a_list) {
  const json::value v = json::array{json::object{{"service_code", "001"}, {"keywords", nullptr}}};
  const auto d = xml::parse(as_xml(v, "services"));
  ASSERT_TRUE(d);
  EXPECT_EQ(d->root.name, "services");
  const auto* service = d->root.child("", "service");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->child("", "service_code")->all_text(), "001");
  ASSERT_NE(service->child("", "keywords"), nullptr);
  EXPECT_TRUE(service->child("", "keywords")->all_text().empty());
}

TEST(an_answer, is_well_formed_whatever_it_says) {
  const json::value v =
      json::array{json::object{{"description", "<b> & \"]]>\" \x01\x02 가나"}, {"lat", 37.5}}};
  const auto d = xml::parse(as_xml(v, "service_requests"));
  ASSERT_TRUE(d) << d.why().code;
  const auto* request = d->root.child("", "request");
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->child("", "description")->all_text(), "<b> & \"]]>\"  가나");
}

TEST(a_field_of_an_attribute, is_told_by_its_brackets) {
  EXPECT_EQ(attribute_code("attribute[WHISHETN]"), "WHISHETN");
  EXPECT_EQ(attribute_code("attribute[WHISHETN][]"), "WHISHETN");
  EXPECT_EQ(attribute_code("attribute[x"), "");
  EXPECT_EQ(attribute_code("description"), "");
  EXPECT_EQ(attribute_code("attribute[]"), "");
}

// "GET Service Requests": 90 days at most; without both, the last 90.
TEST(the_span_of_a_list, is_ninety_days) {
  const instant at = *instant::parse("2026-11-28T00:00:00Z");
  const auto days = [](const span_of_days& s) {
    return (s.until.micros - s.from.micros) / 86'400'000'000;
  };
  EXPECT_EQ(days(*span_of("", "", at)), 90);
  EXPECT_EQ(span_of("", "", at)->until, at);
  EXPECT_EQ(days(*span_of("2026-01-01T00:00:00Z", "", at)), 90);
  EXPECT_EQ(days(*span_of("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", at)), 30);
  EXPECT_EQ(span_of("2026-01-01T00:00:00Z", "2026-05-31T00:00:00Z", at).why().code, "open311.span");
  EXPECT_EQ(span_of("2026-01-31T00:00:00Z", "2026-01-01T00:00:00Z", at).why().code, "open311.span");
  EXPECT_EQ(span_of("yesterday", "", at).why().field, "start_date");
  EXPECT_EQ(span_of("", "1", at).why().field, "end_date");
  EXPECT_EQ(days(*span_of("2026-01-01T00:00:00+09:00", "2026-01-02T00:00:00+09:00", at)), 1);
}

TEST(a_moment, is_written_to_the_second) {
  EXPECT_EQ(w3c_time(*instant::parse("2010-04-14T06:37:38.250Z")), "2010-04-14T06:37:38Z");
}
