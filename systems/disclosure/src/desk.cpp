// The officials' desk of information disclosure: what waits, soonest first; one request with its
// papers, its third parties, what is held back and why; and the acts.
#include <algorithm>

#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;

struct queue_line {
  std::string key, number, subject, applicant, state, outcome, due;
};
BOOST_DESCRIBE_STRUCT(queue_line, (), (key, number, subject, applicant, state, outcome, due))
struct queue_view {
  std::int64_t waiting = 0;
  std::vector<queue_line> requests;
};
BOOST_DESCRIBE_STRUCT(queue_view, (), (waiting, requests))
struct paper_line {
  std::string key, name, copy;
  std::int64_t pages = 0, marks = 0;
  bool fresh = false;
};
BOOST_DESCRIBE_STRUCT(paper_line, (), (key, name, copy, pages, marks, fresh))
struct hearing_line {
  std::string key, name, about, until, answer, said, objection, ruling;
};
BOOST_DESCRIBE_STRUCT(hearing_line, (), (key, name, about, until, answer, said, objection, ruling))
struct held_line {
  std::string key, ground, what;
};
BOOST_DESCRIBE_STRUCT(held_line, (), (key, ground, what))
struct request_view {
  queue_line head;
  json::value answers;
  std::vector<paper_line> papers;
  std::vector<held_line> withheld;
  std::vector<hearing_line> hearings;
  std::string fee_state;
  std::int64_t fee = 0;
  bool objected = false, ready = false;
  platform::case_file file;
};
BOOST_DESCRIBE_STRUCT(request_view, (),
                      (head, answers, papers, withheld, hearings, fee_state, fee, objected, ready,
                       file))

bool decided(const bureau::opened& it) { return it.row.decided && !cases::is_open(it.file.state); }

queue_line line_of(const bureau::opened& it) {
  return {it.file.key.str(),
          it.file.number,
          it.row.subject,
          it.file.applicant_name,
          std::string(cases::name_of(it.file.state)),
          decided(it) ? it.row.outcome : "",
          it.file.due.str()};
}

node due_badge(const context& c, const bureau::opened& it) {
  if (decided(it) && it.file.state != cases::state::withdrawn)
    return outcome_badge(c, it.row.outcome);
  if (it.file.state == cases::state::question)
    return badge(tone::neutral, c.say("work.clock_stopped"));
  if (!cases::is_open(it.file.state))
    return badge(tone::neutral, c.say("case.state_" + std::string(cases::name_of(it.file.state))));
  const int left =
      c.home.pack().calendar().working_days_between(today(c.home.pack().zone()), it.file.due);
  if (left < 0) return badge(tone::bad, c.fill("work.late", {{"n", std::to_string(-left)}}));
  if (left == 0) return badge(tone::bad, c.say("work.today"));
  return badge(left <= 2 ? tone::warn : tone::neutral, "D-" + std::to_string(left));
}

// ---- one request ----

request_view view_of(const context& c, bureau& o, const bureau::opened& it) {
  request_view v;
  v.head = line_of(it);
  v.answers = it.file.answers;
  v.objected = it.file.objected.has_value();
  v.ready = o.ready(it);
  for (const auto& p : o.papers_of(it.file.key, it.file.office)) {
    const auto copy = o.copy_of_paper(p.key);
    v.papers.push_back({p.key.str(), p.name, copy ? copy->key.str() : "", p.pages,
                        static_cast<std::int64_t>(o.marks_of(p.key).size()),
                        copy && o.copy_is_fresh(*copy)});
  }
  for (const auto& w : o.withheld_of(it.file.key))
    v.withheld.push_back({w.key.str(), w.ground, w.what});
  for (const auto& h : o.hearings_of(it.file.key))
    v.hearings.push_back(
        {h.key.str(), h.name, h.about, h.until.str(), h.answer, h.said, h.objection, h.ruling});
  if (const auto f = o.fee_of(it.file.key); f && decided(it)) {
    v.fee_state = f->state;
    v.fee = f->sum;
  }
  v.file = platform::file_of(c, o.files, it.file, "/desk/disclosure/" + v.head.key, true);
  return v;
}

