// Expected values: draft-ietf-oauth-status-list (sections 4.1 and its examples), OpenID4VP 1.0.
#include <gtest/gtest.h>

#include "madang/credentials/dcql.hpp"
#include "madang/credentials/status_list.hpp"

using namespace madang;
using namespace madang::credentials;

namespace {

// Section 4.1: statuses 1,0,0,1,1,1,0,1, 1,1,0,0,0,1,0,1 make the octets B9 A3; their text is given
// in section 4.2: eNrbuRgAAhcBXQ.
TEST(status_list, reads_the_example_of_the_draft) {
  const json::object v{{"bits", 1}, {"lst", "eNrbuRgAAhcBXQ"}};
  auto list = status_list::read(v);
  ASSERT_TRUE(list.ok()) << list.why().code;
  const int expected[] = {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
  ASSERT_EQ(list->size(), 16u);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(*list->get(i), expected[i]) << i;
  EXPECT_FALSE(list->get(16).has_value());
  EXPECT_EQ(status_list::read(json::value(list->write()))->write(), list->write());
}

// Section 4.1, two bits: 1,2,0,3,0,1,0,1,1,2,3,3 are C9 44 F9.
TEST(status_list, packs_two_bits_from_the_least_significant_on) {
  status_list list(2, 12);
  const std::uint8_t values[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};
  for (std::size_t i = 0; i < 12; ++i) list.set(i, values[i]);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(*list.get(i), values[i]);
  auto draft = status_list::read(json::object{{"bits", 2}, {"lst", "eNo76fITAAPfAgc"}});
  ASSERT_TRUE(draft.ok());
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(*draft->get(i), values[i]) << i;
}

TEST(status_list, refuses_what_is_no_list) {
  for (const json::object& bad :
       {json::object{}, json::object{{"bits", 3}, {"lst", "eNrbuRgAAhcBXQ"}},
        json::object{{"bits", 1}, {"lst", "AAAA"}}, json::object{{"bits", 1}, {"lst", 7}},
        json::object{{"bits", 1}, {"lst", "eNrbuRgAAhcBXQAA"}}})
    EXPECT_EQ(status_list::read(bad).why().code, "status.malformed") << json::print(bad);
}

json::object person() {
  return json::parse(R"({"vct": "id", "name": "Kim", "age": {"19": true, "65": false},
      "homes": [{"town": "Seoul"}, {"town": "Busan"}]})")->get_object();
}
dcql_query query(std::string_view claims) {
  auto q = read_dcql(*json::parse(
      R"({"credentials": [{"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["id"]})" +
      std::string(claims) + "}]}"));
  EXPECT_TRUE(q.ok()) << q.why().field;
  return *q;
}

TEST(dcql, selects_by_the_claims_path) {
  const auto q = query(R"(, "claims": [{"path": ["age", "19"]}, {"path": ["homes", null, "town"]},
                          {"path": ["homes", 1]}])");
  const auto places = places_for(q.credentials[0], person());
  ASSERT_TRUE(places.has_value());
  EXPECT_EQ(*places, (std::vector<std::string>{"/age/19", "/homes/0/town", "/homes/1/town",
                                               "/homes/1"}));
}

TEST(dcql, takes_the_first_set_of_claims_that_is_there) {
  const auto q = query(R"(, "claims": [{"id": "x", "path": ["born"]},
                                       {"id": "y", "path": ["name"]}],
                          "claim_sets": [["x"], ["y"]])");
  EXPECT_EQ(*places_for(q.credentials[0], person()), std::vector<std::string>{"/name"});
}

TEST(dcql, wants_a_value_where_one_is_named) {
  const auto yes = query(R"(, "claims": [{"path": ["age", "19"], "values": [true]}])");
  const auto no = query(R"(, "claims": [{"path": ["age", "65"], "values": [true]}])");
  EXPECT_TRUE(judge(yes, {{"a", {person()}}}).ok());
  EXPECT_EQ(judge(no, {{"a", {person()}}}).why().code, "dcql.unfit");
  EXPECT_EQ(judge(yes, {}).why().code, "dcql.missing");
  EXPECT_EQ(judge(yes, {{"b", {person()}}}).why().code, "dcql.unasked");
  EXPECT_EQ(judge(yes, {{"a", {person(), person()}}}).why().code, "dcql.unfit");
  auto other = person();
  other["vct"] = "other";
  EXPECT_EQ(judge(yes, {{"a", {other}}}).why().code, "dcql.unfit");
}

TEST(dcql, says_where_a_query_is_wrong) {
  const auto where = [](std::string_view text) {
    auto q = read_dcql(*json::parse(text));
    return q ? std::string("good") : q.why().field;
  };
  EXPECT_EQ(where("{}"), "/credentials");
  EXPECT_EQ(where(R"({"credentials": [{"id": "a b", "format": "dc+sd-jwt"}]})"),
            "/credentials/0/id");
  EXPECT_EQ(where(R"({"credentials": [{"id": "a", "format": "x"}]})"), "/credentials/0/format");
  EXPECT_EQ(where(R"({"credentials": [{"id": "a", "format": "dc+sd-jwt"}]})"),
            "/credentials/0/meta/vct_values");
  EXPECT_EQ(where(R"({"credentials": [{"id": "a", "format": "dc+sd-jwt",
      "meta": {"vct_values": ["x"]}, "claims": [{"path": [-1]}]}]})"),
            "/credentials/0/claims/0/path");
}

}  // namespace
