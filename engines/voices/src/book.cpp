// Asks: filed, found, moved from stage to stage.
#include "madang/voices/book.hpp"

#include <algorithm>

#include "inside.hpp"

namespace madang::voices {
namespace {

constexpr auto one_day = std::chrono::hours(24);

outcome judge_text(const rule& r, const filing& f) {
  const auto fits = [](std::string_view s, std::int64_t longest) {
    return !text::trim(s).empty() && text::length(s) <= static_cast<std::size_t>(longest);
  };
  if (!fits(f.title, r.longest_title))
    return refuse(kind::invalid, "voices.title", "title",
                  {{"most", std::to_string(r.longest_title)}});
  if (!fits(f.body, r.longest_body))
    return refuse(kind::invalid, "voices.body", "body", {{"most", std::to_string(r.longest_body)}});
  if (!r.find_category(f.category)) return refuse(kind::invalid, "voices.category", "category");
  return nothing{};
}

// Numbers within a rule begin anew with the year.
std::string next_number(store::write& tx, const rule& r, instant at) {
  const int year = in_zone(at).date.year();
  tx.run("insert into numbering (rule, year, last) values (?1, ?2, 1) "
         "on conflict (rule, year) do update set last = numbering.last + 1",
         r.id, year);
  const auto last =
      tx.one<std::int64_t>("select last from numbering where rule = ?1 and year = ?2", r.id, year);
  return fmt::format("{}{}-{:06}", r.prefix, year, last.value());
}

// The condition of a list, and its parameters.
struct condition {
  std::string text = "rule = ?1";
  std::vector<store::parameter> given;

