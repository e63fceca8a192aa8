// Voices: said, taken back, counted.
#include <algorithm>
#include <set>

#include "inside.hpp"

namespace madang::voices {
namespace {

constexpr std::int64_t taken_back = 0, counts = 1, struck = 2;
constexpr int at_once = 2'000;
constexpr std::int64_t one_hour = 3'600'000'000;
constexpr auto one_day = std::chrono::hours(24);

std::optional<std::int64_t> state_of(store::read& q, id ask, std::string_view pseudonym, saying s) {
  return q.one<std::int64_t>(
      "select state from voice where ask = ?1 and pseudonym = ?2 and saying = ?3", ask, pseudonym,
      name_of(s));
}

void put_voice(store::write& tx, const leaf& l) {
  tx.run("insert into voice (ask, pseudonym, saying, bucket, at, state) "
         "values (?1, ?2, ?3, ?4, ?5, 1) on conflict (ask, pseudonym, saying) do update "
         "set state = 1, bucket = ?4, at = ?5",
         l.ask, l.pseudonym, name_of(*l.said), l.bucket, l.at);
  write_leaf(tx, l);
}

}  // namespace

// ---- saying ----
outcome book::put(store::write& tx, id person, const ask& given, saying s, std::string_view bucket,
                  instant at, const std::string& chosen) const {
  // As it is now: a stage may have ended since the page was read.
  const auto a = find_in(tx, given.key);
  if (!a || !a->hidden.empty() || !stage_of(*a).takes_any(s) || a->ends <= at)
    return refuse(kind::conflict, "voices.closed");
  if (a->level != 0) return refuse(kind::conflict, "voices.by_token");
  const std::string who = pseudonym(person, a->key);
  const auto before = state_of(tx, a->key, who, s);
  if (before == struck) return refuse(kind::forbidden, "voices.struck");
  if (before == counts && s != saying::choice) return nothing{};
  if (s != saying::choice) {
    put_voice(tx, {a->key, s, '+', who, std::string(bucket), {}, slot_of(at), {}});
    return nothing{};
  }
  const auto p = paper_in(tx, a->key);
  if (!p) return refuse(kind::conflict, "voices.closed");
  give_choice(tx, a->key, *p, who, bucket, chosen, at);
  return nothing{};
}

outcome book::say(id person, const ask& a, saying s, std::string_view bucket, instant at) {
  check(s != saying::choice, "a choice says what is chosen");
  return db_.writing(
      [&](store::write& tx) -> outcome { return put(tx, person, a, s, bucket, at); });
}

int book::say_all(const ask& a, saying s, std::span<const given> all) {
  return db_.writing([&](store::write& tx) {
    int taken = 0;
    for (const auto& g : all) {
      const saying one = g.remark.empty() ? s : saying::comment;
      if (!put(tx, g.person, a, one, g.bucket, g.at, g.chosen)) continue;
      ++taken;
      if (!g.remark.empty())
        tx.insert("remark",
                  remark{new_id(), a.key, pseudonym(g.person, a.key), g.remark, g.at, {}});
    }
    return taken;
  });
}

outcome book::take_back(id person, const ask& given, saying s, instant at) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, given.key);
    if (!a || !stage_of(*a).takes_any(s) || a->ends <= at)
      return refuse(kind::conflict, "voices.closed");
    const std::string who = pseudonym(person, a->key);
    const auto bucket = tx.one<std::string>(
        "select bucket from voice where ask = ?1 and pseudonym = ?2 and saying = ?3 and state = 1",
        a->key, who, name_of(s));
    if (!bucket) return nothing{};
    if (s == saying::choice) {
      withdraw_choice(tx, a->key, who, at);
      return nothing{};
    }
    write_leaf(tx, {a->key, s, '-', who, *bucket, {}, slot_of(at), {}});
    tx.run("update voice set state = ?4 where ask = ?1 and pseudonym = ?2 and saying = ?3", a->key,
           who, name_of(s), taken_back);
    return nothing{};
  });
}

