// Where the law is written as data: drafts with their tables as a grid, the trials beside them,
// what the proof says, what has changed in words; handed in by one official, published by another.
#include <algorithm>

#include "draft_view.hpp"
#include "requirements.hpp"
#include "workshop.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct draft_line {
  std::string key, provision, name, state, starts, author;
};
BOOST_DESCRIBE_STRUCT(draft_line, (), (key, provision, name, state, starts, author))
struct provision_line {
  std::string id, name, since;
};
BOOST_DESCRIBE_STRUCT(provision_line, (), (id, name, since))
struct workshop_view {
  std::vector<draft_line> drafts;
  std::vector<provision_line> provisions;
};
BOOST_DESCRIBE_STRUCT(workshop_view, (), (drafts, provisions))

struct finding_line {
  std::string weight, what, decision, sentence;
  std::vector<int> rules;
};
BOOST_DESCRIBE_STRUCT(finding_line, (), (weight, what, decision, sentence, rules))
struct trial_line {
  std::string name, as_of, given, expected, got, by;
  bool passed = false;
};
BOOST_DESCRIBE_STRUCT(trial_line, (), (name, as_of, given, expected, got, by, passed))
struct one_draft_view {
  draft_line head;
  std::string remark, saved;
  std::vector<finding_line> findings;
  std::vector<trial_line> trials;
  std::vector<std::string> differences;
  std::string problem;             // why it is no model; empty: it is one
  bool ready = false;
};
BOOST_DESCRIBE_STRUCT(one_draft_view, (),
                      (head, remark, saved, findings, trials, differences, problem, ready))

std::string path_of(const draft& d) { return "/desk/drafts/" + d.key.str(); }

tone tone_of(const std::string& state) {
  return state == "published" ? tone::good
         : state == "submitted" ? tone::info
         : state == "returned" ? tone::warn : tone::neutral;
}

draft_line line_of(const context& c, const office& o, const draft& d) {
  const auto* p = o.law.find(d.provision);
  return {d.key.str(), d.provision, p ? p->name(c.language) : d.provision, d.state,
          d.starts.str(), d.author_name};
}

audit::access why_of(const context& c) {
  return c.access(c.home.said("benefits.purpose_workshop"), c.home.said("law.social_security"));
}

http::response list(context& c, const office& o, lawbook& book) {
  workshop_view view;
  for (const auto& d : book.drafts()) view.drafts.push_back(line_of(c, o, d));
  const date day = today(c.home.pack().zone());
  for (const auto& p : o.law.provisions()) {
    const auto* v = p.at(day);
    view.provisions.push_back({p.id, p.name(c.language), v ? v->from.str() : ""});
  }
  return c.show(view, [&] {
    table_view drafts;
    drafts.caption = c.say("benefits.drafts");
    drafts.stacked = true;
    drafts.empty = c.say("benefits.no_drafts");
    for (const char* column : {"benefit", "state", "starts", "author"})
      drafts.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
    for (const auto& d : view.drafts)
      drafts.rows.push_back({a(href("/desk/drafts/" + d.key), d.name),
                             badge(tone_of(d.state), c.say("benefits.state_" + d.state)),
                             d.starts, d.author});
    table_view all_of_it;
    all_of_it.caption = c.say("benefits.decisions");
    all_of_it.stacked = true;
    all_of_it.columns = {{std::string(c.say("benefits.benefit")), false},
                         {std::string(c.say("benefits.versions")), false},
                         {std::string(c.say("benefits.new_version")), false}};
    const bool author = c.actor.has_role("rule_author");
    for (const auto& p : view.provisions)
      all_of_it.rows.push_back(
          {a(href("/decisions/" + p.id), p.name), p.since,
           author ? post_button(c.shell(), "/desk/decisions/" + p.id + "/drafts",
                                c.say("benefits.begin_draft"), look::secondary)
                  : node("-")});
    return c.page(c.say("benefits.workshop"), {{"/desk", std::string(c.say("shell.desk_site"))}},
                  all(h1(c.say("benefits.workshop")), lead(c.say("benefits.workshop_lead")),
                      button_row({link_button("/desk/figures", c.say("benefits.figures_of_law"),
                                              look::secondary),
                                  link_button("/desk/decisions/whatif",
                                              c.say("benefits.whatif_title"), look::secondary)}),
                      data_table(c.shell(), drafts), data_table(c.shell(), all_of_it)),
                  {.noindex = true});
  });
}

// ---- one draft ----
std::vector<finding_line> findings_of(const context& c, const rules::model& m) {
  std::vector<finding_line> out;
  for (const auto& f : rules::prove(m))
    out.push_back({std::string(rules::name_of(f.how)), std::string(rules::name_of(f.is)),
                   f.decision, c.fill("rules." + f.why.code, f.why.facts), f.rules});
  return out;
}

