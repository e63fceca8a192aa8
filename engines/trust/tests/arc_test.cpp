// Expected values: draft-yun-cfrg-arc-01 section 10.1 (ARCV1-P256).
#include <gtest/gtest.h>

#include <algorithm>

#include "madang/base/base.hpp"
#include "madang/trust/arc.hpp"

using namespace madang;
using namespace madang::trust;

namespace {

bytes of(std::string_view hex) { return *text::from_hex(hex); }
arc::issuer key() {
  return *arc::issuer::from_octets(
      of("3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364"
         "f9db001266677f62c095021db018cd8cbb55941d4073698ce45c405d1348b7b1"
         "350e8040f828bf6ceca27405420cdf3d63cb3aef005f40ba51943c8026877963"
         "fd293126bb49a6d793cd77d7db960f5692fec3b7ec07602c60cd32aee595dffd"));
}
const view asked = view_of("test request context"), shown = view_of("test presentation context");
const char* const tag = "031a774fd87a8f18f6420bea43cf5425e7426eec8ba7b8df5c13dc05f10ec652d9";
bytes presentation_1() {
  return of(std::string("032704f22133d2ec70f9e6f4bbf64c582220b666f2e2c1d37c3f8995a2a5568c7e"
                        "03533cf1b2fd53a0716e02425eb42e4c55835aa6b2992d364cba70810d0f8aeb51"
                        "03e412408579105213ed10b6447c85bcd672ba73ecae1e21c463d0df4ef7beb814") +
            tag +
            "a558da5f17c04adcb0898827aaded14be1dc612dcd12b0579c11bb387ce9ae4b"
            "7dbcb3bbe413caaaf754d99e5a342abb7e0041458d670f4b58eda37e745a6752"
            "95d7a7b86248141d6547b53d793e5c77896ec4dc8dd438ab66d9c8b43ef6b060"
            "938a1ca793057b154970ebc3c7ec3a23134e0852d0041f9098ce77311e5b5eca"
            "0000000000000000000000000000000000000000000000000000000000000004");
}
const char* const credential =
    "eedfe7939e2382934ab5b0f76aae44124955d2c5ebf9b41d88786259c34692d2"
    "033ee1ebbcff622bc26b10932ed1eb147226d832048fb2337dc0ad7722cb07483d"
    "02637fe04cc143281ee607bd8f898e670293dce44a2840b9cbb9e0d1fc7a2b29b4"
    "03c413230a9bd956718aa46138a33f774f4c708d61c1d6400d404243049d4a31dc";

}  // namespace

TEST(arc, public_key_and_tag_are_those_of_the_draft) {
  EXPECT_EQ(text::hex(key().public_key()),
            "0232b5e93dc2ff489c20a986a84757c5cc4512f057e1ea92011a26d3ad2c56288d"
            "03c413230a9bd956718aa46138a33f774f4c708d61c1d6400d404243049d4a31dc"
            "02db00f6f8e6d235786a120017bd356fe1c9d09069d3ac9352cc9be10ef1505a55");
  const auto made = arc::present(of(credential), shown);
  ASSERT_TRUE(made);
  const auto got = key().verify(asked, shown, *made);
  ASSERT_TRUE(got);
  EXPECT_EQ(text::hex(*got), tag);
}

TEST(arc, request_and_response_of_the_draft_give_its_credential) {
  const auto request = of(
      "03b8f11506a5302424143573e087fa20195cb5e893a67ef354eae3a78e263c54e4"
      "03f1ae4d7b78ba8030bd63859d4f4a909395c52bda34716b6620a2fdd52b336fc9"
      "0f361327abbc724ff0d37db365065bc4bd60e18125842bb4c03a7e5a632a1e95"
      "e74dcc440fcb9fb39106922e0d2544e6c82ca710abf35e8b10bf5d61296c9adb"
      "7d683eaed9a76a755b73f2b4b6e763a7c7883ce4b5c21bd02cd96b9af18cfb22"
      "7f1acb4ead77c85049d291ed7841405610843f163e9cc2f6a8869111582324cd"
      "32bf13000c129d274ccf5386cb90e839916d5dff7eade18e3eabec415f613911");
  const auto secrets = of(
      "eedfe7939e2382934ab5b0f76aae44124955d2c5ebf9b41d88786259c34692d2"
      "911fb315257d9ae29d47ecb48c6fa27074dee6860a0489f8db6ac9a486be6a3e"
      "008035081690bfde3b1e68b91443c22cc791d244340fe957d5aa44d7313740df"
      "d59c5e6ff560cc597c2b8ca25256c720bceca2ab03921492c5e9e4ad3b558002");
  const auto response = of(
      "033ee1ebbcff622bc26b10932ed1eb147226d832048fb2337dc0ad7722cb07483d"
      "035b8e09ce8776f1a2c7ef8610c9a6a39936c5666ab8b28d6629d3685056716482"
      "02d453c121324114367906bd11ffc3b6e6a77b75382497279b1a60ab8412c1dec6"
      "03b0e4b1f376c6207bf34efda46ce54b132a20b90bc28b9152f3e441fe2b508b63"
      "0327369efcb7577abaeb7b56940e6e042126900bdf8bd8944c0adbb7be3ad98e2a"
      "03d3cd09eeb8d19716586a49260c69309c495a717a36cad3381f6c02ac80b70e64"
      "dd4596175db0b4273fcdff330370d2b5e7a4bf92bf518141f4553af37ef0e126"
      "0cb8312affc2462800adba102117448b449985d1704d8afd0df9ac708231561d"
      "ca56faae325cb56b0a9e8ad07bdc6ce90f6e7430090e970a7240e289218de7a1"
      "7672bea9a66187d102ffef976fb01af69d8d3aa3156a5a4223dc6d08b8ce9f1d"
      "2639a2edc7052404bf1410adf6c41465bd687e3dfa5372ea71f804b56d947bae"
      "9482e5707f42dbe35f8b0e11b4a0d27a5a01e1b9a75b66d82b7945eb0b002ee4"
      "00bebcdc4c3133f804b22bd2d771762058cc35a5033365d2e15150fe46d3b0e9"
      "8e18ee55f0451b0b171420f73592292e4ff50603c1f0d7769dbd090936090f63");
  EXPECT_TRUE(key().respond(request));
  const auto held = arc::finalize(key().public_key(), request, secrets, response);
  ASSERT_TRUE(held);
  EXPECT_EQ(text::hex(*held), credential);
  for (std::size_t at = 0; at < response.size(); at += 11) {
    auto bad = response;
    bad[at] ^= 1;
    EXPECT_FALSE(arc::finalize(key().public_key(), request, secrets, bad)) << at;
  }
  auto other = request;
  other.back() ^= 1;
  EXPECT_FALSE(key().respond(other));
}

