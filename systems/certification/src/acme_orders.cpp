// Orders, proofs of names, certificates.
#include <algorithm>
#include <set>

#include "acme.hpp"

namespace madang::certification {
namespace {

constexpr std::chrono::hours order_life{24};
constexpr std::size_t most_names = 20;

// RFC 5280 reason codes that a holder may say (RFC 8555 section 7.6).
const char* reason_named(std::int64_t code) {
  switch (code) {
    case 0:
      return "unspecified";
    case 1:
      return "keyCompromise";
    case 3:
      return "affiliationChanged";
    case 4:
      return "superseded";
    case 5:
      return "cessationOfOperation";
    default:
      return nullptr;
  }
}

std::optional<trust::bytes> url_bytes(std::string_view s) {
  if (s.find_first_of("+/=") != std::string_view::npos) return {};
  return text::from_base64(s);
}

}  // namespace

std::vector<acme_authorization> acme::authorizations(id order) {
  return o_->db.reading([&](store::read& r) {
    return r.all<acme_authorization>("select " + store::columns<acme_authorization>() +
                                         " from acme_authorization where owner = ?1 order by key",
                                     order);
  });
}

std::optional<acme_order> acme::own_order(const context& c, const asked& q) {
  const auto key = id::parse(c.request.capture("order"));
  if (!key) return {};
  return o_->db.reading([&](store::read& r) {
    return r.one<acme_order>("select " + store::columns<acme_order>() +
                                 " from acme_order where key = ?1 and account = ?2",
                             *key, q.account->key);
  });
}

std::optional<acme_authorization> acme::own_authorization(const context& c, const asked& q) {
  const auto key = id::parse(c.request.capture("authorization"));
  if (!key) return {};
  return o_->db.reading([&](store::read& r) {
    return r.one<acme_authorization>("select " + store::columns<acme_authorization>() +
                                         " from acme_authorization where key = ?1 and account = ?2",
                                     *key, q.account->key);
  });
}

// ---- what they look like ----

json::value acme::shown(const context& c, const acme_order& order) {
  json::array names, proofs;
  for (const auto& name : text::split(order.names, ' '))
    names.push_back(json::object{{"type", "dns"}, {"value", name}});
  for (const auto& one : authorizations(order.key))
    proofs.emplace_back(address(c, "authorization", one.key));
  json::object out{{"status", order.state},
                   {"expires", order.expires.str()},
                   {"identifiers", names},
                   {"authorizations", proofs},
                   {"finalize", address(c, "order", order.key) + "/finalize"}};
  if (!order.serial.empty()) out["certificate"] = base(c) + "/acme/certificate/" + order.serial;
  if (!order.error.empty())
    out["error"] = json::object{{"type", "urn:ietf:params:acme:error:" + order.error},
                                {"detail", c.say("certification.acme_" + order.error)}};
  return out;
}

json::value acme::challenge_of(const context& c, const acme_authorization& a) const {
  json::object out{{"type", "http-01"},
                   {"url", address(c, "challenge", a.key)},
                   {"status", a.state == "pending" || a.state == "valid" ? a.state : "invalid"},
                   {"token", a.token}};
  if (a.validated) out["validated"] = a.validated->str();
  if (!a.error.empty())
    out["error"] = json::object{{"type", "urn:ietf:params:acme:error:" + a.error},
                                {"detail", c.say("certification.acme_" + a.error)}};
  return out;
}

json::value acme::shown(const context& c, const acme_authorization& a) const {
  return json::object{{"status", a.state},
                      {"expires", a.expires.str()},
                      {"identifier", json::object{{"type", "dns"}, {"value", a.name}}},
                      {"challenges", json::array{challenge_of(c, a)}}};
}

// ---- orders ----

http::response acme::orders(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  if (q->account->key.str() != c.request.capture("account"))
    return problem(c, {403, "unauthorized"});
  json::array all;
  o_->db.reading([&](store::read& r) {
    r.each<id>(
        "select key from acme_order where account = ?1 order by key desc limit 100",
        [&](id key) { all.emplace_back(address(c, "order", key)); }, q->account->key);
  });
  return answer(c, json::object{{"orders", all}});
}

http::response acme::new_order(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  const json::value& list = json::at(q->payload, "identifiers");
  if (!list.is_array() || list.get_array().empty() || list.get_array().size() > most_names)
    return problem(c, {400, "malformed"});
  const auto admitted = o_->db.reading([&](store::read& r) {
    return r.one<program_key>(
        "select " + store::columns<program_key>() + " from program_key where key = ?1",
        q->account->admitted);
  });
  std::set<std::string> names;
  for (const auto& one : list.get_array()) {
    if (json::str(one, "type") != "dns") return problem(c, {400, "unsupportedIdentifier"});
    const std::string name = text::lower_case(json::str(one, "value"));
    if (!pki::is_dns_name(name)) return problem(c, {400, "rejectedIdentifier"});
    if (!admitted || !may_ask(*admitted, name)) return problem(c, {403, "rejectedIdentifier"});
    names.insert(name);
  }
  const instant until = now().plus(order_life);
  acme_order order{
      new_id(), q->account->key, text::join({names.begin(), names.end()}, " "), "pending", "", "",
      until};
  o_->db.writing([&](store::write& tx) {
    tx.insert("acme_order", order);
    for (const auto& name : names)
      tx.insert("acme_authorization", acme_authorization{new_id(),
                                                         order.key,
                                                         q->account->key,
                                                         name,
                                                         random_token(32),
                                                         "pending",
                                                         "",
                                                         {},
                                                         until});
    audit::append(tx, why(*q->account), audit::action::changed, {}, "acme_order", order.key.str(),
                  order.names);
  });
  return answer(c, shown(c, order), 201).with("Location", address(c, "order", order.key));
}

// An order is ready when all its names are proven, and lost with the first that is not.
void acme::settle(acme_order& order) {
  if (order.state != "pending") return;
  const auto all = authorizations(order.key);
  const bool lost = order.expires < now() || std::ranges::any_of(all, [](const auto& one) {
                      return one.state == "invalid" || one.state == "deactivated";
                    });
  const bool ready = std::ranges::all_of(all, [](const auto& one) { return one.state == "valid"; });
  if (!lost && !ready) return;
  order.state = lost ? "invalid" : "ready";
  o_->db.writing([&](store::write& tx) {
    tx.run("update acme_order set state = ?2 where key = ?1 and state = 'pending'", order.key,
           order.state);
  });
}

http::response acme::order(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  auto row = own_order(c, *q);
  if (!row) return problem(c, {404, "malformed"});
  settle(*row);
  return answer(c, shown(c, *row)).with("Location", address(c, "order", row->key));
}

http::response acme::finalize(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  auto row = own_order(c, *q);
  if (!row) return problem(c, {404, "malformed"});
  settle(*row);
  if (row->state == "valid") return answer(c, shown(c, *row));
  if (row->state != "ready") return problem(c, {403, "orderNotReady"});
  const auto der = url_bytes(json::str(q->payload, "csr"));
  auto request = der ? pki::read_request(*der)
                     : result<pki::certification_request>(refuse(kind::invalid, "pki.jws"));
  if (!request) return problem(c, {400, "badCSR"});
  std::set<std::string> asked(request->dns.begin(), request->dns.end());
  if (!request->common_name.empty()) asked.insert(text::lower_case(request->common_name));
  const auto names = text::split(row->names, ' ');
  if (asked != std::set<std::string>(names.begin(), names.end()))
    return problem(c, {400, "badCSR"});
  if (!o_->keys()) return problem(c, {500, "serverInternal"});
  const auto about = why(*q->account);
  program_wish w;
  w.kind = "server";
  w.dns = names;
  w.key = request->key;
  w.source = "acme";
  // Whoever comes first takes it; a second request finds it taken. The certificate and what the
  // order says of it are one transaction.
  bool mine = true;
  auto made = o_->db.writing([&](store::write& tx) -> result<certificate> {
    mine = tx.run("update acme_order set state = 'valid' where key = ?1 and state = 'ready'",
                  row->key) == 1;
    if (!mine) return refuse(kind::conflict, "certification.state");
    const auto k = tx.one<program_key>(
        "select " + store::columns<program_key>() + " from program_key where key = ?1",
        q->account->admitted);
    if (!k) return refuse(kind::forbidden, "certification.unknown");
    w.agency = k->agency;
    auto c = o_->issue_for_program(tx, about, k->authority, w);
    if (c) tx.run("update acme_order set serial = ?2 where key = ?1", row->key, c->serial);
    return c;
  });
  if (!mine) return problem(c, {403, "orderNotReady"});
  row->state = made ? "valid" : "invalid";
  row->serial = made ? made->serial : "";
  row->error = made ? "" : "badCSR";
  if (!made)
    o_->db.writing([&](store::write& tx) {
      tx.run("update acme_order set state = 'invalid', error = 'badCSR' where key = ?1 and "
             "state = 'ready'", row->key);
    });
  if (!made) return problem(c, {400, "badCSR"});
  return answer(c, shown(c, *row)).with("Location", address(c, "order", row->key));
}

// ---- proofs ----

http::response acme::authorization(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  auto row = own_authorization(c, *q);
  if (!row) return problem(c, {404, "malformed"});
  if (json::str(q->payload, "status") == "deactivated") {
    row->state = "deactivated";
    o_->db.writing([&](store::write& tx) {
      tx.run("update acme_authorization set state = 'deactivated' where key = ?1", row->key);
    });
  }
  return answer(c, shown(c, *row));
}

http::response acme::challenge(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  auto row = own_authorization(c, *q);
  if (!row) return problem(c, {404, "malformed"});
  // Without a payload it is only looked at; with one, it shall be tried.
  if (row->state == "pending" && !q->payload.is_null() && row->expires > now()) {
    if (!proving_.try_acquire_for(std::chrono::seconds(5))) return problem(c, {429, "rateLimited"});
    const std::string found = fetch_proof(row->name, port_, row->token);
    proving_.release();
    const bool proven = found == row->token + "." + q->account->thumbprint;
    row->state = proven ? "valid" : "invalid";
    row->error = proven ? "" : found.empty() ? "connection" : "incorrectResponse";
    if (proven) row->validated = now();
    o_->db.writing([&](store::write& tx) {
      tx.run(
          "update acme_authorization set state = ?2, error = ?3, validated = ?4 where key = ?1 "
          "and state = 'pending'",
          row->key, row->state, row->error, row->validated);
      audit::append(tx, why(*q->account), audit::action::decided, {}, "acme_authorization",
                    row->key.str(), row->name + " " + row->state);
    });
  }
  return answer(c, challenge_of(c, *row))
      .with("Link", "<" + address(c, "authorization", row->key) + ">;rel=\"up\"");
}

// ---- certificates ----

http::response acme::certificate_file(context& c) {
  http::response bad;
  auto q = accept(c, false, bad);
  if (!q) return bad;
  const std::string serial(c.request.capture("serial"));
  const auto own = o_->db.reading([&](store::read& r) {
    return r.one<id>("select key from acme_order where serial = ?1 and account = ?2", serial,
                     q->account->key);
  });
  const auto row = own ? o_->find(serial) : std::nullopt;
  auto all = o_->keys();
  if (!row || !all) return problem(c, {404, "malformed"});
  auto r = answer(c, json::object{});
  r.body = pki::pem_of(row->der);
  // The root is the client's own matter (RFC 8555 section 9.1).
  if (const auto* a = (*all)->find(row->authority)) r.body += pki::pem_of(a->certificate());
  r.content_type = "application/pem-certificate-chain";
  return r;
}

http::response acme::revoke(context& c) {
  http::response bad;
  auto q = accept(c, true, bad);
  if (!q) return bad;
  const auto der = url_bytes(json::str(q->payload, "certificate"));
  auto said = der ? pki::read_facts(*der) : result<pki::facts>(refuse(kind::invalid, "pki.jws"));
  if (!said) return problem(c, {400, "malformed"});
  const auto row = o_->find(said->serial);
  if (!row || row->der != said->der || row->source != "acme") return problem(c, {404, "malformed"});
  // By the account that ordered it, or by the certificate's own key.
  bool may = false;
  if (q->account)
    may = o_->db.reading([&](store::read& r) {
      return r
          .one<id>("select key from acme_order where serial = ?1 and account = ?2", row->serial,
                   q->account->key)
          .has_value();
    });
  else may = said->public_key == q->key.public_der;
  if (!may) return problem(c, {403, "unauthorized"});
  const char* reason = reason_named(json::num(q->payload, "reason", 0));
  if (!reason) return problem(c, {400, "badRevocationReason"});
  if (row->state == "revoked") return problem(c, {400, "alreadyRevoked"});
  audit::access about{audit::system_actor("ACME"), o_->home.said("certification.purpose_program"),
                      o_->home.said("law.signature_government"), row->serial};
  if (q->account) about = why(*q->account);
  auto done = o_->revoke(about, row->serial, reason);
  if (!done) return problem(c, {400, "malformed"});
  auto r = answer(c, json::object{});
  r.body.clear();
  return r;
}

// RFC 9773: when to renew; at once when it was revoked. Anybody may ask.
http::response acme::renewal(context& c) {
  const auto parts = text::split(c.request.capture("certificate"), '.');
  const auto serial = parts.size() == 2 ? url_bytes(parts[1]) : std::nullopt;
  if (!serial || serial->empty() || serial->size() > 20) return problem(c, {404, "malformed"});
  std::string hex = text::hex(*serial);
  hex.erase(0, std::min(hex.find_first_not_of('0'), hex.size() - 1));
  const auto row = o_->find(hex);
  const auto said = row ? pki::read_facts(row->der)
                        : result<pki::facts>(refuse(kind::not_found, "certification.unknown"));
  if (!said || text::base64url(said->authority_key) != parts[0])
    return problem(c, {404, "malformed"});
  const auto life = row->valid_until.micros - row->valid_since.micros;
  instant from{row->valid_since.micros + life * 2 / 3}, until = from.plus(std::chrono::hours(48));
  if (row->state == "revoked") {
    until = now();
    from = until.plus(-std::chrono::hours(1));
  }
  auto r = http::json_response(json::print(json::object{
      {"suggestedWindow", json::object{{"start", from.str()}, {"end", until.str()}}}}));
  r.with("Retry-After", "21600");
  return r.with("Cache-Control", "no-store");
}

}  // namespace madang::certification
