// Notes, checkpoints, cosignatures, policies and proofs, by the examples of C2SP.
#include <gtest/gtest.h>

#include "madang/base/base.hpp"
#include "madang/tlog/proof.hpp"

using namespace madang;
using namespace madang::tlog;

namespace {

trust::ed25519_key key_of(std::uint8_t n) {
  return *trust::ed25519_key::from_seed(trust::bytes(32, n));
}

// c2sp.org/signed-note, "Example".
constexpr const char* example_key =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr const char* example_note =
    "This is an example message.\n\n"
    "\xE2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";

TEST(notes, of_the_specification_are_verified) {
  auto key = parse_verifier(example_key);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->str(), example_key);
  auto n = parse_note(example_note);
  ASSERT_TRUE(n);
  EXPECT_EQ(n->str(), example_note);
  auto who = verify(*n, {&*key, 1});
  ASSERT_TRUE(who);
  EXPECT_EQ(who->size(), 1u);
  n->text[0] = 't';
  EXPECT_EQ(verify(*n, {&*key, 1}).why().code, "tlog.signature");
}

TEST(notes, of_unknown_keys_say_nothing) {
  auto n = parse_note(example_note);
  const note_signer other("example.com/bar", signature_type::ed25519, key_of(1));
  EXPECT_TRUE(verify(*n, {&other.who(), 1})->empty());
}

TEST(notes, that_are_not_formed_so_are_refused) {
  const std::string good = example_note;
  for (const std::string& bad :
       {std::string(), std::string("text\n"), good.substr(0, good.size() - 1), good.substr(28),
        text::replace_all(good, "\xE2\x80\x94", "-"), text::replace_all(good, "foo ", "f+o "),
        text::replace_all(good, "foo ", "f\xE2\x80\x83o "), text::replace_all(good, "QM=", "QN="),
        text::replace_all(good, "example message", "example\tmessage"), good + "x\n",
        text::replace_all(good, "message",
                          "mess\xff"
                          "age")})
    EXPECT_FALSE(parse_note(bad)) << bad;
}

TEST(keys, with_another_id_than_theirs_are_refused) {
  EXPECT_FALSE(parse_verifier(text::replace_all(std::string(example_key), "530d903a", "530d903b")));
  EXPECT_FALSE(parse_verifier("a+b"));
  EXPECT_FALSE(
      parse_verifier("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"));
}

