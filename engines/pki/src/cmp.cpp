// The server of OpenSSL does the protocol; this finds who speaks and carries out what is asked.
#include "madang/pki/cmp.hpp"

#include <openssl/cmp.h>
#include <openssl/crmf.h>

#include <map>
#include <mutex>

#include "madang/trust/der.hpp"
#include "signing.hpp"

namespace madang::pki {
namespace {

namespace der = trust::der;

// How old a message may be, and how long what it began is remembered: longer, so that none is new
// twice.
constexpr std::chrono::minutes freshness{10}, transaction_life{25};
constexpr std::size_t most_transactions = 10'000;
constexpr int key_update_request = 7;  // of PKIBody (RFC 9810 section 5.1.2)

using owned_message = owned<OSSL_CMP_MSG, OSSL_CMP_MSG_free>;
using owned_server = owned<OSSL_CMP_SRV_CTX, OSSL_CMP_SRV_CTX_free>;

// messageTime, protectionAlg and senderKID stand in the header; OpenSSL 3.0 has no way to ask for
// them. RFC 9810 section 5.1.1: SEQUENCE { pvno, sender, recipient, [0] messageTime,
// [1] protectionAlg, [2] senderKID ... }.
struct header {
  bytes sender_key_id;
  bool by_password = false;
  std::optional<std::time_t> sent;
};
std::optional<std::time_t> time_of(view octets) {
  const auto at = whole<owned<ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free>>(
      octets, d2i_ASN1_GENERALIZEDTIME);
  std::tm parts{};
  if (!at || ASN1_TIME_to_tm(at.get(), &parts) != 1) return {};
  return timegm(&parts);
}

header header_of(view message) {
  header out;
  const auto whole_message = der::take(message, der::sequence);
  view parts = whole_message ? whole_message->content : view();
  const auto head = der::take(parts, der::sequence);
  const auto fields = der::all_of(head ? head->content : view(), 32);
  for (const auto& e : fields.value_or(std::vector<der::element>())) {
    if (e.tag == 0xa0) out.sent = time_of(e.content);
    if (e.tag == 0xa1) {
      const auto algorithm = whole<owned<X509_ALGOR, X509_ALGOR_free>>(e.content, d2i_X509_ALGOR);
      const ASN1_OBJECT* which = nullptr;
      if (algorithm) X509_ALGOR_get0(&which, nullptr, nullptr, algorithm.get());
      out.by_password = which && OBJ_obj2nid(which) == NID_id_PasswordBasedMAC;
    }
    if (e.tag == 0xa2) {
      const auto id = der::only(e.content, der::octet_string);
      if (id) out.sender_key_id = {id->content.begin(), id->content.end()};
    }
  }
  return out;
}

std::string octets_of(const ASN1_OCTET_STRING* s) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(s)),
          static_cast<std::size_t>(ASN1_STRING_length(s))};
}

// [6] publicKey of a CertTemplate (RFC 4211 section 5), a SubjectPublicKeyInfo under another tag.
bytes key_in(const OSSL_CRMF_CERTTEMPLATE* wanted) {
  const bytes written = der_of<OSSL_CRMF_CERTTEMPLATE>(wanted, i2d_OSSL_CRMF_CERTTEMPLATE);
  const auto all = der::only(written, der::sequence);
  const auto fields = der::all_of(all ? all->content : view(), 16);
  for (const auto& e : fields.value_or(std::vector<der::element>()))
    if (e.tag == 0xa6) return der::node(der::sequence, e.content);
  return {};
}

}  // namespace

// ---- a transaction ----

