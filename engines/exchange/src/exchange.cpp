// The exchange inside one process.
//
// Events: a write commits its outbox rows together with its own; the dispatcher reads each
// database's outbox in order of id and gives every row to the readers of that event. A reader's
// place (outbox_cursor) is moved after it has returned, so a crash delivers again what was being
// delivered: at least once. A reader that throws is tried again later and holds back only itself.
//
// Two writers may commit ids out of order on PostgreSQL: a smaller id may become visible after a
// larger one has been delivered. So a reader's place there stays `unsettled` behind (ids are
// time-ordered, transactions are short), and what was delivered beyond it is remembered here; after
// a crash that much is delivered again.
#include "madang/exchange/exchange.hpp"

#include <algorithm>
#include <atomic>

#include "addressed.hpp"

namespace madang::exchange {
namespace {

struct outbox_row {
  id key;
  std::string event, subject;
  json::value payload;
  instant at;
};
BOOST_DESCRIBE_STRUCT(outbox_row, (), (key, event, subject, payload, at))

struct {
  std::atomic<bool> any{false};    // nearly always false: then no lock is taken
  std::mutex mutex;
  std::map<std::string, hub::query, std::less<>> queries;
  std::map<std::string, hub::command, std::less<>> commands;
} other_nodes;

template <class F>
F found_in(const std::map<std::string, F, std::less<>>& there,
           const std::map<std::string, F>& here, const std::string& name) {
  if (other_nodes.any) {
    std::lock_guard lock(other_nodes.mutex);
    if (const auto found = there.find(name); found != there.end()) return found->second;
  }
  const auto found = here.find(name);
  return found == here.end() ? F() : found->second;
}

constexpr int batch = 200;
constexpr std::chrono::seconds unsettled{3};

struct cursor_row {
  std::string reader;
  std::int64_t last_id = 0;
};
BOOST_DESCRIBE_STRUCT(cursor_row, (), (reader, last_id))

using outbox_rows = std::shared_ptr<const std::vector<outbox_row>>;

// The outbox as one transaction sees it. Readers that stand alike share what was read.
class outbox {
 public:
  explicit outbox(store::read& r) : read_(r) {
    for (auto& c : r.all<cursor_row>("select reader, last_id from outbox_cursor"))
      places_.emplace(std::move(c.reader), c.last_id);
  }

  std::int64_t place_of(const std::string& reader) const {
    const auto found = places_.find(reader);
    return found == places_.end() ? 0 : found->second;
  }

  outbox_rows after(std::int64_t place, std::size_t limit) {
    auto& rows = seen_[{place, limit}];
    if (!rows)
      rows = std::make_shared<const std::vector<outbox_row>>(read_.all<outbox_row>(
          "select id, event, subject, payload, at from outbox where id > ?1 order by id limit ?2",
          place, static_cast<std::int64_t>(limit)));
    return rows;
  }

 private:
  store::read& read_;
  std::map<std::string, std::int64_t> places_;
  std::map<std::pair<std::int64_t, std::size_t>, outbox_rows> seen_;
};

}  // namespace

void answer_elsewhere(std::map<std::string, hub::query, std::less<>> queries,
                      std::map<std::string, hub::command, std::less<>> commands) {
  std::lock_guard lock(other_nodes.mutex);
  other_nodes.any = !queries.empty() || !commands.empty();
  other_nodes.queries = std::move(queries);
  other_nodes.commands = std::move(commands);
}

bool is_elsewhere(std::string_view name) {
  std::lock_guard lock(other_nodes.mutex);
  return other_nodes.queries.contains(name) || other_nodes.commands.contains(name);
}

hub::~hub() { stop(); }

void hub::offer_query(std::string name, query q) {
  check(queries_.emplace(name, std::move(q)).second, "a query is offered once");
}

void hub::offer_command(std::string name, command c) {
  check(commands_.emplace(name, std::move(c)).second, "a command is offered once");
}

void hub::offer_registers(registers::registry& r) { registries_.push_back(&r); }

void hub::listen(std::string who, std::string event_name, reader f) {
  listeners_.push_back({std::move(who), std::move(event_name), std::move(f)});
}

void hub::carry(store::database& db) {
  databases_.push_back(&db);
  db.on_events([this] {
    {
      std::lock_guard lock(mutex_);
      woken_ = true;
    }
    wake_.notify_one();
  });
}

void hub::start() {
  dispatcher_ = std::thread([this] { dispatch_forever(); });
}

void hub::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (dispatcher_.joinable()) dispatcher_.join();
  for (auto* db : databases_) db->on_events({});
  databases_.clear();
}

result<json::value> hub::ask(const std::string& name, const audit::access& why,
                             const json::value& input) {
  const auto there = way_to(name, input);
  const query found =
      there ? there->query(name) : found_in(other_nodes.queries, queries_, name);
  if (!found)
    return refuse(kind::not_found, "exchange.unknown", "", {{"name", name}});
  if (auto stated = why.stated(); !stated) return stated.why();
  return found(why, input);
}

