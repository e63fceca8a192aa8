// Expected verdicts after RFC 9396 sections 2, 5 and 6, written by hand.
#include <gtest/gtest.h>

#include "madang/signon/details.hpp"

using namespace madang;
using namespace madang::signon;

namespace {

const std::vector<detail_type>& types() {
  static const auto all = read_detail_types(*json::parse(R"({"types": [
    {"type": "mydata", "owner": "agreements", "fields": [
      {"name": "actions", "form": "words", "required": true, "most": 2, "one_of": ["read", "list"]},
      {"name": "locations", "form": "words", "most": 1, "one_of": ["{issuer}/exchange/mydata"]},
      {"name": "datatypes", "form": "words", "required": true, "most": 3},
      {"name": "purpose", "form": "text", "required": true, "most": 10},
      {"name": "until", "form": "day", "required": true}]},
    {"type": "other", "owner": "others", "fields": []}]})"),
                                            "https://gov.example");
  return all.value();
}

// The element that is good, with one member changed (or left out, where it is null).
json::object with(std::string_view member, const json::value& value) {
  json::object out{{"type", "mydata"},
                   {"actions", json::array{"read"}},
                   {"datatypes", json::array{"persons.name", "persons.born"}},
                   {"purpose", "A loan"},
                   {"until", "2026-12-31"}};
  if (value.is_null()) out.erase(member);
  else out[member] = value;
  return out;
}

// Empty: taken. Else the place that is wrong.
std::string wrong_in(const std::string& text) {
  auto read = read_details(text, types(), {"mydata"});
  if (read) return "";
  EXPECT_EQ(read.why().code, "oauth.invalid_authorization_details");
  return "at " + read.why().field;
}
std::string wrong(std::string_view member, const json::value& value) {
  return wrong_in(json::print(json::array{with(member, value)}));
}

TEST(authorization_details, are_taken_when_every_member_is_of_the_type) {
  EXPECT_EQ(wrong("purpose", "A loan"), "");
  EXPECT_EQ(wrong("locations", json::array{"https://gov.example/exchange/mydata"}), "");
  EXPECT_EQ(wrong("purpose", "대출 심사를 위하여"), "") << "ten letters, not ten octets";
}

TEST(authorization_details, are_refused_at_the_member_that_is_wrong) {
  EXPECT_EQ(wrong("type", "unknown"), "at /0/type");
  EXPECT_EQ(wrong("type", "other"), "at /0/type") << "not among those the client registered";
  EXPECT_EQ(wrong("type", nullptr), "at /0/type");
  EXPECT_EQ(wrong("type", 1), "at /0/type");
  EXPECT_EQ(wrong("amount", "5"), "at /0");
  EXPECT_EQ(wrong("identifier", "x"), "at /0") << "known to the RFC, not to the type";
  EXPECT_EQ(wrong("actions", "read"), "at /0/actions");
  EXPECT_EQ(wrong("actions", json::array{}), "at /0/actions");
  EXPECT_EQ(wrong("actions", json::array{"write"}), "at /0/actions");
  EXPECT_EQ(wrong("actions", json::array{"read", "read"}), "at /0/actions");
  EXPECT_EQ(wrong("actions", json::array{1}), "at /0/actions");
  EXPECT_EQ(wrong("actions", nullptr), "at /0/actions");
  EXPECT_EQ(wrong("locations", json::array{"https://evil.example/"}), "at /0/locations");
  EXPECT_EQ(wrong("datatypes", json::array{"a", "b", "c", "d"}), "at /0/datatypes");
  EXPECT_EQ(wrong("datatypes", json::array{std::string(201, 'a')}), "at /0/datatypes");
  EXPECT_EQ(wrong("datatypes", json::array{"a\nb"}), "at /0/datatypes");
  EXPECT_EQ(wrong("purpose", "More than ten"), "at /0/purpose");
  EXPECT_EQ(wrong("purpose", " A loan"), "at /0/purpose");
  EXPECT_EQ(wrong("purpose", ""), "at /0/purpose");
  EXPECT_EQ(wrong("purpose", json::array{"A loan"}), "at /0/purpose");
  EXPECT_EQ(wrong("until", "2026-02-30"), "at /0/until");
  EXPECT_EQ(wrong("until", "2026-12-31T00:00:00Z"), "at /0/until");
  EXPECT_EQ(wrong("until", 20261231), "at /0/until");
}

