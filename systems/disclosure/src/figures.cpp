// Statistics: requests, decisions, days, grounds, by agency or month.
#include <map>
#include <mutex>

#include "madang/platform/csv.hpp"
#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;
using platform::csv_cell;

struct figure {
  std::int64_t requests = 0, decided = 0, days = 0, in_time = 0, objected = 0;
  std::map<std::string, std::int64_t> outcomes;
};
struct figure_line {
  std::string agency, agency_name, month;
  std::int64_t requests = 0, decided = 0, full = 0, partial = 0, closed = 0, absent = 0,
               objected = 0;
  std::string mean_days, in_time_percent;
};
BOOST_DESCRIBE_STRUCT(figure_line, (),
                      (agency, agency_name, month, requests, decided, full, partial, closed, absent,
                       objected, mean_days, in_time_percent))
struct ground_line {
  std::string id, name, law;
  std::int64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(ground_line, (), (id, name, law, n))
struct statistics_view {
  std::string by;
  std::vector<figure_line> lines;
  std::vector<ground_line> grounds;
};
BOOST_DESCRIBE_STRUCT(statistics_view, (), (by, lines, grounds))

struct counted_row {
  std::string agency, outcome;
  date filed;
  std::int64_t n = 0, decided = 0, days = 0, in_time = 0, objected = 0;
};
BOOST_DESCRIBE_STRUCT(counted_row, (),
                      (agency, outcome, filed, n, decided, days, in_time, objected))
struct ground_count {
  std::string ground;
  std::int64_t n = 0;
};
BOOST_DESCRIBE_STRUCT(ground_count, (), (ground, n))

struct counted {
  std::vector<counted_row> rows;
  std::vector<ground_count> grounds;
};

// A decision that is only drafted does not count; a request that was withdrawn is still one.
counted count(bureau& o) {
  counted out;
  o.files.database().reading([&](store::read& r) {
    out.rows = r.all<counted_row>(
        "select m.office, case when r.decided is null then '' else r.outcome end, r.filed, "
        "count(*), count(r.decided), "
        "cast(coalesce(sum(r.decided - r.filed), 0) as bigint), "
        "cast(coalesce(sum(r.in_time), 0) as bigint), count(m.objected) "
        "from request r join matter m on m.key = r.matter "
        "group by m.office, case when r.decided is null then '' else r.outcome end, r.filed");
    // Each ground once a request, whether it stands beside a passage of a paper or by itself.
    out.grounds = r.all<ground_count>(
        "select ground, count(*) from (select w.matter, w.ground from withheld w "
        "union select p.matter, k.ground from paper_mark k join paper p on p.key = k.paper) g "
        "join request r on r.matter = g.matter where r.decided is not null "
        "group by ground order by ground");
  });
  return out;
}

// Everybody may ask, and counting goes through all requests: what was counted is kept for a while.
counted kept(bureau& o) {
  static constexpr std::int64_t micros = 10'000'000;
  static std::mutex mutex;
  static const bureau* of = nullptr;
  static instant at;
  static counted last;
  std::lock_guard hold(mutex);
  if (of != &o || now().micros - at.micros > micros) {
    last = count(o);
    of = &o;
    at = now();
  }
  return last;
}

std::vector<figure_line> lines_of(const context& c, const counted& all, std::string_view by) {
  std::map<std::pair<std::string, std::string>, figure> groups;
  for (const auto& r : all.rows) {
    const std::string month = r.filed.str().substr(0, 7);
    auto& g = groups[{by == "month" ? "" : r.agency, by == "agency" ? "" : month}];
    g.requests += r.n;
    g.decided += r.decided;
    g.days += r.days;
    g.in_time += r.in_time;
    g.objected += r.objected;
    g.outcomes[r.outcome] += r.n;
  }
  std::vector<figure_line> out;
  for (auto& [key, g] : groups)
    out.push_back({key.first, key.first.empty() ? "" : office_words(c, key.first), key.second,
                   g.requests, g.decided, g.outcomes["full"], g.outcomes["partial"],
                   g.outcomes["closed"], g.outcomes["absent"], g.objected,
                   g.decided ? fmt::format("{:.1f}", static_cast<double>(g.days) /
                                                         static_cast<double>(g.decided))
                             : "",
                   g.decided ? std::to_string(g.in_time * 100 / g.decided) : ""});
  return out;
}

http::response show(context& c, bureau& o) {
  const auto all = kept(o);
  statistics_view v;
  v.by = c.request.param("by") == "month" ? "month" : "agency";
  v.lines = lines_of(c, all, v.by);
  for (const auto& g : all.grounds)
    if (const auto* is = o.law.find_ground(g.ground))
      v.grounds.push_back({is->id, is->name(c.language), is->law(c.language), g.n});
  return c.show(v, [&] {
    std::vector<tab> list;
    for (const char* by : {"agency", "month"})
      list.push_back({"/disclosure/statistics?by=" + std::string(by),
                      std::string(c.say("disclosure.by_" + std::string(by))), v.by == by});
    table_view t;
    t.caption = c.say("disclosure.statistics");
    t.caption_hidden = t.sortable = t.stacked = t.first_is_header = true;
    t.empty = c.say("disclosure.no_figures");
    t.columns.push_back({std::string(c.say("disclosure.by_" + v.by)), false});
    for (const char* column : {"requests", "decided", "full", "partial", "closed", "absent",
                               "objected", "mean_days", "in_time"})
      t.columns.push_back({std::string(c.say("disclosure.figure_" + std::string(column))), true});
    const auto number = [](std::int64_t n) { return node(text::grouped(n)); };
    const auto shown = [](const std::string& s, const char* unit) {
      return s.empty() ? node("-") : node(s + unit);
    };
    for (const auto& l : v.lines)
      t.rows.push_back({node(v.by == "agency" ? l.agency_name : l.month), number(l.requests),
                        number(l.decided), number(l.full), number(l.partial), number(l.closed),
                        number(l.absent), number(l.objected), shown(l.mean_days, ""),
                        shown(l.in_time_percent, " %")});
    table_view g;
    g.caption = c.say("disclosure.grounds");
    g.caption_hidden = g.stacked = g.first_is_header = true;
    g.empty = c.say("disclosure.no_grounds_used");
    g.columns = {{std::string(c.say("disclosure.ground")), false},
                 {std::string(c.say("disclosure.law")), false},
                 {std::string(c.say("disclosure.figure_requests")), true}};
    for (const auto& one : v.grounds) g.rows.push_back({one.name, one.law, number(one.n)});
    const node body =
        html::all(h1(c.say("disclosure.statistics")), lead(c.say("disclosure.statistics_lead")),
                  tabs(c.say("disclosure.by"), list), data_table(c.shell(), t),
                  p(cls("note"), c.say("disclosure.days_note")), h2(c.say("disclosure.grounds")),
                  data_table(c.shell(), g),
                  link_button("/disclosure/statistics.csv", c.say("disclosure.csv"),
                              look::secondary, "download"));
    return c.page(c.say("disclosure.statistics"), {home_link(c)}, body, {.wide = true});
  });
}

http::response file(context& c, bureau& o) {
  std::string out =
      "month,agency,agency_name,requests,decided,full,partial,closed,absent,objected,mean_days,"
      "in_time_percent\r\n";
  for (const auto& l : lines_of(c, kept(o), "all")) {
    out += text::join({csv_cell(l.month), csv_cell(l.agency), csv_cell(l.agency_name)}, ",");
    for (const auto n : {l.requests, l.decided, l.full, l.partial, l.closed, l.absent, l.objected})
      out += "," + std::to_string(n);
    out += "," + l.mean_days + "," + l.in_time_percent + "\r\n";
  }
  return csv_file(c, std::move(out), "disclosure-statistics");
}

}  // namespace

void figure_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/disclosure/statistics", needs::nobody, [o](context& c) { return show(c, *o); });
  h.page("GET", "/disclosure/statistics.csv", needs::nobody,
         [o](context& c) { return file(c, *o); });
}

}  // namespace madang::disclosure
