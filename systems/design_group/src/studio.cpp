#include "studio.hpp"

#include <algorithm>

#include "madang/assembly/assembly.hpp"
#include "madang/pictures/picture.hpp"

namespace madang::design_group {

std::span<const store::migration> migrations();

namespace {

constexpr const char* file_name = "participation/design.yaml";
constexpr std::string_view kinds[] = {"note", "photo", "interview", "journey_map"};

template <class T>
std::string select(std::string_view table) {
  return "select " + store::columns<T>() + " from " + std::string(table) + " ";
}

bool fits(std::string_view s, std::size_t most) {
  return !text::trim(s).empty() && text::length(s) <= most;
}

json::value json_of(const std::vector<journey_step>& steps) {
  json::array out;
  for (const auto& s : steps)
    out.push_back(json::object{{"what", s.what}, {"thought", s.thought}, {"feeling", s.feeling}});
  return out;
}

}  // namespace

std::vector<journey_step> steps_of(const item& i) {
  std::vector<journey_step> out;
  if (!i.steps.is_array()) return out;
  for (const auto& s : i.steps.get_array())
    out.push_back({std::string(json::str(s, "what")), std::string(json::str(s, "thought")),
                   static_cast<int>(json::num(s, "feeling"))});
  return out;
}

studio::studio(house& h, store::database& db)
    : house_(h),
      db_(db),
      circles_(db),
      rule_(assembly::rule_of(h.pack(), "voices/handed-over.yaml")) {
  db_.migrate("design_group", migrations());
  const auto fail = [&](const std::string& why) { throw packs::broken_pack({file_name, 0, why}); };
  const json::value said = h.pack().yaml(file_name);
  const auto& all = json::at(said, "stages");
  if (!all.is_array() || all.get_array().empty()) fail("has stages");
  for (const auto& v : all.get_array()) {
    stage s{std::string(json::str(v, "id")),
            json::words_of(json::at(v, "name")),
            json::words_of(json::at(v, "says")),
            {}};
    if (s.id.empty() || s.name.empty() || s.says.empty()) fail("a stage has id, name and says");
    if (const auto& needs = json::at(v, "needs"); needs.is_array())
      for (const auto& n : needs.get_array()) {
        const std::string of(json::str(n, "of"));
        const auto& members = assembly::circles::kinds();
        if (std::ranges::find(kinds, of) == std::end(kinds) && of != "decision" && of != "result" &&
            std::ranges::find(members, of) == members.end())
          fail("stage " + s.id + " needs " + of + ", which is nothing");
        s.needs.emplace_back(of, std::max<std::int64_t>(json::num(n, "count", 1), 1));
      }
    stages_.push_back(std::move(s));
  }
}

const stage* studio::find_stage(std::string_view wanted) const {
  const auto found = std::ranges::find(stages_, wanted, &stage::id);
  return found == stages_.end() ? nullptr : &*found;
}

const stage* studio::after(std::string_view wanted) const {
  const auto found = std::ranges::find(stages_, wanted, &stage::id);
  return found == stages_.end() || found + 1 == stages_.end() ? nullptr : &*(found + 1);
}

const stage* studio::before(std::string_view wanted) const {
  const auto found = std::ranges::find(stages_, wanted, &stage::id);
  return found == stages_.end() || found == stages_.begin() ? nullptr : &*(found - 1);
}

audit::access studio::why(const context& c, const std::string& reference) const {
  return c.access(house_.said("purpose.design"), house_.said(rule_.law), reference);
}

bool studio::is_member(const context& c, const project& p) const {
  return c.actor.signed_in() && circles_.find(p.key, c.actor.person).has_value();
}

// ---- projects ----
std::vector<project> studio::list(const wanted& w, std::int64_t* total) const {
  std::vector<store::parameter> given;
  std::vector<std::string> kept;  // the parameters look into these
  kept.reserve(20);
  std::string where = "where 1 = 1";
  const auto mark = [&](auto&& v) {
    given.emplace_back(v);
    return "?" + std::to_string(given.size());
  };
  if (!w.stage.empty()) where += " and stage = " + mark(w.stage);
  if (!w.agency.empty()) where += " and agency = " + mark(w.agency);
  if (w.year) where += " and year = " + mark(w.year);
  for (const auto& word : text::split(text::fold(w.words), ' ')) {
    if (word.empty() || kept.size() >= 8) continue;
    // "%" and "_" of a reader are those signs.
    kept.push_back(
        "%" +
        text::replace_all(text::replace_all(text::replace_all(word, "\\", "\\\\"), "%", "\\%"), "_",
                          "\\_") +
        "%");
    where += " and folded like " + mark(kept.back()) + " escape '\\'";
  }
  std::vector<project> out;
  db_.reading([&](store::read& q) {
    if (total)
      q.each_row("select count(*) from project " + where, given,
                 [&](const store::row& r) { *total = r.integer(0); });
    const std::string limit = mark(std::int64_t{w.limit}), skip = mark(std::int64_t{w.skip});
    q.each_row(select<project>("project") + where + " order by year desc, number desc limit " +
                   limit + " offset " + skip,
               given, [&](const store::row& r) { out.push_back(store::take_row<project>(r)); });
  });
  return out;
}

std::vector<std::int64_t> studio::years() const {
  return db_.reading([&](store::read& q) {
    return q.all<std::int64_t>("select distinct year from project order by year desc");
  });
}

std::optional<project> studio::find(std::string_view number) const {
  return db_.reading([&](store::read& q) {
    return q.one<project>(select<project>("project") + "where number = ?1", number);
  });
}

std::vector<project> studio::of_person(id person) const {
  std::vector<project> out;
  for (const id key : circles_.of_person(person))
    if (auto p = db_.reading([&](store::read& q) {
          return q.one<project>(select<project>("project") + "where key = ?1", key);
        }))
      out.push_back(std::move(*p));
  return out;
}

result<project> studio::open(const audit::access& why, std::string title, std::string problem,
                             std::string category) {
  if (auto stated = why.stated(); !stated) return stated.why();
  if (!fits(title, 80)) return refuse(kind::invalid, "design.title", "title");
  if (!fits(problem, 2'000)) return refuse(kind::invalid, "design.problem", "problem");
  const auto* k = rule_.find_category(category);
  if (!k) return refuse(kind::invalid, "design.category", "category");
  const instant at = now();
  const int year = in_zone(at, house_.pack().zone()).date.year();
  return db_.writing([&](store::write& tx) {
    const auto n = tx.one<std::int64_t>("select count(*) from project where year = ?1", year);
    project p{new_id(),
              fmt::format("{}-{:06}", year, n.value_or(0) + 1),
              std::string(text::trim(title)),
              std::string(text::trim(problem)),
              k->id,
              k->agency,
              year,
              stages_.front().id,
              why.who.person,
              at,
              {},
              {},
              {}};
    p.folded = text::fold(p.title + " " + p.problem);
    tx.insert("project", p);
    tx.insert("movement", movement{new_id(), p.key, p.stage, {}, why.who.person, at});
    circles_.found(tx, {p.key, why.who.person, "official", why.who.name, true, at});
    audit::append(tx, why, audit::action::changed, {}, "project", p.key.str(), "opened");
    return result<project>(std::move(p));
  });
}

template <class F>
outcome studio::change(const audit::access& why, id project, std::string_view said, F how) {
  if (auto stated = why.stated(); !stated) return stated;
  return db_.writing([&](store::write& tx) -> outcome {
    if (outcome done = how(tx); !done) return done;
    audit::append(tx, why, audit::action::changed, {}, "project", project.str(), said);
    return nothing{};
  });
}

// ---- the board ----
std::vector<item> studio::items(id project) const {
  return db_.reading([&](store::read& q) {
    return q.all<item>(select<item>("item") + "where project = ?1 order by made desc, key desc",
                       project);
  });
}

std::optional<item> studio::find_item(id project, id key) const {
  return db_.reading([&](store::read& q) {
    return q.one<item>(select<item>("item") + "where project = ?1 and key = ?2", project, key);
  });
}

std::optional<std::string> studio::photo_of(id item) const {
  const auto bytes = db_.reading([&](store::read& q) {
    return q.one<store::bytes>("select octets from photo where item = ?1", item);
  });
  if (!bytes) return {};
  return std::string(bytes->begin(), bytes->end());
}

outcome studio::put_item(const audit::access& why, item i, std::string_view photo) {
  if (std::ranges::find(kinds, i.kind) == std::end(kinds))
    return refuse(kind::invalid, "design.kind", "kind");
  if (!fits(i.title, 120)) return refuse(kind::invalid, "design.item_title", "title");
  if (text::length(i.body) > 5'000 ||
      (i.kind != "photo" && i.kind != "journey_map" && text::trim(i.body).empty()))
    return refuse(kind::invalid, "design.body", "body");
  // An interview is of somebody, always.
  if (i.kind == "interview") i.people = true;
  if (i.people && !fits(i.consent, 300)) return refuse(kind::invalid, "design.consent", "consent");
  if (!i.people) i.consent.clear(), i.consent_public = false;
  store::bytes octets;
  if (i.kind == "photo") {
    if (!fits(i.alt, 300)) return refuse(kind::invalid, "design.alt", "alt");
    auto clean = pictures::cleaned(photo);
    if (!clean) return clean.why();
    i.type = clean->type;
    octets.assign(clean->octets.begin(), clean->octets.end());
  }
  i.steps = json::array{};
  return change(why, i.project, "item", [&](store::write& tx) -> outcome {
    const auto there =
        tx.one<std::int64_t>("select count(*) from item where project = ?1", i.project);
    if (there.value_or(0) >= most_items) return refuse(kind::too_many, "design.too_many");
    tx.insert("item", i);
    if (!octets.empty()) tx.run("insert into photo (item, octets) values (?1, ?2)", i.key, octets);
    return nothing{};
  });
}

outcome studio::publish_item(const audit::access& why, const item& i, bool on) {
  if (on && i.people && !i.consent_public) return refuse(kind::conflict, "design.consent_public");
  return change(why, i.project, on ? "item published" : "item private",
                [&](store::write& tx) -> outcome {
                  tx.run("update item set published = ?1 where key = ?2", on, i.key);
                  return nothing{};
                });
}

void studio::remove_item(const audit::access& why, const item& i, bool on) {
  (void)change(
      why, i.project, on ? "item removed" : "item restored", [&](store::write& tx) -> outcome {
        tx.run("update item set removed = ?1 where key = ?2", on ? now() : instant{}, i.key);
        return nothing{};
      });
}

void studio::forget_item(const audit::access& why, const item& i) {
  (void)change(why, i.project, "consent withdrawn", [&](store::write& tx) -> outcome {
    tx.run("delete from photo where item = ?1", i.key);
    tx.run("delete from item where key = ?1", i.key);
    return nothing{};
  });
}

outcome studio::add_step(const audit::access& why, const item& i, journey_step s) {
  if (i.kind != "journey_map" || !fits(s.what, 200) || text::length(s.thought) > 300 ||
      s.feeling < -2 || s.feeling > 2)
    return refuse(kind::invalid, "design.step", "what");
  auto steps = steps_of(i);
  if (steps.size() >= most_steps) return refuse(kind::too_many, "design.too_many");
  steps.push_back(std::move(s));
  return change(why, i.project, "step", [&](store::write& tx) -> outcome {
    tx.run("update item set steps = ?1 where key = ?2", json_of(steps), i.key);
    return nothing{};
  });
}

outcome studio::drop_step(const audit::access& why, const item& i, std::size_t at) {
  auto steps = steps_of(i);
  if (at >= steps.size()) return refuse(kind::not_found, "design.unknown");
  steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(at));
  return change(why, i.project, "step dropped", [&](store::write& tx) -> outcome {
    tx.run("update item set steps = ?1 where key = ?2", json_of(steps), i.key);
    return nothing{};
  });
}

// ---- decisions ----
std::vector<decision> studio::decisions(id project) const {
  return db_.reading([&](store::read& q) {
    return q.all<decision>(select<decision>("decision") + "where project = ?1 order by made, key",
                           project);
  });
}

outcome studio::decide(const audit::access& why, decision d) {
  if (!fits(d.what, 200)) return refuse(kind::invalid, "design.what", "what");
  if (!fits(d.because, 2'000)) return refuse(kind::invalid, "design.because", "because");
  for (const auto& one : text::split(d.evidence, ',')) {
    const auto key = id::parse(one);
    if (!one.empty() && (!key || !find_item(d.project, *key)))
      return refuse(kind::invalid, "design.evidence", "evidence[]");
  }
  return change(why, d.project, "decision", [&](store::write& tx) -> outcome {
    tx.insert("decision", d);
    return nothing{};
  });
}

outcome studio::publish_decision(const audit::access& why, id project, id key, bool on) {
  return change(why, project, on ? "decision published" : "decision private",
                [&](store::write& tx) -> outcome {
                  if (!tx.run("update decision set published = ?1 where key = ?2 and project = ?3",
                              on, key, project))
                    return refuse(kind::not_found, "design.unknown");
                  return nothing{};
                });
}

// ---- stages ----
std::vector<studio::need> studio::needs_of(const project& p) const {
  std::map<std::string, std::int64_t> there;
  for (const auto& i : items(p.key))
    if (i.stage == p.stage && i.removed.micros == 0) ++there[i.kind];
  for (const auto& d : decisions(p.key))
    if (d.stage == p.stage) ++there["decision"];
  for (const auto& m : circles_.members(p.key)) ++there[m.kind];
  there["result"] = text::trim(p.result).empty() ? 0 : 1;
  std::vector<need> out;
  if (const auto* s = find_stage(p.stage))
    for (const auto& [of, wanted] : s->needs) out.push_back({of, wanted, there[of]});
  return out;
}

outcome studio::move_on(const audit::access& why, const project& p) {
  const auto* next = after(p.stage);
  if (!next) return refuse(kind::conflict, "design.last");
  for (const auto& n : needs_of(p))
    if (n.there < n.wanted) return refuse(kind::conflict, "design.needs");
  return change(why, p.key, "stage " + next->id, [&](store::write& tx) -> outcome {
    // Pressed twice is once.
    if (!tx.run("update project set stage = ?1 where key = ?2 and stage = ?3", next->id, p.key,
                p.stage))
      return refuse(kind::conflict, "design.needs");
    tx.insert("movement", movement{new_id(), p.key, next->id, {}, why.who.person, now()});
    return nothing{};
  });
}

outcome studio::move_back(const audit::access& why, const project& p, std::string_view because) {
  const auto* to = before(p.stage);
  if (!to) return refuse(kind::conflict, "design.first");
  if (!p.handed.empty()) return refuse(kind::conflict, "design.handed");
  if (!fits(because, 500)) return refuse(kind::invalid, "design.because", "because");
  return change(why, p.key, "back to " + to->id, [&](store::write& tx) -> outcome {
    tx.run("update project set stage = ?1 where key = ?2", to->id, p.key);
    tx.insert("movement", movement{new_id(), p.key, to->id, std::string(text::trim(because)),
                                   why.who.person, now()});
    return nothing{};
  });
}

std::vector<movement> studio::movements(id project) const {
  return db_.reading([&](store::read& q) {
    return q.all<movement>(select<movement>("movement") + "where project = ?1 order by at, key",
                           project);
  });
}

// ---- the result ----
outcome studio::put_result(const audit::access& why, const project& p, std::string_view result) {
  if (!p.handed.empty()) return refuse(kind::conflict, "design.handed");
  if (text::length(result) > static_cast<std::size_t>(rule_.longest_body))
    return refuse(kind::invalid, "design.result", "result");
  return change(why, p.key, "result", [&](store::write& tx) -> outcome {
    tx.run("update project set result = ?1 where key = ?2", text::trim(result), p.key);
    return nothing{};
  });
}

outcome studio::hand_over(const audit::access& why, const project& p) {
  if (after(p.stage)) return refuse(kind::conflict, "design.last_stage");
  if (text::trim(p.result).empty()) return refuse(kind::invalid, "design.result", "result");
  const std::string source = "/design/" + p.number;
  auto filed = house_.hub().tell("handed.file", why,
                                 json::object{{"title", p.title},
                                              {"body", p.result},
                                              {"language", house_.pack().language()},
                                              {"category", p.category},
                                              {"source", source}},
                                 source);
  if (!filed) return filed.why();
  return change(why, p.key, "handed over", [&](store::write& tx) -> outcome {
    tx.run("update project set handed = ?1 where key = ?2", json::str(*filed, "number"), p.key);
    return nothing{};
  });
}

json::value studio::came_of(const project& p) const {
  if (p.handed.empty()) return {};
  auto said = house_.hub().ask("handed.ask",
                               {audit::system_actor("design_group"), house_.said("purpose.design"),
                                house_.said(rule_.law), ""},
                               json::object{{"number", p.handed}});
  return said ? std::move(*said) : json::value();
}

}  // namespace madang::design_group
