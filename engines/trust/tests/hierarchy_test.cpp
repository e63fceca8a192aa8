#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "madang/base/base.hpp"
#include "madang/trust/cms.hpp"
#include "madang/trust/ed25519.hpp"
#include "madang/trust/hierarchy.hpp"

using namespace madang;
using namespace madang::trust;
namespace fs = std::filesystem;

namespace {

const hierarchy_names names{{"마당 최상위인증기관", "Madang Root Authority"},
                            {"정부 인증기관", "Government Authority"},
                            {"대한민국 정부", "Government of Korea"},
                            "KR",
                            "http://localhost/government.crl"};
const words jongno{"서울특별시 종로구청장", "Mayor of Jongno-gu, Seoul"};

struct folder {
  fs::path path;
  folder() {
    std::string pattern = (fs::temp_directory_path() / "madang-trust-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~folder() { fs::remove_all(path); }
  std::string file(const std::string& name, view content) const {
    std::ofstream(path / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    return (path / name).string();
  }
};

// What a foreign program says, with its exit status.
std::pair<int, std::string> run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::string out;
  char buffer[512];
  while (std::fgets(buffer, sizeof buffer, pipe)) out += buffer;
  return {::pclose(pipe), out};
}

std::shared_ptr<hierarchy> open(const folder& f, std::string_view passphrase = "열려라 참깨") {
  auto h = hierarchy::open_or_create(f.path / "pki", passphrase, names);
  return *h;
}

TEST(hierarchy, opens_again_what_it_created_and_only_with_the_passphrase) {
  folder f;
  auto first = open(f);
  auto seal = *first->seal("jongno", jongno);
  auto second = open(f);
  EXPECT_EQ(first->root().fingerprint(), second->root().fingerprint());
  EXPECT_EQ((*second->seal("jongno", jongno))->certificate.fingerprint(),
            seal->certificate.fingerprint());
  EXPECT_EQ(hierarchy::open_or_create(f.path / "pki", "falsch", names).why().code,
            "trust.passphrase_wrong");
  EXPECT_EQ(hierarchy::open_or_create(f.path / "pki", "", names).why().code,
            "trust.passphrase_empty");
  EXPECT_EQ(first->seal("../root", jongno).why().code, "trust.number");
}

TEST(hierarchy, says_who_in_both_languages) {
  folder f;
  auto seal = *open(f)->seal("jongno", jongno);
  EXPECT_EQ(seal->certificate.common_name(), "서울특별시 종로구청장");
  EXPECT_EQ(seal->certificate.subject_number(), "jongno");
  auto [status, text] = run("openssl x509 -noout -text -in " + f.path.string() +
                            "/pki/seals/jongno.cert.pem");
  EXPECT_EQ(status, 0) << text;
  EXPECT_NE(text.find("Mayor of Jongno-gu"), std::string::npos) << text;
  EXPECT_NE(text.find("Digital Signature, Non Repudiation"), std::string::npos) << text;
}

TEST(hierarchy, is_a_chain_that_openssl_verifies) {
  folder f;
  auto h = open(f);
  (void)h->seal("jongno", jongno);
  const std::string pki = (f.path / "pki").string();
  auto [status, text] =
      run("openssl verify -x509_strict -CAfile " + pki + "/root.cert.pem -untrusted " +
                            pki + "/government.cert.pem " + pki + "/seals/jongno.cert.pem");
  EXPECT_EQ(status, 0) << text;
}

TEST(hierarchy, writes_a_revocation_list_that_openssl_obeys) {
  folder f;
  auto h = open(f);
  auto seal = *h->seal("jongno", jongno);
  ASSERT_TRUE(h->revoke(seal->certificate.serial(), "keyCompromise", now()));
  EXPECT_EQ(h->revoke(seal->certificate.serial(), "keyCompromise", now()).why().code,
            "trust.already_revoked");
  EXPECT_EQ(h->revoke("abcd", "mood", now()).why().code, "trust.reason");
  const std::string pki = (f.path / "pki").string();
  const std::string list = f.file("list.crl", h->revocation_list());
  auto [status, text] =
      run("openssl verify -crl_check -CAfile " + pki + "/root.cert.pem -untrusted " +
                            pki + "/government.cert.pem -CRLfile " + list + " " + pki +
                            "/seals/jongno.cert.pem");
  EXPECT_NE(status, 0);
  EXPECT_NE(text.find("certificate revoked"), std::string::npos) << text;
  auto renewed = *h->seal("jongno", jongno);
  EXPECT_NE(renewed->certificate.serial(), seal->certificate.serial());
  EXPECT_EQ(h->seals().size(), 2u);
  EXPECT_EQ(open(f)->revoked().size(), 1u);
}

TEST(hierarchy, gives_every_thread_the_same_seal) {
  folder f;
  auto h = open(f);
  std::vector<std::string> serials(8);
  std::vector<std::thread> threads;
  for (auto& s : serials)
    threads.emplace_back([&] { s = (*h->seal("jongno", jongno))->certificate.serial(); });
  for (auto& t : threads) t.join();
  for (const auto& s : serials) EXPECT_EQ(s, serials[0]);
}

TEST(hierarchy, opens_keys_that_openssl_sealed) {
  folder f;
  const std::string file = (f.path / "own.key.pem").string();
  const auto [status, text] = run("openssl genpkey -algorithm ed25519 -aes-256-cbc -pass pass:"
                                  "sesame -out " + file);
  ASSERT_EQ(status, 0) << text;
  std::ifstream in(file);
  const std::string pem(std::istreambuf_iterator<char>(in), {});
  EXPECT_TRUE(ed25519_key::open(pem, "sesame").ok());
  EXPECT_EQ(ed25519_key::open(pem, "Sesame").why().code, "trust.passphrase_wrong");
}

TEST(hierarchy, replaces_a_key_whose_certificate_was_never_written) {
  folder f;
  auto before = *open(f)->seal("jongno", jongno);
  fs::remove(f.path / "pki/seals/jongno.cert.pem");
  auto after = *open(f)->seal("jongno", jongno);
  EXPECT_NE(before->certificate.fingerprint(), after->certificate.fingerprint());
}

struct signing : ::testing::Test {
  folder f;
  std::shared_ptr<hierarchy> h = open(f);
  std::shared_ptr<const signer> seal = *h->seal("jongno", jongno);
  std::string document = "이 등본은 세대별 주민등록표의 원본 내용과 틀림없음을 증명합니다.";
  std::vector<view> spans{view_of(document).first(10), view_of(document).subspan(10)};
};

TEST_F(signing, is_verified_by_openssl_as_cades) {
  const std::string cms = f.file("s.p7s", sign_cms(*seal, spans));
  const std::string content = f.file("content", view_of(document));
  auto [status, text] = run("openssl cms -verify -cades -binary -inform DER -in " + cms +
                            " -content " + content + " -purpose any -CAfile " +
                            (f.path / "pki/root.cert.pem").string() + " -out /dev/null");
  EXPECT_EQ(status, 0) << text;
}

TEST_F(signing, is_verified_by_us_and_each_fault_has_its_name) {
  bytes cms = sign_cms(*seal, spans);
  auto good = verify_cms(cms, spans, *h->believed(), now());
  EXPECT_TRUE(good.genuine()) << text::join(good.reasons, ",");
  EXPECT_EQ(good.signer->common_name(), "서울특별시 종로구청장");

  const view other[] = {view_of("another text")};
  auto changed = verify_cms(cms, other, *h->believed(), now());
  EXPECT_FALSE(changed.digest_ok);
  EXPECT_TRUE(changed.signature_ok);
  EXPECT_EQ(changed.reasons, std::vector<std::string>{"cms.digest"});

  auto stranger = verify_cms(cms, spans, anchors(), now());
  EXPECT_FALSE(stranger.chain_ok);
  EXPECT_EQ(stranger.reasons, std::vector<std::string>{"chain.no_issuer"});

  auto late = verify_cms(cms, spans, *h->believed(), seal->certificate.valid_until().plus(
                                                         std::chrono::seconds(1)));
  EXPECT_EQ(late.reasons, std::vector<std::string>{"chain.expired"});
  auto early = verify_cms(cms, spans, *h->believed(), {0});
  EXPECT_EQ(early.reasons.front(), "chain.not_yet_valid");

  bytes broken = cms;
  broken.back() ^= 1;   // the last octet of the signature
  EXPECT_FALSE(verify_cms(broken, spans, *h->believed(), now()).signature_ok);
  cms.resize(cms.size() + 100);   // as PDF pads it
  EXPECT_TRUE(verify_cms(cms, spans, *h->believed(), now()).genuine());
  cms.push_back(1);
  EXPECT_FALSE(verify_cms(cms, spans, *h->believed(), now()).readable);
}

TEST_F(signing, knows_a_revoked_seal_from_the_instant_on) {
  const bytes cms = sign_cms(*seal, spans);
  const instant when = now();
  ASSERT_TRUE(h->revoke(seal->certificate.serial(), "keyCompromise", when));
  auto after = verify_cms(cms, spans, *h->believed(), when);
  EXPECT_TRUE(after.revoked);
  EXPECT_EQ(after.revocation_of->reason, "keyCompromise");
  auto before = verify_cms(cms, spans, *h->believed(), when.plus(std::chrono::seconds(-1)));
  EXPECT_TRUE(before.genuine());
}

TEST_F(signing, an_official_may_sign_but_not_certify) {
  const key own = key::generate();
  const words name{"김하윤", "Kim Hayun"};
  auto c = h->certify_official(own.verifier(), name, jongno, "jongno-1", "민원여권과 주무관");
  EXPECT_TRUE(verify_cms(sign_cms({own, c, {h->authority()}}, spans), spans, *h->believed(), now())
                  .genuine());
  certificate_request r;
  r.name = words{"가짜", "fake"};
  r.from = now();
  const key thief = key::generate();
  auto forged = issue(r, thief.verifier(), own, &c);
  auto report = verify_cms(sign_cms({thief, forged, {c, h->authority()}}, spans), spans,
                           *h->believed(), now());
  EXPECT_FALSE(report.chain_ok);
}

TEST_F(signing, takes_a_revocation_list_from_a_file) {
  anchors believed;
  believed.add_root(h->root());
  const bytes cms = sign_cms(*seal, spans);
  ASSERT_TRUE(verify_cms(cms, spans, believed, now()).genuine());   // meets the authority
  ASSERT_TRUE(h->revoke(seal->certificate.serial(), "superseded", now()));
  ASSERT_TRUE(believed.add_revocation_list(h->revocation_list()));
  EXPECT_TRUE(verify_cms(cms, spans, believed, now()).revoked);
  bytes list = h->revocation_list();
  list.back() ^= 1;
  EXPECT_EQ(believed.add_revocation_list(list).why().code, "trust.crl_signature");
}

TEST(certificate, reads_strictly) {
  EXPECT_EQ(certificate::from_der(view_of("0\x82")).why().code, "trust.certificate_malformed");
  EXPECT_EQ(certificate::from_pem("").why().code, "trust.certificate_malformed");
  EXPECT_EQ(public_key::from_point(bytes(65, 4)).why().code, "trust.key_malformed");
}

}  // namespace
