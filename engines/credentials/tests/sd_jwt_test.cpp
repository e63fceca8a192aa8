// Expected values: the reference implementation's cases (../shared/suites/sdjwt) and RFC 9901.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "madang/credentials/sd_jwt.hpp"

using namespace madang;
using namespace madang::credentials;

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& p) {
  std::ifstream in(p, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The examples are broken into lines for documents.
std::string unwrapped(std::string s) {
  std::erase_if(s, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  return s;
}

fs::path suite() {
  const char* set = std::getenv("MADANG_SUITES");
  return fs::path(set ? set : std::string(MADANG_SOURCE) + "/../shared/suites") / "sdjwt";
}

trust::jose::jwk issuer_key() {
  return *trust::jose::jwk::read(json::value(
      {{"kty", "EC"},
       {"crv", "P-256"},
       {"x", "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ"},
       {"y", "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}}));
}

json::value json_of(const fs::path& file) {
  auto v = json::parse(read_file(file));
  if (v) return *v;
  // Long texts in the documents are broken within a string: joined again they are JSON.
  std::string s = read_file(file), out;
  bool within = false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '"' && (i == 0 || s[i - 1] != '\\')) within = !within;
    if (within && s[i] == '\n') {
      while (i + 1 < s.size() && s[i + 1] == ' ') ++i;
      continue;
    }
    out += s[i];
  }
  auto again = json::parse(out);
  EXPECT_TRUE(again.ok()) << file;
  return again ? *again : json::value();
}

result<sd_jwt> read_case(const fs::path& folder, const std::string& name) {
  if (const auto file = folder / (name + ".txt"); fs::exists(file))
    return read_sd_jwt(std::string_view(unwrapped(read_file(file))));
  json::value parsed = json_of(folder / (name + ".json"));
  // Some are written as a JSON text within a JSON text.
  if (parsed.is_string()) parsed = *json::parse(std::string(parsed.get_string()));
  return read_sd_jwt(parsed);
}

// The case header_mod names its key by a number: RFC 7515 section 4.1.4 wants a text there, so it
// is refused by its header, whatever its disclosures are.
TEST(conformance_sdjwt, a_key_named_by_a_number_is_refused) {
  const auto folder = suite() / "testcases" / "header_mod";
  if (!fs::exists(folder))
    GTEST_SKIP() << "no suite: github openwallet-foundation-labs/sd-jwt-python";
  auto s = read_case(folder, "sd_jwt_presentation");
  ASSERT_TRUE(s.ok());
  EXPECT_EQ(verify_sd_jwt(*s, {issuer_key()}, {1'704'067'200'000'000}).why().code,
            "jose.malformed");
  const auto payload = trust::jose::from_base64url(text::split(s->jwt, '.')[1]);
  auto open = open_claims(json::parse(text::chars_of(*payload))->get_object(), s->disclosures);
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(json::value(open->claims), json_of(folder / "verified_contents.json"));
}

std::vector<fs::path> cases() {
  std::vector<fs::path> out;
  for (const char* part : {"testcases", "rfc-examples"})
    if (fs::is_directory(suite() / part))
      for (const auto& e : fs::directory_iterator(suite() / part))
        if (e.is_directory() && e.path().filename() != "header_mod") out.push_back(e.path());
  std::ranges::sort(out);
  return out;
}

const instant in_2024{1'704'067'200'000'000};      // between iat and exp of all cases

#define NEEDS_THE_SUITE                                                                     \
  if (cases().empty())                                                                      \
  GTEST_SKIP() << "no suite: github openwallet-foundation-labs/sd-jwt-python, testcases and " \
                  "examples, generated"

TEST(conformance_sdjwt, every_presentation_gives_exactly_the_verified_contents) {
  NEEDS_THE_SUITE;
  for (const auto& folder : cases()) {
    SCOPED_TRACE(folder.filename().string());
    auto s = read_case(folder, "sd_jwt_presentation");
    ASSERT_TRUE(s.ok()) << s.why().code;
    std::optional<wanted_binding> wanted;
    instant at = in_2024;
    if (fs::exists(folder / "kb_jwt_payload.json")) {
      const auto kb = json_of(folder / "kb_jwt_payload.json");
      at = instant{json::num(kb, "iat") * 1'000'000};
      wanted = wanted_binding{std::string(json::str(kb, "aud")),
                              std::string(json::str(kb, "nonce"))};
    }
    auto seen = verify_sd_jwt(*s, {issuer_key()}, at, wanted);
    ASSERT_TRUE(seen.ok()) << seen.why().code;
    EXPECT_EQ(seen->bound, wanted.has_value());
    EXPECT_EQ(json::value(seen->claims), json_of(folder / "verified_contents.json"));
    // The same statement in JSON (section 8) and back.
    auto again = read_sd_jwt(json::value(write_json(*s)));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->str(), s->str());
  }
}

TEST(conformance_sdjwt, every_issuance_opens_to_the_claims_of_the_user) {
  NEEDS_THE_SUITE;
  for (const auto& folder : cases()) {
    SCOPED_TRACE(folder.filename().string());
    auto s = read_case(folder, "sd_jwt_issuance");
    ASSERT_TRUE(s.ok()) << s.why().code;
    auto seen = verify_sd_jwt(*s, {issuer_key()}, in_2024);
    ASSERT_TRUE(seen.ok()) << seen.why().code;
    const auto user = json_of(folder / "user_claims.json");
    for (const auto& member : user.get_object())
      EXPECT_EQ(seen->claims[member.key()], member.value()) << std::string(member.key());
  }
}

TEST(conformance_sdjwt, a_holder_who_shows_the_same_places_makes_the_same_presentation) {
  NEEDS_THE_SUITE;
  for (const auto& folder : cases()) {
    SCOPED_TRACE(folder.filename().string());
    auto whole = read_case(folder, "sd_jwt_issuance");
    auto part = read_case(folder, "sd_jwt_presentation");
    ASSERT_TRUE(whole.ok() && part.ok());
    auto seen = verify_sd_jwt(*part, {issuer_key()}, in_2024);
    ASSERT_TRUE(seen.ok());
    std::vector<std::string> places;
    for (const auto& d : seen->places) places.push_back(d.place);
    auto made = shown(*whole, places);
    ASSERT_TRUE(made.ok()) << made.why().code << " " << made.why().field;
    std::ranges::sort(made->disclosures);
    std::ranges::sort(part->disclosures);
    EXPECT_EQ(made->disclosures, part->disclosures);
  }
}

// Counts what is concealed at each level: arrays' elements and objects' members.
void shape(const json::value& v, const std::string& at, std::map<std::string, int>& out) {
  if (v.is_array()) {
    for (std::size_t i = 0; i < v.get_array().size(); ++i) {
      const auto& e = v.get_array()[i];
      if (e.is_object() && e.get_object().contains("...")) ++out[at + "[]"];
      else shape(e, at + "/" + std::to_string(i), out);
    }
  } else if (v.is_object()) {
    for (const auto& m : v.get_object()) {
      if (m.key() == "_sd") out[at] += static_cast<int>(m.value().get_array().size());
      else shape(m.value(), at + "/" + std::string(m.key()), out);
    }
  }
}

TEST(conformance_sdjwt, an_issuer_that_conceals_the_same_places_makes_the_same_shape) {
  NEEDS_THE_SUITE;
  for (const auto& folder : cases()) {
    SCOPED_TRACE(folder.filename().string());
    auto whole = read_case(folder, "sd_jwt_issuance");
    ASSERT_TRUE(whole.ok());
    auto seen = verify_sd_jwt(*whole, {issuer_key()}, in_2024);
    ASSERT_TRUE(seen.ok());
    concealed what;
    for (const auto& d : seen->places) what.places.push_back(d.place);
    auto made = conceal(seen->claims, what);
    ASSERT_TRUE(made.ok()) << made.why().code << " " << made.why().field;
    EXPECT_EQ(made->disclosures.size(), whole->disclosures.size());
    auto open = open_claims(made->payload, made->disclosures);
    ASSERT_TRUE(open.ok()) << open.why().code;
    EXPECT_EQ(json::value(open->claims), json::value(seen->claims));
    if (folder.filename() == "simple_structured") continue;   // has decoys
    std::map<std::string, int> ours, theirs;
    shape(made->payload, "", ours);
    auto payload = json::parse(
        text::chars_of(trust::jose::read(whole->jwt)->payload));
    shape(*payload, "", theirs);
    EXPECT_EQ(ours, theirs);
  }
}

// ---- by hand ----
struct made_by_hand {
  trust::key issuer = trust::key::generate(), holder = trust::key::generate();
  json::object claims{{"iss", "https://example.com"},
                      {"name", "Kim"},
                      {"address", json::object{{"town", "Seoul"}, {"street", "Jongno"}}},
                      {"cnf", json::object{{"jwk",
                                            trust::jose::jwk::of(holder.verifier()).write()}}}};
  sd_jwt whole = *issue_sd_jwt(issuer, "k", "dc+sd-jwt", claims,
                               {{"/name", "/address", "/address/town"}, 2});
  std::vector<trust::jose::jwk> keys{trust::jose::jwk::of(issuer.verifier())};
};
const instant at{1'795'000'000'000'000};

// RFC 9901 section 4.2.1: the digest of this disclosure is given there.
TEST(sd_jwt, computes_the_digest_of_the_standards_example) {
  const std::string disclosure =
      "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
  EXPECT_EQ(text::base64url(trust::sha256(disclosure)),
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
}

TEST(sd_jwt, shows_nothing_of_what_is_not_asked_for) {
  made_by_hand m;
  auto part = shown(m.whole, {"/address/town"});
  ASSERT_TRUE(part.ok());
  EXPECT_EQ(part->disclosures.size(), 2u);   // the address, and the town in it
  auto seen = verify_sd_jwt(*part, m.keys, at);
  ASSERT_TRUE(seen.ok());
  EXPECT_FALSE(seen->claims.contains("name"));
  const json::object town_only{{"town", "Seoul"}};
  EXPECT_NE(json::print(seen->claims).find("Jongno"), std::string::npos)
      << "the street is open within the address, as it was issued";
  EXPECT_EQ(json::str(seen->claims["address"], "town"), "Seoul");
}

TEST(sd_jwt, has_decoys_that_look_like_all_other_digests) {
  made_by_hand m;
  auto payload = json::parse(text::chars_of(trust::jose::read(m.whole.jwt)->payload));
  EXPECT_EQ(json::at(*payload, "_sd").get_array().size(), 4u);   // two claims, two decoys
}

TEST(sd_jwt, is_bound_to_the_holder_the_reader_and_the_moment) {
  made_by_hand m;
  auto part = *shown(m.whole, {"/name"});
  const auto good = bind(part, m.holder, {"https://shop", "n1", at});
  const wanted_binding wanted{"https://shop", "n1"};
  EXPECT_TRUE(verify_sd_jwt(good, m.keys, at, wanted).ok());
  const auto code = [&](const sd_jwt& s, const wanted_binding& w, instant when = at) {
    auto r = verify_sd_jwt(s, m.keys, when, w);
    return r ? std::string("good") : r.why().code;
  };
  EXPECT_EQ(code(part, wanted), "sdjwt.no_binding");
  EXPECT_EQ(code(good, {"https://other", "n1"}), "sdjwt.binding_audience");
  EXPECT_EQ(code(good, {"https://shop", "n2"}), "sdjwt.binding_nonce");
  EXPECT_EQ(code(good, wanted, at.plus(std::chrono::hours(1))), "sdjwt.binding_time");
  EXPECT_EQ(code(good, wanted, at.plus(-std::chrono::hours(1))), "sdjwt.binding_time");
  EXPECT_EQ(code(bind(part, trust::key::generate(), {"https://shop", "n1", at}), wanted),
            "sdjwt.binding");
  auto more = good;                          // a disclosure taken away after it was bound
  more.disclosures.clear();
  EXPECT_EQ(code(more, wanted), "sdjwt.binding");
}

TEST(sd_jwt, refuses_what_the_standard_refuses) {
  made_by_hand m;
  const auto code = [&](json::object payload, std::vector<std::string> disclosures) {
    auto r = open_claims(payload, disclosures);
    return r ? std::string("good") : r.why().code;
  };
  const auto text_of = [](const char* json) { return text::base64url(trust::view_of(json)); };
  const auto digest = [](const std::string& d) { return text::base64url(trust::sha256(d)); };
  const auto name = text_of(R"(["salt", "name", "Kim"])");
  EXPECT_EQ(code({{"_sd", json::array{digest(name)}}}, {name}), "good");
  EXPECT_EQ(code({{"_sd", json::array{digest(name), digest(name)}}}, {name}),
            "sdjwt.digest_twice");
  EXPECT_EQ(code({{"_sd", json::array{digest(name)}}}, {name, name}), "sdjwt.digest_twice");
  EXPECT_EQ(code({{"a", 1}}, {name}), "sdjwt.disclosure_unused");
  EXPECT_EQ(code({{"name", "x"}, {"_sd", json::array{digest(name)}}}, {name}),
            "sdjwt.name_taken");
  EXPECT_EQ(code({{"_sd_alg", "md5"}, {"_sd", json::array{digest(name)}}}, {name}), "sdjwt.hash");
  EXPECT_EQ(code({{"_sd", "x"}}, {}), "sdjwt.malformed");
  EXPECT_EQ(code({{"_sd", json::array{1}}}, {}), "sdjwt.malformed");
  EXPECT_EQ(code({{"l", json::array{json::object{{"...", digest(name)}}}}}, {name}),
            "sdjwt.malformed") << "a member's disclosure where an element's belongs";
  EXPECT_EQ(code({{"l", json::array{json::object{{"...", "x"}, {"y", 1}}}}}, {}),
            "sdjwt.malformed");
  const auto reserved = text_of(R"(["salt", "_sd", ["x"]])");
  EXPECT_EQ(code({{"_sd", json::array{digest(reserved)}}}, {reserved}), "sdjwt.reserved");
  EXPECT_EQ(code({{"_sd", json::array{digest("AAAA")}}}, {"AAAA"}), "sdjwt.malformed");
  EXPECT_EQ(conceal({{"_sd", 1}}, {}).why().code, "sdjwt.reserved");
  EXPECT_EQ(conceal({{"a", 1}}, {{"/b"}, 0}).why().code, "sdjwt.place");
  auto other = verify_sd_jwt(m.whole, {trust::jose::jwk::of(m.holder.verifier())}, at);
  EXPECT_EQ(other.why().code, "sdjwt.signature");
}

TEST(sd_jwt, reads_no_text_that_is_none) {
  for (const char* bad : {"", "~", "a.b.c", "a.b~", "a.b.c~!~", "a.b.c~~", "a.b.c~d", "~~~"})
    EXPECT_FALSE(read_sd_jwt(std::string_view(bad)).ok()) << bad;
  const std::string endless(longest_sd_jwt + 1, 'a');
  EXPECT_EQ(read_sd_jwt(std::string_view(endless)).why().code, "sdjwt.too_large");
  made_by_hand m;
  EXPECT_EQ(read_sd_jwt(std::string_view(m.whole.str()))->str(), m.whole.str());
}

}  // namespace
