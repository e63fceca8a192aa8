// Expected values are those of the standards named beside them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/base/base.hpp"
#include "madang/trust/base45.hpp"
#include "madang/trust/cbor.hpp"
#include "madang/trust/cose.hpp"
#include "madang/trust/password.hpp"

using namespace madang;
using namespace madang::trust;

namespace {

bytes hex(std::string_view s) { return *text::from_hex(s); }
std::string hex(view b) { return text::hex(b); }

std::string suites() {
  const char* set = std::getenv("MADANG_SUITES");
  return set ? set : std::string(MADANG_SOURCE) + "/../shared/suites";
}

TEST(sha256, gives_the_example_of_fips_180_also_when_fed_in_parts) {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256_hex("abc"), abc);
  const view parts[] = {view_of("a"), view_of(""), view_of("bc")};
  EXPECT_EQ(hex(sha256(parts)), abc);
}

TEST(hmac, gives_case_2_of_rfc_4231) {
  EXPECT_EQ(hex(hmac_sha256(view_of("Jefe"), view_of("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(hmac, takes_an_empty_secret_for_a_secret) {
  // HMAC_SHA256("", "") as printed by many; e.g. Wikipedia, "HMAC", examples.
  EXPECT_EQ(hex(hmac_sha256({}, {})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(comparison, sees_length_and_content) {
  EXPECT_TRUE(equal_in_constant_time(view_of("same"), view_of("same")));
  EXPECT_FALSE(equal_in_constant_time(view_of("same"), view_of("sane")));
  EXPECT_FALSE(equal_in_constant_time(view_of("same"), view_of("sam")));
}

TEST(base45, gives_the_examples_of_rfc_9285_section_4) {
  EXPECT_EQ(base45::encode(view_of("AB")), "BB8");
  EXPECT_EQ(base45::encode(view_of("Hello!!")), "%69 VD92EX0");
  EXPECT_EQ(base45::encode(view_of("base-45")), "UJCLQE7W581");
  EXPECT_EQ(text::chars_of(*base45::decode("QED8WEX0")), "ietf!");
}

TEST(base45, refuses_what_rfc_9285_section_6_warns_of) {
  EXPECT_FALSE(base45::decode("GGW1"));   // wrong length
  EXPECT_FALSE(base45::decode("GGX"));    // 65537
  EXPECT_FALSE(base45::decode("::"));     // 2024 in one octet
  EXPECT_FALSE(base45::decode("ab8"));    // not in the alphabet
}

TEST(cbor, writes_and_reads_appendix_a_of_rfc_8949) {
  using cbor::value;
  const std::pair<value, const char*> examples[] = {
      {0, "00"}, {23, "17"}, {24, "1818"}, {100, "1864"}, {1000, "1903e8"}, {1000000, "1a000f4240"},
      {std::int64_t{1000000000000}, "1b000000e8d4a51000"}, {-1, "20"}, {-10, "29"}, {-100, "3863"},
      {-1000, "3903e7"}, {false, "f4"}, {true, "f5"}, {value(), "f6"},
      {bytes{1, 2, 3, 4}, "4401020304"},
      {"IETF", "6449455446"}, {"\xE6\xB0\xB4", "63e6b0b4"},
      {cbor::array{1, cbor::array{2, 3}, cbor::array{4, 5}}, "8301820203820405"},
      {cbor::map{{"a", 1}, {"b", cbor::array{2, 3}}}, "a26161016162820203"},
      {cbor::tag(1, 1363896240), "c11a514b67b0"}};
  for (const auto& [v, expected] : examples) {
    EXPECT_EQ(hex(cbor::write(v)), expected);
    auto read = cbor::read(hex(expected));
    ASSERT_TRUE(read) << expected << ' ' << read.why().code;
    EXPECT_EQ(hex(cbor::write(*read)), expected);
  }
}

TEST(cbor, sorts_the_keys_it_writes_by_their_encoding) {
  // RFC 8949 section 4.2.1: 10, 100, -1, "z", "aa" in this order.
  EXPECT_EQ(hex(cbor::write(cbor::map{{"aa", 1}, {"z", 2}, {-1, 3}, {100, 4}, {10, 5}})),
            "a50a0518640420036" "17a0262616101");
}

TEST(cbor, refuses_every_second_way_of_saying_the_same) {
  auto code = [](const char* s) { return cbor::read(hex(std::string_view(s))).why().code; };
  EXPECT_EQ(code("1817"), "cbor.not_canonical");          // 23 in two octets
  EXPECT_EQ(code("1900ff"), "cbor.not_canonical");
  EXPECT_EQ(code("9f01ff"), "cbor.not_canonical");        // indefinite length
  EXPECT_EQ(code("a2616201616101"), "cbor.not_canonical");  // keys out of order
  EXPECT_EQ(code("a2616101616102"), "cbor.not_canonical");  // a key twice
  EXPECT_EQ(code("0000"), "cbor.trailing");
  EXPECT_EQ(code("8201"), "cbor.truncated");
  EXPECT_EQ(code("9bffffffffffffffff"), "cbor.truncated");
  EXPECT_EQ(code("f93c00"), "cbor.unsupported");          // half-precision 1.0
  EXPECT_EQ(code("62c328"), "cbor.not_utf8");
  EXPECT_EQ(code("818181818181818181818181818181818101"), "cbor.too_deep");
}

TEST(cose, verifies_only_what_was_signed_by_that_key) {
  const key k = key::generate(), other = key::generate();
  const bytes made = cose::sign(k, view_of("seal-1"), view_of("payload"));
  auto read = cose::read(made);
  ASSERT_TRUE(read);
  EXPECT_EQ(text::chars_of(read->payload), "payload");
  EXPECT_EQ(text::chars_of(read->key_id), "seal-1");
  EXPECT_TRUE(cose::verify(*read, k.verifier()));
  EXPECT_FALSE(cose::verify(*read, other.verifier()));
  auto changed = *read;
  changed.payload[0] ^= 1;
  EXPECT_FALSE(cose::verify(changed, k.verifier()));
  // 18([<< {1: -7, 4: 'seal-1'} >>, {}, 'payload', 64 octets]), by hand after RFC 9052 section 4.2
  EXPECT_EQ(hex(view(made).first(22)), "d2844ba2012604467365616c2d31a0477061796c6f61");
}

TEST(cose, refuses_another_algorithm_and_unsigned_headers) {
  auto code = [](const cbor::value& v) { return cose::read(cbor::write(v)).why().code; };
  const bytes header = cbor::write(cbor::map{{1, -7}, {4, bytes{1}}});
  const bytes es384 = cbor::write(cbor::map{{1, -35}, {4, bytes{1}}});
  const bytes signature(64);
  EXPECT_EQ(code(cbor::tag(18, cbor::array{es384, cbor::map{}, bytes{}, signature})),
            "cose.algorithm");
  EXPECT_EQ(code(cbor::tag(18, cbor::array{header, cbor::map{{4, bytes{2}}}, bytes{}, signature})),
            "cose.malformed");
  EXPECT_EQ(code(cbor::array{header, cbor::map{}, bytes{}, signature}), "cose.malformed");
}

TEST(password, matches_the_vector_of_the_reference_implementation) {
  // phc-winner-argon2, src/test.c: hashtest(version, 2, 16, 1, "password", "somesalt", ...)
  const char* phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                    "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_TRUE(password_matches(phc, "password"));
  EXPECT_FALSE(password_matches(phc, "Password"));
}

TEST(password, is_hashed_with_the_cost_promised_and_never_twice_alike) {
  const std::string a = hash_password("비밀번호 12"), b = hash_password("비밀번호 12");
  EXPECT_EQ(a.substr(0, 31), "$argon2id$v=19$m=19456,t=2,p=1$");
  EXPECT_NE(a, b);
  EXPECT_TRUE(password_matches(a, "비밀번호 12"));
  EXPECT_FALSE(password_is_outdated(a));
  EXPECT_TRUE(password_is_outdated("$argon2id$v=19$m=4096,t=2,p=1$c29tZXNhbHQ$AAAA"));
}

TEST(password, does_not_let_a_row_of_the_table_eat_the_machine) {
  EXPECT_FALSE(password_matches(
      "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
      "password"));
  EXPECT_FALSE(password_matches("", ""));
}

TEST(wycheproof, ecdsa_p256_in_raw_form_is_judged_as_its_authors_say) {
  const std::string path =
      suites() + "/trust/wycheproof/testvectors_v1/ecdsa_secp256r1_sha256_p1363_test.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no suite at " << path;
  std::ifstream in(path);
  std::stringstream all;
  all << in.rdbuf();
  auto suite = boost::json::parse(all.str());
  int cases = 0;
  for (const auto& group : suite.at("testGroups").as_array()) {
    auto k = public_key::from_point(
        hex(std::string_view(group.at("publicKey").at("uncompressed").as_string())));
    ASSERT_TRUE(k);
    for (const auto& t : group.at("tests").as_array()) {
      const bool good = k->verify(hex(std::string_view(t.at("msg").as_string())),
                                  hex(std::string_view(t.at("sig").as_string())));
      EXPECT_EQ(good, t.at("result").as_string() == "valid") << t.at("tcId") << t.at("comment");
      ++cases;
    }
  }
  EXPECT_EQ(cases, 262);
}

}  // namespace