node act_form(const context& c, const std::string& at, const char* act, const node& fields,
              look how = look::secondary, bool open = false) {
  const std::string label(c.say("disclosure.act_" + std::string(act)));
  return details(cls("disclosure"), flag("open", open), summary(label),
                 div(form(method("post"), action(at + act), c.shell().csrf_field(), fields,
                          submit_button(label, how))));
}

// Control ids begin with the act: several acts have a field of the same name.
node text_of(const context& c, const char* act, const char* name, const char* label_key, int lines,
             const std::string& value = {}) {
  const std::string control = std::string(act) + "-" + name;
  return div(cls("field"), label(for_(control), c.say(label_key)),
             lines > 1 ? textarea(id_(control), name_(name), attr("rows", std::int64_t(lines)),
                                  attr("maxlength", std::int64_t(2000)), value)
                       : input(id_(control), name_(name), type_("text"), value_(value)));
}

node select_of(const context& c, const char* act, const char* name, const char* label_key,
               const std::vector<choice>& choices, const std::string& chosen = {}) {
  const std::string control = std::string(act) + "-" + name;
  std::vector<node> list;
  for (const auto& one : choices)
    list.push_back(option(value_(one.value), flag("selected", one.value == chosen), one.label));
  return div(cls("field"), label(for_(control), c.say(label_key)),
             select(id_(control), name_(name), list));
}

node papers_part(const context& c, bureau& o, const bureau::opened& it, const request_view& v) {
  const std::string at = "/desk/disclosure/" + v.head.key;
  const bool open = it.file.state == cases::state::received;
  std::vector<node> lines;
  for (const auto& one : v.papers) {
    const node state = one.copy.empty() ? badge(tone::neutral, c.say("disclosure.no_copy_yet"))
                       : one.fresh      ? badge(tone::good, c.say("disclosure.copy_ready"))
                                        : badge(tone::warn, c.say("disclosure.copy_stale"));
    lines.push_back(
        li(a(href(at + "/papers/" + one.key), one.name), " ", state,
           div(cls("note"),
               one.pages ? c.fill("disclosure.pages", {{"n", std::to_string(one.pages)}})
                         : std::string(c.say("disclosure.text_paper")),
               " · ", c.fill("disclosure.n_marks", {{"n", std::to_string(one.marks)}}))));
  }
  node add;
  if (open) {
    field f{.name = "file", .label = std::string(c.say("disclosure.add_paper"))};
    f.hint = c.say("disclosure.add_paper_hint");
    add =
        form(method("post"), action(at + "/papers"), attr("enctype", "multipart/form-data"),
             c.shell().csrf_field(), upload_field(c.shell(), f, ".pdf,.txt", limits::upload_bytes),
             submit_button(c.say("disclosure.add"), look::secondary));
    std::vector<node> attached;
    for (const auto& f2 : o.files.attachments(it.file.key))
      if (f2.type == "application/pdf" || f2.type == "text/plain")
        attached.push_back(post_button(c.shell(), at + "/papers/attached",
                                       c.fill("disclosure.take_attachment", {{"name", f2.name}}),
                                       look::quiet, {{"attachment", f2.key.str()}}));
    add = all(add, join(attached));
  }
  return box(c.say("disclosure.papers"),
             all(lines.empty() ? p(cls("note"), c.say("disclosure.no_papers")) : ul(lines), add));
}

