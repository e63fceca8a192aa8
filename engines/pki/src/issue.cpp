// Building a certificate from its profile, and signing it only when it keeps to it.
#include <algorithm>

#include "signing.hpp"

namespace madang::pki {
namespace {

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
    {profile::root, "root", 7305, "critical,CA:TRUE", "critical,keyCertSign,cRLSign", nullptr},
    {profile::authority, "authority", 3652, "critical,CA:TRUE,pathlen:0",
     "critical,keyCertSign,cRLSign", nullptr},
    {profile::responder, "responder", 365, "critical,CA:FALSE", "critical,digitalSignature",
     "OCSPSigning"},
    {profile::stamper, "stamper", 1095, "critical,CA:FALSE", "critical,digitalSignature",
     "critical,timeStamping"}};

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

void extend(X509* x, X509V3_CTX* context, int nid, const std::string& value) {
  owned_extension e(X509V3_EXT_conf_nid(nullptr, context, nid, value.c_str()));
  must(e && X509_add_ext(x, e.get(), -1) == 1, "extension");
}

void add_names(X509* x, const subject& s) {
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
  if (sk_GENERAL_NAME_num(names.get()) > 0)
    must(X509_add1_ext_i2d(x, NID_subject_alt_name, names.get(), 0, 0) == 1, "subjectAltName");
}

void add_policy(X509* x, const std::string& identifier) {
  if (identifier.empty()) return;
  owned<CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free> all(CERTIFICATEPOLICIES_new());
  POLICYINFO* one = POLICYINFO_new();
  must(all && one && sk_POLICYINFO_push(all.get(), one) > 0, "certificatePolicies");
  ASN1_OBJECT_free(one->policyid);
  one->policyid = OBJ_txt2obj(identifier.c_str(), 1);
  must(one->policyid && X509_add1_ext_i2d(x, NID_certificate_policies, all.get(), 0, 0) == 1,
       "certificatePolicies");
}

void add_extensions(X509* x, X509* issuer, const certificate_plan& plan) {
  const shape& s = shape_of(plan.profile);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  extend(x, &context, NID_basic_constraints, s.basic);
  extend(x, &context, NID_key_usage, s.usage);
  if (s.extended) extend(x, &context, NID_ext_key_usage, s.extended);
  extend(x, &context, NID_subject_key_identifier, "hash");
  if (plan.profile != profile::root)
    extend(x, &context, NID_authority_key_identifier, "keyid:always");
  add_names(x, plan.subject);
  add_policy(x, plan.policy);
  // Whoever asks a responder about the responder would go round in a circle (RFC 6960 4.2.2.2.1).
  if (plan.profile == profile::responder) extend(x, &context, NID_id_pkix_OCSP_noCheck, "");
  check((plan.list_url + plan.ocsp_url + plan.issuer_url).find_first_of(",;\n\"") ==
            std::string::npos,
        "addresses in a certificate");
  if (!plan.list_url.empty())
    extend(x, &context, NID_crl_distribution_points, "URI:" + plan.list_url);
  std::string information;
  if (!plan.ocsp_url.empty()) information = "OCSP;URI:" + plan.ocsp_url;
  if (!plan.issuer_url.empty())
    information +=
        (information.empty() ? "" : ",") + std::string("caIssuers;URI:") + plan.issuer_url;
  if (!information.empty()) extend(x, &context, NID_info_access, information);
}

bytes to_be_signed(X509* x) {
  unsigned char* out = nullptr;
  const int size = i2d_re_X509_tbs(x, &out);
  must(size > 0, "i2d_re_X509_tbs");
  bytes b(out, out + size);
  OPENSSL_free(out);
  return b;
}

// Same kind of key, same algorithm identifier: the octets to be signed are the same. Nobody trusts
// these keys; they live as long as the process and are written nowhere.
const signing_key& throw_away_like(EVP_PKEY* key) {
  static const signing_key p256 = signing_key::generate(algorithm::p256);
  static const signing_key p384 = signing_key::generate(algorithm::p384);
  return EVP_PKEY_get_bits(key) == 384 ? p384 : p256;
}

const EVP_MD* hash_for(EVP_PKEY* key) {
  return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
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

result<bytes> sign_certificate(const certificate_plan& plan, const bytes& serial,
                               EVP_PKEY* issuer_key, X509* issuer) {
  const unsigned char* at = plan.key.data();
  owned_pkey holder(d2i_PUBKEY(nullptr, &at, static_cast<long>(plan.key.size())));
  ERR_clear_error();
  if (!holder || at != plan.key.data() + plan.key.size())
    return refuse(kind::invalid, "pki.key_malformed", "request");
  owned_x509 x(X509_new());
  must(x && X509_set_version(x.get(), 2) == 1, "X509_new");
  owned<BIGNUM, BN_free> n(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  must(n && BN_to_ASN1_INTEGER(n.get(), X509_get_serialNumber(x.get())), "serial");
  X509* above = issuer ? issuer : x.get();
  auto name = name_in(plan.subject, "ko");
  must(X509_set_subject_name(x.get(), name.get()) == 1 &&
           X509_set_issuer_name(x.get(), X509_get_subject_name(above)) == 1,
       "names");
  // The last second belongs to it (RFC 5280 section 4.1.2.5).
  const std::time_t from = seconds_of(plan.from);
  const long life = 86'400L * plan.days.value_or(days_of(plan.profile)) - 1;
  must(ASN1_TIME_adj(X509_getm_notBefore(x.get()), from, 0, 0) &&
           ASN1_TIME_adj(X509_getm_notAfter(x.get()), from, 0, life),
       "validity");
  must(X509_set_pubkey(x.get(), holder.get()) == 1, "X509_set_pubkey");
  add_extensions(x.get(), above, plan);

  const signing_key& rehearsal = throw_away_like(issuer_key);
  must(X509_sign(x.get(), pkey_of(rehearsal), hash_for(issuer_key)) > 0, "X509_sign");
  const bytes rehearsed = to_be_signed(x.get());
  const bytes draft = der_of<X509>(x.get(), i2d_X509);
  if (const auto wrong = lint_under(draft, above, plan.profile); !wrong.empty())
    return refuse(kind::invalid, "pki.lint", "request", {{"rules", text::join(wrong, ", ")}});
  must(X509_sign(x.get(), issuer_key, hash_for(issuer_key)) > 0, "X509_sign");
  check(to_be_signed(x.get()) == rehearsed, "what is signed is what was judged");
  return der_of<X509>(x.get(), i2d_X509);
}

}  // namespace madang::pki
