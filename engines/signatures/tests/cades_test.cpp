#include <gtest/gtest.h>

#include "../src/cades.hpp"
#include "town.hpp"

using namespace madang;
using namespace madang::signatures;
using namespace madang::signatures::town;

namespace {

const std::string paper = "The square is open to everybody.\n";

std::string_view octets(const trust::bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

struct a_signature : ::testing::Test {
  static const struct town& place() {
    static const struct town t;
    return t;
  }
  const struct town& t = place();
  trust::bytes b = sign_cades(t.who, paper, {false, t.signed_at, "text/plain"});
  trust::bytes bt = *cades_with_stamp(b, t.at_signing);
  trust::bytes blt = *cades_with_evidence(bt, t.proof());
  trust::bytes blta = *cades_with_archive_stamp(blt, t.at_archiving, paper);

  report look(const trust::bytes& cms, const policy& p, std::string_view of = paper) const {
    return verify_cms(octets(cms), p, of);
  }
  policy with_lists(std::string_view at = "2026-06-03") const {
    policy p = t.asked(at);
    p.lists = t.proof().lists;
    return p;
  }
};

TEST_F(a_signature, reaches_each_level) {
  auto r = look(b, with_lists());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  ASSERT_EQ(r.signatures.size(), 1u);
  EXPECT_EQ(r.signatures[0].level, level::b);
  EXPECT_EQ(r.signatures[0].signer, "Kim Haneul");
  EXPECT_EQ(r.signatures[0].issuer, "Town Authority");
  EXPECT_EQ(r.signatures[0].claimed->str(), "2026-06-01T09:00:00.000Z");
  EXPECT_FALSE(r.signatures[0].proven);

  r = look(bt, with_lists());
  EXPECT_EQ(r.signatures[0].level, level::t) << said(r);
  EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-01T09:00:05.000Z");

  r = look(blt, t.asked());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].level, level::lt) << said(r);

  r = look(blta, t.asked());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].level, level::lta) << said(r);
}

TEST_F(a_signature, fails_when_what_was_signed_is_changed) {
  auto r = look(b, with_lists(), "The square is closed.\n");
  EXPECT_EQ(r.is, indication::total_failed);
  EXPECT_EQ(r.signatures[0].sub, "HASH_FAILURE");
  EXPECT_TRUE(r.has("digest"));
}

TEST_F(a_signature, fails_with_any_octet_of_its_own_changed_that_was_signed) {
  // Of the last SignerInfo on: its signed attributes, its algorithm, its value.
  const auto d = signed_data::parse(b);
  const auto& i = d->signers[0];
  const std::string all(octets(b));
  for (const trust::view part : {i.signed_attributes, i.signature_whole}) {
    const std::size_t from = all.find(octets({part.begin(), part.end()}));
    ASSERT_NE(from, std::string::npos);
    for (std::size_t n = 2; n < part.size(); n += 3) {
      std::string bent = all;
      bent[from + n] = static_cast<char>(bent[from + n] ^ 1);
      EXPECT_NE(verify_cms(bent, with_lists(), paper).is, indication::total_passed) << n;
    }
  }
}

TEST_F(a_signature, needs_its_document) {
  auto r = verify_cms(octets(b), with_lists());
  EXPECT_EQ(r.is, indication::indeterminate);
  EXPECT_EQ(r.signatures[0].sub, "SIGNED_DATA_NOT_FOUND");
  auto inside = sign_cades(t.who, paper, {true, t.signed_at, {}});
  EXPECT_EQ(verify_cms(octets(inside), with_lists()).is, indication::total_passed);
}

TEST_F(a_signature, by_nobody_we_know_is_indeterminate) {
  policy p = with_lists();
  p.anchors = {issue({"Other Root", kind_of::root}, nullptr).der()};
  auto r = look(b, p);
  EXPECT_EQ(r.is, indication::indeterminate);
  EXPECT_EQ(r.signatures[0].sub, "NO_CERTIFICATE_CHAIN_FOUND");
}

TEST_F(a_signature, of_which_nothing_is_known_about_revocation_waits) {
  auto r = look(b, t.asked());
  EXPECT_EQ(r.signatures[0].sub, "TRY_LATER");
  EXPECT_TRUE(r.has("revocation.missing"));
}

TEST_F(a_signature, outlives_the_certificate_only_with_proof_of_time) {
  EXPECT_EQ(look(b, with_lists("2029-06-01")).signatures[0].sub, "OUT_OF_BOUNDS_NO_POE");
  // The stamper's certificate has run out too, and nothing later covers its stamp.
  EXPECT_EQ(look(blt, t.asked("2029-06-01")).is, indication::indeterminate);
  const person later = issue({"Clock of 2028", kind_of::stamper, "2028-01-01", "2033-01-01"},
                             &t.root);
  auto renewed = cades_with_archive_stamp(blta, clock_at(later, day("2028-06-01")), paper);
  ASSERT_TRUE(renewed);
  auto r = look(*renewed, t.asked("2031-01-01"));
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].level, level::lta);
  EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-01T09:00:05.000Z");
}

TEST_F(a_signature, is_lost_with_its_digest_unless_it_was_renewed_before) {
  // SHA-256 dies in 2035, as it might.
  const auto dying = [&](std::string_view at) {
    policy p = t.asked(at);
    p.dead["SHA256"] = day("2035-01-01");
    return p;
  };
  const person later = issue({"Clock of 2028", kind_of::stamper, "2028-01-01", "2040-01-01"},
                             &t.root);
  auto in_28 = cades_with_archive_stamp(blta, clock_at(later, day("2028-06-01")), paper);
  EXPECT_EQ(look(*in_28, dying("2034-06-01")).is, indication::total_passed);
  auto lost = look(*in_28, dying("2036-01-01"));
  EXPECT_EQ(lost.is, indication::indeterminate) << said(lost);
  EXPECT_TRUE(lost.has("algorithm"));
}

