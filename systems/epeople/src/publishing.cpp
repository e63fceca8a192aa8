// Two things that only a person may decide: what of an answer everybody may read, and who may know
// who stands behind a report.
#include "pages.hpp"

namespace madang::epeople {
namespace {

using namespace html;

struct spot_line {
  std::string what, text;
};
BOOST_DESCRIBE_STRUCT(spot_line, (), (what, text))
struct preview_view {
  std::string key, title, question, answer;
  std::vector<spot_line> found;
};
BOOST_DESCRIBE_STRUCT(preview_view, (), (key, title, question, answer, found))

// Those whose names are known to the house and may stand in the texts.
std::vector<std::string> names_of(context& c, bureau& o, const bureau::opened& it) {
  std::vector<std::string> out;
  for (const auto& f : o.group(it.row.lead))
    if (const auto m = o.files.find(f.matter)) out.push_back(m->applicant_name);
  for (const auto& post : c.home.people().posts())
    if (const auto account =
            post.holder ? c.home.people().find_account(post.holder) : std::nullopt) {
      out.push_back(account->name);
      out.push_back(account->latin);
    }
  return out;
}

preview_view view_of(context& c, bureau& o, const bureau::opened& it) {
  const auto known = names_of(c, o, it);
  preview_view v;
  v.key = it.file.key.str();
  const auto language = c.home.pack().language();
  const auto hide = [&](std::string_view said) {
    const auto spots = o.names.find(said, known);
    for (const auto& s : spots)
      v.found.push_back({s.what, std::string(said.substr(s.begin, s.end - s.begin))});
    return o.names.hidden(said, spots, [&](const std::string& what) {
      return c.home.texts()("epeople.hidden_" + what, language);
    });
  };
  v.title = hide(it.row.title);
  v.question = hide(json::str(it.file.answers, "text"));
  v.answer = hide(it.file.reason);
  return v;
}

node control(const context& c, const char* name, const char* label, const std::string& value,
             int lines) {
  field f{.name = name, .label = std::string(c.say(label))};
  f.value = value;
  return lines > 1 ? area_field(c.shell(), f, lines) : text_field(c.shell(), f);
}

result<bureau::opened> reach(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("matter"));
  auto it = o.reach(c.actor, key.value_or(id{}));
  if (!it) return key ? c.hidden(it.why(), "filing", *key) : it.why();
  return it;
}

http::response preview(context& c, bureau& o, const refusal* wrong = nullptr) {
  auto it = reach(c, o);
  if (!it) return c.refuse(it.why());
  if (it->row.confidential) return c.refuse(refuse(kind::conflict, "epeople.protected"));
  if (!it->row.openly) return c.refuse(refuse(kind::conflict, "epeople.not_open_to_all"));
  if (it->file.state != cases::state::accepted)
    return c.refuse(refuse(kind::conflict, "epeople.not_answered"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = view_of(c, o, *it);
  return c.show(v, [&] {
    desk_view d = desk_frame(c, o, c.say("epeople.act_publish"));
    d.list_label = c.say("epeople.desk");
    d.back = "/desk/epeople/" + v.key;
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    table_view t;
    t.caption = c.say("epeople.found_spots");
    t.columns = {{std::string(c.say("epeople.spot_what"))},
                 {std::string(c.say("epeople.spot_text"))}};
    t.empty = c.say("epeople.no_spots");
    for (const auto& s : v.found)
      t.rows.push_back({node(c.say("epeople.hidden_" + s.what)), node(s.text)});
    d.detail =
        all(error_summary(c.shell(), errors), h1(c.say("epeople.act_publish")),
            p(c.say("epeople.publish_line")), data_table(c.shell(), t),
            form(cls("questions"), method("post"), action("/desk/epeople/" + v.key + "/publish"),
                 c.shell().csrf_field(), control(c, "title", "epeople.column_title", v.title, 1),
                 control(c, "question", "epeople.question", v.question, 8),
                 control(c, "answer", "epeople.answer", v.answer, 8),
                 inset(p(c.say("epeople.publish_declare"))),
                 submit_button(c.say("epeople.publish_confirm"))));
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response publish(context& c, bureau& o) {
  auto it = reach(c, o);
  if (!it) return c.refuse(it.why());
  const auto* k = o.kinds.find(it->row.kind);
  auto done = o.publish(c.access(k->name, k->law, it->file.number), it->file.key, c.field("title"),
                        c.field("question"), c.field("answer"));
  if (!done) {
    const bool mendable = done.why().kind == kind::invalid;
    return mendable ? preview(c, o, &done.why()) : c.refuse(done.why());
  }
  return c.go("/epeople/answers/" + it->file.key.str());
}

// ---- the guardian of reporters ----

struct report_line {
  std::string key, number, kind, state;
  std::int64_t opened = 0;
};
BOOST_DESCRIBE_STRUCT(report_line, (), (key, number, kind, state, opened))
struct reports_view {
  std::vector<report_line> reports;
};
BOOST_DESCRIBE_STRUCT(reports_view, (), (reports))

reports_view reports_of(bureau& o) {
  reports_view v;
  auto rows = o.files.database().reading([&](store::read& r) {
    return r.all<id>(
        "select matter from filing where confidential = 1 order by matter desc limit 100");
  });
  for (id key : rows)
    if (const auto m = o.files.find(key))
      v.reports.push_back({key.str(), m->number, m->procedure,
                           std::string(cases::name_of(m->state)),
                           static_cast<std::int64_t>(o.reporters.openings(m->applicant).size())});
  return v;
}

http::response show_reports(context& c, bureau& o, const refusal* wrong = nullptr) {
  if (!c.actor.has_role(guardian))
    return c.refuse(refuse(kind::forbidden, "epeople.guardian_only"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = reports_of(o);
  return c.show(v, [&] {
    desk_view d = desk_frame(c, o, c.say("epeople.guardian"));
    d.list_label = c.say("epeople.guardian");
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"", c.explain(*wrong)});
    std::vector<node> lines;
    for (const auto& one : v.reports) {
      field f{.name = "reason", .label = std::string(c.say("epeople.open_reason"))};
      const std::string control = "reason-" + one.key;
      lines.push_back(
          li(p(strong(one.number), " ", kind_name(c, o, one.kind), " · ",
               c.fill("epeople.opened_times", {{"n", std::to_string(one.opened)}})),
             disclosure(c.say("epeople.act_identity"),
                        form(method("post"), action("/desk/epeople-reporters/" + one.key),
                             c.shell().csrf_field(),
                             div(cls("field"), label(for_(control), f.label),
                                 input(id_(control), name_("reason"), type_("text"),
                                       attr("maxlength", "500"))),
                             submit_button(c.say("epeople.act_identity"), look::danger)))));
    }
    d.detail = all(error_summary(c.shell(), errors), h1(c.say("epeople.guardian")),
                   p(c.say("epeople.guardian_line")),
                   lines.empty() ? empty_state("lock", c.say("work.empty")) : ul(lines));
    auto r = c.html_response(
        html::desk(c.shell(), d, {.noindex = true, .has_errors = wrong != nullptr}));
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

struct identity_view {
  std::string number, name;
};
BOOST_DESCRIBE_STRUCT(identity_view, (), (number, name))

// Shown once, in the answer to the act itself: to see it again is to open it again.
http::response open_identity(context& c, bureau& o) {
  const auto key = id::parse(c.request.capture("matter"));
  const auto m = key ? o.files.find(*key) : std::nullopt;
  if (!m) return c.refuse(refuse(kind::not_found, "case.not_found"));
  auto who = o.open_identity(
      c.access(c.home.said("epeople.purpose_identity"), c.home.said("law.reporter_64")), *key,
      c.field("reason"));
  if (!who) {
    if (who.why().kind == kind::invalid) return show_reports(c, o, &who.why());
    return c.refuse(who.why().kind == kind::not_found ? c.hidden(who.why(), "filing", *key)
                                                      : who.why());
  }
  const identity_view v{m->number, who->name};
  return c.show(v, [&] {
    desk_view d = desk_frame(c, o, c.say("epeople.guardian"));
    d.list_label = c.say("epeople.guardian");
    d.back = "/desk/epeople-reporters";
    d.detail = all(h1(m->number), panel(who->name, "", c.say("epeople.opened_once")),
                   p(c.say("epeople.opened_told")));
    return c.html_response(html::desk(c.shell(), d, {.noindex = true}));
  });
}

}  // namespace

void publishing_pages(office o) {
  auto& h = o->home;
  const std::string at = "/desk/epeople/{matter}/publish", kept = "/desk/epeople-reporters";
  h.page("GET", at, needs::official, [o](context& c) { return preview(c, *o); });
  h.page("POST", at, needs::official, [o](context& c) { return publish(c, *o); });
  h.page("GET", kept, needs::official, [o](context& c) { return show_reports(c, *o); });
  h.page("POST", kept + "/{matter}", needs::official,
         [o](context& c) { return open_identity(c, *o); });
}

}  // namespace madang::epeople
