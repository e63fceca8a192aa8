#include <gtest/gtest.h>

#include "../src/stamps.hpp"
#include "madang/signatures/record.hpp"
#include "town.hpp"

using namespace madang;
using namespace madang::signatures;
using namespace madang::signatures::town;

namespace {

std::string_view octets(const trust::bytes& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

struct an_archive : ::testing::Test {
  static const struct town& place() {
    static const struct town t;
    return t;
  }
  const struct town& t = place();
  // Five holdings; the second is a document with its signature.
  std::vector<std::vector<std::string_view>> groups = {
      {"deed"}, {"letter", "signature"}, {"map"}, {"roll"}, {"seal"}};
  std::vector<trust::bytes> records = *make_records(groups, t.at_signing);
  person later = issue({"Clock of 2028", kind_of::stamper, "2028-01-01", "2036-01-01"}, &t.root);
  person last = issue({"Clock of 2034", kind_of::stamper, "2034-01-01", "2044-01-01"}, &t.root);
};

TEST_F(an_archive, proves_the_time_of_each_holding_with_one_stamp) {
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto r = verify_record(octets(records[i]), t.asked(), groups[i]);
    EXPECT_EQ(r.is, indication::total_passed) << i << said(r);
    EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-01T09:00:05.000Z");
  }
  EXPECT_EQ(verify(octets(records[0]), t.asked(), "deed").is, indication::total_passed);
}

TEST_F(an_archive, fails_for_another_document_and_for_one_too_many) {
  auto r = verify_record(octets(records[0]), t.asked(), {"dead"});
  EXPECT_EQ(r.is, indication::total_failed);
  EXPECT_EQ(r.signatures[0].sub, "HASH_FAILURE");
  // One of a group was there as well (RFC 4998 section 4.3); two have to be the whole group.
  EXPECT_EQ(verify_record(octets(records[1]), t.asked(), {"letter"}).is, indication::total_passed);
  EXPECT_EQ(verify_record(octets(records[1]), t.asked(), {"letter", "map"}).is,
            indication::total_failed);
  EXPECT_EQ(verify_record(octets(records[1]), t.asked(), {"letter", "signature", "map"}).is,
            indication::total_failed);
  EXPECT_EQ(verify_record(octets(records[2]), t.asked(), groups[0]).is, indication::total_failed);
  EXPECT_EQ(verify_record(octets(records[0]), t.asked(), {}).signatures[0].sub,
            "SIGNED_DATA_NOT_FOUND");
}

// RFC 4998 section 4.2 by hand: pairs in ascending order, hashed; the odd one goes up as it is.
TEST_F(an_archive, has_the_root_that_the_standard_describes) {
  const auto h = [](std::string_view s) {
    const auto d = trust::sha256(s);
    return std::string(d.begin(), d.end());
  };
  const auto pair = [&](const std::string& a, const std::string& b) {
    return h(std::min(a, b) + std::max(a, b));
  };
  const std::string two = pair(h("letter"), h("signature"));
  const std::string left = pair(pair(h("deed"), two), pair(h("map"), h("roll")));
  const std::string root = pair(left, h("seal"));
  const std::string all(octets(records[4]));
  EXPECT_NE(all.find(root), std::string::npos) << "the imprint of the time stamp";
  EXPECT_NE(all.find(left), std::string::npos) << "the neighbour of the odd one";
}

TEST_F(an_archive, is_kept_by_renewing_the_stamp_and_lost_without) {
  // The first stamper's certificate runs out at the end of 2028.
  EXPECT_EQ(verify_record(octets(records[1]), t.asked("2030-01-01"), groups[1]).is,
            indication::indeterminate);
  const auto renewed = renew_stamp(records[1], clock_at(later, day("2028-06-01")));
  auto r = verify_record(octets(*renewed), t.asked("2030-01-01"), groups[1]);
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-01T09:00:05.000Z");
  EXPECT_EQ(r.signatures[0].stamps.size(), 2u);
  // Renewed only after it had run out: too late for ever.
  const auto late = renew_stamp(records[1], clock_at(later, day("2029-06-01")));
  EXPECT_EQ(verify_record(octets(*late), t.asked("2030-01-01"), groups[1]).is,
            indication::indeterminate);
}

TEST_F(an_archive, survives_the_death_of_its_digest_by_a_new_tree_and_not_without) {
  const auto dying = [&](std::string_view at) {
    policy p = t.asked(at);
    p.dead["SHA224"] = day("2030-01-01");
    return p;
  };
  // Made with SHA-384, which dies in 2035, as it might; the stampers sign with SHA-256 throughout.
  const auto old = make_records(groups, t.at_signing, "SHA384");
  const auto in_28 = renew_stamp((*old)[1], clock_at(later, day("2028-06-01")));
  policy p = dying("2036-06-01");
  p.dead["SHA384"] = day("2035-01-01");
  EXPECT_EQ(verify_record(octets(*in_28), p, groups[1]).is, indication::indeterminate);
  const auto in_34 = renew_hashes(*in_28, groups[1], clock_at(last, day("2034-06-01")), "SHA512");
  ASSERT_TRUE(in_34);
  auto r = verify_record(octets(*in_34), p, groups[1]);
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].stamps.size(), 3u);
  EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-01T09:00:05.000Z");
  // In 2035 it is too late: the stamps of SHA-384 prove nothing to the new one.
  const auto in_35 = renew_hashes(*in_28, groups[1], clock_at(last, day("2035-06-01")), "SHA512");
  EXPECT_EQ(verify_record(octets(*in_35), p, groups[1]).is, indication::indeterminate);
  // The new tree is over the old chain: a chain bent afterwards is found.
  std::string bent(octets(*in_34));
  const std::string all(octets(*in_28));
  const std::size_t at = bent.find("Clock of 2028");
  ASSERT_NE(at, std::string::npos);
  bent[at] = 'K';
  EXPECT_EQ(verify_record(bent, p, groups[1]).is, indication::total_failed);
}

TEST_F(an_archive, has_a_stamp_that_openssl_believes) {
  if (!judges::have("openssl")) GTEST_SKIP() << "openssl (Debian: openssl) is not here";
  const auto alone = make_records({{"deed"}}, t.at_signing);
  const std::string all(octets((*alone)[0]));
  // The ContentInfo of the one ArchiveTimeStamp: the last element all the way down.
  trust::view v = trust::view_of(all);
  for (const int from : {2, 0, 0}) {
    auto e = der::only(v, der::sequence);
    const auto parts = der::all_of(e->content);
    v = (*parts)[static_cast<std::size_t>(from)].whole;
  }
  const auto parts = der::all_of(der::only(v, der::sequence)->content);
  const auto token = parts->back().whole;
  const judges j;
  j.pem("root.pem", {t.root});
  j.put("token", trust::bytes(token.begin(), token.end()));
  j.put("deed", std::string("deed"));
  const auto [status, log] = j.run("openssl ts -verify -token_in -in token -data deed -CAfile "
                                   "root.pem -untrusted root.pem -attime 1780650000");
  EXPECT_EQ(status, 0) << log;
}

TEST_F(an_archive, refuses_what_is_no_record) {
  EXPECT_EQ(make_records({}, t.at_signing).why().code, "signatures.record");
  EXPECT_EQ(make_records({{}}, t.at_signing).why().code, "signatures.record");
  EXPECT_EQ(renew_stamp(trust::view_of("no record"), t.at_signing).why().code,
            "signatures.record");
  auto r = verify_record("no record", t.asked(), {"deed"});
  EXPECT_TRUE(r.has("format.malformed"));
}

}  // namespace
