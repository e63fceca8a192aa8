// PATCH and PUT: the examples of RFC 7644 sections 3.5.1 and 3.5.2.
#include <gtest/gtest.h>

#include "people.hpp"

namespace madang::scim {
namespace {

struct patching : testing::Test {
  const shape of = user_shape();
  json::object babs = user(bjensen);

  static json::value message(std::string_view operations) {
    return *json::parse(R"({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                            "Operations": )" +
                        std::string(operations) + "}");
  }
  // What lies at `where` afterwards, or the refusal.
  std::string after(std::string_view operations, const char* where) {
    auto done = patched(babs, message(operations), of);
    if (!done) return done.why().code + " " + done.why().field;
    const auto* v = member(*done, where);
    return v ? json::print(*v) : "none";
  }
};

TEST_F(patching, adds_as_the_examples_of_the_standard_do) {
  EXPECT_EQ(after(R"([{"op": "add", "path": "members", "value": [{"display": "Babs Jensen",
                       "$ref": "https://example.com/v2/Users/2819", "value": "2819"}]}])",
                  "members"),
            R"([{"value":"2819"}])")
      << "display is not for clients to say";
  EXPECT_EQ(after(R"([{"op": "add", "value": {"emails": [{"value": "babs@example.org",
                       "type": "other"}], "nickname": "Babs"}}])",
                  "emails"),
            R"([{"value":"bjensen@example.com","type":"work","primary":true},)"
            R"({"value":"babs@jensen.org","type":"home"},)"
            R"({"value":"babs@example.org","type":"other"}])");
  EXPECT_EQ(after(R"([{"op": "add", "value": {"nickname": "Babs"}}])", "nickName"), "\"Babs\"");
  EXPECT_EQ(after(R"([{"op": "add", "path": "emails", "value": {"value": "babs@jensen.org"}}])",
                  "emails"),
            json::print(babs["emails"]))
      << "what is there already changes nothing";
}

TEST_F(patching, removes_as_the_examples_of_the_standard_do) {
  EXPECT_EQ(after(R"([{"op": "remove", "path": "emails"}])", "emails"), "none");
  EXPECT_EQ(
      after(
          R"([{"op": "remove", "path": "emails[type eq \"work\" and value ew \"example.com\"]"}])",
          "emails"),
      R"([{"value":"babs@jensen.org","type":"home"}])");
  EXPECT_EQ(
      after(R"([{"op": "remove", "path": "addresses[type eq \"work\"].locality"}])", "addresses"),
      R"([{"type":"work","streetAddress":"100 Universal City Plaza"},)"
      R"({"type":"home","locality":"Hollywood"}])");
  EXPECT_EQ(
      after(R"([{"op": "Remove", "path": "emails", "value": [{"value": "babs@jensen.org"}]}])",
            "emails"),
      R"([{"value":"bjensen@example.com","type":"work","primary":true}])");
  EXPECT_EQ(after(R"([{"op": "remove"}])", "emails"), "scim.target ");
  EXPECT_EQ(after(R"([{"op": "remove", "path": "userName"}])", "userName"),
            "scim.mutability userName");
}

TEST_F(patching, replaces_as_the_examples_of_the_standard_do) {
  EXPECT_EQ(after(R"([{"op": "replace", "path": "addresses[type eq \"work\"]", "value":
                       {"type": "work", "streetAddress": "911 Universal City Plaza"}}])",
                  "addresses"),
            R"([{"type":"work","streetAddress":"911 Universal City Plaza","locality":"Hollywood"},)"
            R"({"type":"home","locality":"Hollywood"}])");
  EXPECT_EQ(after(R"([{"op": "replace", "path": "addresses[type eq \"work\"].streetAddress",
                       "value": "1010 Broadway Ave"}])",
                  "addresses"),
            R"([{"type":"work","streetAddress":"1010 Broadway Ave","locality":"Hollywood"},)"
            R"({"type":"home","locality":"Hollywood"}])");
  EXPECT_EQ(after(R"([{"op": "replace", "path": "addresses[type eq \"lair\"].locality",
                       "value": "x"}])",
                  "addresses"),
            "scim.target addresses");
  EXPECT_EQ(after(R"([{"op": "replace", "value": {"name": {"familyName": "Smith"}}}])", "name"),
            R"({"familyName":"Smith","givenName":"Barbara","formatted":"Ms. Barbara Jensen"})")
      << "of a complex attribute those parts change that are named";
  EXPECT_EQ(after(R"([{"op": "replace", "path": "active", "value": "False"}])", "active"), "false");
  EXPECT_EQ(after(R"([{"op": "replace", "value": {"name.familyName": "Smith"}}])", "name"),
            R"({"familyName":"Smith","givenName":"Barbara","formatted":"Ms. Barbara Jensen"})");
  const char* urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
  EXPECT_EQ(after(R"([{"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise)"
                  R"(:2.0:User:department", "value": "Tours"}])",
                  urn),
            R"({"employeeNumber":"701984","department":"Tours"})");
}

