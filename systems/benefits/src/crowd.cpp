// One thread reads the registers and hands batches on; two work on them. Nothing but a few batches
// is in memory, whatever the number of people.
#include "crowd.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "madang/registers/sweep.hpp"

namespace madang::benefits {
namespace {

constexpr std::size_t batch_size = 4000;     // persons
constexpr std::size_t batches_waiting = 4;
constexpr int workers = 2;

// Batches on their way from the reader to the deciders; never more than a few.
template <class T>
class belt {
 public:
  void put(T one) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_.size() < batches_waiting || ended_; });
    waiting_.push_back(std::move(one));
    there_.notify_one();
  }
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    there_.wait(lock, [&] { return !waiting_.empty() || ended_; });
    if (waiting_.empty()) return {};
    T one = std::move(waiting_.front());
    waiting_.pop_front();
    room_.notify_one();
    return one;
  }
  void end() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    there_.notify_all();
    room_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_, room_;
  std::deque<T> waiting_;
  bool ended_ = false;
};

// What the batches are read from.
struct registers_of_everybody {
  registers::sweep persons, means;
  std::optional<registers::sweep> homes;
};

result<registers_of_everybody> begin(platform::house& house, const audit::access& why, date day,
                                     bool with_towns) {
  auto* residents = house.hub().registry_of("persons");
  auto* circumstances = house.hub().registry_of("circumstances");
  if (!residents || !circumstances) return refuse(kind::not_found, "register.unknown");
  auto persons = registers::sweep::begin(*residents, why, "persons", person_items, day);
  if (!persons) return persons.why();
  auto means =
      registers::sweep::begin(*circumstances, why, "circumstances", circumstance_items, day);
  if (!means) return means.why();
  registers_of_everybody out{std::move(*persons), std::move(*means), {}};
  if (with_towns) {
    auto homes = registers::sweep::begin(*residents, why, "households", {"town"}, day);
    if (!homes) return homes.why();
    out.homes.emplace(std::move(*homes));
  }
  return out;
}

class reader {
 public:
  reader(registers_of_everybody& from, belt<batch>& to) : from_(from), to_(to) {}

  void read(const std::atomic<bool>& stop) {
    from_.persons.all("household", [&](const store::row& row) {
      if (stop) return;
      const std::int64_t home = row.integer(4);
      if (home != last_home_ || next_.homes.empty()) {
        if (next_.persons >= batch_size) hand_on();
        next_.homes.emplace_back();
        home_keys_.push_back(id{home});
        last_home_ = home;
      }
      next_.homes.back().push_back(member_of(row));
      ++next_.persons;
    });
    if (!stop && next_.persons > 0) hand_on();
  }

 private:
  void hand_on() {
    std::map<std::int64_t, member*> by_key;
    for (auto& home : next_.homes)
      for (auto& m : home) by_key[m.key.value] = &m;
    from_.means.of_keys(keys_of(next_.homes), [&](const store::row& row) {
      if (auto found = by_key.find(row.integer(0)); found != by_key.end())
        add_circumstances(*found->second, row);
    });
    if (from_.homes) add_towns();
    to_.put(std::exchange(next_, {}));
    home_keys_.clear();
  }
  void add_towns() {
    std::map<std::int64_t, std::string> towns;
    from_.homes->of_keys(home_keys_, [&](const store::row& row) {
      towns[row.integer(0)] = row.text(1);
    });
    for (id home : home_keys_) next_.towns.push_back(towns[home.value]);
  }

  registers_of_everybody& from_;
  belt<batch>& to_;
  batch next_;
  std::vector<id> home_keys_;
  std::int64_t last_home_ = 0;
};

}  // namespace

std::vector<id> keys_of(const std::vector<household>& homes) {
  std::vector<id> out;
  for (const auto& home : homes)
    for (const auto& m : home) out.push_back(m.key);
  return out;
}

outcome look_at_everybody(platform::house& house, const audit::access& why, date day,
                          const std::atomic<bool>& stop,
                          const std::function<void(const batch&)>& work,
                          std::atomic<double>& done, bool with_towns) {
  auto from = begin(house, why, day, with_towns);
  if (!from) return from.why();
  const auto whole = static_cast<double>(std::max<std::int64_t>(1, from->persons.count()));
  belt<batch> on_the_way;
  std::mutex mutex;
  std::exception_ptr failed;
  std::size_t looked_at = 0;
  const auto note_failure = [&] {
    std::lock_guard lock(mutex);
    if (!failed) failed = std::current_exception();
    on_the_way.end();
  };
  std::vector<std::jthread> crew;
  for (int i = 0; i < workers; ++i)
    crew.emplace_back([&] {
      try {
        while (auto b = on_the_way.take()) {
          work(*b);
          std::lock_guard lock(mutex);
          looked_at += b->persons;
          done = std::min(1.0, static_cast<double>(looked_at) / whole);
        }
      } catch (...) {
        note_failure();
      }
    });
  try {
    reader(*from, on_the_way).read(stop);
  } catch (...) {
    note_failure();
  }
  on_the_way.end();
  crew.clear();
  if (failed) std::rethrow_exception(failed);
  return nothing{};
}

}  // namespace madang::benefits
