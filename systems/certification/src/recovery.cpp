#include "recovery.hpp"

#include <algorithm>

namespace madang::certification {
namespace {

constexpr std::size_t longest_words = 500;

struct share_row {
  std::int64_t place = 0;
  trust::bytes sealed;
};
BOOST_DESCRIBE_STRUCT(share_row, (), (place, sealed))

std::string about_share(std::string_view serial) { return "escrow share " + std::string(serial); }
std::string about_pass(const recovery_case& c) { return "recovery " + c.key.str(); }

std::string cases_where(std::string_view rest) {
  return "select " + store::columns<recovery_case>() + " from recovery " + std::string(rest);
}

outcome passphrase_good(std::string_view s) {
  if (text::length(s) < recovery::shortest_passphrase || s.size() > recovery::longest_passphrase)
    return refuse(kind::invalid, "certification.recovery_passphrase", "passphrase",
                  {{"n", std::to_string(recovery::shortest_passphrase)}});
  return nothing{};
}

// One line in the history of the certificate, in the same transaction.
void note(store::write& tx, const audit::access& why, const recovery_case& c,
          const std::string& what, const std::string& words) {
  tx.insert("event", event{new_id(), c.serial, what, why.who.name, now(), words});
  audit::append(tx, why, audit::action::changed, c.holder, "certificate", c.serial, what);
}

}  // namespace

std::vector<recovery_officer> recovery::officers() {
  return office.db.reading([&](store::read& r) {
    return r.all<recovery_officer>("select " + store::columns<recovery_officer>() +
                                   " from recovery_officer where until = 0 order by key");
  });
}

std::optional<recovery_officer> recovery::officer_of(id person) {
  auto all = officers();
  auto found = std::ranges::find(all, person, &recovery_officer::person);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

outcome recovery::enrol(const audit::access& why, std::string_view passphrase) {
  if (!why.who.has_role(recovery_role))
    return refuse(kind::forbidden, "certification.recovery_role");
  if (auto good = passphrase_good(passphrase); !good) return good;
  const auto key = pki::signing_key::generate();
  const recovery_officer row{new_id(),         why.who.person,       why.who.name, why.who.post,
                             key.public_der(), key.seal(passphrase), now(),        {}};
  office.db.writing([&](store::write& tx) {
    tx.run("update recovery_officer set until = ?1 where person = ?2 and until = 0", row.since,
           row.person);
    tx.insert("recovery_officer", row);
    audit::append(tx, why, audit::action::changed, row.person, "recovery_officer", row.key.str(),
                  "enrolled");
  });
  return nothing{};
}

outcome recovery::keep(store::write& tx, const std::string& serial, const pki::signing_key& key) {
  const auto all = tx.all<recovery_officer>("select " + store::columns<recovery_officer>() +
                                            " from recovery_officer where until = 0 order by key "
                                            "limit 255");
  if (all.size() < 2) return refuse(kind::conflict, "certification.no_officers", "kind");
  const auto secret = trust::random_bytes(trust::cipher_key_size);
  const auto sealed =
      trust::seal_text(secret, trust::view_of(key.seal(text::hex(secret))), trust::view_of(serial));
  tx.run("insert into escrow (serial, sealed, made) values (?1, ?2, ?3)", serial, sealed, now());
  const auto shares = pki::split(secret, static_cast<std::uint8_t>(all.size()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto to_her = pki::seal_to(all[i].public_key, shares[i].value, about_share(serial));
    if (!to_her) return to_her.why();
    tx.run("insert into escrow_share (serial, officer, place, sealed) values (?1, ?2, ?3, ?4)",
           serial, all[i].key, std::int64_t{shares[i].at}, *to_her);
  }
  return nothing{};
}

bool recovery::keeps(std::string_view serial) {
  return office.db.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from escrow where serial = ?1", serial)
               .value_or(0) > 0;
  });
}

result<id> recovery::ask(const audit::access& why, const certificate& c, std::string_view grounds,
                         std::string_view passphrase) {
  if (!keeps(c.serial)) return refuse(kind::not_found, "certification.not_kept");
  if (auto good = passphrase_good(passphrase); !good) return good.why();
  const auto said = text::trim(grounds);
  if (said.empty() || text::length(said) > longest_words)
    return refuse(kind::invalid, "certification.recovery_grounds", "grounds",
                  {{"n", std::to_string(longest_words)}});
  const auto key = pki::signing_key::generate();
  recovery_case row;
  row.key = new_id();
  row.serial = c.serial;
  row.holder = c.person;
  row.grounds = said;
  row.reception_public = key.public_der();
  row.reception_sealed = key.seal(passphrase);
  row.state = "waiting";
  row.asked = row.changed = now();
  auto done = office.db.writing([&](store::write& tx) -> outcome {
    const auto open = tx.one<std::int64_t>(
        "select count(*) from recovery where serial = ?1 and (state = 'waiting' or state = 'half') "
        "and asked > ?2",
        c.serial, row.asked.plus(-waits));
    if (open.value_or(0) > 0) return refuse(kind::conflict, "certification.recovery_waits");
    tx.insert("recovery", row);
    note(tx, why, row, "recovery_asked", "");
    return nothing{};
  });
  if (!done) return done.why();
  tell(row, "asked", why.who.name);
  return row.key;
}

result<recovery_case> recovery::open_case(const audit::access& why, id key) {
  if (!why.who.has_role(recovery_role))
    return refuse(kind::forbidden, "certification.recovery_role");
  auto c = find(key);
  if (!c) return refuse(kind::not_found, "certification.unknown");
  if (c->holder == why.who.person) return refuse(kind::forbidden, "certification.recovery_own");
  const bool open = c->state == "waiting" || c->state == "half";
  if (!open || c->asked.plus(waits) < now()) return refuse(kind::conflict, "certification.decided");
  return *c;
}

result<bool> recovery::act(const audit::access& why, id key, std::string_view passphrase) {
  auto c = open_case(why, key);
  if (!c) return c.why();
  const auto me = officer_of(why.who.person);
  if (!me) return refuse(kind::forbidden, "certification.recovery_role");
  if (c->first == me->key) return refuse(kind::forbidden, "certification.recovery_second");
  const auto own = office.db.reading([&](store::read& r) {
    return r.one<share_row>(
        "select place, sealed from escrow_share where serial = ?1 and officer = ?2", c->serial,
        me->key);
  });
  if (!own) return refuse(kind::conflict, "certification.recovery_no_share");
  auto mine = pki::signing_key::open(me->sealed, passphrase);
  if (!mine) return refuse(kind::invalid, "certification.recovery_wrong", "passphrase");
  const auto value = pki::open_with(*mine, own->sealed, about_share(c->serial));
  if (!value) return refuse(kind::conflict, "certification.recovery_no_share");
  const pki::share share{static_cast<std::uint8_t>(own->place), *value};
  if (c->first) {
    const auto passed = office.db.reading([&](store::read& r) {
      return r.one<share_row>(
          "select place, sealed from recovery_pass where recovery = ?1 and officer = ?2", c->key,
          me->key);
    });
    if (!passed) return refuse(kind::conflict, "certification.recovery_no_share");
    const auto others = pki::open_with(*mine, passed->sealed, about_pass(*c));
    if (!others) return refuse(kind::conflict, "certification.recovery_no_share");
    const pki::share first{static_cast<std::uint8_t>(passed->place), *others};
    const auto secret = pki::joined(first, share);
    if (!secret) return refuse(kind::conflict, "certification.recovery_no_share");
    if (auto done = second_act(why, *c, *me, *secret); !done) return done.why();
    return true;
  }
  std::vector<std::pair<id, trust::bytes>> passed;
  for (const auto& other : officers()) {
    if (other.key == me->key) continue;
    auto sealed = pki::seal_to(other.public_key, *value, about_pass(*c));
    if (!sealed) return sealed.why();
    passed.emplace_back(other.key, std::move(*sealed));
  }
  auto done = office.db.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update recovery set state = 'half', first = ?1, first_name = ?2, changed = ?3 "
                "where key = ?4 and state = 'waiting'",
                me->key, why.who.name, now(), c->key))
      return refuse(kind::conflict, "certification.decided");
    for (const auto& [to, sealed] : passed)
      tx.run(
          "insert into recovery_pass (recovery, officer, place, sealed) "
          "values (?1, ?2, ?3, ?4)",
          c->key, to, own->place, sealed);
    note(tx, why, *c, "recovery_first", "");
    return nothing{};
  });
  if (!done) return done.why();
  tell(*c, "first", why.who.name);
  return false;
}

