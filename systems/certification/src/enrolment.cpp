// How devices and servers of agencies enrol by the protocols of their makers: EST (RFC 7030 with
// RFC 8951) and CMP (RFC 9810 over HTTP, RFC 9811). Both need a key that an official of the
// authority gave; CMP's key update needs the certificate itself.
#include <map>

#include "madang/pki/cmp.hpp"
#include "pages.hpp"
#include "programs.hpp"

namespace madang::certification {
namespace {

constexpr std::string_view pkcs10_type = "application/pkcs10", cmp_type = "application/pkixcmp";

// ---- EST ----

http::response pkcs7(const std::vector<trust::bytes>& certificates) {
  http::response r;
  r.content_type = "application/pkcs7-mime; smime-type=certs-only";
  r.body = text::base64(pki::certificates_only(certificates));
  r.with("Content-Transfer-Encoding", "base64");
  return r.with("Cache-Control", "no-store");
}

// HTTP Basic (RFC 7030 section 3.2.3): user name and password are the two halves of the key.
std::optional<program_key> admitted_by(const context& c, registrar& o) {
  constexpr std::string_view scheme = "Basic ";
  const auto header = c.request.header("authorization");
  if (!header.starts_with(scheme)) return {};
  const auto plain = text::from_base64(header.substr(scheme.size()));
  if (!plain) return {};
  const auto said = text::chars_of(*plain);
  const auto colon = said.find(':');
  if (colon == std::string_view::npos) return {};
  auto k = program_with(o, said.substr(0, colon));
  if (!k || k->authority != c.request.capture("authority")) return {};
  if (!trust::equal_in_constant_time(trust::view_of(k->password()),
                                     trust::view_of(said.substr(colon + 1))))
    return {};
  return k;
}

http::response est_authorities(context& c, registrar& o) {
  auto all = o.keys();
  if (!all) return c.refuse(all.why());
  const auto* a = (*all)->find(c.request.capture("authority"));
  if (!a) return c.refuse(refuse(kind::not_found, "certification.unknown"));
  return pkcs7(a->chain());
}

// RFC 7030 section 4.5.2: an ECDSA signature with SHA-256 is wished for.
http::response est_attributes(context& c, registrar& o) {
  if (!o.plan_of(c.request.capture("authority")))
    return c.refuse(refuse(kind::not_found, "certification.unknown"));
  const trust::bytes wished{0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};
  http::response r;
  r.content_type = "application/csrattrs";
  r.body = text::base64(wished);
  return r.with("Content-Transfer-Encoding", "base64");
}

// The newest valid certificate of the same program for the same names.
std::optional<std::string> valid_for(store::read& r, const std::string& authority,
                                     const program_wish& w) {
  return r.one<std::string>(
      "select c.serial from certificate c join application a on a.key = c.application "
      "where c.authority = ?1 and c.kind = ?2 and c.number = ?3 and c.dns = ?4 and a.note = ?5 "
      "and c.person = 0 and c.state = 'valid' and c.valid_until > ?6 "
      "order by c.valid_since desc limit 1",
      authority, w.kind, w.number, text::join(w.dns, " "), w.agency, now());
}

http::response est_enrol(context& c, registrar& o, bool again) {
  const auto k = admitted_by(c, o);
  if (!k) {
    auto r = c.refuse(refuse(kind::unauthenticated, "certification.program_unknown"));
    return r.with("WWW-Authenticate", "Basic realm=\"EST\"");
  }
  if (!c.request.header("content-type").starts_with(pkcs10_type))
    return c.refuse(refuse(kind::unsupported, "request.type"));
  // RFC 8951 section 3: base64 with or without line breaks.
  std::string body = c.request.body;
  std::erase_if(body, [](char ch) { return ch == '\r' || ch == '\n' || ch == ' '; });
  const auto der = text::from_base64(body);
  auto request = der ? pki::read_request(*der)
                     : result<pki::certification_request>(
                           refuse(kind::invalid, "pki.request_malformed", "request"));
  if (!request) return c.refuse(request.why());
  auto w = wish_for(*k, request->key, request->common_name, request->dns);
  if (!w) return c.refuse(w.why());
  if (auto all = o.keys(); !all) return c.refuse(all.why());
  w->source = "est";
  auto made = o.db.writing([&](store::write& tx) -> result<certificate> {
    if (again) {
      // RFC 7030 section 4.2.2: the names of a certificate that it has.
      const auto before = valid_for(tx, k->authority, *w);
      if (!before) return refuse(kind::not_found, "certification.unknown");
      w->replaces = *before;
    }
    return o.issue_for_program(tx, why_of_program(o, "EST", *k), k->authority, *w);
  });
  return made ? pkcs7({made->der}) : c.refuse(made.why());
}

// ---- CMP ----

// One a certification authority, made when it is first spoken to.
class cmp_offices {
 public:
  explicit cmp_offices(registrar& o) : o_(o) {}

  http::response answer(context& c) {
    if (!c.request.header("content-type").starts_with(cmp_type))
      return c.refuse(refuse(kind::unsupported, "request.type"));
    auto all = o_.keys();
    if (!all) return c.refuse(all.why());
    const auto* a = (*all)->find(c.request.capture("authority"));
    if (!a || a->hierarchy() != "government")
      return c.refuse(refuse(kind::not_found, "certification.unknown"));
    const auto said = of(*a).answer(text::bytes_of(c.request.body));
    if (!said) return c.refuse(refuse(kind::invalid, "certification.cmp_message"));
    http::response r;
    r.content_type = std::string(cmp_type);
    r.body = std::string(text::chars_of(*said));
    return r.with("Cache-Control", "no-store");
  }