bool book::says(id person, const ask& a, saying s) const {
  const std::string who = pseudonym(person, a.key);
  return db_.reading([&](store::read& q) { return state_of(q, a.key, who, s) == counts; });
}

outcome book::comment(id person, const ask& a, std::string_view body, std::string_view bucket,
                      instant at) {
  const auto said = text::trim(body);
  if (said.empty() || text::length(said) > longest_remark)
    return refuse(kind::invalid, "voices.remark", "body",
                  {{"most", std::to_string(longest_remark)}});
  return db_.writing([&](store::write& tx) -> outcome {
    if (auto good = put(tx, person, a, saying::comment, bucket, at); !good) return good;
    const std::string who = pseudonym(person, a.key);
    const auto today = tx.one<std::int64_t>(
        "select count(*) from remark where ask = ?1 and pseudonym = ?2 and at > ?3", a.key, who,
        at.plus(-one_day));
    if (today.value_or(0) >= most_remarks_a_day) return refuse(kind::too_many, "voices.too_many");
    tx.insert("remark", remark{new_id(), a.key, who, std::string(said), at, {}});
    return nothing{};
  });
}

std::vector<remark> book::remarks(id ask, int limit, instant before) const {
  return db_.reading([&](store::read& q) {
    return q.all<remark>("select " + store::columns<remark>() +
                             " from remark where ask = ?1 and at < ?2 order by at desc, key desc "
                             "limit ?3",
                         ask, before, std::int64_t{limit});
  });
}

// ---- counting ----
std::int64_t book::counted(id ask, saying s) const {
  return db_
      .reading([&](store::read& q) {
        return q.one<std::int64_t>("select counted from tally where ask = ?1 and saying = ?2", ask,
                                   name_of(s));
      })
      .value_or(0);
}

std::map<id, std::int64_t> book::counted(const std::vector<ask>& of, saying s) const {
  std::map<id, std::int64_t> out;
  db_.reading([&](store::read& q) {
    for (const auto& a : of)
      out[a.key] = q.one<std::int64_t>("select counted from tally where ask = ?1 and saying = ?2",
                                       a.key, name_of(s))
                       .value_or(0);
  });
  return out;
}

std::vector<hour> book::hours(id ask) const {
  std::vector<hour> out;
  db_.reading([&](store::read& q) {
    q.each_row("select hour, saying, bucket, counted from hourly where ask = ?1 and counted <> 0 "
               "order by hour, saying, bucket",
               std::array{store::parameter(ask)}, [&](const store::row& r) {
                 out.push_back({instant{r.integer(0)}, std::string(r.text(1)),
                                std::string(r.text(2)), r.integer(3)});
               });
  });
  return out;
}

book::news book::counted_after(std::int64_t number) const {
  return db_.reading([&](store::read& q) {
    news out;
    out.last =
        q.one<std::int64_t>("select number from reached where reader = 'count'").value_or(0);
    out.asks = q.all<id>("select distinct ask from leaf where number > ?1 and number <= ?2", number,
                         out.last);
    return out;
  });
}

std::vector<burst> book::bursts(id ask, saying s) const {
  std::vector<arrivals> slots;
  db_.reading([&](store::read& q) {
    q.each_row("select at, count(*) from voice where ask = ?1 and saying = ?2 and state = 1 "
               "group by at order by at",
               std::array{store::parameter(ask), store::parameter(name_of(s))},
               [&](const store::row& r) {
                 slots.push_back({instant{r.integer(0)}, r.integer(1)});
               });
  });
  return find_bursts(slots);
}

std::vector<book::numbered_leaf> book::leaves_after(std::int64_t number, int limit) const {
  std::vector<numbered_leaf> out;
  db_.reading([&](store::read& q) {
    q.each_row("select number, said from leaf where number > ?1 order by number limit ?2",
               std::array{store::parameter(number), store::parameter(std::int64_t{limit})},
               [&](const store::row& r) {
                 out.push_back({r.integer(0), std::string(r.text(1))});
               });
  });
  return out;
}

