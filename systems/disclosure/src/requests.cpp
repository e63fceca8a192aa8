// What somebody asked for and how it stands: who is on it and until when, what was decided and why,
// what may be had now, and what she can do against it.
#include <algorithm>

#include "pages.hpp"

namespace madang::disclosure {
namespace {

using namespace html;

struct mine_line {
  std::string key, number, subject, agency, state, outcome, due;
};
BOOST_DESCRIBE_STRUCT(mine_line, (), (key, number, subject, agency, state, outcome, due))
struct party_line {
  std::string key, about, until, answer;
};
BOOST_DESCRIBE_STRUCT(party_line, (), (key, about, until, answer))
struct mine_view {
  std::vector<mine_line> requests;
  std::vector<party_line> hearings;
};
BOOST_DESCRIBE_STRUCT(mine_view, (), (requests, hearings))

struct held_line {
  std::string ground, law, what;
};
BOOST_DESCRIBE_STRUCT(held_line, (), (ground, law, what))
struct copy_line {
  std::string key, name, type, sha256;
};
BOOST_DESCRIBE_STRUCT(copy_line, (), (key, name, type, sha256))
struct fee_line {
  std::int64_t quantity = 0, full = 0, sum = 0;
  std::string state;
};
BOOST_DESCRIBE_STRUCT(fee_line, (), (quantity, full, sum, state))
struct request_view {
  mine_line head;
  std::string text, reason, release, object_until, heard_until, committee;
  bool ready = false, stopped = false;
  std::vector<held_line> withheld;
  std::vector<copy_line> copies;
  std::optional<fee_line> fee;
  platform::case_file file;
};
BOOST_DESCRIBE_STRUCT(request_view, (),
                      (head, text, reason, release, object_until, heard_until, committee, ready,
                       stopped, withheld, copies, fee, file))

bool decided(const bureau::opened& it) {
  return it.row.decided &&
         (it.file.state == cases::state::accepted || it.file.state == cases::state::refused);
}

mine_line line_of(const context& c, const bureau::opened& it) {
  return {it.file.key.str(),
          it.file.number,
          it.row.subject,
          office_words(c, it.file.office),
          std::string(cases::name_of(it.file.state)),
          decided(it) ? it.row.outcome : "",
          it.file.due.str()};
}

node state_badge(const context& c, const mine_line& l) {
  if (!l.outcome.empty()) return outcome_badge(c, l.outcome);
  return badge(l.state == "question" ? tone::warn : tone::info, c.say("case.state_" + l.state));
}

http::response show_mine(context& c, bureau& o) {
  mine_view v;
  cases::wanted w;
  w.applicant = c.actor.person;
  w.procedures = {procedure_id};
  w.order = "opened";
  w.limit = 200;
  for (const auto& m : o.files.list(w))
    if (const auto it = o.find(m.key)) v.requests.push_back(line_of(c, *it));
  for (const auto& h : o.hearings_with(c.actor.person))
    v.hearings.push_back({h.key.str(), h.about, h.until.str(), h.answer});
  return c.show(v, [&] {
    table_view t;
    t.caption = c.say("disclosure.mine");
    t.caption_hidden = t.stacked = t.first_is_header = true;
    for (const char* column : {"subject", "state", "due", "number"})
      t.columns.push_back({std::string(c.say("disclosure.column_" + std::string(column))), false});
    for (const auto& one : v.requests) {
      const auto due = date::parse(one.due);
      const bool open = one.state == "received" || one.state == "question";
      t.rows.push_back({all(a(href("/disclosure/requests/" + one.key), one.subject),
                            div(cls("note"), one.agency)),
                        state_badge(c, one), node(open && due ? c.written(*due) : "-"),
                        node(one.number)});
    }
    std::vector<task> heard;
    for (const auto& h : v.hearings) {
      const auto until = date::parse(h.until);
      heard.push_back({h.about, "/disclosure/hearings/" + h.key,
                       c.fill("disclosure.until", {{"date", c.written(*until)}}),
                       h.answer.empty() ? tone::warn : tone::neutral,
                       std::string(c.say("disclosure.answer_" +
                                         (h.answer.empty() ? std::string("open") : h.answer)))});
    }
    const node body = all(
        h1(c.say("disclosure.mine")),
        v.requests.empty()
            ? empty_state(
                  "search", c.say("disclosure.none"), p(c.say("disclosure.none_line")),
                  link_button("/services/" + std::string(procedure_id), c.say("disclosure.begin")))
            : data_table(c.shell(), t),
        heard.empty() ? node()
                      : node(section(h2(c.say("disclosure.hearings")), task_list({{"", heard}}))));
    return c.page(c.say("disclosure.mine"), {home_link(c)}, body, {.noindex = true});
  });
}

// ---- one of them ----

result<bureau::opened> mine(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("request"));
  auto it = o.own(c.actor.person, key.value_or(id{}));
  if (!it) return key ? c.hidden(it.why(), "disclosure", *key) : it.why();
  return it;
}

// As herself, also when she is an official elsewhere.
audit::access as_herself(const context& c, const bureau& o, const bureau::opened& it) {
  audit::actor self;
  self.person = c.actor.person;
  self.name = c.actor.name;
  return o.access(self, it.file.number);
}

std::vector<held_line> held_of(const context& c, bureau& o, const bureau::opened& it) {
  std::vector<held_line> out;
  const auto add = [&](const std::string& id, const std::string& what) {
    if (const auto* g = o.law.find_ground(id))
      out.push_back({g->name(c.language), g->law(c.language), what});
  };
  for (const auto& w : o.withheld_of(it.file.key)) add(w.ground, w.what);
  for (const auto& p : o.papers_of(it.file.key, it.file.office)) {
    const auto marks = o.marks_of(p.key);
    for (std::size_t i = 0; i < marks.size(); ++i)
      add(marks[i].ground,
          c.fill("disclosure.place_in", {{"n", std::to_string(i + 1)}, {"name", p.name}}));
  }
  return out;
}

request_view view_of(const context& c, bureau& o, const bureau::opened& it) {
  const auto& m = it.file;
  request_view v;
  v.head = line_of(c, it);
  v.text = json::str(m.answers, "text");
  v.file = platform::file_of(c, o.files, m, "/disclosure/requests/" + m.key.str(), false);
  for (const auto& h : o.hearings_of(m.key))
    if (h.answer.empty() && cases::is_open(m.state)) v.heard_until = h.until.str();
  if (!decided(it)) {
    if (m.state == cases::state::returned) v.reason = m.reason;
    return v;
  }
  v.reason = m.reason;
  v.committee = it.row.committee;
  v.stopped = it.row.stopped;
  v.ready = o.ready(it);
  if (it.row.release) v.release = it.row.release->str();
  v.withheld = held_of(c, o, it);
  if (m.state == cases::state::accepted)
    for (const auto& p : o.papers_of(m.key, m.office))
      if (const auto copy = o.copy_of_paper(p.key))
        v.copies.push_back({copy->key.str(), copy->name, copy->type, copy->hash});
  if (const auto f = o.fee_of(m.key)) v.fee = fee_line{f->quantity, f->full_sum, f->sum, f->state};
  const auto until = o.files.may_object_until(m);
  if (until && today(c.home.pack().zone()) <= *until) v.object_until = until->str();
  return v;
}

node held_part(const context& c, const std::vector<held_line>& all_held) {
  if (all_held.empty()) return {};
  table_view t;
  t.caption = c.say("disclosure.held_back");
  t.caption_hidden = t.stacked = true;
  t.columns = {{std::string(c.say("disclosure.what")), false},
               {std::string(c.say("disclosure.ground")), false},
               {std::string(c.say("disclosure.law")), false}};
  for (const auto& h : all_held) t.rows.push_back({h.what, h.ground, h.law});
  return section(h3(c.say("disclosure.held_back")), data_table(c.shell(), t));
}

node fee_part(const context& c, const request_view& v) {
  if (!v.fee || v.fee->state == "none") return {};
  const bool paid = v.fee->state == "paid";
  std::string sum = won(c, v.fee->sum);
  if (v.fee->sum != v.fee->full)
    sum += " (" + c.fill("disclosure.reduced_from", {{"sum", won(c, v.fee->full)}}) + ")";
  return section(h3(c.say("disclosure.fee")),
                 p(strong(sum), " ",
                   badge(paid ? tone::good : tone::warn,
                         c.say(paid ? "disclosure.fee_paid" : "disclosure.fee_pending"))),
                 paid ? node() : node(p(c.say("disclosure.fee_line"))));
}

node copies_part(const context& c, const request_view& v) {
  if (v.head.outcome != "full" && v.head.outcome != "partial") return {};
  if (v.stopped) return inset(p(c.say("disclosure.stopped_line")));
  if (!v.ready) {
    const auto release = date::parse(v.release);
    const bool later = release && today(c.home.pack().zone()) < *release;
    return inset(p(later ? c.fill("disclosure.from_day", {{"date", c.written(*release)}})
                         : std::string(c.say(v.fee && v.fee->state == "pending"
                                                 ? "disclosure.after_payment"
                                                 : "disclosure.waits_for_party"))));
  }
  std::vector<node> lines;
  for (const auto& one : v.copies)
    lines.push_back(
        li(a(href("/disclosure/requests/" + v.head.key + "/copies/" + one.key), one.name),
           div(cls("note"), "SHA-256 ", one.sha256.substr(0, 16), "…")));
  return section(h3(c.say("disclosure.copies")),
                 lines.empty() ? p(c.say("disclosure.at_the_office")) : ul(lines));
}

node decision_part(const context& c, const request_view& v) {
  if (v.head.outcome.empty()) return {};
  return section(
      h2(c.say("disclosure.decision")), p(outcome_badge(c, v.head.outcome)),
      p(cls("keep-lines"), v.reason),
      v.committee.empty()
          ? node()
          : node(p(cls("keep-lines"), strong(c.say("disclosure.committee")), " ", v.committee)),
      copies_part(c, v), fee_part(c, v), held_part(c, v.withheld));
}

node appeal_part(const context& c, const request_view& v, const std::string& error) {
  if (v.head.outcome.empty() || v.head.outcome == "full") return {};
  node object;
  if (const auto until = date::parse(v.object_until); until) {
    field f{.name = "text", .label = std::string(c.say("disclosure.object_label"))};
    f.most = 2000;
    f.error = error;
    object = html::disclosure(
        c.say("disclosure.object"),
        all(p(c.fill("disclosure.object_line", {{"date", c.written(*until)}})),
            form(method("post"), action("/disclosure/requests/" + v.head.key + "/object"),
                 c.shell().csrf_field(), area_field(c.shell(), f),
                 submit_button(c.say("disclosure.object"), look::secondary))));
  }
  return section(h2(c.say("disclosure.against")), object,
                 p(c.say("disclosure.appeal_line"), " ",
                   a(href("/epeople/kinds/administrative-appeal"), c.say("disclosure.appeal"))));
}

node messages_part(const context& c, const request_view& v) {
  const bool asked = v.head.state == "question", open = asked || v.head.state == "received";
  node more;
  if (open) {
    platform::writing w;
    w.action = "/disclosure/requests/" + v.head.key + (asked ? "/reply" : "/messages");
    w.label = c.say(asked ? "case.reply_label" : "case.write_label");
    w.hint = c.say(asked ? "case.reply_hint" : "case.write_hint");
    w.button = c.say(asked ? "case.reply" : "case.write_send");
    w.primary = asked;
    w.required = asked;
    more = asked ? platform::writing_form(c, w)
                 : html::disclosure(c.say("case.write"), platform::writing_form(c, w));
  }
  if (v.file.messages.empty() && more.empty()) return {};
  return section(h2(c.say("case.messages")),
                 v.file.messages.empty() ? node() : platform::messages_part(c, v.file), more);
}

http::response show(context& c, bureau& o, const refusal* wrong = nullptr) {
  auto it = mine(c, o);
  if (!it) return c.refuse(it.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = view_of(c, o, *it);
  return c.show(v, [&] {
    const auto& m = it->file;
    const bool open = cases::is_open(m.state);
    const std::string at = "/disclosure/requests/" + v.head.key;
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"", c.explain(*wrong)});
    node said;
    if (c.request.param("filed") == "1")
      said = panel(c.say("case.filed"), m.number,
                   c.fill("disclosure.filed_line", {{"date", c.written(m.due)}}));
    std::vector<row> rows{
        {std::string(c.say("disclosure.column_state")), state_badge(c, v.head), ""},
        {std::string(c.say("disclosure.agency")), node(v.head.agency), ""},
        {std::string(c.say("disclosure.column_number")), node(m.number), ""}};
    if (open)
      rows.push_back({std::string(c.say("disclosure.column_due")), node(c.written(m.due)), ""});
    if (const auto heard = date::parse(v.heard_until); heard)
      rows.push_back({std::string(c.say("disclosure.hearing_now")),
                      node(c.fill("disclosure.until", {{"date", c.written(*heard)}})), ""});
    for (const char* choice : {"form", "delivery"})
      if (const std::string is(json::str(m.answers, choice)); !is.empty())
        rows.push_back({std::string(c.say("disclosure." + std::string(choice))),
                        node(c.say("disclosure." + std::string(choice) + "_" + is)), ""});
    std::vector<std::string> steps;
    for (const char* s : {"received", "checked", "decided", "handed"})
      steps.emplace_back(c.say("disclosure.step_" + std::string(s)));
    const std::size_t step = open ? 1 : v.ready ? 3 : 2;
    const node body = all(
        said, error_summary(c.shell(), errors), h1(v.head.subject),
        m.state == cases::state::withdrawn ? node() : process_line(steps, step),
        decision_part(c, v),
        v.head.outcome.empty() && !v.reason.empty() ? inset(p(cls("keep-lines"), v.reason))
                                                    : node(),
        summary_list(c.shell(), rows), appeal_part(c, v, wrong ? c.explain(*wrong) : ""),
        messages_part(c, v), section(h2(c.say("disclosure.asked")), p(cls("keep-lines"), v.text)),
        html::disclosure(c.say("case.clock"), platform::clock_part(c, v.file)),
        section(h2(c.say("case.story")), platform::story_part(c, v.file, false)),
        post_button(c.shell(), "/my/cases/" + v.head.key + "/paper", c.say("case.paper"),
                    look::secondary),
        open ? post_button(c.shell(), at + "/withdraw", c.say("case.withdraw"), look::quiet)
             : node());
    auto r = c.page(v.head.subject,
                    {home_link(c), {"/disclosure/mine", std::string(c.say("disclosure.mine"))}},
                    body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

template <class F>
platform::page_handler act(office o, F f) {
  return [o, f](context& c) -> http::response {
    auto it = mine(c, *o);
    if (!it) return c.refuse(it.why());
    outcome done = f(*o, as_herself(c, *o, *it), it->file.key, c);
    if (!done) return show(c, *o, &done.why());
    return c.go("/disclosure/requests/" + it->file.key.str());
  };
}

http::response download(context& c, bureau& o) {
  auto it = mine(c, o);
  if (!it) return c.refuse(it.why());
  const auto which = id::parse(c.request.capture("copy"));
  auto got = o.fetch_copy(as_herself(c, o, *it), it->file.key, which.value_or(id{}), true);
  if (!got) return c.refuse(got.why());
  return send_copy(c, std::move(*got));
}

}  // namespace

http::response send_copy(const context& c, bureau::download d) {
  auto r =
      http::text_response(200, std::move(d.octets),
                          d.what.type == "text/plain" ? "text/plain; charset=utf-8" : d.what.type);
  r.with("Content-Disposition",
         "attachment; filename*=UTF-8''" + http::percent_encode(d.what.name));
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  r.with("X-Content-Type-Options", "nosniff");
  return c.with_privacy(std::move(r));
}

void request_pages(office o) {
  auto& h = o->home;
  const std::string at = "/disclosure/requests/{request}";
  h.page("GET", "/disclosure/mine", needs::sign_in, [o](context& c) { return show_mine(c, *o); });
  h.page("GET", at, needs::sign_in, [o](context& c) { return show(c, *o); });
  h.page("GET", at + "/copies/{copy}", needs::sign_in, [o](context& c) { return download(c, *o); });
  platform::file_pages(
      h, at + "/files/{file}", needs::sign_in,
      [o](context& c) -> result<platform::case_reached> {
        auto it = mine(c, *o);
        if (!it) return it.why();
        return platform::case_reached{
            &o->files, it->file.key, as_herself(c, *o, *it),
            {{"/disclosure/mine", std::string(c.say("disclosure.mine"))},
             {"/disclosure/requests/" + it->file.key.str(), it->file.number}}};
      });
  h.page("POST", at + "/reply", needs::sign_in,
         act(o, [](bureau& b, const auto& why, id key, context& c) {
           return b.files.reply(why, key, c.field("text"), platform::uploads_of(c),
                                platform::once_of(c, key));
         }));
  h.page("POST", at + "/messages", needs::sign_in,
         act(o, [](bureau& b, const auto& why, id key, context& c) {
           return b.files.write(why, key, c.field("text"), platform::uploads_of(c),
                                platform::once_of(c, key));
         }));
  h.page("POST", at + "/object", needs::sign_in,
         act(o, [](bureau& b, const auto& why, id key, context& c) {
           return b.files.object(why, key, c.field("text"));
         }));
  h.page("POST", at + "/withdraw", needs::sign_in,
         act(o, [](bureau& b, const auto& why, id key, context&) {
           return b.files.withdraw(why, key);
         }));
}

}  // namespace madang::disclosure
