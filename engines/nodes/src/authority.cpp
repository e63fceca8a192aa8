#include "madang/nodes/authority.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

#include "authority_inside.hpp"
#include "madang/base/base.hpp"
#include "madang/base/text.hpp"
#include "madang/trust/key.hpp"

namespace madang::nodes {

std::span<const store::migration> migrations();

namespace {

namespace fs = std::filesystem;

struct wish {
  std::string server, name, address;
  std::vector<std::string> clients;
  trust::bytes auth_key, sign_key;
  std::string token_sha256;
};

struct request_row {
  id key;
  instant at;
  std::string server, member, name, address, clients;
  trust::bytes auth_key, sign_key;
  std::string token_sha256, state;
  std::optional<instant> answered_at;
  std::string answered_by;
  std::optional<trust::bytes> auth_certificate, sign_certificate;
};
BOOST_DESCRIBE_STRUCT(request_row, (),
                      (key, at, server, member, name, address, clients, auth_key, sign_key,
                       token_sha256, state, answered_at, answered_by, auth_certificate,
                       sign_certificate))
constexpr const char* of_requests =
    "select id as key, at, server, member, name, address, clients, auth_key, sign_key, "
    "token_sha256, state, answered_at, answered_by, auth_certificate, sign_certificate "
    "from request ";

struct server_row {
  std::string id, name, address;
  bool maintenance = false;
  instant at;
};
BOOST_DESCRIBE_STRUCT(server_row, (), (id, name, address, maintenance, at))
struct client_row {
  std::string client, server;
};
BOOST_DESCRIBE_STRUCT(client_row, (), (client, server))

fs::path name_file(const fs::path& folder) { return folder / "instance"; }

std::vector<pki::hierarchy_plan> plans() {
  return {{hierarchy,
           {"연계망 최상위", "Root of the exchange"},
           {"연계망", "Exchange"},
           {{"nodes",
             "1.3.6.1.4.1.32473.7",
             {"연계망 인증", "Exchange members"},
             {"연계망", "Exchange"}}}}};
}

// "A1B2 C3D4 ...", as two people read it to each other.
std::string fingerprint_of(trust::view key) {
  const auto digest = trust::sha256(key);
  const std::string h = text::upper_case(text::hex(digest));
  std::string out;
  for (std::size_t i = 0; i < 32; i += 4) out += (i ? " " : "") + h.substr(i, 4);
  return out;
}

bool is_address(std::string_view s) {
  const auto colon = s.rfind(':');
  if (colon == s.npos || colon == 0 || s.size() > 260) return false;
  const auto port = s.substr(colon + 1);
  const bool digits =
      !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), [](char c) {
        return std::isdigit(static_cast<unsigned char>(c));
      });
  const auto host = s.substr(0, colon);
  return digits && std::all_of(host.begin(), host.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-';
         });
}

refusal wrong(const char* field) { return refuse(kind::invalid, "node.request", field); }

trust::bytes key_of(const json::value& v, const char* member) {
  const auto b = text::from_base64(json::str(v, member));
  return b && b->size() < 1024 ? trust::bytes(b->begin(), b->end()) : trust::bytes();
}

result<wish> read_wish(std::string_view octets, const std::string& instance) {
  const auto v = json::parse(octets);
  if (!v) return v.why();
  wish w;
  w.server = json::str(*v, "server");
  w.name = text::trim(json::str(*v, "name"));
  w.address = json::str(*v, "address");
  w.token_sha256 = json::str(*v, "token_sha256");
  w.auth_key = key_of(*v, "auth_key");
  w.sign_key = key_of(*v, "sign_key");
  const auto server = xroad::read_server(w.server);
  if (!server || server->owner.instance != instance) return wrong("server");
  if (w.name.empty() || text::length(w.name) > 200) return wrong("name");
  if (!is_address(w.address)) return wrong("address");
  if (w.token_sha256.size() != 64) return wrong("token_sha256");
  std::optional<xroad::client_id> member;
  if (const auto& all = json::at(*v, "clients"); all.is_array())
    for (const auto& one : all.get_array()) {
      const auto c = one.is_string() ? xroad::read_client(one.get_string())
                                     : result<xroad::client_id>(wrong("clients"));
      if (!c || c->instance != instance || c->subsystem.empty()) return wrong("clients");
      if (member && *member != c->member()) return wrong("clients");
      member = c->member();
      w.clients.push_back(c->str());
    }
  if (w.clients.empty() || w.clients.size() > 100) return wrong("clients");
  return w;
}

