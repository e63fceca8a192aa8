#include <gtest/gtest.h>

#include "../src/pades.hpp"
#include "madang/pdf/update.hpp"
#include "town.hpp"

using namespace madang;
using namespace madang::signatures;
using namespace madang::signatures::town;

namespace {

// The smallest file with a page, a content and a text field.
std::string plain_pdf() {
  const std::vector<std::string> bodies = {
      "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[5 0 R]>>>>",
      "<</Type/Pages/Kids[3 0 R]/Count 1>>",
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200.5 200]/Contents 4 0 R/Annots[5 0 R]>>",
      "<</Length 20>>\nstream\n0 0 m 100 100 l S   \nendstream",
      "<</Type/Annot/Subtype/Widget/FT/Tx/T(Name)/V(Kim)/Rect[10 10 90 30]/P 3 0 R>>"};
  std::string out = "%PDF-1.7\n", table = "xref\n0 6\n0000000000 65535 f \n";
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    char row[32];
    std::snprintf(row, sizeof row, "%010zu 00000 n \n", out.size());
    table += row;
    out += std::to_string(i + 1) + " 0 obj\n" + bodies[i] + "\nendobj\n";
  }
  return out + table + "trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n" +
         std::to_string(out.size()) + "\n%%EOF\n";
}

// A later revision in which these objects are new.
std::string revised(const std::string& pdf, const std::map<std::uint32_t, std::string>& objects) {
  const auto f = pdf::file::open(pdf);
  pdf::update u(*f);
  for (const auto& [n, body] : objects) u.replace(n, body);
  return pdf + u.finish().octets;
}

struct a_paper : ::testing::Test {
  static const struct town& place() {
    static const struct town t;
    return t;
  }
  const struct town& t = place();
  std::string plain = plain_pdf();
  std::string b = *sign_pades(plain, t.who, {t.signed_at, "Signature1", "", 0}, {});
  std::string bt = *sign_pades(plain, t.who, {t.signed_at, "Signature1", "", 0}, t.at_signing);
  std::string blt = bt + *pades_extension(bt, t.proof(), {});
  std::string blta = b + *pades_extension(b, t.proof(), t.at_archiving);

  policy with_lists(std::string_view at = "2026-06-03") const {
    policy p = t.asked(at);
    p.lists = t.proof().lists;
    return p;
  }
  std::string certified(int permission) const {
    return *sign_pades(plain, t.who, {t.signed_at, "Signature1", "", permission}, {});
  }
  signature first(const std::string& pdf) const {
    auto r = verify_pdf(pdf, with_lists());
    return r.signatures.empty() ? signature() : r.signatures.front();
  }
};

const char* const filled_field =
    "<</Type/Annot/Subtype/Widget/FT/Tx/T(Name)/V(Park)/Rect[10 10 90 30]/P 3 0 R>>";

TEST_F(a_paper, reaches_each_level) {
  EXPECT_EQ(first(b).level, level::b) << said(verify_pdf(b, with_lists()));
  EXPECT_EQ(first(bt).level, level::t) << said(verify_pdf(bt, with_lists()));
  auto r = verify_pdf(blt, t.asked());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].level, level::lt) << said(r);
  EXPECT_TRUE(r.has("later.evidence"));
  r = verify_pdf(blta, t.asked());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  ASSERT_EQ(r.signatures.size(), 2u);
  EXPECT_EQ(r.signatures[0].level, level::lta) << said(r);
  EXPECT_EQ(r.signatures[0].proven->str(), "2026-06-02T00:00:00.000Z");
  EXPECT_EQ(r.signatures[1].format, "time stamp");
  EXPECT_EQ(r.signatures[1].signer, "Town Clock");
}

TEST_F(a_paper, is_renewed_by_one_more_stamp_and_lost_without) {
  EXPECT_EQ(verify_pdf(blta, t.asked("2029-06-01")).is, indication::indeterminate);
  const person later = issue({"Clock of 2028", kind_of::stamper, "2028-01-01", "2033-01-01"},
                             &t.root);
  const std::string renewed =
      blta + *pades_extension(blta, {}, clock_at(later, day("2028-06-01")), "SHA512");
  auto r = verify_pdf(renewed, t.asked("2031-01-01"));
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures[0].level, level::lta);
  policy without_sha256 = t.asked("2032-01-01");
  without_sha256.dead["SHA256"] = day("2031-06-01");
  EXPECT_EQ(verify_pdf(renewed, without_sha256).is, indication::indeterminate)
      << "the stamp over SHA-512 is itself signed with SHA-256";
}

