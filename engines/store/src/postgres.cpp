// PostgreSQL as the house uses it: one schema per database, connections that serve every schema of
// a server, statements prepared once per connection and schema, values as text. Writing is
// SERIALIZABLE and repeated when the server says that two transactions could not have happened one
// after the other (40001, 40P01).
#include <libpq-fe.h>

#include <charconv>
#include <map>
#include <thread>
#include <unordered_map>
#include <utility>

#include "back_end.hpp"
#include "pool.hpp"

namespace madang::store {
namespace {

struct serialisation_failure {};

struct result_deleter {
  void operator()(PGresult* r) const { PQclear(r); }
};
using result_ptr = std::unique_ptr<PGresult, result_deleter>;

[[noreturn]] void fail(const PGresult* r, std::string_view sql) {
  using cause = error::cause;
  const char* state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : nullptr;
  std::string_view code = state ? state : "";
  if (code == "40001" || code == "40P01") throw serialisation_failure{};
  cause why = cause::other;
  if (code.starts_with("23")) why = cause::constraint;
  if (code.starts_with("53")) why = cause::full;
  if (code.empty() || code.starts_with("08") || code.starts_with("57P"))
    why = cause::connection;
  // The server's message may quote a value (class 22 always does), so only its code is passed on.
  throw error(why, (code.empty() ? "no connection" : "SQLSTATE " + std::string(code)) +
                       " in: " + std::string(sql.substr(0, 200)));
}

class postgres_statement final : public statement {
 public:
  postgres_statement(PGconn* c, std::string name, std::string_view sql)
      : connection_(c), name_(std::move(name)), sql_(sql_for(sql, true)) {}

  void start(std::span<const parameter> parameters) override {
    busy = true;
    prepare_once();
    std::vector<std::string> made(parameters.size());
    std::vector<const char*> values(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const parameter& p = parameters[i];
      switch (p.kind()) {
        case parameter::type::null: values[i] = nullptr; continue;
        case parameter::type::integer: made[i] = std::to_string(p.integer()); break;
        case parameter::type::real: made[i] = fmt::format("{}", p.real()); break;
        case parameter::type::text: made[i] = p.text(); break;
        case parameter::type::blob: made[i] = "\\x" + text::hex(text::bytes_of(p.text())); break;
      }
      values[i] = made[i].c_str();
    }
    rows_.reset(PQexecPrepared(connection_, name_.c_str(), static_cast<int>(values.size()),
                               values.data(), nullptr, nullptr, 0));
    auto status = PQresultStatus(rows_.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      fail(rows_.get(), sql_);
    at_ = -1;
  }
  bool step() override { return ++at_ < PQntuples(rows_.get()); }
  void finish() override {
    rows_.reset();
    busy = false;
  }
  std::int64_t changed() const override {
    std::string_view n = rows_ ? PQcmdTuples(rows_.get()) : "";
    std::int64_t value = 0;
    std::from_chars(n.data(), n.data() + n.size(), value);
    return value;
  }
  bool is_null(int c) const override { return PQgetisnull(rows_.get(), at_, c); }
  std::int64_t integer(int c) const override {
    std::string_view s = text(c);
    std::int64_t value = 0;
    std::from_chars(s.data(), s.data() + s.size(), value);
    return value;
  }
  double real(int c) const override {
    return std::strtod(PQgetvalue(rows_.get(), at_, c), nullptr);
  }
  std::string_view text(int c) const override {
    return {PQgetvalue(rows_.get(), at_, c),
            static_cast<std::size_t>(PQgetlength(rows_.get(), at_, c))};
  }
  bytes blob(int c) const override {
    std::string_view s = text(c);
    if (!s.starts_with("\\x")) return {};
    return text::from_hex(s.substr(2)).value_or(bytes{});
  }

  bool busy = false;

 private:
  void prepare_once() {
    if (prepared_) return;
    result_ptr r(PQprepare(connection_, name_.c_str(), sql_.c_str(), 0, nullptr));
    if (PQresultStatus(r.get()) != PGRES_COMMAND_OK) fail(r.get(), sql_);
    prepared_ = true;
  }

  PGconn* connection_;
  std::string name_, sql_;
  bool prepared_ = false;
  result_ptr rows_;
  int at_ = -1;
};

class postgres_connection final : public connection {
 public:
  explicit postgres_connection(const std::string& where) {
    handle_ = PQconnectdb(where.c_str());
    if (PQstatus(handle_) != CONNECTION_OK) {
      PQfinish(handle_);
      throw error(error::cause::connection, "PostgreSQL cannot be reached");
    }
    PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
  }
  ~postgres_connection() override {
    schemas_.clear();
    PQfinish(handle_);
  }
  // Until the transaction ends the connection is at home in this schema: one message to the server.
  void begin(std::string_view how, const std::string& schema, bool bulk) {
    auto words = std::string(how) + "; set local search_path to " + schema;
    if (bulk) words += "; set local synchronous_commit to off";
    execute(words);
    statements_ = &schemas_[schema];
  }
  statement& prepared(std::string_view sql) override {
    emitted_ = emitted_ || sql == emits;
    auto& copies = (*statements_)[std::string(sql)];
    for (auto& s : copies)
      if (!s->busy) return *s;
    copies.push_back(
        std::make_unique<postgres_statement>(handle_, "s" + std::to_string(++made_), sql));
    return *copies.back();
  }
  void execute(std::string_view script) override {
    std::string text(script);
    result_ptr r(PQexec(handle_, text.c_str()));
    auto status = PQresultStatus(r.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
      fail(r.get(), script);
  }
  bool postgres() const override { return true; }
  // Whether an event has been told since this was last asked.
  bool take_emitted() { return std::exchange(emitted_, false); }
  bool alive() const { return PQstatus(handle_) == CONNECTION_OK; }
  bool in_transaction() const { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }

 private:
  PGconn* handle_ = nullptr;
  int made_ = 0;
  bool emitted_ = false;
  // What a statement means depends on the schema that it was prepared in.
  using prepared_ones =
      std::unordered_map<std::string, std::vector<std::unique_ptr<postgres_statement>>>;
  std::unordered_map<std::string, prepared_ones> schemas_;
  prepared_ones* statements_ = &schemas_[""];
};

// All databases of this process on one server share its connections: a server gives 100 of them
// (PostgreSQL's max_connections as it comes), and each is a process there. More than `most` threads
// that want one at once wait for each other.
using server = pool<postgres_connection>;
std::shared_ptr<server> server_at(const std::string& where) {
  constexpr int most = 32;
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<server>> known;
  std::lock_guard lock(mutex);
  auto& here = known[where];
  auto there = here.lock();
  if (!there) {
    there = std::make_shared<server>(
        most, [where] { return std::make_unique<postgres_connection>(where); });
    here = there;
  }
  return there;
}

class postgres_back_end final : public database::back_end {
 public:
  explicit postgres_back_end(const options& o) : back_end(o), server_(server_at(o.where)) {
    borrowed c(*this);   // whether the server is there shows at once
    c.begin("begin");
    c->execute("create schema if not exists " + chosen.name + "; commit");
  }