one_draft_view view_of(const context& c, const office& o, const lawbook& book, const draft& d) {
  one_draft_view v{line_of(c, o, d), d.remark, std::to_string(d.saved.micros), {}, {}, {}, {},
                   false};
  auto would_be = book.with(d);
  const auto* p = o.law.find(d.provision);
  if (would_be) v.findings = findings_of(c, *would_be->find(d.provision)->at(d.starts)->logic);
  else v.problem = c.explain(would_be.why());
  const auto trials = trials_of(d.trials);
  const auto results = would_be ? book.tried(*would_be, d) : std::vector<trial_result>();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto& t = trials[i];
    std::string expected(t.entitled ? "entitled" : "not entitled");
    if (!t.amount.empty()) expected += ", " + t.amount;
    if (!t.because.empty()) expected += ", " + t.because;
    v.trials.push_back({t.name, t.as_of.str(), facts_as_lines(t.given), expected,
                        i < results.size() ? results[i].got : "", t.by,
                        i < results.size() && results[i].passed});
  }
  if (p)
    for (const auto& one : p->versions)
      if (one.hash == d.base) v.differences = differences(c, *one.text, d.model);
  v.ready = bool(book.ready(d));
  return v;
}

node findings_part(const context& c, const one_draft_view& v) {
  if (!v.problem.empty()) return banner(c.shell(), tone::bad, v.problem);
  std::vector<node> lines;
  for (const auto& f : v.findings)
    lines.push_back(li(badge(f.weight == "mistake"   ? tone::bad
                             : f.weight == "warning" ? tone::warn : tone::neutral,
                             c.say("benefits.weight_" + f.weight)),
                       " ", f.decision, ": ", f.sentence));
  return lines.empty() ? banner(c.shell(), tone::good, c.say("benefits.proven")) : ul(lines);
}

// Trials of days before the draft holds are of the law that holds then, and stay.
bool may_go(const draft& d, const trial_line& t) { return t.as_of >= d.starts.str(); }

node remove_button(const context& c, const draft& d, const trial_line& t, std::size_t number) {
  if (!may_go(d, t)) return node("-");
  return post_button(c.shell(), path_of(d) + "/trials/remove",
                     c.fill("benefits.trial_remove_one", {{"name", t.name}}), look::quiet,
                     {{"n", std::to_string(number)}, {"seen", std::to_string(d.saved.micros)}});
}

node trials_part(const context& c, const draft& d, const one_draft_view& v, bool fixed) {
  table_view t;
  t.caption = c.say("benefits.trials");
  t.stacked = true;
  for (const char* column : {"trial", "given", "expected", "got", "result"})
    t.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
  if (!fixed) t.columns.push_back({std::string(c.say("benefits.trial_remove")), false});
  std::size_t number = 0;
  for (const auto& one : v.trials) {
    std::vector<node> cells = {all(one.name, div(cls("note"), one.as_of)),
                               span(cls("keep-lines"), one.given), one.expected, one.got,
                               badge(one.passed ? tone::good : tone::bad,
                                     c.say(one.passed ? "benefits.passes" : "benefits.fails"))};
    if (!fixed) cells.push_back(remove_button(c, d, one, number));
    ++number;
    t.rows.push_back(std::move(cells));
  }
  node out = data_table(c.shell(), t);
  if (fixed) return out;
  const auto made = [&](const char* name) {
    html::field f;
    f.name = name;
    f.label = c.say("benefits.trial_" + std::string(name));
    return f;
  };
  auto given = made("given");
  given.hint = c.say("benefits.hint_given");
  return all(out, disclosure(
                      c.say("benefits.add_trial"),
                      form(cls("questions"), method("post"), action(path_of(d) + "/trials"),
                           c.shell().csrf_field(),
                           input(type_("hidden"), name_("seen"),
                                 value_(std::to_string(d.saved.micros))),
                           text_field(c.shell(), made("name")),
                           text_field(c.shell(), made("day")), area_field(c.shell(), given, 5),
                           radio_field(c.shell(), made("entitled"),
                                       {{"yes", std::string(c.say("field.yes")), ""},
                                        {"no", std::string(c.say("field.no")), ""}}),
                           text_field(c.shell(), made("amount")),
                           text_field(c.shell(), made("because")),
                           text_field(c.shell(), made("by")),
                           submit_button(c.say("benefits.add_trial")))));
}

