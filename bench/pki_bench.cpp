// What an authority does in a second of one core, beside the primitive that it cannot do without (a
// P-256 signature of OpenSSL). Without network and store: certificates issued with their lint,
// answers of OCSP signed and kept, time stamps, paths proven.
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "madang/base/base.hpp"
#include "madang/pki/authority.hpp"
#include "madang/pki/path.hpp"
#include "madang/trust/key.hpp"

namespace {

using namespace madang;

const std::shared_ptr<pki::authorities>& all() {
  static const auto made = [] {
    const auto folder = std::filesystem::temp_directory_path() / ("pki-bench-" + random_token(9));
    const pki::hierarchy_plan plan{
        "national",
        {"시험", "Test"},
        {"시험", "Test"},
        {{"one", "1.3.6.1.4.1.32473.1", {"하나", "One"}, {"하나", "One"}}}};
    auto opened = pki::authorities::open_or_create(folder, "secret", {plan}, "http://ca.example");
    std::filesystem::remove_all(folder);
    return *opened;
  }();
  return made;
}

pki::certificate_plan a_person() {
  pki::certificate_plan p;
  p.subject.name = {"김하윤", "Kim Hayun"};
  p.subject.number = "P-1";
  p.key = pki::signing_key::generate().public_der();
  p.from = now();
  return p;
}

// Work for two seconds of the processor's time, and how often it was done in one.
template <class Work>
double rate(Work work) {
  work();
  const std::clock_t begun = std::clock(), end = begun + 2 * CLOCKS_PER_SEC;
  std::int64_t n = 0;
  while (std::clock() < end) {
    for (int i = 0; i < 20; ++i) work();
    n += 20;
  }
  return static_cast<double>(n) * CLOCKS_PER_SEC / static_cast<double>(std::clock() - begun);
}

void say(const char* name, double is, double limit) {
  std::printf("%-28s %9.0f/s  %5.2f of a signature\n", name, is, is / limit);
}

trust::bytes sequence(const trust::bytes& content) {
  trust::bytes out{0x30, static_cast<std::uint8_t>(content.size())};
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

// A question about one certificate, as `openssl ocsp -no_nonce` writes it.
trust::bytes question() {
  const auto id = all()->find("one")->certificate_id(*text::from_hex("1234567890abcdef"));
  return sequence(sequence(sequence(sequence(id))));
}

// TimeStampReq of RFC 3161: version 1, a hash of SHA-256, certReq.
trust::bytes stamp_question() {
  trust::bytes asked{0x30, 0x39, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                     0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
  asked.resize(asked.size() + 32, 0xab);
  asked.insert(asked.end(), {0x01, 0x01, 0xff});
  return asked;
}

}  // namespace

int main() {
  const auto* one = all()->find("one");
  const auto* stamper = all()->stamper_of("national");
  const instant at = now();
  const auto key = trust::key::generate();
  const trust::bytes message(200, 7);
  const double limit = rate([&] { (void)key.sign_der(message); });
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  say("P-256 signature", limit, limit);
  const auto plan = a_person();
  say("certificate with lint", rate([&] { check(one->issue(plan).ok(), "issued"); }), limit);
  const auto asked = question();
  const auto good = [](const std::string&) { return pki::status{pki::status::is::good, "", {}}; };
  say("OCSP, signed each time", rate([&] {
        one->forget("1234567890abcdef");
        check(one->ocsp(asked, good, at).kept, "an answer about one certificate");
      }),
      limit);
  say("OCSP, kept", rate([&] { check(one->ocsp(asked, good, at).kept, "kept"); }), limit);
  const auto wanted = stamp_question();
  say("time stamp",
      rate([&] { check(stamper->answer(wanted, at).size() > 500, "a stamp, no rejection"); }),
      limit);
  pki::path_question q;
  q.end = *one->issue(plan);
  q.helpers = {one->certificate()};
  q.anchors = all()->roots();
  q.check_revocation = false;
  q.at = now();
  say("path of three, proven", rate([&] { check(pki::validate(q).valid, "a path"); }), limit);
}
