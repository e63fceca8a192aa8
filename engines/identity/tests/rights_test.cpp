#include "madang/identity/rights.hpp"

#include <gtest/gtest.h>

namespace madang::identity {
namespace {

constexpr const char* good = R"({
  "conditions": [{"id": "agency", "name": {"en": "Own agency"}, "refusals": ["x.y"]}],
  "rights": [
    {"id": "o.read", "name": {"en": "R"}, "law": {"en": "L"}, "data": "internal",
     "condition": "agency", "pages": ["/desk/orders"]},
    {"id": "o.new", "name": {"en": "N"}, "law": {"en": "L"}, "data": "internal", "level": 2,
     "pages": ["/desk/orders/new"]}],
  "roles": [{"id": "clerk", "name": {"en": "Clerk"}, "gives": ["o.read"]},
            {"id": "head", "name": {"en": "Head"}, "lent": false, "gives": ["o.read", "o.new"]}]})";

rights of(std::string text) { return *read_rights(*json::parse(text)); }
std::string wrong(std::string_view from, std::string_view to) {
  auto r = read_rights(*json::parse(text::replace_all(good, from, to)));
  return r ? "" : r.why().field;
}

TEST(rights, belong_to_the_longest_path_that_holds_a_route) {
  const rights r = of(good);
  EXPECT_EQ(r.of_route("GET /desk/orders")->id, "o.read");
  EXPECT_EQ(r.of_route("POST /desk/orders/{order}/approve")->id, "o.read");
  EXPECT_EQ(r.of_route("GET /desk/orders/new")->id, "o.new");
  EXPECT_EQ(r.of_route("GET /desk/ordersmith"), nullptr);
  EXPECT_EQ(r.of_route("GET /"), nullptr);
  EXPECT_EQ(r.of_route("none"), nullptr);
}

TEST(rights, are_given_by_roles_and_by_nothing_else) {
  const rights r = of(good);
  EXPECT_TRUE(r.give({"clerk"}, "o.read"));
  EXPECT_FALSE(r.give({"clerk"}, "o.new"));
  EXPECT_FALSE(r.give({}, "o.read"));
  EXPECT_FALSE(r.give({"o.new"}, "o.new")) << "a right is no role";
  EXPECT_EQ(r.givers("o.read").size(), 2u);
  EXPECT_FALSE(r.find_role("head")->lent);
}

TEST(rights, are_refused_by_the_place_that_is_wrong) {
  EXPECT_EQ(wrong("x.y", "x.z"), "");
  EXPECT_EQ(wrong("\"o.new\", \"name\"", "\"o.read\", \"name\""), "rights[1].id") << "twice";
  EXPECT_EQ(wrong("\"internal\",\n     \"condition\"", "\"open\",\n     \"condition\""),
            "rights[0].data");
  EXPECT_EQ(wrong("\"condition\": \"agency\"", "\"condition\": \"moon\""), "rights[0].condition");
  EXPECT_EQ(wrong("\"level\": 2", "\"level\": 3"), "rights[1].level");
  EXPECT_EQ(wrong("[\"o.read\"]", "[\"o.write\"]"), "roles[0].gives");
}

}  // namespace
}  // namespace madang::identity
