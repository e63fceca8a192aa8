#pragma once
#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include "madang/store/store.hpp"

namespace madang::store {

// What is still to be brought to the disk for one answer.
struct acknowledgement::account {
  void begun(const database* by);
  void ended(const std::exception_ptr& why);     // one write
  bool pending() const;
  void wait();
  void tell(listener f);
  const database* of() const;                    // whose writes are pending

 private:
  mutable std::mutex mutex_;
  std::condition_variable all_done_;
  const database* of_ = nullptr;
  int open_ = 0;
  std::exception_ptr failed_;
  listener told_;
};

// The statement of write::emit.
inline constexpr std::string_view emits =
    "insert into outbox (id, event, subject, payload, at) values (?1, ?2, ?3, ?4, ?5)";

// What SQLite and PostgreSQL each do in their own way.
struct database::back_end {
  explicit back_end(options o) : chosen(std::move(o)) {}
  virtual ~back_end() = default;
  virtual void reading(const std::function<void(read&)>& f) = 0;
  virtual void writing(const std::function<bool(write&)>& f) = 0;
  // Without waiting; false: this store cannot, nothing has been done.
  virtual bool later(std::function<void(write&)>&, std::shared_ptr<acknowledgement::account>) {
    return false;
  }
  virtual bool postgres() const = 0;
  virtual std::int64_t bytes() const = 0;
  virtual std::int64_t waiting() const { return 0; }

  void wake() {
    std::function<void()> f;
    {
      std::lock_guard lock(wake_mutex);
      f = on_events;
    }
    if (f) f();
  }

  options chosen;
  std::atomic<std::uint64_t> writes{0}, groups{0}, reads{0};
  std::mutex wake_mutex;
  std::function<void()> on_events;
};

std::unique_ptr<database::back_end> open_sqlite(const options& o);
std::unique_ptr<database::back_end> open_postgres(const options& o);

// The house's SQL as one back end wants it (see migration.hpp).
std::string sql_for(std::string_view house_sql, bool postgres);
std::string ddl_for(std::string_view house_sql, bool postgres);

}  // namespace madang::store