outcome is_signed(trust::view key, trust::view octets, trust::view signature) {
  const auto k = trust::public_key::from_der(key);
  if (!k || signature.size() != 64 || !k->verify(octets, signature))
    return refuse(kind::invalid, "node.request_signature");
  return nothing{};
}

void enter(store::write& tx, const audit::access& why, audit::action what,
           const std::string& server, const std::string& said) {
  audit::append(tx, why, what, {}, "exchange", server, said);
}

}  // namespace

outcome authority::create(const place& p, const std::string& instance) {
  if (is_in(p.folder)) return refuse(kind::conflict, "node.authority_there");
  const auto capital = [](char c) { return 'A' <= c && c <= 'Z'; };
  if (instance.size() != 2 || !std::all_of(instance.begin(), instance.end(), capital))
    return refuse(kind::invalid, "node.instance", "instance");
  fs::create_directories(p.folder);
  auto made = pki::authorities::open_or_create(p.folder, p.passphrase, plans(), p.url);
  if (!made) return made.why();
  p.db.migrate("authority", migrations());
  std::ofstream out(name_file(p.folder));
  out << instance << "\n";
  if (!out.flush()) throw std::runtime_error("the authority's folder cannot be written");
  return nothing{};
}

bool authority::is_in(const fs::path& folder) { return fs::exists(name_file(folder)); }

authority::authority(place p) : in_(std::make_unique<inside>(std::move(p))) {
  std::ifstream in(name_file(in_->at.folder));
  if (!std::getline(in, in_->instance))
    throw std::runtime_error(in_->at.folder.string() + " holds no governing authority");
  auto opened =
      pki::authorities::open_or_create(in_->at.folder, in_->at.passphrase, plans(), in_->at.url);
  if (!opened)
    throw std::runtime_error("the keys of the governing authority: " + opened.why().code);
  in_->keys = *opened;
  audit::prepare(in_->at.db);
  in_->at.db.migrate("authority", migrations());
}
authority::~authority() = default;

const std::string& authority::instance() const { return in_->instance; }

// ---- requests ----

result<id> authority::take(std::string_view octets, trust::view signed_by_auth,
                           trust::view signed_by_sign) {
  auto w = read_wish(octets, in_->instance);
  if (!w) return w.why();
  const auto message = trust::view_of(octets);
  if (auto good = is_signed(w->auth_key, message, signed_by_auth); !good) return good.why();
  if (auto good = is_signed(w->sign_key, message, signed_by_sign); !good) return good.why();
  request_row row;
  row.key = new_id();
  row.at = now();
  row.server = w->server;
  row.member = xroad::read_client(w->clients.front())->member().str();
  row.name = w->name;
  row.address = w->address;
  row.clients = text::join(w->clients, " ");
  return in_->at.db.writing([&](store::write& tx) -> result<id> {
    const auto n = tx.one<std::int64_t>("select count(*) from request where state = 'waiting'");
    if (n.value_or(0) >= static_cast<std::int64_t>(most_waiting))
      return refuse(kind::too_many, "node.requests_full");
    tx.run(
        "insert into request (id, at, server, member, name, address, clients, auth_key, "
        "sign_key, token_sha256, state, answered_by) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
        "?9, ?10, 'waiting', '')",
        row.key, row.at, row.server, row.member, row.name, row.address, row.clients, w->auth_key,
        w->sign_key, w->token_sha256);
    return row.key;
  });
}

std::vector<join_request> authority::requests(bool waiting_only) const {
  const auto rows = in_->at.db.reading([&](store::read& r) {
    return r.all<request_row>(std::string(of_requests) +
                              (waiting_only ? "where state = 'waiting' " : "") +
                              "order by id desc limit 200");
  });
  std::vector<join_request> out;
  for (const auto& r : rows)
    out.push_back({r.key, r.at, r.server, r.member, r.name, r.address, text::split(r.clients, ' '),
                   r.state, r.answered_at, r.answered_by, fingerprint_of(r.auth_key)});
  return out;
}

