// Certificates as they leave the house, read back by other code, and requests that must not pass.
#include "madang/pki/authority.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "madang/pki/path.hpp"

namespace madang::pki {
namespace {

namespace fs = std::filesystem;
using trust::bytes;

struct folder {
  folder() : path(fs::temp_directory_path() / ("pki-" + random_token(9))) {}
  ~folder() { fs::remove_all(path); }
  fs::path path;
};

// The example arc for documentation (RFC 5612).
const hierarchy_plan small{
    "national",
    {"시험 최상위", "Test Root"},
    {"시험", "Test"},
    {{"one", "1.3.6.1.4.1.32473.1", {"하나", "One"}, {"하나기관", "One Ltd"}}}};

std::shared_ptr<authorities> open(const folder& f, const std::string& passphrase = "secret") {
  auto all = authorities::open_or_create(f.path, passphrase, {small}, "http://ca.example");
  EXPECT_TRUE(all.ok());
  return *all;
}

certificate_plan a_person() {
  certificate_plan p;
  p.profile = profile::person;
  p.subject.name = {"김하윤", "Kim Hayun"};
  p.subject.number = "P-1";
  p.key = signing_key::generate().public_der();
  p.from = now();
  return p;
}

std::string rules_of(const result<bytes>& r) { return r.ok() ? "" : r.why().facts.at("rules"); }

TEST(authority, issues_what_a_path_to_its_root_proves) {
  folder f;
  auto all = open(f);
  const authority& a = *all->find("one");
  auto made = a.issue(a_person());
  ASSERT_TRUE(made.ok());
  path_question q;
  q.end = *made;
  q.helpers = {a.certificate()};
  q.anchors = all->roots();
  q.at = now();
  const auto known = read_facts(*made);
  const int shard = authority::shard_of(known->serial);
  q.lists = {all->root_list("national"),
             a.revocation_list(shard, {}, 1, q.at, q.at.plus(std::chrono::hours(1)))};
  EXPECT_TRUE(validate(q).valid) << validate(q).said;
  q.lists.pop_back();
  EXPECT_EQ(validate(q).reason, "path.no_list");
  q.lists.push_back(a.revocation_list(shard, {{known->serial, "certificateHold", q.at}}, 2, q.at,
                                      q.at.plus(std::chrono::hours(1))));
  EXPECT_EQ(validate(q).reason, "path.held");
  q.lists.back() = a.revocation_list(shard, {{known->serial, "keyCompromise", q.at}}, 3, q.at,
                                     q.at.plus(std::chrono::hours(1)));
  EXPECT_EQ(validate(q).reason, "path.revoked");
  // The list of another shard speaks of another address and does not count.
  q.lists.back() = a.revocation_list((shard + 1) % authority::shards, {}, 4, q.at,
                                     q.at.plus(std::chrono::hours(1)));
  EXPECT_FALSE(validate(q).valid);
}

TEST(authority, is_the_same_after_a_restart_and_stops_at_a_wrong_passphrase_or_a_lost_half) {
  folder f;
  const bytes before = open(f)->find("one")->certificate();
  EXPECT_EQ(open(f)->find("one")->certificate(), before);
  auto wrong = authorities::open_or_create(f.path, "other", {small}, "http://ca.example");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.why().code, "trust.passphrase_wrong");
  fs::remove(f.path / "one.key.pem");
  auto lost = authorities::open_or_create(f.path, "secret", {small}, "http://ca.example");
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.why().code, "pki.pair");
}

TEST(lint, stops_a_certificate_that_breaks_its_profile_before_it_is_signed) {
  folder f;
  auto all = open(f);
  const authority& a = *all->find("one");
  auto tried = [&](auto change) {
    auto p = a_person();
    change(p);
    return rules_of(a.issue(p));
  };
  EXPECT_EQ(tried([](auto&) {}), "");
  EXPECT_EQ(tried([](auto& p) { p.days = 366; }), "validity");
  EXPECT_EQ(tried([](auto& p) { p.from = now().plus(-std::chrono::hours(24 * 30)); }), "validity")
      << "begins before its authority";
  EXPECT_EQ(tried([](auto& p) { p.subject.number = ""; }), "subject") << "no number";
  EXPECT_EQ(tried([](auto& p) { p.subject.name = {"", ""}; }), "subject");
  EXPECT_EQ(tried([](auto& p) { p.subject.name = {"김\n하윤", "Kim"}; }), "subject");
  EXPECT_EQ(tried([](auto& p) { p.subject.name = {" 김하윤", "Kim"}; }), "subject");
  EXPECT_EQ(tried([](auto& p) { p.subject.title = "과장"; }), "subject") << "a post of nobody's";
  EXPECT_EQ(tried([](auto& p) { p.subject.country = "kr"; }), "subject");
  EXPECT_EQ(tried([](auto& p) { p.subject.dns = {"a.example"}; }), "dns")
      << "a person is no server";
  EXPECT_EQ(tried([](auto& p) { p.profile = profile::official; }), "subject") << "without a post";
  EXPECT_EQ(tried([](auto& p) { p.profile = profile::server; }), "dns") << "without a name";
  for (const char* name :
       {"*.example.kr", "1.2.3.4", "a_b.example", "-a.example", "example", "a..b"})
    EXPECT_EQ(tried([&](auto& p) {
                p.profile = profile::server;
                p.subject.dns = {name};
              }),
              "dns")
        << name;
  auto bad_key = a_person();
  bad_key.key = {1, 2, 3};
  EXPECT_EQ(a.issue(bad_key).why().code, "pki.key_malformed");
}

TEST(lint, refuses_weak_keys) {
  folder f;
  auto all = open(f);
  // SubjectPublicKeyInfo of RSA 1024, made by `openssl genrsa 1024 | openssl rsa -pubout`.
  const char* weak =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC2vEJdAzLkomze+vgDluhk6RqxTdRVLuJXWeQx1Uu6vvrB"
      "Ba+dAUaObsHXUGbyJKwDxmgnqDwAtm910NRNphh65aC0OsnY+taBcpzxKl5Bx0GZdDvX16H8xgeO86J1JdqY"
      "JbGwqOYpCRQ6BXdOH6tc/ofgbjovWd/wt7OKRh9F8wIDAQAB";
  auto p = a_person();
  p.key = text::from_base64(weak).value_or(bytes{});
  EXPECT_EQ(rules_of(all->find("one")->issue(p)), "key");
  p.key = signing_key::generate(algorithm::rsa2048).public_der();
  EXPECT_TRUE(all->find("one")->issue(p).ok()) << "RSA-2048 for peers that know nothing else";
}

TEST(keys, are_sealed_and_what_is_no_request_is_refused) {
  const auto key = signing_key::generate();
  const std::string sealed = key.seal("secret");
  ASSERT_TRUE(signing_key::open(sealed, "secret").ok());
  EXPECT_EQ(signing_key::open(sealed, "secret")->public_der(), key.public_der());
  EXPECT_EQ(signing_key::open(sealed, "Secret").why().code, "trust.passphrase_wrong");
  EXPECT_EQ(read_request(trust::view_of("-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n"
                                        "-----END CERTIFICATE REQUEST-----\n"))
                .why()
                .code,
            "pki.request_malformed");
}

}  // namespace
}  // namespace madang::pki