node hearings_part(const context& c, const request_view& v) {
  if (v.hearings.empty()) return {};
  const std::string at = "/desk/disclosure/" + v.head.key;
  std::vector<node> lines;
  for (const auto& h : v.hearings) {
    const auto until = date::parse(h.until);
    node ruling;
    if (!h.objection.empty())
      ruling = all(p(strong(c.say("disclosure.party_objection")), " ", h.objection),
                   h.ruling.empty()
                       ? all(post_button(c.shell(), at + "/rule", c.say("disclosure.rule_keep"),
                                         look::secondary, {{"hearing", h.key}, {"stop", "no"}}),
                             post_button(c.shell(), at + "/rule", c.say("disclosure.rule_stop"),
                                         look::danger, {{"hearing", h.key}, {"stop", "yes"}}))
                       : badge(tone::info, c.say("disclosure.ruling_" + h.ruling)));
    lines.push_back(
        li(strong(h.name), " ",
           badge(h.answer == "objects" ? tone::warn
                 : h.answer.empty()    ? tone::info
                                       : tone::good,
                 c.say("disclosure.answer_" + (h.answer.empty() ? std::string("open") : h.answer))),
           " ", span(cls("note"), c.fill("disclosure.until", {{"date", c.written(*until)}})),
           p(h.about), h.said.empty() ? node() : node(p(cls("keep-lines"), h.said)), ruling));
  }
  return box(c.say("disclosure.hearings"), ul(lines));
}

node withheld_part(const context& c, const bureau& o, const bureau::opened& it,
                   const request_view& v) {
  const bool open = it.file.state == cases::state::received;
  if (!open && v.withheld.empty()) return {};
  const std::string at = "/desk/disclosure/" + v.head.key + "/";
  std::vector<node> lines;
  for (const auto& w : v.withheld) {
    const auto* g = o.law.find_ground(w.ground);
    lines.push_back(
        li(w.what, div(cls("note"), g ? g->law(c.language) + " " + g->name(c.language) : w.ground),
           open ? post_button(c.shell(), at + "unwithhold", c.say("disclosure.drop"), look::quiet,
                              {{"which", w.key}})
                : node()));
  }
  return box(c.say("disclosure.held_back"),
             all(p(cls("note"), c.say("disclosure.held_back_line")),
                 lines.empty() ? node() : node(ul(lines)),
                 open ? act_form(c, at, "withhold",
                                 all(text_of(c, "withhold", "what", "disclosure.what", 1),
                                     select_of(c, "withhold", "ground", "disclosure.ground",
                                               ground_choices(c, o))))
                      : node()));
}

node decide_act(const context& c, const bureau& o, const bureau::opened& it, const request_view& v,
                const std::string& at) {
  std::vector<choice> outcomes;
  for (const char* one : {"full", "partial", "closed", "absent"})
    outcomes.push_back({one, outcome_words(c, one), ""});
  const bool holds = !v.withheld.empty() ||
                     std::ranges::any_of(v.papers, [](const auto& p) { return p.marks > 0; });
  std::int64_t pages = 0;
  for (const auto& p : v.papers) pages += std::max<std::int64_t>(1, p.pages);
  const auto* fee = o.law.find_fee(it.row.form);
  const bool needs_committee = v.objected && o.law.committee_on_objection;
  // What was typed stays when it was refused.
  const auto was = [&](const char* name, const std::string& otherwise) {
    return c.field(name).empty() ? otherwise : std::string(c.field(name));
  };
  const node fields =
      all(select_of(c, "decide", "outcome", "disclosure.outcome", outcomes,
                    was("outcome", holds              ? "partial"
                                   : v.papers.empty() ? ""
                                                      : "full")),
          text_of(c, "decide", "text", "disclosure.decision_text", 5,
                  c.field("outcome").empty() ? "" : std::string(c.field("text"))),
          fee ? all(text_of(c, "decide", "quantity", "disclosure.quantity", 1,
                            was("quantity", std::to_string(pages))),
                    p(cls("note"), fee->unit(c.language), " · ", fee->law(c.language)))
              : node(),
          text_of(c, "decide", "release", "disclosure.release", 1, was("release", "")),
          text_of(c, "decide", "committee",
                  needs_committee ? "disclosure.committee_needed" : "disclosure.committee_text", 2,
                  was("committee", "")));
  return act_form(c, at, "decide", fields, look::primary, !c.field("outcome").empty());
}

node transfer_act(const context& c, const std::string& at) {
  field to{.name = "office", .label = std::string(c.say("disclosure.transfer_to"))};
  return html::disclosure(c.say("disclosure.act_transfer"),
                          form(method("post"), action(at + "transfer"), c.shell().csrf_field(),
                               address_field(c.shell(), to, "/disclosure/offices"),
                               text_of(c, "transfer", "text", "disclosure.transfer_text", 2),
                               submit_button(c.say("disclosure.act_transfer"), look::secondary)));
}