outcome recovery::second_act(const audit::access& why, const recovery_case& c,
                             const recovery_officer& me, trust::view secret) {
  const auto kept = office.db.reading([&](store::read& r) {
    return r.one<trust::bytes>("select sealed from escrow where serial = ?1", c.serial);
  });
  const auto pem = kept ? trust::open_text(secret, *kept, trust::view_of(c.serial)) : std::nullopt;
  if (!pem) return refuse(kind::conflict, "certification.recovery_no_share");
  // Still under the secret, which goes along: what is kept opens with the reception's key alone.
  const std::string both = text::hex(secret) + "\n" + std::string(text::chars_of(*pem));
  auto to_holder = pki::seal_to(c.reception_public, trust::view_of(both), about_pass(c));
  if (!to_holder) return to_holder.why();
  auto done = office.db.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update recovery set state = 'ready', second_name = ?1, changed = ?2, result = ?3 "
                "where key = ?4 and state = 'half' and first <> ?5",
                why.who.name, now(), *to_holder, c.key, me.key))
      return refuse(kind::conflict, "certification.decided");
    tx.run("delete from recovery_pass where recovery = ?1", c.key);
    note(tx, why, c, "recovery_second", "");
    return nothing{};
  });
  if (done) tell(c, "ready", why.who.name);
  return done;
}

