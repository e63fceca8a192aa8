#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "caller.hpp"
#include "madang/registers/registers.hpp"

// Registers of the house as databases of the registries block.
namespace madang::govstack {

// A property of a database's records and the item of the register that keeps it.
struct column {
  std::string name, item;  // item "key": the number of the record
  bool nested = false;     // an object, kept as its JSON text
};

struct base {
  std::int64_t id = 0;
  std::string code, version, reg;
  registers::registry* registry = nullptr;
  std::vector<column> columns;
  bool writes = false;  // records are made and changed through this door
  bool draft = false, archived = false, made_here = false;
  words name, about, institution, purpose, law;
  std::string agreement;  // a person's consent to it is demanded; empty: none
  json::value schema;     // as the block shows it
  instant modified_at;
  std::string modified_by;

  const column* find(std::string_view name) const;
  const column& key() const;
};
using shared_base = std::shared_ptr<const base>;

// {"FirstName": "Anna"}: properties as the block calls them.
using content = json::object;

class shelf {
 public:
  // Throws packs::broken_pack (govstack/databases.yaml).
  explicit shelf(house& h);

  // Asked before a record is handed out of a base with an agreement: has this one agreed?
  std::function<bool(const std::string& agreement, const std::string& individual)> agreed;

  const json::value& catalogue() const { return catalogue_; }
  std::vector<shared_base> all() const;
  // Refusals: govstack.no_database.
  result<shared_base> find(const std::string& code, const std::string& version) const;
  result<shared_base> find(std::int64_t id) const;
  std::optional<shared_base> newest(const std::string& code) const;

  // A new database, or a new version of one. Refusals: govstack.schema (field).
  result<shared_base> define(const caller& by, const json::value& wanted);
  // Refusal govstack.holds_records: a database that holds any is not thrown away.
  outcome remove(const caller& by, std::int64_t id);

  // ---- records ----
  // Refusals: govstack.field (field), govstack.query, govstack.consent, and those of registers.
  struct found {
    std::string key, uuid;
    id person;
    content what;
  };
  result<std::vector<found>> match(const audit::access& why, const base& b, const content& query);
  // By its UUID, or its number.
  result<std::optional<found>> called(const audit::access& why, const base& b,
                                      std::string_view name);
  result<std::vector<found>> list(const audit::access& why, const base& b);
  // The same record again is no error. Refusals: govstack.exists, govstack.read_only.
  result<content> create(const audit::access& why, const base& b, const content& what);
  // Inside a transaction of the register's database, for a record about a person who is known; its
  // UUID is drawn unless it is said.
  result<content> create(store::write& tx, const audit::access& why, const base& b,
                         const content& what, id person, const std::string& record = {});
  // How many were changed. Refusals: govstack.no_record, govstack.several (with `one`).
  result<std::int64_t> update(const audit::access& why, const base& b, const content& query,
                              const content& what, bool one);
  result<content> update_or_create(const audit::access& why, const base& b, const content& query,
                                   const content& what);
  outcome erase(const audit::access& why, const base& b, std::string_view name);
  // Who read the record with that number, newest first.
  result<std::vector<audit::entry>> readers(const audit::access& why, const base& b,
                                            const std::string& number);

 private:
  shared_base from_pack(const json::value& v);
  shared_base made(std::int64_t id, const json::value& v, instant at, const std::string& by);
  registers::registry& registry_for(const base& b);
  result<json::object> items_of(const base& b, const content& what) const;
  found shown(const base& b, const registers::record& r) const;
  outcome may_see(const audit::access& why, const base& b, const std::vector<found>& all);
  result<std::vector<found>> match(store::write& tx, const audit::access& why, const base& b,
                                   const content& query);
  outcome change(store::write& tx, const audit::access& why, const base& b, const found& old,
                 const content& what);
  id person_numbered(const audit::access& why, const std::string& number);
  std::string next_number(store::write& tx, const base& b);

  house& house_;
  store::database& db_;
  json::value catalogue_;
  mutable std::mutex mutex_;
  std::map<std::int64_t, shared_base> bases_;
  std::map<std::string, std::unique_ptr<registers::registry>> made_;
};

// As GET /database/{id} shows it.
json::object info_of(const base& b, const std::string& language);

}  // namespace madang::govstack