std::optional<json::value> authority::answer_to(id request, std::string_view token) const {
  const auto row = in_->at.db.reading([&](store::read& r) {
    return r.one<request_row>(std::string(of_requests) + "where id = ?1", request);
  });
  // The octets compared are hashes, so how long it takes tells nothing of the token.
  if (!row || trust::sha256_hex(token) != row->token_sha256) return {};
  json::object out{{"state", row->state}};
  if (!row->auth_certificate || !row->sign_certificate) return out;
  json::array chain;
  for (const auto& c : in_->certifier().chain()) chain.emplace_back(text::base64(c));
  out["auth"] = text::base64(*row->auth_certificate);
  out["sign"] = text::base64(*row->sign_certificate);
  out["chain"] = std::move(chain);
  out["management"] = management().str();
  return out;
}

namespace {

struct issued_certificate {
  trust::bytes der;
  pki::facts facts;
};

result<issued_certificate> issue(const pki::authority& by, pki::profile profile,
                                 const xroad::client_id& of, const trust::bytes& key,
                                 std::optional<int> days) {
  pki::certificate_plan plan;
  plan.profile = profile;
  plan.subject.country = of.instance;
  plan.subject.name = {of.member_code, of.member_code};
  plan.subject.organisation = {of.member_class, of.member_class};
  plan.subject.number = of.member_code;
  plan.key = key;
  plan.from = now();
  plan.days = days;
  auto made = by.issue(plan);
  if (!made) return made.why();
  auto facts = pki::read_facts(*made);
  if (!facts) return facts.why();
  return issued_certificate{std::move(*made), std::move(*facts)};
}

void keep(store::write& tx, const issued_certificate& c, const request_row& of, bool signs) {
  tx.run(
      "insert into certificate (serial, server, member, signs, der, until) "
      "values (?1, ?2, ?3, ?4, ?5, ?6)",
      c.facts.serial, of.server, of.member, signs, c.der, c.facts.until);
}

void answered(store::write& tx, const audit::access& why, id request, const char* state) {
  tx.run("update request set state = ?1, answered_at = ?2, answered_by = ?3 where id = ?4", state,
         now(), why.who.name, request);
}

result<request_row> waiting(store::read& r, id request) {
  const auto row = r.one<request_row>(std::string(of_requests) + "where id = ?1", request);
  if (!row) return refuse(kind::not_found, "node.request_unknown");
  if (row->state != "waiting") return refuse(kind::conflict, "node.request_answered");
  return *row;
}

// The certificate of a server that is one: it asks with the key that it has, and nobody else
// becomes it. Nothing: it joins.
result<std::optional<trust::bytes>> certificate_of(store::read& r, const request_row& asked) {
  auto there = r.one<trust::bytes>("select certificate from server where id = ?1", asked.server);
  if (!there) {
    // Who joins speaks for itself first.
    if (xroad::read_server(asked.server)->owner.str() != asked.member)
      return refuse(kind::conflict, "node.server_unknown");
    return there;
  }
  const auto facts = pki::read_facts(*there);
  if (!facts || facts->public_key != asked.auth_key)
    return refuse(kind::conflict, "node.server_taken");
  return there;
}

bool past_half(trust::view certificate) {
  const auto f = pki::read_facts(certificate);
  return !f || f->from.micros / 2 + f->until.micros / 2 < now().micros;
}

}  // namespace

