#include "street.hpp"

#include <algorithm>

#include "madang/assembly/assembly.hpp"
#include "madang/pictures/picture.hpp"
#include "madang/platform/guarding.hpp"

namespace madang::first_street {

std::span<const store::migration> migrations();

namespace {

template <class T>
std::string select(std::string_view table) {
  return "select " + store::columns<T>() + " from " + std::string(table) + " ";
}

bool fits(std::string_view s, std::size_t most) {
  return !text::trim(s).empty() && text::length(s) <= most;
}

}  // namespace

std::string origin_of(std::string_view address) {
  const auto begins = address.find("://");
  if (begins == address.npos) return {};
  return std::string(address.substr(0, address.find_first_of("/?#", begins + 3)));
}

street::street(house& h, store::database& db)
    : house_(h),
      db_(db),
      circles_(db),
      recordings_(db),
      rule_(assembly::rule_of(h.pack(), "voices/open-forum.yaml")),
      frames_(platform::guarding_of(h.chosen()).frames) {
  db_.migrate("first_street", migrations());
}

audit::access street::why(const context& c, const std::string& reference) const {
  return c.access(house_.said("purpose.first_street"), house_.said(rule_.law), reference);
}

const std::string& street::agency_of(std::string_view category) const {
  static const std::string none;
  const auto* k = rule_.find_category(category);
  return k ? k->agency : none;
}

bool street::plans(const context& c) const {
  return c.actor.has_role(planner_role) ||
         (c.actor.signed_in() && circles_.find(planning_group, c.actor.person));
}

bool street::may_embed(std::string_view address) const {
  return std::ranges::find(frames_, origin_of(address)) != frames_.end() &&
         html::is_safe_address(address);
}

// ---- forums ----
outcome street::judge(const plan& p) const {
  if (!fits(p.title, static_cast<std::size_t>(rule_.longest_title)))
    return refuse(kind::invalid, "forum.title", "title",
                  {{"most", std::to_string(rule_.longest_title)}});
  if (!fits(p.body, static_cast<std::size_t>(rule_.longest_body)))
    return refuse(kind::invalid, "forum.body", "body",
                  {{"most", std::to_string(rule_.longest_body)}});
  if (!rule_.find_category(p.category)) return refuse(kind::invalid, "forum.category", "category");
  if (p.begins.micros <= 0) return refuse(kind::invalid, "forum.begins", "begins");
  if (!fits(p.place, 200)) return refuse(kind::invalid, "forum.place", "place");
  if (!p.stream.empty() && (p.stream.size() > 1000 || !may_embed(p.stream)))
    return refuse(kind::invalid, "forum.stream", "stream");
  return nothing{};
}

outcome street::put_plan(const audit::access& why, plan p, const std::vector<topic>& topics) {
  if (auto good = judge(p); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    const auto there = tx.one<plan>(select<plan>("plan") + "where key = ?1", p.key);
    if (!there) {
      tx.insert("plan", p);
    } else if (there->number.empty()) {
      tx.run(
          "update plan set title = ?1, body = ?2, category = ?3, begins = ?4, place = ?5, "
          "stream = ?6 where key = ?7",
          p.title, p.body, p.category, p.begins, p.place, p.stream, p.key);
    } else {
      tx.run("update plan set begins = ?1, place = ?2, stream = ?3 where key = ?4", p.begins,
             p.place, p.stream, p.key);
    }
    if (!there || there->number.empty()) {
      tx.run("delete from topic where plan = ?1", p.key);
      for (const auto& t : topics) tx.insert("topic", topic{p.key, t.href, t.title});
    }
    audit::append(tx, why, audit::action::changed, {}, "forum", p.key.str(), "planned");
    return nothing{};
  });
}

std::optional<plan> street::find_plan(id key) const {
  return db_.reading(
      [&](store::read& q) { return q.one<plan>(select<plan>("plan") + "where key = ?1", key); });
}

std::vector<plan> street::plans_between(instant from, instant until) const {
  return db_.reading([&](store::read& q) {
    return q.all<plan>(select<plan>("plan") +
                           "where number <> '' and begins >= ?1 and begins < ?2 "
                           "order by begins limit 1000",
                       from, until);
  });
}

std::vector<plan> street::all_plans() const {
  return db_.reading([&](store::read& q) {
    return q.all<plan>(select<plan>("plan") + "order by begins desc limit 200");
  });
}

std::vector<topic> street::topics_of(id key) const {
  return db_.reading([&](store::read& q) {
    return q.all<topic>(select<topic>("topic") + "where plan = ?1 order by title", key);
  });
}

result<std::string> street::file(const audit::access& why, const std::string& place,
                                 const std::string& title, const std::string& body,
                                 const std::string& category, const std::string& source) {
  auto filed = house_.hub().tell(place + ".file", why,
                                 json::object{{"title", title},
                                              {"body", body},
                                              {"language", house_.pack().language()},
                                              {"category", category},
                                              {"source", source}},
                                 source);
  if (!filed) return filed.why();
  return std::string(json::str(*filed, "number"));
}

