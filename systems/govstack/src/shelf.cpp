// Databases: those of the pack and those made since.
#include "shelf.hpp"

#include <algorithm>

namespace madang::govstack {
namespace {

constexpr const char* file = "govstack/databases.yaml";

[[noreturn]] void broken(const std::string& what) { throw packs::broken_pack({file, 0, what}); }

struct kept {
  std::int64_t id = 0;
  std::string code, version;
  json::value body;
  bool made_here = false, deleted = false;
  instant modified_at;
  std::string modified_by;
};
BOOST_DESCRIBE_STRUCT(kept, (),
                      (id, code, version, body, made_here, deleted, modified_at, modified_by))

std::vector<kept> rows_of(store::database& db) {
  return db.reading([](store::read& r) {
    return r.all<kept>("select " + store::columns<kept>() + " from catalogue order by id");
  });
}

// The property that numbers a record: the one that says so, else ID.
std::string key_of(const json::object& properties) {
  for (const auto& p : properties)
    if (json::flag(p.value(), "primaryKey")) return std::string(p.key());
  return "ID";
}

registers::type type_of(const json::value& property) {
  const auto said = json::str(property, "type");
  if (said.find("integer") != std::string_view::npos) return registers::type::integer;
  if (said.find("boolean") != std::string_view::npos) return registers::type::flag;
  return registers::type::text;
}

bool is_nested(const json::value& property) {
  return json::at(property, "properties").is_object() ||
         json::str(property, "type").find("array") != std::string_view::npos;
}

// Shown for a register of the pack: what its columns are.
json::value described(const base& b, const registers::schema& s, const std::string& language) {
  json::object properties;
  std::int64_t n = 0;
  for (const auto& c : b.columns) {
    json::object p{{"type", "string"}, {"id", ++n}};
    if (c.item == "key") {
      p["primaryKey"] = true;
      p["readOnly"] = false;
      p["description"] = s.key_name(language);
    } else if (const auto* i = s.find(c.item)) {
      if (i->type == registers::type::integer) p["type"] = "integer";
      if (i->type == registers::type::flag) p["type"] = "boolean";
      p["description"] = i->name(language);
    }
    properties[c.name] = std::move(p);
  }
  return json::object{{"type", "object"},
                      {"properties", std::move(properties)},
                      {"incrementIndex", 1},
                      {"required", json::array{b.key().name}}};
}

}  // namespace

const column* base::find(std::string_view wanted) const {
  const auto at = std::ranges::find(columns, wanted, &column::name);
  return at == columns.end() ? nullptr : &*at;
}

const column& base::key() const {
  const auto at = std::ranges::find(columns, "key", &column::item);
  check(at != columns.end(), "a database has a number for its records");
  return *at;
}

shelf::shelf(house& h) : house_(h), db_(h.database("govstack")) {
  const json::value v = h.pack().yaml(file);
  catalogue_ = json::at(v, "catalogue");
  const auto& list = json::at(v, "databases");
  if (!list.is_array()) broken("lists databases");
  const auto rows = rows_of(db_);
  for (const auto& one : list.get_array()) {
    auto b = from_pack(one);
    const auto row = std::ranges::find(rows, b->id, &kept::id);
    if (row == rows.end())
      db_.writing([&](store::write& tx) {
        tx.insert("catalogue", kept{b->id, b->code, b->version, json::object{}, false, false,
                                    b->modified_at, b->modified_by});
      });
    if (row == rows.end() || !row->deleted) bases_[b->id] = std::move(b);
  }
  for (const auto& row : rows)
    if (row.made_here && !row.deleted)
      bases_[row.id] = made(row.id, row.body, row.modified_at, row.modified_by);
}

shared_base shelf::from_pack(const json::value& v) {
  auto b = std::make_shared<base>();
  b->id = json::num(v, "id");
  b->code = json::str(v, "code");
  b->version = json::str(v, "version");
  b->reg = json::str(v, "register");
  b->writes = json::flag(v, "writes");
  b->draft = json::flag(v, "draft");
  b->archived = json::flag(v, "archived");
  b->name = json::words_of(json::at(v, "name"));
  b->about = json::words_of(json::at(v, "about"));
  b->purpose = json::words_of(json::at(v, "purpose"));
  b->agreement = json::str(v, "agreement");
  b->modified_at = now();
  b->registry = house_.hub().registry_of(b->reg);
  const std::string where = b->code + " " + b->version;
  if (b->id <= 0 || !is_identifier(b->code) || !is_identifier(b->version))
    broken(where + " has a number, a code and a version");
  if (!b->registry) broken(where + ": there is no register '" + b->reg + "'");
  const auto& s = *b->registry->find_schema(b->reg);
  b->law = s.law;
  if (const auto* a = house_.pack().find_agency(s.agency)) b->institution = a->name;
  const auto& fields = json::at(v, "fields");
  if (!fields.is_object()) broken(where + " names its fields");
  for (const auto& f : fields.get_object()) {
    const std::string item(f.value().is_string() ? std::string_view(f.value().get_string()) : "");
    if (item != "key" && !s.find(item)) broken(where + ": " + b->reg + " has no '" + item + "'");
    b->columns.push_back({std::string(f.key()), item});
  }
  if (std::ranges::find(b->columns, "key", &column::item) == b->columns.end())
    broken(where + ": one field is the key");
  if (b->writes && (s.key_is_id || !s.find("record") || &b->registry->database() != &db_))
    broken(where +
           ": records are made only in registers of the system govstack, which have an "
           "item 'record' and numbers that people write");
  b->schema = described(*b, s, house_.pack().language());
  b->modified_by = json::str(v, "by", b->institution(house_.pack().language()));
  return b;
}

// A database that was defined through the block has a register of its own.
shared_base shelf::made(std::int64_t id, const json::value& v, instant at, const std::string& by) {
  auto b = std::make_shared<base>();
  b->id = id;
  b->code = json::str(v, "code");
  b->version = json::str(v, "version");
  b->reg = "made_" + std::to_string(id);
  b->writes = b->made_here = true;
  const std::string called(json::str(v, "name", b->code));
  for (const auto& language : house_.pack().languages()) {
    b->name.set(language, called);
    b->institution.set(language, by);
  }
  b->purpose = house_.said("govstack.purpose");
  b->law = house_.said("law.e_government");
  b->schema = json::at(v, "schema");
  b->modified_at = at;
  b->modified_by = by;

  registers::schema s;
  s.id = b->reg;
  s.name = b->name;
  s.law = b->law;
  s.system = "govstack";
  s.subject = "person";
  const auto item = [&](const std::string& name, registers::type type, bool indexed) {
    registers::item i;
    i.id = name;
    i.name = words(name, name);
    i.type = type;
    i.indexed = indexed;
    i.longest = indexed ? 200 : 4000;
    s.items.push_back(i);
  };
  const auto& properties = json::at(b->schema, "properties").get_object();
  const std::string key = key_of(properties);
  b->columns.push_back({key, "key"});
  for (const auto& p : properties) {
    if (p.key() == key) continue;
    const bool nested = is_nested(p.value());
    const auto type = nested ? registers::type::text : type_of(p.value());
    b->columns.push_back({std::string(p.key()), "f" + std::to_string(b->columns.size()), nested});
    item(b->columns.back().item, type, type == registers::type::text && !nested);
  }
  item("record", registers::type::text, true);
  s.items.back().unique = true;
  item("person", registers::type::id, true);
  auto& kept_in = made_[b->reg];
  if (!kept_in)
    kept_in = std::make_unique<registers::registry>(db_, std::vector<registers::schema>{s});
  b->registry = kept_in.get();
  return b;
}

std::vector<shared_base> shelf::all() const {
  const std::scoped_lock hold(mutex_);
  std::vector<shared_base> out;
  for (const auto& [id, b] : bases_) out.push_back(b);
  return out;
}

result<shared_base> shelf::find(const std::string& code, const std::string& version) const {
  const std::scoped_lock hold(mutex_);
  for (const auto& [id, b] : bases_)
    if (b->code == code && b->version == version) return b;
  return refuse(kind::not_found, "govstack.no_database");
}

result<shared_base> shelf::find(std::int64_t id) const {
  const std::scoped_lock hold(mutex_);
  const auto at = bases_.find(id);
  if (at == bases_.end()) return refuse(kind::not_found, "govstack.no_database");
  return at->second;
}

std::optional<shared_base> shelf::newest(const std::string& code) const {
  const std::scoped_lock hold(mutex_);
  std::optional<shared_base> out;
  for (const auto& [id, b] : bases_)
    if (b->code == code && !b->draft && (!out || b->version > (*out)->version)) out = b;
  return out;
}

namespace {

constexpr std::size_t most_properties = 60;

outcome check_schema(const json::value& wanted) {
  if (!is_identifier(json::str(wanted, "code")))
    return refuse(kind::invalid, "govstack.schema", "code");
  const auto& properties = json::at(json::at(wanted, "schema"), "properties");
  if (!properties.is_object() || properties.get_object().empty() ||
      properties.get_object().size() > most_properties)
    return refuse(kind::invalid, "govstack.schema", "schema");
  for (const auto& p : properties.get_object())
    if (!p.value().is_object() || !is_identifier(std::string_view(p.key())))
      return refuse(kind::invalid, "govstack.schema", "schema/properties");
  if (!properties.get_object().contains(key_of(properties.get_object())))
    return refuse(kind::invalid, "govstack.schema", "schema/properties/ID");
  return nothing{};
}

}  // namespace

result<shared_base> shelf::define(const caller& by, const json::value& wanted) {
  if (auto good = check_schema(wanted); !good) return good.why();
  const std::string code(json::str(wanted, "code"));
  const std::string name(json::str(wanted, "catalog_name", json::str(wanted, "catalogName", code)));
  const std::string who = by.name(house_.pack().language());
  const std::scoped_lock hold(mutex_);
  kept row;
  db_.writing([&](store::write& tx) {
    row = {};
    row.id = tx.one<std::int64_t>("select coalesce(max(id), 0) + 1 from catalogue").value_or(1);
    const auto before = tx.one<std::int64_t>(
        "select count(*) from catalogue where code = ?1 and made_here = 1", code);
    row.code = code;
    row.version = std::to_string(before.value_or(0) + 1) + ".0";
    row.made_here = true;
    row.modified_at = now();
    row.modified_by = who;
    row.body = json::object{{"code", code},
                            {"version", row.version},
                            {"name", name},
                            {"schema", json::at(wanted, "schema")}};
    tx.insert("catalogue", row);
    const audit::access why{audit::system_actor(who),
                            house_.said("govstack.purpose"),
                            house_.said("law.e_government"),
                            {}};
    audit::append(tx, why, audit::action::changed, {}, "database", std::to_string(row.id),
                  "defined");
  });
  auto b = made(row.id, row.body, row.modified_at, row.modified_by);
  bases_[row.id] = b;
  return b;
}

outcome shelf::remove(const caller& by, std::int64_t id) {
  const std::scoped_lock hold(mutex_);
  const auto at = bases_.find(id);
  const bool gone = at == bases_.end();
  if (!gone && !at->second->draft && at->second->registry->count(at->second->reg) > 0)
    return refuse(kind::conflict, "govstack.holds_records");
  auto done = db_.writing([&](store::write& tx) -> outcome {
    const auto was = tx.one<std::int64_t>("select deleted from catalogue where id = ?1", id);
    if (!was) return refuse(kind::not_found, "govstack.no_database");
    if (*was) return nothing{};  // deleted before: it stays so
    tx.run("update catalogue set deleted = 1, modified_at = ?1 where id = ?2", now(), id);
    const audit::access why{audit::system_actor(by.name(house_.pack().language())),
                            house_.said("govstack.purpose"),
                            house_.said("law.e_government"),
                            {}};
    audit::append(tx, why, audit::action::changed, {}, "database", std::to_string(id), "deleted");
    return nothing{};
  });
  if (done && !gone) bases_.erase(at);
  return done;
}

json::object info_of(const base& b, const std::string& language) {
  json::array flags, uniques;
  flags.push_back(json::object{{"name", "mandatory"}, {"path", "/" + b.key().name}});
  uniques.push_back(json::array{b.key().name});
  return {{"id", b.id},
          {"version", b.version},
          {"name", b.name(language)},
          {"description", b.about(language)},
          {"institution", b.institution(language)},
          {"number_format", "{code}{indexNoByCode}"},
          {"schema", b.schema},
          {"schema_tags", json::array{}},
          {"schema_flags", std::move(flags)},
          {"fields_uniques", std::move(uniques)},
          {"is_draft", b.draft},
          {"is_disabled", false},
          {"is_archived", b.archived},
          {"modified_at", b.modified_at.str()},
          {"by_user_name", b.modified_by},
          {"by_user_auth_id", 0}};
}

}  // namespace madang::govstack
