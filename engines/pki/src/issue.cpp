// Building a certificate from its profile, and signing it only when it keeps to it.
#include <algorithm>

#include "madang/trust/der.hpp"
#include "signing.hpp"

namespace madang::pki {
namespace {

namespace der = trust::der;

struct shape {
  profile is;
  const char* name;
  int days;
  const char* basic;
  const char* usage;
  const char* extended;  // may be null
};
constexpr shape shapes[] = {
    {profile::person, "person", 365, "critical,CA:FALSE",
     "critical,digitalSignature,nonRepudiation", "clientAuth,emailProtection"},
    {profile::company, "company", 365, "critical,CA:FALSE",
     "critical,digitalSignature,nonRepudiation", "clientAuth,emailProtection"},
    {profile::official, "official", 730, "critical,CA:FALSE",
     "critical,digitalSignature,nonRepudiation", "clientAuth,emailProtection"},
    {profile::server, "server", 90, "critical,CA:FALSE", "critical,digitalSignature", "serverAuth"},
    {profile::device, "device", 730, "critical,CA:FALSE", "critical,digitalSignature",
     "clientAuth"},
    {profile::encryption, "encryption", 365, "critical,CA:FALSE", "critical,keyAgreement",
     "emailProtection"},
    {profile::root, "root", 7305, "critical,CA:TRUE", "critical,keyCertSign,cRLSign", nullptr},
    {profile::authority, "authority", 3652, "critical,CA:TRUE,pathlen:0",
     "critical,keyCertSign,cRLSign", nullptr},
    {profile::responder, "responder", 365, "critical,CA:FALSE", "critical,digitalSignature",
     "OCSPSigning"},
    {profile::stamper, "stamper", 1095, "critical,CA:FALSE", "critical,digitalSignature",
     "critical,timeStamping"},
    {profile::registrar, "registrar", 365, "critical,CA:FALSE", "critical,digitalSignature",
     "1.3.6.1.5.5.7.3.28"},
    {profile::lister, "lister", 1095, "critical,CA:FALSE", "critical,digitalSignature",
     "0.4.0.2231.3.0"}};

const shape& shape_of(profile p) {
  return *std::find_if(std::begin(shapes), std::end(shapes),
                       [&](const shape& s) { return s.is == p; });
}

void add(X509_NAME* name, int nid, const std::string& value) {
  if (value.empty()) return;
  must(X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(value.data()),
                                  static_cast<int>(value.size()), -1, 0) == 1,
       "X509_NAME_add_entry");
}

owned_name name_in(const subject& s, std::string_view language) {
  owned_name name(X509_NAME_new());
  must(name != nullptr, "X509_NAME_new");
  add(name.get(), NID_countryName, s.country);
  // RFC 5280 appendix A bounds names at 64 characters, a title too.
  add(name.get(), NID_organizationName, std::string(text::head(s.organisation(language), 64)));
  if (language == "ko") {
    add(name.get(), NID_title, std::string(text::head(s.title, 64)));
    add(name.get(), NID_serialNumber, s.number);
  }
  add(name.get(), NID_commonName, std::string(text::head(s.name(language), 64)));
  return name;
}

bytes names_of(const subject& s) {
  owned<GENERAL_NAMES, GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  must(names != nullptr, "GENERAL_NAMES_new");
  auto push = [&](GENERAL_NAME* one) {
    must(one && sk_GENERAL_NAME_push(names.get(), one) > 0, "GENERAL_NAME");
  };
  for (const auto& dns : s.dns) {
    GENERAL_NAME* one = GENERAL_NAME_new();
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    must(one && text && ASN1_STRING_set(text, dns.data(), static_cast<int>(dns.size())) == 1,
         "dNSName");
    GENERAL_NAME_set0_value(one, GEN_DNS, text);
    push(one);
  }
  if (s.dns.empty() && s.name.has("en") && !s.name("en").empty()) {
    GENERAL_NAME* one = GENERAL_NAME_new();
    must(one != nullptr, "GENERAL_NAME_new");
    one->type = GEN_DIRNAME;
    one->d.directoryName = name_in(s, "en").release();
    push(one);
  }
  if (sk_GENERAL_NAME_num(names.get()) == 0) return {};
  return der_of<GENERAL_NAMES>(names.get(), i2d_GENERAL_NAMES);
}

bytes object(const std::string& digits) {
  const owned_object o(OBJ_txt2obj(digits.c_str(), 1));
  must(o != nullptr, "object identifier");
  return der_of<ASN1_OBJECT>(o.get(), i2d_ASN1_OBJECT);
}

// Extension of RFC 5280 section 4.1.
bytes extension(int nid, view value, bool critical = false) {
  static const bytes yes{der::boolean, 1, 0xff};
  const bytes oid = der_of<ASN1_OBJECT>(OBJ_nid2obj(nid), i2d_ASN1_OBJECT);
  return der::node(der::sequence, {oid, critical ? view(yes) : view(),
                                   der::node(der::octet_string, value)});
}

// Those that follow from the profile alone: built by OpenSSL from its words, once.
bytes constant_extensions(const shape& s) {
  bytes out;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, nullptr, nullptr, 0);
  const auto add = [&](int nid, const char* value) {
    const owned_extension e(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    must(e != nullptr, "extension");
    der::append(out, der_of<X509_EXTENSION>(e.get(), i2d_X509_EXTENSION));
  };
  add(NID_basic_constraints, s.basic);
  add(NID_key_usage, s.usage);
  if (s.extended) add(NID_ext_key_usage, s.extended);
  // Whoever asks a responder about the responder would go round in a circle (RFC 6960 4.2.2.2.1).
  if (s.is == profile::responder) add(NID_id_pkix_OCSP_noCheck, "");
  return out;
}
const bytes& constant_extensions_of(profile p) {
  static const auto all = [] {
    std::vector<bytes> out;
    for (const shape& s : shapes) out.push_back(constant_extensions(s));
    return out;
  }();
  return all[static_cast<std::size_t>(&shape_of(p) - shapes)];
}

// Method 1 of RFC 5280 section 4.2.1.2: SHA-1 over the bits of the key.
std::optional<bytes> identifier_of(view public_key) {
  const auto both = der::only(public_key, der::sequence);
  view parts = both ? both->content : view();
  if (!der::take(parts, der::sequence)) return {};
  const auto key = der::only(parts, der::bit_string);
  if (!key || key->content.size() < 2 || key->content[0] != 0) return {};
  const view bits = key->content.subspan(1);
  bytes out(20);
  must(EVP_Digest(bits.data(), bits.size(), out.data(), nullptr, EVP_sha1(), nullptr) == 1,
       "SHA-1");
  return out;
}

constexpr std::uint8_t context(int n) { return static_cast<std::uint8_t>(0x80 | n); }
constexpr std::uint8_t inside_context(int n) { return static_cast<std::uint8_t>(0xa0 | n); }
constexpr std::uint8_t uri = context(6);  // GeneralName

bytes access_to(int nid, const std::string& at) {
  return der::node(der::sequence, {der_of<ASN1_OBJECT>(OBJ_nid2obj(nid), i2d_ASN1_OBJECT),
                                   der::node(uri, trust::view_of(at))});
}

bytes extensions_of(const certificate_plan& plan, view own_id, view issuers_id) {
  bytes all = constant_extensions_of(plan.profile);
  der::append(all, extension(NID_subject_key_identifier, der::node(der::octet_string, own_id)));
  if (plan.profile != profile::root)
    der::append(all, extension(NID_authority_key_identifier,
                               der::node(der::sequence, {der::node(context(0), issuers_id)})));
  if (const bytes names = names_of(plan.subject); !names.empty())
    der::append(all, extension(NID_subject_alt_name, names));
  if (!plan.policy.empty())
    der::append(all, extension(NID_certificate_policies,
                               der::node(der::sequence,
                                         {der::node(der::sequence, {object(plan.policy)})})));
  if (!plan.list_url.empty()) {
    const bytes name =
        der::node(inside_context(0), {der::node(uri, trust::view_of(plan.list_url))});
    der::append(all, extension(NID_crl_distribution_points,
                               der::node(der::sequence,
                                         {der::node(der::sequence,
                                                    {der::node(inside_context(0), name)})})));
  }
  bytes information;
  if (!plan.ocsp_url.empty()) der::append(information, access_to(NID_ad_OCSP, plan.ocsp_url));
  if (!plan.issuer_url.empty())
    der::append(information, access_to(NID_ad_ca_issuers, plan.issuer_url));
  if (!information.empty())
    der::append(all, extension(NID_info_access, der::node(der::sequence, information)));
  return der::node(inside_context(3), der::node(der::sequence, all));
}

// UTCTime to 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5), which ASN1_TIME_adj knows.
bytes time_of(std::time_t t, long offset) {
  const owned<ASN1_TIME, ASN1_TIME_free> made(ASN1_TIME_adj(nullptr, t, 0, offset));
  must(made != nullptr, "ASN1_TIME_adj");
  return der_of<ASN1_TIME>(made.get(), i2d_ASN1_TIME);
}

bytes algorithm_of(EVP_PKEY* issuer_key) {
  static const bytes sha256 = der::node(der::sequence, {object("1.2.840.10045.4.3.2")}),
                     sha384 = der::node(der::sequence, {object("1.2.840.10045.4.3.3")});
  return EVP_PKEY_get_bits(issuer_key) == 384 ? sha384 : sha256;
}

const EVP_MD* hash_for(EVP_PKEY* key) {
  return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
}

bytes signature_of(EVP_PKEY* key, view octets) {
  const owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, hash_for(key), nullptr, key) == 1,
       "EVP_DigestSignInit");
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  bytes out(size);
  must(EVP_DigestSign(context.get(), out.data(), &size, octets.data(), octets.size()) == 1,
       "EVP_DigestSign");
  out.resize(size);
  return out;
}

