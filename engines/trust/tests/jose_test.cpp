// Expected values are those of the RFCs named beside them and of Wycheproof's authors.
#include "madang/trust/jose.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "madang/base/base.hpp"

using namespace madang;
using namespace madang::trust;

namespace {

json::value parsed(std::string_view s) { return *json::parse(s); }
std::string code(const auto& r) { return r ? "" : r.why().code; }

// RFC 8037 appendix A.
constexpr const char* ed_key =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
constexpr const char* ed_jws =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
// RFC 7515 appendix A.3.
constexpr const char* ec_key =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
constexpr const char* ec_jws =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvb"
    "S9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKT"
    "UJqPP3-Kg6NU1Q";

TEST(jose, verifies_the_examples_of_rfc_8037_and_7515) {
  auto ed = jose::jwk::read(parsed(ed_key)), ec = jose::jwk::read(parsed(ec_key));
  ASSERT_TRUE(ed && ec);
  auto first = jose::read(ed_jws), second = jose::read(ec_jws);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(jose::verify(*first, *ed));
  EXPECT_TRUE(jose::verify(*second, *ec));
  EXPECT_FALSE(jose::verify(*first, *ec));
  EXPECT_FALSE(jose::verify(*second, *ed));
  // The example's claims: {"iss":"joe", "exp":1300819380, ...}
  const instant before{1'300'819'379'000'000}, after{1'300'819'500'000'000};
  EXPECT_TRUE(jose::claims(*second, {.issuer = "joe", .at = before}));
  EXPECT_EQ(code(jose::claims(*second, {.issuer = "joe", .at = after})), "jwt.expired");
  EXPECT_EQ(code(jose::claims(*second, {.issuer = "jane", .at = before})), "jwt.issuer");
  EXPECT_EQ(code(jose::claims(*second, {.audience = "us", .at = before})), "jwt.audience");
  EXPECT_EQ(code(jose::claims(*second, {.type = "JWT", .at = before})), "jwt.type");
}

TEST(jose, gives_the_thumbprints_of_rfc_8037_and_7638) {
  EXPECT_EQ(jose::jwk::read(parsed(ed_key))->thumbprint(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  // RFC 7638 section 3.1
  const std::string modulus =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1"
      "L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4"
      "QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
      "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF"
      "Cur-kEgU8awapJzKnqDKgw";
  const auto rsa = jose::jwk::read(json::object{
      {"kty", "RSA"}, {"n", modulus}, {"e", "AQAB"}, {"alg", "RS256"}});
  ASSERT_TRUE(rsa);
  EXPECT_EQ(rsa->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(jose, takes_one_form_of_base64url_only) {
  EXPECT_TRUE(jose::from_base64url("Zm9v"));
  EXPECT_FALSE(jose::from_base64url("Zm9v="));
  EXPECT_FALSE(jose::from_base64url("Zm9"));     // "Zm8" is the text of these octets
  EXPECT_FALSE(jose::from_base64url("+/+/"));
  EXPECT_FALSE(jose::from_base64url("Zm9v\n"));
  EXPECT_FALSE(jose::from_base64url("Zm 9v"));
}

TEST(jose, has_no_none_no_shared_secret_and_nothing_critical) {
  auto with = [](std::string_view header) {
    return text::base64url(view_of(header)) + ".e30.AAAA";
  };
  EXPECT_EQ(code(jose::read(with(R"({"alg":"none"})"))), "jose.algorithm");
  EXPECT_EQ(code(jose::read(with(R"({"alg":"NONE"})"))), "jose.algorithm");
  EXPECT_EQ(code(jose::read(with(R"({"alg":"HS256"})"))), "jose.algorithm");
  EXPECT_EQ(code(jose::read(with(R"({"alg":"ES256","crit":["exp"],"exp":1})"))), "jose.critical");
  EXPECT_EQ(code(jose::read(with(R"({"alg":"ES256","b64":false})"))), "jose.critical");
  EXPECT_EQ(code(jose::read(with(R"({"alg":"ES256","alg":"EdDSA"})"))), "jose.malformed");
  EXPECT_EQ(code(jose::read("e30.e30.")), "jose.malformed");
  EXPECT_EQ(code(jose::read(std::string(20'000, 'A'))), "jose.too_large");
}

TEST(jose, signs_what_its_own_key_verifies_and_no_other) {
  const key k = key::generate(), other = key::generate();
  const std::string made = jose::sign(k, "k1", "at+jwt", R"({"exp":4000000000})", {{"jku", "x"}});
  auto m = jose::read(made);
  ASSERT_TRUE(m);
  EXPECT_EQ(m->key_id, "k1");
  EXPECT_TRUE(jose::verify(*m, jose::jwk::of(k.verifier(), "k1")));
  EXPECT_FALSE(jose::verify(*m, jose::jwk::of(other.verifier(), "k1")));
  EXPECT_TRUE(jose::claims(*m, {.type = "application/AT+JWT", .at = now()}));
  auto again = jose::jwk::read(json::value(jose::jwk::of(k.verifier(), "k1").write()));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->thumbprint(), jose::jwk::of(k.verifier()).thumbprint());
}

TEST(jose, chooses_a_key_by_its_id_or_not_at_all) {
  const key a = key::generate(), b = key::generate();
  const std::vector<jose::jwk> keys{jose::jwk::of(a.verifier(), "a"),
                                    jose::jwk::of(b.verifier(), "b")};
  auto named = jose::read(jose::sign(b, "b", "", "{}"));
  auto nameless = jose::read(jose::sign(b, "", "", "{}"));
  EXPECT_EQ(jose::choose(keys, *named), &keys[1]);
  EXPECT_EQ(jose::choose(keys, *nameless), nullptr);
  EXPECT_EQ(jose::choose({}, *named), nullptr);
}

TEST(jose, judges_times_and_audiences) {
  const key k = key::generate();
  auto judged = [&](std::string_view payload) {
    auto m = jose::read(jose::sign(k, "", "", payload));
    return code(jose::claims(*m, {.audience = "us", .at = {1'000'000'000}}));   // second 1000
  };
  EXPECT_EQ(judged(R"({"aud":"us","exp":1001})"), "");
  EXPECT_EQ(judged(R"({"aud":["them","us"],"exp":1001.5})"), "");
  EXPECT_EQ(judged(R"({"aud":["them"],"exp":1001})"), "jwt.audience");
  EXPECT_EQ(judged(R"({"aud":"us"})"), "jwt.malformed");
  EXPECT_EQ(judged(R"({"aud":"us","exp":"1001"})"), "jwt.malformed");
  EXPECT_EQ(judged(R"({"aud":"us","exp":970})"), "jwt.expired");   // 30 seconds of leeway
  EXPECT_EQ(judged(R"({"aud":"us","exp":1001,"nbf":1031})"), "jwt.early");
  EXPECT_EQ(judged(R"({"aud":"us","exp":1001,"iat":1031})"), "jwt.early");
  EXPECT_EQ(judged(R"([1])"), "jwt.malformed");
}

TEST(jose, reads_signatures_of_authenticators_in_one_form_only) {
  const key k = key::generate();
  const bytes der = k.sign_der(view_of("x"));
  auto raw = jose::raw_signature(der);
  ASSERT_TRUE(raw);
  EXPECT_TRUE(k.verifier().verify(view_of("x"), *raw));
  bytes longer = der;
  longer.push_back(0);
  EXPECT_FALSE(jose::raw_signature(longer));
  EXPECT_FALSE(jose::raw_signature(view(der).first(der.size() - 1)));
}

// ---- Wycheproof ----

json::value suite(const std::string& name) {
  const char* set = std::getenv("MADANG_SUITES");
  const std::string path = (set ? set : std::string(MADANG_SOURCE) + "/../shared/suites") +
                           "/trust/wycheproof/testvectors_v1/" + name;
  if (!std::filesystem::exists(path)) return {};
  std::ifstream in(path);
  std::stringstream all;
  all << in.rdbuf();
  return boost::json::parse(all.str());
}

constexpr const char* origin = "no suite; it is testvectors_v1 of github.com/C2SP/wycheproof";

// Ours is what verifies a signature by a public key with one of our four algorithms; all else must
// be refused, whatever the authors say of it.
bool good(const json::value& keys, std::string_view jws) {
  std::vector<jose::jwk> set;
  if (keys.as_object().contains("keys")) {
    auto read = jose::read_set(keys);
    if (!read) return false;
    set = *read;
  } else if (auto k = jose::jwk::read(keys)) {
    set.push_back(*k);
  }
  auto m = jose::read(jws);
  if (!m) return false;
  const auto* k = jose::choose(set, *m);
  return k && jose::verify(*m, *k);
}

bool is_ours(const json::value& keys) {
  auto one = [](const json::value& k) {
    const auto alg = json::str(k, "alg"), kty = json::str(k, "kty");
    return kty != "oct" && (alg.empty() || jose::algorithm_of(alg));
  };
  const auto& all = json::at(keys, "keys");
  return all.is_array() ? std::ranges::all_of(all.as_array(), one) : one(keys);
}

struct tally {
  int ours = 0, others = 0;
};

tally judge(const json::value& s) {
  tally out;
  for (const auto& group : s.at("testGroups").as_array()) {
    const auto& keys = group.at(group.as_object().contains("public") ? "public" : "private");
    const bool ours = is_ours(keys);
    for (const auto& t : group.at("tests").as_array()) {
      if (!json::at(t, "jws").is_string()) continue;   // that of another kind, or in JSON
      // Figure 20 of RFC 7520 is signed with PS384 though the key given says PS256.
      const bool mixed = json::str(t, "comment") == "Figure20";
      const bool expected = ours && !mixed && t.at("result").as_string() == "valid";
      EXPECT_EQ(good(keys, t.at("jws").as_string()), expected)
          << t.at("tcId") << t.at("comment") << json::print(keys);
      ++(ours ? out.ours : out.others);
    }
  }
  return out;
}

TEST(wycheproof, web_signatures_are_judged_as_their_authors_say) {
  auto s = suite("json_web_signature_test.json");
  if (s.is_null()) GTEST_SKIP() << origin;
  auto t = judge(s);
  EXPECT_EQ(t.ours + t.others, 401);
  // 15 + 226 + 5 + 48 + 4 of RFC 7520 + 4 of keys to encrypt with + 24, as the groups stand there
  EXPECT_EQ(t.ours, 326);
}

TEST(wycheproof, web_keys_are_judged_as_their_authors_say) {
  auto s = suite("json_web_key_test.json");
  if (s.is_null()) GTEST_SKIP() << origin;
  auto t = judge(s);
  EXPECT_EQ(t.ours + t.others, 26);
}

TEST(wycheproof, web_signatures_among_the_mixed_ones_are_judged_as_their_authors_say) {
  auto s = suite("json_web_crypto_test.json");
  if (s.is_null()) GTEST_SKIP() << origin;
  EXPECT_GT(judge(s).ours, 20);
}

}  // namespace
