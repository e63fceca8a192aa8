// Invariant: among the rows of one key with recorded_to = forever no two overlap in validity. A
// change touches only rows whose validity meets its period: it closes them (recorded_to = now) and
// records again the parts outside the period unchanged and the parts inside with the new values.
// A crash leaves all of it or nothing: it is one transaction.
#include "madang/registers/registers.hpp"

#include <algorithm>
#include <charconv>

#include "elsewhere.hpp"
#include "tables.hpp"

namespace madang::registers {
namespace {

using store::parameter;

json::value value_of(const store::row& r, int column, type t) {
  if (r.is_null(column)) return nullptr;
  switch (t) {
    case type::integer: return r.integer(column);
    case type::flag: return r.integer(column) != 0;
    case type::date: return json::value(date{static_cast<std::int32_t>(r.integer(column))}.str());
    case type::id: return json::value(id{r.integer(column)}.str());
    default: return json::value(r.text(column));
  }
}

struct version {
  record what;
  id number;
};

version version_of(const store::row& r, const schema& s) {
  version v;
  v.number = id{r.integer(0)};
  v.what.key = s.key_is_id ? id{r.integer(1)}.str() : std::string(r.text(1));
  v.what.valid_from.days = static_cast<std::int32_t>(r.integer(2));
  v.what.valid_to.days = static_cast<std::int32_t>(r.integer(3));
  v.what.recorded_from.micros = r.integer(4);
  v.what.recorded_to.micros = r.integer(5);
  v.what.reason = r.text(6);
  int column = fixed_columns;
  for (const auto& i : s.items) v.what.items[i.id] = value_of(r, column++, i.type);
  return v;
}

// What somebody searches for, as it stands in the column; nothing when it has not the form of the
// type.
std::optional<parameter> stored_text(std::string_view s, type t) {
  if (t == type::integer || t == type::flag) {
    std::int64_t number = 0;
    auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), number);
    if (error != std::errc{} || end != s.data() + s.size()) return {};
    return parameter(number);
  }
  if (t == type::date) {
    auto d = date::parse(s);
    return d ? std::optional(parameter(*d)) : std::nullopt;
  }
  if (t == type::id) {
    auto i = id::parse(s);
    return i ? std::optional(parameter(*i)) : std::nullopt;
  }
  return parameter(s);
}

// A key or value as its column holds it; nothing when it has not the form of the type.
std::optional<parameter> stored(const json::value& v, type t) {
  if (v.is_null()) return parameter();
  if (t == type::integer || t == type::flag) {
    if (v.is_int64()) return parameter(v.get_int64());
    if (v.is_bool()) return parameter(v.get_bool());
    return {};
  }
  if (!v.is_string()) return {};
  return stored_text(v.get_string(), t);
}
std::optional<parameter> stored(json::value&&, type) = delete;   // the parameter only views it

std::optional<parameter> stored_key(const schema& s, std::string_view key) {
  if (!s.key_is_id) return parameter(key);
  auto i = id::parse(key);
  return i ? std::optional(parameter(*i)) : std::nullopt;
}

std::vector<version> select_versions(store::read& r, const schema& s, const std::string& where,
                                     std::span<const parameter> parameters) {
  std::vector<version> out;
  r.each_row(select(s) + where, parameters,
             [&](const store::row& row) { out.push_back(version_of(row, s)); });
  return out;
}

std::string at_moment(const moment& when, std::vector<parameter>& parameters) {
  auto next = [&](parameter p) {
    parameters.push_back(std::move(p));
    return "?" + std::to_string(parameters.size());
  };
  const std::string valid = next(parameter(when.valid));
  std::string sql = " and valid_from <= " + valid + " and valid_to > " + valid;
  if (when.known == forever) return sql + " and recorded_to = " + next(parameter(forever));
  const std::string known = next(parameter(when.known));
  return sql + " and recorded_from <= " + known + " and recorded_to > " + known;
}

id subject_of(const schema& s, const record& r) {
  if (s.subject.empty()) return {};
  if (s.subject == "key") return id::parse(r.key).value_or(id{});
  return r.reference(s.subject);
}