// The ask is filed before its number is kept: what is broken off in between is made up for when it
// is pressed again, as the same source is the same ask.
result<plan> street::announce(const audit::access& why, id key) {
  auto p = find_plan(key);
  if (!p) return refuse(kind::not_found, "forum.unknown");
  if (!p->number.empty()) return std::move(*p);
  auto number = file(why, "forums", p->title, p->body, p->category, "forum:" + key.str());
  if (!number) return number.why();
  p->number = *number;
  db_.writing([&](store::write& tx) {
    tx.run("update plan set number = ?1 where key = ?2", p->number, key);
    audit::append(tx, why, audit::action::decided, {}, "forum", key.str(), "announced");
  });
  return std::move(*p);
}

std::vector<promise> street::promises_of(id key) const {
  return db_.reading([&](store::read& q) {
    return q.all<promise>(select<promise>("promise") + "where plan = ?1 order by made, key", key);
  });
}

std::optional<promise> street::find_promise(id key) const {
  return db_.reading([&](store::read& q) {
    return q.one<promise>(select<promise>("promise") + "where key = ?1", key);
  });
}

outcome street::put_promise(const audit::access& why, promise p) {
  if (!fits(p.what, 100)) return refuse(kind::invalid, "promise.what", "what");
  if (!rule_.find_category(p.category))
    return refuse(kind::invalid, "promise.category", "category");
  if (p.until.days <= 0) return refuse(kind::invalid, "promise.until", "until");
  return db_.writing([&](store::write& tx) -> outcome {
    tx.insert("promise", p);
    audit::append(tx, why, audit::action::changed, {}, "forum", p.plan.str(), "promised");
    return nothing{};
  });
}

outcome street::settle(const audit::access& why, id key, std::string_view state,
                       std::string_view note) {
  if (state != "open" && state != "done" && state != "dropped")
    return refuse(kind::invalid, "promise.state", "state");
  if (state != "open" && !fits(note, 500)) return refuse(kind::invalid, "promise.note", "note");
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update promise set state = ?1, note = ?2 where key = ?3", state, text::trim(note),
                key))
      return refuse(kind::not_found, "forum.unknown");
    audit::append(tx, why, audit::action::decided, {}, "promise", key.str(), state);
    return nothing{};
  });
}

outcome street::hand_over(const audit::access& why, id key) {
  const auto p = find_promise(key);
  const auto of = p ? find_plan(p->plan) : std::optional<plan>();
  if (!of || of->number.empty()) return refuse(kind::not_found, "forum.unknown");
  auto number = file(why, "handed", p->what, of->title + "\n\n" + of->body, p->category,
                     "/forums/" + of->number + "#p" + p->key.str());
  if (!number) return number.why();
  return db_.writing([&](store::write& tx) -> outcome {
    tx.run("update promise set handed = ?1 where key = ?2", *number, key);
    audit::append(tx, why, audit::action::decided, {}, "promise", key.str(), "handed over");
    return nothing{};
  });
}

json::value street::came_of(const promise& p) const {
  if (p.handed.empty()) return {};
  auto said = house_.hub().ask("handed.ask",
                               {audit::system_actor("first_street"),
                                house_.said("purpose.first_street"), house_.said(rule_.law), ""},
                               json::object{{"number", p.handed}});
  return said ? std::move(*said) : json::value();
}

// ---- wishes ----
void street::wish(const audit::access& why, std::string_view href, bool on) {
  db_.writing([&](store::write& tx) {
    if (on)
      tx.run("insert into wish (href, person) values (?1, ?2) on conflict do nothing", href,
             why.who.person);
    else tx.run("delete from wish where href = ?1 and person = ?2", href, why.who.person);
    audit::append(tx, why, audit::action::changed, why.who.person, "wish", href, on ? "on" : "off");
  });
}

std::int64_t street::wishes(std::string_view href) const {
  return db_.reading([&](store::read& q) {
    return q.one<std::int64_t>("select count(*) from wish where href = ?1", href).value_or(0);
  });
}

bool street::wished(std::string_view href, id person) const {
  return db_.reading([&](store::read& q) {
    return q.one<std::int64_t>("select 1 from wish where href = ?1 and person = ?2", href, person)
        .has_value();
  });
}