node acts_part(const context& c, const draft& d, const one_draft_view& v) {
  const bool open = d.state == "draft" || d.state == "returned";
  std::vector<node> out;
  if (open && d.author == c.actor.person) {
    out.push_back(post_button(c.shell(), path_of(d) + "/submit", c.say("benefits.submit_draft"),
                              v.ready ? look::primary : look::secondary));
    out.push_back(post_button(c.shell(), path_of(d) + "/drop", c.say("benefits.drop_draft"),
                              look::quiet));
  }
  if (d.state == "submitted" && c.actor.has_role("rule_approver") && d.author != c.actor.person) {
    out.push_back(post_button(c.shell(), path_of(d) + "/publish", c.say("benefits.publish")));
    html::field f;
    f.name = "remark";
    f.label = c.say("benefits.remark");
    out.push_back(disclosure(c.say("benefits.give_back"),
                             form(cls("questions"), method("post"), action(path_of(d) + "/return"),
                                  c.shell().csrf_field(), area_field(c.shell(), f, 3),
                                  submit_button(c.say("benefits.give_back"), look::secondary))));
  }
  if (v.problem.empty() && d.state != "published" && d.state != "dropped")
    out.push_back(post_button(c.shell(), "/desk/decisions/whatif", c.say("benefits.try_draft"),
                              look::secondary, {{"draft", d.key.str()}}));
  if (out.empty()) return {};
  return section(h2(c.say("benefits.next")), button_row(out));
}

// What the draft stands on; nothing while it is no model.
node graph_part(const context& c, const lawbook& book, const draft& d) {
  auto would_be = book.with(d);
  if (!would_be) return {};
  return requirements_part(c, *would_be, *would_be->find(d.provision)->at(d.starts)->logic);
}