TEST(cosignatures, carry_their_time_and_cover_the_whole_text) {
  const note_signer w("witness.example", signature_type::cosignature, key_of(2));
  note n{"log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", {}};
  n.signatures.push_back(w.cosign(n.text, {1'679'315'147'000'000}));
  // The signed message as c2sp.org/tlog-cosignature shows it, made here by hand.
  const std::string message = "cosignature/v1\ntime 1679315147\n" + n.text;
  EXPECT_TRUE(
      w.who().key.verify(trust::view_of(message), trust::view(n.signatures[0].octets).subspan(8)));
  auto seen = verify(n, {&w.who(), 1});
  ASSERT_TRUE(seen && seen->size() == 1);
  EXPECT_EQ(seen->front().seconds, 1'679'315'147);
  n.signatures[0].octets[7] ^= 1;
  EXPECT_EQ(verify(n, {&w.who(), 1}).why().code, "tlog.signature");
}

TEST(checkpoints, are_read_as_the_specification_shows_them) {
  const std::string body =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  auto c = parse_checkpoint(body);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->size, 20'852'163u);
  EXPECT_EQ(c->str(), body);
  EXPECT_EQ(parse_checkpoint(body + "extension\n")->extensions.size(), 1u);
  for (const char* bad :
       {"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUYapGG\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\n"})
    EXPECT_FALSE(parse_checkpoint(bad)) << bad;
}

struct cast {
  note_signer log{"log.example", signature_type::ed25519, key_of(1)};
  note_signer w1{"w1.example", signature_type::cosignature, key_of(2)};
  note_signer w2{"w2.example", signature_type::cosignature, key_of(3)};
  note_signer w3{"w3.example", signature_type::cosignature, key_of(4)};

  std::string file(const std::string& rest) const {
    return "# who is believed\nlog " + log.who().str() + "\nwitness W1 " + w1.who().str() +
           "\nwitness W2\t" + w2.who().str() + " https://w2.example\nwitness W3 " + w3.who().str() +
           "\n" + rest;
  }
  signed_checkpoint of(const std::string& entry, std::vector<const note_signer*> who) const {
    const checkpoint c{"log.example", 1, leaf_hash(trust::view_of(entry)), {}};
    note n{c.str(), {log.sign(c.str())}};
    for (const auto* w : who) n.signatures.push_back(w->cosign(n.text, {1'700'000'000'000'000}));
    return *parse_signed_checkpoint(n.str());
  }
};

TEST(policies, ask_for_their_quorum) {
  const cast all;
  auto p = policy::parse(all.file("group two 2 W1 W2\ngroup both all two W3\nquorum both\n"));
  ASSERT_TRUE(p) << p.why().facts.at("what");
  EXPECT_TRUE(p->judge(all.of("e", {&all.w1, &all.w2, &all.w3})));
  EXPECT_EQ(p->judge(all.of("e", {&all.w1, &all.w3})).why().code, "tlog.quorum");
  EXPECT_EQ(p->judge(all.of("e", {&all.w1, &all.w2})).why().code, "tlog.quorum");
  auto none = policy::parse("log " + all.log.who().str() + "\nquorum none\n");
  EXPECT_TRUE(none->judge(all.of("e", {})));
  auto strangers = policy::parse("quorum none\n");
  EXPECT_EQ(strangers->judge(all.of("e", {})).why().code, "tlog.unknown_log");
  EXPECT_EQ(policy::parse(p->str())->str(), p->str());
}

TEST(policies, that_do_not_hold_together_are_refused_with_the_line) {
  const cast all;
  for (const char* rest :
       {"", "quorum W4\n", "quorum W1\nquorum W1\n", "group g 3 W1 W2\nquorum g\n",
        "group g 0 W1\nquorum g\n", "group none any W1\nquorum none\n", "group g any\nquorum g\n",
        "group g any W1\ngroup h any W1\nquorum h\n", "group g any W1 W1\nquorum g\n",
        "group g any h\ngroup h any W1\nquorum g\n", "witness W1 x\nquorum none\n", "other\n"})
    EXPECT_EQ(policy::parse(all.file(rest)).why().code, "tlog.policy") << rest;
  EXPECT_EQ(policy::parse(all.file("quorum W4\n")).why().field, "6");
  EXPECT_FALSE(policy::parse("log " + all.w1.who().str() + "\nquorum none\n"));
}

TEST(proofs, are_believed_only_whole) {
  const cast all;
  const auto believed = *policy::parse(all.file("group q 2 W1 W2 W3\nquorum q\n"));
  const trust::bytes salt(32, 9);
  const std::string entry(text::chars_of(commitment(salt, "read by somebody")));
  inclusion_proof p{extra_of({salt, "read by somebody"}), 0, {}, all.of(entry, {&all.w1, &all.w3})};
  auto again = parse_proof(p.str());
  ASSERT_TRUE(again) << again.why().code;
  EXPECT_EQ(again->str(), p.str());
  const auto opened = opening_of(*again->extra);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(verify_proof(*again, committed_leaf(opened->salt, opened->statement), believed));
  EXPECT_EQ(
      verify_proof(*again, committed_leaf(opened->salt, "read by nobody"), believed).why().code,
      "tlog.not_included");
  for (const char* bad :
       {"", "c2sp.org/tlog-proof@v2\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nindex 00\n\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nabc\n\n"})
    EXPECT_FALSE(parse_proof(bad));
}

}  // namespace
