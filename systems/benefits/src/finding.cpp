// A batch is some thousand people and its own transaction: a crash loses nothing that was kept, and
// the next run finds the rest. What a person was told of stands in `standing`, in the transaction
// that finds it; the notice follows under a name made of the day, so a crash between the two tells
// once at most, and a run that is repeated tells nobody twice.
#include "finding.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace madang::benefits {

BOOST_DESCRIBE_STRUCT(standing, (), (person, benefit, amount, because, since))
BOOST_DESCRIBE_STRUCT(run_report, (),
                      (key, day, began, ended, persons, entitled, found, told, losing, problem))

namespace {

constexpr int told_from = 14;      // younger ones are told through their parents' own benefits
constexpr int warned_before = 30;  // days before the law ends something

}  // namespace

// The provisions in force on the day, and a month later.
class finding::docket {
 public:
  docket(const rules::statutes& law, date day) : day_(day), later_(day.plus(warned_before)) {
    for (const auto& p : law.provisions()) {
      if (auto s = rules::sitting::open(law, p, day, fact_names())) now_.push_back(std::move(*s));
      if (auto s = rules::sitting::open(law, p, later_, fact_names()))
        then_.emplace(p.id, std::move(*s));
    }
  }
  date day() const { return day_; }
  const std::vector<rules::sitting>& sittings() const { return now_; }
  const rules::provision* about(const std::string& benefit) const {
    for (const auto& s : now_)
      if (s.about().id == benefit) return &s.about();
    return nullptr;
  }
  // What one member is entitled to.
  void decide(const household& home, std::size_t who, const fact_codes& codes,
              std::vector<rules::value>& facts, std::vector<standing>& out) const {
    if (age(home[who].born, day_) < told_from) return;
    facts_of(home, who, day_, codes, facts);
    for (const auto& s : now_) {
      if (s.about().for_whom == "household" && home[who].is != kinship::head) continue;
      auto v = s.decide(facts);
      if (v.entitled)
        out.push_back({home[who].key, s.about().id, v.amount.str(), std::move(v.because), day_});
    }
  }
  // Does a benefit that somebody has still hold a month later? No: the law of then ends it.
  bool holds_later(const household& home, std::size_t who, const std::string& benefit,
                   const fact_codes& codes) const {
    const auto found = then_.find(benefit);
    if (found == then_.end()) return false;
    std::vector<rules::value> facts;
    facts_of(home, who, later_, codes, facts);
    const auto v = found->second.decide(facts);
    return !v.decided || v.entitled;
  }

 private:
  date day_, later_;
  std::vector<rules::sitting> now_;
  std::map<std::string, rules::sitting, std::less<>> then_;
};

finding::finding(platform::house& house, std::shared_ptr<const office> o)
    : house_(house), office_(std::move(o)), db_(house.database("benefits")) {}

const std::atomic<bool>& finding::never() {
  static const std::atomic<bool> no{false};
  return no;
}

audit::access finding::why(const char* purpose) const {
  return {audit::system_actor("benefits"), house_.said(purpose),
          house_.said("law.social_security_found"), {}};
}

namespace {

// "?1, ?2 .." for lists of keys that vary: so many at once, filled up with the last.
constexpr std::size_t keys_at_once = 128;
const std::string& key_list() {
  static const std::string text = [] {
    std::string out;
    for (std::size_t i = 1; i <= keys_at_once; ++i)
      out += (out.empty() ? "?" : ", ?") + std::to_string(i);
    return out;
  }();
  return text;
}
template <class F>
void in_lists(const std::vector<id>& keys, F f) {
  for (std::size_t at = 0; at < keys.size(); at += keys_at_once) {
    std::vector<store::parameter> some;
    for (std::size_t i = 0; i < keys_at_once; ++i)
      some.emplace_back(keys[std::min(at + i, keys.size() - 1)]);
    f(some);
  }
}

using by_benefit = std::map<std::string, standing, std::less<>>;

// What is known of some people before they are looked at.
struct known_before {
  std::map<std::int64_t, by_benefit> standings;
  std::set<std::int64_t> silent;             // who wants to be told nothing
  std::set<std::pair<std::int64_t, std::string>> received;

  void read(store::database& db, const std::vector<id>& people) {
    db.reading([&](store::read& tx) {
      in_lists(people, [&](const std::vector<store::parameter>& keys) {
        tx.each_row("select person, benefit, amount, because, since from standing "
                    "where person in (" + key_list() + ")",
                    keys, [&](const store::row& row) {
                      auto s = store::take_row<standing>(row);
                      standings[s.person.value].emplace(s.benefit, s);
                    });
        tx.each_row("select person from choice where told = 0 and person in (" + key_list() + ")",
                    keys, [&](const store::row& row) { silent.insert(row.integer(0)); });
        tx.each_row("select person, benefit from award where ends is null and person in (" +
                        key_list() + ")",
                    keys, [&](const store::row& row) {
                      received.emplace(row.integer(0), row.text(1));
                    });
      });
    });
  }
};

}  // namespace

