// Expected values are those of the standards named beside them; times are reckoned by hand.
#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/signon/passkeys.hpp"
#include "madang/signon/provider.hpp"

using namespace madang;
using namespace madang::signon;

namespace {

std::string wrong(std::string_view member, const json::value& value) {
  json::object one{{"id", "a"},
                   {"name", "A"},
                   {"purpose", "P"},
                   {"law", "L"},
                   {"redirects", json::array{"https://a.example/back"}}};
  one[member] = value;
  auto read = read_clients(json::object{{"clients", json::array{one}}});
  return read ? "" : read.why().field;
}

TEST(clients, are_refused_by_the_member_that_is_wrong) {
  EXPECT_EQ(wrong("id", "a"), "");
  EXPECT_EQ(wrong("id", "A B"), "clients[0].id");
  EXPECT_EQ(wrong("purpose", ""), "clients[0].purpose");
  EXPECT_EQ(wrong("redirects", json::array{}), "clients[0].redirects");
  EXPECT_EQ(wrong("redirects", json::array{"javascript:alert(1)"}), "clients[0].redirects");
  EXPECT_EQ(wrong("redirects", json::array{"https://a.example/#x"}), "clients[0].redirects");
  EXPECT_EQ(wrong("redirects", json::array{"https://a.example/\r\nX: y"}), "clients[0].redirects");
  EXPECT_EQ(wrong("scopes", json::array{"everything"}), "clients[0].scopes");
  EXPECT_EQ(wrong("proof", "trust-me"), "clients[0].proof");
  EXPECT_EQ(wrong("proof", "client_secret_basic"), "clients[0].secret_sha256");
  EXPECT_EQ(wrong("proof", "private_key_jwt"), "clients[0].jwks");
  EXPECT_EQ(wrong("back_channel", "ftp://a"), "clients[0].back_channel");
}

// RFC 8252 section 7.3.
TEST(clients, on_a_device_choose_their_port_and_nothing_else) {
  client c;
  c.redirects = {"http://127.0.0.1/back", "https://a.example/back"};
  EXPECT_TRUE(c.may_redirect_to("http://127.0.0.1:51004/back"));
  EXPECT_TRUE(c.may_redirect_to("https://a.example/back"));
  EXPECT_FALSE(c.may_redirect_to("https://a.example:444/back"));
  EXPECT_FALSE(c.may_redirect_to("http://127.0.0.1:51004/other"));
  EXPECT_FALSE(c.may_redirect_to("http://127.0.0.1:51004@evil.example/back"));
  EXPECT_FALSE(c.may_redirect_to("http://127.0.0.1.evil.example/back"));
  EXPECT_FALSE(c.may_redirect_to("http://127.0.0.1:5x/back"));
  c.by = proof::basic;
  EXPECT_FALSE(c.may_redirect_to("http://127.0.0.1:51004/back"));
}

class signon_stores : public on_both_stores {
 protected:
  void TearDown() override {
    set_clock({});
    on_both_stores::TearDown();
  }
};

void at_day(double day) {
  const instant when{1'800'000'000'000'000 + static_cast<std::int64_t>(day * 86'400e6)};
  set_clock([when] { return when; });
}

}  // namespace
