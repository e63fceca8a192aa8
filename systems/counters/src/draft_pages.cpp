// One draft of a procedure: drawn and changed in the browser or as a file, checked, tried out,
// compared with the version in force, handed in by one official and published by another.
#include <algorithm>

#include "diagram.hpp"
#include "draftbook.hpp"
#include "trial.hpp"

namespace madang::counters {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct finding_line {
  std::string element, name, code, sentence;
  int line = 0;
};
BOOST_DESCRIBE_STRUCT(finding_line, (), (element, name, code, sentence, line))
struct passed_line {
  std::string what, element, name, at;
};
BOOST_DESCRIBE_STRUCT(passed_line, (), (what, element, name, at))
struct draft_view {
  std::string key, process, state, starts, author, saved, remark, stopped, standing;
  std::vector<finding_line> findings;
  std::vector<std::string> differences, waits;
  std::vector<passed_line> trial;
  bool ready = false;
};
BOOST_DESCRIBE_STRUCT(draft_view, (),
                      (key, process, state, starts, author, saved, remark, stopped, standing,
                       findings, differences, waits, trial, ready))

std::string path_of(const process_draft& d) { return "/desk/process-drafts/" + d.key.str(); }

audit::access why_of(const context& c) {
  return c.access(c.home.said("procedures.purpose"), c.home.said("law.civil_petitions"));
}

std::string named(const process::names_by_id& names, const std::string& id) {
  const auto found = names.find(id);
  return found == names.end() ? id : found->second;
}

std::string explained(const context& c, refusal why) {
  // A line of a trial says why by its own refusal.
  if (why.code == "trial.failed") why.facts["why"] = c.explain(refuse(why.kind, why.facts["code"]));
  return c.explain(why);
}

struct whole_draft {
  process_draft draft;
  draft_view view;
  trial_result trial;
};

whole_draft look_at(const context& c, counter& office, process_draft d) {
  whole_draft w{std::move(d), {}, {}};
  draft_view& v = w.view;
  const process_draft& is = w.draft;
  v.key = is.key.str();
  v.process = is.process;
  v.state = is.state;
  v.starts = is.starts.str();
  v.author = is.author_name;
  v.saved = std::to_string(is.saved.micros);
  v.remark = is.remark;
  const auto model = process::model::read(is.bpmn);
  if (!model) return w;
  const auto names = process::names_in(**model, c.language);
  if (auto found = office.drafts().check(is.bpmn, is.process)) {
    for (const auto& f : *found)
      v.findings.push_back({f.element, f.element.empty() ? "" : named(names, f.element), f.why.code,
                            c.explain(f.why), f.line});
    v.ready = found->empty();
  }
  const auto base = office.database().reading(
      [&](store::read& r) { return office.processes().model_of(r, is.base); });
  for (auto& d2 : differences(*base, **model, c.language)) {
    if (d2.key == "added") d2.facts["kind"] = c.say("counters.kind_" + d2.facts["kind"]);
    v.differences.push_back(c.fill("procedures.difference_" + d2.key, d2.facts));
  }
  if (!text::trim(is.trial).empty()) {
    w.trial = try_out(office, is.bpmn, is.trial, now());
    for (const auto& l : w.trial.path)
      v.trial.push_back({l.what, l.element, named(names, l.element), l.at.str()});
    for (const auto& id : w.trial.waits) v.waits.push_back(named(names, id));
    v.standing = w.trial.standing;
    if (w.trial.stopped) v.stopped = explained(c, *w.trial.stopped);
  }
  return w;
}

// ---- parts of the page ----

node findings_part(const context& c, const draft_view& v) {
  if (v.findings.empty()) return banner(c.shell(), tone::good, c.say("procedures.no_findings"));
  std::vector<node> lines;
  for (const auto& f : v.findings)
    lines.push_back(
        li(f.name.empty() ? node() : html::all(strong(f.name), " "),
           f.element.empty() ? node() : html::all(code(f.element), " "), f.sentence,
           f.line ? html::all(" ", small(cls("note"), c.fill("procedures.at_line",
                                                             {{"n", std::to_string(f.line)}})))
                  : node()));
  return html::all(
      banner(c.shell(), tone::bad,
             c.fill("procedures.findings", {{"n", std::to_string(v.findings.size())}})),
      ul(id_("findings"), lines));
}

// The editor for its author; the drawing for everybody else.
node drawing_part(const context& c, const whole_draft& w, bool may_edit) {
  const std::string source = path_of(w.draft) + "/bpmn";
  if (!may_edit) return diagram_of(c, source + "?lang=" + c.language, w.trial.marks);
  json::array findings, marks;
  for (const auto& m : w.trial.marks)
    marks.push_back(json::object{{"id", m.id}, {"is", process::name_of(m.is)}});
  for (const auto& f : w.view.findings)
    findings.push_back(json::object{{"element", f.element}, {"sentence", f.sentence}});
  return element("madang-modeler", data("source", source), data("save", path_of(w.draft) + "/file"),
                 data("seen", w.view.saved), data("csrf", c.session ? c.session->csrf : ""),
                 data("findings", json::print(findings)), data("marks", json::print(marks)),
                 data("words", diagram_words(c)),
                 data("styles", c.home.assets().url("modeler.css")),
                 data("panel-styles", c.home.assets().url("properties.css")));
}

node file_part(const context& c, const whole_draft& w, bool may_edit) {
  const std::string path = path_of(w.draft);
  node upload;
  if (may_edit)
    upload = form(cls("questions"), method("post"), action(path + "/file"),
                  attr("enctype", "multipart/form-data"), c.shell().csrf_field(),
                  hidden_field("seen", w.view.saved),
                  div(cls("field"), label(cls("label"), for_("bpmn"), c.say("procedures.upload")),
                      html::p(id_("bpmn-hint"), cls("hint"), c.say("procedures.upload_hint")),
                      input(type_("file"), id_("bpmn"), name_("bpmn"), attr("accept", ".bpmn,.xml"),
                            attr("aria-describedby", "bpmn-hint"))),
                  submit_button(c.say("procedures.upload_act"), look::secondary));
  return html::all(html::p(a(href(path + "/bpmn?download=1"), c.say("procedures.download"))),
                   upload);
}

node trial_part(const context& c, const whole_draft& w) {
  html::field lines;
  lines.name = "trial";
  lines.label = c.say("procedures.trial_lines");
  lines.hint = c.say("procedures.trial_hint");
  lines.value = w.draft.trial;
  lines.most = 20'000;
  std::vector<node> out{form(method("post"), action(path_of(w.draft) + "/try"),
                             c.shell().csrf_field(), area_field(c.shell(), lines, 6),
                             submit_button(c.say("procedures.try"), look::secondary))};
  if (text::trim(w.draft.trial).empty()) return join(out);
  if (!w.view.stopped.empty()) out.push_back(banner(c.shell(), tone::bad, w.view.stopped));
  if (!w.view.trial.empty()) {
    std::string waits;
    for (const auto& name : w.view.waits) waits += (waits.empty() ? "" : ", ") + name;
    out.push_back(html::p(
        badge(w.view.standing == "completed" ? tone::good : tone::info,
              c.say("procedures.standing_" + w.view.standing)),
        " ", waits.empty() ? std::string() : c.fill("procedures.waits_at", {{"where", waits}})));
    table_view t;
    t.caption = c.say("procedures.trace");
    t.stacked = true;
    for (const char* column : {"when", "step", "what"})
      t.columns.push_back({std::string(c.say("procedures.trace_" + std::string(column))), false});
    for (const auto& l : w.view.trial) {
      if (l.what == "taken") continue;
      const auto at = instant::parse(l.at);
      t.rows.push_back(
          {at ? c.written(*at) : l.at, l.name, std::string(c.say("procedures.passage_" + l.what))});
    }
    out.push_back(data_table(c.shell(), t));
    out.push_back(disclosure(c.say("procedures.variables"), pre(w.trial.variables)));
  }
  return join(out);
}

node acts_part(const context& c, const whole_draft& w) {
  const std::string path = path_of(w.draft);
  const process_draft& d = w.draft;
  std::vector<node> out;
  const bool own = d.author == c.actor.person;
  if (own && d.open()) {
    html::field starts;
    starts.name = "starts";
    starts.label = c.say("procedures.starts");
    starts.hint = c.say("procedures.starts_hint");
    starts.value = d.starts.str();
    starts.width = 12;
    out.push_back(form(cls("questions"), method("post"), action(path + "/starts"),
                       c.shell().csrf_field(), text_field(c.shell(), starts),
                       submit_button(c.say("procedures.keep_date"), look::secondary)));
    out.push_back(button_row(
        {post_button(c.shell(), path + "/submit", c.say("procedures.submit"), look::primary),
         post_button(c.shell(), path + "/drop", c.say("procedures.drop"), look::quiet)}));
  }
  if (d.state == "submitted" && c.actor.has_role("rule_approver")) {
    html::field remark;
    remark.name = "remark";
    remark.label = c.say("procedures.remark");
    remark.value = c.field("remark");
    remark.most = 1000;
    out.push_back(
        post_button(c.shell(), path + "/publish", c.say("procedures.publish"), look::primary));
    out.push_back(form(cls("questions"), method("post"), action(path + "/return"),
                       c.shell().csrf_field(), area_field(c.shell(), remark, 3),
                       submit_button(c.say("procedures.return"), look::secondary)));
  }
  if (d.state == "submitted" && own) out.push_back(inset(html::p(c.say("procedures.other_eyes"))));
  return join(out);
}

http::response page_of(const context& c, counter& office, const whole_draft& w,
                       const refusal* wrong) {
  const process_draft& d = w.draft;
  const permit* p = office.find(d.process);
  const bool may_edit = d.author == c.actor.person && d.open();
  std::vector<error_item> errors;
  if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
  std::vector<node> changed;
  for (const auto& line : w.view.differences) changed.push_back(li(line));
  const std::string title =
      c.fill("procedures.draft_of", {{"name", p ? p->name(c.language) : d.process}});
  const tone t = d.state == "published"   ? tone::good
                 : d.state == "submitted" ? tone::info
                 : d.state == "returned"  ? tone::warn
                                          : tone::neutral;
  const node body = html::all(
      error_summary(c.shell(), errors), h1(title),
      html::p(badge(t, c.say("procedures.state_" + d.state)), " ",
              c.fill("procedures.draft_line",
                     {{"date", c.written(d.starts)}, {"author", d.author_name}})),
      d.remark.empty() ? node() : banner(c.shell(), tone::warn, d.remark),
      section(h2(c.say("procedures.drawing")), drawing_part(c, w, may_edit),
              file_part(c, w, may_edit)),
      section(h2(c.say("procedures.checks")), div(id_("checks"), findings_part(c, w.view))),
      section(h2(c.say("procedures.changes")),
              changed.empty() ? node(html::p(c.say("procedures.no_changes"))) : ul(changed)),
      section(id_("trial-part"), h2(c.say("procedures.trial")), trial_part(c, w)),
      section(h2(c.say("procedures.next")), acts_part(c, w)));
  auto r = c.page(title,
                  {{"/desk", std::string(c.say("shell.desk_site"))},
                   {"/desk/procedures", std::string(c.say("procedures.title"))}},
                  body, {.wide = true, .noindex = true, .has_errors = wrong != nullptr});
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

http::response show(context& c, counter& office, const process_draft& d,
                    const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const whole_draft w = look_at(c, office, d);
  return c.show(w.view, [&] { return page_of(c, office, w, wrong); });
}

http::response file(context& c, counter&, const process_draft& d) {
  if (c.request.param("lang").empty() || !c.request.param("download").empty()) {
    auto r = bpmn_response(c, d.bpmn);
    if (!c.request.param("download").empty())
      r.with("Content-Disposition", "attachment; filename=\"" + d.process + "-draft.bpmn\"");
    return r;
  }
  auto m = process::model::read(d.bpmn);
  if (!m) return c.refuse(m.why());
  return bpmn_response(c, process::drawing_of(**m, c.language));
}

// By the editor as it goes, or as a file. What has no drawing gets a plain one, so that it can be
// edited.
http::response save(context& c, counter& office, const process_draft& d) {
  std::string bpmn;
  for (const auto& f : c.files())
    if (f.name == "bpmn") bpmn = f.body;
  if (bpmn.empty()) bpmn = c.field("bpmn");
  if (bpmn.empty()) {
    const auto wrong = refuse(kind::invalid, "draft.file_missing", "bpmn");
    return show(c, office, d, &wrong);
  }
  std::optional<instant> seen;
  if (const auto n = decimal::parse(c.field("seen"))) seen = instant{n->to_int64().value_or(0)};
  if (bpmn.size() <= draftbook::largest)
    if (auto m = process::model::read(bpmn); m && !process::is_drawn(**m))
      bpmn = process::drawn(**m);
  auto done = office.drafts().save(why_of(c), d.key, std::move(bpmn), {}, seen);
  if (!done) return show(c, office, d, &done.why());
  if (c.request.wants_json()) return show(c, office, *office.drafts().find(d.key));
  return c.go(path_of(d));
}

}  // namespace

void draft_pages(platform::house& h, std::shared_ptr<counter> office) {
  const auto add = [&](const char* how, const std::string& end, auto handler) {
    h.page(how, "/desk/process-drafts/{draft}" + end, needs::official,
           [office, handler](context& c) -> http::response {
             const auto key = id::parse(c.request.capture("draft"));
             auto d = key && keeps_procedures(c.actor) ? office->drafts().find(*key) : std::nullopt;
             if (!d) return c.refuse(refuse(kind::not_found, "request.no_page"));
             return handler(c, *office, *d);
           });
  };
  const auto act = [&](const char* name, auto f) {
    add("POST", "/" + std::string(name),
        [f](context& c, counter& o, const process_draft& d) -> http::response {
          outcome done = f(c, o.drafts(), d.key);
          if (!done) return show(c, o, d, &done.why());
          return c.go(path_of(d));
        });
  };
  add("GET", "", [](context& c, counter& o, const process_draft& d) { return show(c, o, d); });
  add("GET", "/bpmn", file);
  add("POST", "/file", save);
  act("starts", [](context& c, draftbook& b, id key) -> outcome {
    const auto day = date::parse(c.field("starts"));
    if (!day) return refuse(kind::invalid, "forms.date", "starts");
    auto done = b.save(why_of(c), key, "", *day, {});
    return done ? outcome(nothing{}) : outcome(done.why());
  });
  act("try", [](context& c, draftbook& b, id key) {
    return b.keep_trial(why_of(c), key, text::replace_all(std::string(c.field("trial")), "\r", ""));
  });
  act("submit", [](context& c, draftbook& b, id key) {
    return b.submit(why_of(c), key, today(c.home.pack().zone()));
  });
  act("drop", [](context& c, draftbook& b, id key) { return b.drop(why_of(c), key); });
  act("return", [](context& c, draftbook& b, id key) {
    return b.give_back(why_of(c), key, c.field("remark"));
  });
  act("publish", [](context& c, draftbook& b, id key) {
    return b.publish(why_of(c), key, today(c.home.pack().zone()));
  });
}

}  // namespace madang::counters
