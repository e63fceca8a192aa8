#include <fmt/format.h>

#include <algorithm>

#include "cades.hpp"

namespace madang::signatures {
namespace {

// ESSCertIDv2 with SHA-256, which is its default and so is left out in DER (RFC 5035 section 4).
bytes binding_to(const bytes& certificate) {
  const auto hash = trust::sha256(certificate);
  const bytes id = der::node(der::sequence, der::node(der::octet_string, hash));
  return der::node(der::sequence, der::node(der::sequence, id));
}

bytes time_attribute(instant at) {
  const std::string iso = at.str();   // 2026-11-23T00:12:07.000Z
  std::string digits;
  for (const char c : iso.substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  // UTCTime until 2049 (RFC 5652 section 11.3).
  const bool utc = digits >= "1950" && digits < "2050";
  const std::string value = (utc ? digits.substr(2) : digits) + "Z";
  return attribute_of(ids::signing_time, der::node(utc ? 0x17 : 0x18, trust::view_of(value)));
}

bytes signature_algorithm(X509* x) {
  const bool ec = EVP_PKEY_is_a(X509_get0_pubkey(x), "EC");
  if (ec) return der::node(der::sequence, der::oid("1.2.840.10045.4.3.2"));
  return der::node(der::sequence,
                   {der::oid("1.2.840.113549.1.1.11"), der::node(der::null, view())});
}

bytes request_for(view hash, const std::string& digest) {
  const bytes imprint = der::node(
      der::sequence, {der::node(der::sequence, {der::only(identifier_of_digest(digest),
                                                          der::sequence)->content,
                                                der::node(der::null, view())}),
                      der::node(der::octet_string, hash)});
  const bytes yes = {der::boolean, 1, 0xff};
  return der::node(der::sequence, {der::number(1), imprint, yes});   // certReq
}

std::optional<signed_data> one_signer(view cms) {
  auto d = signed_data::parse(cms);
  if (d && d->signers.size() != 1) d.reset();
  return d;
}

refusal malformed() { return refuse(kind::invalid, "signatures.malformed"); }

}  // namespace

signer signer_of(const trust::signer& who) {
  signer out;
  out.certificate = who.certificate.der();
  for (const auto& c : who.chain) out.chain.push_back(c.der());
  out.sign = [key = who.key](view data) { return key.sign_der(data); };
  return out;
}

result<bytes> stamp_hash(const stamping& authority, view hash, const std::string& digest) {
  const bytes answer = authority(request_for(hash, digest));
  const auto refused = refuse(kind::unavailable, "signatures.stamp");
  auto response = der::only(answer, der::sequence);
  if (!response) return refused;
  view rest = response->content;
  auto status = der::take(rest, der::sequence);
  auto said = status ? der::all_of(status->content, 3) : std::nullopt;
  if (!said || said->empty() || (*said)[0].content.size() != 1 || (*said)[0].content[0] > 1)
    return refused;   // granted, granted with modifications (RFC 3161 section 2.4.2)
  auto t = token::read(rest);
  if (!t || t->digest != digest || !std::ranges::equal(t->imprint, hash)) return refused;
  return der::copy(rest);
}

result<bytes> stamp(const stamping& authority, view data, const std::string& digest) {
  return stamp_hash(authority, digest_over(digest, data), digest);
}

bytes sign_spans(const signer& who, std::span<const view> spans, view content_inside,
                 const std::vector<bytes>& more_attributes) {
  auto x = read_certificate(who.certificate);
  must(x != nullptr, "the signer's certificate");
  std::vector<bytes> attributes = {
      attribute_of(ids::content_type, der::oid(ids::data)),
      attribute_of(ids::message_digest,
                   der::node(der::octet_string, digest_over("SHA256", spans))),
      attribute_of(ids::signing_certificate_v2, binding_to(who.certificate))};
  attributes.insert(attributes.end(), more_attributes.begin(), more_attributes.end());
  const bytes as_set = der::set_of(attributes);
  bytes kept = as_set;
  kept[0] = der::context_0;
  const bytes sha256 = identifier_of_digest("SHA256");
  const bytes sid = der::node(
      der::sequence,
      {der_of<X509_NAME>(X509_get_issuer_name(x.get()), i2d_X509_NAME),
       der_of<ASN1_INTEGER>(X509_get0_serialNumber(x.get()), i2d_ASN1_INTEGER)});
  const bytes info = der::node(
      der::sequence, {der::number(1), sid, sha256, kept, signature_algorithm(x.get()),
                      der::node(der::octet_string, who.sign(as_set))});
  std::vector<bytes> certificates = {who.certificate};
  for (const bytes& c : who.chain) certificates.push_back(c);
  const bytes content =
      content_inside.data() == nullptr
          ? bytes()
          : der::node(der::context_0, der::node(der::octet_string, content_inside));
  const bytes data = der::node(
      der::sequence, {der::number(1), der::node(der::set, sha256),
                      der::node(der::sequence, {der::oid(ids::data), content}),
                      der::set_of(certificates, der::context_0), der::node(der::set, info)});
  return der::node(der::sequence, {der::oid(ids::signed_data), der::node(der::context_0, data)});
}

bytes sign_cades(const signer& who, std::string_view content, const cades_options& o) {
  std::vector<bytes> more = {time_attribute(o.at)};
  if (!o.content_type.empty())
    more.push_back(attribute_of(ids::mime_type,
                                der::node(0x0c, trust::view_of(o.content_type))));
  const view spans[] = {trust::view_of(content)};
  static constexpr std::uint8_t nothing[1] = {};
  const view inside = content.empty() ? view(nothing, std::size_t{0}) : spans[0];
  return sign_spans(who, spans, o.enveloping ? inside : view(), more);
}

result<bytes> cades_with_stamp(view cms, const stamping& authority) {
  auto d = one_signer(cms);
  if (!d) return malformed();
  auto t = stamp(authority, d->signers[0].signature);
  if (!t) return t.why();
  return d->with({{}, {}, 0, {attribute_of(ids::signature_stamp, *t)}});
}

result<bytes> cades_with_evidence(view cms, const evidence& proof) {
  auto d = one_signer(cms);
  if (!d) return malformed();
  signed_data::change c;
  c.certificates = proof.certificates;
  c.list_choices = proof.lists;
  for (const bytes& a : proof.answers) c.list_choices.push_back(choice_of_answer(a));
  return d->with(c);
}

result<bytes> cades_with_archive_stamp(view cms, const stamping& authority,
                                       std::string_view content, const std::string& digest) {
  auto d = one_signer(cms);
  if (!d || identifier_of_digest(digest).empty()) return malformed();
  const signer_info& i = d->signers[0];
  const bytes over = digest_over(digest, d->content ? *d->content : trust::view_of(content));
  const bytes index = hash_index(*d, i, digest);
  auto t = stamp(authority, archive_octets(*d, i, over, index), digest);
  if (!t) return t.why();
  auto inside = one_signer(*t);
  if (!inside) return malformed();
  const bytes with_index =
      inside->with({{}, {}, 0, {attribute_of(ids::hash_index_v3, index)}});
  return d->with({{}, {}, 0, {attribute_of(ids::archive_stamp_v3, with_index)}});
}

}  // namespace madang::signatures
