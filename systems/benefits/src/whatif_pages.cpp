// The page on which a change is tried out: one figure, or a whole draft, against everybody.
#include <algorithm>

#include "lawbook.hpp"
#include "workshop.hpp"

namespace madang::benefits {
namespace {

using namespace html;

constexpr const char* here = "/desk/decisions/whatif";

struct whatif_view {
  bool running = false;
  double done = 0;
  json::value report;              // null: there is none
};
BOOST_DESCRIBE_STRUCT(whatif_view, (), (running, done, report))

std::string count_said(const context& c, std::int64_t n, bool suppressed) {
  return suppressed ? std::string(c.say("benefits.whatif_hidden")) : text::grouped(n);
}
std::string money_said(const context& c, const decimal& d, bool suppressed) {
  const auto whole = d.to_int64();
  if (suppressed) return std::string(c.say("benefits.whatif_hidden"));
  return whole ? text::grouped(*whole) : d.str();
}

std::string group_name(const context& c, std::string_view kind, const std::string& group) {
  if (kind == "province" || kind == "municipality") {
    const auto* d = c.home.pack().find_district(group);
    return d ? d->name(c.language) : group;
  }
  return c.fill("benefits.group_" + std::string(kind), {{"n", group}});
}

// How many gain and lose in each group, as bars on one scale; the table below has the figures.
node bars(const context& c, std::string_view kind, const std::vector<effect_line>& lines) {
  std::int64_t most = 1;
  for (const auto& l : lines)
    if (!l.suppressed) most = std::max({most, l.is.winners, l.is.losers});
  std::vector<node> drawn;
  for (const auto& l : lines) {
    if (l.suppressed) continue;
    const auto bar = [&](std::int64_t n, const char* look) {
      return node(element("meter", cls(look), attr("min", "0"), attr("max", most),
                          attr("value", n), attr("aria-hidden", "true")));
    };
    drawn.push_back(li(span(cls("bar-name"), group_name(c, kind, l.group)),
                       span(cls("bar-track"), bar(l.is.winners, "bar good"),
                            bar(l.is.losers, "bar bad")),
                       span(cls("note"), "+" + text::grouped(l.is.winners) + " / -" +
                                             text::grouped(l.is.losers))));
  }
  return drawn.empty() ? node() : ul(cls("bars"), drawn);
}

node table_of(const context& c, std::string_view kind, const std::vector<effect_line>& lines) {
  table_view t;
  t.caption = c.say("benefits.by_" + std::string(kind));
  t.stacked = true;
  t.columns = {{std::string(c.say("benefits.by_" + std::string(kind))), false}};
  for (const char* column : {"before", "after", "winners", "losers", "cost_change"})
    t.columns.push_back({std::string(c.say("benefits.whatif_" + std::string(column))), true});
  for (const auto& l : lines)
    t.rows.push_back({group_name(c, kind, l.group), count_said(c, l.is.before, l.suppressed),
                      count_said(c, l.is.after, l.suppressed),
                      count_said(c, l.is.winners, l.suppressed),
                      count_said(c, l.is.losers, l.suppressed),
                      money_said(c, l.is.cost_after - l.is.cost_before, l.suppressed)});
  return all(bars(c, kind, lines), data_table(c.shell(), t));
}

node report_part(const context& c, const office& o, const whatif_report& r) {
  const auto* p = o.law.find(r.provision);
  const effect& e = r.all;
  const bool hidden = r.all_suppressed;
  std::vector<row> rows;
  const std::pair<const char*, std::int64_t> counts[] = {
      {"before", e.before}, {"after", e.after}, {"winners", e.winners},
      {"losers", e.losers}, {"more", e.more},   {"less", e.less}};
  for (const auto& [name, n] : counts)
    rows.push_back({std::string(c.say("benefits.whatif_" + std::string(name))),
                    node(count_said(c, n, hidden)), ""});
  rows.push_back({std::string(c.say("benefits.whatif_cost")),
                  node(money_said(c, e.cost_before, hidden) + " → " +
                       money_said(c, e.cost_after, hidden)),
                  ""});
  return all(
      h2(c.fill("benefits.whatif_result", {{"name", p ? p->name(c.language) : r.provision},
                                           {"n", text::grouped(e.persons)}})),
      html::p(cls("note"), c.fill("benefits.whatif_as_of", {{"date", c.written(r.day)}})),
      r.stopped ? banner(c.shell(), tone::warn, c.say("refusal.benefits.stopped")) : node(),
      summary_list(c.shell(), rows), html::p(cls("note"), c.say("benefits.whatif_privacy")),
      link_button(std::string(here) + ".csv", c.say("benefits.whatif_csv"), look::secondary),
      table_of(c, "province", r.provinces),
      disclosure(c.say("benefits.by_municipality"),
                 table_of(c, "municipality", r.municipalities)),
      table_of(c, "age", r.ages),
      table_of(c, "household", r.sizes));
}

node question_part(const context& c, const office& o, const refusal* wrong) {
  std::vector<html::choice> provisions, parameters;
  for (const auto& p : o.law.provisions()) provisions.push_back({p.id, p.name(c.language), ""});
  for (const auto& p : o.law.parameters()) {
    const auto* held = p.at(today(c.home.pack().zone()));
    parameters.push_back({p.id,
                          p.name(c.language) + (held ? " (" + held->is.literal() + ")" : ""), ""});
  }
  const auto made = [&](const char* name) {
    html::field f;
    f.name = name;
    f.label = c.say("benefits.whatif_" + std::string(name));
    f.value = c.request.method == "POST" ? std::string(c.field(name))
                                         : std::string(c.request.param(name));
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  };
  auto day = made("day");
  day.hint = c.say("benefits.hint_day");
  day.optional = true;
  return form(cls("questions"), method("post"), action(here), c.shell().csrf_field(),
              select_field(c.shell(), made("provision"), provisions),
              select_field(c.shell(), made("parameter"), parameters),
              text_field(c.shell(), made("value")), text_field(c.shell(), day),
              submit_button(c.say("benefits.whatif_start")));
}

http::response page_of(context& c, const office& o, const trial_run& t,
                       const refusal* wrong = nullptr) {
  const auto s = t.now();
  whatif_view view{s.running, s.done, s.report ? to_json(*s.report) : json::value()};
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(view, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(c.say("benefits.whatif_title")),
                    lead(c.say("benefits.whatif_lead")));
    if (s.running)
      body = all(body, section(h2(c.say("benefits.whatif_running")),
                               element("progress", attr("max", "100"),
                                       attr("value", std::int64_t(100 * s.done)),
                                       attr("aria-label", c.say("benefits.whatif_running"))),
                               html::p(std::to_string(static_cast<int>(100 * s.done)) + " %"),
                               post_button(c.shell(), std::string(here) + "/stop",
                                           c.say("benefits.whatif_stop"), look::secondary)));
    else
      body = all(body, question_part(c, o, wrong));
    if (s.failed) body = all(body, banner(c.shell(), tone::bad, c.explain(*s.failed)));
    if (s.report) body = all(body, report_part(c, o, *s.report));
    auto r = c.page(c.say("benefits.whatif_title"),
                    {{"/desk/decisions", std::string(c.say("benefits.workshop"))}}, body,
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (s.running) r.with("Refresh", "2");
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// What the form asks: one figure; a model; or a draft of the workshop, as of its first day.
result<trial_run::change> change_asked(const context& c, lawbook& book) {
  trial_run::change what;
  what.provision = c.field("provision");
  what.parameter = c.field("parameter");
  what.model = c.field("model");
  what.becomes = rules::value_of_literal(c.field("value"));
  what.day = today(c.home.pack().zone());
  if (!c.field("day").empty()) {
    const auto day = date::parse(text::trim(c.field("day")));
    if (!day) return refuse(kind::invalid, "forms.date", "day");
    what.day = *day;
  }
  if (!c.field("draft").empty()) {
    const auto key = id::parse(c.field("draft"));
    auto d = key ? book.find(*key) : std::nullopt;
    if (!d) return refuse(kind::not_found, "draft.none", "draft");
    what.provision = d->provision;
    what.model = d->model;
    what.day = std::max(what.day, d->starts);
  }
  if (what.model.empty() && what.becomes.is_null())
    return refuse(kind::invalid, "benefits.whatif_value", "value");
  return what;
}

http::response begin(context& c, const office& o, trial_run& t, lawbook& book) {
  auto what = change_asked(c, book);
  if (!what) return page_of(c, o, t, &what.why());
  auto started = t.start(o.law, c.access(c.home.said("benefits.purpose_whatif"),
                                         c.home.said("law.social_security_found")),
                         std::move(*what));
  if (!started) return page_of(c, o, t, &started.why());
  if (c.request.wants_json()) return c.with_privacy(http::json_response("{}", 202));
  return c.go(here);
}

}  // namespace

bool may_write_rules(const context& c) {
  return c.actor.has_role("rule_author") || c.actor.has_role("rule_approver");
}

json::value to_json(const whatif_report& r) {
  const auto cell = [](const effect& e, bool suppressed) {
    json::object out{{"suppressed", suppressed}};
    if (suppressed) return out;
    out["persons"] = e.persons;
    out["before"] = e.before;
    out["after"] = e.after;
    out["winners"] = e.winners;
    out["losers"] = e.losers;
    out["more"] = e.more;
    out["less"] = e.less;
    out["cost_before"] = e.cost_before.str();
    out["cost_after"] = e.cost_after.str();
    return out;
  };
  json::object out{{"provision", r.provision}, {"day", r.day.str()}, {"stopped", r.stopped},
                   {"all", cell(r.all, r.all_suppressed)}};
  const std::pair<const char*, const std::vector<effect_line>*> kinds[] = {
      {"provinces", &r.provinces},
      {"municipalities", &r.municipalities},
      {"ages", &r.ages}, {"sizes", &r.sizes}};
  for (const auto& [name, lines] : kinds) {
    json::array list;
    for (const auto& l : *lines) {
      auto one = cell(l.is, l.suppressed);
      one["group"] = l.group;
      list.push_back(std::move(one));
    }
    out[name] = std::move(list);
  }
  return out;
}

void whatif_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<trial_run> t,
                  std::shared_ptr<lawbook> book) {
  using platform::needs;
  const auto for_authors = [](auto handler) {
    return [handler](context& c) -> http::response {
      if (!may_write_rules(c)) return c.refuse(refuse(kind::not_found, "request.no_page"));
      return handler(c);
    };
  };
  h.page("GET", here, needs::official,
         for_authors([o, t](context& c) { return page_of(c, *o, *t); }));
  h.page("POST", here, needs::official,
         for_authors([o, t, book](context& c) { return begin(c, *o, *t, *book); }));
  h.page("POST", std::string(here) + "/stop", needs::official, for_authors([t](context& c) {
           t->call_off();
           return c.go(here);
         }));
  h.page("GET", std::string(here) + ".csv", needs::official, for_authors([t](context& c) {
           const auto s = t->now();
           if (!s.report) return c.refuse(refuse(kind::not_found, "request.no_page"));
           auto r = http::text_response(200, as_csv(*s.report), "text/csv; charset=utf-8");
           return c.with_privacy(
               r.with("Content-Disposition", "attachment; filename=\"whatif.csv\""));
         }));
}

}  // namespace madang::benefits
