// What the operator writes about others: providers by whose word people come in, and programs.
#include <gtest/gtest.h>

#include "madang/signon/client.hpp"
#include "madang/signon/outside.hpp"

namespace madang::signon {
namespace {

std::string wrong(std::string_view member, const json::value& value) {
  json::object one{{"id", "a"},
                   {"name", json::object{{"en", "A"}}},
                   {"issuer", "https://a.example"},
                   {"client_id", "madang"},
                   {"client_secret", "s"}};
  one[member] = value;
  auto read = read_providers(json::object{{"providers", json::array{one}}});
  return read ? "" : read.why().field;
}

TEST(providers, are_refused_by_the_member_that_is_wrong) {
  EXPECT_EQ(wrong("id", "a"), "");
  EXPECT_EQ(wrong("id", "A/B"), "providers[0].id");
  EXPECT_EQ(wrong("name", nullptr), "providers[0].name");
  EXPECT_EQ(wrong("issuer", "http://a.example"), "providers[0].issuer") << "only by TLS";
  EXPECT_EQ(wrong("issuer", "http://127.0.0.1:8080"), "") << "but on this machine, for trying";
  EXPECT_EQ(wrong("issuer", "http://127.0.0.1.evil.example"), "providers[0].issuer");
  EXPECT_EQ(wrong("issuer", "https://a.example/"), "providers[0].issuer");
  EXPECT_EQ(wrong("client_id", ""), "providers[0].client_id");
  EXPECT_EQ(wrong("client_secret", ""), "providers[0].client_secret");
}

result<std::vector<client>> program(std::string_view proof, json::array scopes) {
  json::object one{{"id", "a"},        {"name", "A"},    {"purpose", "P"},
                   {"law", "L"},       {"proof", proof}, {"scopes", std::move(scopes)},
                   {"signals", "poll"}};
  if (proof != "none") one["secret_sha256"] = std::string(64, 'a');
  return read_clients(json::object{{"clients", json::array{one}}});
}

TEST(programs, have_a_secret_and_ask_nothing_of_people) {
  auto good = program("client_secret_basic", {"signals"});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->front().own_scopes(), std::vector<std::string>{"signals"});
  EXPECT_FALSE(good->front().may_ask("signals")) << "of a person";
  EXPECT_EQ(program("none", {"signals"}).why().field, "clients[0].redirects");
  EXPECT_EQ(program("client_secret_basic", {"signals", "profile"}).why().field,
            "clients[0].redirects");
  EXPECT_EQ(program("client_secret_basic", {}).why().field, "clients[0].redirects");
}

}  // namespace
}  // namespace madang::signon
