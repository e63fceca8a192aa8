#include "madang/assembly/invented.hpp"

namespace madang::assembly {

result<voices::token> invented_token(voices::token_office& office, const audit::access& why,
                                     const voices::ask& a, const std::string& bucket, instant at) {
  namespace blind = trust::blind_rsa;
  const auto key = office.key_for(a, bucket, at);
  if (!key) return key.why();
  const auto by = blind::verifier::from_der(key->spki);
  if (!by) return by.why();
  const auto lock = text::hex(trust::sha256(trust::random_bytes(32)));
  const std::string words = voices::token_message{a.key, bucket, lock}.str();
  auto prepared = blind::prepare(trust::view_of(words));
  const auto made = blind::blind(*by, prepared);
  const auto got = office.issue(why, a, bucket, bucket, made.blinded, at);
  if (!got) return got.why();
  auto signature = blind::finalize(*by, prepared, *got, made.inverse);
  if (!signature) return signature.why();
  return voices::token{std::move(prepared), std::move(*signature)};
}

result<voices::shown_pass> invented_pass(voices::pass_office& office, const audit::access& why,
                                         const voices::ask& a, voices::saying s, instant at) {
  namespace arc = trust::arc;
  const auto key = office.key_for(a, at);
  if (!key) return key.why();
  const std::string of = "madang-voice/2 " + voices::quarter::of(a.filed).str();
  const auto asked = arc::request(trust::view_of(of));
  const auto got = office.issue(why, a, asked.request, at);
  if (!got) return got.why();
  const auto pass = arc::finalize(key->shown, asked.request, asked.secrets, *got);
  if (!pass) return pass.why();
  voices::shown_pass out{s, '+', at.micros / 1'000, {}};
  const std::string here = "madang-voice/2 " + a.key.str(), said = out.message(a.key);
  auto shown = arc::present(*pass, trust::view_of(here), trust::view_of(said));
  if (!shown) return shown.why();
  out.presentation = std::move(*shown);
  return out;
}

void watch_invented(platform::house& h, const std::string& system, std::function<bool()> done) {
  if (!h.chosen().demonstration) return;
  h.watch(system, [system, done = std::move(done)] {
    platform::house::watched out{system, "up", {}};
    out.gauges.push_back({"madang_" + system + "_demonstration_waiting",
                          "Whether the people of the demonstration are still speaking.",
                          done() ? 0.0 : 1.0});
    return out;
  });
}

}  // namespace madang::assembly