TEST(arc, whole_journey_with_a_message) {
  const auto by = arc::issuer::generate();
  const auto ask = arc::request(asked);
  const auto answer = by.respond(ask.request);
  ASSERT_TRUE(answer);
  const auto held = arc::finalize(by.public_key(), ask.request, ask.secrets, *answer);
  ASSERT_TRUE(held);
  EXPECT_FALSE(arc::finalize(key().public_key(), ask.request, ask.secrets, *answer));
  const auto one = arc::present(*held, shown, view_of("back"));
  const auto two = arc::present(*held, shown, view_of("withdraw"));
  ASSERT_TRUE(one && two);
  const auto tag_1 = by.verify(asked, shown, *one, view_of("back"));
  const auto tag_2 = by.verify(asked, shown, *two, view_of("withdraw"));
  ASSERT_TRUE(tag_1 && tag_2);
  EXPECT_EQ(*tag_1, *tag_2);
  EXPECT_NE(*one, *two);
  EXPECT_FALSE(by.verify(asked, shown, *one, view_of("withdraw")));
  EXPECT_FALSE(by.verify(asked, view_of("another"), *one, view_of("back")));
  EXPECT_FALSE(by.verify(view_of("another"), shown, *one, view_of("back")));
  EXPECT_FALSE(key().verify(asked, shown, *one, view_of("back")));
}

TEST(arc, presentation_of_the_draft_holds_and_a_changed_one_does_not) {
  const auto good = presentation_1();
  ASSERT_EQ(good.size(), arc::presentation_size);
  EXPECT_TRUE(key().verify(asked, shown, good));
  for (std::size_t at = 0; at < good.size(); at += 7) {
    auto bad = good;
    bad[at] ^= 1;
    EXPECT_FALSE(key().verify(asked, shown, bad)) << at;
  }
}

// RFC 9380 appendix J.1.1, the empty message: y is odd.
TEST(arc, hashes_to_the_curve_as_the_rfc) {
  EXPECT_EQ(text::hex(arc::hash_to_curve(
                {}, view_of("QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_"))),
            "032c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4");
}

TEST(arc, points_and_scalars_are_strict) {
  const auto by = key();
  for (const char* first : {"00", "04", "05"}) {
    auto bad = presentation_1();
    bad[0] = of(first)[0];
    EXPECT_FALSE(by.verify(asked, shown, bad));
  }
  auto off = presentation_1();               // x above the prime
  for (std::size_t i = 1; i < arc::element_size; ++i) off[i] = 0xff;
  EXPECT_FALSE(by.verify(asked, shown, off));
  auto large = presentation_1();             // a response above the order
  const auto wide = of("a558da5f17c04adcb0898827aaded14be1dc612dcd12b0579c11bb387ce9ae4b");
  EXPECT_TRUE(std::equal(wide.begin(), wide.end(), large.begin() + 132));
  std::fill(large.begin() + 260, large.begin() + 292, std::uint8_t{0xff});
  EXPECT_FALSE(by.verify(asked, shown, large));
  auto longer = presentation_1();
  longer.push_back(0);
  EXPECT_FALSE(by.verify(asked, shown, longer));
  EXPECT_FALSE(by.verify(asked, shown, {}));
  EXPECT_FALSE(arc::issuer::from_octets(bytes(arc::private_key_size)));
}