TEST_F(a_paper, does_not_hold_with_any_octet_changed_that_was_signed) {
  const std::size_t from = b.find("/Contents<"), to = b.find('>', from);
  for (std::size_t i = 9; i < b.size(); i += 7) {
    if (i > from && i < to) continue;
    std::string bent = b;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_NE(verify_pdf(bent, with_lists()).is, indication::total_passed) << i;
  }
}

TEST_F(a_paper, may_be_filled_in_where_the_signer_let_it) {
  auto s = first(revised(b, {{5, filled_field}}));
  EXPECT_EQ(s.is, indication::total_passed);
  EXPECT_TRUE(s.has("later.filled"));
  EXPECT_EQ(first(revised(certified(2), {{5, filled_field}})).is, indication::total_passed);
  s = first(revised(certified(1), {{5, filled_field}}));
  EXPECT_EQ(s.is, indication::total_failed);
  EXPECT_TRUE(s.has("later.not_permitted"));
}

TEST_F(a_paper, may_be_annotated_only_where_the_signer_let_it) {
  const auto noted = [&](const std::string& pdf) {
    const auto f = pdf::file::open(pdf);
    pdf::dictionary page = *f->get(3).as<pdf::dictionary>();
    pdf::update u(*f);
    const auto note = u.add("<</Type/Annot/Subtype/Text/Rect[0 0 10 10]/Contents(Hm)>>");
    for (auto& m : page.members)
      if (m.first == "Annots") {
        auto all = *m.second.as<pdf::array>();
        all.push_back(pdf::object{pdf::reference{note, 0}});
        m.second = pdf::object{all};
      }
    u.replace(3, pdf::written(page));
    return pdf + u.finish().octets;
  };
  EXPECT_TRUE(first(noted(certified(3))).has("later.annotated"));
  EXPECT_EQ(first(noted(certified(3))).is, indication::total_passed);
  EXPECT_TRUE(first(noted(certified(2))).has("later.not_permitted"));
  EXPECT_TRUE(first(noted(b)).has("later.not_permitted"));
}

TEST_F(a_paper, may_not_get_another_content) {
  auto s = first(revised(b, {{4, "<</Length 1>>\nstream\nQ\nendstream"}}));
  EXPECT_EQ(s.is, indication::total_failed);
  EXPECT_TRUE(s.has("later.forbidden"));
  EXPECT_TRUE(first(b + "%hidden\n").has("later.hidden"));
}

TEST_F(a_paper, may_be_signed_by_a_second) {
  auto two = sign_pades(b, t.who, {t.signed_at, "Signature2", "", 0}, {});
  ASSERT_TRUE(two);
  auto r = verify_pdf(*two, with_lists());
  EXPECT_EQ(r.is, indication::total_passed) << said(r);
  EXPECT_EQ(r.signatures.size(), 2u);
  EXPECT_EQ(sign_pades(b, t.who, {t.signed_at, "Signature1", "", 0}, {}).why().code,
            "signatures.field");
}

TEST_F(a_paper, holds_for_pdfsig_and_mutool) {
  const judges j;
  for (const auto* pdf : {&b, &bt, &blt, &blta}) {
    const std::string file = j.put("paper.pdf", *pdf);
    if (judges::have("pdfsig")) {
      const auto [status, log] = j.run("pdfsig -nocert paper.pdf");
      EXPECT_NE(log.find("Signature is Valid."), std::string::npos) << log;
      EXPECT_NE(log.find("ETSI.CAdES.detached"), std::string::npos) << log;
      EXPECT_EQ(log.find("Document has been"), std::string::npos) << log;
    }
    if (judges::have("mutool")) {
      const auto [status, log] = j.run("mutool sign -v paper.pdf");
      // It does not know that validation material may be appended.
      const bool grew = pdf == &blt || pdf == &blta;
      EXPECT_NE(log.find(grew ? "The signature is valid but there have been edits since signing."
                              : "The document is unchanged since signing."),
                std::string::npos)
          << log;
    }
    if (judges::have("qpdf")) {
      EXPECT_EQ(j.run("qpdf --check paper.pdf").first, 0) << j.run("qpdf --check paper.pdf").second;
    }
  }
}

// What pyHanko's own tests expect of its files (MatthiasValvekens/pyHanko, pkgs/pyhanko/tests:
// test_diff_analysis.py, test_signing.py, test_pades.py), where they say it.
struct expected_verdict {
  const char *file, *at;
  std::vector<indication> is;         // in order of signing
  const char* code;                   // a reason that has to be among them
  level reached = level::none;        // of the first
};