node actions_of(const context& c, bureau& o, const bureau::opened& it, const request_view& v) {
  const std::string at = "/desk/disclosure/" + v.head.key + "/";
  std::vector<node> list;
  if (it.file.state == cases::state::received) {
    list.push_back(decide_act(c, o, it, v, at));
    list.push_back(act_form(c, at, "hear",
                            all(p(cls("note"), c.say("disclosure.hear_line")),
                                text_of(c, "hear", "number", "disclosure.party_number", 1),
                                text_of(c, "hear", "about", "disclosure.party_about", 2))));
    list.push_back(act_form(c, at, "ask", text_of(c, "ask", "text", "work.text_ask", 3)));
    if (const int most = o.files.clock_of(it.file).may_extend; most > 0)
      list.push_back(act_form(
          c, at, "extend",
          all(p(cls("note"), c.fill("disclosure.extend_line", {{"n", std::to_string(most)}})),
              text_of(c, "extend", "days", "disclosure.extend_days", 1),
              text_of(c, "extend", "text", "disclosure.extend_text", 2))));
    list.push_back(transfer_act(c, at));
    list.push_back(act_form(c, at, "return",
                            all(p(cls("note"), c.say("disclosure.return_line")),
                                text_of(c, "return", "text", "work.text_return", 2)),
                            look::danger));
  }
  list.push_back(act_form(c, at, "note", text_of(c, "note", "text", "disclosure.note_text", 2)));
  if (v.fee_state == "pending")
    list.push_back(
        all(p(won(c, v.fee), " ", badge(tone::warn, c.say("disclosure.fee_pending"))),
            post_button(c.shell(), at + "pay", c.say("disclosure.act_pay"), look::secondary),
            p(cls("note"), c.say("disclosure.pay_line"))));
  if (v.ready)
    list.push_back(act_form(c, at, "hand",
                            select_of(c, "hand", "how", "disclosure.how",
                                      {{"visit", std::string(c.say("disclosure.how_visit")), ""},
                                       {"post", std::string(c.say("disclosure.how_post")), ""}})));
  if (decided(it) && it.row.openly && it.file.state != cases::state::withdrawn)
    list.push_back(
        act_form(c, at, "publish",
                 all(p(cls("note"), c.say("disclosure.publish_line")),
                     text_of(c, "publish", "title", "disclosure.column_title", 1,
                             o.without_names(it.row.subject, it.file)),
                     text_of(c, "publish", "question", "disclosure.asked", 4,
                             o.without_names(json::str(it.file.answers, "text"), it.file)),
                     text_of(c, "publish", "answer", "disclosure.answered", 4,
                             o.without_names(it.file.reason, it.file)))));
  return div(cls("acts"), list);
}

node handed_part(const context& c, bureau& o, id key) {
  std::vector<moment> lines;
  for (const auto& h : o.handed_of(key))
    lines.push_back({c.written(h.at), std::string(c.say("disclosure.how_" + h.how)),
                     node(p(cls("note"), h.name, " · ", h.who))});
  return lines.empty() ? node() : box(c.say("disclosure.handed"), timeline(lines));
}

