#pragma once
#include "madang/signon/passkeys.hpp"
#include "madang/trust/cbor.hpp"
#include "madang/trust/jose.hpp"

// An authenticator written after WebAuthn section 6, for tests and benchmarks.
namespace madang::signon {

struct authenticator {
  trust::key key = trust::key::generate();
  std::string credential = text::base64url(trust::view_of("credential"));
  std::uint8_t flags = 5;          // present, verified
  std::string host = "gov.example", origin = "https://gov.example";

  std::string client_data(std::string_view type, const json::object& options) const {
    return text::base64url(trust::view_of(json::print(json::object{
        {"type", type}, {"challenge", options.at("challenge")}, {"origin", origin}})));
  }
  trust::bytes data(std::uint32_t count, bool attested) const {
    const auto hash = trust::sha256(host);
    trust::bytes out(hash.begin(), hash.end());
    out.push_back(static_cast<std::uint8_t>(flags | (attested ? 64 : 0)));
    for (int shift = 24; shift >= 0; shift -= 8)
      out.push_back(static_cast<std::uint8_t>(count >> shift));
    if (!attested) return out;
    const auto id = *trust::jose::from_base64url(credential);
    out.insert(out.end(), 16, 0);
    out.push_back(0);
    out.push_back(static_cast<std::uint8_t>(id.size()));
    out.insert(out.end(), id.begin(), id.end());
    const auto point = key.verifier().point();
    const auto cose = trust::cbor::write(trust::cbor::map{
        {1, 2}, {3, -7}, {-1, 1},
        {-2, trust::bytes(point.begin() + 1, point.begin() + 33)},
        {-3, trust::bytes(point.begin() + 33, point.end())}});
    out.insert(out.end(), cose.begin(), cose.end());
    return out;
  }
  registration made(const json::object& options) const {
    const auto object = trust::cbor::write(trust::cbor::map{
        {"fmt", "none"}, {"attStmt", trust::cbor::map{}}, {"authData", data(0, true)}});
    return {client_data("webauthn.create", options), text::base64url(object)};
  }
  assertion shown(const json::object& options, const std::string& handle,
                  std::uint32_t count) const {
    const auto said = client_data("webauthn.get", options);
    auto signed_text = data(count, false);
    const auto octets = signed_text;
    const auto hash = trust::sha256(*trust::jose::from_base64url(said));
    signed_text.insert(signed_text.end(), hash.begin(), hash.end());
    return {credential, said, text::base64url(octets), text::base64url(key.sign_der(signed_text)),
            handle};
  }
};

}  // namespace madang::signon