std::string named(std::span<const std::string> items, const schema& s) {
  std::string out;
  if (items.empty()) {
    for (const auto& i : s.items) out += (out.empty() ? "" : ",") + i.id;
  } else {
    for (const auto& i : items) out += (out.empty() ? "" : ",") + i;
  }
  return out;
}

// Facts about things alone (a lot's area, a building's address) are nobody's data: no entry.
bool concerns_a_person(std::span<const std::string> items, const schema& s) {
  if (s.subject.empty()) return false;
  if (items.empty()) return true;
  return std::any_of(items.begin(), items.end(), [&](const std::string& id) {
    const item* i = s.find(id);
    return !i || i->personal;
  });
}

void keep_only(record& r, std::span<const std::string> items) {
  if (items.empty()) return;
  json::object kept;
  for (const auto& i : items)
    if (auto found = r.items.find(i); found != r.items.end()) kept[i] = found->value();
  r.items = std::move(kept);
}

void note(store::write& tx, const audit::access& why, audit::action what, const schema& s,
          const record& r, std::string_view items) {
  audit::append(tx, why, what, subject_of(s, r), s.id, r.key, items);
}

// Who has been looked at; the caller hands nothing out that is not on disk then (store::later).
void enter_reads(store::database& db, const audit::access& why, const schema& s,
                 std::span<const version> found, std::string_view items) {
  struct looked_at {
    id subject;
    std::string key;
  };
  std::vector<looked_at> all;
  for (const auto& v : found) all.push_back({subject_of(s, v.what), v.what.key});
  db.later([why, all = std::move(all), reg = s.id, items = std::string(items)](store::write& tx) {
    for (const auto& one : all)
      audit::append(tx, why, audit::action::read, one.subject, reg, one.key, items);
  });
}

outcome check_items(const schema& s, const json::object& items, bool whole) {
  for (const auto& given : items) {
    const item* i = s.find(given.key());
    if (!i) return refuse(kind::invalid, "register.item_unknown", std::string(given.key()));
    auto value = stored(given.value(), i->type);
    if (!value) return refuse(kind::invalid, "register.item_wrong", i->id);
    if (value->kind() == parameter::type::text &&
        (!text::is_utf8(value->text()) || text::length(value->text()) > i->longest))
      return refuse(kind::invalid, "register.item_wrong", i->id);
    if (i->required && given.value().is_null())
      return refuse(kind::invalid, "register.item_missing", i->id);
  }
  if (whole)
    for (const auto& i : s.items)
      if (i.required && !items.contains(i.id))
        return refuse(kind::invalid, "register.item_missing", i.id);
  return nothing{};
}

outcome check_unique(store::read& r, const schema& s, std::string_view key,
                     const json::object& items) {
  for (const auto& i : s.items) {
    auto given = items.find(i.id);
    if (!i.unique || given == items.end() || given->value().is_null()) continue;
    const parameter parameters[] = {*stored(given->value(), i.type), parameter(forever),
                                    *stored_key(s, key)};
    auto others = select_versions(
        r, s, "where " + i.id + " = ?1 and recorded_to = ?2 and key <> ?3 limit 1", parameters);
    if (!others.empty()) return refuse(kind::conflict, "register.not_unique", i.id);
  }
  return nothing{};
}

void insert_version(store::write& tx, const std::string& sql, const schema& s, std::string_view key,
                    const json::object& items, date from, date to, instant recorded,
                    std::string_view reason) {
  std::vector<parameter> p;
  p.reserve(fixed_columns + s.items.size());
  p.emplace_back(new_id());
  p.push_back(*stored_key(s, key));
  p.emplace_back(from);
  p.emplace_back(to);
  p.emplace_back(recorded);
  p.emplace_back(forever);
  p.emplace_back(reason);
  for (const auto& i : s.items) {
    auto given = items.find(i.id);
    p.push_back(given == items.end() ? parameter() : *stored(given->value(), i.type));
  }
  tx.run_with(sql, p);
}

std::vector<version> standing(store::read& r, const schema& s, const parameter& key) {
  const parameter parameters[] = {key, parameter(forever)};
  return select_versions(r, s, "where key = ?1 and recorded_to = ?2 order by valid_from",
                         parameters);
}

// What belongs to a transaction of ours can only be what is kept here.
outcome here(const audit::access& why, std::string_view reg) {
  if (auto stated = why.stated(); !stated) return stated;
  if (is_elsewhere(reg)) return refuse(kind::unavailable, "register.elsewhere");
  return nothing{};
}

}  // namespace

