#pragma once
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "madang/store/migration.hpp"
#include "madang/store/value.hpp"

// One typed transaction over SQLite or PostgreSQL.
//
// A `database` holds what belongs to one system: one SQLite file, or one PostgreSQL schema. Reading
// sees a snapshot; writing is serialisable. The same SQL runs on both: placeholders are ?1, ?2 ...;
// see docs/architecture.md for the subset.
namespace madang::store {

// Infrastructure failed. The message names the statement, never a value.
struct error : std::runtime_error {
  enum class cause { other, busy, full, constraint, connection };
  error(cause c, const std::string& what) : std::runtime_error(what), why(c) {}
  cause why;
};

class statement : public row {
 public:
  virtual void start(std::span<const parameter> parameters) = 0;
  virtual bool step() = 0;           // to the next row; false at the end
  virtual std::int64_t changed() const = 0;
  virtual void finish() = 0;         // gives the statement back; called for every start
};

class connection {
 public:
  virtual ~connection() = default;
  virtual statement& prepared(std::string_view sql) = 0;
  virtual void execute(std::string_view script) = 0;     // several statements, no rows
  virtual bool postgres() const = 0;
};

// Looking: valid only inside database::reading / writing.
class read {
 public:
  explicit read(connection& c) : connection_(c) {}
  read(const read&) = delete;

  template <class T, class... A>
  std::vector<T> all(std::string_view sql, const A&... parameters) {
    std::vector<T> out;
    each<T>(sql, [&](T&& row) { out.push_back(std::move(row)); }, parameters...);
    return out;
  }

  template <class T, class... A>
  std::optional<T> one(std::string_view sql, const A&... parameters) {
    use s(*this, sql, parameters...);
    if (!s->step()) return {};
    return take_row<T>(*s);
  }

  template <class T, class F, class... A>
  void each(std::string_view sql, F&& f, const A&... parameters) {
    use s(*this, sql, parameters...);
    while (s->step()) f(take_row<T>(*s));
  }

  // Rows whose shape is known only at run time.
  void each_row(std::string_view sql, std::span<const parameter> parameters,
                const std::function<void(const row&)>& f);

  bool postgres() const { return connection_.postgres(); }

 protected:
  class use {
   public:
    template <class... A>
    use(read& r, std::string_view sql, const A&... a) : statement_(r.connection_.prepared(sql)) {
      const parameter parameters[] = {parameter(a)..., parameter()};
      begin({parameters, sizeof...(A)});
    }
    ~use() { statement_.finish(); }
    use(const use&) = delete;
    statement* operator->() { return &statement_; }
    statement& operator*() { return statement_; }

   private:
    void begin(std::span<const parameter> parameters);
    statement& statement_;
  };

  connection& connection_;
};

// Changing: what happens in one `writing` is on disk together or not at all.
class write : public read {
 public:
  using read::read;

  // Number of rows changed.
  template <class... A>
  std::int64_t run(std::string_view sql, const A&... parameters) {
    use s(*this, sql, parameters...);
    while (s->step()) {}
    return s->changed();
  }
  std::int64_t run_with(std::string_view sql, std::span<const parameter> parameters);

  // INSERT of a described struct; members are columns.
  template <class T>
  void insert(std::string_view table, const T& v) {
    std::vector<parameter> parameters;
    boost::mp11::mp_for_each<
        boost::describe::describe_members<T, boost::describe::mod_public>>(
        [&](auto member) { parameters.emplace_back(v.*member.pointer); });
    run_with(insert_text(table, columns<T>(), parameters.size()), parameters);
  }

  // Tells the world, after the commit and at least once: a row of the outbox (id, event, about
  // what, payload). Readers are idempotent.
  void emit(std::string_view event, std::string_view subject, const json::value& payload);

  void execute(std::string_view script) { connection_.execute(script); }

