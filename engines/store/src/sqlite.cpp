// SQLite as the house uses it.
//
// One file per database, write-ahead log, synchronous=FULL: what was acknowledged is on the disk.
// Waiting for the disk costs 0.3 ms, so it is shared: one writer thread takes everything that is
// queued, runs each job inside its own savepoint of one transaction, commits once, and only then
// lets the callers go. A job that throws or refuses is rolled back to its savepoint and leaves the
// others alone; when the commit itself fails, every job of the group fails. After a crash the log
// is replayed: a group is there whole or not at all.
//
// Readers have connections of their own, each a snapshot. mmap stays off: with it every commit
// makes all readers fault the file in again (ten times slower, measured).
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <thread>
#include <unordered_map>

#include "back_end.hpp"
#include "pool.hpp"

namespace madang::store {
namespace {

[[noreturn]] void fail(sqlite3* db, int code, std::string_view sql) {
  using cause = error::cause;
  cause why = cause::other;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      why = cause::busy;
      break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
      why = cause::full;
      break;
    case SQLITE_CONSTRAINT:
      why = cause::constraint;
      break;
    case SQLITE_CANTOPEN:
      why = cause::connection;
      break;
    default:
      break;
  }
  throw error(why, std::string(sqlite3_errmsg(db)) + " in: " + std::string(sql.substr(0, 200)));
}

// A null pointer would bind NULL where an empty text is meant.
const char* there(std::string_view s) { return s.data() ? s.data() : ""; }

class sqlite_statement final : public statement {
 public:
  sqlite_statement(sqlite3* db, std::string_view sql) : db_(db) {
    int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                  SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) fail(db, code, sql);
  }
  ~sqlite_statement() override { sqlite3_finalize(handle_); }

  void start(std::span<const parameter> parameters) override {
    busy = true;
    int i = 0;
    for (const parameter& p : parameters) {
      ++i;
      switch (p.kind()) {
        case parameter::type::null:
          sqlite3_bind_null(handle_, i);
          break;
        case parameter::type::integer:
          sqlite3_bind_int64(handle_, i, p.integer());
          break;
        case parameter::type::real:
          sqlite3_bind_double(handle_, i, p.real());
          break;
        // Rows may be read after the parameters are gone, so text is copied.
        case parameter::type::text:
          sqlite3_bind_text(handle_, i, there(p.text()), static_cast<int>(p.text().size()),
                            SQLITE_TRANSIENT);
          break;
        case parameter::type::blob:
          sqlite3_bind_blob(handle_, i, there(p.text()), static_cast<int>(p.text().size()),
                            SQLITE_TRANSIENT);
          break;
      }
    }
  }
  bool step() override {
    int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
      changed_ = sqlite3_changes64(db_);
      return false;
    }
    fail(db_, code, sqlite3_sql(handle_));
  }
  void finish() override {
    sqlite3_reset(handle_);
    busy = false;
  }
  std::int64_t changed() const override { return changed_; }
  bool is_null(int c) const override { return sqlite3_column_type(handle_, c) == SQLITE_NULL; }
  std::int64_t integer(int c) const override { return sqlite3_column_int64(handle_, c); }
  double real(int c) const override { return sqlite3_column_double(handle_, c); }
  std::string_view text(int c) const override {
    auto* s = reinterpret_cast<const char*>(sqlite3_column_text(handle_, c));
    return {s ? s : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_, c))};
  }
  bytes blob(int c) const override {
    auto* b = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, c));
    return {b, b + sqlite3_column_bytes(handle_, c)};
  }

  bool busy = false;

 private:
  sqlite3* db_;
  sqlite3_stmt* handle_ = nullptr;
  std::int64_t changed_ = 0;
};

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};

