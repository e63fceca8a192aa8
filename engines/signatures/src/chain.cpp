#include "chain.hpp"

#include <algorithm>

namespace madang::signatures {
namespace {

constexpr std::size_t most_kept = 256, longest_list = 16u << 20;

void add_once(std::vector<bytes>& to, view der, std::size_t longest) {
  if (der.size() > longest || der.empty() || to.size() >= most_kept) return;
  for (const bytes& b : to)
    if (std::equal(b.begin(), b.end(), der.begin(), der.end())) return;
  to.push_back(der::copy(der));
}

std::string name_of_subject(X509* x) {
  const X509_NAME* name = X509_get_subject_name(x);
  std::string out = one_of(name, NID_commonName);
  return out.empty() ? one_of(name, NID_organizationName) : out;
}

// What was said of a certificate by one source.
struct said {
  enum class is { good, revoked, held } state = is::good;
  instant when, from;
  std::string reason;
  revocation_seen::source source = revocation_seen::source::list;
  bool embedded = false;
};

const char* reason_text(int code) {
  switch (code) {
    case 1: return "keyCompromise";
    case 2: return "cACompromise";
    case 3: return "affiliationChanged";
    case 4: return "superseded";
    case 5: return "cessationOfOperation";
    case 6: return "certificateHold";
    case 9: return "privilegeWithdrawn";
    default: return "unspecified";
  }
}

// Does the list speak of this certificate (RFC 5280 section 6.3.3 b)? Indirect and delta lists are
// not read here.
bool in_scope(X509_CRL* list, X509* x) {
  if (X509_CRL_get_ext_by_NID(list, NID_delta_crl, -1) >= 0) return false;
  int critical = 0;
  owned<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> point(static_cast<ISSUING_DIST_POINT*>(
      X509_CRL_get_ext_d2i(list, NID_issuing_distribution_point, &critical, nullptr)));
  if (!point) return critical == -1;   // -1: there is none; else it cannot be read
  const bool authority = X509_check_ca(x) == 1;
  if (point->indirectCRL > 0 || point->onlyattr > 0 || point->onlysomereasons) return false;
  if ((point->onlyuser > 0 && authority) || (point->onlyCA > 0 && !authority)) return false;
  if (!point->distpoint) return true;
  if (point->distpoint->type != 0) return false;
  owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free> own(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(x, NID_crl_distribution_points, nullptr, nullptr)));
  for (int i = 0; own && i < sk_DIST_POINT_num(own.get()); ++i) {
    const DIST_POINT* p = sk_DIST_POINT_value(own.get(), i);
    if (!p->distpoint || p->distpoint->type != 0) continue;
    for (int k = 0; k < sk_GENERAL_NAME_num(p->distpoint->name.fullname); ++k)
      for (int n = 0; n < sk_GENERAL_NAME_num(point->distpoint->name.fullname); ++n)
        if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(p->distpoint->name.fullname, k),
                             sk_GENERAL_NAME_value(point->distpoint->name.fullname, n)) == 0)
          return true;
  }
  return false;
}

// Said by now, young enough to speak of `when`, and while the certificate had not run out: after
// that, lists and responders may forget it (RFC 5280 section 5, RFC 6960 section 4.4.4).
bool timely(instant from, const ASN1_TIME* next, X509* x, instant when, instant present) {
  return from <= present && from <= instant_of(X509_get0_notAfter(x)) &&
         (!next || when <= instant_of(next));
}