// What is new is kept, what holds no longer is forgotten; then the persons are told. What somebody
// receives already is not found for her once more.
void finding::keep(const batch& b, const docket& d, run_report& r, id run) {
  thread_local const fact_codes codes;
  std::vector<rules::value> facts;
  std::map<std::int64_t, std::vector<standing>> fresh;
  known_before before;
  before.read(db_, keys_of(b.homes));
  std::vector<standing> added, changed, gone, all;
  for (const auto& home : b.homes)
    for (std::size_t who = 0; who < home.size(); ++who) {
      const id person = home[who].key;
      if (before.silent.contains(person.value)) continue;
      all.clear();
      d.decide(home, who, codes, facts, all);
      if (!before.received.empty())
        std::erase_if(all, [&](const standing& s) {
          return before.received.contains({person.value, s.benefit});
        });
      auto& had = before.standings[person.value];
      for (auto& s : all) {
        const auto known = had.find(s.benefit);
        if (known == had.end()) {
          added.push_back(s);
          fresh[person.value].push_back(s);
        } else {
          if (known->second.amount != s.amount || known->second.because != s.because)
            changed.push_back(s);
          had.erase(known);
        }
      }
      for (const auto& [benefit, s] : had) gone.push_back(s);
      std::lock_guard lock(counting_);
      r.entitled += static_cast<std::int64_t>(all.size());
    }
  if (!added.empty() || !changed.empty() || !gone.empty())
    db_.writing([&](store::write& tx) {
      for (const auto& s : gone)
        tx.run("delete from standing where person = ?1 and benefit = ?2", s.person, s.benefit);
      for (const auto& s : changed)
        tx.run("update standing set amount = ?1, because = ?2 where person = ?3 and benefit = ?4",
               s.amount, s.because, s.person, s.benefit);
      for (const auto& s : added)
        tx.run("insert into standing (person, benefit, amount, because, since) "
               "values (?1, ?2, ?3, ?4, ?5) on conflict (person, benefit) do nothing",
               s.person, s.benefit, s.amount, s.because, s.since);
    });
  std::vector<notices::notice> told;
  for (const auto& [person, some] : fresh) told.push_back(notice_of(id{person}, some, d));
  if (!told.empty()) house_.box().put_all(std::move(told), "benefits." + run.str());
  std::lock_guard lock(counting_);
  r.persons += static_cast<std::int64_t>(b.persons);
  r.found += static_cast<std::int64_t>(added.size());
  r.told += static_cast<std::int64_t>(fresh.size());
}

notices::notice finding::notice_of(id person, const std::vector<standing>& fresh,
                                   const docket& d) const {
  notices::notice n;
  n.person = person;
  n.link = "/my/benefits";
  for (const auto& language : house_.pack().languages()) {
    std::vector<std::string> lines;
    for (const auto& s : fresh) {
      const auto* p = d.about(s.benefit);
      if (!p) continue;
      const auto amount = decimal::parse(s.amount).value_or(decimal());
      lines.push_back(p->name(language) + ", " + amount_in_words(*p, amount, language));
    }
    n.title.set(language, house_.texts().fill("benefits.notice_title", language,
                                              {{"n", std::to_string(fresh.size())}}));
    n.body.set(language, text::join(lines, "; "));
  }
  return n;
}