registry::registry(store::database& db, std::vector<schema> schemas)
    : db_(db), schemas_(std::move(schemas)) {
  audit::prepare(db_);
  for (const auto& s : schemas_) insert_sql_[s.id] = insert_text(s);
  db_.writing([&](store::write& tx) {
    for (const auto& s : schemas_) {
      create_tables(tx, s);
      create_indexes(tx, s);
    }
  });
}

const schema* registry::find_schema(std::string_view reg) const {
  for (const auto& s : schemas_)
    if (s.id == reg) return &s;
  return nullptr;
}

const schema& registry::need(std::string_view reg) const {
  const schema* s = find_schema(reg);
  check(s != nullptr, "a system asks its own registers only");
  return *s;
}

result<record> registry::get(const audit::access& why, std::string_view reg, std::string_view key,
                             moment when, std::span<const std::string> items) {
  if (auto stated = why.stated(); !stated) return stated.why();
  const schema* s = find_schema(reg);
  if (!s) return refuse(kind::not_found, "register.unknown");
  if (auto k = keeper_of(reg)) {
    auto told = k(why, {"get", std::string(reg), {}, std::string(key), when,
                        {items.begin(), items.end()}, 1});
    if (!told) return told.why();
    if (told->empty()) return refuse(kind::not_found, "register.no_record");
    return std::move(told->front());
  }
  auto stored = stored_key(*s, key);
  if (!stored) return refuse(kind::not_found, "register.no_record");
  std::vector<parameter> parameters{*stored};
  const std::string where = "where key = ?1" + at_moment(when, parameters);
  auto found =
      db_.reading([&](store::read& r) { return select_versions(r, *s, where, parameters); });
  if (found.empty()) return refuse(kind::not_found, "register.no_record");
  record& out = found.front().what;
  if (concerns_a_person(items, *s)) enter_reads(db_, why, *s, found, named(items, *s));
  keep_only(out, items);
  return std::move(out);
}

result<std::vector<record>> registry::find(const audit::access& why, std::string_view reg,
                                           std::string_view item, std::string_view value,
                                           moment when, std::span<const std::string> items,
                                           int limit) {
  if (auto stated = why.stated(); !stated) return stated.why();
  const schema* s = find_schema(reg);
  if (!s) return refuse(kind::not_found, "register.unknown");
  const registers::item* i = s->find(item);
  if (!i || !i->indexed) return refuse(kind::invalid, "register.not_searchable", std::string(item));
  if (auto k = keeper_of(reg))
    return k(why, {"find", std::string(reg), i->id, std::string(value), when,
                   {items.begin(), items.end()}, limit});
  auto wanted = stored_text(value, i->type);
  if (!wanted) return std::vector<record>{};
  return look(why, *s, "where " + i->id + " = ?1", {*wanted}, when, items, limit);
}

result<std::vector<record>> registry::starting(const audit::access& why, std::string_view reg,
                                               std::string_view item, std::string_view prefix,
                                               moment when, std::span<const std::string> items,
                                               int limit) {
  if (auto stated = why.stated(); !stated) return stated.why();
  const schema* s = find_schema(reg);
  if (!s) return refuse(kind::not_found, "register.unknown");
  const registers::item* i = s->find(item);
  if (!i || !i->indexed || !is_text(i->type))
    return refuse(kind::invalid, "register.not_searchable", std::string(item));
  if (auto k = keeper_of(reg))
    return k(why, {"starting", std::string(reg), i->id, std::string(prefix), when,
                   {items.begin(), items.end()}, limit});
  // U+10FFFF sorts after every letter in both stores, which compare octets.
  const std::string end = std::string(prefix) + "\xF4\x8F\xBF\xBF";
  return look(why, *s, "where " + i->id + " >= ?1 and " + i->id + " < ?2",
              {parameter(prefix), parameter(std::string_view(end))}, when, items, limit);
}

