#include "signer_check.hpp"

#include <algorithm>

namespace madang::signatures {
namespace {

// RFC 5652 section 5.3: by issuer and serial, or [0] by key identifier.
bool is_meant(view sid, X509* x) {
  if (sid.empty()) return false;
  if (sid[0] == der::sequence) {
    view rest = der::only(sid, der::sequence)->content;
    auto issuer = der::take(rest, der::sequence), serial = der::take(rest, der::integer);
    if (!issuer || !serial) return false;
    auto name = whole<owned<X509_NAME, X509_NAME_free>>(issuer->whole, d2i_X509_NAME);
    return name && X509_NAME_cmp(name.get(), X509_get_issuer_name(x)) == 0 &&
           std::ranges::equal(der_of<ASN1_INTEGER>(X509_get0_serialNumber(x), i2d_ASN1_INTEGER),
                              serial->whole);
  }
  const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(x);
  auto said = der::only(sid, sid[0]);
  return id && said &&
         std::ranges::equal(said->content, view(ASN1_STRING_get0_data(id),
                                                static_cast<std::size_t>(ASN1_STRING_length(id))));
}

// ESSCertIDv2 (RFC 5035 section 4) or ESSCertID (RFC 2634): the first names the signer.
binding binding_of(view attribute, bool second, const bytes& certificate) {
  auto outer = der::only(attribute, der::sequence);
  if (!outer) return binding::wrong;
  view rest = outer->content;
  auto list = der::take(rest, der::sequence);
  if (!list) return binding::wrong;
  rest = list->content;
  auto first = der::take(rest, der::sequence);
  if (!first) return binding::wrong;
  rest = first->content;
  std::string digest = second ? "SHA256" : "SHA1";
  if (second)
    if (auto algorithm = der::take(rest, der::sequence))
      digest = digest_named(algorithm_of(algorithm->whole));
  auto hash = der::take(rest, der::octet_string);
  if (!hash) return binding::wrong;
  const bytes own = digest_over(digest, certificate);
  return !own.empty() && std::ranges::equal(own, hash->content) ? binding::good : binding::wrong;
}

std::optional<instant> time_of(view attribute) {
  if (attribute.empty()) return {};
  const unsigned char* at = attribute.data();
  owned<ASN1_TIME, ASN1_TIME_free> t(
      d2i_ASN1_TIME(nullptr, &at, static_cast<long>(attribute.size())));
  ERR_clear_error();
  if (!t) return {};
  return instant_of(t.get());
}

// RevocationValues (EN 319 122-1 section A.1.5.2) and Adobe's attribute have lists under [0] and
// answers under [1].
void gather_revocation(view value, pool& into) {
  auto outer = der::only(value, der::sequence);
  auto parts = outer ? der::all_of(outer->content, 8) : std::nullopt;
  if (!parts) return;
  for (const auto& part : *parts) {
    auto list = der::only(part.content, der::sequence);
    auto each = list ? der::all_of(list->content, 64) : std::nullopt;
    if (!each) continue;
    for (const auto& e : *each) {
      if (part.tag == der::context_0) into.add_list(e.whole);
      if (part.tag == der::context_1) into.add_answer(e.whole);
    }
  }
}

}  // namespace

signer_check check_signer(const signed_data& d, const signer_info& i,
                          std::span<const view> content, const pool& held) {
  signer_check out;
  owned_x509 x;
  const auto look = [&](view der) {
    if (x) return;
    auto one = read_certificate(der);
    if (!one || !is_meant(i.sid, one.get())) return;
    x = std::move(one);
    out.certificate = der::copy(der);
  };
  for (view c : d.certificates) look(c);
  for (const bytes& c : held.certificates) look(c);
  out.claimed = time_of(i.signed_value(ids::signing_time));
  out.digest = digest_named(algorithm_of(i.digest_algorithm));
  if (!x || out.digest.empty()) return out;
  EVP_PKEY* k = X509_get0_pubkey(x.get());
  out.key = key_name(k);
  const auto method = method_of(i.signature_algorithm, out.digest);
  // One signature, one digest: a second one beside the first would be judged by nobody.
  out.known_algorithm = method && (method->digest.empty() || method->digest == out.digest);
  if (!out.known_algorithm) return out;
  if (i.signed_attributes.empty()) {
    bytes all;
    for (view v : content) der::append(all, v);
    out.crypto_good = out.digest_good = holds(k, *method, all, i.signature);
    return out;
  }
  auto said = der::only(i.signed_value(ids::message_digest), der::octet_string);
  auto type = i.signed_value(ids::content_type);
  out.digest_good = said && std::ranges::equal(said->content, digest_over(out.digest, content)) &&
                    std::ranges::equal(type, d.content_type);
  out.crypto_good = holds(k, *method, i.signed_octets(), i.signature);
  const view v2 = i.signed_value(ids::signing_certificate_v2);
  const view v1 = i.signed_value(ids::signing_certificate);
  if (!v2.empty()) out.bound = binding_of(v2, true, out.certificate);
  else if (!v1.empty()) out.bound = binding_of(v1, false, out.certificate);
  return out;
}

void gather(const signed_data& d, pool& into) {
  for (view c : d.certificates) into.add_certificate(c);
  for (view l : d.lists) into.add_list(l);
  for (view a : d.answers) into.add_answer(a);
  for (const signer_info& i : d.signers) {
    gather_revocation(i.signed_value(ids::adobe_revocation), into);
    for (const attribute* a : i.unsigned_of(ids::revocation_values))
      for (view v : a->values) gather_revocation(v, into);
    for (const attribute* a : i.unsigned_of(ids::certificate_values))
      for (view v : a->values)
        if (auto list = der::only(v, der::sequence))
          if (auto each = der::all_of(list->content, 64))
            for (const auto& c : *each) into.add_certificate(c.whole);
  }
}

}  // namespace madang::signatures
