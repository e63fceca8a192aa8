#include "madang/audit/seal.hpp"

namespace madang::audit {
namespace {

// An entry as its columns say it, word for word: reading and writing JSON anew might one day give
// other octets for the same thing.
struct plain_entry {
  id key;
  instant at;
  id subject;
  std::int64_t what = 0;
  std::string record_of, record, items;
  id actor_person;
  std::string actor, purpose, law, reference;
};
BOOST_DESCRIBE_STRUCT(plain_entry, (),
                      (key, at, subject, what, record_of, record, items, actor_person, actor,
                       purpose, law, reference))
struct number_row {
  std::int64_t number = 0;
  std::vector<std::uint8_t> salt;
};
BOOST_DESCRIBE_STRUCT(number_row, (), (number, salt))

const std::string& columns() {
  static const std::string text = "key, at, subject, what, record_of, record, items, actor_person, "
                                  "actor, purpose, law, reference";
  return text;
}

std::string person_of(id p) {
  return p == everybody ? "everybody" : p ? p.str() : std::string();
}

std::string statement_of(std::string_view database, const plain_entry& e) {
  std::string out = "{\"database\":";
  const auto text = [&](const char* name, std::string_view value) {
    out += std::string(",\"") + name + "\":";
    json::append_string(out, value);
  };
  json::append_string(out, database);
  text("entry", e.key.str());
  out += ",\"at\":" + std::to_string(e.at.micros);
  text("action", name_of(static_cast<action>(e.what)));
  text("subject", person_of(e.subject));
  text("record_of", e.record_of);
  text("record", e.record);
  text("items", e.items);
  text("by", person_of(e.actor_person));
  out += ",\"actor\":" + e.actor + ",\"purpose\":" + e.purpose + ",\"law\":" + e.law;
  text("reference", e.reference);
  return out + "}";
}

}  // namespace

id first_key_at(instant t) {
  constexpr std::int64_t epoch_2020_ms = 1'577'836'800'000;   // see id.hpp: 42 bits of these
  const std::int64_t ms = t.micros / 1000 - epoch_2020_ms;
  return {ms <= 0 ? 0 : ms << 21};
}

sealing seal_new(store::database& db, id after, int limit, const salt_maker& fresh_salt) {
  const auto find_new = [&](store::read& r) {
    return r.all<std::int64_t>(
        "select key from audit_entry where key > ?1 and not exists "
        "(select 1 from audit_seal s where s.entry = audit_entry.key) order by key limit ?2",
        after, limit);
  };
  const auto waiting = db.reading(find_new);
  if (waiting.empty()) return {};
  db.writing([&](store::write& tx) {
    std::int64_t number =
        tx.one<std::int64_t>("select coalesce(max(number), 0) from audit_seal").value_or(0);
    for (const auto key : waiting) {
      const auto taken =
          tx.one<std::int64_t>("select number from audit_seal where entry = ?1", key);
      if (!taken)                     // another node of the house may have come by first
        tx.run("insert into audit_seal (number, entry, salt) values (?1, ?2, ?3)", ++number, key,
               fresh_salt());
    }
  });
  return {{waiting.back()}, waiting.size()};
}

std::vector<sealed> sealed_after(store::database& db, std::int64_t number, int limit) {
  std::vector<sealed> out;
  db.reading([&](store::read& r) {
    const store::parameter asked[] = {number, limit};
    r.each_row("select s.number, s.salt, e.key, e.at, e.subject, e.what, e.record_of, e.record, "
               "e.items, e.actor_person, e.actor, e.purpose, e.law, e.reference from audit_seal s "
               "join audit_entry e on e.key = s.entry where s.number > ?1 "
               "order by s.number limit ?2",
               asked, [&](const store::row& row) {
                 plain_entry e;
                 int column = 2;
                 boost::mp11::mp_for_each<boost::describe::describe_members<
                     plain_entry, boost::describe::mod_public>>(
                     [&](auto member) { store::take(row, column++, e.*member.pointer); });
                 out.push_back({row.integer(0), e.key, row.blob(1), statement_of(db.name(), e)});
               });
  });
  return out;
}

std::optional<sealed> seal_of(store::read& r, std::string_view database, id entry) {
  const auto seal =
      r.one<number_row>("select number, salt from audit_seal where entry = ?1", entry);
  if (!seal) return {};
  const auto e =
      r.one<plain_entry>("select " + columns() + " from audit_entry where key = ?1", entry);
  if (!e) return {};
  return sealed{seal->number, entry, seal->salt, statement_of(database, *e)};
}

}  // namespace madang::audit