  void reading(const std::function<void(read&)>& f) override {
    borrowed c(*this);
    c.begin("begin isolation level repeatable read read only");
    read r(*c);
    f(r);
    c->execute("commit");
  }

  void writing(const std::function<bool(write&)>& f) override {
    constexpr int attempts = 20;
    for (int attempt = 1;; ++attempt) {
      const auto done = try_once(f);
      if (done) {
        ++writes;
        ++groups;
        for (auto& call : done->after) call();
        if (done->emitted) wake();
        return;
      }
      if (attempt == attempts)
        throw error(error::cause::busy, "too many transactions want the same rows");
      std::this_thread::sleep_for(std::chrono::milliseconds(1 << std::min(attempt, 6)));
    }
  }

  bool postgres() const override { return true; }
  std::int64_t bytes() const override { return 0; }

 private:
  using owned = std::unique_ptr<postgres_connection>;

  // A connection for the length of one transaction; a broken one is thrown away.
  class borrowed {
   public:
    explicit borrowed(postgres_back_end& from) : from_(from), connection_(from.server_->take()) {}
    // The server may have been away since the connection was last used: nothing has happened yet
    // on it, so another is taken, until a fresh one says that the server is still away.
    void begin(std::string_view how) {
      for (int left = 33;; --left) {
        try {
          connection_->begin(how, from_.chosen.name, from_.chosen.bulk);
          return;
        } catch (const error& e) {
          if (e.why != error::cause::connection || left == 0) throw;
          from_.give(std::move(connection_));
          connection_ = from_.server_->take();
        }
      }
    }
    ~borrowed() {
      if (!connection_) return;   // its end was told to the pool when it was given back
      if (connection_->alive() && connection_->in_transaction()) {
        try {
          connection_->execute("rollback");
        } catch (...) {
          connection_.reset();
        }
      }
      from_.give(std::move(connection_));
    }
    postgres_connection* operator->() { return connection_.get(); }
    postgres_connection& operator*() { return *connection_; }

   private:
    postgres_back_end& from_;
    owned connection_;
  };

  struct ended {
    std::vector<std::function<void()>> after;
    bool emitted = false;
  };
  // Nothing: others were first, and nothing has happened. The connection is back in any case.
  std::optional<ended> try_once(const std::function<bool(write&)>& f) {
    borrowed c(*this);
    try {
      c.begin("begin isolation level serializable");
      (void)c->take_emitted();
      write w(*c);
      const bool keep = f(w);
      c->execute(keep ? "commit" : "rollback");
      if (!keep) return ended{};
      return ended{w.take_after(), c->take_emitted()};
    } catch (const serialisation_failure&) {
      return {};
    }
  }

  void give(owned c) { server_->give(c && c->alive() ? std::move(c) : nullptr); }

  std::shared_ptr<server> server_;
};

}  // namespace

std::unique_ptr<database::back_end> open_postgres(const options& o) {
  return std::make_unique<postgres_back_end>(o);
}

}  // namespace madang::store
