// How many may vote, where not everybody may: one look at the whole register, a number out of it.
#include "madang/assembly/residents.hpp"
#include "rows.hpp"

namespace madang::mvoting {

std::optional<std::int64_t> size_of(exchange::hub& hub, const audit::access& why, const audience& a,
                                    date on, const std::function<bool()>& stopped) {
  if (!a.work.empty()) return {};
  std::int64_t count = 0;
  const bool whole =
      assembly::each_resident(hub, why, true, stopped, [&](const assembly::resident& r) {
        count += may(a, {true, r.town, r.sex, {}, age(r.born, on)}).ok();
      });
  if (!whole) return {};
  return count;
}

void station::count_narrowed() {
  const auto waiting = db_.reading([&](store::read& q) {
    return q.all<vote>("select " + store::columns<vote>() +
                           " from vote where eligible = ?1 limit 20",
                       electorate_awaited);
  });
  for (const auto& v : waiting) {
    const auto a = book_.find(v.ask);
    if (!a) continue;
    const auto& r = book_.rules().front();
    const audit::access why{audit::system_actor("mvoting"), r.name, house_.said(r.law), a->number};
    const auto stopped = [this] {
      std::lock_guard lock(mutex_);
      return stopping_;
    };
    const auto n = size_of(house_.hub(), why, audience_of(v), day_of(v), stopped);
    if (!n && stopped()) return;             // again after the next start
    db_.writing([&](store::write& tx) {
      tx.run("update vote set eligible = ?1 where ask = ?2 and eligible = ?3",
             !n                ? electorate_unknown
             : *n < fewest_told ? electorate_few
                                : *n,
             v.ask, electorate_awaited);
    });
  }
}

void station::count_aside() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      count_narrowed();
    } catch (const std::exception& e) {      // a store cannot be reached: later
      log::warn("mvoting.electorate", {{"what", e.what()}});
    }
    lock.lock();
    wake_.wait_for(lock, std::chrono::seconds(1), [&] { return stopping_; });
  }
}

}  // namespace madang::mvoting
