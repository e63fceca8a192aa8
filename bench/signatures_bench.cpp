// Signatures per core-second, beside the primitives that they cannot do without: what OpenSSL signs
// and verifies with P-256 in the same run. CPU time of this thread.
//
//   signatures_bench [seconds a row = 2]
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "madang/base/base.hpp"
#include "town.hpp"

namespace {

using namespace madang;
using namespace madang::signatures;
using namespace madang::signatures::town;

double seconds_each = 2;

double cpu() {
  std::timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

template <class Work>
double rate(Work&& work) {
  work();
  const double begun = cpu();
  std::int64_t n = 0;
  while (cpu() - begun < seconds_each) {
    for (int i = 0; i < 10; ++i) work();
    n += 10;
  }
  return static_cast<double>(n) / (cpu() - begun);
}

void say(const char* name, double is, double limit, const char* of) {
  std::printf("%-34s %9.0f/s  %5.2f of %s\n", name, is, is / limit, of);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) seconds_each = std::atof(argv[1]);
  const struct town t;
  const std::string paper(10'000, 'x');
  const trust::view message = trust::view_of(paper);
  const trust::bytes made = t.who.sign(message);
  const double signs = rate([&] { (void)t.who.sign(message); });
  const double verifies = rate([&] {
    owned_hash h(EVP_MD_CTX_new());
    must(EVP_DigestVerifyInit(h.get(), nullptr, EVP_sha256(), nullptr, t.kim.key.get()) == 1 &&
             EVP_DigestVerify(h.get(), made.data(), made.size(), message.data(),
                              message.size()) == 1,
         "EVP_DigestVerify");
  });
  std::printf("limit: EVP P-256 over 10 KB: %.0f signatures/s, %.0f verified/s\n", signs, verifies);
  say("CAdES B-B signed", rate([&] { (void)sign_cades(t.who, paper, {false, t.signed_at, {}}); }),
      signs, "a signature");
  policy p = t.asked();
  p.lists = t.proof().lists;
  const auto b = sign_cades(t.who, paper, {false, t.signed_at, {}});
  const std::string cms(b.begin(), b.end());
  say("CAdES B-B verified", rate([&] { (void)verify_cms(cms, p, paper); }), verifies,
      "a verification");
  std::string pdf =
      "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages"
      "/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\n"
      "endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n"
      "0000000105 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n168\n%%EOF\n";
  const auto sealed = sign_pades(pdf, t.who, {t.signed_at, "Signature1", "", 0}, {});
  check(sealed.ok(), "the sample is a PDF");
  const std::string kept = *sealed + *pades_extension(*sealed, t.proof(), t.at_archiving);
  check(verify_pdf(kept, p).is == indication::total_passed, "the sample holds");
  say("PAdES B-B verified", rate([&] { (void)verify_pdf(*sealed, p); }), verifies,
      "a verification");
  // Eight signatures are in it: of the paper, of the stamp, of three certificates and three lists.
  say("PAdES B-LTA verified", rate([&] { (void)verify_pdf(kept, p); }), verifies,
      "a verification");
  return 0;
}
