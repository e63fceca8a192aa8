#include "tables.hpp"

#include <set>

namespace madang::registers {
namespace {

std::string item_list(const schema& s) {
  std::string out;
  for (const auto& i : s.items) out += ", " + i.id;
  return out;
}

std::string integer(const store::write& tx) { return tx.postgres() ? "bigint" : "integer"; }

// Both stores compare octets, so that order and ranges are the same.
std::string column_type(const store::write& tx, type t) {
  if (!is_text(t)) return integer(tx);
  return tx.postgres() ? "text collate \"C\"" : "text";
}

std::set<std::string> columns_there(store::write& tx, const schema& s) {
  std::set<std::string> out;
  const char* question =
      tx.postgres() ? "select column_name from information_schema.columns "
                      "where table_schema = current_schema() and table_name = ?1"
                    : "select name from pragma_table_info(?1)";
  for (auto& name : tx.all<std::string>(question, table_of(s))) out.insert(std::move(name));
  return out;
}

// A schema that has grown since its table was made: what was recorded before says nothing about the
// new items. An item that the schema has dropped keeps its column; nobody reads it.
void add_new_items(store::write& tx, const schema& s) {
  const auto there = columns_there(tx, s);
  for (const auto& i : s.items)
    if (!there.contains(i.id))
      tx.execute("alter table " + table_of(s) + " add column " + i.id + " " +
                 column_type(tx, i.type));
}

}  // namespace

std::string table_of(const schema& s) { return "register_" + s.id; }

bool is_text(type t) { return t == type::text || t == type::code || t == type::district; }

std::string select(const schema& s) {
  return "select version, key, valid_from, valid_to, recorded_from, recorded_to, reason" +
         item_list(s) + " from " + table_of(s) + " ";
}

std::string insert_text(const schema& s) {
  std::string sql = "insert into " + table_of(s) +
                    " (version, key, valid_from, valid_to, recorded_from, recorded_to, reason" +
                    item_list(s) + ") values (?1";
  for (std::size_t i = 2; i <= fixed_columns + s.items.size(); ++i)
    sql += ", ?" + std::to_string(i);
  return sql + ")";
}

void registry::create_tables(store::write& tx, const schema& s) {
  std::string sql = "create table if not exists " + table_of(s) + " (version " + integer(tx) +
                    " primary key, key " + (s.key_is_id ? integer(tx) : "text") + " not null";
  for (const char* c : {"valid_from", "valid_to", "recorded_from", "recorded_to"})
    sql += std::string(", ") + c + " " + integer(tx) + " not null";
  sql += ", reason text not null";
  for (const auto& i : s.items) sql += ", " + i.id + " " + column_type(tx, i.type);
  tx.execute(sql + (tx.postgres() ? ")" : ") strict"));
  add_new_items(tx, s);
}

void registry::create_indexes(store::write& tx, const schema& s) {
  const std::string on = " on " + table_of(s);
  tx.execute("create index if not exists " + table_of(s) + "_key" + on + " (key)");
  for (const auto& i : s.items)
    if (i.indexed)
      tx.execute("create index if not exists " + table_of(s) + "_" + i.id + on + " (" + i.id + ")");
}

}  // namespace madang::registers
