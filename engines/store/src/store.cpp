#include "madang/store/store.hpp"

#include <sys/stat.h>

#include "back_end.hpp"

namespace madang::store {

std::span<const migration> migrations();   // of this room: the outbox (generated from sql/)

namespace {

// FNV-1a, 64 bits: enough to notice that an applied migration was edited.
std::int64_t fingerprint(std::string_view s) {
  std::uint64_t h = 14695981039346656037ull;
  for (unsigned char c : s) h = (h ^ c) * 1099511628211ull;
  return static_cast<std::int64_t>(h >> 1);
}

std::unique_ptr<database::back_end> open(const options& o) {
  check(!o.name.empty(), "a database has a name");
  return o.where.starts_with("postgresql://") || o.where.starts_with("postgres://")
             ? open_postgres(o)
             : open_sqlite(o);
}

}  // namespace

void read::use::begin(std::span<const parameter> parameters) {
  try {
    statement_.start(parameters);
  } catch (...) {
    statement_.finish();   // the destructor of an unfinished `use` would not run
    throw;
  }
}

void read::each_row(std::string_view sql, std::span<const parameter> parameters,
                    const std::function<void(const row&)>& f) {
  statement& s = connection_.prepared(sql);
  struct giver {
    statement& s;
    ~giver() { s.finish(); }
  } giver{s};
  s.start(parameters);
  while (s.step()) f(s);
}

std::int64_t write::run_with(std::string_view sql, std::span<const parameter> parameters) {
  statement& s = connection_.prepared(sql);
  struct giver {
    statement& s;
    ~giver() { s.finish(); }
  } giver{s};
  s.start(parameters);
  while (s.step()) {}
  return s.changed();
}

std::string write::insert_text(std::string_view table, std::string_view columns, std::size_t n) {
  std::string sql = "insert into ";
  sql += table;
  sql += " (";
  sql += columns;
  sql += ") values (";
  for (std::size_t i = 1; i <= n; ++i) {
    if (i > 1) sql += ", ";
    sql += '?';
    sql += std::to_string(i);
  }
  sql += ')';
  return sql;
}

void write::emit(std::string_view event, std::string_view subject, const json::value& payload) {
  run(emits, new_id(), event, subject, payload, now());
}

database::database(options o) : back_(open(o)) { migrate("store", migrations()); }
database::~database() = default;

const std::string& database::name() const { return back_->chosen.name; }
bool database::postgres() const { return back_->postgres(); }

void database::migrate(std::string_view room, std::span<const migration> steps) {
  writing([&](write& tx) {
    tx.execute(ddl_for("create table if not exists schema_migration (room text not null, "
                       "name text not null, hash bigint not null, at bigint not null, "
                       "primary key (room, name));",
                       postgres()));
    for (const auto& step : steps) {
      auto known = tx.one<std::int64_t>(
          "select hash from schema_migration where room = ?1 and name = ?2", room, step.name);
      const std::int64_t hash = fingerprint(step.sql);
      if (known) {
        check(*known == hash, "an applied migration has been edited");
        continue;
      }
      tx.execute(ddl_for(step.sql, postgres()));
      tx.run("insert into schema_migration (room, name, hash, at) values (?1, ?2, ?3, ?4)", room,
             step.name, hash, madang::now());
    }
  });
}

void database::read_erased(const std::function<void(read&)>& f) {
  ++back_->reads;
  back_->reading(f);
}

void database::write_erased(const std::function<bool(write&)>& f) {
  if (auto* open = acknowledgement::here(); open && open->account_->of() != this) open->wait();
  back_->writing(f);
}

void database::later(std::function<void(write&)> f) {
  auto* open = acknowledgement::here();
  if (open && open->account_->of() != this) open->wait();
  if (open) {
    open->account_->begun(this);
    if (back_->later(f, open->account_)) return;
    open->account_->ended(nullptr);
  }
  writing(f);
}

void database::on_events(std::function<void()> wake) {
  std::lock_guard lock(back_->wake_mutex);
  back_->on_events = std::move(wake);
}

database::figures database::now() const {
  return {back_->writes, back_->groups, back_->reads, back_->waiting(), back_->bytes()};
}

}  // namespace madang::store
