// Counts are made by two threads, each in its own table, and added at the end. What leaves is sums
// by group only; a group in which fewer than five gain or lose is not told, and neither is the next
// smallest of its kind, from which the first could be worked out.
#include "whatif.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace madang::benefits {
namespace {

constexpr std::array<int, 8> age_steps = {0, 10, 20, 30, 40, 50, 65, 80};
constexpr std::size_t largest_household = 6;       // and more

struct counts {
  effect all;
  std::map<std::string, effect> provinces, municipalities;
  std::map<int, effect> ages;
  std::map<std::size_t, effect> sizes;

  void add(const counts& other) {
    all.add(other.all);
    for (const auto& [key, e] : other.provinces) provinces[key].add(e);
    for (const auto& [key, e] : other.municipalities) municipalities[key].add(e);
    for (const auto& [key, e] : other.ages) ages[key].add(e);
    for (const auto& [key, e] : other.sizes) sizes[key].add(e);
  }
};

int age_step(int years) {
  int out = 0;
  for (int from : age_steps)
    if (years >= from) out = from;
  return out;
}

bool too_few(const effect& e) {
  for (const auto n : {e.before, e.after, e.winners, e.losers, e.more, e.less})
    if (n > 0 && n < fewest) return true;
  return false;
}

// One suppressed line alone could be worked out from a whole that is told; a whole that is not told
// could be worked out from lines of which none is suppressed.
void suppress(std::span<effect_line> lines, bool whole_is_told = true) {
  for (auto& l : lines) l.suppressed = too_few(l.is);
  const auto hidden = std::ranges::count(lines, true, &effect_line::suppressed);
  if (hidden != (whole_is_told ? 1 : 0)) return;
  effect_line* smallest = nullptr;
  for (auto& l : lines)
    if (!l.suppressed && (!smallest || l.is.after + l.is.before <
                                           smallest->is.after + smallest->is.before))
      smallest = &l;
  if (smallest) smallest->suppressed = true;
}

template <class Key>
std::vector<effect_line> lines_of(const std::map<Key, effect>& groups) {
  std::vector<effect_line> out;
  for (const auto& [key, e] : groups) {
    if constexpr (std::is_same_v<Key, std::string>) out.push_back({key, e});
    else out.push_back({std::to_string(key), e});
  }
  suppress(out);
  return out;
}

// The whole of a municipality is its province.
std::vector<effect_line> lines_by_province(const std::map<std::string, effect>& groups,
                                           const std::vector<effect_line>& provinces) {
  std::vector<effect_line> out;
  for (const auto& [key, e] : groups) out.push_back({key, e});
  for (std::size_t i = 0, j = 0; i < out.size(); i = j) {
    while (j < out.size() && out[j].group.substr(0, 2) == out[i].group.substr(0, 2)) ++j;
    const auto whole = std::ranges::find(provinces, out[i].group.substr(0, 2), &effect_line::group);
    suppress(std::span(out).subspan(i, j - i), !whole->suppressed);
  }
  return out;
}

std::string line_of(const char* kind, const effect_line& l) {
  std::string out = std::string(kind) + "," + l.group;
  const effect& e = l.is;
  for (const auto n : {e.before, e.after, e.winners, e.losers, e.more, e.less})
    out += "," + (l.suppressed ? "hidden" : std::to_string(n));
  out += "," + (l.suppressed ? "" : e.cost_before.str()) + "," +
         (l.suppressed ? "" : e.cost_after.str());
  return out + "\r\n";
}

}  // namespace

void effect::add(const rules::sitting::verdict& was, const rules::sitting::verdict& would_be) {
  ++persons;
  before += was.entitled;
  after += would_be.entitled;
  if (was.entitled) cost_before = cost_before + was.amount;
  if (would_be.entitled) cost_after = cost_after + would_be.amount;
  if (was.entitled != would_be.entitled) ++(would_be.entitled ? winners : losers);
  else if (was.entitled && was.amount < would_be.amount) ++more;
  else if (was.entitled && would_be.amount < was.amount) ++less;
}

void effect::add(const effect& o) {
  persons += o.persons;
  before += o.before;
  after += o.after;
  winners += o.winners;
  losers += o.losers;
  more += o.more;
  less += o.less;
  cost_before = cost_before + o.cost_before;
  cost_after = cost_after + o.cost_after;
}

result<whatif_report> whatif::run(const audit::access& why, std::string_view provision, date day,
                                  const std::atomic<bool>& stop, std::atomic<double>& done) {
  const auto* now = law_.find(provision);
  const auto* then = draft_.find(provision);
  if (!now || !then) return refuse(kind::not_found, "benefit.unknown");
  auto in_force = rules::sitting::open(law_, *now, day, fact_names());
  if (!in_force) return in_force.why();
  auto drafted = rules::sitting::open(draft_, *then, day, fact_names());
  if (!drafted) return drafted.why();
  const bool of_households = now->for_whom == "household";
  counts total;
  std::mutex mutex;
  auto looked = look_at_everybody(
      house_, why, day, stop,
      [&](const batch& b) {
        thread_local const fact_codes codes;
        std::vector<rules::value> facts;
        counts mine;
        for (std::size_t h = 0; h < b.homes.size(); ++h) {
          const household& home = b.homes[h];
          for (std::size_t who = 0; who < home.size(); ++who) {
            if (of_households && home[who].is != kinship::head) continue;
            facts_of(home, who, day, codes, facts);
            const auto was = in_force->decide(facts), would_be = drafted->decide(facts);
            mine.all.add(was, would_be);
            mine.provinces[b.towns[h].substr(0, 2)].add(was, would_be);
            mine.municipalities[b.towns[h].substr(0, 5)].add(was, would_be);
            mine.ages[age_step(age(home[who].born, day))].add(was, would_be);
            mine.sizes[std::min(home.size(), largest_household)].add(was, would_be);
          }
        }
        std::lock_guard lock(mutex);
        total.add(mine);
      },
      done, true);
  if (!looked) return looked.why();
  const auto provinces = lines_of(total.provinces);
  return whatif_report{std::string(provision),
                       day,
                       total.all,
                       too_few(total.all),
                       provinces,
                       lines_by_province(total.municipalities, provinces),
                       lines_of(total.ages),
                       lines_of(total.sizes),
                       stop};
}

std::string as_csv(const whatif_report& r) {
  std::string out = "by,group,entitled_before,entitled_after,winners,losers,more,less,"
                    "cost_before,cost_after\r\n";
  out += line_of("all", {"", r.all, r.all_suppressed});
  for (const auto& l : r.provinces) out += line_of("province", l);
  for (const auto& l : r.municipalities) out += line_of("municipality", l);
  for (const auto& l : r.ages) out += line_of("age", l);
  for (const auto& l : r.sizes) out += line_of("household", l);
  return out;
}

}  // namespace madang::benefits
