// Carrying orders out at their hour.
#include <algorithm>
#include <set>

#include "absence_row.hpp"
#include "order_row.hpp"
#include "session_row.hpp"

namespace madang::identity {
namespace {

// Puts one order's effect into the map; what is in the way, or empty.
std::string vacate(const order& o, std::map<std::string, id>& holders) {
  const std::string& from = o.sort == sort::leave ? o.post : o.from_post;
  if (from.empty()) return {};
  auto held = holders.find(from);
  if (held == holders.end() || held->second != o.person) return "order.not_holder";
  held->second = {};
  return {};
}

std::string seat(const order& o, std::map<std::string, id>& holders) {
  if (o.sort != sort::appoint && o.sort != sort::transfer) return {};
  auto& holder = holders[o.post];
  if (holder) return "order.occupied";
  holder = o.person;
  return {};
}

}  // namespace

std::map<id, std::string> settled(const std::vector<order>& due,
                                  std::map<std::string, id> holders) {
  std::map<id, std::string> out;
  for (const auto& o : due) out[o.key] = {};
  // Each turn takes out at least one order, so it ends.
  for (bool again = true; again;) {
    again = false;
    auto state = holders;
    for (const auto& o : due) {
      if (!out[o.key].empty() || stands_in_for_another(o)) continue;
      out[o.key] = vacate(o, state);
      again = again || !out[o.key].empty();
    }
    for (const auto& o : due) {
      if (again) break;
      if (!out[o.key].empty() || stands_in_for_another(o)) continue;
      out[o.key] = seat(o, state);
      again = !out[o.key].empty();
    }
  }
  return out;
}

namespace {

// Whoever stands in by now must still not have had a hand in it: the post may have changed holders
// since it was approved.
std::string substitute_in_the_way(store::write& tx, const order& o) {
  if (!stands_in_for_another(o)) return {};
  const auto who = tx.one<id>("select holder from post where code = ?1", o.substitute);
  if (!who || !*who) return "order.substitute";
  return *who == o.drafter || *who == o.approver ? "order.own" : "";
}

void end_tenure(store::write& tx, const std::string& post_code, id person,
                const std::string& number, instant at) {
  if (tx.run("update tenure set ends = ?1, until_order = ?2 where post = ?3 and person = ?4 and "
             "ends = 0",
             at, number, post_code, person))
    return;
  // Who held it when the house was set up came by no order.
  tx.insert("tenure", tenure{new_id(), post_code, person, {}, at, {}, number});
}

void end_sessions(store::write& tx, id person) {
  for (const auto& hash :
       tx.all<std::string>("select token_hash from session where person = ?1", person))
    leave(tx, hash);
}

// What the one who goes said about being away, and the roles she lent, were hers to give.
void end_substitutions(store::write& tx, const std::string& post_code, date day) {
  tx.run("delete from absence where post = ?1 and begins > ?2", post_code, day);
  tx.run("update absence set ends = ?1 where post = ?2 and ends >= ?3", day.plus(-1), post_code,
         day);
}

}  // namespace

void orders::apply(store::write& tx, const audit::access& clock, const order& o, instant at) {
  const date day = in_zone(at).date;
  std::set<id> persons;
  json::array vacated;
  if (stands_in_for_another(o)) {
    tx.insert("absence",
              absence{new_id(), o.post, o.substitute, day, o.ends, o.grounds, o.roles, o.number});
  } else {
    const std::string& left = o.sort == sort::leave ? o.post : o.from_post;
    if (!left.empty()) {
      end_substitutions(tx, left, day);
      end_tenure(tx, left, o.person, o.number, at);
      // Another of the same hour may sit there already.
      tx.run("update post set holder = 0 where code = ?1 and holder = ?2", left, o.person);
      vacated.emplace_back(left);
    }
    if (o.sort != sort::leave) {
      // Whoever stood in while it was vacant does so no more.
      end_substitutions(tx, o.post, day);
      tx.run("update post set holder = ?1 where code = ?2", o.person, o.post);
      tx.insert("tenure", tenure{new_id(), o.post, o.person, at, {}, o.number, {}});
    }
    persons.insert(o.person);
  }
  for (const id p : persons) end_sessions(tx, p);
  tx.run("update personnel_order set state = ?1, done = ?2 where key = ?3", order_state::done, at,
         o.key);
  audit::append(tx, clock, audit::action::changed, o.person, "personnel_order", o.number, "done");
  json::array told;
  for (const id p : persons) told.emplace_back(p.str());
  tx.emit("order.done", o.key.str(),
          json::object{
              {"number", o.number}, {"persons", std::move(told)}, {"vacated", std::move(vacated)}});
}

int orders::carry_out(const audit::access& clock, instant at) {
  return db_.writing([&](store::write& tx) {
    auto due = tx.all<order>(
        select_order() + "where state = ?1 and begins <= ?2 order by begins, key limit 500",
        order_state::approved, at);
    if (due.empty()) return 0;
    std::map<std::string, id> holders;
    for (const auto& o : due)
      for (const auto* code : {&o.post, &o.from_post})
        if (!code->empty())
          if (auto h = tx.one<id>("select holder from post where code = ?1", *code))
            holders[*code] = *h;
    const auto verdicts = settled(due, holders);
    // Who leaves goes first, so that who comes finds the post empty.
    std::ranges::stable_sort(due, {}, [](const order& o) { return o.sort != sort::leave; });
    for (const auto& o : due) {
      std::string in_the_way = verdicts.at(o.key);
      if (in_the_way.empty()) in_the_way = substitute_in_the_way(tx, o);
      if (in_the_way.empty()) {
        apply(tx, clock, o, at);
        continue;
      }
      tx.run("update personnel_order set state = ?1, done = ?2, remark = ?3 where key = ?4",
             order_state::failed, at, in_the_way, o.key);
      audit::append(tx, clock, audit::action::refused, o.person, "personnel_order", o.number,
                    in_the_way);
      tx.emit("order.failed", o.key.str(), json::object{{"number", o.number}});
    }
    return static_cast<int>(due.size());
  });
}

}  // namespace madang::identity
