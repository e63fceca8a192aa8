// What everybody may read: answers made anonymous, and figures of how petitions are answered.
#include <algorithm>
#include <map>
#include <mutex>

#include "madang/platform/csv.hpp"
#include "pages.hpp"

namespace madang::epeople {
namespace {

using namespace html;
using platform::csv_cell;

constexpr int most_answers = 50, searched = 2000;
// A mean over fewer would tell what one of them said.
constexpr std::int64_t fewest_ratings = 3;

struct answer_line {
  std::string key, kind, office, title, question, answer;
  instant at;
};
BOOST_DESCRIBE_STRUCT(answer_line, (), (key, kind, office, title, question, answer, at))
struct answers_view {
  std::string query;
  std::vector<answer_line> answers;
};
BOOST_DESCRIBE_STRUCT(answers_view, (), (query, answers))

answer_line line_of(const published& p) {
  return {p.matter.str(), p.kind, p.office, p.title, p.question, p.answer, p.at};
}

http::response show_answers(context& c, bureau& o) {
  speak(c);
  const std::string query(text::head(c.request.param("q"), 100));
  const auto* k = o.kinds.find(c.request.param("kind"));
  answers_view view{query, {}};
  for (const auto& one : published_answers(o, query, k ? k->id : "", most_answers))
    view.answers.push_back(line_of(one));
  return c.show(view, [&] {
    const shell s = shell_of(c);
    search_view box;
    box.action = "/epeople/answers";
    box.value = query;
    box.label = c.say("epeople.search_answers");
    box.suggest = "";
    std::vector<tab> by_kind{{"/epeople/answers", std::string(c.say("epeople.all_kinds")), !k}};
    for (const auto& each : o.kinds.all())
      if (!each.confidential)
        by_kind.push_back(
            {"/epeople/answers?kind=" + each.id, each.name(c.language), k && k->id == each.id});
    std::vector<node> lines;
    for (const auto& one : view.answers)
      lines.push_back(li(cls("service-line"),
                         h2(cls("h3"), a(href("/epeople/answers/" + one.key), one.title)),
                         p(text::head(one.question, 140)),
                         p(cls("note"), kind_name(c, o, one.kind), " · ",
                           office_words(c, one.office), " · ", date_of(c, in_zone(one.at).date))));
    const node body =
        all(h1(c.say("epeople.answers")), lead(c.say("epeople.answers_lead")), search_box(s, box),
            filters(c.say("epeople.kinds"), by_kind),
            lines.empty() ? empty_state("search", c.say("epeople.no_answers"),
                                        p(c.say("epeople.no_answers_line")),
                                        link_button("/epeople", c.say("epeople.begin")))
                          : ul(cls("service-list"), lines));
    return page_of(c, c.say("epeople.answers"), {home_link(c)}, body,
                   {.description = std::string(c.say("epeople.answers_lead"))});
  });
}

http::response show_answer(context& c, bureau& o) {
  speak(c);
  const auto key = id::parse(c.request.capture("matter"));
  const auto one = o.files.database().reading([&](store::read& r) {
    return r.one<published>(
        "select " + store::columns<published>() + " from published where matter = ?1",
        key.value_or(id{}));
  });
  if (!one) return c.refuse(refuse(kind::not_found, "epeople.no_answer"));
  return c.show(line_of(*one), [&] {
    const node body =
        all(h1(one->title),
            p(cls("note"), kind_name(c, o, one->kind), " · ", office_words(c, one->office), " · ",
              date_of(c, in_zone(one->at).date)),
            section(h2(c.say("epeople.question")), p(cls("keep-lines"), one->question)),
            section(h2(c.say("epeople.answer")), p(cls("keep-lines"), one->answer),
                    p(cls("note"), office_words(c, one->office))),
            p(cls("note"), c.say("epeople.anonymous_line")),
            link_button("/epeople/kinds/" + one->kind, c.say("epeople.begin"), look::secondary));
    return page_of(c, one->title,
                   {home_link(c), {"/epeople/answers", std::string(c.say("epeople.answers"))}},
                   body);
  });
}

// ---- statistics ----

struct day_sum {
  std::string kind, office;
  date filed;
  std::int64_t n = 0, answered = 0, days = 0, in_time = 0, rated = 0, stars = 0, transferred = 0;
};
BOOST_DESCRIBE_STRUCT(day_sum, (),
                      (kind, office, filed, n, answered, days, in_time, rated, stars, transferred))

struct figure {
  std::string office, kind, month;
  std::int64_t filed = 0, answered = 0, days = 0, in_time = 0, rated = 0, stars = 0, escalated = 0;
  void add(const day_sum& d) {
    filed += d.n;
    answered += d.answered;
    days += d.days;
    in_time += d.in_time;
    rated += d.rated;
    stars += d.stars;
    escalated += d.transferred;
  }
};
struct figure_line {
  std::string office, office_name, kind, month;
  std::int64_t filed = 0, answered = 0, escalated = 0;
  std::string mean_days, in_time_percent, satisfaction;
};
BOOST_DESCRIBE_STRUCT(figure_line, (),
                      (office, office_name, kind, month, filed, answered, escalated, mean_days,
                       in_time_percent, satisfaction))
struct statistics_view {
  std::string by;
  std::vector<figure_line> lines;
};
BOOST_DESCRIBE_STRUCT(statistics_view, (), (by, lines))

std::vector<day_sum> counted(bureau& o) {
  return o.files.database().reading([&](store::read& r) {
    return r.all<day_sum>(
        "select f.kind, f.office, f.filed, count(*), count(f.answered), "
        "cast(coalesce(sum(f.answered - f.filed), 0) as bigint), "
        "cast(coalesce(sum(f.in_time), 0) as bigint), count(r.stars), "
        "cast(coalesce(sum(r.stars), 0) as bigint), "
        "cast(coalesce(sum(f.escalated), 0) as bigint) "
        "from filing f left join matter_rating r on r.matter = f.matter "
        "group by f.kind, f.office, f.filed");
  });
}

// Everybody may ask, and counting goes through all filings: what was counted is kept for a while.
std::vector<day_sum> sums(bureau& o) {
  static constexpr std::int64_t kept_micros = 10'000'000;
  static std::mutex mutex;
  static const bureau* of = nullptr;
  static instant at;
  static std::vector<day_sum> kept;
  std::lock_guard hold(mutex);
  if (of != &o || now().micros - at.micros > kept_micros) {
    kept = counted(o);
    of = &o;
    at = now();
  }
  return kept;
}

std::string one_decimal(std::int64_t sum, std::int64_t n) {
  return n == 0 ? "" : fmt::format("{:.1f}", static_cast<double>(sum) / static_cast<double>(n));
}

// `by`: office, kind, month, or all three.
std::vector<figure_line> figures_by(const context& c, bureau& o, std::string_view by) {
  std::map<std::tuple<std::string, std::string, std::string>, figure> groups;
  const bool every = by == "all";
  for (const auto& d : sums(o)) {
    const std::string month = d.filed.str().substr(0, 7);
    auto& g = groups[{every || by == "office" ? d.office : "", every || by == "kind" ? d.kind : "",
                      every || by == "month" ? month : ""}];
    g.add(d);
  }
  std::vector<figure_line> out;
  for (const auto& [key, g] : groups) {
    const auto& [office, kind, month] = key;
    out.push_back({office, office.empty() ? "" : office_words(c, office), kind, month, g.filed,
                   g.answered, g.escalated, one_decimal(g.days, g.answered),
                   g.answered ? std::to_string(g.in_time * 100 / g.answered) : "",
                   g.rated >= fewest_ratings ? one_decimal(g.stars, g.rated) : ""});
  }
  return out;
}

std::string by_of(const context& c) {
  const auto by = c.request.param("by");
  return by == "kind" || by == "month" ? std::string(by) : "office";
}

http::response show_statistics(context& c, bureau& o) {
  speak(c);
  const statistics_view view{by_of(c), figures_by(c, o, by_of(c))};
  return c.show(view, [&] {
    const shell s = shell_of(c);
    std::vector<tab> list;
    for (const char* by : {"office", "kind", "month"})
      list.push_back({"/epeople/statistics?by=" + std::string(by),
                      std::string(c.say("epeople.by_" + std::string(by))), view.by == by});
    table_view t;
    t.caption = c.say("epeople.statistics");
    t.caption_hidden = true;
    t.sortable = true;
    t.stacked = true;
    t.first_is_header = true;
    t.empty = c.say("epeople.no_figures");
    t.columns.push_back({std::string(c.say("epeople.by_" + view.by)), false});
    for (const char* column :
         {"filed", "answered", "mean_days", "in_time", "satisfaction", "escalated"})
      t.columns.push_back({std::string(c.say("epeople.figure_" + std::string(column))), true});
    const auto shown = [](const std::string& figure, const char* unit) {
      return figure.empty() ? node("-") : node(figure + unit);
    };
    for (const auto& l : view.lines)
      t.rows.push_back({node(view.by == "office" ? l.office_name
                             : view.by == "kind" ? kind_name(c, o, l.kind)
                                                 : l.month),
                        node(text::grouped(l.filed)), node(text::grouped(l.answered)),
                        shown(l.mean_days, ""), shown(l.in_time_percent, " %"),
                        shown(l.satisfaction, ""), node(text::grouped(l.escalated))});
    const node body = all(
        h1(c.say("epeople.statistics")), lead(c.say("epeople.statistics_lead")),
        tabs(c.say("epeople.by"), list), data_table(s, t),
        p(cls("note"), c.say("epeople.satisfaction_note")),
        link_button("/epeople/statistics.csv", c.say("epeople.csv"), look::secondary, "download"));
    return page_of(c, c.say("epeople.statistics"), {home_link(c)}, body, {.wide = true});
  });
}

http::response statistics_file(context& c, bureau& o) {
  std::string out =
      "month,office,office_name,kind,filed,answered,mean_days,in_time_percent,satisfaction,"
      "escalated\r\n";
  for (const auto& l : figures_by(c, o, "all"))
    out += text::join({csv_cell(l.month), csv_cell(l.office), csv_cell(l.office_name),
                       csv_cell(l.kind), std::to_string(l.filed), std::to_string(l.answered),
                       l.mean_days, l.in_time_percent, l.satisfaction, std::to_string(l.escalated)},
                      ",") +
           "\r\n";
  auto r = http::text_response(200, std::move(out), "text/csv; charset=utf-8");
  r.with("Content-Disposition", "attachment; filename=\"epeople-statistics.csv\"");
  return c.with_privacy(std::move(r));
}

}  // namespace

std::vector<published> published_answers(bureau& o, std::string_view words, std::string_view kind,
                                         int most) {
  const std::string columns = "select " + store::columns<published>() + " from published ";
  if (text::trim(words).empty())
    return o.files.database().reading([&](store::read& r) {
      return r.all<published>(
          columns + "where kind = ?1 or ?1 = '' order by at desc, matter desc limit ?2", kind,
          most);
    });
  search::question q;
  q.text = words;
  q.limit = static_cast<std::size_t>(most);
  if (!kind.empty()) q.facets.emplace_back("kind", kind);
  std::vector<published> out;
  for (const auto& hit : o.answers.query(q).hits)
    if (const auto key = id::parse(hit.key))
      if (auto one = o.files.database().reading([&](store::read& r) {
            return r.one<published>(columns + "where matter = ?1", *key);
          }))
        out.push_back(std::move(*one));
  return out;
}

void open_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/epeople/answers", needs::nobody, [o](context& c) { return show_answers(c, *o); });
  h.page("GET", "/epeople/answers/{matter}", needs::nobody,
         [o](context& c) { return show_answer(c, *o); });
  h.page("GET", "/epeople/statistics", needs::nobody,
         [o](context& c) { return show_statistics(c, *o); });
  h.page("GET", "/epeople/statistics.csv", needs::nobody,
         [o](context& c) { return statistics_file(c, *o); });
}

}  // namespace madang::epeople
