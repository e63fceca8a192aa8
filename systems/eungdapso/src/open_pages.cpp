// What everybody may see: where what was reported, how it stands, and whether what was promised is
// kept. No word of a reporter unless an official released it.
#include <algorithm>
#include <map>

#include "madang/platform/csv.hpp"
#include "pages.hpp"

namespace madang::eungdapso {
namespace {

using namespace html;
using platform::csv_cell;

constexpr std::size_t page_of_list = 50, most_points = 2000;
constexpr std::string_view states[] = {"open", "work", "done", "declined"};

struct open_line {
  std::string number, category, state, office, town, filed, promised, closed;
  std::int64_t voices = 1, passed = 0;
  double lat = 0, lon = 0;
  bool exact = false;
  std::optional<bool> kept;
};
BOOST_DESCRIBE_STRUCT(open_line, (),
                      (number, category, state, office, town, filed, promised, closed, voices,
                       passed, lat, lon, exact, kept))
struct list_view {
  std::int64_t page = 1;
  bool more = false;
  std::vector<open_line> reports;
};
BOOST_DESCRIBE_STRUCT(list_view, (), (page, more, reports))

open_line line_of(const report& r) {
  return {r.number, r.category,    r.state,          r.office,
          r.town,   r.filed.str(), r.promised.str(), r.closed ? r.closed->str() : "",
          r.voices, r.passed,      r.at().latitude,  r.at().longitude,
          r.exact,  r.kept};
}

bool is_digits(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
}

wanted_reports chosen(const context& c, const center& o) {
  wanted_reports w;
  if (const auto* k = o.kinds.find(c.request.param("category"))) w.category = k->id;
  const auto state = c.request.param("state");
  if (std::ranges::find(states, state) != std::end(states)) w.state = state;
  const auto office = c.request.param("office");
  if (office.size() <= 5 && is_digits(office)) w.office = office;
  return w;
}

std::string query_of(const wanted_reports& w) {
  std::string out;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += (out.empty() ? "?" : "&") + std::string(name) + "=" + value;
  };
  add("category", w.category);
  add("state", w.state);
  add("office", w.office);
  return out;
}

int page_number(const context& c) {
  const auto said = c.request.param("page");
  if (said.empty() || said.size() > 4 || !is_digits(said)) return 1;
  return std::max(1, std::stoi(std::string(said)));
}

node one_or_all(const context& c, const char* name, const char* said,
                const std::vector<choice>& list, const std::string& chosen_one) {
  std::vector<node> options{option(value_(""), c.say("street.all"))};
  for (const auto& one : list)
    options.push_back(
        option(value_(one.value), flag("selected", one.value == chosen_one), one.label));
  return div(cls("field"), label(cls("label"), for_(name), c.say(said)),
             select(id_(name), name_(name), options));
}

node filter_form(const context& c, const center& o, const wanted_reports& w) {
  std::vector<choice> kinds, state_choices, provinces;
  for (const auto& k : o.kinds.all()) kinds.push_back({k.id, k.name(c.language), ""});
  for (const auto one : states)
    state_choices.push_back(
        {std::string(one), std::string(c.say("street.state_" + std::string(one))), ""});
  for (const auto& p : c.home.pack().provinces())
    provinces.push_back({p.code, p.name(c.language), ""});
  return form(method("get"), action("/eungdapso/map"), cls("street-filters"),
              one_or_all(c, "category", "street.category", kinds, w.category),
              one_or_all(c, "state", "street.state", state_choices, w.state),
              one_or_all(c, "office", "street.province", provinces, w.office.substr(0, 2)),
              submit_button(c.say("street.show"), look::secondary));
}

http::response show_map(context& c, center& o) {
  wanted_reports w = chosen(c, o);
  const int page = page_number(c);
  w.limit = page_of_list + 1;
  w.skip = static_cast<std::size_t>(page - 1) * page_of_list;
  auto rows = o.list(w);
  list_view view{page, rows.size() > page_of_list, {}};
  if (view.more) rows.pop_back();
  for (const auto& r : rows) view.reports.push_back(line_of(r));
  return c.show(view, [&] {
    const shell s = c.shell();
    table_view t;
    t.caption = c.say("street.list");
    t.caption_hidden = true;
    t.stacked = true;
    t.empty = c.say("street.none_here");
    for (const char* column : {"category", "state", "place", "filed_at", "voices"})
      t.columns.push_back({std::string(c.say("street." + std::string(column))),
                           std::string_view(column) == "voices"});
    for (const auto& r : rows)
      t.rows.push_back({a(href("/eungdapso/reports/" + r.number), category_name(c, o, r.category)),
                        state_badge(c, r), node(place_name(c, r)), node(when_of(c, r.filed)),
                        node(std::to_string(r.voices))});
    const std::string query = query_of(w);
    const map_view m{.label = std::string(c.say("street.map")),
                     .source = "/eungdapso/points" + query};
    const std::string before = "/eungdapso/map" + query + (query.empty() ? "?" : "&") + "page=";
    std::vector<node> pages;
    if (page > 1)
      pages.push_back(
          link_button(before + std::to_string(page - 1), c.say("street.newer"), look::secondary));
    if (view.more)
      pages.push_back(
          link_button(before + std::to_string(page + 1), c.say("street.older"), look::secondary));
    const node body =
        all(h1(c.say("street.map")), lead(c.say("street.map_lead")), filter_form(c, o, w),
            div(cls("street-map-and-list"), map_island(c, o, m, node()),
                section(h2(c.say("street.list")), data_table(s, t), button_row(pages))));
    return c.page(c.say("street.map"), {home_link(c)}, body,
                  {.wide = true, .description = std::string(c.say("street.map_lead"))});
  });
}

// RFC 7946.
http::response points(context& c, center& o) {
  wanted_reports w = chosen(c, o);
  w.limit = most_points;
  std::vector<report> rows;
  if (const auto number = c.request.param("number"); !number.empty()) {
    auto one = o.find_number(number);
    if (one && one->state != "withdrawn") rows.push_back(std::move(*one));
  } else {
    rows = o.list(w);
  }
  json::array features;
  for (const auto& r : rows)
    features.push_back(json::object{
        {"type", "Feature"},
        {"id", r.number},
        {"geometry", json::object{{"type", "Point"},
                                  {"coordinates", json::array{r.at().longitude, r.at().latitude}}}},
        {"properties", json::object{{"number", r.number},
                                    {"category", r.category},
                                    {"name", category_name(c, o, r.category)},
                                    {"state", r.state},
                                    {"state_name", c.say("street.state_" + r.state)},
                                    {"voices", r.voices},
                                    {"exact", r.exact},
                                    {"place", place_name(c, r)},
                                    {"page", "/eungdapso/reports/" + r.number}}}});
  auto r = http::json_response(
      json::print(json::object{{"type", "FeatureCollection"}, {"features", features}}));
  r.content_type = "application/geo+json";
  return c.with_privacy(std::move(r));
}

// ---- statistics ----

struct figure_line {
  std::string office, office_name, category, category_name;
  std::int64_t filed = 0, voices = 0, open = 0, overdue = 0, closed = 0, kept = 0;
  std::string kept_percent;
};
BOOST_DESCRIBE_STRUCT(figure_line, (),
                      (office, office_name, category, category_name, filed, voices, open, overdue,
                       closed, kept, kept_percent))
struct statistics_view {
  std::string by;
  std::vector<figure_line> lines;
};
BOOST_DESCRIBE_STRUCT(statistics_view, (), (by, lines))

std::vector<figure_line> figures_by(const context& c, center& o, std::string_view by) {
  std::map<std::pair<std::string, std::string>, figure_line> groups;
  for (const auto& f : o.figures()) {
    auto& g = groups[{by == "category" ? "" : f.office, by == "office" ? "" : f.category}];
    g.filed += f.filed;
    g.voices += f.voices;
    g.open += f.open;
    g.overdue += f.overdue;
    g.closed += f.closed;
    g.kept += f.kept;
  }
  std::vector<figure_line> out;
  for (auto& [key, g] : groups) {
    g.office = key.first;
    g.office_name = g.office.empty() ? "" : district_name(c, g.office);
    g.category = key.second;
    g.category_name = g.category.empty() ? "" : category_name(c, o, g.category);
    if (g.closed) g.kept_percent = std::to_string(g.kept * 100 / g.closed);
    out.push_back(std::move(g));
  }
  return out;
}

http::response show_statistics(context& c, center& o) {
  const std::string by = c.request.param("by") == "category" ? "category" : "office";
  const statistics_view view{by, figures_by(c, o, by)};
  return c.show(view, [&] {
    const shell s = c.shell();
    table_view t;
    t.caption = c.say("street.statistics");
    t.caption_hidden = true;
    t.sortable = true;
    t.stacked = true;
    t.first_is_header = true;
    t.empty = c.say("street.no_figures");
    t.columns.push_back(
        {std::string(c.say(by == "office" ? "street.office" : "street.category")), false});
    for (const char* column : {"filed", "voices", "open", "overdue", "closed", "kept_share"})
      t.columns.push_back({std::string(c.say("street.figure_" + std::string(column))), true});
    for (const auto& l : view.lines)
      t.rows.push_back({node(by == "office" ? l.office_name : l.category_name),
                        node(text::grouped(l.filed)), node(text::grouped(l.voices)),
                        node(text::grouped(l.open)), node(text::grouped(l.overdue)),
                        node(text::grouped(l.closed)),
                        node(l.kept_percent.empty() ? "-" : l.kept_percent + " %")});
    const node body =
        all(h1(c.say("street.statistics")), lead(c.say("street.statistics_lead")),
            tabs(c.say("street.by"),
                 {{"/eungdapso/statistics", std::string(c.say("street.by_office")), by == "office"},
                  {"/eungdapso/statistics?by=category", std::string(c.say("street.by_category")),
                   by == "category"}}),
            data_table(s, t), p(cls("note"), c.say("street.kept_note")),
            link_button("/eungdapso/statistics.csv", c.say("street.csv"), look::secondary));
    return c.page(c.say("street.statistics"), {home_link(c)}, body, {.wide = true});
  });
}

http::response statistics_file(context& c, center& o) {
  std::string out =
      "office,office_name,category,category_name,filed,voices,open,overdue,closed,kept,"
      "kept_percent\r\n";
  for (const auto& l : figures_by(c, o, "both"))
    out += text::join({csv_cell(l.office), csv_cell(l.office_name), csv_cell(l.category),
                       csv_cell(l.category_name),
                       std::to_string(l.filed), std::to_string(l.voices), std::to_string(l.open),
                       std::to_string(l.overdue), std::to_string(l.closed), std::to_string(l.kept),
                       l.kept_percent},
                      ",") +
           "\r\n";
  auto r = http::text_response(200, std::move(out), "text/csv; charset=utf-8");
  r.with("Content-Disposition", "attachment; filename=\"eungdapso-statistics.csv\"");
  return c.with_privacy(std::move(r));
}

}  // namespace

void open_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/eungdapso/map", needs::nobody, [o](context& c) { return show_map(c, *o); });
  h.page("GET", "/eungdapso/points", needs::nobody, [o](context& c) { return points(c, *o); });
  h.page("GET", "/eungdapso/statistics", needs::nobody,
         [o](context& c) { return show_statistics(c, *o); });
  h.page("GET", "/eungdapso/statistics.csv", needs::nobody,
         [o](context& c) { return statistics_file(c, *o); });
}

}  // namespace madang::eungdapso