std::vector<record> registry::look(const audit::access& why, const schema& s, std::string where,
                                   std::vector<parameter> parameters, moment when,
                                   std::span<const std::string> items, int limit) {
  where += at_moment(when, parameters);
  where += " order by version limit " + std::to_string(std::clamp(limit, 1, 1000));
  auto found =
      db_.reading([&](store::read& r) { return select_versions(r, s, where, parameters); });
  std::vector<record> out;
  if (!found.empty() && concerns_a_person(items, s))
    enter_reads(db_, why, s, found, named(items, s));
  for (auto& v : found) {
    keep_only(v.what, items);
    out.push_back(std::move(v.what));
  }
  return out;
}

result<std::vector<record>> registry::history(const audit::access& why, std::string_view reg,
                                              std::string_view key) {
  if (auto stated = why.stated(); !stated) return stated.why();
  const schema* s = find_schema(reg);
  if (!s) return refuse(kind::not_found, "register.unknown");
  if (auto k = keeper_of(reg))
    return k(why, {.verb = "history", .reg = std::string(reg), .value = std::string(key)});
  auto stored = stored_key(*s, key);
  if (!stored) return refuse(kind::not_found, "register.no_record");
  auto found = db_.reading([&](store::read& r) {
    const parameter parameters[] = {*stored};
    return select_versions(r, *s, "where key = ?1 order by recorded_from, valid_from", parameters);
  });
  if (found.empty()) return refuse(kind::not_found, "register.no_record");
  std::vector<record> out;
  enter_reads(db_, why, *s, std::span(found).last(1), "history");
  for (auto& v : found) out.push_back(std::move(v.what));
  return out;
}

result<record> registry::get(store::write& tx, const audit::access& why, std::string_view reg,
                             std::string_view key, moment when) {
  if (auto may = here(why, reg); !may) return may.why();
  const schema& s = need(reg);
  auto stored = stored_key(s, key);
  if (!stored) return refuse(kind::not_found, "register.no_record");
  std::vector<parameter> parameters{*stored};
  const std::string where = "where key = ?1" + at_moment(when, parameters);
  auto found = select_versions(tx, s, where, parameters);
  if (found.empty()) return refuse(kind::not_found, "register.no_record");
  note(tx, why, audit::action::read, s, found.front().what, named({}, s));
  return std::move(found.front().what);
}

result<std::vector<record>> registry::find(store::write& tx, const audit::access& why,
                                           std::string_view reg, std::string_view item,
                                           std::string_view value, moment when) {
  if (auto may = here(why, reg); !may) return may.why();
  const schema& s = need(reg);
  const registers::item* i = s.find(item);
  check(i && i->indexed, "a system searches by indexed items only");
  auto wanted = stored_text(value, i->type);
  if (!wanted) return std::vector<record>{};
  std::vector<parameter> parameters{*wanted};
  const std::string where = "where " + i->id + " = ?1" + at_moment(when, parameters);
  std::vector<record> out;
  for (auto& v : select_versions(tx, s, where + " order by version limit 1000", parameters)) {
    note(tx, why, audit::action::read, s, v.what, named({}, s));
    out.push_back(std::move(v.what));
  }
  return out;
}

outcome registry::create(store::write& tx, const audit::access& why, std::string_view reg,
                         std::string_view key, const json::object& items, date from) {
  if (auto may = here(why, reg); !may) return may;
  const schema& s = need(reg);
  auto stored = stored_key(s, key);
  if (!stored) return refuse(kind::invalid, "register.item_wrong", "key");
  if (auto good = check_items(s, items, true); !good) return good;
  if (!standing(tx, s, *stored).empty()) return refuse(kind::conflict, "register.exists");
  if (auto good = check_unique(tx, s, key, items); !good) return good;
  insert_version(tx, insert_sql_.at(s.id), s, key, items, from, end_of_days, now(), why.reference);
  record made{std::string(key), items, from, end_of_days, {}, forever, why.reference};
  note(tx, why, audit::action::changed, s, made, "");
  return nothing{};
}

