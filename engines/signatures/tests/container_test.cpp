#include <gtest/gtest.h>
#include <zip.h>

#include "../src/zip.hpp"
#include "town.hpp"

using namespace madang;
using namespace madang::signatures;
using namespace madang::signatures::town;

namespace {

struct a_container : ::testing::Test {
  static const struct town& place() {
    static const struct town t;
    return t;
  }
  const struct town& t = place();
  std::vector<container_file> files = {{"letter.txt", "text/plain", "Dear citizen,\n"},
                                       {"그림 1.txt", "text/plain", std::string(20'000, 'x')}};
  std::string made = *make_container(files, t.who, {t.signed_at, t.at_signing, t.proof()});

  std::vector<zip_entry> open() const {
    std::string why;
    return *read_zip(made, why);
  }
};

TEST_F(a_container, reaches_the_highest_level) {
  auto r = verify(made, t.asked());
  EXPECT_EQ(r.format, "ASiC-E");
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  ASSERT_EQ(r.signatures.size(), 1u);
  EXPECT_EQ(r.signatures[0].level, level::lta);
  EXPECT_EQ(r.signatures[0].covers, (std::vector<std::string>{"letter.txt", "그림 1.txt"}));
}

TEST_F(a_container, fails_when_a_file_is_changed_or_gone) {
  auto all = open();
  for (auto& e : all)
    if (e.name == "letter.txt") e.content[0] = 'd';
  auto r = verify(write_zip(all), t.asked());
  EXPECT_EQ(r.is, indication::total_failed);
  EXPECT_EQ(r.signatures[0].sub, "HASH_FAILURE") << said(r);

  all = open();
  std::erase_if(all, [](const zip_entry& e) { return e.name == "letter.txt"; });
  r = verify(write_zip(all), t.asked());
  EXPECT_EQ(r.is, indication::indeterminate);
  EXPECT_EQ(r.signatures[0].sub, "SIGNED_DATA_NOT_FOUND") << said(r);
}

TEST_F(a_container, tells_of_a_file_that_nobody_signed) {
  auto all = open();
  all.push_back({"smuggled.txt", "me too"});
  auto r = verify(write_zip(all), t.asked());
  EXPECT_EQ(r.is, indication::indeterminate);
  EXPECT_TRUE(r.has("container.unsigned_file")) << said(r);
}

TEST_F(a_container, fails_when_its_manifest_is_changed) {
  auto all = open();
  for (auto& e : all)
    if (e.name.ends_with("Manifest001.xml"))
      e.content.replace(e.content.find("letter"), 6, "lettre");
  EXPECT_EQ(verify(write_zip(all), t.asked()).is, indication::total_failed);
}

TEST_F(a_container, with_one_file_may_be_simple) {
  const auto cms = sign_cades(t.who, "alone", {false, t.signed_at, {}});
  const std::string simple =
      write_zip({{"mimetype", "application/vnd.etsi.asic-s+zip"},
                 {"alone.txt", "alone"},
                 {"META-INF/signature.p7s", std::string(cms.begin(), cms.end())}});
  policy p = t.asked();
  p.lists = t.proof().lists;
  auto r = verify(simple, p);
  EXPECT_EQ(r.format, "ASiC-S");
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  const auto token = stamp(t.at_signing, trust::view_of("alone"));
  r = verify(write_zip({{"mimetype", "application/vnd.etsi.asic-s+zip"},
                        {"alone.txt", "alone"},
                        {"META-INF/timestamp.tst", std::string(token->begin(), token->end())}}),
             p);
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-01T09:00:05.000Z");
}

// Made by hand: the house makes containers with CAdES only.
TEST_F(a_container, may_be_signed_by_xades) {
  const auto value = [](std::string_view s) { return text::base64(trust::sha256(s)); };
  const std::string info =
      "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod "
      "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>"
      "<ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\">"
      "</ds:SignatureMethod><ds:Reference URI=\"a%20b.txt\"><ds:DigestMethod "
      "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>" +
      value("hello") + "</ds:DigestValue></ds:Reference></ds:SignedInfo>";
  const person rsa = issue({"Lee", kind_of::signer, "2026-01-01", "2029-01-01", true},
                           &t.authority);
  const auto by = signer_from(rsa);
  const std::string xml =
      "<a:XAdESSignatures xmlns:a=\"http://uri.etsi.org/02918/v1.2.1#\"><ds:Signature "
      "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">" + info + "<ds:SignatureValue>" +
      text::base64(by.sign(trust::view_of(info))) + "</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
      "<ds:X509Certificate>" + text::base64(rsa.der()) + "</ds:X509Certificate></ds:X509Data>"
      "</ds:KeyInfo></ds:Signature></a:XAdESSignatures>";
  policy p = t.asked();
  p.lists = t.proof().lists;
  p.certificates = {t.authority.der()};
  const auto box = [&](const std::string& content) {
    return write_zip({{"mimetype", "application/vnd.etsi.asic-e+zip"},
                      {"a b.txt", content},
                      {"META-INF/signatures001.xml", xml}});
  };
  auto r = verify(box("hello"), p);
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].covers, (std::vector<std::string>{"a b.txt"}));
  EXPECT_EQ(verify(box("hullo"), p).is, indication::total_failed);
}

TEST_F(a_container, is_read_by_others) {
  const judges j;
  j.put("box.asice", made);
  j.pem("root.pem", {t.root});
  if (!judges::have("unzip") || !judges::have("openssl")) GTEST_SKIP() << "unzip, openssl";
  EXPECT_EQ(j.run("unzip -t box.asice").first, 0);
  EXPECT_EQ(j.run("unzip -p box.asice mimetype").second, "application/vnd.etsi.asic-e+zip");
  const auto [status, log] = j.run(
      "unzip -qo box.asice && openssl cms -verify -cades -inform DER -in "
      "META-INF/signature001.p7s -content META-INF/ASiCManifest001.xml -binary -CAfile root.pem "
      "-attime 1780650000 -purpose any -out out");
  EXPECT_EQ(status, 0) << log;
  EXPECT_EQ(made.substr(30, 8), "mimetype");   // EN 319 162-1 section A.1
}

TEST_F(a_container, refuses_bombs_and_odd_names) {
  std::string why;
  const std::string bomb = write_zip({{"mimetype", "application/vnd.etsi.asic-e+zip"},
                                      {"zeros", std::string(30u << 20, '\0')}});
  EXPECT_FALSE(read_zip(bomb, why));
  EXPECT_EQ(why, "container.bomb");
  std::vector<zip_entry> many = {{"mimetype", "application/vnd.etsi.asic-e+zip"}};
  for (int i = 0; i < 1'001; ++i) many.push_back({"f" + std::to_string(i), "x"});
  EXPECT_FALSE(read_zip(write_zip(many), why));
  EXPECT_EQ(why, "container.bomb");
  EXPECT_FALSE(read_zip(write_zip({{"../../etc/passwd", "x"}}), why));
  EXPECT_EQ(why, "container.names");
  EXPECT_FALSE(read_zip("PK\x03\x04 but no more", why));
  EXPECT_EQ(why, "format.malformed");
  EXPECT_EQ(make_container({{"META-INF/x", "", ""}}, t.who, {t.signed_at, {}, {}}).why().code,
            "signatures.names");
}

}  // namespace
