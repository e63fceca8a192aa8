#include <fmt/format.h>
#include <gtest/gtest.h>

#include "madang/documents/examine.hpp"
#include "sample_set.hpp"

using namespace madang;
using namespace madang::documents;

namespace {

struct genuine_paper : ::testing::Test {
  static const documents::press& press() {
    static const documents::press p;
    return p;
  }
  samples::folder f;
  std::shared_ptr<trust::hierarchy> h = samples::government(f.path / "pki");
  std::shared_ptr<const trust::signer> seal = samples::seal_for(*h, "resident-certificate");
  samples::sample s = samples::make("resident-certificate", *seal);
  signed_document made = *press().render_and_sign(s.layout, s.data, s.issue, *seal);
  issue_lookup lookup = [this](const std::string& number) -> std::optional<known_issue> {
    if (number != s.issue.number) return {};
    return known_issue{false, made.pdf};
  };

  report look(const std::string& pdf) { return examine(pdf, *h->believed()); }

  static std::string all(const report& r) {
    std::string out;
    for (const auto& f : r.findings) {
      out += f.code;
      for (const auto& [k, v] : f.facts) out += " " + k + "=" + v;
      out += "; ";
    }
    return out;
  }

  // A revision as an editor appends it: objects, a table, a trailer that points back.
  static std::string append(std::string pdf, const std::map<int, std::string>& objects,
                            const std::string& root = "1 0 R") {
    const std::size_t word = pdf.rfind("startxref");
    const std::string before = std::to_string(std::atol(pdf.c_str() + word + 9));
    std::string table = "xref\n";
    for (const auto& [n, body] : objects) {
      table += fmt::format("{} 1\n{:010} 00000 n \n", n, pdf.size());
      pdf += fmt::format("{} 0 obj\n{}\nendobj\n", n, body);
    }
    const std::size_t at = pdf.size();
    return pdf + table + "trailer\n<</Size 90/Root " + root + "/Info 11 0 R/Prev " + before +
           ">>\nstartxref\n" + std::to_string(at) + "\n%%EOF\n";
  }
  std::string body_of(int n) const {
    const std::string mark = "\n" + std::to_string(n) + " 0 obj\n";
    const std::size_t from = made.pdf.find(mark) + mark.size();
    return made.pdf.substr(from, made.pdf.find("\nendobj", from) - from);
  }
};

TEST_F(genuine_paper, is_rebuilt_octet_for_octet_from_data_and_signature) {
  auto again = press().rebuild(s.layout, s.data, s.issue, made.cms);
  ASSERT_TRUE(again);
  EXPECT_TRUE(*again == made.pdf);
  const documents::press other;   // another node
  EXPECT_TRUE(*other.rebuild(s.layout, s.data, s.issue, made.cms) == made.pdf);
  EXPECT_EQ(other.version(), press().version());
}

TEST_F(genuine_paper, is_genuine) {
  auto r = look(made.pdf);
  EXPECT_EQ(r.verdict, verdict::genuine) << all(r);
  EXPECT_EQ(r.issue_number, "2026-1123-000123");
  ASSERT_EQ(r.signatures.size(), 1u);
  EXPECT_EQ(r.signatures[0].signer, "서울특별시 종로구청장");
  EXPECT_EQ(r.signatures[0].signed_at->str(), "2026-11-23T00:12:07.000Z");
  EXPECT_TRUE(examine(made.pdf, *h->believed(), lookup).has("issue.same_bytes"));
}

TEST_F(genuine_paper, is_unknown_to_who_does_not_know_the_government) {
  auto r = examine(made.pdf, trust::anchors());
  EXPECT_EQ(r.verdict, verdict::unknown);
  EXPECT_TRUE(r.has("chain.no_issuer"));
}

TEST_F(genuine_paper, is_not_genuine_with_any_octet_changed_that_was_signed) {
  // /Contents itself is not signed by PAdES' nature; inside it CMS leaves its version numbers and
  // its list of digests unsigned (RFC 5652 section 5.4).
  const std::size_t from = made.pdf.find("/Contents<"), to = made.pdf.find('>', from);
  for (std::size_t i = 9; i < made.pdf.size(); i += 31) {
    if (i > from && i < to) continue;
    std::string changed = made.pdf;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_NE(look(changed).verdict, verdict::genuine) << i;
  }
}

TEST_F(genuine_paper, is_revoked_with_its_seal) {
  ASSERT_TRUE(h->revoke(seal->certificate.serial(), "keyCompromise", now()));
  auto r = look(made.pdf);
  EXPECT_EQ(r.verdict, verdict::revoked);
  EXPECT_TRUE(r.has("seal.revoked"));
}

TEST_F(genuine_paper, is_revoked_when_the_register_withdrew_it) {
  auto r = examine(made.pdf, *h->believed(), [&](const std::string&) {
    return std::optional(known_issue{true, made.pdf});
  });
  EXPECT_EQ(r.verdict, verdict::revoked);
  EXPECT_TRUE(r.has("issue.withdrawn"));
}

TEST_F(genuine_paper, outlives_its_seal_when_the_register_makes_the_same_octets) {
  const instant late = seal->certificate.valid_until().plus(std::chrono::hours(1));
  EXPECT_EQ(examine(made.pdf, *h->believed(), {}, late).verdict, verdict::unknown);
  EXPECT_EQ(examine(made.pdf, *h->believed(), lookup, late).verdict, verdict::genuine);
}

TEST_F(genuine_paper, has_no_room_for_a_tail) {
  EXPECT_EQ(look(made.pdf + "\n").verdict, verdict::genuine);   // mail programs do that
  auto r = look(made.pdf + "%note\n");
  EXPECT_EQ(r.verdict, verdict::changed);
  EXPECT_TRUE(r.has("revision.hidden")) << all(r);
}

TEST_F(genuine_paper, may_get_validation_material_and_nothing_else) {
  std::string catalog = body_of(1);
  catalog.insert(catalog.size() - 2, "/DSS 80 0 R");
  auto grown = look(append(made.pdf, {{1, catalog}, {80, "<</Type/DSS/Certs[81 0 R]>>"},
                                      {81, "<</Length 1>>\nstream\nx\nendstream"}}));
  EXPECT_EQ(grown.verdict, verdict::genuine) << all(grown);
  EXPECT_TRUE(grown.has("revision.allowed"));

  auto page = look(append(made.pdf, {{12, body_of(12).insert(2, "/Rotate 90")}}));
  EXPECT_EQ(page.verdict, verdict::changed);
  EXPECT_TRUE(page.has("revision.forbidden")) << all(page);

  auto content = look(append(made.pdf, {{13, "<</Length 0>>\nstream\n\nendstream"}}));
  EXPECT_TRUE(content.has("revision.forbidden")) << all(content);

  auto root = look(append(made.pdf, {{80, catalog}}, "80 0 R"));
  EXPECT_TRUE(root.has("revision.forbidden")) << all(root);

  std::string looks = body_of(14);
  looks.replace(looks.find("/F 132"), 6, "/F 130");   // the seal hidden
  EXPECT_TRUE(look(append(made.pdf, {{14, looks}})).has("revision.forbidden"));

  std::string note = body_of(12);
  note.replace(note.find("/Annots["), 8, "/Annots[80 0 R ");
  const std::string free_text = "<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/Contents(new)>>";
  EXPECT_TRUE(
      look(append(made.pdf, {{12, note}, {80, free_text}})).has("revision.forbidden"));

  // The same deeds told by a section that skips the signed one.
  std::string detour = append(made.pdf, {{12, body_of(12).insert(2, "/Rotate 90")}});
  const std::size_t prev = detour.rfind("/Prev ");
  detour.replace(prev, detour.find('>', prev) - prev, "/Prev 9");
  EXPECT_NE(look(detour).verdict, verdict::genuine);
}

TEST_F(genuine_paper, tells_exactly_what_somebody_changed) {
  // Made as a forger would: the same writer, other data, and no seal of the government.
  samples::sample forged = s;
  auto& members = forged.data.as_object()["members"].as_array();
  members[2].as_object()["name"] = "박서진";
  members.erase(members.begin() + 3);
  auto pdf = press().draft(forged.layout, forged.data, forged.issue);
  ASSERT_TRUE(pdf);
  auto r = examine(*pdf, *h->believed(), lookup);
  EXPECT_EQ(r.verdict, verdict::changed);
  EXPECT_TRUE(r.has("issue.unsigned_copy"));
  ASSERT_FALSE(r.changes.empty());
  EXPECT_EQ(r.changes[0].was, "박서준");
  EXPECT_EQ(r.changes[0].is, "박서진");
  std::vector<std::string> gone;
  for (const auto& c : r.changes)
    if (c.is.empty()) gone.push_back(c.was);
  EXPECT_EQ(gone, (std::vector<std::string>{"2021.07.03", "4", "자녀", "박쀼쀼", "201224-4******",
                                            "출생등록"}));
}

TEST_F(genuine_paper, speaks_its_text_in_reading_order) {
  auto lines = text_lines(made.pdf);
  ASSERT_TRUE(lines);
  EXPECT_EQ((*lines)[0], "발급번호 2026-1123-000123");
  EXPECT_EQ((*lines)[1], "주민등록표 (등본)");
  EXPECT_EQ((*lines)[3], "세대주 성명");
  EXPECT_EQ((*lines)[4], "김하윤");
}

TEST(comparison, pairs_what_went_with_what_came) {
  using v = std::vector<std::string>;
  auto changes = compare(v{"a", "b", "c", "d"}, v{"a", "x", "c", "d", "e"});
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].was + ">" + changes[0].is, "b>x");
  EXPECT_EQ(changes[1].was + ">" + changes[1].is, ">e");
  EXPECT_TRUE(compare(v{"a"}, v{"a"}).empty());
}

