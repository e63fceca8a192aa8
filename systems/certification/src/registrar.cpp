#include "registrar.hpp"

#include <fstream>
#include <sstream>

namespace madang::certification {
namespace {

constexpr std::chrono::hours list_renewed{1}, list_life{24};

pki::authority_plan authority_of(const json::value& v) {
  return {std::string(json::str(v, "id")), std::string(json::str(v, "policy")),
          json::words_of(json::at(v, "name")), json::words_of(json::at(v, "organisation"))};
}

bool is_name(std::string_view s) {
  return !s.empty() && s.size() <= 32 &&
         s.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::vector<pki::hierarchy_plan> read_plans(const packs::pack& pack) {
  std::vector<pki::hierarchy_plan> out;
  const json::value all = pack.yaml("pki.yaml");
  auto broken = [](const std::string& what) -> packs::broken_pack {
    return packs::broken_pack({"pki.yaml", 0, what});
  };
  const json::value& hierarchies = json::at(all, "hierarchies");
  if (!hierarchies.is_array()) throw broken("hierarchies: a list is expected");
  for (const auto& h : hierarchies.get_array()) {
    pki::hierarchy_plan plan;
    plan.id = json::str(h, "id");
    plan.root = json::words_of(json::at(h, "root"));
    plan.organisation = json::words_of(json::at(h, "organisation"));
    const json::value& list = json::at(h, "authorities");
    if (!is_name(plan.id) || plan.root.empty() || !list.is_array() || list.get_array().empty())
      throw broken("a hierarchy has an id, a root and authorities");
    for (const auto& a : list.get_array()) {
      auto one = authority_of(a);
      if (!is_name(one.id) || one.name.empty() || one.policy.empty() ||
          one.policy.find_first_not_of("0123456789.") != std::string::npos)
        throw broken("an authority has an id, a policy (object identifier) and a name");
      plan.authorities.push_back(std::move(one));
    }
    out.push_back(std::move(plan));
  }
  return out;
}

const std::string& select_certificate() {
  static const std::string text = "select " + store::columns<certificate>() + " from certificate ";
  return text;
}
const std::string& select_application() {
  static const std::string text = "select " + store::columns<application>() + " from application ";
  return text;
}

// An operator who keeps the keys in a token says so in `token.yaml` beside the certificates; the
// PIN stands in a file of its own that only the house may read.
result<std::unique_ptr<pki::key_store>> key_store_in(const std::string& folder,
                                                     const std::string& passphrase) {
  const std::string file = folder + "/token.yaml";
  std::ifstream in(file);
  if (!in) return pki::keys_in_folder(folder, passphrase);
  std::ostringstream content;
  content << in.rdbuf();
  const std::string written = content.str();
  const auto said = packs::parse_yaml(written, file);
  std::ifstream secret{std::string(json::str(said, "pin_file"))};
  pki::token_plan plan{std::string(json::str(said, "module")),
                       std::string(json::str(said, "token")), {}};
  if (!std::getline(secret, plan.pin))
    return refuse(kind::unavailable, "pki.token", "pin_file", {{"why", "pin_file"}});
  return pki::keys_in_token(plan);
}

}  // namespace

std::span<const store::migration> migrations();

registrar::registrar(platform::house& h)
    : home(h), db(h.database("certification")), plans_(read_plans(h.pack())) {
  db.migrate("certification", migrations());
}

const pki::authority_plan* registrar::plan_of(std::string_view authority) const {
  for (const auto& h : plans_)
    for (const auto& a : h.authorities)
      if (a.id == authority) return &a;
  return nullptr;
}

std::string registrar::hierarchy_of(std::string_view authority) const {
  for (const auto& h : plans_)
    for (const auto& a : h.authorities)
      if (a.id == authority) return h.id;
  return {};
}

std::vector<std::string> registrar::kinds_of(std::string_view hierarchy) {
  if (hierarchy == "national") return {"person", "company", "encryption"};
  return {"official", "server", "device"};
}

// The office of documents has made the file when there is no other passphrase.
std::string registrar::passphrase() const {
  if (!home.chosen().passphrase.empty()) return home.chosen().passphrase;
  std::ifstream in(home.chosen().data + "/passphrase");
  std::string kept;
  std::getline(in, kept);
  return kept;
}

result<std::shared_ptr<pki::authorities>> registrar::keys() {
  std::lock_guard lock(gate_);
  if (keys_) return keys_;
  const std::string folder = home.chosen().data + "/keys/pki";
  auto store = key_store_in(folder, passphrase());
  if (!store) return store.why();
  std::vector<std::pair<std::string, trust::bytes>> made;
  auto opened = pki::authorities::open_or_create(
      folder, **store, plans_, home.chosen().public_url,
      [&](const std::string& what, const trust::bytes& der) { made.emplace_back(what, der); });
  if (!opened) return opened.why();
  if (!made.empty()) {
    const audit::access why{audit::system_actor("key ceremony"),
                            home.said("certification.purpose_ceremony"), home.said("law.signature"),
                            ""};
    db.writing([&](store::write& tx) {
      for (const auto& [what, der] : made) {
        const std::string print = text::hex(trust::sha256(der));
        audit::append(tx, why, audit::action::issued, {}, "authority", what, print);
        note_event(tx, what, "ceremony", why, print);
      }
    });
  }
  keys_ = *opened;
  return keys_;
}

void registrar::note_event(store::write& tx, const std::string& serial, const std::string& what,
                           const audit::access& why, const std::string& note) {
  const std::string who = why.who.official()
                              ? why.who.agency_name(home.pack().language()) + " " + why.who.name
                              : why.who.name;
  tx.insert("event", event{new_id(), serial, what, who, now(), note});
}

void registrar::changed(const std::string& authority, const std::string& serial) {
  std::shared_ptr<pki::authorities> all;
  {
    std::lock_guard lock(gate_);
    ++changes_;
    lists_.erase(authority + "/" + std::to_string(pki::authority::shard_of(serial)));
    all = keys_;
  }
  if (!all) return;
  if (const auto* a = all->find(authority)) a->forget(serial);
}

// ---- changing ----

outcome registrar::change(store::write& tx, const audit::access& why, const std::string& serial,
                          const std::string& from, const std::string& to, const std::string& what,
                          const std::string& reason, const std::string& note) {
  auto row = tx.one<certificate>(select_certificate() + "where serial = ?1", serial);
  if (!row) return refuse(kind::not_found, "certification.unknown");
  const bool fits = from.empty() ? row->state != "revoked" : row->state == from;
  if (!fits || row->over(now())) return refuse(kind::conflict, "certification.state");
  // The number of a certificate that is held stays in the lists; when it is taken back for good,
  // it is so since it was held (RFC 5280 section 5.3.2 allows it).
  tx.run("update certificate set state = ?2, changed = ?3, reason = ?4 where serial = ?1", serial,
         to, now(), reason);
  note_event(tx, serial, what, why, note.empty() ? reason : reason + ": " + note);
  audit::append(tx, why, audit::action::changed, row->person, "certificate", serial, what);
  tx.emit("certificate." + what, serial,
          json::object{{"serial", serial}, {"authority", row->authority}, {"reason", reason}});
  tx.after_commit([this, authority = row->authority, serial] { changed(authority, serial); });
  return nothing{};
}

outcome registrar::suspend(const audit::access& why, const std::string& serial) {
  if (auto said = why.stated(); !said) return said;
  return db.writing([&](store::write& tx) {
    return change(tx, why, serial, "valid", "held", "suspended", "certificateHold", "");
  });
}

outcome registrar::resume(const audit::access& why, const std::string& serial) {
  if (auto said = why.stated(); !said) return said;
  return db.writing([&](store::write& tx) {
    return change(tx, why, serial, "held", "valid", "resumed", "", "");
  });
}

outcome registrar::revoke(const audit::access& why, const std::string& serial,
                          const std::string& reason, const std::string& note) {
  if (auto said = why.stated(); !said) return said;
  if (!pki::is_reason(reason) || reason == "certificateHold")
    return refuse(kind::invalid, "certification.reason", "reason");
  return db.writing([&](store::write& tx) {
    return change(tx, why, serial, "", "revoked", "revoked", reason, note);
  });
}

// ---- looking ----

std::optional<certificate> registrar::find(std::string_view serial) {
  return db.reading([&](store::read& r) {
    return r.one<certificate>(select_certificate() + "where serial = ?1", serial);
  });
}

std::optional<application> registrar::find_application(id key) {
  return db.reading([&](store::read& r) {
    return r.one<application>(select_application() + "where key = ?1", key);
  });
}

std::vector<certificate> registrar::of_person(id person) {
  return db.reading([&](store::read& r) {
    return r.all<certificate>(
        select_certificate() + "where person = ?1 order by valid_since desc, serial limit 200",
        person);
  });
}

std::vector<application> registrar::applications_of(id person) {
  return db.reading([&](store::read& r) {
    return r.all<application>(
        select_application() + "where person = ?1 and state <> 'issued' order by key desc limit 50",
        person);
  });
}

std::vector<application> registrar::waiting() {
  return db.reading([&](store::read& r) {
    return r.all<application>(select_application() +
                              "where state = 'waiting' order by filed limit 200");
  });
}

std::vector<certificate> registrar::list(const wanted_certificates& w) {
  std::string like;
  for (const char c : w.text) {
    if (c == '%' || c == '_' || c == '\\') like += '\\';
    like += c;
  }
  return db.reading([&](store::read& r) {
    return r.all<certificate>(
        select_certificate() +
            "where (?1 = '' or authority = ?1) and (?2 = '' or state = ?2) and (?3 = '' or "
            "serial = ?3 or number = ?3 or name like ?4 escape '\\' or dns like ?4 escape '\\') "
            "order by valid_since desc, serial limit ?5",
        w.authority, w.state, w.text, "%" + like + "%", static_cast<std::int64_t>(w.limit));
  });
}

std::vector<event> registrar::events(std::string_view serial) {
  return db.reading([&](store::read& r) {
    return r.all<event>(
        "select " + store::columns<event>() + " from event where serial = ?1 order by key", serial);
  });
}

std::vector<tally> registrar::figures() {
  return db.reading([&](store::read& r) {
    return r.all<tally>(
        "select authority, state, count(*) from certificate group by authority, state "
        "order by authority, state");
  });
}

// ---- what programs ask ----

pki::status registrar::status_of(std::string_view authority, const std::string& serial) {
  const auto row = find(serial);
  pki::status out;
  if (!row || row->authority != authority) return out;
  out.state = row->state == "valid" ? pki::status::is::good : pki::status::is::revoked;
  out.reason = row->reason;
  out.when = row->changed;
  return out;
}

result<registrar::kept_list> registrar::list_of(std::string_view authority, int shard) {
  const std::string name = std::string(authority) + "/" + std::to_string(shard);
  const instant at = now();
  std::uint64_t changes = 0;
  {
    std::lock_guard lock(gate_);
    changes = changes_;
    const auto found = lists_.find(name);
    if (found != lists_.end() && found->second.made.plus(list_renewed) > at) return found->second;
  }
  auto all = keys();
  if (!all) return all.why();
  const auto* a = (*all)->find(authority);
  if (!a || shard < 0 || shard >= pki::authority::shards)
    return refuse(kind::not_found, "certification.unknown");
  std::vector<pki::revoked> rows;
  db.reading([&](store::read& r) {
    // What is over need not be listed any more (RFC 5280 section 3.3), after one list more.
    for (const auto& c : r.all<certificate>(
             select_certificate() +
                 "where authority = ?1 and state <> 'valid' and valid_until > ?2 order by serial",
             authority, at.plus(-list_life)))
      rows.push_back({c.serial, c.reason, c.changed});
  });
  kept_list out{a->revocation_list(shard, rows, at.micros, at, at.plus(list_life)), at,
                at.plus(list_life)};
  std::lock_guard lock(gate_);
  if (changes == changes_) lists_[name] = out;
  return out;
}

}  // namespace madang::certification