node detail_of(const context& c, bureau& o, const bureau::opened& it, const request_view& v) {
  const auto* p_ = o.files.find_procedure(it.file.procedure);
  auto review = p_->look(o.access(c.actor, it.file.number), it.file);
  std::vector<row> rows;
  if (review)
    for (const auto& f : review->application)
      rows.push_back({f.label(c.language), node(span(cls("keep-lines"), f.value(c.language))), ""});
  std::vector<moment> notes;
  for (const auto& n : v.file.notes)
    notes.push_back({c.written(n.at), n.author, node(p(cls("keep-lines"), n.text))});
  return all(
      div(cls("matter-head"), h1(it.row.subject + " — " + it.file.applicant_name), " ",
          due_badge(c, it),
          v.objected ? all(" ", badge(tone::warn, c.say("case.objection"))) : node(),
          span(cls("note"), " ", it.file.number)),
      box(c.say("work.application"), definition_grid(rows)), papers_part(c, o, it, v),
      withheld_part(c, o, it, v), hearings_part(c, v),
      decided(it)
          ? node(box(c.say("disclosure.decision"),
                     all(p(outcome_badge(c, it.row.outcome)), p(cls("keep-lines"), it.file.reason),
                         it.row.release
                             ? node(p(cls("note"), c.fill("disclosure.from_day",
                                                          {{"date", c.written(*it.row.release)}})))
                             : node())))
          : node(),
      handed_part(c, o, it.file.key),
      notes.empty() ? node() : box(c.say("disclosure.notes"), timeline(notes)),
      box(c.say("case.messages"), platform::messages_part(c, v.file)),
      box(c.say("case.clock"), platform::clock_part(c, v.file)),
      box(c.say("case.story"), platform::story_part(c, v.file, true)));
}

}  // namespace

http::response show_queue(context& c, bureau& o) {
  queue_view v{o.waiting(c.actor), {}};
  for (const auto& q : o.queue(c.actor, c.request.param("state") == "done"))
    v.requests.push_back(line_of(q));
  return c.show(v, [&] {
    desk_view d = desk_frame(c, o, c.say("disclosure.desk"));
    fill_queue(c, o, d, {});
    d.detail = empty_state("bell", c.say("work.choose"), p(c.say("work.choose_hint")));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

http::response show_request(context& c, bureau& o, const refusal* wrong) {
  auto it = reached(c, o);
  if (!it) return c.refuse(it.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  o.files.database().later(
      [why = o.access(c.actor, it->file.number), m = it->file](store::write& tx) {
        audit::append(tx, why, audit::action::read, m.applicant, "disclosure", m.number, "request");
      });
  const auto v = view_of(c, o, *it);
  return c.show(v, [&] {
    desk_view d = desk_frame(c, o, it->row.subject + " — " + it->file.applicant_name);
    fill_queue(c, o, d, it->file.key);
    d.back = "/desk/disclosure";
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"", c.explain(*wrong)});
    d.detail = all(error_summary(c.shell(), errors), detail_of(c, o, *it, v));
    d.actions = actions_of(c, o, *it, v);
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

desk_view desk_frame(const context& c, bureau& o, std::string_view title) {
  desk_view d;
  d.title = title;
  d.places.push_back({"/desk", std::string(c.say("work.inbox")), 0, false});
  d.places.push_back({"/desk/disclosure", std::string(c.say("disclosure.desk")),
                      static_cast<int>(o.waiting(c.actor)), true});
  d.places.push_back(
      {"/desk/disclosure-lists", std::string(c.say("disclosure.our_list")), 0, false});
  d.places.push_back({"/", std::string(c.say("work.portal")), 0, false});
  d.post = {c.actor.agency_name(c.language), c.actor.name + " " + c.actor.post_title(c.language)};
  return d;
}

void fill_queue(const context& c, bureau& o, desk_view& d, id open) {
  const bool answered = c.request.param("state") == "done";
  d.list_label = c.say("disclosure.desk");
  d.list_note = c.fill("work.list_note", {{"n", std::to_string(o.waiting(c.actor))}});
  d.empty = c.say("work.empty");
  d.tools =
      filters(c.say("work.filters"),
              {{"/desk/disclosure", std::string(c.say("work.open")), !answered},
               {"/desk/disclosure?state=done", std::string(c.say("disclosure.done")), answered}});
  for (const auto& q : o.queue(c.actor, answered))
    d.items.push_back({"/desk/disclosure/" + q.file.key.str(),
                       q.row.subject + " — " + q.file.applicant_name, due_badge(c, q),
                       q.file.received.str() + " · " + q.file.number, q.file.key == open});
}

result<bureau::opened> reached(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("matter"));
  auto it = o.reach(c.actor, key.value_or(id{}));
  if (!it && key && o.find(*key)) return c.hidden(it.why(), "disclosure", *key);
  return it;
}

}  // namespace madang::disclosure
