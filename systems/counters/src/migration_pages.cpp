// Running cases from one version of their procedure to another: first what would become of each,
// then it is done, and can be undone where nothing has gone on since.
#include <algorithm>

#include "counter.hpp"
#include "madang/platform/context.hpp"
#include "madang/process/drawing.hpp"
#include "madang/process/migrations.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct planned_line {
  std::string instance, business, will;
  std::vector<std::string> reasons;
};
BOOST_DESCRIBE_STRUCT(planned_line, (), (instance, business, will, reasons))
struct made_line {
  std::string key, at, who;
  std::int64_t from = 0, to = 0, moved = 0;
  bool undone = false;
};
BOOST_DESCRIBE_STRUCT(made_line, (), (key, at, who, from, to, moved, undone))
struct migration_view {
  std::string process, from, to;
  std::int64_t moves = 0, by_hand = 0;
  std::vector<planned_line> plan;
  std::vector<made_line> made;
};
BOOST_DESCRIBE_STRUCT(migration_view, (), (process, from, to, moves, by_hand, plan, made))

struct asked {
  id from, to;
  process::migration_map map;
};

// "old = new", a line each.
result<process::migration_map> map_of(std::string_view lines) {
  process::migration_map out;
  int number = 0;
  for (const auto& raw : text::split(lines, '\n')) {
    ++number;
    const auto line = text::trim(raw);
    if (line.empty()) continue;
    const auto at = line.find('=');
    const std::string from(text::trim(line.substr(0, at)));
    const std::string to(at == std::string_view::npos ? "" : text::trim(line.substr(at + 1)));
    if (from.empty() || to.empty())
      return refuse(kind::invalid, "migration.mapping", "map", {{"line", std::to_string(number)}});
    out[from] = to;
  }
  return out;
}

result<asked> asked_of(const std::vector<process::deployment>& versions,
                       const std::function<std::string(const char*)>& value) {
  asked out;
  for (const auto& d : versions) {
    if (d.key.str() == value("from")) out.from = d.key;
    if (d.key.str() == value("to")) out.to = d.key;
  }
  if (!out.from || !out.to || out.from == out.to)
    return refuse(kind::invalid, "migration.same", "to");
  auto map = map_of(value("map"));
  if (!map) return map.why();
  out.map = std::move(*map);
  return out;
}

audit::access why_of(const context& c) {
  return c.access(c.home.said("procedures.purpose"), c.home.said("law.civil_petitions"));
}

std::string reason_said(const context& c, const process::names_by_id& names,
                        const std::string& reason) {
  const auto blank = reason.find(' ');
  const std::string code = reason.substr(0, blank), id = reason.substr(blank + 1);
  const auto name = names.find(id);
  return c.fill("migration.reason_" + code.substr(code.find('.') + 1),
                {{"step", name == names.end() ? id : name->second}});
}

node plan_part(const context& c, const migration_view& v, const std::string& map) {
  table_view t;
  t.caption = c.say("migration.plan");
  t.stacked = true;
  t.first_is_header = true;
  t.empty = c.say("migration.nobody");
  for (const char* column : {"case", "will", "why"})
    t.columns.push_back({std::string(c.say("migration.column_" + std::string(column))), false});
  for (const auto& l : v.plan) {
    std::vector<node> why;
    for (const auto& r : l.reasons) why.push_back(li(r));
    t.rows.push_back(
        {l.business,
         badge(l.will == "moves" ? tone::good : tone::warn, c.say("migration.will_" + l.will)),
         why.empty() ? node("-") : ul(cls("plain"), why)});
  }
  node run;
  if (v.moves > 0)
    run = form(method("post"), action("/desk/procedures/" + v.process + "/migration"),
               c.shell().csrf_field(), hidden_field("from", v.from), hidden_field("to", v.to),
               hidden_field("map", map),
               submit_button(c.fill("migration.run", {{"n", std::to_string(v.moves)}})));
  return section(h2(c.say("migration.plan")),
                 p(c.fill("migration.counts", {{"moves", std::to_string(v.moves)},
                                               {"by_hand", std::to_string(v.by_hand)}})),
                 data_table(c.shell(), t), run);
}

node made_part(const context& c, const migration_view& v) {
  table_view t;
  t.caption = c.say("migration.made");
  t.stacked = true;
  t.empty = c.say("migration.none_made");
  for (const char* column : {"when", "who", "versions", "moved", "undo"})
    t.columns.push_back({std::string(c.say("migration.column_" + std::string(column))), false});
  for (const auto& m : v.made) {
    const auto at = instant::parse(m.at);
    t.rows.push_back(
        {at ? c.written(*at) : m.at, m.who, std::to_string(m.from) + " → " + std::to_string(m.to),
         std::to_string(m.moved),
         m.undone ? node(c.say("migration.undone"))
                  : post_button(c.shell(),
                                "/desk/procedures/" + v.process + "/migration/" + m.key + "/undo",
                                c.say("migration.undo"), look::secondary)});
  }
  return section(h2(c.say("migration.made")), data_table(c.shell(), t));
}

