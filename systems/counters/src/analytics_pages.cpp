// Where time goes in a procedure: by step, by office, by week. Nothing personal is in it; what is
// about fewer than five is not told, nor one more, from which it could be worked out.
#include <algorithm>
#include <cmath>

#include "counter.hpp"
#include "madang/platform/context.hpp"
#include "madang/process/drawing.hpp"
#include "madang/platform/csv.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::csv_cell;
using platform::context;
using platform::needs;

constexpr std::int64_t fewest = 5;
constexpr int weeks_back = 12;

struct time_line {
  std::string group, label;
  std::int64_t visits = 0, open = 0;
  double mean_hours = 0, longest_hours = 0;
  bool hidden = false;
};
BOOST_DESCRIBE_STRUCT(time_line, (),
                      (group, label, visits, open, mean_hours, longest_hours, hidden))
struct time_view {
  std::string process, by, from, until;
  std::vector<time_line> lines;
};
BOOST_DESCRIBE_STRUCT(time_view, (), (process, by, from, until, lines))

// What is hidden keeps no number; alone it could be worked out, so the smallest goes with it.
void hide_small(std::vector<time_line>& lines) {
  int hidden = 0;
  for (auto& l : lines) {
    const bool few = (l.visits > 0 && l.visits < fewest) || (l.open > 0 && l.open < fewest);
    l.hidden = few;
    hidden += few;
  }
  if (hidden == 1) {
    time_line* smallest = nullptr;
    for (auto& l : lines)
      if (!l.hidden && (!smallest || l.visits + l.open < smallest->visits + smallest->open))
        smallest = &l;
    if (smallest) smallest->hidden = true;
  }
  for (auto& l : lines)
    if (l.hidden) l.visits = l.open = 0, l.mean_hours = l.longest_hours = 0;
}

std::string office_name(const context& c, const std::string& code) {
  if (code.empty()) return std::string(c.say("analytics.everywhere"));
  const auto* d =
      c.home.pack().find_district(code.substr(0, std::min<std::size_t>(5, code.size())));
  return d ? d->name(c.language) : code;
}

instant start_of(date day, const std::string& zone) {
  civil at;
  at.date = day;
  return from_civil(at, zone);
}

date day_or(std::string_view s, date otherwise) { return date::parse(s).value_or(otherwise); }

time_view view_of(const context& c, counter& office) {
  time_view v;
  v.process = c.request.param("process");
  if (!office.find(v.process)) v.process = office.permits().front().id;
  v.by = c.request.param("by");
  if (v.by != "office" && v.by != "week") v.by = "step";
  const date now_ = today(c.home.pack().zone());
  const date from = day_or(c.request.param("from"), now_.plus(-7 * weeks_back));
  const date until = day_or(c.request.param("until"), now_);
  v.from = from.str();
  v.until = until.str();
  const std::string& zone = c.home.pack().zone();
  const auto spent = office.database().reading([&](store::read& r) {
    return office.processes().analytics(r, v.process, start_of(from, zone),
                                        start_of(until.plus(1), zone));
  });
  const auto model = office.database().reading([&](store::read& r) {
    return office.processes().model_of(r, office.processes().deployments(r, v.process).front().key);
  });
  const auto names = process::names_in(*model, c.language);
  std::map<std::string, time_line> all;
  for (const auto& s : spent) {
    // What takes no time by its kind would hide what does.
    const int number = model->find(s.element);
    if (number >= 0 && (!model->at(number).is_activity() || model->at(number).is_scope())) continue;
    const std::string group = v.by == "step" ? s.element
                              : v.by == "week"
                                  ? s.week
                                  : s.office.substr(0, std::min<std::size_t>(5, s.office.size()));
    time_line& l = all[group];
    l.group = group;
    l.mean_hours += s.mean_hours * static_cast<double>(s.visits);
    l.visits += s.visits;
    l.open += s.open;
    l.longest_hours = std::max(l.longest_hours, s.longest_hours);
  }
  for (auto& [group, l] : all) {
    if (l.visits) l.mean_hours /= static_cast<double>(l.visits);
    const auto name = names.find(group);
    l.label = v.by == "office" ? office_name(c, group) : name != names.end() ? name->second : group;
    v.lines.push_back(l);
  }
  hide_small(v.lines);
  return v;
}

std::string long_said(const context& c, double hours) {
  const auto number = [](double x) {
    const auto tenths = static_cast<std::int64_t>(std::llround(x * 10));
    return std::to_string(tenths / 10) + (tenths % 10 ? "." + std::to_string(tenths % 10) : "");
  };
  if (hours >= 48) return c.fill("analytics.days", {{"n", number(hours / 24)}});
  if (hours >= 1) return c.fill("analytics.hours", {{"n", number(hours)}});
  return c.fill("analytics.minutes", {{"n", number(hours * 60)}});
}