std::vector<expected_verdict> verdicts() {
  constexpr auto passed = indication::total_passed, failed = indication::total_failed,
                 unsure = indication::indeterminate;
  const std::vector<indication> good{passed}, bad{failed}, first_bad{failed, passed},
      both{passed, passed};
  return {
      {"tail-uncovered.pdf", "2021-11-28", bad, "range.uncovered"},
      {"weird-byterange.pdf", "2021-11-28", bad, "range.gap"},
      {"signature-gap-too-big.pdf", "2021-11-28", bad, "range.gap"},
      {"one-byterange.pdf", "2021-11-28", bad, "range.byte_range"},
      {"form-update-override-appearance-stream.pdf", "2020-11-02", both, "later.filled"},
      {"form-update-override-appearance-stream-ap-indirect.pdf", "2020-11-02", both,
       "later.filled"},
      {"form-update-no-override-appearance-stream-ap-indirect.pdf", "2020-11-02", both,
       "later.filled"},
      {"form-update-original-ap-type-wrong.pdf", "2020-11-02", both, "later.filled"},
      {"form-update-override-appearance-stream-sneaky.pdf", "2020-11-02", first_bad,
       "later.forbidden"},
      {"form-update-override-appearance-stream-ap-indirect-sneaky.pdf", "2020-11-02", first_bad,
       "later.forbidden"},
      {"form-update-no-override-appearance-stream-ap-indirect-sneaky.pdf", "2020-11-02",
       first_bad, "later.forbidden"},
      {"form-update-ap-indirect-sneaky-trailer.pdf", "2020-11-02", first_bad, "later.forbidden"},
      // By another authority, which is in none of the folders.
      {"minimal-signed-twice-no-sig-type.pdf", "2020-11-03", {unsure, unsure}, "later.filled"},
      {"pades-with-old-style-signing-cert-attr.pdf", "2021-08-19", good, "", level::b},
      {"pades-with-old-style-signing-cert-attr-issser.pdf", "2021-08-19", good, "", level::b},
      {"pdf-sig-with-econtent.pdf", "2023-11-22", bad, "range.uncovered"},
      {"certified-with-indirect-refs-in-dir.pdf", "2020-11-02", good, "", level::b},
      {"pades-lta-dss-indirect-arrs-test.pdf", "2020-11-02", both, "later.evidence", level::lta},
  };
}

TEST(papers_of_pyhanko, are_judged_as_their_makers_say) {
  const char* suites = std::getenv("MADANG_SUITES");
  const std::filesystem::path folder =
      std::filesystem::path(suites ? suites : "../shared/suites") / "trust/pades";
  if (!std::filesystem::exists(folder / "NOTE.txt"))
    GTEST_SKIP() << "pyHanko's papers (github.com/MatthiasValvekens/pyHanko) are not here";
  const auto read = [](const std::filesystem::path& p) {
    std::ifstream in(p, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  };
  policy p;
  for (const auto& e : std::filesystem::recursive_directory_iterator(folder / "testing-ca")) {
    if (!e.path().string().ends_with(".cert.pem")) continue;
    auto c = trust::certificate::from_pem(read(e.path()));
    if (!c) continue;
    if (e.path().filename() == "root.cert.pem") p.anchors.push_back(c->der());
    else p.certificates.push_back(c->der());
  }
  p.revocation_needed = false;
  for (const auto& e : verdicts()) {
    p.at = day(e.at);
    const auto r = verify_pdf(read(folder / e.file), p);
    std::vector<indication> got;
    bool has = std::string_view(e.code).empty();
    for (const auto& s : r.signatures) {
      got.push_back(s.is);
      for (const auto& x : s.reasons) has = has || x.code.starts_with(e.code);
    }
    ASSERT_GE(got.size(), e.is.size()) << e.file << "\n" << said(r);
    for (std::size_t i = 0; i < e.is.size(); ++i) EXPECT_EQ(got[i], e.is[i]) << e.file << said(r);
    EXPECT_TRUE(has) << e.file << "\n" << said(r);
    if (e.reached != level::none) {
      EXPECT_EQ(r.signatures[0].level, e.reached) << e.file << said(r);
    }
  }
}

TEST(papers_of_pyhanko, never_harm_whatever_they_are) {
  const char* suites = std::getenv("MADANG_SUITES");
  const std::filesystem::path folder =
      std::filesystem::path(suites ? suites : "../shared/suites") / "trust/pades";
  if (!std::filesystem::exists(folder / "NOTE.txt"))
    GTEST_SKIP() << "pyHanko's papers (github.com/MatthiasValvekens/pyHanko) are not here";
  int seen = 0;
  for (const auto& e : std::filesystem::directory_iterator(folder)) {
    if (e.path().extension() != ".pdf") continue;
    std::ifstream in(e.path(), std::ios::binary);
    std::ostringstream octets;
    octets << in.rdbuf();
    policy p;
    p.at = day("2026-01-01");
    EXPECT_NE(verify_pdf(octets.str(), p).is, indication::total_passed) << e.path();
    ++seen;
  }
  EXPECT_GE(seen, 100);
}

}  // namespace