namespace {

// From the first message to the confirmation, or to its end without one.
struct transaction {
  const authority& of;
  const cmp_responder::duties& duties;
  header who;
  cmp_sender from;
  instant begun;
  bool asked = false;
  bytes issued = {};  // waits for its confirmation
  std::mutex gate = {};
  owned_server server = {};
};

transaction& ours(OSSL_CMP_SRV_CTX* s) {
  return *static_cast<transaction*>(OSSL_CMP_SRV_CTX_get0_custom_ctx(s));
}

OSSL_CMP_PKISI* status(int state, int failure = 0, const std::string& text = {}) {
  return OSSL_CMP_STATUSINFO_new(state, failure, text.empty() ? nullptr : text.c_str());
}
OSSL_CMP_PKISI* rejected(int failure, const std::string& text) {
  return status(OSSL_CMP_PKISTATUS_rejection, 1 << failure, text);
}

// C calls these: nothing may be thrown through it.
template <class Work>
OSSL_CMP_PKISI* guarded(Work work) {
  try {
    return work();
  } catch (const std::exception&) {
    return rejected(OSSL_CMP_PKIFAILUREINFO_systemUnavail, "systemUnavail");
  }
}

std::optional<cmp_wish> wish_of(const transaction& t, const OSSL_CRMF_MSG* crm,
                                const X509_REQ* p10cr) {
  cmp_wish w;
  w.from = t.from;
  if (p10cr) {
    auto read = read_request(der_of<X509_REQ>(p10cr, i2d_X509_REQ));
    if (!read) return {};
    w.key = read->key;
    w.common_name = read->common_name;
    w.dns = read->dns;
    return w;
  }
  const OSSL_CRMF_CERTTEMPLATE* wanted = OSSL_CRMF_MSG_get0_tmpl(crm);
  w.key = key_in(wanted);
  if (w.key.empty()) return {};
  if (const X509_NAME* name = OSSL_CRMF_CERTTEMPLATE_get0_subject(wanted))
    w.common_name = common_name_of(name);
  w.dns = dns_of(OSSL_CRMF_CERTTEMPLATE_get0_extensions(wanted));
  if (const OSSL_CRMF_CERTID* old = OSSL_CRMF_MSG_get0_regCtrl_oldCertID(crm))
    w.replaces = hex_of(OSSL_CRMF_CERTID_get0_serialNumber(old));
  return w;
}

OSSL_CMP_PKISI* on_request(OSSL_CMP_SRV_CTX* s, const OSSL_CMP_MSG* message, int,
                           const OSSL_CRMF_MSG* crm, const X509_REQ* p10cr, X509** certificate,
                           STACK_OF(X509) * *chain, STACK_OF(X509) * *) {
  return guarded([&] {
    transaction& t = ours(s);
    auto w = wish_of(t, crm, p10cr);
    if (!w) return rejected(OSSL_CMP_PKIFAILUREINFO_badCertTemplate, "badCertTemplate");
    if ((OSSL_CMP_MSG_get_bodytype(message) == key_update_request) == w->replaces.empty())
      return rejected(OSSL_CMP_PKIFAILUREINFO_badCertId, "oldCertID");
    if (std::exchange(t.asked, true))
      return rejected(OSSL_CMP_PKIFAILUREINFO_transactionIdInUse, "transactionIdInUse");
    auto made = t.duties.issue(*w);
    if (!made) return rejected(OSSL_CMP_PKIFAILUREINFO_badRequest, made.why().code);
    owned_x509 one = read_certificate(*made), above = read_certificate(t.of.certificate());
    owned_certificates more(sk_X509_new_null());
    must(one && above && more && sk_X509_push(more.get(), above.get()) > 0, "certificates");
    (void)above.release();
    t.issued = *made;
    *certificate = one.release();
    *chain = more.release();
    return status(OSSL_CMP_PKISTATUS_accepted);
  });
}

OSSL_CMP_PKISI* on_revocation(OSSL_CMP_SRV_CTX* s, const OSSL_CMP_MSG*, const X509_NAME*,
                              const ASN1_INTEGER* serial) {
  return guarded([&] {
    transaction& t = ours(s);
    if (std::exchange(t.asked, true))
      return rejected(OSSL_CMP_PKIFAILUREINFO_transactionIdInUse, "transactionIdInUse");
    // OpenSSL does not hand the wanted reason on.
    const auto done = t.duties.revoke(t.from, hex_of(serial), "unspecified");
    if (done) return status(OSSL_CMP_PKISTATUS_accepted);
    return rejected(done.why().kind == kind::conflict ? OSSL_CMP_PKIFAILUREINFO_certRevoked
                                                      : OSSL_CMP_PKIFAILUREINFO_badCertId,
                    done.why().code);
  });
}

// RFC 9810 section 5.3.18: the hash is that of the certificate's own signature.
int on_confirmation(OSSL_CMP_SRV_CTX* s, const OSSL_CMP_MSG*, int, const ASN1_OCTET_STRING* hash,
                    const OSSL_CMP_PKISI* said) {
  try {
    transaction& t = ours(s);
    if (t.issued.empty()) return 0;
    const auto own = trust::sha256(t.issued);
    const bool same = trust::equal_in_constant_time(
        own, view(ASN1_STRING_get0_data(hash), static_cast<std::size_t>(ASN1_STRING_length(hash))));
    // PKIStatusInfo begins with the status; absent means accepted.
    const bool accepted =
        !said || [&] {
          const bytes written = der_of<OSSL_CMP_PKISI>(said, i2d_OSSL_CMP_PKISI);
          const auto all = der::only(written, der::sequence);
          view parts = all ? all->content : view();
          const auto state = der::take(parts, der::integer);
          return state && state->content.size() == 1 &&
                 state->content[0] <= OSSL_CMP_PKISTATUS_grantedWithMods;
        }();
    owned_x509 one = read_certificate(t.issued);
    t.issued.clear();
    if (same && accepted) return 1;
    (void)t.duties.revoke(t.from, hex_of(X509_get0_serialNumber(one.get())),
                          "cessationOfOperation");
    return same ? 1 : 0;
  } catch (const std::exception&) {
    return 0;
  }
}

void on_error(OSSL_CMP_SRV_CTX*, const OSSL_CMP_MSG*, const OSSL_CMP_PKISI*, const ASN1_INTEGER*,
              const OSSL_CMP_PKIFREETEXT*) {}

int no_log(const char*, const char*, int, OSSL_CMP_severity, const char*) { return 1; }

// What the server verifies with and protects its answers with.
void equip(transaction& t, const std::optional<bytes>& secret, const seat& registrar,
           view root) {
  t.server.reset(OSSL_CMP_SRV_CTX_new(nullptr, nullptr));
  OSSL_CMP_SRV_CTX* s = t.server.get();
  must(s && OSSL_CMP_SRV_CTX_init(s, &t, on_request, on_revocation, nullptr, on_error,
                                  on_confirmation, nullptr) == 1 &&
           OSSL_CMP_SRV_CTX_set_grant_implicit_confirm(s, 1) == 1,
       "OSSL_CMP_SRV_CTX");
  OSSL_CMP_CTX* c = OSSL_CMP_SRV_CTX_get0_cmp_ctx(s);
  must(OSSL_CMP_CTX_set_log_cb(c, no_log) == 1, "OSSL_CMP_CTX_set_log_cb");
  if (secret) {
    must(OSSL_CMP_CTX_set1_referenceValue(c, t.who.sender_key_id.data(),
                                          static_cast<int>(t.who.sender_key_id.size())) == 1 &&
             OSSL_CMP_CTX_set1_secretValue(c, secret->data(), static_cast<int>(secret->size())) ==
                 1,
         "secret of a reference");
    return;
  }
  owned<X509_STORE, X509_STORE_free> trusted(X509_STORE_new());
  owned_x509 top = read_certificate(root), own = read_certificate(t.of.certificate());
  owned_certificates between(sk_X509_new_null());
  must(trusted && top && own && between && X509_STORE_add_cert(trusted.get(), top.get()) == 1,
       "trust of CMP");
  must(OSSL_CMP_CTX_set0_trustedStore(c, trusted.get()) == 1, "trust of CMP");
  (void)trusted.release();
  must(sk_X509_push(between.get(), own.get()) > 0, "trust of CMP");
  (void)own.release();
  must(OSSL_CMP_CTX_set1_untrusted(c, between.get()) == 1 &&
           OSSL_CMP_CTX_set1_cert(c, registrar.x509.get()) == 1 &&
           OSSL_CMP_CTX_set1_pkey(c, pkey_of(registrar.key)) == 1,
       "identity of CMP");
}

std::string identifier_of(const OSSL_CMP_MSG* message) {
  const ASN1_OCTET_STRING* id =
      OSSL_CMP_HDR_get0_transactionID(OSSL_CMP_MSG_get0_header(message));
  return id && ASN1_STRING_length(id) >= 16 ? octets_of(id) : std::string();
}

}  // namespace