TEST(authorization_details, are_a_list_of_a_few_objects_and_not_too_long) {
  const std::string good = json::print(with("purpose", "A loan"));
  for (const std::string text : {"", "{}", "null", "[]", "[1]", "[[]]", "[", "x"})
    EXPECT_NE(wrong_in(text), "") << text;
  EXPECT_EQ(wrong_in("[" + good + "," + json::print(with("purpose", 1)) + "]"), "at /1/purpose");
  std::string many = good;
  for (int i = 1; i < 10; ++i) many += "," + good;
  EXPECT_EQ(wrong_in("[" + many + "]"), "");
  EXPECT_EQ(wrong_in("[" + many + "," + good + "]"), "at ");
  EXPECT_EQ(wrong_in("[" + good + std::string(longest_details, ' ') + "]"), "at ");
  EXPECT_EQ(wrong_in(R"([{"type": "mydata", "type": "mydata"}])"), "at ") << "a member twice";
  EXPECT_EQ(wrong_in("[{\"type\": \"my\xff\"}]"), "at ") << "not UTF-8";
}

TEST(authorization_details, may_be_narrowed_and_never_widened) {
  const json::array granted{with("until", "2026-12-31")};
  const auto asks = [&](std::string_view member, const json::value& value) {
    return within(granted, {with(member, value)}, types());
  };
  EXPECT_TRUE(asks("until", "2026-12-31"));
  EXPECT_TRUE(asks("until", "2026-12-30"));
  EXPECT_FALSE(asks("until", "2027-01-01"));
  EXPECT_TRUE(asks("datatypes", json::array{"persons.born"}));
  EXPECT_FALSE(asks("datatypes", json::array{"persons.born", "persons.sex"}));
  EXPECT_FALSE(asks("purpose", "Another"));
  EXPECT_FALSE(asks("actions", json::array{"list"}));
  EXPECT_TRUE(asks("locations", json::array{"https://gov.example/exchange/mydata"}))
      << "one place is less than any";
  const json::array at_one_place{
      with("locations", json::array{"https://gov.example/exchange/mydata"})};
  EXPECT_FALSE(within(at_one_place, granted, types())) << "any place is more than one";
  EXPECT_FALSE(within({}, granted, types()));
  EXPECT_TRUE(within(granted, {with("until", "2026-12-01"), with("until", "2026-12-02")}, types()));
}

TEST(types_of_authorization_details, are_refused_by_the_entry_that_is_wrong) {
  const auto broken = [](std::string_view text) {
    auto read = read_detail_types(*json::parse(text), "https://gov.example");
    return read ? "" : read.why().field;
  };
  EXPECT_EQ(broken("{}"), "types");
  EXPECT_EQ(broken(R"({"types": [{"type": "A B", "owner": "o", "fields": []}]})"), "types[0].type");
  EXPECT_EQ(broken(R"({"types": [{"type": "a", "fields": []}]})"), "types[0].owner");
  EXPECT_EQ(broken(R"({"types": [{"type": "a", "owner": "o"}]})"), "types[0].fields");
  for (const std::string field :
       {R"({"name": "x", "form": "number"})", R"({"name": "x", "form": "words"})",
        R"({"name": "type", "form": "day"})", R"({"form": "day"})"})
    EXPECT_EQ(broken(R"({"types": [{"type": "a", "owner": "o", "fields": [)" + field + "]}]}"),
              "types[0].fields[0]")
        << field;
}

}  // namespace