result<json::value> hub::tell(const std::string& name, const audit::access& why,
                              const json::value& input, std::string_view idempotency_key) {
  const auto there = way_to(name, input);
  const command found =
      there ? there->command(name) : found_in(other_nodes.commands, commands_, name);
  if (!found)
    return refuse(kind::not_found, "exchange.unknown", "", {{"name", name}});
  if (auto stated = why.stated(); !stated) return stated.why();
  return found(why, input, idempotency_key);
}

registers::registry* hub::registry_of(std::string_view reg) const {
  for (auto* r : registries_)
    if (r->find_schema(reg)) return r;
  return nullptr;
}

std::vector<const registers::schema*> hub::schemas() const {
  std::vector<const registers::schema*> out;
  for (auto* r : registries_)
    for (const auto& s : r->schemas()) out.push_back(&s);
  return out;
}

std::vector<std::string> hub::names() const {
  std::vector<std::string> out;
  for (const auto& [name, q] : queries_) out.push_back(name);
  for (const auto& [name, c] : commands_) out.push_back(name);
  return out;
}

void hub::dispatch_forever() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, std::chrono::seconds(2), [&] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
    while (dispatch_once()) {
      std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
  }
}

void hub::drain() {
  while (dispatch_once()) {
  }
}

std::set<std::string> hub::readers() const {
  std::set<std::string> out;
  for (const auto& l : listeners_) out.insert(l.who);
  return out;
}

std::int64_t hub::waiting() {
  std::int64_t sum = 0;
  for (auto* db : databases_)
    for (const auto& who : readers()) {
      const auto beyond = db->reading([&](store::read& r) {
        return r.one<std::int64_t>(
            "select count(*) from outbox where id > coalesce((select last_id from outbox_cursor "
            "where reader = ?1), 0)",
            who);
      });
      std::lock_guard lock(mutex_);
      const auto ahead = static_cast<std::int64_t>(ahead_[{db, who}].size());
      sum += std::max<std::int64_t>(0, beyond.value_or(0) - ahead);
    }
  return sum;
}

bool hub::dispatch_once() {
  std::lock_guard one_at_a_time(dispatching_);
  bool more = false;
  for (auto* db : databases_) {
    try {
      more = dispatch_from(*db) || more;
    } catch (const store::error& e) {
      log::error("exchange.outbox", {{"database", db->name()}, {"what", e.what()}});
    }
  }
  return more;
}

bool hub::dispatch_from(store::database& db) {
  struct news {
    std::vector<const listener*> wanted;
    outbox_rows rows;   // beyond the reader's place; some of them it may have heard
  };
  std::map<std::string, news> by_reader;
  for (const auto& l : listeners_) by_reader[l.who].wanted.push_back(&l);
  // One transaction for all of them: nearly always there is nothing.
  db.reading([&](store::read& r) {
    outbox box(r);
    for (auto& [who, found] : by_reader) {
      const auto place = box.place_of(who);
      const std::set<id>& ahead = ahead_of(db, who);
      found.rows = box.after(ahead.empty() ? place : ahead.rbegin()->value, batch);
      // All that is new is here: time to look for what became visible late.
      if (!ahead.empty() && found.rows->size() < batch)
        found.rows = box.after(place, batch + ahead.size());
    }
  });
  bool delivered = false;
  const instant settled = db.postgres() ? now().plus(-unsettled) : forever;
  for (const auto& [who, found] : by_reader) {
    std::set<id>& ahead = ahead_of(db, who);
    id reached;
    for (const auto& row : *found.rows) {
      if (!ahead.contains(row.key)) {
        if (!hear(found.wanted, {row.key, row.event, row.subject, row.payload, row.at})) break;
        delivered = true;
        std::lock_guard lock(mutex_);
        ahead.insert(row.key);
      }
      if (row.at < settled) reached = row.key;
    }
    if (!reached) continue;
    db.writing([&](store::write& tx) {
      tx.run(
          "insert into outbox_cursor (reader, last_id) values (?1, ?2) "
          "on conflict (reader) do update set last_id = excluded.last_id",
          who, reached);
    });
    std::lock_guard lock(mutex_);
    ahead.erase(ahead.begin(), ahead.upper_bound(reached));
  }
  return delivered;
}

// Only the dispatcher changes it, so it reads without the lock.
std::set<id>& hub::ahead_of(store::database& db, const std::string& reader) {
  std::lock_guard lock(mutex_);
  return ahead_[{&db, reader}];
}

// False when a reader threw: it hears the event again later, and nothing after it before.
bool hub::hear(const std::vector<const listener*>& readers, const event& e) {
  try {
    for (const auto* l : readers)
      if (l->event_name == e.name) l->f(e);
    return true;
  } catch (const std::exception& failure) {
    log::error("exchange.reader",
               {{"reader", readers.front()->who}, {"event", e.name}, {"what", failure.what()}});
    return false;
  }
}

}  // namespace madang::exchange