TEST_F(a_signature, revoked_later_still_holds_with_proof_and_not_without) {
  policy p = t.asked("2026-06-20");
  p.lists = {list_of(t.authority, "2026-06-15", "2026-06-22", &t.kim, "2026-06-10"),
             list_of(t.root, "2026-06-01", "2027-06-01")};
  auto without = look(b, p);
  EXPECT_EQ(without.is, indication::indeterminate);
  EXPECT_EQ(without.signatures[0].sub, "REVOKED_NO_POE") << said(without);
  auto with = look(bt, p);
  EXPECT_EQ(with.is, indication::total_passed) << said(with);
  EXPECT_TRUE(with.has("revocation.after"));
}

TEST_F(a_signature, has_a_stamp_only_if_it_is_its_own) {
  auto other = sign_cades(t.who, "something else", {false, t.signed_at, {}});
  auto stamped = cades_with_stamp(other, t.at_signing);
  const auto from = signed_data::parse(*stamped);
  const auto d = signed_data::parse(b);
  const auto* a = from->signers[0].unsigned_of(ids::signature_stamp)[0];
  auto r = look(d->with({{}, {}, 0, {der::copy(a->whole)}}), with_lists());
  EXPECT_EQ(r.signatures[0].level, level::b);
  EXPECT_TRUE(r.has("stamp.wrong"));
}

TEST_F(a_signature, is_kept_by_an_archive_stamp_only_as_it_was) {
  // A certificate that the index names is taken out again: the stamp covers it no more.
  const auto d = signed_data::parse(blta);
  const std::string gone(octets(t.authority.der()));
  std::string all(octets(blta));
  const auto bent = [&] {
    const auto whole = all.find(gone);
    std::string s = all;
    s[whole + gone.size() / 2] = static_cast<char>(s[whole + gone.size() / 2] ^ 4);
    return s;
  }();
  auto r = verify_cms(bent, t.asked(), paper);
  EXPECT_TRUE(r.has("stamp.wrong")) << said(r);
}

TEST_F(a_signature, holds_for_openssl_at_every_level) {
  if (!judges::have("openssl")) GTEST_SKIP() << "openssl (Debian: openssl) is not here";
  const judges j;
  j.put("paper", paper);
  j.pem("root.pem", {t.root});
  for (const auto* cms : {&b, &bt, &blt, &blta}) {
    j.put("sig", *cms);
    const auto [status, log] = j.run(
        "openssl cms -verify -cades -inform DER -in sig -content paper -binary -CAfile root.pem "
        "-attime 1780650000 -purpose any -out out");
    EXPECT_EQ(status, 0) << log;
    j.put("other", std::string("forged"));
    EXPECT_NE(j.run("openssl cms -verify -cades -inform DER -in sig -content other -binary "
                    "-CAfile root.pem -attime 1780650000 -purpose any -out out").first, 0);
  }
}

TEST_F(a_signature, has_stamps_that_openssl_believes) {
  if (!judges::have("openssl")) GTEST_SKIP() << "openssl (Debian: openssl) is not here";
  const judges j;
  j.pem("root.pem", {t.root});
  const auto d = signed_data::parse(blta);
  const auto& i = d->signers[0];
  const auto check = [&](trust::view token, const trust::bytes& data) {
    j.put("token", trust::bytes(token.begin(), token.end()));
    j.put("data", data);
    const auto [status, log] =
        j.run("openssl ts -verify -token_in -in token -data data -CAfile root.pem -untrusted "
              "root.pem -attime 1780650000");
    EXPECT_EQ(status, 0) << log;
  };
  check(i.unsigned_of(ids::signature_stamp)[0]->values[0],
        {i.signature.begin(), i.signature.end()});
  const trust::view archive = i.unsigned_of(ids::archive_stamp_v3)[0]->values[0];
  const auto t3 = signed_data::parse(archive);
  const trust::view index = t3->signers[0].unsigned_of(ids::hash_index_v3)[0]->values[0];
  const auto content = trust::sha256(paper);
  check(archive, archive_octets(*d, i, content, index));
}

TEST_F(a_signature, made_by_openssl_is_read) {
  if (!judges::have("openssl")) GTEST_SKIP() << "openssl (Debian: openssl) is not here";
  const judges j;
  j.put("paper", paper);
  j.pem("kim.pem", {t.kim});
  owned<BIO, BIO_free_all> out(BIO_new_file((j.folder() / "kim.key").c_str(), "w"));
  PEM_write_bio_PrivateKey(out.get(), t.kim.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  out.reset();
  for (const char* how : {"-cades -outform DER", "-cades -outform PEM", "-outform DER",
                          "-cades -outform DER -nodetach", "-cades -outform DER -stream"}) {
    const auto [status, log] = j.run(std::string("openssl cms -sign -binary -in paper -signer "
                                                 "kim.pem -inkey kim.key -out sig ") + how);
    ASSERT_EQ(status, 0) << log;
    std::ifstream in(j.folder() / "sig", std::ios::binary);
    std::ostringstream made;
    made << in.rdbuf();
    policy p = with_lists();
    p.certificates = {t.authority.der()};
    auto r = verify_cms(made.str(), p, paper);
    EXPECT_EQ(r.is, indication::total_passed) << how << "\n" << said(r);
    const bool cades = std::string_view(how).find("-cades") != std::string_view::npos;
    EXPECT_EQ(r.signatures.at(0).level, cades ? level::b : level::none);
  }
}

}  // namespace