std::optional<said> by_list(view der, X509* x, X509* issuer, instant when, instant present) {
  auto list = whole<owned_list>(der, d2i_X509_CRL);
  if (!list || X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_issuer_name(x)) != 0)
    return {};
  if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0 || !in_scope(list.get(), x)) return {};
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
  const instant from = instant_of(X509_CRL_get0_lastUpdate(list.get()));
  if (!timely(from, next, x, when, present)) return {};
  EVP_PKEY* k = X509_get0_pubkey(issuer);
  const bool signed_well = k && X509_CRL_verify(list.get(), k) == 1;
  ERR_clear_error();
  if (!signed_well) return {};
  said out;
  out.from = from;
  X509_REVOKED* row = nullptr;
  if (X509_CRL_get0_by_cert(list.get(), &row, x) != 1) return out;
  out.when = instant_of(X509_REVOKED_get0_revocationDate(row));
  owned<ASN1_ENUMERATED, ASN1_ENUMERATED_free> why(static_cast<ASN1_ENUMERATED*>(
      X509_REVOKED_get_ext_d2i(row, NID_crl_reason, nullptr, nullptr)));
  const long code = why ? ASN1_ENUMERATED_get(why.get()) : 0;
  out.state = code == 6 ? said::is::held : said::is::revoked;
  out.reason = reason_text(static_cast<int>(code));
  return out;
}

using owned_basic = owned<OCSP_BASICRESP, OCSP_BASICRESP_free>;

owned_basic basic_of(view der) {
  if (auto response = whole<owned<OCSP_RESPONSE, OCSP_RESPONSE_free>>(der, d2i_OCSP_RESPONSE)) {
    owned_basic b(OCSP_response_status(response.get()) == OCSP_RESPONSE_STATUS_SUCCESSFUL
                      ? OCSP_response_get1_basic(response.get())
                      : nullptr);
    ERR_clear_error();
    return b;
  }
  return whole<owned_basic>(der, d2i_OCSP_BASICRESP);
}

// Signed by the issuer, or by whom the issuer made its responder (RFC 6960 section 4.2.2.2).
bool answer_signed(OCSP_BASICRESP* basic, X509* issuer, const pool& held) {
  owned<STACK_OF(X509), [](STACK_OF(X509) * s) { sk_X509_pop_free(s, X509_free); }> others(
      sk_X509_new_null());
  X509_up_ref(issuer);
  sk_X509_push(others.get(), issuer);
  for (const bytes& c : held.certificates)
    if (auto x = read_certificate(c)) {
      sk_X509_push(others.get(), x.get());
      (void)x.release();
    }
  X509* signer = nullptr;
  bool good = OCSP_resp_get0_signer(basic, &signer, others.get()) == 1 && signer;
  if (good && X509_cmp(signer, issuer) != 0) {
    const instant made = instant_of(OCSP_resp_get0_produced_at(basic));
    good = X509_NAME_cmp(X509_get_issuer_name(signer), X509_get_subject_name(issuer)) == 0 &&
           X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
           X509_get_ext_by_NID(signer, NID_ext_key_usage, -1) >= 0 &&
           (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0 &&
           instant_of(X509_get0_notBefore(signer)) <= made &&
           made <= instant_of(X509_get0_notAfter(signer));
  }
  good = good && OCSP_basic_verify(basic, others.get(), nullptr, OCSP_NOVERIFY) == 1;
  ERR_clear_error();
  return good;
}

std::optional<said> by_answer(view der, X509* x, X509* issuer, instant when, instant present,
                              const pool& held) {
  auto basic = basic_of(der);
  if (!basic) return {};
  for (int i = 0; i < OCSP_resp_count(basic.get()); ++i) {
    OCSP_SINGLERESP* one = OCSP_resp_get0(basic.get(), i);
    const OCSP_CERTID* id = OCSP_SINGLERESP_get0_id(one);
    ASN1_OBJECT* hash = nullptr;
    OCSP_id_get0_info(nullptr, &hash, nullptr, nullptr, const_cast<OCSP_CERTID*>(id));
    const EVP_MD* md = EVP_get_digestbyobj(hash);
    owned<OCSP_CERTID, OCSP_CERTID_free> own(md ? OCSP_cert_to_id(md, x, issuer) : nullptr);
    ERR_clear_error();
    if (!own || OCSP_id_cmp(own.get(), id) != 0) continue;
    int why = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *next = nullptr;
    const int state = OCSP_single_get0_status(one, &why, &revoked, &from, &next);
    if (state == V_OCSP_CERTSTATUS_UNKNOWN || !from) continue;
    if (!timely(instant_of(from), next, x, when, present)) continue;
    if (!answer_signed(basic.get(), issuer, held)) return {};
    said out;
    out.source = revocation_seen::source::responder;
    out.from = instant_of(from);
    if (state == V_OCSP_CERTSTATUS_GOOD) return out;
    out.state = why == 6 ? said::is::held : said::is::revoked;
    out.when = instant_of(revoked);
    out.reason = reason_text(why);
    return out;
  }
  return {};
}

bool contains(const std::vector<bytes>& all, const bytes& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool may(X509* x, purpose what) {
  const std::uint32_t usage = X509_get_key_usage(x);
  const bool signs =
      usage == UINT32_MAX || (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
  if (what == purpose::sign) return signs;
  // RFC 3161 section 2.3: this purpose alone, and critical.
  const int at = X509_get_ext_by_NID(x, NID_ext_key_usage, -1);
  return signs && at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x, at)) == 1 &&
         X509_get_extended_key_usage(x) == XKU_TIMESTAMP;
}

std::string sub_of_path(const std::string& why, bool proven) {
  if (why == "path.no_issuer") return "NO_CERTIFICATE_CHAIN_FOUND";
  if (why == "path.expired") return proven ? "EXPIRED" : "OUT_OF_BOUNDS_NO_POE";
  if (why == "path.not_yet_valid") return "NOT_YET_VALID";
  if (why == "path.weak") return "CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
  if (why == "path.malformed" || why == "path.signature")
    return "CERTIFICATE_CHAIN_GENERAL_FAILURE";
  return "CHAIN_CONSTRAINTS_FAILURE";
}

}  // namespace