  explicit condition(const book::wanted& w) : given{store::parameter(w.rule)} {
    if (!w.stages.empty()) {
      std::string marks;
      for (const auto& s : w.stages) marks += (marks.empty() ? "" : ", ") + next(s);
      text += " and stage in (" + marks + ")";
    }
    if (!w.category.empty()) text += " and category = " + next(w.category);
    if (!w.hidden) text += " and hidden = ''";
    if (!w.unlisted) text += " and listed <> 0";
  }
  template <class T>
  std::string next(const T& v) {
    given.emplace_back(v);
    return "?" + std::to_string(given.size());
  }
};

}  // namespace

outcome judge_reason(std::string_view said) {
  if (said.empty() || text::length(said) > longest_reason)
    return refuse(kind::invalid, "voices.reason", "reason",
                  {{"most", std::to_string(longest_reason)}});
  return nothing{};
}

std::span<const store::migration> migrations();

const std::string& ask_columns() {
  static const std::string all = store::columns<ask>();
  return all;
}

book::book(store::database& db, options o, std::vector<rule> rules, audit::access said)
    : db_(db), options_(std::move(o)), rules_(std::move(rules)), said_(std::move(said)) {
  check(options_.key.size() >= 32, "a key of 32 octets for pseudonyms");
  audit::prepare(db_);
  db_.migrate("voices", migrations());
}

const rule* book::find_rule(std::string_view id) const {
  auto found = std::ranges::find(rules_, id, &rule::id);
  return found == rules_.end() ? nullptr : &*found;
}

const stage& book::stage_of(const ask& a) const {
  const rule* r = find_rule(a.rule);
  const stage* s = r ? r->find_stage(a.stage) : nullptr;
  // A pack that lost a stage while asks were in it.
  if (!s) throw std::runtime_error("no stage " + a.rule + "/" + a.stage + " in the rules");
  return *s;
}

void write_leaf(store::write& tx, const leaf& l) {
  tx.run("insert into leaf (number, ask, said) "
         "select coalesce(max(number), 0) + 1, ?1, ?2 from leaf",
         l.ask, l.str());
}

// ---- asks ----
outcome book::judge(std::string_view of, const filing& f) const {
  const rule* r = find_rule(of);
  check(r != nullptr, "a rule that was read");
  return judge_text(*r, f);
}

result<ask> book::file(const audit::access& why, std::string_view of, filing f, instant at) {
  // A copy each time: a transaction that another got in the way of is begun again.
  return db_.writing([&](store::write& tx) -> result<ask> { return file(tx, why, of, f, at); });
}

result<ask> book::file(store::write& tx, const audit::access& why, std::string_view of, filing f,
                       instant at) {
  const rule* r = find_rule(of);
  check(r != nullptr, "a rule that was read");
  if (auto stated = why.stated(); !stated) return stated.why();
  if (auto good = judge_text(*r, f); !good) return good.why();
  const stage& first = r->stages.front();
  if (!f.source.empty()) {
    auto filed = tx.one<ask>(
        "select " + ask_columns() + " from ask where rule = ?1 and source = ?2", r->id, f.source);
    if (filed) return std::move(*filed);
  }
  const auto today = tx.one<std::int64_t>(
      "select count(*) from ask where author = ?1 and filed > ?2 and rule = ?3 and source = ''",
      why.who.person, at.plus(-one_day), of);
  if (f.source.empty() && today.value_or(0) >= r->most_a_day)
    return refuse(kind::too_many, "voices.too_many");
  ask a{new_id(),
        r->id,
        next_number(tx, *r, at),
        std::string(text::trim(f.title)),
        std::string(text::trim(f.body)),
        f.language,
        f.category,
        f.agency.empty() ? r->find_category(f.category)->agency : f.agency,
        why.who.person,
        first.id,
        at,
        at,
        end_of(first, at),
        first.duty.empty() ? instant{} : options_.deadline(at, first.duty_days),
        {},
        {},
        {},
        f.listed,
        f.source,
        r->find_category(f.category)->level};
  tx.insert("ask", a);
  write_leaf(tx, {a.key, {}, '+', {}, {}, first.id, at, {}});
  audit::append(tx, why, audit::action::changed, a.author, "ask", a.key.str(), "filed");
  return a;
}

std::optional<ask> book::find(std::string_view of, std::string_view number) const {
  return db_.reading([&](store::read& q) {
    return q.one<ask>("select " + ask_columns() + " from ask where rule = ?1 and number = ?2", of,
                      number);
  });
}

std::optional<ask> book::find(id key) const {
  return db_.reading([&](store::read& q) { return find_in(q, key); });
}

std::optional<ask> book::find_source(std::string_view of, std::string_view source) const {
  return db_.reading([&](store::read& q) {
    return q.one<ask>("select " + ask_columns() + " from ask where rule = ?1 and source = ?2", of,
                      source);
  });
}

std::vector<ask> book::list(const wanted& w) const {
  condition c(w);
  const std::string order =
      w.by == order::newest
          ? "filed desc, key desc"
          : "coalesce((select sum(t.counted) from tally t where t.ask = ask.key), 0) desc, "
            "key desc";
  const std::string sql = "select " + ask_columns() + " from ask where " + c.text + " order by " +
                          order + " limit " + c.next(std::int64_t{w.limit}) + " offset " +
                          c.next(std::int64_t{w.skip});
  return db_.reading([&](store::read& q) {
    std::vector<ask> out;
    q.each_row(sql, c.given,
               [&](const store::row& row) { out.push_back(store::take_row<ask>(row)); });
    return out;
  });
}

std::int64_t book::count(const wanted& w) const {
  const condition c(w);
  std::int64_t out = 0;
  db_.reading([&](store::read& q) {
    q.each_row("select count(*) from ask where " + c.text, c.given,
               [&](const store::row& row) { out = row.integer(0); });
  });
  return out;
}

std::vector<ask> book::of_author(id person) const {
  return db_.reading([&](store::read& q) {
    return q.all<ask>("select " + ask_columns() +
                          " from ask where author = ?1 order by filed desc limit 100",
                      person);
  });
}

std::vector<ask> book::owed(std::string_view agency) const {
  return db_.reading([&](store::read& q) {
    return q.all<ask>("select " + ask_columns() +
                          " from ask where due > 0 and (agency = ?1 or ?1 = '') and hidden = '' "
                          "order by due, key limit 500",
                      agency);
  });
}

void book::move_on(store::write& tx, const ask& a, const std::string& to, instant at) {
  const stage& next = *find_rule(a.rule)->find_stage(to);
  if (stage_of(a).takes_any(saying::choice) && !next.takes_any(saying::choice))
    open_choices(tx, a, at);
  const instant ends =
      next.window ? tx.one<instant>("select ends from stage_end where ask = ?1 and stage = ?2",
                                    a.key, next.id)
                        .value_or(forever)
                  : end_of(next, at);
  tx.run("update ask set stage = ?1, since = ?2, ends = ?3, due = ?4 where key = ?5", next.id, at,
         ends, next.duty.empty() ? instant{} : options_.deadline(at, next.duty_days), a.key);
  write_leaf(tx, {a.key, {}, '+', {}, {}, next.id, at, {}});
  audit::append(tx, said_, audit::action::changed, a.author, "ask", a.key.str(), "stage");
  tx.emit("voices.stage", a.key.str(),
          json::object{{"rule", a.rule},
                       {"number", a.number},
                       {"from", a.stage},
                       {"to", next.id},
                       {"duty", next.duty}});
}

// ---- by hand ----
outcome book::amend(store::write& tx, const audit::access& why, const ask& given, filing f) {
  if (auto stated = why.stated(); !stated) return stated;
  if (auto good = judge(given.rule, f); !good) return good;
  const auto a = find_in(tx, given.key);
  if (!a || stage_of(*a).by_hand.empty()) return refuse(kind::conflict, "voices.published");
  tx.run("update ask set title = ?1, body = ?2, language = ?3, category = ?4, listed = ?5, "
         "level = ?6 where key = ?7",
         text::trim(f.title), text::trim(f.body), f.language, f.category, f.listed,
         find_rule(a->rule)->find_category(f.category)->level, a->key);
  audit::append(tx, why, audit::action::changed, a->author, "ask", a->key.str(), "amended");
  return nothing{};
}

outcome book::publish(store::write& tx, const audit::access& why, const ask& given, instant at) {
  if (auto stated = why.stated(); !stated) return stated;
  auto a = find_in(tx, given.key);
  if (!a || stage_of(*a).by_hand.empty()) return refuse(kind::conflict, "voices.published");
  audit::append(tx, why, audit::action::decided, a->author, "ask", a->key.str(), "published");
  move_on(tx, *a, stage_of(*a).by_hand, at);
  for (a = find_in(tx, given.key); a->ends <= at && !stage_of(*a).ended.empty();
       a = find_in(tx, given.key))
    move_on(tx, *a, stage_of(*a).ended, at);
  return nothing{};
}

void book::set_end(store::write& tx, id key, std::string_view stage, instant ends) {
  tx.run("insert into stage_end (ask, stage, ends) values (?1, ?2, ?3) "
         "on conflict (ask, stage) do update set ends = ?3",
         key, stage, ends);
}

outcome book::end_now(store::write& tx, const audit::access& why, const ask& given, instant at) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto a = find_in(tx, given.key);
  if (!a || !stage_of(*a).window) return refuse(kind::conflict, "voices.closed");
  audit::append(tx, why, audit::action::decided, a->author, "ask", a->key.str(), "ended early");
  const std::string& to = stage_of(*a).ended;
  set_end(tx, a->key, stage_of(*a).id, at);
  move_on(tx, *a, to, at);
  return nothing{};
}

