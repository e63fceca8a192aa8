#include "districts.hpp"

#include <algorithm>

#include "madang/assembly/residents.hpp"

namespace madang::assembly {
namespace {

constexpr auto between = std::chrono::seconds(5);
constexpr auto a_day = std::chrono::hours(24), a_month = 30 * a_day;
constexpr auto try_again = std::chrono::hours(1);
constexpr const char* everywhere = "all";

struct people_row {
  std::string district;
  std::int64_t people = 0;
  instant at;
};
BOOST_DESCRIBE_STRUCT(people_row, (), (district, people, at))

}  // namespace

std::vector<excess_line> district_watch::of(id ask) const {
  return db_.reading([&](store::read& q) {
    return q.all<excess_line>("select " + store::columns<excess_line>() +
                                  " from excess where ask = ?1 order by saying, district",
                              ask);
  });
}

std::vector<excess_line> district_watch::found_in(const voices::book& b, id ask) const {
  std::map<std::string, std::vector<voices::district_hour>> by_saying;
  for (const auto& h : b.hours(ask))
    by_saying[h.saying].push_back({h.begins, h.bucket, h.counted});
  std::vector<excess_line> out;
  for (const auto& [saying, hours] : by_saying)
    for (const auto& e : voices::find_excess(hours, people_))
      out.push_back({ask, saying, e.district, e.since, e.counted, e.people});
  return out;
}

// Kept, so that a house that starts again need not look at everybody again.
bool district_watch::count_people(instant at, const std::function<bool()>& stopped) {
  if (people_.empty())
    for (const auto& r : db_.reading([](store::read& q) {
           return q.all<people_row>("select " + store::columns<people_row>() +
                                    " from district_people");
         })) {
      people_[r.district] = r.people;
      counted_at_ = r.at;
    }
  if (!people_.empty() && at < counted_at_.plus(a_month)) return true;
  if (tried_.micros && at < tried_.plus(try_again)) return !people_.empty();
  tried_ = at;
  std::map<std::string, std::int64_t> fresh{{everywhere, 0}};
  for (const auto& p : house_.pack().provinces()) fresh[p.code] = 0;
  const auto add = [&](const resident& r) {
    ++fresh[everywhere];
    if (r.town.size() >= 2)
      if (const auto of = fresh.find(r.town.substr(0, 2)); of != fresh.end()) ++of->second;
  };
  if (!each_resident(house_.hub(), by_, false, stopped, add)) return !people_.empty();
  people_ = fresh;
  counted_at_ = at;
  db_.writing([&](store::write& tx) {
    for (const auto& [district, n] : fresh)
      tx.run("insert into district_people (district, people, at) values (?1, ?2, ?3) "
             "on conflict (district) do update set people = ?2, at = ?3",
             district, n, at);
    audit::append(tx, by_, audit::action::changed, {}, "district_people", "*", "people");
  });
  return true;
}

void district_watch::keep(const voices::book& b, const excess_line& one) {
  const auto a = b.find(one.ask);
  if (!a) return;
  db_.writing([&](store::write& tx) {
    const auto before = tx.one<std::int64_t>(
        "select counted from excess where ask = ?1 and saying = ?2 and district = ?3", one.ask,
        one.saying, one.district);
    if (before && *before >= one.counted) return;
    if (before) {
      tx.run("update excess set counted = ?4, people = ?5 "
             "where ask = ?1 and saying = ?2 and district = ?3",
             one.ask, one.saying, one.district, one.counted, one.people);
    } else {
      tx.insert("excess", one);
      tx.emit("voices.excess", a->key.str(),
              json::object{{"rule", a->rule},
                           {"number", a->number},
                           {"district", one.district},
                           {"counted", one.counted},
                           {"people", one.people}});
    }
    audit::append(tx, by_, audit::action::changed, {}, "ask", a->key.str(), "excess");
  });
}

void district_watch::look(const voices::book& b, instant at, const std::function<bool()>& stopped) {
  if (at < next_) return;
  next_ = at.plus(between);
  const auto news = b.counted_after(looked_);
  bool any = false;
  for (const id ask : news.asks)
    any = any || std::ranges::any_of(b.hours(ask), [](const voices::hour& h) {
            return h.saying != name_of(voices::saying::choice);
          });
  if (any && !count_people(at, stopped)) {                   // the register lies elsewhere
    next_ = at.plus(try_again);
    return;
  }
  for (const id ask : news.asks) {
    auto found = found_in(b, ask);
    if (!found.empty() && at > counted_at_.plus(a_day)) {    // by people who may have come since
      counted_at_ = {};
      if (!count_people(at, stopped)) return;
      found = found_in(b, ask);
    }
    for (const auto& one : found) keep(b, one);
  }
  looked_ = news.last;
}

}  // namespace madang::assembly