outcome recovery::refuse_it(const audit::access& why, id key, std::string_view said) {
  auto c = open_case(why, key);
  if (!c) return c.why();
  const auto words = text::trim(said);
  if (words.empty() || text::length(words) > longest_words)
    return refuse(kind::invalid, "certification.note", "note");
  auto done = office.db.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update recovery set state = 'refused', note = ?1, changed = ?2 where key = ?3 and "
                "(state = 'waiting' or state = 'half')",
                words, now(), key))
      return refuse(kind::conflict, "certification.decided");
    tx.run("delete from recovery_pass where recovery = ?1", key);
    note(tx, why, *c, "recovery_refused", "");
    return nothing{};
  });
  if (done) tell(*c, "refused", why.who.name);
  return done;
}

result<trust::bytes> recovery::take(const audit::access& why, const certificate& c,
                                    std::string_view passphrase) {
  const auto row = latest_of(c.serial);
  if (!row) return refuse(kind::not_found, "certification.unknown");
  if (row->state != "ready") return refuse(kind::gone, "certification.fetched");
  auto reception = pki::signing_key::open(row->reception_sealed, passphrase);
  if (!reception) return refuse(kind::invalid, "certification.recovery_wrong", "passphrase");
  const auto both = pki::open_with(*reception, row->result, about_pass(*row));
  const std::string_view said = both ? text::chars_of(*both) : std::string_view();
  const auto line = said.find('\n');
  auto key = line == std::string_view::npos
                 ? result<pki::signing_key>(refuse(kind::invalid, "trust.key_malformed"))
                 : pki::signing_key::open(said.substr(line + 1), said.substr(0, line));
  if (!key) return key.why();
  auto all = office.keys();
  if (!all) return all.why();
  auto file = pki::pkcs12(*key, c.der, (*all)->find(c.authority)->chain(),
                          c.name(office.home.pack().language()), std::string(passphrase));
  const bool ours = office.db.writing([&](store::write& tx) {
    if (!tx.run("update recovery set state = 'taken', changed = ?1, result = ?2 where key = ?3 and "
                "state = 'ready'",
                now(), trust::bytes{}, row->key))
      return false;
    note(tx, why, *row, "recovery_taken", "");
    return true;
  });
  if (!ours) return refuse(kind::gone, "certification.fetched");
  return file;
}

std::vector<recovery_case> recovery::cases(int limit) {
  return office.db.reading([&](store::read& r) {
    return r.all<recovery_case>(cases_where("order by key desc limit ?1"), limit);
  });
}

std::optional<recovery_case> recovery::find(id key) {
  return office.db.reading(
      [&](store::read& r) { return r.one<recovery_case>(cases_where("where key = ?1"), key); });
}

std::optional<recovery_case> recovery::latest_of(std::string_view serial) {
  return office.db.reading([&](store::read& r) {
    return r.one<recovery_case>(cases_where("where serial = ?1 order by key desc limit 1"), serial);
  });
}

// The holder hears of each step, whoever asked for it.
void recovery::tell(const recovery_case& c, const std::string& what, const std::string& by) {
  notices::notice n;
  n.person = c.holder;
  n.title = office.home.said("certification.recovery_told_" + what);
  n.body = office.home.said("certification.recovery_told_line", {{"name", by}});
  n.link = "/my/certificates/" + c.serial;
  n.at = now();
  office.home.box().put(std::move(n), "recovery " + what + " " + c.key.str());
}

}  // namespace madang::certification