TEST_F(patching, keeps_what_only_the_house_may_change) {
  EXPECT_EQ(after(R"([{"op": "replace", "path": "id", "value": "x"}])", "id"),
            "scim.mutability id");
  EXPECT_EQ(after(R"([{"op": "replace", "path": "name.formatted", "value": "x"}])", "name"),
            "scim.mutability formatted");
  EXPECT_EQ(
      after(R"([{"op": "replace", "value": {"id": "x", "displayName": "x"}}])", "displayName"),
      "\"Babs\"")
      << "section 3.5.2.1: without a path what cannot be changed is passed over";
  EXPECT_EQ(after(R"([{"op": "add", "path": "born", "value": "1"}, {"op": "replace", "path": "born",
                       "value": "2"}])",
                  "born"),
            "scim.mutability born")
      << "immutable: once";
}

TEST_F(patching, refuses_messages_that_are_none) {
  EXPECT_EQ(after("[]", "id"), "scim.syntax Operations");
  EXPECT_EQ(after(R"([{"op": "move", "path": "title"}])", "id"), "scim.syntax op");
  EXPECT_EQ(after(R"([{"op": "add", "path": "title"}])", "id"), "scim.value value");
  EXPECT_EQ(after(R"([{"op": "add", "path": "title", "value": {"a": 1}}])", "id"),
            "scim.value title");
  EXPECT_EQ(after(R"([{"op": "add", "path": "shoeSize", "value": 9}])", "id"), "scim.path ");
  EXPECT_EQ(after(R"([{"op": "add", "path": "level", "value": "9"}])", "id"), "scim.value level");
  EXPECT_EQ(patched(babs, *json::parse(R"({"Operations": []})"), of).why().field, "schemas");
  std::string many = "[";
  for (int i = 0; i < 101; ++i)
    many += std::string(i ? "," : "") + R"({"op": "add", "path": "title", "value": "x"})";
  EXPECT_EQ(after(many + "]", "id"), "scim.too_many Operations");
}

TEST_F(patching, puts_the_whole_and_clears_what_is_left_out) {
  auto said = *json::parse(R"({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
      "id": "other", "userName": "babs", "active": true, "displayName": "x",
      "emails": [{"value": "b@example.com"}]})");
  auto put = replaced(babs, said, of);
  ASSERT_TRUE(put);
  EXPECT_EQ(put->at("id"), babs.at("id"));
  EXPECT_EQ(put->at("displayName"), babs.at("displayName"));
  EXPECT_EQ(put->at("userName"), json::value("babs"));
  EXPECT_FALSE(put->contains("title"));
  EXPECT_EQ(json::print(put->at("emails")), R"([{"value":"b@example.com"}])");
  said.get_object().erase("userName");
  EXPECT_EQ(replaced(babs, said, of).why().field, "userName");
  EXPECT_EQ(replaced(babs, json::value(json::object()), of).why().code, "scim.syntax");
}

TEST_F(patching, gives_a_version_that_changes_with_what_it_is_of) {
  auto again = babs;
  const auto one = stamp_version(babs);
  EXPECT_EQ(stamp_version(babs), one);
  again["title"] = "Head";
  EXPECT_NE(stamp_version(again), one);
  EXPECT_TRUE(one.starts_with("W/\""));
}

}  // namespace
}  // namespace madang::scim
