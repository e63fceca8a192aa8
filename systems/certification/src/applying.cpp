// From a wish to a certificate: who she is, what the certificate will say, and the one transaction
// in which it is issued.
#include <algorithm>

#include "madang/pki/kisa.hpp"
#include "recovery.hpp"

namespace madang::certification {
namespace {

constexpr std::size_t shortest_passphrase = 10, longest_passphrase = 128, most_names = 20;

words plain(std::string_view s) { return words(std::string(s), std::string(s)); }

}  // namespace

bool is_device_number(std::string_view s) {
  return !s.empty() && s.size() <= 40 && std::all_of(s.begin(), s.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
  });
}

result<pki::certificate_plan> registrar::plan_for(const audit::access& why, const wish& w,
                                                  application& row) {
  const auto* a = plan_of(w.authority);
  if (!a) return refuse(kind::invalid, "certification.authority", "authority");
  const auto kinds = kinds_of(hierarchy_of(w.authority));
  const auto profile = pki::profile_named(w.kind);
  if (!profile || std::find(kinds.begin(), kinds.end(), w.kind) == kinds.end())
    return refuse(kind::invalid, "certification.kind", "kind");
  const bool of_post = w.kind == "official" || w.kind == "server" || w.kind == "device";
  if (of_post && !why.who.official()) return refuse(kind::forbidden, "certification.official_only");
  row.authority = w.authority;
  row.kind = w.kind;
  row.person = why.who.person;
  row.post = of_post ? why.who.post : "";
  row.replaces = w.replaces;
  // A number of the authority's own for this person, the same for each of her certificates and of
  // no use to any other authority; the resident number does not go into certificates.
  const auto own_number = [&] {
    const auto mac = trust::hmac_sha256(trust::view_of(passphrase()),
                                        trust::view_of(w.authority + "|" + row.person.str()));
    return "P-" + text::hex(trust::view(mac).first(8));
  };
  if (w.kind == "person" || w.kind == "encryption" || w.kind == "official") {
    auto* residents = home.hub().registry_of("persons");
    if (!residents) return refuse(kind::unavailable, "register.unknown");
    const std::vector<std::string> items{"name", "latin", "status"};
    auto me = residents->get(why, "persons", row.person.str(), registers::present(), items);
    if (!me) return me.why();
    row.name = words(std::string(me->text("name")),
                     std::string(me->text("latin").empty() ? me->text("name") : me->text("latin")));
    row.number = own_number();
    row.proof = w.kind == "official" ? "post" : "register";
    if (w.kind == "official") {
      row.title = why.who.post_title(home.pack().language());
      row.organisation = why.who.agency_name;
      row.number = why.who.post;
    }
  } else if (w.kind == "company") {
    auto* businesses = home.hub().registry_of("businesses");
    if (!businesses) return refuse(kind::unavailable, "register.unknown");
    auto it = businesses->get(why, "businesses", w.business);
    if (!it || it->reference("representative") != row.person)
      return refuse(kind::invalid, "certification.business", "business");
    row.name = row.organisation = plain(it->text("name"));
    row.number = it->key;
    row.proof = "business";
  } else {
    row.proof = "authority";
    row.organisation = why.who.agency_name;
    if (w.kind == "device") {
      if (!is_device_number(w.device))
        return refuse(kind::invalid, "certification.number", "device");
      row.number = w.device;
      row.name = plain(w.device);
    } else {
      auto names = text::split(text::lower_case(w.dns), ' ');
      std::erase(names, "");
      std::sort(names.begin(), names.end());
      names.erase(std::unique(names.begin(), names.end()), names.end());
      if (names.empty() || names.size() > most_names ||
          !std::all_of(names.begin(), names.end(), pki::is_dns_name))
        return refuse(kind::invalid, "certification.dns", "dns");
      row.dns = text::join(names, " ");
      row.name = plain(text::head(names.front(), 64));
    }
  }
  return pki::certificate_plan{};
}

namespace {

// What the certificate will say, from the application alone: the same today and when it is accepted
// in a week.
pki::certificate_plan plan_of_row(const application& row) {
  pki::certificate_plan plan;
  plan.profile = *pki::profile_named(row.kind);
  plan.subject.name = row.name;
  plan.subject.organisation = row.organisation;
  plan.subject.number = row.number;
  plan.subject.title = row.title;
  if (!row.dns.empty()) plan.subject.dns = text::split(row.dns, ' ');
  plan.key = row.public_key;
  plan.from = now();
  return plan;
}

}  // namespace

result<certificate> registrar::sign(store::write& tx, const audit::access& why, application& row,
                                    const pki::certificate_plan& plan, const std::string& source) {
  auto all = keys();
  if (!all) return all.why();
  auto der = (*all)->find(row.authority)->issue(plan);
  if (!der) return der.why();
  auto said = pki::read_facts(*der);
  if (!said) return said.why();
  certificate c{said->serial, row.authority, row.kind,   row.person, row.post,
                row.name,     row.number,    row.dns,    *der,       "valid",
                said->from,   said->until,   said->from, "",         row.key,
                source};
  tx.insert("certificate", c);
  row.state = "issued";
  row.serial = c.serial;
  note_event(tx, c.serial, row.replaces.empty() ? "issued" : "renewed", why, row.proof);
  audit::append(tx, why, audit::action::issued, row.person, "certificate", c.serial, row.kind);
  tx.emit("certificate.issued", c.serial,
          json::object{{"serial", c.serial}, {"authority", c.authority}, {"kind", c.kind}});
  if (!row.replaces.empty())
    if (auto done = change(tx, why, row.replaces, "", "revoked", "revoked", "superseded", c.serial);
        !done)
      return done.why();
  return c;
}

