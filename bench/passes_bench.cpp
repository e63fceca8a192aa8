// What a voice that nobody can trace costs, in one thread: level 1 by blind RSA (RFC 9474, 3072
// bits) beside level 2 by ARC(P-256) (draft-yun-cfrg-arc-01). Each step is repeated for two
// seconds; `octets` is what crosses the network for it. A pass is issued once a quarter, a token
// once an ask, so what an ask costs is the last two lines of level 2 and all of level 1.
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "madang/trust/arc.hpp"
#include "madang/trust/blind_rsa.hpp"

using namespace madang::trust;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr auto how_long = std::chrono::seconds(2);

void measure(const char* name, std::size_t octets, const std::function<bool()>& once) {
  if (!once()) throw std::runtime_error(std::string(name) + " fails");
  int n = 0;
  const auto begun = clock_type::now();
  while (clock_type::now() - begun < how_long) {
    once();
    ++n;
  }
  const double took = std::chrono::duration<double>(clock_type::now() - begun).count();
  std::printf("%-34s %9.3f ms %10.0f /s %6zu octets\n", name, took / n * 1000, n / took, octets);
}

void blind_tokens() {
  const auto by = blind_rsa::signer::generate();
  const auto open = by.public_half();
  const auto prepared = blind_rsa::prepare(view_of("madang-voice/1"));
  const auto blinded = blind_rsa::blind(open, prepared);
  const auto made = *by.blind_sign(blinded.blinded);
  const auto signature = *blind_rsa::finalize(open, prepared, made, blinded.inverse);
  measure("1 blind RSA: client asks", blinded.blinded.size(),
          [&] { return !blind_rsa::blind(open, prepared).blinded.empty(); });
  measure("1 blind RSA: house signs", made.size(),
          [&] { return by.blind_sign(blinded.blinded).ok(); });
  measure("1 blind RSA: client finishes", 0, [&] {
    return blind_rsa::finalize(open, prepared, made, blinded.inverse).ok();
  });
  measure("1 blind RSA: house verifies", signature.size() + prepared.size(),
          [&] { return open.verify(prepared, signature); });
}

void passes() {
  const auto by = arc::issuer::generate();
  const auto open = by.public_key();
  const auto quarter = view_of("madang-voice/2 2026-4"), ask = view_of("madang-voice/2 ask"),
             said = view_of("madang-voice/2 ask back + 1");
  const auto asked = arc::request(quarter);
  const auto made = *by.respond(asked.request);
  const auto pass = *arc::finalize(open, asked.request, asked.secrets, made);
  const auto shown = *arc::present(pass, ask, said);
  measure("2 ARC: client asks, a quarter", asked.request.size(),
          [&] { return !arc::request(quarter).request.empty(); });
  measure("2 ARC: house issues, a quarter", made.size(),
          [&] { return by.respond(asked.request).ok(); });
  measure("2 ARC: client finishes, a quarter", 0, [&] {
    return arc::finalize(open, asked.request, asked.secrets, made).ok();
  });
  measure("2 ARC: client shows, an ask", shown.size(),
          [&] { return arc::present(pass, ask, said).ok(); });
  measure("2 ARC: house verifies, an ask", 0,
          [&] { return by.verify(quarter, ask, shown, said).ok(); });
}

}  // namespace

int main() {
  blind_tokens();
  passes();
}