void pool::add_certificate(view der) { add_once(certificates, der, 64u << 10); }
void pool::add_list(view der) { add_once(lists, der, longest_list); }
void pool::add_answer(view der) { add_once(answers, der, 256u << 10); }

std::optional<reason> chains::dead(const std::string& name, instant at) const {
  auto found = policy_.dead.find(name);
  // A shorter key dies with a longer one.
  if (found == policy_.dead.end()) {
    const std::size_t digits = name.find_first_of("0123456789");
    if (digits == std::string::npos || digits == 0 || name.starts_with("SHA")) return {};
    const std::string kind = name.substr(0, digits);
    const long size = std::atol(name.c_str() + digits);
    for (auto i = policy_.dead.begin(); i != policy_.dead.end(); ++i) {
      if (!i->first.starts_with(kind) || i->first.size() <= digits) continue;
      if (std::atol(i->first.c_str() + digits) >= size && i->second <= at)
        return reason{"algorithm", {{"name", name}}};
    }
    return {};
  }
  if (at < found->second) return {};
  return reason{"algorithm", {{"name", name}}};
}

namespace {

// The digest under which a certificate is signed, and the keys of both.
std::vector<std::string> algorithms_of(X509* x, X509* issuer) {
  int md = NID_undef;
  X509_get_signature_info(x, &md, nullptr, nullptr, nullptr);
  const EVP_MD* method = md == NID_undef ? nullptr : EVP_get_digestbynid(md);
  std::string digest = method ? EVP_MD_get0_name(method) : "";
  if (digest.starts_with("SHA2-")) digest.erase(3, 2);
  return {digest, key_name(X509_get0_pubkey(x)), key_name(X509_get0_pubkey(issuer))};
}

// The last word about a certificate: that it was taken back outweighs that it was not, and the
// newest of the same.
struct asked {
  X509 *x, *issuer;
  instant when, present;
  std::optional<said> best;