outcome book::discard(store::write& tx, const audit::access& why, const ask& given) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto a = find_in(tx, given.key);
  if (!a || stage_of(*a).by_hand.empty()) return refuse(kind::conflict, "voices.published");
  for (const char* table : {"paper", "stage_end"})
    tx.run("delete from " + std::string(table) + " where ask = ?1", a->key);
  tx.run("delete from ask where key = ?1", a->key);
  audit::append(tx, why, audit::action::changed, a->author, "ask", a->key.str(), "discarded");
  return nothing{};
}

// ---- officials ----
outcome book::change(id key, const std::function<outcome(store::write&, const ask&)>& how) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, key);
    if (!a) return refuse(kind::not_found, "voices.unknown");
    return how(tx, *a);
  });
}

outcome book::answer(const audit::access& why, id key, std::string_view body, instant at,
                     std::string_view verdict,
                     const std::function<void(store::write&, id reply)>& beside) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto said = text::trim(body);
  if (said.empty() || text::length(said) > longest_reply)
    return refuse(kind::invalid, "voices.reply", "body", {{"most", std::to_string(longest_reply)}});
  return change(key, [&](store::write& tx, const ask& a) -> outcome {
    const stage& s = stage_of(a);
    if (s.duty.empty() || !a.hidden.empty()) return refuse(kind::conflict, "voices.not_owed");
    if (s.verdicts.empty() ? !verdict.empty() : !s.find_verdict(verdict))
      return refuse(kind::invalid, "voices.verdict", "verdict");
    const id reply_key = new_id();
    tx.insert("reply",
              reply{reply_key, a.key, a.agency, std::string(said), at, std::string(verdict)});
    if (beside) beside(tx, reply_key);
    audit::append(tx, why, audit::action::decided, a.author, "ask", a.key.str(), "answer");
    move_on(tx, a, s.done, at);
    return nothing{};
  });
}