result<applied> registrar::apply(const audit::access& why, const wish& w) {
  if (auto said = why.stated(); !said) return said.why();
  applied out;
  application& row = out.row;
  row.key = new_id();
  row.filed = now();
  row.state = "waiting";
  if (auto fits = plan_for(why, w, row); !fits) return fits.why();
  if (!w.replaces.empty()) {
    const auto before = find(w.replaces);
    if (!before || before->person != row.person || before->authority != row.authority ||
        before->kind != row.kind || before->number != row.number)
      return refuse(kind::not_found, "certification.unknown");
    if (before->state == "revoked" || before->over(now()))
      return refuse(kind::conflict, "certification.state");
  }
  std::optional<pki::signing_key> made;
  const bool waits = row.kind == "server" || row.kind == "device";
  if (w.request && w.kind == "encryption")
    return refuse(kind::invalid, "certification.key_of_house", "request");
  if (w.request) {
    auto read = pki::read_request(*w.request);
    if (!read) return read.why();
    row.public_key = read->key;
  } else if (waits) {
    return refuse(kind::invalid, "certification.request_needed", "request");
  } else {
    const auto length = text::length(w.passphrase);
    if (length < shortest_passphrase || w.passphrase.size() > longest_passphrase)
      return refuse(kind::invalid, "certification.passphrase", "passphrase",
                    {{"n", std::to_string(shortest_passphrase)}});
    made = pki::signing_key::generate();
    row.public_key = made->public_der();
  }
  if (auto all = keys(); !all) return all.why();
  auto done = db.writing([&](store::write& tx) -> result<certificate> {
    application fresh = row;
    if (waits) {
      tx.insert("application", fresh);
      audit::append(tx, why, audit::action::changed, row.person, "certificate_application",
                    row.key.str(), row.kind);
      tx.emit("certificate.applied", row.key.str(), json::object{{"authority", row.authority}});
      return certificate{};
    }
    const auto there = tx.one<std::int64_t>(
        "select count(*) from certificate where authority = ?1 and kind = ?2 and person = ?3 and "
        "number = ?4 and state <> 'revoked' and valid_until > ?5 and serial <> ?6",
        row.authority, row.kind, row.person, row.number, now(), row.replaces);
    if (there.value_or(0) > 0) return refuse(kind::conflict, "certification.already", "authority");
    fresh.decided = fresh.filed;
    auto c = sign(tx, why, fresh, plan_of_row(fresh), "page");
    if (!c) return c.why();
    if (row.kind == "encryption")
      if (auto kept = recovery(*this).keep(tx, c->serial, *made); !kept) return kept.why();
    tx.insert("application", fresh);
    row = fresh;
    return *c;
  });
  if (!done) return done.why();
  if (made) {
    auto all = keys();
    out.pkcs12 = pki::pkcs12(*made, done->der, (*all)->find(row.authority)->chain(),
                             row.name(home.pack().language()), w.passphrase);
    out.npki = pki::kisa_key(*made, w.passphrase, pki::kisa_scheme::seed_cbc);
  }
  return out;
}

outcome registrar::accept(const audit::access& why, id key) {
  if (auto said = why.stated(); !said) return said;
  if (auto all = keys(); !all) return all.why();
  return db.writing([&](store::write& tx) -> outcome {
    auto row = tx.one<application>(
        "select " + store::columns<application>() + " from application where key = ?1", key);
    if (!row) return refuse(kind::not_found, "certification.unknown");
    if (row->state != "waiting") return refuse(kind::conflict, "certification.decided");
    if (row->person == why.who.person) return refuse(kind::forbidden, "certification.own");
    auto c = sign(tx, why, *row, plan_of_row(*row), "page");
    if (!c) return c.why();
    tx.run(
        "update application set state = 'issued', serial = ?2, decided = ?3, decided_by = ?4 "
        "where key = ?1",
        key, c->serial, now(), why.who.name);
    return nothing{};
  });
}

outcome registrar::refuse_application(const audit::access& why, id key, const std::string& note) {
  if (auto said = why.stated(); !said) return said;
  if (text::trim(note).empty() || text::length(note) > 500)
    return refuse(kind::invalid, "certification.note", "note");
  return db.writing([&](store::write& tx) -> outcome {
    auto row = tx.one<application>(
        "select " + store::columns<application>() + " from application where key = ?1", key);
    if (!row) return refuse(kind::not_found, "certification.unknown");
    if (row->state != "waiting") return refuse(kind::conflict, "certification.decided");
    tx.run(
        "update application set state = 'refused', note = ?2, decided = ?3, decided_by = ?4 "
        "where key = ?1",
        key, note, now(), why.who.name);
    audit::append(tx, why, audit::action::decided, row->person, "certificate_application",
                  key.str(), "refused");
    tx.emit("certificate.refused", key.str(), json::object{{"authority", row->authority}});
    return nothing{};
  });
}

result<certificate> registrar::issue_for_program(store::write& tx, const audit::access& why,
                                                 const std::string& authority,
                                                 const program_wish& w) {
  if (auto said = why.stated(); !said) return said.why();
  application row;
  row.key = new_id();
  row.authority = authority;
  row.kind = w.kind;
  if (w.kind == "device") {
    row.number = w.number;
    row.name = plain(w.number);
    row.organisation = plain(w.agency);
  } else {
    row.name = plain(text::head(w.dns.front(), 64));
    row.dns = text::join(w.dns, " ");
  }
  row.public_key = w.key;
  row.proof = w.source;
  row.filed = now();
  row.decided = row.filed;
  row.note = w.agency;
  row.replaces = w.replaces;
  auto c = sign(tx, why, row, plan_of_row(row), w.source);
  if (!c) return c.why();
  tx.insert("application", row);
  return *c;
}

}  // namespace madang::certification