http::response page(context& c, counter& office) {
  const time_view view = view_of(c, office);
  return c.show(view, [&] {
    std::vector<choice> processes, groups;
    for (const auto& p : office.permits()) processes.push_back({p.id, p.name(c.language), ""});
    for (const char* by : {"step", "office", "week"})
      groups.push_back({by, std::string(c.say("analytics.by_" + std::string(by))), ""});
    html::field process, by, from, until;
    process.name = "process";
    process.label = c.say("analytics.process");
    process.value = view.process;
    by.name = "by";
    by.label = c.say("analytics.by");
    by.value = view.by;
    from.name = "from";
    from.label = c.say("analytics.from");
    from.value = view.from;
    from.width = 12;
    until.name = "until";
    until.label = c.say("analytics.until");
    until.value = view.until;
    until.width = 12;
    table_view t;
    t.caption = c.say("analytics.title");
    t.caption_hidden = true;
    t.stacked = true;
    t.first_is_header = true;
    t.empty = c.say("analytics.none");
    t.columns = {{std::string(c.say("analytics.by_" + view.by)), false},
                 {std::string(c.say("analytics.visits")), true},
                 {std::string(c.say("analytics.open")), true},
                 {std::string(c.say("analytics.mean")), true},
                 {std::string(c.say("analytics.longest")), true}};
    double most = 0;
    for (const auto& l : view.lines) most = std::max(most, l.mean_hours);
    std::vector<node> bars;
    for (const auto& l : view.lines) {
      const std::string hidden(c.say("analytics.hidden"));
      t.rows.push_back({l.label, l.hidden ? hidden : text::grouped(l.visits),
                        l.hidden ? hidden : text::grouped(l.open),
                        l.hidden ? hidden : long_said(c, l.mean_hours),
                        l.hidden ? hidden : long_said(c, l.longest_hours)});
      if (l.hidden || l.visits == 0 || most <= 0) continue;
      bars.push_back(
          li(span(l.label),
             element("meter", cls("bar good"), aria("label", l.label), attr("min", "0"),
                     attr("max", "1000"),
                     attr("value", std::int64_t(std::llround(1000 * l.mean_hours / most)))),
             span(cls("note"), long_said(c, l.mean_hours))));
    }
    return c.page(
        c.say("analytics.title"),
        {{"/desk", std::string(c.say("shell.desk_site"))},
         {"/desk/procedures", std::string(c.say("procedures.title"))}},
        html::all(
            h1(c.say("analytics.title")),
            lead(c.fill("analytics.lead", {{"n", std::to_string(fewest)}})),
            form(method("get"), action("/desk/procedures-time"), cls("filter-row"),
                 select_field(c.shell(), process, processes), select_field(c.shell(), by, groups),
                 text_field(c.shell(), from), text_field(c.shell(), until),
                 submit_button(c.say("analytics.show"), look::secondary)),
            bars.empty() ? node() : section(h2(c.say("analytics.bars")), ul(cls("bars"), bars)),
            data_table(c.shell(), t),
            button_row({link_button("/desk/procedures-time.csv?process=" + view.process + "&by=" +
                                        view.by + "&from=" + view.from + "&until=" + view.until,
                                    c.say("analytics.csv"), look::secondary)})),
        {.wide = true, .noindex = true});
  });
}

http::response csv(context& c, counter& office) {
  const time_view view = view_of(c, office);
  std::string out = "group,label,done,open,mean_hours,longest_hours\r\n";
  for (const auto& l : view.lines) {
    out += csv_cell(l.group) + "," + csv_cell(l.label) + ",";
    if (l.hidden) out += "hidden,hidden,hidden,hidden\r\n";
    else
      out += std::to_string(l.visits) + "," + std::to_string(l.open) + "," +
             std::to_string(l.mean_hours) + "," + std::to_string(l.longest_hours) + "\r\n";
  }
  auto r = http::text_response(200, out, "text/csv; charset=utf-8");
  r.with("Content-Disposition", "attachment; filename=\"" + view.process + "-time.csv\"");
  return c.with_privacy(std::move(r));
}

}  // namespace

void analytics_pages(platform::house& h, std::shared_ptr<counter> office) {
  const auto add = [&](const char* path, auto handler) {
    h.page("GET", path, needs::official, [office, handler](context& c) -> http::response {
      if (!keeps_procedures(c.actor)) return c.refuse(refuse(kind::not_found, "request.no_page"));
      return handler(c, *office);
    });
  };
  add("/desk/procedures-time", page);
  add("/desk/procedures-time.csv", csv);
}

}  // namespace madang::counters