class sqlite_connection final : public connection {
 public:
  sqlite_connection(const std::string& file, bool writer, bool bulk) {
    int flags = SQLITE_OPEN_NOMUTEX |
                (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
    int code = sqlite3_open_v2(file.c_str(), &db_, flags, nullptr);
    if (code != SQLITE_OK) {
      std::string message = db_ ? sqlite3_errmsg(db_) : "out of memory";
      sqlite3_close(db_);
      throw error(error::cause::connection, message + ": " + file);
    }
    sqlite3_busy_timeout(db_, 5000);
    execute(bulk ? "pragma journal_mode=wal; pragma synchronous=off; pragma cache_size=-131072;"
                 : "pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-16384;");
    execute("pragma mmap_size=0; pragma foreign_keys=on; pragma temp_store=memory;");
    if (!writer) execute("pragma query_only=on;");
  }
  ~sqlite_connection() override {
    statements_.clear();
    extra_.clear();
    sqlite3_close(db_);
  }

  statement& prepared(std::string_view sql) override {
    auto found = statements_.find(sql);
    if (found == statements_.end())
      found =
          statements_.emplace(std::string(sql), std::make_unique<sqlite_statement>(db_, sql)).first;
    if (!found->second->busy) return *found->second;
    // The same text is being read further out: a second copy for the inner one.
    std::erase_if(extra_, [](const auto& s) { return !s->busy; });
    extra_.push_back(std::make_unique<sqlite_statement>(db_, sql));
    return *extra_.back();
  }
  void execute(std::string_view script) override {
    std::string text(script);
    int code = sqlite3_exec(db_, text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(db_, code, script);
  }
  // One statement without parameters, parsed once.
  void command(std::string_view sql) {
    auto& s = prepared(sql);
    s.start({});
    try {
      s.step();
    } catch (...) {
      s.finish();
      throw;
    }
    s.finish();
  }
  bool postgres() const override { return false; }
  bool in_transaction() const { return !sqlite3_get_autocommit(db_); }
  std::int64_t newest_event() {
    auto& s = prepared("select coalesce(max(id), 0) from outbox");
    s.start({});
    std::int64_t last = s.step() ? s.integer(0) : 0;
    s.finish();
    return last;
  }

 private:
  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<sqlite_statement>, text_hash, std::equal_to<>>
      statements_;
  std::vector<std::unique_ptr<sqlite_statement>> extra_;
};

// A write waiting for its turn and for the commit. It lives on the stack of a caller that waits
// too, or belongs to the queue, and then an account is told.
struct job {
  const std::function<bool(write&)>* work = nullptr;
  std::vector<std::function<void()>> after;
  std::exception_ptr failed;
  std::atomic<bool> done{false};
  std::shared_ptr<acknowledgement::account> account;   // of a job that nobody stands beside
};

struct job_of_queue : job {
  explicit job_of_queue(std::function<void(write&)> f) : todo([f = std::move(f)](write& w) {
    f(w);
    return true;
  }) {
    work = &todo;
  }
  const std::function<bool(write&)> todo;
};

class sqlite_back_end final : public database::back_end {
 public:
  explicit sqlite_back_end(const options& o)
      : back_end(o), readers_(std::max(1, o.readers), [this] {
          return std::make_unique<sqlite_connection>(file_, false, false);
        }) {
    std::filesystem::create_directories(o.where);
    file_ = o.where + "/" + o.name + ".db";
    writer_ = std::make_unique<sqlite_connection>(file_, true, o.bulk);
    thread_ = std::thread([this] { write_forever(); });
  }
  ~sqlite_back_end() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
    readers_.clear();
    try {
      writer_->execute("pragma wal_checkpoint(truncate);");
    } catch (const error&) {
      // The log stays behind and is replayed at the next start.
    }
    if (chosen.bulk) bring_to_disk();
  }

  void reading(const std::function<void(read&)>& f) override {
    auto c = readers_.take();
    struct giver {
      pool<sqlite_connection>& readers;
      std::unique_ptr<sqlite_connection>& c;
      ~giver() { readers.give(std::move(c)); }
    } giver{readers_, c};
    c->command("begin");
    struct ender {
      sqlite_connection& c;
      ~ender() {
        if (c.in_transaction()) c.command("rollback");
      }
    } ender{*c};
    read r(*c);
    f(r);
  }

  void writing(const std::function<bool(write&)>& f) override {
    job mine;
    mine.work = &f;
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(&mine);
    }
    arrived_.notify_one();
    mine.done.wait(false);
    if (mine.failed) std::rethrow_exception(mine.failed);
    for (auto& after : mine.after) after();
  }