  void take(std::optional<said> s, bool embedded) {
    if (!s) return;
    s->embedded = embedded;
    const bool worse = s->state != said::is::good && (!best || best->state == said::is::good);
    if (!best || worse || (s->state == best->state && best->from < s->from)) best = s;
  }
  void ask(const std::vector<bytes>& lists, const std::vector<bytes>& answers, const pool& held,
           bool embedded) {
    for (const bytes& l : lists) take(by_list(l, x, issuer, when, present), embedded);
    for (const bytes& a : answers) take(by_answer(a, x, issuer, when, present, held), embedded);
  }
};

}  // namespace

pki::path_answer chains::path_of(const bytes& certificate, instant when) const {
  if (policy_.anchors.empty()) return {.valid = false, .reason = "path.no_issuer"};
  pki::path_question q;
  q.end = certificate;
  q.anchors = policy_.anchors;
  q.check_revocation = false;
  q.at = when;
  for (const auto* from : {&embedded_.certificates, &policy_.certificates})
    for (const bytes& c : *from) {
      if (q.helpers.size() == 32 || contains(q.helpers, c) || c == certificate) continue;
      auto x = read_certificate(c);
      if (x && X509_check_ca(x.get()) > 0) q.helpers.push_back(c);
    }
  return pki::validate(q);
}

chain_result chains::look(const bytes& certificate, const asked_of& q) const {
  chain_result out;
  const auto path = path_of(certificate, q.when);
  if (!path.valid) {
    const std::string sub = sub_of_path(path.reason, q.proven);
    const bool failed = sub == "EXPIRED" || sub == "NOT_YET_VALID";
    return out.fail(sub, {path.reason, {{"when", q.when.str()}}},
                    failed ? indication::total_failed : indication::indeterminate);
  }
  std::vector<owned_x509> chain;
  for (const bytes& c : path.chain) chain.push_back(read_certificate(c));
  if (!may(chain.front().get(), q.what))
    return out.fail("CHAIN_CONSTRAINTS_FAILURE", {"path.usage", {}});
  pool held = embedded_;
  for (const bytes& c : policy_.certificates) held.add_certificate(c);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    for (const auto& name : algorithms_of(chain[i].get(), chain[i + 1].get()))
      if (auto why = dead(name, q.known_by))
        return out.fail("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", *why);
    if (contains(policy_.anchors, path.chain[i])) continue;
    if (X509_get_ext_by_NID(chain[i].get(), NID_id_pkix_OCSP_noCheck, -1) >= 0) continue;
    if (!look_at(chain[i].get(), chain[i + 1].get(), q, held, i == 0, out)) return out;
  }
  out.good = true;
  out.is = indication::total_passed;
  return out;
}

bool chains::look_at(X509* x, X509* issuer, const asked_of& q, const pool& held, bool is_end,
                     chain_result& out) const {
  asked a{x, issuer, q.when, policy_.at, {}};
  a.ask(embedded_.lists, embedded_.answers, held, true);
  out.all_embedded = out.all_embedded && a.best.has_value();
  a.ask(policy_.lists, policy_.answers, held, false);
  const std::string who = name_of_subject(x);
  if (!a.best) {
    if (q.revocation_needed) (void)out.fail("TRY_LATER", {"revocation.missing", {{"who", who}}});
    return !q.revocation_needed;
  }
  out.revocations.push_back({a.best->source, who, a.best->from, a.best->embedded});
  if (a.best->state == said::is::good) return true;
  const std::map<std::string, std::string> facts{
      {"who", who}, {"when", a.best->when.str()}, {"reason", a.best->reason}};
  if (q.proven && q.when < a.best->when) {
    out.reasons.push_back({"revocation.after", facts});
    return true;
  }
  if (a.best->state == said::is::held)
    (void)out.fail("TRY_LATER", {"revocation.held", facts});
  else
    (void)out.fail(is_end ? "REVOKED_NO_POE" : "REVOKED_CA_NO_POE", {"path.revoked", facts});
  return false;
}

}  // namespace madang::signatures