struct cmp_responder::inside {
  const authority& of;
  duties does;
  std::mutex gate;
  std::map<std::string, std::shared_ptr<transaction>> going_on;  // by transactionID

  // The transaction of a message; a new one begins only by a message that was sent just now.
  std::shared_ptr<transaction> of_message(const OSSL_CMP_MSG* message, const header& h) {
    const instant at = now();
    const std::string id = identifier_of(message);
    if (id.empty() || h.sender_key_id.empty()) return nullptr;
    std::lock_guard lock(gate);
    if (const auto found = going_on.find(id); found != going_on.end())
      return found->second->who.sender_key_id == h.sender_key_id ? found->second : nullptr;
    if (!h.sent || std::abs(*h.sent - seconds_of(at)) >
                       std::chrono::duration_cast<std::chrono::seconds>(freshness).count())
      return nullptr;
    std::erase_if(going_on, [&](const auto& one) {
      return one.second->begun.plus(transaction_life) <= at;
    });
    if (going_on.size() >= most_transactions) return nullptr;
    auto made = std::shared_ptr<transaction>(new transaction{of, does, h, {}, at});
    going_on.emplace(id, made);
    return made;
  }
};

cmp_responder::cmp_responder(const authority& a, duties d) : in_(new inside{a, std::move(d)}) {}
cmp_responder::~cmp_responder() = default;

std::optional<bytes> cmp_responder::answer(view given) {
  if (given.empty() || given.size() > longest_message) return {};
  owned_bio in = reading(given);
  const owned_message message(d2i_OSSL_CMP_MSG_bio(in.get(), nullptr));
  ERR_clear_error();
  if (!message) return {};
  const header h = header_of(given);
  const auto t = in_->of_message(message.get(), h);
  if (!t) return {};
  std::lock_guard lock(t->gate);
  if (!t->server) {
    std::optional<bytes> secret;
    if (h.by_password) {
      t->from.reference.assign(h.sender_key_id.begin(), h.sender_key_id.end());
      secret = in_->does.secret(t->from.reference);
    } else {
      t->from.key_id = text::hex(h.sender_key_id);
    }
    equip(*t, secret, in_->of.raw().registrar, in_->of.raw().root);
  }
  const owned_message said(OSSL_CMP_SRV_process_request(t->server.get(), message.get()));
  ERR_clear_error();
  if (!said) return {};
  owned_bio out(BIO_new(BIO_s_mem()));
  must(out && i2d_OSSL_CMP_MSG_bio(out.get(), said.get()) == 1, "i2d_OSSL_CMP_MSG");
  const std::string der = text_of(out.get());
  return bytes(der.begin(), der.end());
}

}  // namespace madang::pki
