// Expected values after OpenID Connect for Identity Assurance 1.0 section 6 (requesting verified
// claims), written by hand.
#include <gtest/gtest.h>

#include "madang/signon/claims.hpp"

using namespace madang;
using namespace madang::signon;

namespace {

const json::value there = *json::parse(R"({
  "verification": {"trust_framework": "kr_resident_registration", "time": "2026-11-28T00:00:00Z",
    "evidence": [{"type": "electronic_record", "record": {"type": "population_register"}},
                 {"type": "vouch", "attestation": {"type": "written"}}]},
  "claims": {"name": "Kim", "birthdate": "1988-04-12"}})");

// A minute after the time of verification.
const instant at = instant::parse("2026-11-28T00:01:00Z").value();

std::string picked(std::string_view verification, std::string_view claims) {
  auto asked = json::parse("{\"verification\": " + std::string(verification) +
                           ", \"claims\": " + std::string(claims) + "}");
  auto part = as_asked(*asked, there, at);
  return part ? json::print(*part) : "";
}

TEST(asked_claims, get_what_they_name_and_nothing_else) {
  EXPECT_EQ(picked(R"({"trust_framework": null})", R"({"name": null})"),
            R"({"verification":{"trust_framework":"kr_resident_registration"},)"
            R"("claims":{"name":"Kim"}})");
  EXPECT_EQ(picked(R"({"trust_framework": null})", R"({"address": null})"),
            R"({"verification":{"trust_framework":"kr_resident_registration"},"claims":{}})")
      << "what is not there is left out";
}

TEST(asked_claims, that_ask_for_another_value_get_nothing) {
  const std::string name = R"({"name": null})";
  EXPECT_NE(picked(R"({"trust_framework": {"value": "kr_resident_registration"}})", name), "");
  EXPECT_EQ(picked(R"({"trust_framework": {"value": "eidas"}})", name), "");
  EXPECT_NE(picked(R"({"trust_framework": {"values": ["eidas", "kr_resident_registration"]}})",
                   name),
            "");
  EXPECT_EQ(picked(R"({"trust_framework": {"values": []}})", name), "");
  EXPECT_EQ(picked(R"({"trust_framework": null, "assurance_level": {"value": "high"}})", name), "")
      << "what is not there cannot be high";
  EXPECT_EQ(picked(R"({"trust_framework": null})", R"({"name": {"value": "Lee"}})"), "");
}

TEST(asked_claims, may_say_how_old_a_verification_is) {
  const std::string name = R"({"name": null})";
  EXPECT_NE(picked(R"({"trust_framework": null, "time": {"max_age": 60}})", name), "");
  EXPECT_EQ(picked(R"({"trust_framework": null, "time": {"max_age": 59}})", name), "");
  EXPECT_EQ(picked(R"({"trust_framework": null, "time": {"max_age": "60"}})", name), "");
  EXPECT_EQ(picked(R"({"trust_framework": {"max_age": 60}})", name), "") << "no time";
}

TEST(asked_claims, get_the_evidence_that_they_ask_for) {
  EXPECT_EQ(picked(R"({"trust_framework": null, "evidence": [{"type": {"value": "vouch"}}]})",
                   R"({"name": null})"),
            R"({"verification":{"trust_framework":"kr_resident_registration",)"
            R"("evidence":[{"type":"vouch"}]},"claims":{"name":"Kim"}})");
  EXPECT_EQ(picked(R"({"trust_framework": null, "evidence": [{"type": {"value": "document"}}]})",
                   R"({"name": null})"),
            "");
}

std::string wrong(std::string_view text) {
  auto read = read_claims(text);
  return read ? "" : read.why().code;
}

TEST(asked_claims, are_read_from_userinfo_alone) {
  auto read = read_claims(R"({"id_token": {"name": null}, "userinfo": {"birthdate": null,
      "verified_claims": {"verification": {"trust_framework": null},
                          "claims": {"name": null, "ci": null}}}})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->plain, std::vector<std::string>{"birthdate"});
  EXPECT_EQ(read->verified_names(), (std::vector<std::string>{"name", "ci"}));
  EXPECT_FALSE(read->several);
  EXPECT_EQ(wrong("{}"), "");
  for (const char* text :
       {"", "x", "[]", R"({"userinfo": []})", R"({"userinfo": {"verified_claims": null}})",
        R"({"userinfo": {"verified_claims": []}})",
        R"({"userinfo": {"verified_claims": {"claims": {"name": null}}}})",
        R"({"userinfo": {"verified_claims": {"verification": {}, "claims": {"name": null}}}})",
        R"({"userinfo": {"verified_claims": {"verification": {"trust_framework": null},
            "claims": {}}}})"})
    EXPECT_EQ(wrong(text), "oauth.invalid_request") << text;
}

}  // namespace