// A signature by a key that nobody trusts and that is written nowhere: what is judged looks like a
// certificate in all but its signature, and is worth nothing if it gets out.
const bytes& worthless_signature(EVP_PKEY* issuer_key) {
  static const auto made = [](algorithm a) {
    const signing_key nobody = signing_key::generate(a);
    return signature_of(pkey_of(nobody), trust::view_of("rehearsal"));
  };
  static const bytes p256 = made(algorithm::p256), p384 = made(algorithm::p384);
  return EVP_PKEY_get_bits(issuer_key) == 384 ? p384 : p256;
}

bytes certificate_of(view to_be_signed, view algorithm, view signature) {
  bytes bits{0};
  der::append(bits, signature);
  return der::node(der::sequence, {to_be_signed, algorithm, der::node(der::bit_string, bits)});
}

}  // namespace

std::string_view name_of(profile p) { return shape_of(p).name; }
int days_of(profile p) { return shape_of(p).days; }
std::optional<profile> profile_named(std::string_view name) {
  for (const shape& s : shapes)
    if (name == s.name) return s.is;
  return {};
}

bytes random_serial() {
  bytes b = trust::random_bytes(16);
  b[0] = static_cast<std::uint8_t>((b[0] & 0x7f) | 0x40);
  return b;
}

