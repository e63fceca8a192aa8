#include "madang/assembly/residents.hpp"

#include <unordered_map>
#include <vector>

#include "madang/registers/sweep.hpp"

namespace madang::assembly {
namespace {

constexpr std::size_t batch_size = 4'000;    // households whose towns are asked for at once

struct stopped_by_house {};

// Persons come by household; their towns are looked up for many households at once.
class batches {
 public:
  batches(registers::sweep& homes, const std::function<bool()>& stopped,
          const std::function<void(const resident&)>& look)
      : homes_(homes), stopped_(stopped), look_(look) {}

  void add(std::int64_t home, resident one) {
    waiting_[home].push_back(std::move(one));
    if (waiting_.size() >= batch_size) settle();
  }
  void settle() {
    if (stopped_()) throw stopped_by_house{};
    std::vector<id> keys;
    for (const auto& [home, people] : waiting_) keys.push_back(id{home});
    homes_.of_keys(keys, [&](const store::row& row) {
      for (auto& one : waiting_[row.integer(0)]) one.town = row.text(1);
    });
    for (const auto& [home, people] : waiting_)
      for (const auto& one : people) look_(one);
    waiting_.clear();
  }

 private:
  registers::sweep& homes_;
  const std::function<bool()>& stopped_;
  const std::function<void(const resident&)>& look_;
  std::unordered_map<std::int64_t, std::vector<resident>> waiting_;
};

}  // namespace

bool each_resident(exchange::hub& hub, const audit::access& why, bool with_persons,
                   const std::function<bool()>& stopped,
                   const std::function<void(const resident&)>& look) {
  auto* residents = hub.registry_of("persons");
  if (!residents || hub.registry_of("households") != residents) return false;
  const date today = in_zone(now()).date;
  std::vector<std::string> items{"household"};
  if (with_persons) items = {"household", "born", "sex"};
  auto persons = registers::sweep::begin(*residents, why, "persons", items, today);
  auto homes = registers::sweep::begin(*residents, why, "households", {"town"}, today);
  if (!persons || !homes) return false;
  batches all(*homes, stopped, look);
  try {
    persons->all("household", [&](const store::row& row) {
      resident one;
      if (with_persons) {
        one.born.days = static_cast<std::int32_t>(row.integer(2));
        one.sex = row.text(3);
      }
      all.add(row.integer(1), std::move(one));
    });
    all.settle();
  } catch (const stopped_by_house&) {
    return false;
  }
  return true;
}

}  // namespace madang::assembly
