#include "madang/trust/envelope.hpp"

#include <openssl/cms.h>

#include <algorithm>

#include "madang/base/text.hpp"
#include "madang/trust/der.hpp"
#include "openssl.hpp"

namespace madang::trust {
namespace {

using owned_cms = owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using owned_extension = owned<X509_EXTENSION, X509_EXTENSION_free>;

constexpr long three_years = 3 * 365 * 86400L;

void name_it(X509* x, const words& name, const std::string& number) {
  X509_NAME* subject = X509_get_subject_name(x);
  const auto add = [&](int nid, std::string_view value) {
    must(X509_NAME_add_entry_by_NID(subject, nid, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(value.data()),
                                    static_cast<int>(value.size()), -1, 0) == 1,
         "X509_NAME_add_entry");
  };
  add(NID_serialNumber, number);
  add(NID_commonName, text::head(name("ko"), 64));
  must(X509_set_issuer_name(x, subject) == 1, "issuer");
}

void extend(X509* x, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
  owned_extension e(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  must(e && X509_add_ext(x, e.get(), -1) == 1, value);
}

bool is(const der::element& e, std::uint8_t tag, view octets) {
  return e.tag == tag && std::ranges::equal(e.content, octets);
}

// IssuerAndSerialNumber (RFC 5652 section 10.2.4).
bytes named_in(const X509* x) {
  return der::node(der::sequence,
                   {der_of<X509_NAME>(X509_get_issuer_name(x), i2d_X509_NAME),
                    der_of<ASN1_INTEGER>(X509_get0_serialNumber(x), i2d_ASN1_INTEGER)});
}

std::vector<der::element> inside(view content) {
  auto all = der::all_of(content, 8);
  return all ? std::move(*all) : std::vector<der::element>();
}

constexpr std::uint8_t zero[] = {0}, three[] = {3}, sixteen[] = {16};
constexpr std::uint8_t id_data[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01};
constexpr std::uint8_t aes256_gcm[] = {0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e};
// dhSinglePass-stdDH-sha256kdf-scheme with id-aes256-wrap (RFC 5753 section 7.1.4).
constexpr std::uint8_t agreement[] = {0x06, 0x06, 0x2b, 0x81, 0x04, 0x01, 0x0b, 0x01, 0x30, 0x0b,
                                      0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01,
                                      0x2d};

// KeyAgreeRecipientInfo (RFC 5652 section 6.2.2): an ephemeral point, written in the one form of
// X9.62's three that everybody writes, and one receiver.
bool framed_for(const der::element& to, view receiver) {
  const auto agreed = inside(to.content);
  if (to.tag != 0xa1 || agreed.size() != 4 || !is(agreed[0], der::integer, three) ||
      !is(agreed[2], der::sequence, agreement))
    return false;
  const auto originator = inside(agreed[1].content);
  const auto key = originator.size() == 1 ? inside(originator[0].content) : originator;
  if (key.size() != 2 || key[1].tag != der::bit_string || key[1].content.size() != 66 ||
      key[1].content[0] != 0 || key[1].content[1] != 4)
    return false;
  const auto wrapped = inside(agreed[3].content);
  const auto whom = wrapped.size() == 1 ? inside(wrapped[0].content) : wrapped;
  return whom.size() == 2 && std::ranges::equal(whom[0].whole, receiver);
}

// The tag authenticates the content and what its key is wrapped by, not the frame around them
// (RFC 5083 section 2.1): versions, the kind of content, the length of the tag and the cipher
// itself could be changed and OpenSSL would read on, with a cipher that has no tag too. So all that
// is fixed is as it has to be, and nothing is beside it: one recipient, no attributes, a tag of 16
// octets. Names are compared octet for octet, not as X.520 does without case: `receiver` is issuer
// and number of the receiver's certificate.
bool framed(view envelope, view receiver) {
  const auto info = inside(envelope);
  const auto outer = info.size() == 1 ? inside(info[0].content) : info;
  if (outer.size() != 2 || outer[1].tag != der::context_0) return false;
  const auto body = inside(outer[1].content);
  const auto parts = body.size() == 1 ? inside(body[0].content) : body;
  if (parts.size() != 4 || !is(parts[0], der::integer, zero) || parts[1].tag != der::set ||
      parts[3].tag != der::octet_string || parts[3].content.size() != 16)
    return false;
  const auto to = inside(parts[1].content);
  if (to.size() != 1 || !framed_for(to[0], receiver)) return false;
  const auto sealed = inside(parts[2].content);
  if (sealed.size() != 3 || !is(sealed[0], der::object_id, id_data)) return false;
  const auto cipher = inside(sealed[1].content);
  if (cipher.size() != 2 || !is(cipher[0], der::object_id, aes256_gcm)) return false;
  const auto how = inside(cipher[1].content);
  return how.size() == 2 && how[0].tag == der::octet_string && how[0].content.size() == 12 &&
         is(how[1], der::integer, sixteen);
}

}  // namespace

letter_box new_letter_box(const words& name, const std::string& number,
                          std::string_view passphrase, instant from) {
  const key k = key::generate();
  owned_x509 x(X509_new());
  must(x && X509_set_version(x.get(), 2) == 1, "X509_new");
  bytes serial = random_bytes(16);
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);
  owned_bignum n(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  must(n && BN_to_ASN1_INTEGER(n.get(), X509_get_serialNumber(x.get())), "serial");
  name_it(x.get(), name, number);
  must(ASN1_TIME_adj(X509_getm_notBefore(x.get()), seconds_of(from), 0, 0) &&
           ASN1_TIME_adj(X509_getm_notAfter(x.get()), seconds_of(from), 0, three_years) &&
           X509_set_pubkey(x.get(), k.raw().pkey.get()) == 1,
       "certificate of a letter box");
  extend(x.get(), NID_basic_constraints, "critical,CA:FALSE");
  extend(x.get(), NID_key_usage, "critical,keyAgreement");
  extend(x.get(), NID_subject_key_identifier, "hash");
  must(X509_sign(x.get(), k.raw().pkey.get(), EVP_sha256()) > 0, "X509_sign");
  return {der_of<X509>(x.get(), i2d_X509), k.seal(passphrase)};
}

result<bytes> enclose(view content, view certificate_der) {
  const auto to = certificate::from_der(certificate_der);
  if (!to) return to.why();
  if (!to->is_p256()) return refuse(kind::invalid, "trust.key_malformed");
  owned_cms cms(CMS_AuthEnvelopedData_create(EVP_aes_256_gcm()));
  must(cms != nullptr, "CMS_AuthEnvelopedData_create");
  auto* r = CMS_add1_recipient_cert(cms.get(), to->raw().x509.get(), CMS_KEY_PARAM);
  must(r != nullptr, "CMS_add1_recipient_cert");
  // OpenSSL would take SHA-1 where nobody says.
  EVP_PKEY_CTX* agreement = CMS_RecipientInfo_get0_pkey_ctx(r);
  must(agreement && EVP_PKEY_CTX_set_ecdh_kdf_md(agreement, EVP_sha256()) == 1, "ecdh_kdf_md");
  must(CMS_set_detached(cms.get(), 0) == 1, "CMS_set_detached");  // the content lies in it
  owned_bio in = reading(content);
  must(CMS_final(cms.get(), in.get(), nullptr, CMS_BINARY) == 1, "CMS_final");
  return der_of<CMS_ContentInfo>(cms.get(), i2d_CMS_ContentInfo);
}

result<bytes> disclose(view envelope, const letter_box& box, std::string_view passphrase) {
  const auto malformed = [] {
    ERR_clear_error();
    return refuse(kind::invalid, "envelope.malformed");
  };
  if (envelope.size() > largest_envelope) return malformed();
  auto k = open_private_key(box.sealed_key, passphrase);
  if (!k) return k.why();
  const auto own = certificate::from_der(box.certificate);
  if (!own) return own.why();
  auto cms = whole<owned_cms>(envelope, d2i_CMS_ContentInfo);
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_id_smime_ct_authEnvelopedData ||
      !framed(envelope, named_in(own->raw().x509.get())) ||
      !std::ranges::equal(der_of<CMS_ContentInfo>(cms.get(), i2d_CMS_ContentInfo), envelope))
    return malformed();
  if (CMS_decrypt_set1_pkey(cms.get(), k->get(), own->raw().x509.get()) != 1) return malformed();
  owned_bio content(BIO_new(BIO_s_mem()));
  must(content != nullptr, "BIO_new");
  const bool good =
      CMS_decrypt(cms.get(), nullptr, nullptr, nullptr, content.get(), CMS_BINARY) == 1;
  ERR_clear_error();
  if (!good) return refuse(kind::conflict, "envelope.changed");
  const std::string out = text_of(content.get());
  return bytes(out.begin(), out.end());
}

}  // namespace madang::trust