std::string hex_of(const ASN1_INTEGER* serial) {
  owned<BIGNUM, BN_free> n(ASN1_INTEGER_to_BN(serial, nullptr));
  char* hex = n ? BN_bn2hex(n.get()) : nullptr;
  must(hex != nullptr, "serial");
  std::string out = text::lower_case(hex);
  OPENSSL_free(hex);
  const auto first = out.find_first_not_of('0');
  return first == std::string::npos ? "0" : out.substr(first);
}

// OpenSSL takes a millisecond to put a certificate together piece by piece; written down at once it
// is a tenth of that, and it is OpenSSL that judges it.
result<bytes> sign_certificate(const certificate_plan& plan, const bytes& serial,
                               EVP_PKEY* issuer_key, X509* issuer) {
  const refusal malformed = refuse(kind::invalid, "pki.key_malformed", "request");
  const auto own_id = identifier_of(plan.key);
  if (!own_id) return malformed;
  const auto name = name_in(plan.subject, "ko");
  const bytes subject = der_of<X509_NAME>(name.get(), i2d_X509_NAME);
  const bytes above =
      issuer ? der_of<X509_NAME>(X509_get_subject_name(issuer), i2d_X509_NAME) : subject;
  view issuers_id = *own_id;
  if (issuer) {
    const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(issuer);
    must(id != nullptr, "subjectKeyIdentifier of an authority");
    issuers_id = {ASN1_STRING_get0_data(id), static_cast<std::size_t>(ASN1_STRING_length(id))};
  }
  // The last second belongs to it (RFC 5280 section 4.1.2.5).
  const std::time_t from = seconds_of(plan.from);
  const long life = 86'400L * plan.days.value_or(days_of(plan.profile)) - 1;
  const bytes algorithm = algorithm_of(issuer_key);
  static const bytes version = der::node(der::context_0, {der::node(der::integer, bytes{2})});
  const bytes to_be_signed = der::node(
      der::sequence,
      {version, der::node(der::integer, serial), algorithm, above,
       der::node(der::sequence, {time_of(from, 0), time_of(from, life)}), subject, plan.key,
       extensions_of(plan, *own_id, issuers_id)});

  const bytes draft = certificate_of(to_be_signed, algorithm, worthless_signature(issuer_key));
  owned_x509 rehearsed = read_certificate(draft);
  // The key's octets go in as they came: only if OpenSSL would write them so.
  const bool sound = rehearsed && X509_get0_pubkey(rehearsed.get()) &&
                     der_of<X509_PUBKEY>(X509_get_X509_PUBKEY(rehearsed.get()), i2d_X509_PUBKEY) ==
                         plan.key;
  ERR_clear_error();
  if (!sound) return malformed;
  if (const auto wrong = lint_under(rehearsed.get(), issuer ? issuer : rehearsed.get(),
                                    plan.profile);
      !wrong.empty())
    return refuse(kind::invalid, "pki.lint", "request", {{"rules", text::join(wrong, ", ")}});
  return certificate_of(to_be_signed, algorithm, signature_of(issuer_key, to_be_signed));
}

}  // namespace madang::pki