outcome registry::change(store::write& tx, const audit::access& why, std::string_view reg,
                         std::string_view key, const json::object& items, date from, date to) {
  if (auto may = here(why, reg); !may) return may;
  const schema& s = need(reg);
  auto stored = stored_key(s, key);
  if (!stored || !(from < to)) return refuse(kind::invalid, "register.item_wrong", "key");
  if (auto good = check_items(s, items, false); !good) return good;
  if (auto good = check_unique(tx, s, key, items); !good) return good;
  bool touched = false;
  for (auto& v : standing(tx, s, *stored)) {
    const record& old = v.what;
    if (old.valid_to <= from || to <= old.valid_from) continue;
    touched = true;
    const instant at = std::max(now(), instant{old.recorded_from.micros + 1});
    tx.run("update " + table_of(s) + " set recorded_to = ?1 where version = ?2", at, v.number);
    const std::string& sql = insert_sql_.at(s.id);
    if (old.valid_from < from)
      insert_version(tx, sql, s, key, old.items, old.valid_from, from, at, old.reason);
    json::object merged = old.items;
    for (const auto& i : items) merged[i.key()] = i.value();
    insert_version(tx, sql, s, key, merged, std::max(from, old.valid_from),
                   std::min(to, old.valid_to), at, why.reference);
    if (to < old.valid_to)
      insert_version(tx, sql, s, key, old.items, to, old.valid_to, at, old.reason);
    note(tx, why, audit::action::changed, s, old, [&] {
      std::string list;
      for (const auto& i : items) list += (list.empty() ? "" : ",") + std::string(i.key());
      return list;
    }());
  }
  if (!touched) return refuse(kind::not_found, "register.no_record");
  return nothing{};
}

outcome registry::hold(store::write& tx, const audit::access& why, std::string_view reg,
                       std::string_view key, const json::object& items, date from, date to) {
  if (auto may = here(why, reg); !may) return may;
  const schema& s = need(reg);
  auto stored = stored_key(s, key);
  if (!stored || !(from < to)) return refuse(kind::invalid, "register.item_wrong", "key");
  if (auto good = check_items(s, items, true); !good) return good;
  for (const auto& v : standing(tx, s, *stored))
    if (v.what.valid_from < to && from < v.what.valid_to)
      return refuse(kind::conflict, "register.exists");
  if (auto good = check_unique(tx, s, key, items); !good) return good;
  insert_version(tx, insert_sql_.at(s.id), s, key, items, from, to, now(), why.reference);
  record made{std::string(key), items, from, to, {}, forever, why.reference};
  note(tx, why, audit::action::changed, s, made, "");
  return nothing{};
}

outcome registry::end(store::write& tx, const audit::access& why, std::string_view reg,
                      std::string_view key, date from, date to) {
  if (auto may = here(why, reg); !may) return may;
  const schema& s = need(reg);
  auto stored = stored_key(s, key);
  if (!stored) return refuse(kind::not_found, "register.no_record");
  bool touched = false;
  for (auto& v : standing(tx, s, *stored)) {
    if (v.what.valid_to <= from || to <= v.what.valid_from) continue;
    touched = true;
    const instant at = std::max(now(), instant{v.what.recorded_from.micros + 1});
    tx.run("update " + table_of(s) + " set recorded_to = ?1 where version = ?2", at, v.number);
    if (v.what.valid_from < from)
      insert_version(tx, insert_sql_.at(s.id), s, key, v.what.items, v.what.valid_from, from, at,
                     why.reference);
    if (to < v.what.valid_to)
      insert_version(tx, insert_sql_.at(s.id), s, key, v.what.items, to, v.what.valid_to, at,
                     why.reference);
    note(tx, why, audit::action::changed, s, v.what, "end");
  }
  if (!touched) return refuse(kind::not_found, "register.no_record");
  return nothing{};
}

std::int64_t registry::count(std::string_view reg) {
  const schema& s = need(reg);
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from " + table_of(s) +
                                   " where recorded_to = ?1 and valid_from <= ?2 and valid_to > ?2",
                               forever, today())
        .value_or(0);
  });
}

void registry::load_row(store::write& tx, const schema& s, std::string_view key,
                        std::span<const parameter> values, date from, instant recorded) {
  check(values.size() == s.items.size(), "a row has a value for each item");
  std::vector<parameter> p;
  p.reserve(fixed_columns + values.size());
  p.emplace_back(new_id());
  p.push_back(*stored_key(s, key));
  p.emplace_back(from);
  p.emplace_back(end_of_days);
  p.emplace_back(recorded);
  p.emplace_back(forever);
  p.emplace_back("");
  for (const auto& v : values) p.push_back(v);
  tx.run_with(insert_sql_.at(s.id), p);
}

}  // namespace madang::registers