std::vector<std::string> book::leaves_of(id ask) const {
  return db_.reading([&](store::read& q) {
    return q.all<std::string>(
        "select said from leaf where ask = ?1 order by number limit 100000", ask);
  });
}

namespace {

struct sums {
  std::map<std::pair<id, saying>, std::int64_t> whole;
  std::map<std::pair<id, std::string>, std::int64_t> by_choice;
  std::map<std::tuple<id, saying, std::int64_t, std::string>, std::int64_t> by_hour;
  std::set<id> touched;

  void add(const leaf& l) {
    if (!l.said) return;
    touched.insert(l.ask);
    const std::int64_t n = l.sign == '-' || l.sign == 'x' ? -1 : 1;
    if (l.said == saying::choice && !l.chosen.starts_with('#'))
      by_choice[{l.ask, l.chosen.substr(0, l.chosen.find(':'))}] += n;
    if (l.sign == '=') return;                 // counted when it came; now it is read
    whole[{l.ask, *l.said}] += n;
    by_hour[{l.ask, *l.said, l.at.micros - l.at.micros % one_hour, l.bucket}] += n;
  }
  void write(store::write& tx) const {
    for (const auto& [of, n] : whole)
      tx.run("insert into tally (ask, saying, counted) values (?1, ?2, ?3) "
             "on conflict (ask, saying) do update set counted = tally.counted + ?3",
             of.first, name_of(of.second), n);
    for (const auto& [of, n] : by_choice)
      tx.run("insert into chosen_tally (ask, chosen, counted) values (?1, ?2, ?3) "
             "on conflict (ask, chosen) do update set counted = chosen_tally.counted + ?3",
             of.first, of.second, n);
    for (const auto& [of, n] : by_hour)
      tx.run("insert into hourly (ask, saying, hour, bucket, counted) values (?1, ?2, ?3, ?4, ?5) "
             "on conflict (ask, saying, hour, bucket) do update set counted = hourly.counted + ?5",
             std::get<0>(of), name_of(std::get<1>(of)), std::get<2>(of), std::get<3>(of), n);
  }
};

}  // namespace

int book::turn(instant at) {
  int counted = 0;
  for (int n = at_once; n == at_once; counted += n)
    n = db_.writing([&](store::write& tx) {
      const auto from =
          tx.one<std::int64_t>("select number from reached where reader = 'count'").value_or(0);
      sums all;
      std::int64_t last = from;
      int seen = 0;
      tx.each_row("select number, said from leaf where number > ?1 order by number limit ?2",
                  std::array{store::parameter(from), store::parameter(std::int64_t{at_once})},
                  [&](const store::row& r) {
                    last = r.integer(0);
                    ++seen;
                    const auto l = leaf::parse(r.text(1));
                    check(l.has_value(), "a leaf that was written here");
                    all.add(*l);
                  });
      if (seen == 0) return 0;
      all.write(tx);
      tx.run("insert into reached (reader, number) values ('count', ?1) "
             "on conflict (reader) do update set number = ?1",
             last);
      for (const id key : all.touched) reach(tx, key, at);
      return seen;
    });
  end_stages(at);
  return counted;
}

void book::reach(store::write& tx, id key, instant at) {
  const auto a = find_in(tx, key);
  if (!a || !a->hidden.empty()) return;
  for (const goal& g : stage_of(*a).goals) {
    const auto n = tx.one<std::int64_t>("select counted from tally where ask = ?1 and saying = ?2",
                                        key, name_of(g.of));
    if (n.value_or(0) < g.count) continue;
    move_on(tx, *a, stage_of(*a).reached, at);
    return;
  }
}

// What was counted before the end counts: stages end only when nothing waits to be counted.
void book::end_stages(instant at) {
  for (bool more = true; more;)
    more = db_.writing([&](store::write& tx) {
      const auto over = tx.all<ask>("select " + ask_columns() +
                                        " from ask where ends <= ?1 order by ends limit 100",
                                    at);
      for (const auto& a : over) move_on(tx, a, stage_of(a).ended, at);
      return over.size() == 100;
    });
}

}  // namespace madang::voices