 private:
  pki::cmp_responder& of(const pki::authority& a) {
    std::lock_guard lock(gate_);
    auto& there = responders_[a.id()];
    if (!there)
      there = std::make_unique<pki::cmp_responder>(
          a, pki::cmp_responder::duties{
                 [this, id = a.id()](const std::string& kid) { return secret(id, kid); },
                 [this, id = a.id()](const pki::cmp_wish& w) { return issue(id, w); },
                 [this, id = a.id()](const pki::cmp_sender& who, const std::string& serial,
                                     const std::string& reason) {
                   return revoke(id, who, serial, reason);
                 }});
    return *there;
  }

  std::optional<trust::bytes> secret(const std::string& authority, const std::string& reference) {
    const auto k = program_with(o_, reference);
    if (!k || k->authority != authority) return {};
    const std::string password = k->password();
    return trust::bytes(password.begin(), password.end());
  }

  // The certificate that a signer showed: still valid, of this authority and of a program.
  std::optional<certificate> shown(const std::string& authority, const std::string& serial,
                                   const std::string& key_id) {
    auto row = o_.find(serial);
    if (!row || row->authority != authority || row->shown(now()) != "valid" || row->person)
      return {};
    const auto said = pki::read_facts(row->der);
    if (!said || text::hex(said->own_key) != key_id) return {};
    return row;
  }

  result<trust::bytes> issue(const std::string& authority, const pki::cmp_wish& asked) {
    std::optional<program_key> k;
    std::optional<certificate> before;
    if (!asked.from.reference.empty()) {
      k = program_with(o_, asked.from.reference);
      if (!k) return refuse(kind::forbidden, "certification.program_unknown");
      if (!asked.replaces.empty()) {
        before = o_.find(asked.replaces);
        const auto applied = before ? o_.find_application(before->application) : std::nullopt;
        if (!applied || before->authority != authority || applied->note != k->agency)
          return refuse(kind::not_found, "certification.unknown");
      }
    } else {
      // What a certificate can do for itself is to be renewed.
      if (asked.replaces.empty()) return refuse(kind::forbidden, "certification.program_unknown");
      before = shown(authority, asked.replaces, asked.from.key_id);
      if (!before) return refuse(kind::not_found, "certification.unknown");
      const auto applied = o_.find_application(before->application);
      k = program_key{};
      k->authority = authority;
      k->kind = before->kind;
      k->agency = applied ? applied->note : "";
      k->names = before->kind == "device" ? before->number : before->dns;
    }
    // A key update may leave out the names: they stay.
    std::string name = asked.common_name;
    auto dns = asked.dns;
    if (before && (name.empty() || asked.from.reference.empty())) {
      name = before->kind == "device" ? before->number : "";
      dns = before->dns.empty() ? dns : text::split(before->dns, ' ');
    }
    auto w = wish_for(*k, asked.key, name, dns);
    if (!w) return w.why();
    w->source = "cmp";
    w->replaces = asked.replaces;
    auto made = o_.db.writing([&](store::write& tx) {
      return o_.issue_for_program(tx, why_of_program(o_, "CMP", *k), authority, *w);
    });
    if (!made) return made.why();
    return made->der;
  }

  outcome revoke(const std::string& authority, const pki::cmp_sender& who,
                 const std::string& serial, const std::string& reason) {
    program_key k;
    if (!who.reference.empty()) {
      const auto found = program_with(o_, who.reference);
      const auto row = o_.find(serial);
      const auto applied = row ? o_.find_application(row->application) : std::nullopt;
      if (!found || !applied || row->authority != authority || row->person ||
          applied->note != found->agency)
        return refuse(kind::not_found, "certification.unknown");
      k = *found;
    } else {
      const auto row = shown(authority, serial, who.key_id);
      if (!row) return refuse(kind::not_found, "certification.unknown");
      k.kid = serial;
      k.agency = row->number.empty() ? row->dns : row->number;
    }
    return o_.revoke(why_of_program(o_, "CMP", k), serial, reason);
  }

  registrar& o_;
  std::mutex gate_;
  std::map<std::string, std::unique_ptr<pki::cmp_responder>> responders_;
};

}  // namespace

void enrolment_routes(office o) {
  auto& h = o->home;
  const std::string est = "/.well-known/est/{authority}/";
  h.page("GET", est + "cacerts", needs::nobody, [o](context& c) { return est_authorities(c, *o); });
  h.page("GET", est + "csrattrs", needs::nobody, [o](context& c) { return est_attributes(c, *o); });
  h.page("POST", est + "simpleenroll", needs::nobody,
         [o](context& c) { return est_enrol(c, *o, false); });
  h.page("POST", est + "simplereenroll", needs::nobody,
         [o](context& c) { return est_enrol(c, *o, true); });
  const auto cmp = std::make_shared<cmp_offices>(*o);
  h.page("POST", "/.well-known/cmp/p/{authority}", needs::nobody,
         [o, cmp](context& c) { return cmp->answer(c); });
}

}  // namespace madang::certification
