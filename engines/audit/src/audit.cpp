#include "madang/audit/audit.hpp"

#include <algorithm>
#include <functional>

#include "entry.hpp"
#include "madang/audit/seal.hpp"

namespace madang::audit {

std::span<const store::migration> migrations();

namespace {

const std::string& select() {
  static const std::string text = "select " + store::columns<entry>() + " from audit_entry ";
  return text;
}

int number_of(std::optional<action> what) { return what ? static_cast<int>(*what) : -1; }

}  // namespace

bool actor::has_role(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

actor system_actor(std::string_view name) {
  actor a;
  a.name = name;
  return a;
}

outcome access::stated() const {
  if (purpose.empty() || law.empty()) return refuse(kind::forbidden, "access.unsaid");
  return nothing{};
}

void prepare(store::database& db) { db.migrate("audit", migrations()); }

void append(store::write& tx, const access& why, action what, id subject,
            std::string_view record_of, std::string_view record, std::string_view items) {
  const actor& who = why.who;
  json::object shown{{"name", who.name}};
  if (who.official()) {
    shown["post"] = json::from_words(who.post_title);
    shown["agency"] = json::from_words(who.agency_name);
    if (!who.stands_in_for.empty()) shown["for"] = who.stands_in_for;
  }
  tx.run("insert into audit_entry (key, at, subject, what, record_of, record, items, actor_person,"
         " actor, purpose, law, reference) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
         " ?12)",
         new_id(), now(), subject, static_cast<int>(what), record_of, record, items, who.person,
         json::value(shown), why.purpose, why.law, why.reference);
}

std::vector<entry> about(store::read& r, id subject, const wanted& w) {
  return r.all<entry>(select() + "where subject = ?1 and key < ?2 and (?3 = -1 or what = ?3) and "
                                 "(actor_person <> ?4 or ?4 = 0) order by key desc limit ?5",
                      subject, w.before, number_of(w.what), w.not_by, w.limit);
}

std::vector<entry> about(store::read& r, id subject, std::optional<action> what, int limit) {
  return about(r, subject, wanted{.what = what, .not_by = {}, .limit = limit});
}

std::int64_t count_about(store::read& r, id subject, id not_by) {
  return r
      .one<std::int64_t>("select count(*) from audit_entry where subject = ?1 and "
                         "(actor_person <> ?2 or ?2 = 0)",
                         subject, not_by)
      .value_or(0);
}

std::vector<entry> of_reference(store::read& r, std::string_view reference, int limit) {
  return r.all<entry>(select() + "where reference = ?1 and reference <> '' order by key limit ?2",
                      reference, limit);
}

std::vector<entry> latest(store::read& r, const wanted& w) {
  return r.all<entry>(select() + "where key < ?1 and (?2 = -1 or what = ?2) and "
                                 "(actor_person <> ?3 or ?3 = 0) order by key desc limit ?4",
                      w.before, number_of(w.what), w.not_by, w.limit);
}

std::optional<entry> find(store::read& r, id key) {
  return r.one<entry>(select() + "where key = ?1", key);
}

std::vector<entry> merged(std::vector<entry> all, int limit) {
  std::ranges::sort(all, std::greater<>(), &entry::key);
  if (all.size() > static_cast<std::size_t>(limit)) all.resize(limit);
  return all;
}

std::string_view name_of(action a) {
  constexpr std::string_view names[] = {"read", "changed", "issued", "decided", "signed_in",
                                        "refused"};
  return names[static_cast<int>(a)];
}

}  // namespace madang::audit
