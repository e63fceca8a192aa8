#include <gtest/gtest.h>

#include "../src/xades.hpp"
#include "../src/zip.hpp"
#include "town.hpp"

using namespace madang;
using namespace madang::signatures;
using namespace madang::signatures::town;

namespace {

const std::string permit =
    "<?xml version=\"1.0\"?>\n<permit xmlns=\"urn:town\" xmlns:g=\"urn:town:goods\" Id=\"p1\">\n"
    "  <holder>Kim Haneul</holder>\n  <g:amount unit=\"KRW\">1000</g:amount>\n</permit>\n";

struct an_xml_paper : ::testing::Test {
  static const struct town& place() {
    static const struct town t;
    return t;
  }
  const struct town& t = place();
  std::string b = *sign_xades(permit, t.who, {t.signed_at, "S1"});
  std::string bt = *xades_with_stamp(b, t.at_signing);
  std::string blt = *xades_with_evidence(bt, t.proof());
  std::string blta = *xades_with_archive_stamp(blt, t.at_archiving);

  policy with_lists(std::string_view at = "2026-06-03") const {
    policy p = t.asked(at);
    p.lists = t.proof().lists;
    return p;
  }
  static std::string with(std::string s, const std::string& was, const std::string& is) {
    const std::size_t at = s.find(was);
    EXPECT_NE(at, std::string::npos) << was;
    return s.replace(at, was.size(), is);
  }
};

TEST_F(an_xml_paper, reaches_each_level) {
  auto r = verify(b, with_lists());
  EXPECT_EQ(r.is, indication::total_passed) << said(r) << b;
  EXPECT_EQ(r.signatures[0].level, level::b);
  EXPECT_EQ(r.signatures[0].signer, "Kim Haneul");
  EXPECT_EQ(r.signatures[0].claimed->str(), "2026-06-01T09:00:00.000Z");
  r = verify(bt, with_lists());
  EXPECT_EQ(r.signatures[0].level, level::t) << said(r);
  r = verify(blt, t.asked());
  EXPECT_EQ(r.signatures[0].level, level::lt) << said(r);
  r = verify(blta, t.asked());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].level, level::lta) << said(r);
}

TEST_F(an_xml_paper, is_renewed_and_lost_without) {
  EXPECT_EQ(verify(blta, t.asked("2029-06-01")).is, indication::indeterminate);
  const person later = issue({"Clock of 2028", kind_of::stamper, "2028-01-01", "2033-01-01"},
                             &t.root);
  const auto renewed =
      xades_with_archive_stamp(blta, clock_at(later, day("2028-06-01")), "SHA512");
  auto r = verify(*renewed, t.asked("2031-01-01"));
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
}

TEST_F(an_xml_paper, fails_when_it_is_changed) {
  auto r = verify(with(b, ">1000<", ">9000<"), with_lists());
  EXPECT_EQ(r.is, indication::total_failed);
  EXPECT_EQ(r.signatures[0].sub, "HASH_FAILURE") << said(r);
  r = verify(with(b, "2026-06-01T09", "2026-06-02T09"), with_lists());
  EXPECT_EQ(r.is, indication::total_failed) << "its own properties are signed";
  r = verify(with(b, "xmldsig-more#ecdsa-sha256", "xmldsig-more#ecdsa-sha384"), with_lists());
  EXPECT_EQ(r.signatures[0].sub, "SIG_CRYPTO_FAILURE") << said(r);
}