// What is asked in the address or in the form, as far as it can be said what would happen.
std::optional<refusal> fill_plan(const context& c, counter& office,
                                 const std::vector<process::deployment>& versions,
                                 const std::function<std::string(const char*)>& value,
                                 migration_view& view) {
  auto a = asked_of(versions, value);
  if (!a) return a.why();
  auto plan = office.database().reading(
      [&](store::read& r) { return office.processes().plan_migration(r, a->from, a->to, a->map); });
  if (!plan) return plan.why();
  const auto old = office.database().reading(
      [&](store::read& r) { return office.processes().model_of(r, a->from); });
  const auto names = process::names_in(*old, c.language);
  view.from = a->from.str();
  view.to = a->to.str();
  view.moves = plan->moves;
  view.by_hand = plan->by_hand;
  for (const auto& l : plan->lines) {
    planned_line line{l.instance.str(), l.business, l.reasons.empty() ? "moves" : "by_hand", {}};
    for (const auto& r : l.reasons) line.reasons.push_back(reason_said(c, names, r));
    view.plan.push_back(std::move(line));
  }
  return {};
}

node asking(const context& c, const std::vector<process::deployment>& versions,
            const std::string& process, const std::function<std::string(const char*)>& value,
            const refusal* wrong) {
  std::vector<choice> choices;
  for (const auto& d : versions)
    choices.push_back(
        {d.key.str(), c.fill("migration.version", {{"n", std::to_string(d.version)}}), ""});
  html::field from, to, map;
  from.name = "from";
  from.label = c.say("migration.from");
  const std::size_t before = std::min<std::size_t>(1, versions.size() - 1);
  from.value = value("from").empty() ? versions[before].key.str() : value("from");
  to.name = "to";
  to.label = c.say("migration.to");
  to.value = value("to").empty() ? versions.front().key.str() : value("to");
  map.name = "map";
  map.label = c.say("migration.map");
  map.hint = c.say("migration.map_hint");
  map.value = value("map");
  if (wrong)
    (wrong->field == "map" || wrong->field == "mapping" ? map : to).error = c.explain(*wrong);
  return form(cls("questions"), method("get"), action("/desk/procedures/" + process + "/migration"),
              select_field(c.shell(), from, choices), select_field(c.shell(), to, choices),
              area_field(c.shell(), map, 3),
              submit_button(c.say("migration.look"), look::secondary));
}

http::response show(context& c, counter& office, const refusal* refused = nullptr) {
  const std::string process(c.request.capture("process"));
  const auto versions = office.database().reading(
      [&](store::read& r) { return office.processes().deployments(r, process); });
  if (process.empty() || versions.empty())
    return c.refuse(refuse(kind::not_found, "process.unknown"));
  const bool posted = c.request.method == "POST";
  const auto value = [&](const char* name) {
    return std::string(posted ? c.field(name) : c.request.param(name));
  };
  migration_view view;
  view.process = process;
  std::optional<refusal> wrong;
  if (!value("from").empty() || !value("to").empty())
    wrong = fill_plan(c, office, versions, value, view);
  if (refused) wrong = *refused;
  for (const auto& m : office.database().reading(
           [&](store::read& r) { return process::migrations_of(r, process); }))
    view.made.push_back(
        {m.key.str(), m.at.str(), m.who, m.from_version, m.to_version, m.moved, m.undone});
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(view, [&] {
    std::vector<error_item> errors;
    if (wrong)
      errors.push_back(
          {wrong->field == "mapping" || wrong->field == "map" ? "map" : "to", c.explain(*wrong)});
    const permit* p = office.find(process);
    auto r = c.page(c.say("migration.title"),
                    {{"/desk", std::string(c.say("shell.desk_site"))},
                     {"/desk/procedures", std::string(c.say("procedures.title"))},
                     {"/desk/procedures/" + process, p ? p->name(c.language) : process}},
                    html::all(error_summary(c.shell(), errors), h1(c.say("migration.title")),
                              lead(c.say("migration.lead")),
                              asking(c, versions, process, value, wrong ? &*wrong : nullptr),
                              view.from.empty() ? node() : plan_part(c, view, value("map")),
                              made_part(c, view)),
                    {.wide = true, .noindex = true, .has_errors = wrong.has_value()});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response run(context& c, counter& office) {
  const std::string process(c.request.capture("process"));
  const auto versions = office.database().reading(
      [&](store::read& r) { return office.processes().deployments(r, process); });
  auto a = asked_of(versions, [&](const char* name) { return std::string(c.field(name)); });
  if (!a) return show(c, office, &a.why());
  auto done = office.database().writing([&](store::write& tx) {
    return office.processes().migrate(tx, why_of(c), a->from, a->to, a->map);
  });
  if (!done) return show(c, office, &done.why());
  return c.go("/desk/procedures/" + process + "/migration");
}

http::response undo(context& c, counter& office) {
  const auto key = id::parse(c.request.capture("migration"));
  if (!key) return c.refuse(refuse(kind::not_found, "process.unknown"));
  auto done = office.database().writing(
      [&](store::write& tx) { return office.processes().undo_migration(tx, why_of(c), *key); });
  if (!done) return c.refuse(done.why());
  return c.go("/desk/procedures/" + std::string(c.request.capture("process")) + "/migration");
}

}  // namespace

void migration_pages(platform::house& h, std::shared_ptr<counter> office) {
  const auto add = [&](const char* how, const char* path, auto handler) {
    h.page(how, path, needs::official, [office, handler](context& c) -> http::response {
      if (!keeps_procedures(c.actor)) return c.refuse(refuse(kind::not_found, "request.no_page"));
      return handler(c, *office);
    });
  };
  add("GET", "/desk/procedures/{process}/migration",
      [](context& c, counter& o) { return show(c, o); });
  add("POST", "/desk/procedures/{process}/migration", run);
  add("POST", "/desk/procedures/{process}/migration/{migration}/undo", undo);
}

}  // namespace madang::counters
