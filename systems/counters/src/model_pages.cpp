// Procedures as they are in force: their versions, how they go, and where to change them.
#include "counter.hpp"
#include "diagram.hpp"
#include "draftbook.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct version_line {
  std::string key, process, name, deployed, deployed_by, hash;
  std::int64_t version = 0;
};
BOOST_DESCRIBE_STRUCT(version_line, (), (key, process, name, deployed, deployed_by, hash, version))
struct draft_line {
  std::string key, process, name, state, starts, author;
};
BOOST_DESCRIBE_STRUCT(draft_line, (), (key, process, name, state, starts, author))
struct procedures_view {
  std::vector<version_line> procedures;
  std::vector<draft_line> drafts;
};
BOOST_DESCRIBE_STRUCT(procedures_view, (), (procedures, drafts))
struct one_procedure_view {
  std::vector<version_line> versions;
};
BOOST_DESCRIBE_STRUCT(one_procedure_view, (), (versions))

std::string name_of(const context& c, const counter& office, const std::string& process) {
  const permit* p = office.find(process);
  return p ? p->name(c.language) : process;
}

version_line line_of(const context& c, const counter& office, const process::deployment& d) {
  return {d.key.str(), d.process, name_of(c, office, d.process), d.deployed.str(), d.deployed_by,
          d.hash,      d.version};
}

tone tone_of(const std::string& state) {
  return state == "published"   ? tone::good
         : state == "submitted" ? tone::info
         : state == "returned"  ? tone::warn
                                : tone::neutral;
}

http::response list(context& c, counter& office) {
  procedures_view view;
  const auto all =
      office.database().reading([&](store::read& r) { return office.processes().deployments(r); });
  for (const auto& d : all)
    if (view.procedures.empty() || view.procedures.back().process != d.process)
      view.procedures.push_back(line_of(c, office, d));
  for (const auto& d : office.drafts().drafts())
    view.drafts.push_back({d.key.str(), d.process, name_of(c, office, d.process), d.state,
                           d.starts.str(), d.author_name});
  return c.show(view, [&] {
    table_view drafts, procedures;
    drafts.caption = c.say("procedures.drafts");
    drafts.stacked = true;
    drafts.first_is_header = true;
    drafts.empty = c.say("procedures.no_drafts");
    for (const char* column : {"procedure", "state", "starts", "author"})
      drafts.columns.push_back({std::string(c.say("procedures." + std::string(column))), false});
    for (const auto& d : view.drafts)
      drafts.rows.push_back({a(href("/desk/process-drafts/" + d.key), d.name),
                             badge(tone_of(d.state), c.say("procedures.state_" + d.state)),
                             d.starts, d.author});
    procedures.caption = c.say("procedures.in_force");
    procedures.stacked = true;
    procedures.first_is_header = true;
    for (const char* column : {"procedure", "version", "since", "by"})
      procedures.columns.push_back(
          {std::string(c.say("procedures." + std::string(column))), false});
    for (const auto& p : view.procedures) {
      const auto since = instant::parse(p.deployed);
      procedures.rows.push_back({a(href("/desk/procedures/" + p.process), p.name),
                                 std::to_string(p.version),
                                 since ? c.written(*since) : std::string("-"), p.deployed_by});
    }
    return c.page(c.say("procedures.title"), {{"/desk", std::string(c.say("shell.desk_site"))}},
                  html::all(h1(c.say("procedures.title")), lead(c.say("procedures.lead")),
                            button_row({link_button("/desk/procedures-time",
                                                    c.say("analytics.title"), look::secondary)}),
                            data_table(c.shell(), drafts), data_table(c.shell(), procedures)),
                  {.wide = true, .noindex = true});
  });
}

