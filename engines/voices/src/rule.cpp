#include "madang/voices/rule.hpp"

#include <algorithm>
#include <set>

namespace madang::voices {
namespace {

constexpr std::pair<saying, std::string_view> names[] = {
    {saying::back, "back"}, {saying::like, "like"}, {saying::comment, "comment"},
    {saying::choice, "choice"}};

refusal wrong(const std::string& place) { return refuse(kind::invalid, "voices.rule", place); }

std::string numbered(std::string_view list, std::size_t i) {
  return std::string(list) + "[" + std::to_string(i) + "]";
}

// ---- one stage ----
outcome read_goals(const json::value& v, stage& s, const std::string& place) {
  if (v.is_null()) return nothing{};
  if (!v.is_array()) return wrong(place + ".goals");
  for (std::size_t i = 0; i < v.get_array().size(); ++i) {
    const auto& one = v.get_array()[i];
    const auto of = saying_named(json::str(one, "of"));
    const goal g{of.value_or(saying::back), json::num(one, "count")};
    if (!of || g.count < 1 || !s.takes_any(g.of)) return wrong(numbered(place + ".goals", i));
    s.goals.push_back(g);
  }
  return nothing{};
}

outcome read_takes(const json::value& v, stage& s, const std::string& place) {
  if (v.is_null()) return nothing{};
  if (!v.is_array()) return wrong(place + ".takes");
  for (const auto& one : v.get_array()) {
    const auto said = one.is_string() ? saying_named(std::string_view(one.get_string()))
                                      : std::optional<saying>();
    if (!said || s.takes_any(*said)) return wrong(place + ".takes");
    s.takes.push_back(*said);
  }
  return nothing{};
}

outcome read_verdicts(const json::value& v, stage& s, const std::string& place) {
  if (v.is_null()) return nothing{};
  if (!v.is_array() || s.duty.empty()) return wrong(place + ".verdicts");
  for (std::size_t i = 0; i < v.get_array().size(); ++i) {
    const auto& one = v.get_array()[i];
    verdict d{std::string(json::str(one, "id")), json::words_of(json::at(one, "name")),
              json::flag(one, "adopts")};
    if (d.id.empty() || d.name.empty() || s.find_verdict(d.id))
      return wrong(numbered(place + ".verdicts", i));
    s.verdicts.push_back(std::move(d));
  }
  return nothing{};
}

result<stage> read_stage(const json::value& v, const std::string& place) {
  stage s;
  s.id = json::str(v, "id");
  s.name = json::words_of(json::at(v, "name"));
  s.says = json::words_of(json::at(v, "says"));
  s.listed = json::flag(v, "listed", true);
  s.days = json::num(v, "days");
  s.window = json::flag(v, "window");
  s.by_hand = json::str(v, "by_hand");
  s.reached = json::str(v, "reached");
  s.ended = json::str(v, "ended");
  s.duty = json::str(v, "duty");
  s.duty_days = json::num(v, "duty_days");
  s.done = json::str(v, "done");
  if (s.id.empty()) return wrong(place + ".id");
  if (s.name.empty()) return wrong(place + ".name");
  if (s.says.empty()) return wrong(place + ".says");
  if (auto good = read_takes(json::at(v, "takes"), s, place); !good) return good.why();
  if (auto good = read_goals(json::at(v, "goals"), s, place); !good) return good.why();
  if (s.goals.empty() != s.reached.empty()) return wrong(place + ".reached");
  if (s.days < 0 || (s.window && s.days != 0) || (s.days == 0 && !s.window) != s.ended.empty())
    return wrong(place + ".days");
  if (s.duty_days < 0 || (s.duty_days == 0) != s.duty.empty()) return wrong(place + ".duty_days");
  if (s.duty.empty() != s.done.empty()) return wrong(place + ".done");
  if (auto good = read_verdicts(json::at(v, "verdicts"), s, place); !good) return good.why();
  return s;
}

result<std::vector<category>> read_categories(const json::value& v) {
  std::vector<category> out;
  std::set<std::string> ids;
  if (!v.is_array() || v.get_array().empty()) return wrong("categories");
  for (std::size_t i = 0; i < v.get_array().size(); ++i) {
    const auto& one = v.get_array()[i];
    category c{std::string(json::str(one, "id")), std::string(json::str(one, "agency")),
               json::words_of(json::at(one, "name")), json::num(one, "level")};
    if (c.level < 0 || c.level > 2) return wrong(numbered("categories", i) + ".level");
    if (c.id.empty() || c.agency.empty() || c.name.empty() || !ids.insert(c.id).second)
      return wrong(numbered("categories", i));
    out.push_back(std::move(c));
  }
  return out;
}

// ---- all stages together ----
outcome judge_ways(const rule& r) {
  std::set<std::string_view> led_to{r.stages.front().id};
  for (std::size_t i = 0; i < r.stages.size(); ++i) {
    const stage& s = r.stages[i];
    if (r.find_stage(s.id) != &s) return wrong(numbered("stages", i) + ".id");
    for (const auto& [way, to] :
         {std::pair{".reached", &s.reached}, {".ended", &s.ended}, {".done", &s.done},
          {".by_hand", &s.by_hand}}) {
      if (to->empty()) continue;
      if (*to == s.id || !r.find_stage(*to)) return wrong(numbered("stages", i) + way);
      led_to.insert(*to);
    }
  }
  for (std::size_t i = 0; i < r.stages.size(); ++i)
    if (!led_to.contains(r.stages[i].id)) return wrong(numbered("stages", i));
  return nothing{};
}

// Comments stand under a pseudonym of the house; a pass does not bind what is chosen.
outcome judge_levels(const rule& r) {
  const auto takes = [&](saying one) {
    return std::ranges::any_of(r.stages, [&](const stage& s) { return s.takes_any(one); });
  };
  const std::int64_t most = takes(saying::comment) ? 0 : takes(saying::choice) ? 1 : 2;
  for (std::size_t i = 0; i < r.categories.size(); ++i)
    if (r.categories[i].level > most) return wrong(numbered("categories", i) + ".level");
  return nothing{};
}

}  // namespace

std::string_view name_of(saying s) { return names[static_cast<std::size_t>(s)].second; }

std::optional<saying> saying_named(std::string_view name) {
  for (const auto& [s, called] : names)
    if (called == name) return s;
  return {};
}

bool stage::takes_any(saying s) const { return std::ranges::find(takes, s) != takes.end(); }

const verdict* stage::find_verdict(std::string_view wanted) const {
  auto found = std::ranges::find(verdicts, wanted, &verdict::id);
  return found == verdicts.end() ? nullptr : &*found;
}

const verdict* rule::find_verdict(std::string_view wanted) const {
  for (const auto& s : stages)
    if (const auto* found = s.find_verdict(wanted)) return found;
  return nullptr;
}

const stage* rule::find_stage(std::string_view wanted) const {
  auto found = std::ranges::find(stages, wanted, &stage::id);
  return found == stages.end() ? nullptr : &*found;
}

const category* rule::find_category(std::string_view wanted) const {
  auto found = std::ranges::find(categories, wanted, &category::id);
  return found == categories.end() ? nullptr : &*found;
}

result<rule> read_rule(const json::value& v) {
  rule r;
  r.id = json::str(v, "id");
  r.name = json::words_of(json::at(v, "name"));
  r.law = json::str(v, "law");
  const auto& longest = json::at(v, "longest");
  r.longest_title = json::num(longest, "title");
  r.longest_body = json::num(longest, "body");
  r.prefix = json::str(v, "prefix");
  r.most_a_day = json::num(v, "most_a_day", r.most_a_day);
  if (r.id.empty()) return wrong("id");
  if (r.name.empty()) return wrong("name");
  if (r.law.empty()) return wrong("law");
  if (r.prefix.size() > 4 || r.most_a_day < 1) return wrong("prefix");
  if (r.longest_title < 1 || r.longest_body < 1) return wrong("longest");
  auto categories = read_categories(json::at(v, "categories"));
  if (!categories) return categories.why();
  r.categories = std::move(*categories);
  const auto& stages = json::at(v, "stages");
  if (!stages.is_array() || stages.get_array().empty()) return wrong("stages");
  for (std::size_t i = 0; i < stages.get_array().size(); ++i) {
    auto s = read_stage(stages.get_array()[i], numbered("stages", i));
    if (!s) return s.why();
    r.stages.push_back(std::move(*s));
  }
  if (auto good = judge_ways(r); !good) return good.why();
  if (auto good = judge_levels(r); !good) return good.why();
  return r;
}

}  // namespace madang::voices
