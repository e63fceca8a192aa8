#include "madang/trust/cose.hpp"

namespace madang::trust::cose {
namespace {

constexpr std::uint64_t sign1_tag = 18;
constexpr int alg = 1, kid = 4, es256 = -7;   // RFC 9052 section 3.1, RFC 9053 table 1

// Sig_structure of RFC 9052 section 4.4, with no external data.
bytes to_be_signed(const bytes& protected_header, view payload) {
  return cbor::write(cbor::array{"Signature1", protected_header, bytes{},
                                 bytes(payload.begin(), payload.end())});
}

}  // namespace

bytes sign(const key& k, view key_id, view payload) {
  const bytes header =
      cbor::write(cbor::map{{alg, es256}, {kid, bytes(key_id.begin(), key_id.end())}});
  const bytes signature = k.sign(to_be_signed(header, payload));
  const bytes content(payload.begin(), payload.end());
  return cbor::write(cbor::tag(sign1_tag, cbor::array{header, cbor::map{}, content, signature}));
}

result<signed_one> read(view cose) {
  auto malformed = refuse(kind::invalid, "cose.malformed");
  auto v = cbor::read(cose);
  if (!v) return v.why();
  const auto* t = v->as<cbor::tagged>();
  const auto* parts = t && t->tag == sign1_tag ? t->content->as<cbor::array>() : nullptr;
  if (!parts || parts->size() != 4) return malformed;
  const auto* header = (*parts)[0].as<bytes>();
  const auto* open = (*parts)[1].as<cbor::map>();
  const auto* payload = (*parts)[2].as<bytes>();
  const auto* signature = (*parts)[3].as<bytes>();
  // Nothing may stand outside the signature.
  if (!header || !open || !open->empty() || !payload || !signature) return malformed;
  auto inner = cbor::read(*header);
  if (!inner) return inner.why();
  const cbor::value* algorithm = cbor::find(*inner, alg);
  const cbor::value* id = cbor::find(*inner, kid);
  if (!algorithm || !algorithm->as<std::int64_t>() || *algorithm->as<std::int64_t>() != es256)
    return refuse(kind::unsupported, "cose.algorithm");
  if (!id || !id->as<bytes>() || inner->as<cbor::map>()->size() != 2 || signature->size() != 64)
    return malformed;
  return signed_one{*id->as<bytes>(), *payload, *signature, *header};
}

bool verify(const signed_one& s, const public_key& k) {
  return k.verify(to_be_signed(s.protected_header, s.payload), s.signature);
}

}  // namespace madang::trust::cose