http::response show(context& c, counter& office) {
  const std::string process(c.request.capture("process"));
  const auto versions = office.database().reading(
      [&](store::read& r) { return office.processes().deployments(r, process); });
  if (process.empty() || versions.empty())
    return c.refuse(refuse(kind::not_found, "process.unknown"));
  one_procedure_view view;
  for (const auto& d : versions) view.versions.push_back(line_of(c, office, d));
  return c.show(view, [&] {
    const auto model = office.database().reading(
        [&](store::read& r) { return office.processes().model_of(r, versions.front().key); });
    table_view t;
    t.caption = c.say("procedures.versions");
    t.stacked = true;
    t.first_is_header = true;
    for (const char* column : {"version", "since", "by", "file"})
      t.columns.push_back({std::string(c.say("procedures." + std::string(column))), false});
    for (const auto& v : view.versions) {
      const auto since = instant::parse(v.deployed);
      t.rows.push_back(
          {std::to_string(v.version), since ? c.written(*since) : std::string("-"), v.deployed_by,
           a(href("/desk/models/" + v.key + "/bpmn?download=1"), c.say("procedures.download"))});
    }
    std::vector<node> acts;
    if (c.actor.has_role("rule_author"))
      acts.push_back(post_button(c.shell(), "/desk/procedures/" + process + "/drafts",
                                 c.say("procedures.begin"), look::primary));
    if (versions.size() > 1)
      acts.push_back(link_button("/desk/procedures/" + process + "/migration",
                                 c.say("migration.title"), look::secondary));
    acts.push_back(link_button("/desk/procedures-time?process=" + process, c.say("analytics.title"),
                               look::secondary));
    const std::string name = name_of(c, office, process);
    return c.page(
        name,
        {{"/desk", std::string(c.say("shell.desk_site"))},
         {"/desk/procedures", std::string(c.say("procedures.title"))}},
        html::all(h1(name), button_row(acts),
                  diagram_of(c, "/desk/models/" + versions.front().key.str() + "/bpmn", {}),
                  h2(c.say("diagram.in_words")),
                  outline_of(c, process::outline(*model, model->processes().front(), c.language)),
                  data_table(c.shell(), t)),
        {.wide = true, .noindex = true});
  });
}

// As it was deployed, for other tools; drawn and in the reader's language, for the page.
http::response file(context& c, counter& office) {
  const auto key = id::parse(c.request.capture("model"));
  const auto found = office.database().reading([&](store::read& r) {
    std::optional<process::deployment> out;
    for (auto& d : office.processes().deployments(r))
      if (key && d.key == *key) out = std::move(d);
    return out;
  });
  if (!found) return c.refuse(refuse(kind::not_found, "process.unknown"));
  const auto model = office.database().reading(
      [&](store::read& r) { return office.processes().model_of(r, found->key); });
  if (c.request.param("download").empty())
    return bpmn_response(c, process::drawing_of(*model, c.language));
  auto r = bpmn_response(c, process::drawn(*model));
  r.with("Content-Disposition", "attachment; filename=\"" + found->process + "-" +
                                    std::to_string(found->version) + ".bpmn\"");
  return r;
}

http::response begin(context& c, counter& office) {
  if (!c.actor.has_role("rule_author")) return c.refuse(refuse(kind::forbidden, "draft.not_yours"));
  auto d = office.drafts().begin(
      c.access(c.home.said("procedures.purpose"), c.home.said("law.civil_petitions")),
      c.request.capture("process"), today(c.home.pack().zone()).plus(1));
  if (!d) return c.refuse(d.why());
  return c.go("/desk/process-drafts/" + d->key.str());
}

}  // namespace

void model_pages(platform::house& h, std::shared_ptr<counter> office) {
  const auto add = [&](const char* how, const char* path, auto handler) {
    h.page(how, path, needs::official, [office, handler](context& c) -> http::response {
      if (!keeps_procedures(c.actor)) return c.refuse(refuse(kind::not_found, "request.no_page"));
      return handler(c, *office);
    });
  };
  add("GET", "/desk/procedures", list);
  add("GET", "/desk/procedures/{process}", show);
  add("POST", "/desk/procedures/{process}/drafts", begin);
  add("GET", "/desk/models/{model}/bpmn", file);
}

}  // namespace madang::counters