  bool later(std::function<void(write&)>& f,
             std::shared_ptr<acknowledgement::account> told) override {
    auto mine = std::make_unique<job_of_queue>(std::move(f));
    mine->account = std::move(told);
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(mine.get());
    }
    mine.release();
    arrived_.notify_one();
    return true;
  }

  bool postgres() const override { return false; }
  std::int64_t bytes() const override {
    struct stat s;
    return ::stat(file_.c_str(), &s) == 0 ? s.st_size : 0;
  }
  std::int64_t waiting() const override {
    std::lock_guard lock(mutex_);
    return static_cast<std::int64_t>(queue_.size());
  }

 private:
  // What was loaded without waiting for the disk is waited for once.
  void bring_to_disk() const {
    const int file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    if (::fsync(file) != 0) log::error("store.fsync", {{"database", chosen.name}});
    ::close(file);
  }

  void write_forever() {
    std::vector<job*> group;
    in_hand() = 1;   // the one connection that writes: whoever reads may be waiting for it
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        group.assign(queue_.begin(), queue_.end());
        queue_.clear();
      }
      commit_group(group);
    }
  }

  void commit_group(const std::vector<job*>& group) {
    std::exception_ptr all_failed;
    bool events = false;
    try {
      writer_->command("begin immediate");
      const std::int64_t before = outbox_known_ ? last_event_ : 0;
      for (auto at = group.begin(); at != group.end();) {
        const auto of_queue = [](const job* j) { return j->account != nullptr; };
        const auto end = std::find_if_not(at, group.end(), of_queue);
        run_together({at, end});
        at = end;
        if (at != group.end()) run_in_savepoint(**at++);
      }
      writer_->command("commit");
      outbox_known_ = outbox_known_ || outbox_exists();
      if (outbox_known_) {
        last_event_ = writer_->newest_event();
        events = last_event_ != before;
      }
    } catch (...) {
      all_failed = std::current_exception();
      if (writer_->in_transaction()) writer_->execute("rollback");
    }
    writes += group.size();
    ++groups;
    for (job* j : group) {
      if (all_failed) j->failed = all_failed;
      finish(j);
    }
    if (events) wake();
  }

  static void finish(job* j) {
    if (j->account) {
      const std::unique_ptr<job_of_queue> mine(static_cast<job_of_queue*>(j));
      mine->account->ended(mine->failed);
      return;
    }
    j->done.store(true);
    j->done.notify_one();  // after this the job may be gone
  }

  // Jobs that nobody stands beside, one behind the other. They refuse nothing, so one savepoint
  // does for all, and SQLite keeps each page's past once and not for each of them; when one fails,
  // each is done again in its own.
  void run_together(std::span<job* const> jobs) {
    if (jobs.empty()) return;
    writer_->command("savepoint jobs");
    bool good = true;
    try {
      for (job* j : jobs) {
        write w(*writer_);
        (*j->work)(w);
      }
    } catch (...) {
      // Out of space or input/output errors end the whole transaction in SQLite.
      if (!writer_->in_transaction()) throw;
      good = false;
    }
    if (!good) writer_->command("rollback to jobs");
    writer_->command("release jobs");
    if (!good)
      for (job* j : jobs) run_in_savepoint(*j);
  }

  void run_in_savepoint(job& j) {
    writer_->command("savepoint job");
    bool keep = false;
    try {
      write w(*writer_);
      keep = (*j.work)(w);
      j.after = keep ? w.take_after() : std::vector<std::function<void()>>{};
    } catch (const error& e) {
      // Out of space or input/output errors end the whole transaction in SQLite.
      if (!writer_->in_transaction()) throw;
      j.failed = std::current_exception();
    } catch (...) {
      j.failed = std::current_exception();
    }
    if (!keep) writer_->command("rollback to job");
    writer_->command("release job");
  }

  bool outbox_exists() {
    auto& s = writer_->prepared("select count(*) from sqlite_schema where name = 'outbox'");
    s.start({});
    bool there = s.step() && s.integer(0) == 1;
    s.finish();
    return there;
  }

  std::string file_;
  std::unique_ptr<sqlite_connection> writer_;
  bool outbox_known_ = false;
  std::int64_t last_event_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<job*> queue_;
  bool stopping_ = false;
  std::thread thread_;

  pool<sqlite_connection> readers_;
};

}  // namespace

std::unique_ptr<database::back_end> open_sqlite(const options& o) {
  return std::make_unique<sqlite_back_end>(o);
}

}  // namespace madang::store