std::string suite() {
  const char* set = std::getenv("MADANG_SUITES");
  return (set ? set : std::string(MADANG_SOURCE) + "/../shared/suites") + "/trust/pades";
}

// pyHanko's corpus, judged with its own authorities believed, so that nothing is refused merely for
// being a stranger's.
struct pades_corpus : ::testing::Test {
  void SetUp() override {
    if (!samples::fs::is_directory(suite()))
      GTEST_SKIP() << "no suite; it is at github.com/MatthiasValvekens/pyHanko";
    for (const auto& e : samples::fs::recursive_directory_iterator(suite() + "/testing-ca"))
      if (e.path().filename() == "root.cert.pem")
        if (auto c = trust::certificate::from_pem(samples::read(e.path()))) believed.add_root(*c);
  }
  trust::anchors believed;
  // The corpus' certificates run from 2020 to 2022.
  instant at = *instant::parse("2020-12-01T00:00:00.000Z");
  report look(const std::string& name) {
    return examine(samples::read(suite() + "/" + name), believed, {}, at);
  }
};

TEST_F(pades_corpus, is_read_without_harm) {
  int files = 0, found = 0;
  for (const auto& e : samples::fs::directory_iterator(suite())) {
    if (e.path().extension() != ".pdf") continue;
    const std::string pdf = samples::read(e.path());
    auto r = examine(pdf, believed, {}, at);
    found += !r.signatures.empty();
    (void)text_lines(pdf);
    ++files;
    if (std::getenv("MADANG_TELL")) {
      static const char* said[] = {"genuine", "changed", "unknown", "revoked"};
      std::printf("%-60s %s %s\n", e.path().filename().c_str(),
                  said[static_cast<int>(r.verdict)], genuine_paper::all(r).c_str());
    }
  }
  EXPECT_EQ(files, 130);
  EXPECT_GE(found, 20);
}

TEST_F(pades_corpus, traps_that_pdfsig_calls_valid_are_never_genuine) {
  // suites/trust/pades/NOTE.txt and anchors/trust.md section 7 name them.
  for (const char* name :
       {"tail-uncovered.pdf", "weird-byterange.pdf", "one-byterange.pdf",
        "signature-gap-too-big.pdf", "form-update-override-appearance-stream-sneaky.pdf",
        "form-update-override-appearance-stream-ap-indirect-sneaky.pdf",
        "form-update-no-override-appearance-stream-ap-indirect-sneaky.pdf",
        "form-update-ap-indirect-sneaky-trailer.pdf", "pdf-sig-with-econtent.pdf",
        "ed448-disallowed-hash.pdf", "sig-no-signed-attrs.pdf"}) {
    auto r = look(name);
    EXPECT_NE(r.verdict, verdict::genuine) << name << ": " << genuine_paper::all(r);
    EXPECT_FALSE(r.findings.empty()) << name;
  }
}

}  // namespace
