#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/registers/schema.hpp"
#include "madang/store/store.hpp"

// Authoritative records with two time axes.
//
// Each version of a record says: from `valid_from` until before `valid_to` the facts were these,
// and from `recorded_from` until before `recorded_to` that is what the register said. A change
// closes what was recorded and adds what is recorded now; nothing is ever overwritten, so the
// register can be asked as of any date, and as it was known at any instant. A correction of the
// past is a change with a period in the past.
namespace madang::registers {

// The question "as of when, as known when?".
struct moment {
  date valid;
  instant known = forever;         // forever: as known now
};
moment present();

struct record {
  std::string key;
  json::object items;              // dates in ISO form, ids as their 13 characters
  date valid_from, valid_to;
  instant recorded_from, recorded_to;
  std::string reason;              // number of the case that changed it
  std::string_view text(std::string_view item) const;   // empty when absent
  id reference(std::string_view item) const;            // 0 when absent
};

// The registers that one system owns, in that system's database.
class registry {
 public:
  // Makes missing tables, and the columns of items that their schema has gained.
  registry(store::database& db, std::vector<schema> schemas);

  const std::vector<schema>& schemas() const { return schemas_; }
  const schema* find_schema(std::string_view reg) const;
  store::database& database() const { return db_; }

  // Looking. Each record that is found leaves an entry about its subject, unless every named item
  // is a fact about a thing (`personal: false`). The entry is on disk before the record is
  // returned; within a store::acknowledgement, before the answer made from it leaves the house.
  // Only the named items are handed out; none named: all. Refusals:
  // access.unsaid, register.unknown, register.no_record, register.not_searchable.
  result<record> get(const audit::access& why, std::string_view reg, std::string_view key,
                     moment when = present(), std::span<const std::string> items = {});
  result<std::vector<record>> find(const audit::access& why, std::string_view reg,
                                   std::string_view item, std::string_view value,
                                   moment when = present(), std::span<const std::string> items = {},
                                   int limit = 100);
  // Whose text item begins with `prefix`, octet for octet.
  result<std::vector<record>> starting(const audit::access& why, std::string_view reg,
                                       std::string_view item, std::string_view prefix,
                                       moment when = present(),
                                       std::span<const std::string> items = {}, int limit = 100);
  // Every version, oldest recorded first.
  result<std::vector<record>> history(const audit::access& why, std::string_view reg,
                                      std::string_view key);

  // The same inside a transaction.
  result<record> get(store::write& tx, const audit::access& why, std::string_view reg,
                     std::string_view key, moment when = present());
  result<std::vector<record>> find(store::write& tx, const audit::access& why,
                                   std::string_view reg, std::string_view item,
                                   std::string_view value, moment when = present());

  // A record that was not there. Refusals: register.exists, register.item_missing,
  // register.item_wrong (field = item), register.not_unique.
  outcome create(store::write& tx, const audit::access& why, std::string_view reg,
                 std::string_view key, const json::object& items, date from);
  // From `from` until before `to` the named items are as given; what else was so stays so.
  // Refusals: register.no_record and those of create.
  outcome change(store::write& tx, const audit::access& why, std::string_view reg,
                 std::string_view key, const json::object& items, date from,
                 date to = end_of_days);
  // Where nothing holds, the record holds with these items: that it ended, or began, on another
  // day was a mistake. Refusals: register.exists (something holds within the period) and those of
  // create.
  outcome hold(store::write& tx, const audit::access& why, std::string_view reg,
               std::string_view key, const json::object& items, date from, date to);
  // The record ends: nothing holds from `from` on, or until before `to`.
  outcome end(store::write& tx, const audit::access& why, std::string_view reg,
              std::string_view key, date from, date to = end_of_days);

  // Numbers without persons: how many records hold now.
  std::int64_t count(std::string_view reg);

  // Loading a population: rows go in without audit entries, in a database opened for bulk loading
  // that nobody else uses. Values are in the order of the schema's items.
  void load_row(store::write& tx, const schema& s, std::string_view key,
                std::span<const store::parameter> values, date from, instant recorded);
  // Indexes are made after the rows.
  static void create_tables(store::write& tx, const schema& s);
  static void create_indexes(store::write& tx, const schema& s);

 private:
  const schema& need(std::string_view reg) const;
  std::vector<record> look(const audit::access& why, const schema& s, std::string where,
                           std::vector<store::parameter> parameters, moment when,
                           std::span<const std::string> items, int limit);
  store::database& db_;
  std::vector<schema> schemas_;
  std::map<std::string, std::string, std::less<>> insert_sql_;
};

}  // namespace madang::registers
