// SD-JWT beside what one core signs and verifies with P-256, in the same run:
//   sign, verify     a signature over 600 octets: the limit
//   issue            an SD-JWT VC of eight claims, nested and in a list (RFC 9901)
//   show             one claim of it with key binding
//   check            that presentation: two signatures, disclosures, binding
//   status           a list of 32,768 statuses with 1 % revoked: packed and signed
#include <cstdio>
#include <ctime>

#include "madang/credentials/sd_jwt.hpp"
#include "madang/credentials/status_list.hpp"

using namespace madang;
using namespace madang::credentials;

namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

template <class F>
double rate(int times, F f) {
  const double begun = cpu_seconds();
  for (int i = 0; i < times; ++i) f(i);
  return times / (cpu_seconds() - begun);
}

void say(const char* what, double per_second, double limit) {
  std::printf("%-8s %8.0f per core-second   %4.0f %% of the limit\n", what, per_second,
              100 * per_second / limit);
}

}  // namespace

int main() {
  const auto issuer = trust::key::generate(), holder = trust::key::generate();
  const json::object claims{
      {"iss", "https://gov.example"},
      {"iat", 1'795'000'000},
      {"exp", 1'797'600'000},
      {"vct", "https://gov.example/credentials/types/resident-register"},
      {"name", "김하윤"},
      {"birthdate", "1988-04-12"},
      {"address", "서울특별시 종로구 청운효자동 1"},
      {"age_over", json::object{{"14", true}, {"19", true}, {"65", false}}},
      {"members", json::array{"김하윤", "정유진", "정도윤"}},
      {"cnf", json::object{{"jwk", trust::jose::jwk::of(holder.verifier()).write()}}}};
  const concealed hidden{{"/name", "/birthdate", "/address", "/age_over", "/age_over/14",
                          "/age_over/19", "/age_over/65", "/members", "/members/0",
                          "/members/1", "/members/2"},
                         0};
  const std::string text(600, 'x');
  const double signing = rate(20'000, [&](int) { (void)issuer.sign(trust::view_of(text)); });
  const auto signature = issuer.sign(trust::view_of(text));
  const auto key = issuer.verifier();
  const double verifying = rate(8'000, [&](int) {
    check(key.verify(trust::view_of(text), signature), "verifies");
  });
  say("sign", signing, signing);
  say("verify", verifying, verifying);
  const auto whole = *issue_sd_jwt(issuer, "k", "dc+sd-jwt", claims, hidden);
  say("issue", rate(5'000, [&](int) {
        check(issue_sd_jwt(issuer, "k", "dc+sd-jwt", claims, hidden).ok(), "issued");
      }),
      signing);
  const instant at{1'795'000'100'000'000};
  const binding to{"https://shop.example", "n", at};
  const auto part = bind(*shown(whole, {"/age_over/19"}), holder, to);
  say("show", rate(5'000, [&](int) { (void)bind(*shown(whole, {"/age_over/19"}), holder, to); }),
      signing);
  const std::vector<trust::jose::jwk> keys{trust::jose::jwk::of(issuer.verifier())};
  say("check", rate(3'000, [&](int) {
        check(verify_sd_jwt(part, keys, at, wanted_binding{"https://shop.example", "n"}).ok(),
              "verified");
      }),
      verifying / 2);
  status_list list(1, 32'768);
  for (std::size_t i = 0; i < list.size(); i += 100) list.set(i, 1);
  std::printf("%-8s %8.0f per core-second   %zu octets packed\n", "status",
              rate(500, [&](int) { (void)list.write(); }), json::print(list.write()).size());
}
