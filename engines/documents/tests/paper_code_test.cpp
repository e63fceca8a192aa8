#include <gtest/gtest.h>

#include "sample_set.hpp"

using namespace madang;
using namespace madang::documents;

namespace {

struct code_on_paper : ::testing::Test {
  samples::folder f;
  std::shared_ptr<trust::hierarchy> h = samples::government(f.path / "pki");
  std::shared_ptr<const trust::signer> seal = samples::seal_for(*h, "land-register");
  paper_code::facts facts{"2026-1123-000123", "land-register", *date::parse("2026-11-23"),
                          paper_code::content_mark("{}"), {{"성명", "정*호"}}};
  paper_code::key_finder find = [this](trust::view id) -> std::optional<trust::public_key> {
    for (const auto& c : h->seals())
      if (std::ranges::equal(c.key_id(), id)) return *c.verifier();
    return {};
  };
};

TEST_F(code_on_paper, says_what_was_put_into_it) {
  const std::string text = paper_code::encode(facts, *seal);
  auto read = paper_code::verify(text, find);
  ASSERT_TRUE(read) << read.why().code;
  EXPECT_EQ(read->facts.number, "2026-1123-000123");
  EXPECT_EQ(read->facts.kind, "land-register");
  EXPECT_EQ(read->facts.issued.str(), "2026-11-23");
  EXPECT_EQ(read->facts.fields.at("성명"), "정*호");
  // printf '{}' | sha256sum
  EXPECT_EQ(text::hex(read->facts.content), "44136fa355b3678a1146ad16f7e8649e");
  EXPECT_LT(text.size(), 400u);
}

TEST_F(code_on_paper, stays_within_the_alphabet_of_qr_codes) {
  EXPECT_EQ(paper_code::encode(facts, *seal).find_first_not_of(
                "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"),
            std::string::npos);
}

TEST_F(code_on_paper, is_refused_when_somebody_else_signed_it) {
  const std::string text = paper_code::encode(facts, *seal);
  EXPECT_EQ(paper_code::verify(text, [](trust::view) { return std::nullopt; }).why().code,
            "code.unknown_key");
  EXPECT_EQ(paper_code::verify(
                text, [](trust::view) { return trust::key::generate().verifier(); }).why().code,
            "code.signature");
}

TEST_F(code_on_paper, is_refused_with_any_letter_changed) {
  const std::string text = paper_code::encode(facts, *seal);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(paper_code::verify(changed, find)) << i;
  }
}

TEST_F(code_on_paper, names_what_is_wrong) {
  auto code = [](std::string_view s) { return paper_code::decode(s).why().code; };
  EXPECT_EQ(code(""), "code.prefix");
  EXPECT_EQ(code("HC1:6BF"), "code.prefix");
  EXPECT_EQ(code("MD1:abc"), "code.base45");
  EXPECT_EQ(code("MD1:ABC"), "code.inflate");
  EXPECT_EQ(code("MD1:" + std::string(3000, '0')), "code.too_long");
}

TEST(canonical, sorts_and_escapes_like_the_example_of_rfc_8785) {
  // RFC 8785 section 3.2.3, expected order of the names.
  const auto v = boost::json::parse(
      R"({"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7})");
  EXPECT_EQ(canonical(v),
            "{\"\\r\":2,\"1\":4,\"\xC2\x80\":6,\"\xC3\xB6\":7,\"\xE2\x82\xAC\":1,"
            "\"\xF0\x9F\x98\x80\":5,\"\xEF\xAC\xB3\":3}");
  // section 3.2.2.2
  EXPECT_EQ(canonical(boost::json::parse(R"("\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/")")),
            "\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
  EXPECT_EQ(canonical(boost::json::parse("[330.5,0.002,-1,true,null]")),
            "[330.5,0.002,-1,true,null]");
}

}  // namespace