  // Runs after the commit; never when it did not happen.
  void after_commit(std::function<void()> f) { after_.push_back(std::move(f)); }
  std::vector<std::function<void()>> take_after() { return std::move(after_); }

 private:
  static std::string insert_text(std::string_view table, std::string_view columns, std::size_t n);
  std::vector<std::function<void()>> after_;
};

// Writes that are acknowledged together. A thread opens one around what makes an answer; within it
// `database::later` hands a write over and goes on at once. Nothing of the answer may leave the
// house before all of them are on disk: whoever sends it either waits, or takes `handed_over` and
// is told. A write to another database waits for them first, so that no file runs ahead of another.
class acknowledgement {
 public:
  acknowledgement();               // one a thread
  ~acknowledgement();              // waits for what nobody was handed
  acknowledgement(const acknowledgement&) = delete;

  bool pending() const;            // something is under way, or has failed
  void wait();                     // throws what failed
  // The same for this thread's, if it has one: before reading what may just have been handed over.
  static void settle();
  // Called once with a function that is called once, here or on the committing thread, when all is
  // on disk: with null, or with what failed.
  using listener = std::function<void(std::exception_ptr)>;
  std::function<void(listener)> handed_over();

  struct account;                  // shared with the writers

 private:
  friend class database;
  static acknowledgement* here();  // of this thread; null: none is open
  std::shared_ptr<account> account_;
};

struct options {
  // A folder (SQLite, one file per database) or postgresql://... (one schema per database).
  std::string where;
  std::string name;
  int readers = 4;              // reader connections (SQLite); PostgreSQL shares its own among all
  bool bulk = false;            // loading: no waiting for the disk; nobody else may be there
};

class database {
 public:
  // Opens or makes it; throws store::error.
  explicit database(options o);
  ~database();
  database(const database&) = delete;

  const std::string& name() const;
  bool postgres() const;

  // Brings the tables of a room up to date; each room's are counted apart.
  void migrate(std::string_view room, std::span<const migration> steps);

  // f(read&) on a snapshot. What f returns is returned.
  template <class F>
  auto reading(F&& f) {
    using out = decltype(f(std::declval<read&>()));
    if constexpr (std::is_void_v<out>) {
      read_erased([&](read& r) { f(r); });
    } else {
      std::optional<out> value;
      read_erased([&](read& r) { value.emplace(f(r)); });
      return std::move(*value);
    }
  }

  // f(write&) in one transaction; returns after the commit is on disk. f must be short, do no
  // input or output of its own, and be repeatable (PostgreSQL may run it again). When f throws or
  // returns a refusal nothing is written. store::error::cause::full: the disk has no room.
  template <class F>
  auto writing(F&& f) {
    using out = decltype(f(std::declval<write&>()));
    if constexpr (std::is_void_v<out>) {
      write_erased([&](write& w) {
        f(w);
        return true;
      });
    } else {
      std::optional<out> value;
      write_erased([&](write& w) {
        value.emplace(f(w));
        return keeps(*value);
      });
      return std::move(*value);
    }
  }

  // The same for a write whose outcome decides nothing (an entry of the audit): within an
  // `acknowledgement` SQLite's writer gets it and the caller goes on; else it is like `writing`.
  void later(std::function<void(write&)> f);

  // Called (on the committing thread) after commits that emitted events.
  void on_events(std::function<void()> wake);

  // For `doctor` and metrics.
  struct figures {
    std::uint64_t writes = 0, groups = 0, reads = 0;
    std::int64_t waiting = 0;
    std::int64_t bytes = 0;           // of the file; 0 on PostgreSQL
  };
  figures now() const;

  struct back_end;

 private:
  template <class T>
  static bool keeps(const T&) {
    return true;
  }
  template <class T>
  static bool keeps(const result<T>& r) {
    return r.ok();
  }
  void read_erased(const std::function<void(read&)>& f);
  void write_erased(const std::function<bool(write&)>& f);

  std::unique_ptr<back_end> back_;
};

}  // namespace madang::store