std::vector<reply> book::replies(id ask) const {
  return db_.reading([&](store::read& q) {
    return q.all<reply>(
        "select " + store::columns<reply>() + " from reply where ask = ?1 order by at, key", ask);
  });
}

std::vector<book::reviewed> book::reviews(std::string_view of) const {
  return db_.reading([&](store::read& q) {
    std::vector<reviewed> out;
    q.each<ask>(
        "select " + ask_columns() +
            " from ask where rule = ?1 and hidden = '' and (due > 0 or exists (select 1 from reply "
            "where reply.ask = ask.key)) order by since desc, key desc limit 5000",
        [&](ask&& a) { out.push_back({std::move(a), {}}); }, of);
    for (auto& one : out)
      one.said = q.one<reply>("select " + store::columns<reply>() +
                                  " from reply where ask = ?1 order by at desc, key desc limit 1",
                              one.what.key);
    return out;
  });
}

outcome book::hide_remark(const audit::access& why, id key, std::string_view reason) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto said = text::trim(reason);
  if (auto good = judge_reason(said); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    const auto kept = tx.one<std::string>("select hidden from remark where key = ?1", key);
    if (!kept) return refuse(kind::not_found, "voices.unknown");
    if (!kept->empty()) return refuse(kind::conflict, "voices.hidden");
    tx.run("update remark set hidden = ?1 where key = ?2", said, key);
    audit::append(tx, why, audit::action::decided, {}, "remark", key.str(), "hidden");
    return nothing{};
  });
}

outcome book::hide(const audit::access& why, id key, std::string_view reason) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto said = text::trim(reason);
  if (auto good = judge_reason(said); !good) return good;
  return change(key, [&](store::write& tx, const ask& a) -> outcome {
    if (!a.hidden.empty()) return refuse(kind::conflict, "voices.hidden");
    tx.run("update ask set hidden = ?1, hidden_by = ?2, appeal = '' where key = ?3", said,
           why.who.person, key);
    audit::append(tx, why, audit::action::decided, a.author, "ask", key.str(), "hidden");
    tx.emit("voices.hidden", key.str(), json::object{{"rule", a.rule}, {"number", a.number}});
    return nothing{};
  });
}

outcome book::appeal(const audit::access& why, id key, std::string_view body) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto said = text::trim(body);
  if (said.empty() || text::length(said) > longest_reason)
    return refuse(kind::invalid, "voices.appeal", "body",
                  {{"most", std::to_string(longest_reason)}});
  return change(key, [&](store::write& tx, const ask& a) -> outcome {
    if (a.author != why.who.person) return refuse(kind::not_found, "voices.unknown");
    if (a.hidden.empty() || !a.appeal.empty()) return refuse(kind::conflict, "voices.not_hidden");
    tx.run("update ask set appeal = ?1 where key = ?2", said, key);
    audit::append(tx, why, audit::action::changed, a.author, "ask", key.str(), "appeal");
    return nothing{};
  });
}

outcome book::decide_appeal(const audit::access& why, id key, bool show) {
  if (auto stated = why.stated(); !stated) return stated;
  return change(key, [&](store::write& tx, const ask& a) -> outcome {
    if (a.hidden.empty() || a.appeal.empty()) return refuse(kind::conflict, "voices.not_hidden");
    if (a.hidden_by == why.who.person) return refuse(kind::forbidden, "voices.same_official");
    if (show)
      tx.run("update ask set hidden = '', hidden_by = 0, appeal = '' where key = ?1", key);
    else                           // heard once
      tx.run("update ask set hidden_by = 0 where key = ?1", key);
    audit::append(tx, why, audit::action::decided, a.author, "ask", key.str(),
                  show ? "shown" : "stays hidden");
    tx.emit(show ? "voices.shown" : "voices.stays_hidden", key.str(),
            json::object{{"rule", a.rule}, {"number", a.number}});
    return nothing{};
  });
}

std::vector<ask> book::appeals() const {
  return db_.reading([&](store::read& q) {
    return q.all<ask>("select " + ask_columns() +
                      " from ask where hidden <> '' and appeal <> '' and hidden_by <> 0 "
                      "order by key limit 500");
  });
}

}  // namespace madang::voices
