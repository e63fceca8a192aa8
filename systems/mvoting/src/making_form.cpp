#include "making_form.hpp"

#include <charconv>
#include <cmath>

#include "madang/html/html.hpp"

namespace madang::mvoting {

using namespace html;

namespace {

constexpr std::int64_t millionths = 1'000'000;

result<std::int64_t> whole(std::string_view s, const char* at, std::int64_t otherwise) {
  std::string digits;
  for (const char c : text::trim(s))
    if (c != ',' && c != ' ') digits += c;
  if (digits.empty()) return otherwise;
  std::int64_t out = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (wrong != std::errc() || end != digits.data() + digits.size() || out < 0)
    return refuse(kind::invalid, "vote.number", at);
  return out;
}

result<std::int64_t> degrees(std::string_view s, const char* at) {
  double out = 0;
  const auto t = text::trim(s);
  const auto [end, wrong] = std::from_chars(t.data(), t.data() + t.size(), out);
  if (wrong != std::errc() || end != t.data() + t.size() || !(std::abs(out) <= 180))
    return refuse(kind::invalid, "vote.number", at);
  return std::llround(out * millionths);
}

// "2026-11-28 09:00" in the country's time; empty: nothing.
result<instant> when(const context& c, std::string_view s, const char* at) {
  const auto t = text::trim(s);
  if (t.empty()) return instant{};
  const auto day = date::parse(t.substr(0, std::min<std::size_t>(t.size(), 10)));
  int hour = 0, minute = 0;
  const bool shaped = t.size() == 16 && (t[10] == ' ' || t[10] == 'T') && t[13] == ':';
  const auto two = [&](std::size_t from, int& out) {
    const auto [end, wrong] = std::from_chars(t.data() + from, t.data() + from + 2, out);
    return wrong == std::errc() && end == t.data() + from + 2;
  };
  if (!day || !shaped || !two(11, hour) || !two(14, minute) || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59)
    return refuse(kind::invalid, "vote.when", at);
  return from_civil({*day, hour, minute, 0}, c.home.pack().zone());
}

date_parts opening(const typed& t) { return {t.opens_year, t.opens_month, t.opens_day}; }
date_parts closing(const typed& t) { return {t.closes_year, t.closes_month, t.closes_day}; }

// A day and a time typed apart, as when() reads them; nothing where neither was typed.
std::string together(const date_parts& day, const std::string& time) {
  if (day.year.empty() && day.month.empty() && day.day.empty() && time.empty()) return {};
  const auto on = date_of(day);
  const bool short_hour = time.size() == 4 && time[1] == ':';
  return (on ? on->str() : "?") + " " + (short_hour ? "0" + time : time);
}

void take_apart(const context& c, instant t, date_parts& day, std::string& time) {
  if (!t.micros) return;
  const auto at = in_zone(t, c.home.pack().zone());
  day = parts_of(at.date);
  time = fmt::format("{:02}:{:02}", at.hour, at.minute);
}

// One option a line; of a budget with its cost behind the last "|".
result<std::vector<voices::option>> options_in(std::string_view lines, bool with_cost) {
  std::vector<voices::option> out;
  for (const auto& line : text::split(lines, '\n')) {
    const auto said = text::trim(line);
    if (said.empty()) continue;
    voices::option o{std::string(said), 0, {}, {}, {}};
    if (with_cost) {
      const auto bar = said.rfind('|');
      const auto behind = bar == std::string_view::npos ? "" : said.substr(bar + 1);
      const auto cost = whole(behind, "options", 0);
      if (!cost || *cost < 1) return refuse(kind::invalid, "vote.option_line", "options");
      o.text = text::trim(said.substr(0, bar));
      o.cost = *cost;
    }
    out.push_back(std::move(o));
    if (out.size() > voices::most_options) break;      // judged as too many
  }
  return out;
}

result<voices::paper> paper_in(const typed& t) {
  voices::paper p;
  const auto kind_of = voices::paper_kind_named(t.kind);
  if (!kind_of) return refuse(kind::invalid, "vote.kind", "kind");
  p.kind = *kind_of;
  p.sealed = t.results != "at_once";
  auto options = options_in(t.options, p.kind == voices::paper_kind::budget);
  if (!options) return options.why();
  p.options = std::move(*options);
  const auto most = whole(t.most, "most", static_cast<std::int64_t>(p.options.size()));
  if (!most) return most.why();
  if (p.kind == voices::paper_kind::several || p.kind == voices::paper_kind::ranking)
    p.most = *most;
  if (p.kind == voices::paper_kind::ranking) p.method = t.method;
  if (p.kind == voices::paper_kind::budget) {
    const auto budget = whole(t.budget, "budget", 0);
    if (!budget) return budget.why();
    p.budget = *budget;
    p.unit = text::trim(t.unit);
  }
  return p;
}

}  // namespace

typed typed_in(const context& c) {
  typed t;
  boost::mp11::mp_for_each<boost::describe::describe_members<typed, boost::describe::mod_public>>(
      [&](auto m) { t.*m.pointer = text::trim(c.field(m.name)); });
  if (t.opens.empty()) t.opens = together(opening(t), t.opens_time);
  if (t.closes.empty()) t.closes = together(closing(t), t.closes_time);
  return t;
}

typed typed_of(const context& c, station& s, const ask& a) {
  const vote v = s.vote_of(a.key);
  const auto p = s.book().paper_of(a.key).value_or(voices::paper{});
  const audience who = s.audience_of(v);
  const auto number = [](std::int64_t n) { return n ? std::to_string(n) : std::string(); };
  typed t;
  t.title = a.title;
  t.body = a.body;
  t.category = a.category;
  t.listed = a.listed ? "yes" : "no";
  t.kind = name_of(p.kind);
  t.most = number(p.most);
  t.method = p.method;
  t.budget = number(p.budget);
  t.unit = p.unit;
  for (const auto& o : p.options)
    t.options += o.text + (o.cost ? " | " + std::to_string(o.cost) : "") + "\n";
  date_parts first, last;
  take_apart(c, v.opens, first, t.opens_time);
  take_apart(c, v.closes, last, t.closes_time);
  t.opens_year = first.year, t.opens_month = first.month, t.opens_day = first.day;
  t.closes_year = last.year, t.closes_month = last.month, t.closes_day = last.day;
  t.results = p.sealed ? "after" : "at_once";
  std::vector<std::string> areas;
  for (const auto& code : who.areas) areas.push_back(c.home.pack().full_name(code)(c.language));
  t.areas = text::join(areas, ", ");
  t.age_from = number(who.from);
  t.age_to = number(who.to);
  t.sex = who.sex;
  t.work = who.work;
  t.presence = v.presence;
  if (v.presence == "place") {
    t.latitude = fmt::format("{:.6f}", static_cast<double>(v.lat) / millionths);
    t.longitude = fmt::format("{:.6f}", static_cast<double>(v.lon) / millionths);
    t.radius = std::to_string(v.radius);
  }
  return t;
}

result<plan> plan_of(const context& c, const typed& t, bool poll) {
  plan p;
  p.text = {t.title, t.body, c.language, t.category, {}, !poll || t.listed != "no"};
  auto paper = paper_in(t);
  if (!paper) return paper.why();
  p.paper = std::move(*paper);
  const auto opens = when(c, t.opens, "opens"), closes = when(c, t.closes, "closes");
  if (!opens) return opens.why();
  if (!closes) return closes.why();
  p.opens = *opens;
  p.closes = *closes;
  if (poll) return p;                        // everybody, wherever they are
  auto areas = areas_named(c.home.pack(), t.areas);
  if (!areas) return areas.why();
  const auto from = whole(t.age_from, "age_from", 0), to = whole(t.age_to, "age_to", 0);
  if (!from) return from.why();
  if (!to) return to.why();
  p.audience = {std::move(*areas), *from, *to, t.sex, t.work};
  p.presence = t.presence;
  if (t.presence != "place") return p;
  const auto lat = degrees(t.latitude, "latitude"), lon = degrees(t.longitude, "longitude");
  const auto radius = whole(t.radius, "radius", 0);
  if (!lat) return lat.why();
  if (!lon) return lon.why();
  if (!radius) return radius.why();
  p.where = {*lat, *lon, *radius};
  return p;
}

// ---- the fields ----
namespace {

field field_of(const context& c, const refusal* why, const char* name, const std::string& value,
               bool optional) {
  field f{.name = name, .label = std::string(c.say("votes.field_" + std::string(name)))};
  const std::string hint = "votes.hint_" + std::string(name);
  if (const auto said = c.say(hint); !said.starts_with('[')) f.hint = said;
  f.value = value;
  f.optional = optional;
  // What is said of one option stands at the list of them.
  const bool here = why && (why->field == name || (std::string_view(name) == "options" &&
                                                   why->field.find("_") != std::string::npos &&
                                                   (why->field.starts_with("option_") ||
                                                    why->field.starts_with("cost_"))));
  if (here) f.error = c.explain(*why);
  return f;
}

node when_fields(const context& c, const typed& t, const refusal* why) {
  const auto time = [&](const char* name, const std::string& value, bool optional) {
    field f = field_of(c, why, name, value, optional);
    f.width = 8;
    return text_field(c.shell(), f);
  };
  return html::all(date_field(c.shell(), field_of(c, why, "opens", {}, true), opening(t)),
                   time("opens_time", t.opens_time, true),
                   date_field(c.shell(), field_of(c, why, "closes", {}, false), closing(t)),
                   time("closes_time", t.closes_time, false));
}

}  // namespace

std::vector<node> fields_of(const context& c, station& s, bool poll, const typed& t,
                            const refusal* why) {
  const auto make = [&](const char* name, const std::string& value, bool optional = false) {
    return field_of(c, why, name, value, optional);
  };
  const auto choices = [&](const char* of, std::initializer_list<std::string_view> values) {
    std::vector<choice> out;
    for (const auto v : values)
      out.push_back({std::string(v), std::string(c.say(fmt::format("votes.{}_{}", of, v))), {}});
    return out;
  };
  const auto codes = [&](const char* list) {
    std::vector<choice> out{{"", std::string(c.say("votes.any")), {}}};
    for (const auto& [code, name] : c.home.pack().codes(list))
      out.push_back({code, name(c.language), {}});
    return out;
  };
  const auto& sh = c.shell();
  const auto& r = s.rule_of(poll);
  field title = make("title", t.title), body = make("body", t.body);
  title.most = static_cast<int>(r.longest_title);
  body.most = static_cast<int>(r.longest_body);
  std::vector<choice> categories;
  for (const auto& k : r.categories)
    categories.push_back({k.id,
                          k.level == 0 ? k.name(c.language)
                                       : c.fill("votes.category_unseen",
                                                {{"name", k.name(c.language)}}),
                          {}});
  std::vector<node> out{
      text_field(sh, title), area_field(sh, body, 6),
      select_field(sh, make("category", t.category), categories),
      select_field(sh, make("kind", t.kind.empty() ? "one" : t.kind),
                   choices("kind", {"one", "several", "ranking", "budget"})),
      area_field(sh, make("options", t.options), 6),
      disclosure(c.say("votes.more_kinds"),
                 html::all(text_field(sh, make("most", t.most, true)),
                           select_field(sh, make("method", t.method),
                                        choices("method_short", {"borda", "runoff"})),
                           text_field(sh, make("budget", t.budget, true)),
                           text_field(sh, make("unit", t.unit, true)))),
      when_fields(c, t, why),
      select_field(sh, make("results", t.results), choices("results", {"after", "at_once"}))};
  if (poll) {
    out.push_back(select_field(sh, make("listed", t.listed), choices("listed", {"yes", "no"})));
    return out;
  }
  out.push_back(h2(c.say("votes.who_may")));
  out.push_back(p(cls("note"), c.say("votes.who_may_how")));
  out.push_back(text_field(sh, make("areas", t.areas, true)));
  out.push_back(text_field(sh, make("age_from", t.age_from, true)));
  out.push_back(text_field(sh, make("age_to", t.age_to, true)));
  out.push_back(select_field(sh, make("sex", t.sex), codes("sexes")));
  if (c.home.hub().registry_of("circumstances"))
    out.push_back(select_field(sh, make("work", t.work), codes("work_states")));
  out.push_back(select_field(
      sh, make("presence", t.presence),
      {{"", std::string(c.say("votes.presence_any")), {}},
       {"venue", std::string(c.say("votes.presence_venue")), {}},
       {"place", std::string(c.say("votes.presence_place")), {}}}));
  out.push_back(disclosure(c.say("votes.more_place"),
                           html::all(text_field(sh, make("latitude", t.latitude, true)),
                                     text_field(sh, make("longitude", t.longitude, true)),
                                     text_field(sh, make("radius", t.radius, true)))));
  return out;
}

}  // namespace madang::mvoting
