// Times are reckoned by hand from RFC 8628 section 3.5 and CIBA Core 1.0 section 7.
#include <gtest/gtest.h>

#include "both_stores.hpp"
#include "madang/signon/phone.hpp"
#include "madang/signon/provider.hpp"

using namespace madang;
using namespace madang::signon;

namespace {

void at_second(double s) {
  const instant when{1'800'000'000'000'000 + static_cast<std::int64_t>(s * 1e6)};
  set_clock([when] { return when; });
}

const audit::access why{{}, {"로그인", "Sign-in"}, {"법", "Law"}, {}};

class elsewhere : public on_both_stores {
 protected:
  void SetUp() override {
    at_second(0);
    if (!open()) GTEST_SKIP() << none;
    client tv;
    tv.id = "tv";
    tv.name = tv.purpose = tv.law = {"텔레비전", "Television"};
    tv.sector = "tv";
    tv.devices = true;
    client bank = tv;
    bank.id = bank.sector = "bank";
    bank.devices = false;
    bank.asks = "poll";
    bank.by = proof::post;
    bank.secret_sha256 = text::hex(trust::sha256("s"));
    options o{.issuer = "https://gov.example", .passphrase = "p"};
    o.person_called = [this](std::string_view hint) {
      return hint == "kim" ? std::optional(kim) : std::nullopt;
    };
    p = std::make_unique<provider>(*db, std::vector{tv, bank}, std::move(o));
  }
  void TearDown() override {
    set_clock({});
    p.reset();
    on_both_stores::TearDown();
  }
  json::object begin_device() {
    return *p->device_authorization(
        {"POST", "/oauth/device_authorization", "", {},
         {{"client_id", "tv"}, {"scope", "openid"}}});
  }
  std::string poll(const json::object& begun) {
    auto got = p->token({"POST", "/oauth/token", "", {},
                         {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
                          {"client_id", "tv"},
                          {"device_code", std::string(begun.at("device_code").as_string())}}});
    return got ? "" : got.why().code;
  }
  result<provider::backchannel_begun> ask(parameters more) {
    parameters all{{"client_id", "bank"}, {"client_secret", "s"}, {"scope", "openid"}};
    all.insert(all.end(), more.begin(), more.end());
    return p->backchannel({"POST", "/oauth/backchannel", "", {}, all});
  }
  presence she() const { return {kim, "sid", now(), "a", {"pwd"}}; }
  id kim = new_id();
  std::unique_ptr<provider> p;
};

TEST_P(elsewhere, a_device_waits_five_seconds_between_questions_and_five_more_if_it_did_not) {
  const auto begun = begin_device();
  EXPECT_EQ(poll(begun), "oauth.authorization_pending");
  at_second(2);
  EXPECT_EQ(poll(begun), "oauth.slow_down") << "now every 10 seconds";
  at_second(10);
  EXPECT_EQ(poll(begun), "oauth.slow_down") << "8 seconds after the last: now every 15";
  at_second(25);
  EXPECT_EQ(poll(begun), "oauth.authorization_pending");
}

TEST_P(elsewhere, a_code_is_good_for_ten_minutes_and_read_as_people_type_it) {
  const auto begun = begin_device();
  const std::string code(begun.at("user_code").as_string());
  ASSERT_EQ(code.size(), 9u);
  EXPECT_TRUE(p->with_user_code(code));
  EXPECT_TRUE(p->with_user_code(" " + text::lower_case(code.substr(0, 4)) + code.substr(5)));
  EXPECT_FALSE(p->with_user_code(code + "B"));
  EXPECT_FALSE(p->with_user_code(code.substr(1)));
  EXPECT_FALSE(p->with_user_code("AEIO-AEIO")) << "no vowels stand in any";
  at_second(599);
  EXPECT_TRUE(p->with_user_code(code));
  at_second(600);
  EXPECT_FALSE(p->with_user_code(code));
  EXPECT_EQ(poll(begun), "oauth.expired_token");
}

TEST_P(elsewhere, what_she_agreed_to_is_taken_once_and_outlives_her_session) {
  const auto begun = begin_device();
  const auto asked = p->with_user_code(std::string(begun.at("user_code").as_string()));
  ASSERT_TRUE(asked);
  EXPECT_TRUE(p->decide(why, asked->key, she(), true));
  EXPECT_EQ(p->decide(why, asked->key, she(), true).why().code, "oauth.unknown_request");
  p->session_ended("sid");
  EXPECT_EQ(poll(begun), "");
  EXPECT_EQ(p->connected_of(kim).size(), 1u);
  EXPECT_EQ(poll(begun), "oauth.invalid_grant");
}

TEST_P(elsewhere, one_person_is_asked_three_things_at_a_time) {
  auto first = ask({{"login_hint", "kim"}, {"binding_message", "은행 3"}});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->waits.binding, "은행 3");
  EXPECT_TRUE(ask({{"login_hint", "kim"}}));
  EXPECT_TRUE(ask({{"login_hint", "kim"}}));
  EXPECT_EQ(ask({{"login_hint", "kim"}}).why().code, "oauth.access_denied");
  EXPECT_EQ(p->waiting_for(kim).size(), 3u);
  EXPECT_EQ(p->decide(why, first->waits.key, {new_id(), "s", now(), "a", {}}, true).why().code,
            "oauth.unknown_request")
      << "another's";
  at_second(301);
  EXPECT_TRUE(p->waiting_for(kim).empty()) << "five minutes are over";
  EXPECT_EQ(ask({{"login_hint", "lee"}}).why().code, "oauth.unknown_user_id");
}

INSTANTIATE_TEST_SUITE_P(stores, elsewhere, both_stores);

std::string wrong(json::object more) {
  json::object one{{"id", "a"}, {"name", "A"}, {"purpose", "P"}, {"law", "L"}};
  for (auto& member : more) one[member.key()] = member.value();
  auto read = read_clients(json::object{{"clients", json::array{one}}});
  return read ? "" : read.why().field;
}

TEST(clients_elsewhere, need_no_address_to_go_back_to_but_a_frame_lies_beside_one) {
  const std::string hash(64, 'a');
  EXPECT_EQ(wrong({{"devices", true}}), "");
  EXPECT_EQ(wrong({}), "clients[0].redirects");
  EXPECT_EQ(wrong({{"asks", "poll"}}), "clients[0].asks") << "whoever asks so has shown who it is";
  EXPECT_EQ(wrong({{"asks", "poll"}, {"proof", "client_secret_post"}, {"secret_sha256", hash}}),
            "");
  EXPECT_EQ(wrong({{"asks", "ftp://a"}, {"proof", "client_secret_post"}, {"secret_sha256", hash}}),
            "clients[0].asks");
  const json::array back{"https://a.example/back"};
  EXPECT_EQ(wrong({{"redirects", back}, {"front_channel", "https://a.example/out?x=1"}}), "");
  for (const char* other : {"https://b.example/out", "http://a.example/out",
                            "https://a.example:444/out", "https://a.example.evil/out",
                            "javascript:alert(1)"})
    EXPECT_EQ(wrong({{"redirects", back}, {"front_channel", other}}), "clients[0].front_channel")
        << other;
}

}  // namespace
