#include "consents.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"

namespace madang::govstack {

BOOST_DESCRIBE_STRUCT(thing, (), (id, kind, label, body, revision, deleted, person, made))

namespace {

struct kept_revision {
  std::string id, kind, object;
  std::int64_t n = 0;
  std::string snapshot, hash, predecessor;
  instant at;
  std::string by_whom;
};
BOOST_DESCRIBE_STRUCT(kept_revision, (),
                      (id, kind, object, n, snapshot, hash, predecessor, at, by_whom))

std::string select_thing() { return "select " + store::columns<thing>() + " from thing "; }
std::string select_revision() {
  return "select " + store::columns<kept_revision>() + " from revision ";
}

// "data-agreement" -> "DataAgreement"
std::string schema_name(std::string_view kind_of) {
  std::string out;
  for (const auto& word : text::split(kind_of, '-')) {
    out += word;
    out[out.size() - word.size()] = static_cast<char>(word.front() - 'a' + 'A');
  }
  return out;
}

json::object line_of(const kept_revision& r) {
  return {{"id", r.id},
          {"schemaName", schema_name(r.kind)},
          {"objectId", r.object},
          {"signedWithoutObjectId", false},
          {"serializedSnapshot", r.snapshot},
          {"serializedHash", r.hash},
          {"timestamp", r.at.str()},
          {"authorizedByOther", r.by_whom},
          {"predecessorHash", r.predecessor}};
}

refusal no_thing() { return refuse(kind::not_found, "govstack.no_thing"); }

}  // namespace

consents::consents(house& h) : house_(h), db_(h.database("govstack")) {}

// ---- looking ----

std::optional<thing> consents::find(std::string_view kind_of, const std::string& id) {
  return db_.reading([&](store::read& r) {
    return r.one<thing>(select_thing() + "where id = ?1 and kind = ?2 and deleted = 0", id,
                        kind_of);
  });
}

std::vector<thing> consents::list(std::string_view kind_of, const page_wanted& page) {
  return db_.reading([&](store::read& r) {
    return r.all<thing>(select_thing() +
                            "where kind = ?1 and deleted = 0 order by made, id limit "
                            "?2 offset ?3",
                        kind_of, page.count, page.from);
  });
}

std::optional<json::object> consents::as_of(const std::string& object,
                                            const std::string& revision) {
  const auto r = db_.reading([&](store::read& tx) {
    return tx.one<kept_revision>(select_revision() + "where object = ?1 and id = ?2", object,
                                 revision);
  });
  if (!r) return {};
  const auto snapshot = json::parse(r->snapshot);
  const auto& data = json::at(*snapshot, "objectData");
  return data.is_object() ? std::optional(data.get_object()) : std::nullopt;
}

json::array consents::revisions(const std::string& object, const page_wanted& page) {
  json::array out;
  for (const auto& r : db_.reading([&](store::read& tx) {
         return tx.all<kept_revision>(
             select_revision() + "where object = ?1 order by n limit ?2 offset ?3", object,
             page.count, page.from);
       }))
    out.emplace_back(line_of(r));
  return out;
}

json::value consents::revision(const std::string& id) {
  const auto r = db_.reading([&](store::read& tx) {
    return tx.one<kept_revision>(select_revision() + "where id = ?1", id);
  });
  return r ? json::value(line_of(*r)) : json::value();
}

bool consents::holds(const std::string& agreement, const std::string& number) {
  return db_.reading([&](store::read& r) {
    const auto said = r.one<std::int64_t>(
        "select coalesce(max(a.opt_in), 0) from agreed a join thing i on i.id = a.individual and "
        "i.label = ?2 and i.deleted = 0 where a.agreement = ?1",
        agreement,
        number);
    if (said.value_or(0) == 0) return false;
    const auto it = r.one<thing>(select_thing() + "where id = ?1 and deleted = 0", agreement);
    return it && json::flag(it->body, "active", true);
  });
}

// ---- changing ----

// The next revision of what has just been changed, within its transaction.
void consents::revise(store::write& tx, const audit::access& why, thing& t) {
  const auto last =
      tx.one<kept_revision>(select_revision() + "where object = ?1 order by n desc limit 1", t.id);
  kept_revision r;
  r.id = uuid();
  r.kind = t.kind;
  r.object = t.id;
  r.n = last ? last->n + 1 : 1;
  r.at = now();
  r.by_whom = why.who.name;
  r.predecessor = last ? last->hash : std::string();
  r.snapshot = json::print(json::object{{"objectData", t.body},
                                        {"schemaName", schema_name(t.kind)},
                                        {"objectId", t.id},
                                        {"signedWithoutObjectId", false},
                                        {"timestamp", r.at.str()},
                                        {"authorizedByOther", r.by_whom},
                                        {"predecessorHash", r.predecessor}});
  r.hash = trust::sha256_hex(r.snapshot);
  tx.insert("revision", r);
  t.revision = r.id;
  tx.run("delete from thing where id = ?1", t.id);
  tx.insert("thing", t);
  audit::append(tx, why, audit::action::changed, t.person, t.kind, t.id,
                t.deleted ? "deleted" : "revision");
}

id consents::person_numbered(const audit::access& why, const std::string& number) {
  auto* residents = house_.hub().registry_of("persons");
  if (!residents || number.empty()) return {};
  const std::vector<std::string> items{"resident_number"};
  auto some =
      residents->find(why, "persons", "resident_number", number, registers::present(), items, 1);
  if (!some || some->empty()) return {};
  return id::parse(some->front().key).value_or(id{});
}

result<thing> consents::put(const audit::access& why, std::string_view kind_of,
                            const std::string& id, const json::object& body) {
  return db_.writing([&](store::write& tx) -> result<thing> {
    thing t;
    if (id.empty()) {
      t.id = uuid();
      t.kind = kind_of;
      t.made = now();
    } else {
      auto before = tx.one<thing>(select_thing() + "where id = ?1 and kind = ?2 and deleted = 0",
                                  id, kind_of);
      if (!before) return no_thing();
      t = std::move(*before);
    }
    json::object kept = body;
    kept["id"] = t.id;
    t.body = std::move(kept);
    revise(tx, why, t);
    return t;
  });
}

void consents::begin_with(const audit::access& why, std::string_view kind_of, const std::string& id,
                          const json::object& body) {
  db_.writing([&](store::write& tx) {
    if (tx.one<std::int64_t>("select 1 from thing where id = ?1", id)) return;
    thing t;
    t.id = id;
    t.kind = kind_of;
    t.made = now();
    json::object kept = body;
    kept["id"] = id;
    t.body = std::move(kept);
    revise(tx, why, t);
  });
}

result<thing> consents::individual(const audit::access& why, const json::object& body) {
  const std::string number(json::str(body, "externalId"));
  const id person = person_numbered(why, number);
  return db_.writing([&](store::write& tx) -> result<thing> {
    if (!number.empty())
      if (auto there = tx.one<thing>(
              select_thing() + "where label = ?1 and kind = 'individual' and deleted = 0", number))
        return std::move(*there);
    thing t;
    t.id = uuid();
    t.kind = "individual";
    t.label = number;
    t.person = person;
    t.made = now();
    json::object kept = body;
    kept["id"] = t.id;
    t.body = std::move(kept);
    revise(tx, why, t);
    return t;
  });
}

result<thing> consents::remove(const audit::access& why, std::string_view kind_of,
                               const std::string& id) {
  return db_.writing([&](store::write& tx) -> result<thing> {
    auto t =
        tx.one<thing>(select_thing() + "where id = ?1 and kind = ?2 and deleted = 0", id, kind_of);
    if (!t) return no_thing();
    t->deleted = true;
    revise(tx, why, *t);
    return std::move(*t);
  });
}

// ---- consent records ----

result<thing> consents::say(const audit::access& why, const std::string& agreement,
                            const std::string& individual, const std::string& revision, bool opt_in,
                            const json::value& signature) {
  return db_.writing([&](store::write& tx) -> result<thing> {
    const auto to = tx.one<thing>(
        select_thing() + "where id = ?1 and kind = 'data-agreement' and deleted = 0", agreement);
    const auto who = tx.one<thing>(
        select_thing() + "where id = ?1 and kind = 'individual' and deleted = 0", individual);
    if (!to || !who) return no_thing();
    if (opt_in && !json::flag(to->body, "active", true))
      return refuse(kind::conflict, "govstack.inactive");
    if (!revision.empty() && revision != to->revision)
      return refuse(kind::conflict, "govstack.revision", "revisionId");
    const auto current = tx.one<kept_revision>(select_revision() + "where id = ?1", to->revision);
    auto key =
        tx.one<std::string>("select record from agreed where agreement = ?1 and individual = ?2",
                            agreement, individual);
    thing t;
    if (key) {
      t = *tx.one<thing>(select_thing() + "where id = ?1", *key);
      t.deleted = false;
    } else {
      t.id = uuid();
      t.kind = "consent-record";
      t.person = who->person;
      t.made = now();
    }
    json::object body{{"id", t.id},
                      {"agreement", agreement},
                      {"individual", individual},
                      {"dataAgreementRevision", to->revision},
                      {"dataAgreementRevisionHash", current ? current->hash : std::string()},
                      {"optIn", opt_in},
                      {"state", signature.is_object() ? "signed" : "unsigned"}};
    if (signature.is_object()) body["signature"] = signature;
    const bool same = key && json::print(t.body) == json::print(json::value(body));
    if (same && tx.one<std::int64_t>("select 1 from thing where id = ?1 and deleted = 0", t.id))
      return t;  // said again
    t.body = std::move(body);
    tx.run(
        "insert into agreed (agreement, individual, record, opt_in) values (?1, ?2, ?3, ?4) on "
        "conflict (agreement, individual) do update set opt_in = ?4",
        agreement, individual, t.id, opt_in ? 1 : 0);
    revise(tx, why, t);
    return t;
  });
}

std::optional<thing> consents::record_of(const std::string& agreement,
                                         const std::string& individual) {
  const auto key = db_.reading([&](store::read& r) {
    return r.one<std::string>("select record from agreed where agreement = ?1 and individual = ?2",
                              agreement, individual);
  });
  return key ? find("consent-record", *key) : std::nullopt;
}

std::vector<thing> consents::records_of(const std::string& individual,
                                        const std::string& agreement) {
  const auto keys = db_.reading([&](store::read& r) {
    return r.all<std::string>(
        "select record from agreed where (?1 = '' or individual = ?1) and "
        "(?2 = '' or agreement = ?2) order by record limit 1000",
        individual, agreement);
  });
  std::vector<thing> out;
  for (const auto& key : keys)
    if (auto t = find("consent-record", key)) out.push_back(std::move(*t));
  return out;
}

json::object consents::to_be_signed(const json::object& record) {
  json::object over;
  for (const char* name : {"agreement", "dataAgreementRevisionHash", "individual", "optIn"})
    if (const auto* v = record.if_contains(name)) over[name] = *v;
  return over;
}

result<json::object> consents::signed_over(const json::value& signature,
                                           const json::object& record) {
  const std::string payload = json::print(to_be_signed(record));
  if (json::str(signature, "verificationPayload") != payload)
    return refuse(kind::invalid, "govstack.signature", "verificationPayload");
  if (json::str(signature, "verificationPayloadHash") != trust::sha256_hex(payload))
    return refuse(kind::invalid, "govstack.signature", "verificationPayloadHash");
  for (const char* name : {"signature", "verificationMethod", "verificationSignedBy"})
    if (json::str(signature, name).empty())
      return refuse(kind::invalid, "govstack.signature", name);
  json::object kept = signature.get_object();
  kept["id"] = uuid();
  kept["timestamp"] = now().str();
  kept["payload"] = payload;
  return kept;
}

result<thing> consents::sign(const audit::access& why, const std::string& record,
                             const json::value& signature) {
  return db_.writing([&](store::write& tx) -> result<thing> {
    auto t = tx.one<thing>(
        select_thing() + "where id = ?1 and kind = 'consent-record' and deleted = 0", record);
    if (!t) return no_thing();
    auto body = t->body.get_object();
    auto kept = signed_over(signature, body);
    if (!kept) return kept.why();
    (*kept)["objectType"] = "revision";
    (*kept)["objectReference"] = t->revision;
    body["signature"] = std::move(*kept);
    body["state"] = "signed";
    t->body = std::move(body);
    revise(tx, why, *t);
    return std::move(*t);
  });
}

std::int64_t consents::forget(const audit::access& why, const std::string& individual) {
  std::int64_t n = 0;
  for (const auto& t : records_of(individual, "")) {
    const auto agreement = find("data-agreement", std::string(json::str(t.body, "agreement")));
    const bool forgettable = !agreement || json::flag(agreement->body, "forgettable");
    if (!forgettable && json::str(t.body, "state") != "unsigned") continue;
    db_.writing([&](store::write& tx) {
      tx.run("delete from agreed where record = ?1", t.id);
      tx.run("delete from thing where id = ?1", t.id);
      tx.run("delete from revision where object = ?1", t.id);
      audit::append(tx, why, audit::action::changed, t.person, t.kind, t.id, "forgotten");
    });
    ++n;
  }
  return n;
}

json::object consents::shown(const thing& record) {
  json::object out = record.body.get_object();
  const std::string agreement(json::str(record.body, "agreement"));
  const std::string individual(json::str(record.body, "individual"));
  const std::string revision_id(json::str(record.body, "dataAgreementRevision"));
  out.erase("agreement");
  if (auto then = as_of(agreement, revision_id)) out["dataAgreement"] = std::move(*then);
  if (auto r = revision(revision_id); r.is_object()) out["dataAgreementRevision"] = std::move(r);
  if (auto who = find("individual", individual)) out["individual"] = who->body;
  else out["individual"] = json::object{{"id", individual}};
  return out;
}

}  // namespace madang::govstack