// ---- activities ----
outcome street::judge(const activity& a) const {
  if (!fits(a.title, 80)) return refuse(kind::invalid, "activity.title", "title");
  if (!fits(a.body, 4'000)) return refuse(kind::invalid, "activity.body", "body");
  if (!rule_.find_category(a.category)) return refuse(kind::invalid, "forum.category", "category");
  if (!fits(a.team, 80)) return refuse(kind::invalid, "activity.team", "team");
  if (!fits(a.place, 200)) return refuse(kind::invalid, "forum.place", "place");
  if (a.held.days <= 0) return refuse(kind::invalid, "activity.held", "held");
  return nothing{};
}

outcome street::put_activity(const audit::access& why, activity a) {
  if (auto good = judge(a); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    const auto there = tx.one<activity>(select<activity>("activity") + "where key = ?1", a.key);
    if (there && !there->number.empty()) return refuse(kind::conflict, "activity.public");
    if (!there) {
      const auto n = tx.one<std::int64_t>(
          "select count(*) from activity where author = ?1 and number = ''", a.author);
      if (n.value_or(0) >= most_drafts) return refuse(kind::too_many, "voices.too_many");
      tx.insert("activity", a);
    } else {
      tx.run(
          "update activity set title = ?1, body = ?2, category = ?3, team = ?4, place = ?5, "
          "held = ?6 where key = ?7",
          a.title, a.body, a.category, a.team, a.place, a.held, a.key);
    }
    audit::append(tx, why, audit::action::changed, a.author, "activity", a.key.str(), "draft");
    return nothing{};
  });
}

std::optional<activity> street::find_activity(id key) const {
  return db_.reading([&](store::read& q) {
    return q.one<activity>(select<activity>("activity") + "where key = ?1", key);
  });
}

std::vector<activity> street::drafts_of(id author) const {
  return db_.reading([&](store::read& q) {
    return q.all<activity>(
        select<activity>("activity") + "where author = ?1 and number = '' order by made desc",
        author);
  });
}

std::vector<activity> street::activities_between(date from, date until) const {
  return db_.reading([&](store::read& q) {
    return q.all<activity>(select<activity>("activity") +
                               "where number <> '' and held >= ?1 and held < ?2 order by held "
                               "limit 1000",
                           from, until);
  });
}

result<activity> street::publish(const audit::access& why, id key) {
  auto a = find_activity(key);
  if (!a) return refuse(kind::not_found, "activity.unknown");
  if (!a->number.empty()) return std::move(*a);
  auto number = file(why, "activities", a->title, a->body, a->category, "activity:" + key.str());
  if (!number) return number.why();
  a->number = *number;
  db_.writing([&](store::write& tx) {
    tx.run("update activity set number = ?1 where key = ?2", a->number, key);
    audit::append(tx, why, audit::action::changed, a->author, "activity", key.str(), "public");
  });
  return std::move(*a);
}

void street::drop(const audit::access& why, id key) {
  db_.writing([&](store::write& tx) {
    if (!tx.run("delete from activity where key = ?1 and number = ''", key)) return;
    tx.run("delete from upload where owner = ?1", key);
    audit::append(tx, why, audit::action::changed, why.who.person, "activity", key.str(),
                  "dropped");
  });
}

// ---- uploads ----
outcome street::put_recording(const audit::access& why, id plan, const assembly::uploaded& u) {
  if (u.recording.empty() && u.captions.empty())
    return refuse(kind::invalid, "shared_file.recording", "recording");
  if (auto good = assembly::recordings::judge(u); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    assembly::recordings::put(tx, plan, u);
    audit::append(tx, why, audit::action::changed, {}, "forum", plan.str(), "recording");
    return nothing{};
  });
}

outcome street::put_upload(const audit::access& why, id owner, std::string_view part,
                           std::string_view octets, std::string_view alt) {
  upload u{new_id(), owner, std::string(part), {}, std::string(text::trim(alt)), 0, 0};
  std::string kept(octets);
  if (!fits(alt, 300)) return refuse(kind::invalid, "shared_file.alt", "alt");
  auto clean = pictures::cleaned(octets);
  if (!clean) return clean.why();
  u.type = clean->type, u.width = clean->width, u.height = clean->height;
  kept = std::move(clean->octets);
  const store::bytes bytes(kept.begin(), kept.end());
  return db_.writing([&](store::write& tx) -> outcome {
    const auto there = tx.one<std::int64_t>(
        "select count(*) from upload where owner = ?1 and part = ?2", owner, part);
    if (there.value_or(0) >= most_pictures)
      return refuse(kind::too_many, "shared_file.too_many", "photo",
                    {{"most", std::to_string(most_pictures)}});
    tx.run(
        "insert into upload (key, owner, part, type, alt, width, height, octets) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        u.key, u.owner, u.part, u.type, u.alt, u.width, u.height, bytes);
    audit::append(tx, why, audit::action::changed, {}, "upload", u.key.str(), part);
    return nothing{};
  });
}

std::vector<upload> street::uploads_of(id owner, std::string_view part) const {
  return db_.reading([&](store::read& q) {
    return q.all<upload>(select<upload>("upload") + "where owner = ?1 and part = ?2 order by key",
                         owner, part);
  });
}

std::optional<std::pair<upload, std::string>> street::octets_of(id key) const {
  using found = std::optional<std::pair<upload, std::string>>;
  return db_.reading([&](store::read& q) -> found {
    auto u = q.one<upload>(select<upload>("upload") + "where key = ?1", key);
    auto b = u ? q.one<store::bytes>("select octets from upload where key = ?1", key)
               : std::optional<store::bytes>();
    if (!b) return {};
    return std::pair(std::move(*u), std::string(b->begin(), b->end()));
  });
}

void street::drop_upload(const audit::access& why, id owner, id key) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from upload where key = ?1 and owner = ?2", key, owner);
    audit::append(tx, why, audit::action::changed, {}, "upload", key.str(), "dropped");
  });
}

}  // namespace madang::first_street
