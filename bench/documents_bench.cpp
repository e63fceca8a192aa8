// Official paper per core-second, beside the limits of the same machine at the same moment: what
// OpenSSL signs and verifies with P-256, and what it hashes. CPU time of this thread, so that other
// jobs on the machine count for little.
// documents_bench [seconds a row = 2] [only rows with this in their name]
#include <cstdio>
#include <ctime>
#include <string_view>

#include "madang/documents/examine.hpp"
#include "madang/trust/cms.hpp"
#include "sample_set.hpp"

using namespace madang;
using namespace madang::documents;

namespace {

double seconds_each = 2;
std::string_view only;

double cpu() {
  std::timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

template <class Work>
double rate(const char* name, Work&& work, double bar = 0) {
  if (std::string_view(name).find(only) == std::string_view::npos) return 0;
  work();
  long n = 0;
  const double from = cpu();
  double spent = 0;
  do {
    for (int i = 0; i < 16; ++i) work();
    n += 16;
    spent = cpu() - from;
  } while (spent < seconds_each);
  const double per_second = static_cast<double>(n) / spent;
  std::printf("%-46s %10.0f /core-s %9.1f us", name, per_second, 1e6 / per_second);
  if (bar > 0) std::printf("   bar %.0f: %s", bar, per_second >= bar ? "met" : "MISSED");
  std::printf("\n");
  return per_second;
}

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

}  // namespace

int main(int count, char** words_given) {
  if (count > 1) seconds_each = std::strtod(words_given[1], nullptr);
  if (count > 2) only = words_given[2];
  samples::folder f;
  auto h = samples::government(f.path / "pki");
  auto seal = samples::seal_for(*h, "resident-certificate");
  auto believed = h->believed();
  const press p;
  auto s = samples::make("resident-certificate", *seal);
  paper_code::facts facts{s.issue.number, s.kind, *date::parse("2026-11-23"),
                          paper_code::content_mark(canonical(s.data)), {{"성명", "김*윤"}}};
  auto verifier = *seal->certificate.verifier();
  const trust::bytes hash(32, 7), raw = seal->key.sign(hash);
  const auto made = *p.render_and_sign(s.layout, s.data, s.issue, *seal);
  const trust::view whole = trust::view_of(made.pdf);
  must(examine(made.pdf, *believed).verdict == verdict::genuine, "the sample is not genuine");

  rate("limit: ECDSA P-256 sign", [&] { (void)seal->key.sign_der(hash); });
  rate("limit: ECDSA P-256 verify", [&] { must(verifier.verify(hash, raw), "verify"); });
  const double hashes = rate("limit: SHA-256 of one document", [&] { (void)trust::sha256(whole); });
  std::printf("%-46s %10.0f MB/s\n", "", hashes * static_cast<double>(made.pdf.size()) / 1e6);

  rate("code on paper: facts to signed text", [&] { (void)paper_code::encode(facts, *seal); });
  const trust::view ranges[] = {whole};
  rate("CMS: CAdES-B over one document", [&] { (void)trust::sign_cms(*seal, ranges); });
  rate("render without seal", [&] { must(p.draft(s.layout, s.data, s.issue).ok(), "draft"); });
  rate("render and sign, code given", [&] {
    must(p.render_and_sign(s.layout, s.data, s.issue, *seal).ok(), "sign");
  });
  rate("issue: code, render, sign (PDF/A-1b, PAdES)", [&] {
    s.issue.code = paper_code::encode(facts, *seal);
    must(p.render_and_sign(s.layout, s.data, s.issue, *seal).ok(), "issue");
  }, 1500);
  rate("rebuild from data and signature", [&] {
    must(p.rebuild(s.layout, s.data, s.issue, made.cms).ok(), "rebuild");
  });
  rate("verify: examine an uploaded document", [&] {
    must(examine(made.pdf, *believed).verdict == verdict::genuine, "examine");
  }, 2000);
  std::printf("%zu octets a document\n", made.pdf.size());
}
