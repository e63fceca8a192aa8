// Expected values are those of the standards named beside them; times are reckoned by hand.
#include <gtest/gtest.h>

#include "authenticator.hpp"
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
  EXPECT_EQ(wrong("proof", "tls_client_auth"), "clients[0].tls_subject");
  EXPECT_EQ(wrong("proof", "self_signed_tls_client_auth"), "clients[0].certificates");
  EXPECT_EQ(wrong("certificates", json::array{"AAAA"}), "clients[0].certificates");
  EXPECT_EQ(wrong("scopes", json::array{"scim"}), "clients[0].post");
  EXPECT_EQ(wrong("post", "jongno.personnel"), "clients[0].post");
  EXPECT_EQ(wrong("asks_push", true), "clients[0].asks_push");
  EXPECT_EQ(wrong("signs", true), "clients[0].request_jwks");
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

void at_day(double day) {
  const instant when{1'800'000'000'000'000 + static_cast<std::int64_t>(day * 86'400e6)};
  set_clock([when] { return when; });
}

class a_house : public on_both_stores {
 protected:
  void SetUp() override {
    at_day(0);
    if (!open()) GTEST_SKIP() << none;
    client c;
    c.id = "library";
    c.name = c.purpose = c.law = {"도서관", "Library"};
    c.redirects = {"https://library.example/back"};
    c.sector = "library.example";
    c.lasts = true;
    p = std::make_unique<provider>(*db, std::vector{c},
                                   options{.issuer = "https://gov.example", .passphrase = "p"});
  }
  void TearDown() override {
    set_clock({});
    p.reset();
    on_both_stores::TearDown();
  }
  // The example of RFC 7636 appendix B.
  parameters asked() const {
    return {{"client_id", "library"},
            {"redirect_uri", "https://library.example/back"},
            {"response_type", "code"},
            {"scope", "openid"},
            {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"},
            {"code_challenge_method", "S256"}};
  }
  std::string code_for(id person) {
    const audit::access why{{}, {"로그인", "Sign-in"}, {"법", "Law"}, {}};
    auto ticket = p->begin(asked());
    auto address = p->complete(why, *ticket, {person, "sid", now(), "a", {"pwd"}});
    const auto begin = address->find("code=") + 5;
    return address->substr(begin, address->find('&') - begin);
  }
  result<json::object> redeem(const std::string& code) {
    return p->token({"POST", "/oauth/token", "", {},
                     {{"grant_type", "authorization_code"},
                      {"client_id", "library"},
                      {"code", code},
                      {"redirect_uri", "https://library.example/back"},
                      {"code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}}});
  }
  std::unique_ptr<provider> p;
};

TEST_P(a_house, takes_the_verifier_of_rfc_7636_and_a_code_for_a_minute) {
  const id kim = new_id();
  EXPECT_TRUE(redeem(code_for(kim)));
  const auto late = code_for(kim);
  at_day(61 / 86'400.0);
  EXPECT_EQ(redeem(late).why().code, "oauth.invalid_grant");
}

TEST_P(a_house, forgets_a_request_after_ten_minutes) {
  auto ticket = p->begin(asked());
  EXPECT_TRUE(p->find(*ticket));
  at_day(601 / 86'400.0);
  EXPECT_FALSE(p->find(*ticket));
  EXPECT_FALSE(p->find("no-such"));
}

TEST_P(a_house, lets_an_access_token_live_five_minutes) {
  auto tokens = redeem(code_for(new_id()));
  ASSERT_TRUE(tokens);
  const std::string field = "Bearer " + std::string(tokens->at("access_token").as_string());
  auto shown = [&] { return p->bearer({"GET", "/oauth/userinfo", field, {}, {}}); };
  EXPECT_TRUE(shown());
  at_day(299 / 86'400.0);
  EXPECT_TRUE(shown());
  at_day(301 / 86'400.0);
  EXPECT_EQ(shown().why().code, "oauth.invalid_token");
}

// A key signs from its second day on, for 30 days after the next has been made: see keyring.hpp.
// OWASP ASVS 5.0 V10.4.8: an absolute end, also where each use gives a new one.
TEST_P(a_house, ends_a_sign_on_after_thirty_days_however_often_it_is_refreshed) {
  auto got = redeem(code_for(new_id()));
  ASSERT_TRUE(got);
  std::string token(got->at("refresh_token").as_string());
  const auto turn = [&] {
    auto next = p->token({"POST", "/oauth/token", "", {},
                          {{"grant_type", "refresh_token"},
                           {"client_id", "library"},
                           {"refresh_token", token}}});
    if (next) token = next->at("refresh_token").as_string();
    return next.ok();
  };
  for (const double day : {10.0, 20.0, 29.99}) {
    at_day(day);
    EXPECT_TRUE(turn()) << day;
  }
  at_day(30);
  EXPECT_FALSE(turn());
}

TEST_P(a_house, binds_tokens_to_a_certificate_and_knows_a_program_by_one) {
  const std::string own = "octets of a certificate", other = "those of another";
  const auto x5t = text::base64url(trust::sha256(text::bytes_of(own)));
  client app;
  app.id = "app";
  app.name = app.purpose = app.law = {"앱", "App"};
  app.scopes = {"signals"};
  app.by = proof::self_signed;
  app.certificates = {x5t};
  app.binds_certificate = true;
  client server = app;
  server.id = "server";
  server.by = proof::tls;
  server.tls_dns = "app.example";
  server.binds_certificate = false;
  options o{.issuer = "https://gov.example", .passphrase = "p"};
  o.holder_of = [&](trust::view der) -> std::optional<options::certificate_holder> {
    if (text::chars_of(der) != own) return {};
    return options::certificate_holder{"CN=app", {"app.example"}};
  };
  o.tls_base = "https://door.example";
  provider with(*db, {app, server}, std::move(o));
  const auto ask = [&](const char* id, const std::string& certificate) {
    return with.token({"POST", "/oauth/token", "", {},
                       {{"grant_type", "client_credentials"}, {"client_id", id}}, certificate});
  };
  EXPECT_EQ(ask("app", "").why().code, "oauth.invalid_client");
  EXPECT_EQ(ask("app", other).why().code, "oauth.invalid_client");
  EXPECT_EQ(ask("server", other).why().code, "oauth.invalid_client");
  EXPECT_TRUE(ask("server", own));
  auto got = ask("app", own);
  ASSERT_TRUE(got);
  const std::string field = "Bearer " + std::string(got->at("access_token").as_string());
  const auto use = [&](const std::string& certificate) {
    return with.bearer({"GET", "/x", field, {}, {}, certificate}).ok();
  };
  EXPECT_TRUE(use(own));
  EXPECT_FALSE(use(other));
  EXPECT_FALSE(use(""));
  EXPECT_EQ(with.discovery().at("mtls_endpoint_aliases").at("token_endpoint"),
            json::value("https://door.example/oauth/token"));
  EXPECT_FALSE(p->discovery().contains("mtls_endpoint_aliases"));
}

TEST_P(a_house, changes_its_keys_so_that_nobody_meets_an_unknown_one) {
  const auto first = p->keys().current().kid;
  auto shown = [&] { return p->keys().verifiers().size(); };
  EXPECT_EQ(shown(), 1u);
  at_day(29.9);
  EXPECT_EQ(p->keys().current().kid, first);
  EXPECT_EQ(shown(), 1u);
  at_day(30.1);
  EXPECT_EQ(shown(), 2u) << "the next is shown";
  EXPECT_EQ(p->keys().current().kid, first) << "before it signs";
  at_day(31.2);
  const auto second = p->keys().current().kid;
  EXPECT_NE(second, first);
  EXPECT_EQ(shown(), 2u) << "what the first signed can still be verified";
  at_day(62.3);
  EXPECT_GE(shown(), 2u);
  for (const auto& k : p->keys().verifiers()) EXPECT_NE(k.key_id(), first);
}

TEST_P(a_house, opens_its_keys_again_and_only_by_its_passphrase) {
  const auto kid = p->keys().current().kid;
  EXPECT_EQ(keyring(*db, "p").current().kid, kid);
  EXPECT_THROW(keyring(*db, "q"), std::runtime_error);
}

TEST_P(a_house, ends_what_hangs_on_a_session_with_it) {
  auto tokens = redeem(code_for(new_id()));
  const std::string field = "Bearer " + std::string(tokens->at("access_token").as_string());
  p->session_ended("another");
  EXPECT_TRUE(p->bearer({"GET", "/oauth/userinfo", field, {}, {}}));
  p->session_ended("sid");
  EXPECT_FALSE(p->bearer({"GET", "/oauth/userinfo", field, {}, {}}));
}

// ---- passkeys ----
class a_passkey : public a_house {
 protected:
  void SetUp() override {
    a_house::SetUp();
    if (p) keys = std::make_unique<passkeys>(*db, "https://gov.example");
  }
  std::string code(const auto& r) { return r ? "" : r.why().code; }
  json::object creation() { return keys->creation_options(kim, "kim", "Kim"); }
  std::string handle() {
    return std::string(creation().at("user").at("id").as_string());
  }
  std::string add(const authenticator& a) {
    return code(keys->add(why, kim, a.made(creation()), "key"));
  }
  std::string use(const authenticator& a, std::uint32_t count) {
    return code(keys->use(a.shown(keys->request_options(), handle(), count)));
  }
  const id kim = new_id();
  const audit::access why{{}, {"로그인", "Sign-in"}, {"법", "Law"}, {}};
  std::unique_ptr<passkeys> keys;
};

TEST_P(a_passkey, opens_to_its_holder_and_counts) {
  authenticator a;
  EXPECT_EQ(add(a), "");
  EXPECT_EQ(add(a), "passkey.known");
  EXPECT_EQ(use(a, 1), "");
  EXPECT_EQ(use(a, 5), "");
  EXPECT_EQ(use(a, 5), "passkey.copied") << "WebAuthn section 7.2 step 21";
  EXPECT_EQ(use(a, 4), "passkey.copied");
  EXPECT_EQ(use(a, 6), "");
  authenticator other = a;
  other.key = trust::key::generate();
  EXPECT_EQ(use(other, 7), "passkey.signature");
  other.credential = "AAAA";
  EXPECT_EQ(use(other, 7), "passkey.unknown");
}

TEST_P(a_passkey, asks_for_the_site_the_user_and_a_challenge_of_its_own) {
  authenticator a;
  ASSERT_EQ(add(a), "");
  authenticator elsewhere = a, unseen = a, stranger = a;
  elsewhere.origin = "https://gov.example.evil.example";
  EXPECT_EQ(use(elsewhere, 1), "passkey.origin");
  stranger.host = "evil.example";
  EXPECT_EQ(use(stranger, 1), "passkey.origin");
  unseen.flags = 1;
  EXPECT_EQ(use(unseen, 1), "passkey.not_verified");
  const auto options = keys->request_options();
  EXPECT_EQ(code(keys->use(a.shown(options, "x", 1))), "passkey.unknown");
  EXPECT_EQ(code(keys->use(a.shown(options, handle(), 1))), "passkey.challenge") << "spent";
  EXPECT_EQ(code(keys->use(a.shown(creation(), handle(), 1))), "passkey.challenge")
      << "made for adding";
  const auto old = keys->request_options();
  at_day(301 / 86'400.0);
  EXPECT_EQ(code(keys->use(a.shown(old, handle(), 1))), "passkey.challenge");
}

TEST_P(a_passkey, is_not_removed_when_it_is_the_last_way_in) {
  authenticator a;
  ASSERT_EQ(add(a), "");
  EXPECT_EQ(code(keys->remove(why, new_id(), a.credential, true)), "passkey.unknown");
  EXPECT_EQ(code(keys->remove(why, kim, a.credential, false)), "passkey.last");
  EXPECT_EQ(keys->of_person(kim).size(), 1u);
  EXPECT_EQ(code(keys->rename(why, kim, a.credential, "  ")), "passkey.label");
  EXPECT_EQ(code(keys->remove(why, kim, a.credential, true)), "");
  EXPECT_EQ(keys->of_person(kim).size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(stores, a_house, both_stores);
INSTANTIATE_TEST_SUITE_P(stores, a_passkey, both_stores);

}  // namespace
