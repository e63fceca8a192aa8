// How many may vote, where not everybody may: one look at the whole register, a number out of it.
#include <unordered_map>

#include "madang/registers/sweep.hpp"
#include "rows.hpp"

namespace madang::mvoting {
namespace {

constexpr std::size_t batch_size = 4'000;    // households whose towns are asked for at once

struct stopped_by_house {};

// Persons come by household; their towns are looked up for many households at once.
class counter {
 public:
  counter(registers::sweep& homes, const audience& a, const std::function<bool()>& stopped)
      : homes_(homes), audience_(a), stopped_(stopped) {}

  void add(std::int64_t home, const facts& f) {
    waiting_[home].push_back(f);
    if (waiting_.size() >= batch_size) settle();
  }
  std::int64_t settle() {
    if (stopped_()) throw stopped_by_house{};
    std::vector<id> keys;
    for (const auto& [home, people] : waiting_) keys.push_back(id{home});
    homes_.of_keys(keys, [&](const store::row& row) {
      for (auto& f : waiting_[row.integer(0)]) f.town = row.text(1);
    });
    for (const auto& [home, people] : waiting_)
      for (const auto& f : people) count_ += may(audience_, f).ok();
    waiting_.clear();
    return count_;
  }

 private:
  registers::sweep& homes_;
  const audience& audience_;
  const std::function<bool()>& stopped_;
  std::unordered_map<std::int64_t, std::vector<facts>> waiting_;
  std::int64_t count_ = 0;
};

}  // namespace

std::optional<std::int64_t> size_of(exchange::hub& hub, const audit::access& why, const audience& a,
                                    date on, const std::function<bool()>& stopped) {
  auto* residents = hub.registry_of("persons");
  if (!residents || hub.registry_of("households") != residents || !a.work.empty()) return {};
  const date today = in_zone(now()).date;
  auto persons =
      registers::sweep::begin(*residents, why, "persons", {"born", "sex", "household"}, today);
  auto homes = registers::sweep::begin(*residents, why, "households", {"town"}, today);
  if (!persons || !homes) return {};
  counter c(*homes, a, stopped);
  try {
    persons->all("household", [&](const store::row& row) {
      date born;
      born.days = static_cast<std::int32_t>(row.integer(1));
      c.add(row.integer(3), {true, {}, std::string(row.text(2)), {}, age(born, on)});
    });
    return c.settle();
  } catch (const stopped_by_house&) {
    return {};
  }
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