TEST_F(an_xml_paper, cannot_be_wrapped) {
  // Signed is the part with Id p1; the forger keeps it aside and shows another.
  std::string part = with(b, "<ds:Reference URI=\"\">", "<ds:Reference URI=\"#p1\">");
  EXPECT_NE(verify(part, with_lists()).is, indication::total_passed) << "the reference is signed";
  const auto outer = [&](const std::string& inner) {
    return "<order>" + inner + "<amount>9</amount></order>";
  };
  const std::string kept = b.substr(b.find("<permit"));
  // "" is the whole document, so what is wrapped is no longer what was signed.
  EXPECT_EQ(verify(outer(kept), with_lists()).is, indication::total_failed);
  // An Id that is there twice leads nowhere.
  const auto twice = verify(with(b, "<holder>", "<holder Id=\"S1-properties\">"), with_lists());
  EXPECT_EQ(twice.is, indication::total_failed) << said(twice);
}

TEST_F(an_xml_paper, with_xpath_or_a_document_type_is_not_read) {
  const auto r = verify(with(b, tree::enveloped, "http://www.w3.org/TR/1999/REC-xslt-19991116"),
                        with_lists());
  EXPECT_NE(r.is, indication::total_passed);
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY l \"lol\">";
  for (int i = 0; i < 20; ++i) {
    bomb += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int k = 0; k < 10; ++k) bomb += i ? "&l" + std::to_string(i - 1) + ";" : "&l;";
    bomb += "\">";
  }
  bomb += "]><a>&l19;</a>";
  EXPECT_TRUE(verify(bomb, t.asked()).has("format.malformed"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  EXPECT_TRUE(verify(deep, t.asked()).has("format.malformed"));
}

TEST_F(an_xml_paper, holds_for_xmlsec) {
  if (!judges::have("xmlsec1")) GTEST_SKIP() << "xmlsec1 (Debian: xmlsec1) is not here";
  const judges j;
  j.pem("root.pem", {t.root});
  for (const auto* xml : {&b, &bt, &blt, &blta}) {
    j.put("paper.xml", *xml);
    const char* verify_it =
        "xmlsec1 --verify --trusted-pem root.pem --verification-time '2026-06-03 00:00:00' "
        "--id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties paper.xml";
    const auto [status, log] = j.run(verify_it);
    EXPECT_EQ(status, 0) << log;
    j.put("paper.xml", with(*xml, ">1000<", ">9000<"));
    EXPECT_NE(j.run(verify_it).first, 0);
  }
}

TEST_F(an_xml_paper, of_xmlsec_is_read) {
  if (!judges::have("xmlsec1")) GTEST_SKIP() << "xmlsec1 (Debian: xmlsec1) is not here";
  const judges j;
  owned<BIO, BIO_free_all> out(BIO_new_file((j.folder() / "kim.key").c_str(), "w"));
  PEM_write_bio_PrivateKey(out.get(), t.kim.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  out.reset();
  j.pem("kim.pem", {t.kim});
  const auto made = [&](const std::string& c14n) {
    j.put("template.xml",
          "<permit xmlns='urn:town'><a b='1'  a='2'/>\n<!-- c --><ds:Signature xmlns:ds='" +
              std::string(tree::ds) + "'><ds:SignedInfo><ds:CanonicalizationMethod Algorithm='" +
              c14n + "'/><ds:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more"
              "#ecdsa-sha256'/><ds:Reference URI=''><ds:Transforms><ds:Transform Algorithm='" +
              tree::enveloped + "'/><ds:Transform Algorithm='" + c14n +
              "'/></ds:Transforms><ds:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc"
              "#sha256'/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>"
              "<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>"
              "</ds:Signature></permit>");
    const auto [status, log] =
        j.run("xmlsec1 --sign --privkey-pem kim.key,kim.pem --output signed.xml template.xml");
    EXPECT_EQ(status, 0) << log;
    std::ifstream in(j.folder() / "signed.xml", std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  };
  policy p = with_lists();
  p.certificates = {t.authority.der()};
  for (const char* c14n : {tree::exclusive, tree::inclusive, tree::inclusive_11}) {
    const auto r = verify(made(c14n), p);
    EXPECT_EQ(r.is, indication::total_passed) << c14n << said(r);
    EXPECT_TRUE(r.has("binding.missing"));
  }
}

}  // namespace