http::response show(context& c, const office& o, lawbook& book, const refusal* wrong = nullptr) {
  const auto key = id::parse(c.request.capture("draft"));
  const auto d = key ? book.find(*key) : std::nullopt;
  if (!d) return c.refuse(refuse(kind::not_found, "request.no_page"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto view = view_of(c, o, book, *d);
  return c.show(view, [&] {
    const bool fixed = d->author != c.actor.person ||
                       (d->state != "draft" && d->state != "returned");
    auto logic = read_logic(d->model);
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    std::vector<node> changed;
    for (const auto& line : view.differences) changed.push_back(li(line));
    const std::string title = c.fill("benefits.draft_of", {{"name", view.head.name}});
    const node body = all(
        error_summary(c.shell(), errors), h1(title),
        html::p(badge(tone_of(d->state), c.say("benefits.state_" + d->state)), " ",
                c.fill("benefits.draft_line", {{"date", c.written(d->starts)},
                                               {"author", d->author_name}})),
        d->remark.empty() ? node() : banner(c.shell(), tone::warn, d->remark),
        section(h2(c.say("benefits.changes")),
                changed.empty() ? node(html::p(c.say("benefits.no_changes"))) : ul(changed)),
        section(h2(c.say("benefits.tables")),
                logic ? editor(c, o, book, *d, *logic, fixed)
                      : banner(c.shell(), tone::bad, c.explain(logic.why()))),
        graph_part(c, book, *d),
        section(h2(c.say("benefits.proof_of_draft")), findings_part(c, view)),
        section(h2(c.say("benefits.trials")), trials_part(c, *d, view, fixed)),
        acts_part(c, *d, view));
    auto r = c.page(title, {{"/desk/decisions", std::string(c.say("benefits.workshop"))}}, body,
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// ---- acts ----
instant seen_in(const context& c) {
  const auto n = decimal::parse(c.field("seen"));
  return {n ? n->to_int64().value_or(0) : 0};
}

http::response save(context& c, const office& o, lawbook& book) {
  const auto key = id::parse(c.request.capture("draft"));
  auto d = key ? book.find(*key) : std::nullopt;
  if (!d) return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto model = written_logic(c, d->model);
  if (!model) return show(c, o, book, &model.why());
  d->model = std::move(*model);
  if (!c.field("starts").empty()) {
    const auto starts = date::parse(c.field("starts"));
    if (!starts) {
      const auto wrong = refuse(kind::invalid, "forms.date", "starts");
      return show(c, o, book, &wrong);
    }
    d->starts = *starts;
  }
  auto done = book.save(why_of(c), *d, seen_in(c));
  if (!done) return show(c, o, book, &done.why());
  return c.go(path_of(*d));
}

http::response add_trial(context& c, const office& o, lawbook& book) {
  const auto key = id::parse(c.request.capture("draft"));
  auto d = key ? book.find(*key) : std::nullopt;
  if (!d) return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto given = facts_written(c.field("given"));
  const auto day = date::parse(c.field("day"));
  std::optional<refusal> wrong;
  if (!given) wrong = given.why();
  else if (!day) wrong = refuse(kind::invalid, "forms.date", "day");
  else if (text::trim(c.field("name")).empty())
    wrong = refuse(kind::invalid, "forms.missing", "name");
  if (wrong) return show(c, o, book, &*wrong);
  json::object expect{{"entitled", c.field("entitled") == "yes"}};
  if (!c.field("amount").empty()) expect["amount"] = c.field("amount");
  if (!c.field("because").empty()) expect["because"] = c.field("because");
  if (!d->trials.is_array()) d->trials = json::array{};
  d->trials.as_array().push_back(json::object{{"name", c.field("name")}, {"as_of", day->str()},
                                              {"given", *given}, {"expect", expect},
                                              {"by", c.field("by")}});
  auto done = book.save(why_of(c), *d, seen_in(c));
  if (!done) return show(c, o, book, &done.why());
  return c.go(path_of(*d));
}

http::response remove_trial(context& c, const office& o, lawbook& book) {
  const auto key = id::parse(c.request.capture("draft"));
  auto d = key ? book.find(*key) : std::nullopt;
  if (!d) return c.refuse(refuse(kind::not_found, "request.no_page"));
  const auto n = decimal::parse(c.field("n"));
  const std::int64_t number = n ? n->to_int64().value_or(-1) : -1;
  const auto all = trials_of(d->trials);
  const bool there = number >= 0 && number < static_cast<std::int64_t>(all.size());
  if (!there || all[static_cast<std::size_t>(number)].as_of < d->starts) {
    const auto wrong = refuse(kind::invalid, "draft.trial", "n");
    return show(c, o, book, &wrong);
  }
  auto& kept = d->trials.as_array();
  kept.erase(kept.begin() + number);
  auto done = book.save(why_of(c), *d, seen_in(c));
  if (!done) return show(c, o, book, &done.why());
  return c.go(path_of(*d));
}

// A draft begins with the law in force and is meant for the first of the month after next.
http::response begin(context& c, lawbook& book) {
  const date day = today(c.home.pack().zone());
  const int months = day.year() * 12 + day.month() + 1;
  const date starts = *date::of(months / 12, months % 12 + 1, 1);
  const auto id = c.request.capture("provision");
  auto d = book.begin(why_of(c), id, starts, trials_of_pack(c.home.pack(), id));
  if (!d) return c.refuse(d.why());
  return c.go(path_of(*d));
}

}  // namespace

void workshop_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<lawbook> book) {
  using platform::needs;
  const auto add = [&](const char* how, const std::string& path, auto handler) {
    h.page(how, path, needs::official, [handler](context& c) -> http::response {
      if (!may_write_rules(c)) return c.refuse(refuse(kind::not_found, "request.no_page"));
      return handler(c);
    });
  };
  const auto act = [&](const char* name, auto f) {
    add("POST", "/desk/drafts/{draft}/" + std::string(name), [o, book, f](context& c) {
      const auto key = id::parse(c.request.capture("draft"));
      if (!key) return c.refuse(refuse(kind::not_found, "request.no_page"));
      outcome done = f(*book, why_of(c), *key, c);
      if (!done) return show(c, *o, *book, &done.why());
      return c.go("/desk/drafts/" + key->str());
    });
  };
  add("GET", "/desk/decisions", [o, book](context& c) { return list(c, *o, *book); });
  add("POST", "/desk/decisions/{provision}/drafts",
      [book](context& c) { return begin(c, *book); });
  add("GET", "/desk/drafts/{draft}", [o, book](context& c) { return show(c, *o, *book); });
  add("POST", "/desk/drafts/{draft}", [o, book](context& c) { return save(c, *o, *book); });
  add("POST", "/desk/drafts/{draft}/trials",
      [o, book](context& c) { return add_trial(c, *o, *book); });
  add("POST", "/desk/drafts/{draft}/trials/remove",
      [o, book](context& c) { return remove_trial(c, *o, *book); });
  add("GET", "/desk/drafts/{draft}/cell", [book](context& c) -> http::response {
    const auto key = id::parse(c.request.capture("draft"));
    const auto d = key ? book->find(*key) : std::nullopt;
    if (!d) return c.refuse(refuse(kind::not_found, "request.no_page"));
    return cell_help(c, *book, *d);
  });
  act("submit", [](lawbook& b, const auto& why, id key, context&) { return b.submit(why, key); });
  act("drop", [](lawbook& b, const auto& why, id key, context&) { return b.drop(why, key); });
  act("publish", [](lawbook& b, const auto& why, id key, context&) { return b.publish(why, key); });
  act("return", [](lawbook& b, const auto& why, id key, context& c) {
    return b.give_back(why, key, c.field("remark"));
  });
}

}  // namespace madang::benefits