// Of those who have been granted something.
void finding::warn_of_loss(const batch& b, const docket& d, run_report& r) {
  struct holding {
    id key, person;
    std::string benefit;
    date told_until;
  };
  std::multimap<std::int64_t, holding> held;
  db_.reading([&](store::read& tx) {
    in_lists(keys_of(b.homes), [&](const std::vector<store::parameter>& keys) {
      tx.each_row("select key, person, benefit, told_until from award where ends is null and "
                  "person in (" + key_list() + ")",
                  keys, [&](const store::row& row) {
                    holding h{id{row.integer(0)}, id{row.integer(1)}, std::string(row.text(2)),
                              date{static_cast<std::int32_t>(row.integer(3))}};
                    held.emplace(h.person.value, std::move(h));
                  });
    });
  });
  if (held.empty()) return;
  const fact_codes codes;
  std::set<std::int64_t> warned;   // lists overlap where the last key fills them up
  for (const auto& home : b.homes)
    for (std::size_t who = 0; who < home.size(); ++who) {
      const auto [from, to] = held.equal_range(home[who].key.value);
      for (auto at = from; at != to; ++at) {
        const holding& h = at->second;
        if (d.day() < h.told_until || !warned.insert(h.key.value).second) continue;
        if (d.holds_later(home, who, h.benefit, codes)) continue;
        const auto* p = office_->law.find(h.benefit);
        if (!p) continue;
        const date ends = d.day().plus(warned_before);
        db_.writing([&](store::write& tx) {
          tx.run("update award set told_until = ?1 where key = ?2", ends.plus(1), h.key);
        });
        notices::notice n;
        n.person = h.person;
        n.link = "/my/benefits";
        for (const auto& language : house_.pack().languages())
          n.title.set(language, house_.texts().fill("benefits.notice_losing", language,
                                                    {{"name", p->name(language)},
                                                     {"date", written(ends, language)}}));
        house_.box().put(std::move(n), "benefits.losing." + h.key.str() + d.day().str());
        std::lock_guard lock(counting_);
        ++r.losing;
      }
    }
}

void finding::note(const run_report& r) {
  db_.writing([&](store::write& tx) {
    tx.run("insert into run (key, day, began, ended, persons, entitled, found, told, losing, "
           "problem) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
           "on conflict (key) do update set ended = excluded.ended, persons = excluded.persons, "
           "entitled = excluded.entitled, found = excluded.found, told = excluded.told, "
           "losing = excluded.losing, problem = excluded.problem",
           r.key, r.day, r.began, r.ended, r.persons, r.entitled, r.found, r.told, r.losing,
           r.problem);
  });
}

result<run_report> finding::everybody(date day, const std::atomic<bool>& stop) {
  std::unique_lock alone(running_, std::try_to_lock);
  if (!alone) return refuse(kind::conflict, "benefits.running");
  const docket d(office_->law, day);
  run_report r;
  r.key = new_id();
  r.day = day;
  r.began = now();
  note(r);
  auto looked = look_at_everybody(
      house_, why("benefits.purpose_found"), day, stop,
      [&](const batch& b) {
        keep(b, d, r, r.key);
        warn_of_loss(b, d, r);
      },
      done_);
  done_ = 0;
  if (!looked) r.problem = looked.why().code;
  else if (stop) r.problem = "benefits.stopped";
  r.ended = now();
  note(r);
  if (!looked) return looked.why();
  return r;
}

result<run_report> finding::household_of(id person, date day) {
  auto home = look_up(house_, why("benefits.purpose_event"), person);
  if (!home) return home.why();
  const docket d(office_->law, day);
  batch b;
  b.persons = home->size();
  b.homes.push_back(std::move(*home));
  run_report r;
  r.key = new_id();
  r.day = day;
  r.began = now();
  keep(b, d, r, r.key);
  warn_of_loss(b, d, r);
  r.ended = now();
  return r;
}

std::vector<standing> finding::of(id person) {
  return db_.reading([&](store::read& r) {
    return r.all<standing>("select person, benefit, amount, because, since from standing "
                           "where person = ?1 order by since desc, benefit",
                           person);
  });
}

std::optional<run_report> finding::last_run() {
  return db_.reading([&](store::read& r) {
    return r.one<run_report>("select key, day, began, ended, persons, entitled, found, told, "
                             "losing, problem from run order by key desc limit 1");
  });
}

std::optional<date> finding::last_day() {
  return db_.reading([&](store::read& r) {
    return r.one<date>("select day from run where ended is not null and problem = '' "
                       "order by key desc limit 1");
  });
}

bool finding::wants_to_be_told(id person) {
  return !db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select 1 from choice where person = ?1 and told = 0", person)
        .has_value();
  });
}

outcome finding::choose(const audit::access& why, bool told) {
  if (auto stated = why.stated(); !stated) return stated;
  const id person = why.who.person;
  db_.writing([&](store::write& tx) {
    tx.run("insert into choice (person, told, at) values (?1, ?2, ?3) on conflict (person) do "
           "update set told = excluded.told, at = excluded.at",
           person, told ? 1 : 0, now());
    if (!told) tx.run("delete from standing where person = ?1", person);
    audit::append(tx, why, audit::action::changed, person, "benefit_notices", person.str(),
                  told ? "told" : "not_told");
  });
  if (!told) return nothing{};
  auto looked = household_of(person, today(house_.pack().zone()));
  return looked ? outcome(nothing{}) : outcome(looked.why());
}

}  // namespace madang::benefits