outcome authority::approve(const audit::access& why, id request, std::optional<int> days) {
  // Signing needs no transaction; what was meanwhile decided otherwise is seen within it.
  std::optional<trust::bytes> has;
  const auto asked = in_->at.db.reading([&](store::read& r) -> result<request_row> {
    auto row = waiting(r, request);
    if (!row) return row;
    auto there = certificate_of(r, *row);
    if (!there) return there.why();
    has = std::move(*there);
    return row;
  });
  if (!asked) return asked.why();
  const auto server = xroad::read_server(asked->server);
  const auto member = xroad::read_client(asked->member);
  const bool fresh = !has || past_half(*has);
  const auto auth =
      fresh ? issue(in_->certifier(), pki::profile::device, server->owner, asked->auth_key, days)
            : result<issued_certificate>(issued_certificate{*has, {}});
  if (!auth) return auth.why();
  const auto sign = issue(in_->certifier(), pki::profile::company, *member, asked->sign_key, days);
  if (!sign) return sign.why();
  return in_->at.db.writing([&](store::write& tx) -> outcome {
    if (const auto still = waiting(tx, request); !still) return still.why();
    if (const auto still = certificate_of(tx, *asked); !still || *still != has)
      return still ? refuse(kind::conflict, "node.server_taken") : still.why();
    const instant at = now();
    tx.run(
        "insert into member (id, name, at) values (?1, ?2, ?3) "
        "on conflict (id) do update set name = excluded.name",
        asked->member, asked->name, at);
    tx.run(
        "insert into server (id, name, address, certificate, maintenance, at) "
        "values (?1, ?2, ?3, ?4, 0, ?5) on conflict (id) do update set "
        "address = excluded.address, certificate = excluded.certificate",
        asked->server, asked->name, asked->address, auth->der, at);
    auto clients = text::split(asked->clients, ' ');
    clients.push_back(asked->member);
    for (const auto& c : clients)
      tx.run(
          "insert into client (client, server, at, ready) values (?1, ?2, ?3, ?4) "
          "on conflict do nothing",
          c, asked->server, at, !has);
    if (fresh) keep(tx, *auth, *asked, false);
    keep(tx, *sign, *asked, true);
    tx.run("update request set auth_certificate = ?1, sign_certificate = ?2 where id = ?3",
           auth->der, sign->der, request);
    answered(tx, why, request, "approved");
    enter(tx, why, audit::action::decided, asked->server, "approved " + asked->clients);
    return nothing{};
  });
}

outcome authority::decline(const audit::access& why, id request) {
  return in_->at.db.writing([&](store::write& tx) -> outcome {
    const auto asked = waiting(tx, request);
    if (!asked) return asked.why();
    answered(tx, why, request, "refused");
    enter(tx, why, audit::action::decided, asked->server, "refused");
    return nothing{};
  });
}

// ---- what belongs to it ----

std::vector<registered_server> authority::servers() const {
  return in_->at.db.reading([](store::read& r) {
    std::vector<registered_server> out;
    for (auto& s : r.all<server_row>("select id, name, address, maintenance, at from server "
                                     "order by at, id"))
      out.push_back({s.id, s.name, s.address, s.maintenance, s.at, {}});
    for (auto& c :
         r.all<client_row>("select client, server from client where ready = 1 order by client"))
      for (auto& s : out)
        if (s.id == c.server) s.clients.push_back(c.client);
    return out;
  });
}

outcome authority::maintenance(const audit::access& why, const std::string& server, bool on) {
  return in_->at.db.writing([&](store::write& tx) -> outcome {
    if (tx.run("update server set maintenance = ?1 where id = ?2", on, server) != 1)
      return refuse(kind::not_found, "node.server_unknown");
    enter(tx, why, audit::action::changed, server, on ? "maintenance" : "service");
    return nothing{};
  });
}

outcome authority::retire(const audit::access& why, const std::string& server) {
  return in_->at.db.writing([&](store::write& tx) -> outcome {
    if (tx.run("delete from server where id = ?1", server) != 1)
      return refuse(kind::not_found, "node.server_unknown");
    tx.run("delete from client where server = ?1", server);
    tx.run("update certificate set revoked_at = ?1 where server = ?2 and revoked_at is null", now(),
           server);
    enter(tx, why, audit::action::decided, server, "retired");
    return nothing{};
  });
}

outcome authority::serve(const audit::access& why, const std::string& server,
                         const std::string& client) {
  return in_->at.db.writing([&](store::write& tx) -> outcome {
    if (tx.run("update client set ready = 1 where server = ?1 and client = ?2", server, client) !=
        1)
      return refuse(kind::not_found, "node.client_unknown");
    enter(tx, why, audit::action::changed, server, "serves " + client);
    return nothing{};
  });
}

outcome authority::release(const audit::access& why, const std::string& server,
                           const std::string& client) {
  return in_->at.db.writing([&](store::write& tx) -> outcome {
    if (tx.run("delete from client where server = ?1 and client = ?2", server, client) != 1)
      return refuse(kind::not_found, "node.client_unknown");
    enter(tx, why, audit::action::decided, server, "released " + client);
    return nothing{};
  });
}

}  // namespace madang::nodes
