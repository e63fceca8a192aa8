#include "madang/forms/drafts.hpp"

namespace madang::forms {

std::span<const store::migration> migrations();

BOOST_DESCRIBE_STRUCT(draft, (), (key, person, service, answers, begun, saved))

namespace {
const std::string& select() {
  static const std::string text = "select " + store::columns<draft>() + " from draft ";
  return text;
}
}  // namespace

drafts::drafts(store::database& db) : db_(db) { db_.migrate("forms", migrations()); }

draft drafts::begin(id person, std::string_view service, json::object answers) {
  return db_.writing([&](store::write& tx) {
    auto open = tx.one<draft>(select() + "where person = ?1 and service = ?2", person, service);
    if (open) return *open;
    draft d{new_id(), person, std::string(service), std::move(answers), now(), now()};
    tx.insert("draft", d);
    return d;
  });
}

std::optional<draft> drafts::find(id key, id person) {
  return db_.reading([&](store::read& r) {
    return r.one<draft>(select() + "where key = ?1 and person = ?2", key, person);
  });
}

bool drafts::exists(id key) {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select 1 from draft where key = ?1", key).has_value();
  });
}

std::vector<draft> drafts::of(id person) {
  return db_.reading([&](store::read& r) {
    return r.all<draft>(select() + "where person = ?1 order by saved desc limit 50", person);
  });
}

void drafts::save(const draft& d) {
  db_.writing([&](store::write& tx) {
    tx.run("update draft set answers = ?1, saved = ?2 where key = ?3 and person = ?4", d.answers,
           now(), d.key, d.person);
  });
}

bool drafts::take(store::write& tx, id key, id person) {
  return tx.run("delete from draft where key = ?1 and person = ?2", key, person) == 1;
}

void drafts::discard(id key, id person) {
  db_.writing([&](store::write& tx) { take(tx, key, person); });
}

}  // namespace madang::forms
