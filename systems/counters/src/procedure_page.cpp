// How far a matter has come, for everybody who may see it: as a drawing and in words.
#include <algorithm>

#include "counter.hpp"
#include "diagram.hpp"
#include "madang/platform/context.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct step_line {
  int depth = 0;
  std::string id, name, kind, event, is;
  int times = 0;
};
BOOST_DESCRIBE_STRUCT(step_line, (), (depth, id, name, kind, event, is, times))
struct procedure_view {
  std::string number, process;
  std::vector<step_line> steps;
};
BOOST_DESCRIBE_STRUCT(procedure_view, (), (number, process, steps))

// The applicant, who handles the case, and who has a step of it may see its procedure.
struct seen_procedure {
  cases::matter matter;
  id instance;
  bool own = false;
};
result<seen_procedure> seen(context& c, counter& office) {
  const auto unknown = refuse(kind::not_found, "case.not_found");
  const auto key = id::parse(c.request.capture("case"));
  auto m = key ? office.files().find(*key) : std::nullopt;
  if (!m) return key && c.home.files_with(*key) ? c.hidden(unknown, "case", *key) : unknown;
  const bool own = m->applicant == c.actor.person && !c.actor.official();
  const auto instance =
      office.database().reading([&](store::read& r) { return office.process_of(r, m->number); });
  if (!instance) return unknown;
  const auto tasks = office.database().reading(
      [&](store::read& r) { return office.processes().tasks_in(r, *instance); });
  const bool does = std::ranges::any_of(
      tasks, [&](const auto& t) { return office.processes().may_do(c.actor, t); });
  if (!own && !does && !office.files().may_read(c.actor, *m))
    return c.hidden(unknown, "case", *key);
  return seen_procedure{std::move(*m), *instance, own};
}

http::response procedure_page(context& c, counter& office) {
  auto s = seen(c, office);
  if (!s) return c.refuse(s.why());
  const cases::matter& m = s->matter;
  procedure_view view;
  view.number = m.number;
  view.process = m.procedure;
  std::vector<process::outline_line> lines;
  std::vector<process::drawing_mark> marks;
  std::vector<made_decision> decided;
  office.database().reading([&](store::read& r) {
    const auto instance = office.processes().load(r, s->instance);
    const auto history = office.processes().history(r, s->instance);
    lines = process::outline(*instance, history, c.language);
    marks = process::marks_of(*instance, history);
    decided = office.decisions_in(*instance);
    return 0;
  });
  for (const auto& l : lines)
    view.steps.push_back({l.depth, l.id, l.name, std::string(process::name_of(l.kind)),
                          std::string(process::name_of(l.event)),
                          std::string(process::name_of(l.is)), l.times});
  return c.show(view, [&] {
    const permit* p = office.find(m.procedure);
    return c.page(
        c.say("counters.procedure"),
        {s->own ? link{"/my/cases/" + m.key.str(), m.number}
                : link{"/desk/cases/" + m.key.str(), m.number}},
        all(h1(c.say("counters.procedure")), lead(p->name(c.language) + " · " + m.number),
            diagram_of(c, "/cases/" + m.key.str() + "/procedure.bpmn", marks),
            h2(c.say("diagram.in_words")), outline_of(c, lines), decisions_part(c, decided)),
        {.wide = true, .noindex = true});
  });
}

http::response procedure_model(context& c, counter& office) {
  auto s = seen(c, office);
  if (!s) return c.refuse(s.why());
  const auto model = office.database().reading([&](store::read& r) {
    return office.processes().model_of(r, office.processes().find(r, s->instance)->model);
  });
  return bpmn_response(c, process::drawing_of(*model, c.language));
}

}  // namespace

// The process as a list one can read aloud: what it is, what became of it, what leads there.
node outline_of(const context& c, const std::vector<process::outline_line>& lines) {
  std::vector<node> items;
  int unheard_of = -1;  // depth of an event that has not happened
  for (const auto& l : lines) {
    if (unheard_of >= 0 && l.depth > unheard_of) continue;
    unheard_of = -1;
    if (l.kind == process::element_kind::event_subprocess &&
        l.is == process::outline_line::state::ahead) {
      unheard_of = l.depth;
      continue;
    }
    const bool said = l.kind == process::element_kind::exclusive ||
                      l.kind == process::element_kind::parallel ||
                      l.kind == process::element_kind::inclusive;
    if (said && l.name.empty()) continue;  // a joint of the drawing, nothing that happens
    const std::string kind(c.say("counters.kind_" + std::string(process::name_of(l.kind))));
    const std::string is(process::name_of(l.is));
    const tone t = is == "done"      ? tone::good
                   : is == "here"    ? tone::info
                   : is == "trouble" ? tone::bad
                                     : tone::neutral;
    std::string when;
    for (const auto& w : l.when) when += (when.empty() ? "" : ", ") + w;
    items.push_back(
        li(cls("step depth-" + std::to_string(std::min(l.depth, 4)) + " is-" + is),
           is == "here" ? attr("aria-current", "step") : attribute(),
           badge(t, c.say("counters.is_" + is)), " ", strong(l.name.empty() ? kind : l.name),
           l.name.empty() ? node() : node(span(cls("note"), " ", kind)),
           when.empty() ? node()
                        : node(span(cls("note"), " · ", c.fill("counters.when", {{"when", when}}))),
           l.times > 1 ? node(span(cls("note"), " · ",
                                   c.fill("counters.times", {{"n", std::to_string(l.times)}})))
                       : node()));
  }
  return ol(cls("process-outline"), items);
}

void procedure_pages(platform::house& h, std::shared_ptr<counter> office) {
  h.page("GET", "/cases/{case}/procedure", needs::sign_in,
         [office](context& c) { return procedure_page(c, *office); });
  h.page("GET", "/cases/{case}/procedure.bpmn", needs::sign_in,
         [office](context& c) { return procedure_model(c, *office); });
}

}  // namespace madang::counters
