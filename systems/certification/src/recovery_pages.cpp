// Having an encryption key back: the holder asks, two officers act, the holder takes it.
#include "pages.hpp"
#include "recovery.hpp"

namespace madang::certification {
namespace {

using namespace html;
using keeper = std::shared_ptr<recovery>;

struct case_line {
  std::string key, serial, state, grounds, asked, first, second, note;
};
BOOST_DESCRIBE_STRUCT(case_line, (), (key, serial, state, grounds, asked, first, second, note))
struct officers_view {
  std::vector<std::string> officers;
  bool enrolled = false;
  std::vector<case_line> cases;
};
BOOST_DESCRIBE_STRUCT(officers_view, (), (officers, enrolled, cases))

constexpr const char* desk_path = "/desk/recovery";

case_line line_of(const recovery_case& c) {
  return {c.key.str(),   c.serial,     c.state,       c.grounds,
          c.asked.str(), c.first_name, c.second_name, c.note};
}

node badge_of(const context& c, const recovery_case& one) {
  const tone t = one.state == "ready" || one.state == "taken" ? tone::good
                 : one.state == "refused"                     ? tone::bad
                                                              : tone::warn;
  return badge(t, c.say("certification.recovery_state_" + one.state));
}

field passphrase_field(const context& c, const char* label, const refusal* wrong, bool fresh) {
  field f{.name = "passphrase",
          .label = std::string(c.say("certification." + std::string(label))),
          .hint = std::string(c.say("certification." + std::string(label) + "_hint")),
          .autocomplete = fresh ? "new-password" : "off",
          .most = recovery::longest_passphrase};
  if (wrong && wrong->field == "passphrase") f.error = c.explain(*wrong);
  return f;
}

node errors_of(const context& c, const refusal* wrong) {
  if (!wrong) return {};
  return error_summary(c.shell(), {{wrong->field, c.explain(*wrong)}});
}

http::response with_status(http::response r, const refusal* wrong) {
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

// ---- officers ----

audit::access by_officer(const context& c, std::string reference = {}) {
  return why_of(c, "purpose_recovery", std::move(reference));
}

node cases_part(const context& c, const std::vector<recovery_case>& all) {
  if (all.empty()) return empty_state("key", c.say("certification.recovery_none"));
  table_view t;
  t.caption = c.say("certification.recovery_cases");
  t.caption_hidden = true;
  t.stacked = true;
  for (const char* column : {"serial", "state", "recovery_asked", "recovery_acted"})
    t.columns.push_back({std::string(c.say("certification." + std::string(column)))});
  for (const auto& one : all)
    t.rows.push_back(
        {a(href(std::string(desk_path) + "/" + one.key.str()), pretty(one.serial)),
         badge_of(c, one), node(c.written(one.asked)),
         node(one.first_name + (one.second_name.empty() ? "" : ", " + one.second_name))});
  return data_table(c.shell(), t);
}

http::response desk(context& c, recovery& r, const refusal* wrong = nullptr) {
  if (!c.actor.has_role(recovery_role))
    return c.refuse(refuse(kind::forbidden, "certification.recovery_role"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto officers = r.officers();
  const auto me = r.officer_of(c.actor.person);
  const auto all = r.cases();
  officers_view v;
  for (const auto& one : officers) v.officers.push_back(one.name);
  v.enrolled = me.has_value();
  for (const auto& one : all) v.cases.push_back(line_of(one));
  return c.show(v, [&] {
    const shell s = c.shell();
    std::vector<node> names;
    for (const auto& one : officers)
      names.push_back(li(c.fill("certification.recovery_serves",
                                {{"name", one.name}, {"since", c.written(one.since)}})));
    const node enrol = form(
        method("post"), action("/desk/recovery/enrol"), cls("questions"), s.csrf_field(),
        password_field(s, passphrase_field(c, "recovery_new", wrong, true)),
        submit_button(c.say(me ? "certification.recovery_anew" : "certification.recovery_enrol"),
                      me ? look::danger : look::primary));
    const std::string title(c.say("certification.recovery_title"));
    return with_status(
        c.page(
            title, {{"/desk", std::string(c.say("work.inbox"))}},
            html::all(
                errors_of(c, wrong), h1(title), lead(c.say("certification.recovery_lead")),
                h2(c.say("certification.recovery_cases")), cases_part(c, all),
                h2(c.say("certification.recovery_officers")),
                names.empty() ? p(c.say("certification.recovery_nobody")) : ul(names),
                officers.size() < 2 ? warning(s, c.say("certification.recovery_too_few")) : node(),
                me ? disclosure(c.say("certification.recovery_anew"),
                                html::all(p(c.say("certification.recovery_anew_line")), enrol))
                   : enrol),
            {.wide = true, .noindex = true, .has_errors = wrong != nullptr}),
        wrong);
  });
}

http::response show_case(context& c, recovery& r, const refusal* wrong = nullptr) {
  if (!c.actor.has_role(recovery_role))
    return c.refuse(refuse(kind::forbidden, "certification.recovery_role"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  auto key = id::parse(c.request.capture("case"));
  const auto one = key ? r.find(*key) : std::nullopt;
  const auto row = one ? r.office.find(one->serial) : std::nullopt;
  if (!row) return c.refuse(refuse(kind::not_found, "certification.unknown"));
  r.office.db.later([why = by_officer(c, one->serial), row](store::write& tx) {
    audit::append(tx, why, audit::action::read, row->person, "certificate", row->serial, "name");
  });
  return c.show(line_of(*one), [&] {
    const shell s = c.shell();
    const std::string path = std::string(desk_path) + "/" + one->key.str();
    const std::string title(c.say("certification.recovery_one"));
    const auto me = r.officer_of(c.actor.person);
    const bool open = one->state == "waiting" || one->state == "half";
    node acts;
    if (open && one->first && me && one->first == me->key)
      acts = inset(c.say("certification.recovery_yours_done"));
    else if (open)
      acts = html::all(
          h2(c.say("certification.recovery_act")),
          p(c.say(one->first ? "certification.recovery_act_second"
                             : "certification.recovery_act_first")),
          form(method("post"), action(path + "/act"), cls("questions"), s.csrf_field(),
               password_field(s, passphrase_field(c, "recovery_yours", wrong, false)),
               submit_button(c.say("certification.recovery_act"))),
          disclosure(
              c.say("certification.recovery_refuse"),
              form(method("post"), action(path + "/refuse"), cls("questions"), s.csrf_field(),
                   text_field(s, field{.name = "note",
                                       .label = std::string(c.say("certification.note")),
                                       .error = wrong && wrong->field == "note" ? c.explain(*wrong)
                                                                                : std::string(),
                                       .most = 500}),
                   submit_button(c.say("certification.recovery_refuse"), look::danger))));
    std::vector<html::row> rows{
        {std::string(c.say("certification.state")), badge_of(c, *one)},
        {std::string(c.say("certification.recovery_grounds")), node(one->grounds)},
        {std::string(c.say("certification.recovery_asked")), node(c.written(one->asked))}};
    if (!one->note.empty())
      rows.push_back({std::string(c.say("certification.note")), node(one->note)});
    return with_status(
        c.page(title, {{desk_path, std::string(c.say("certification.recovery_title"))}},
               html::all(errors_of(c, wrong), h1(title), summary_list(s, rows),
                         certificate_facts(c, r.office, *row), acts,
                         h2(c.say("certification.history")), story(c, r.office, row->serial)),
               {.noindex = true, .has_errors = wrong != nullptr}),
        wrong);
  });
}

http::response enrol(context& c, recovery& r) {
  auto done = r.enrol(by_officer(c), c.field("passphrase"));
  if (!done && done.why().kind == kind::invalid) return desk(c, r, &done.why());
  return done ? c.go(desk_path) : c.refuse(done.why());
}

template <class Act>
http::response on_case(context& c, recovery& r, Act what) {
  auto key = id::parse(c.request.capture("case"));
  if (!key) return c.refuse(refuse(kind::not_found, "certification.unknown"));
  const outcome done = what(*key);
  if (!done && !done.why().field.empty()) return show_case(c, r, &done.why());
  return done ? c.go(std::string(desk_path) + "/" + key->str()) : c.refuse(done.why());
}

// ---- the holder ----

struct mine_view {
  std::string serial, state, first, second;
};
BOOST_DESCRIBE_STRUCT(mine_view, (), (serial, state, first, second))

result<certificate> own(context& c, recovery& r) {
  auto row = r.office.find(c.request.capture("serial"));
  if (!row) return refuse(kind::not_found, "certification.unknown");
  if (row->person != c.actor.person)
    return c.hidden(refuse(kind::not_found, "certification.unknown"), "certificate",
                    row->application);
  if (!r.keeps(row->serial)) return refuse(kind::not_found, "certification.not_kept");
  return *row;
}

http::response mine(context& c, recovery& r, const refusal* wrong = nullptr) {
  auto row = own(c, r);
  if (!row) return c.refuse(row.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto last = r.latest_of(row->serial);
  const mine_view v{row->serial, last ? last->state : "", last ? last->first_name : "",
                    last ? last->second_name : ""};
  return c.show(v, [&] {
    const shell s = c.shell();
    const std::string path = "/my/certificates/" + row->serial + "/recovery";
    const std::string title(c.say("certification.recovery_mine"));
    node body;
    if (last && last->state == "ready") {
      body = form(method("post"), action(path + "/take"), cls("questions"), s.csrf_field(),
                  password_field(s, passphrase_field(c, "recovery_take", wrong, false)),
                  submit_button(c.say("certification.recovery_take_it")));
    } else if (last && (last->state == "waiting" || last->state == "half") &&
               last->asked.plus(recovery::waits) > now()) {
      body = inset(c.say("certification.recovery_patience"));
    } else {
      field grounds{.name = "grounds",
                    .label = std::string(c.say("certification.recovery_grounds")),
                    .value = std::string(c.field("grounds")),
                    .most = 500};
      if (wrong && wrong->field == "grounds") grounds.error = c.explain(*wrong);
      body = form(method("post"), action(path), cls("questions"), s.csrf_field(),
                  text_field(s, grounds),
                  password_field(s, passphrase_field(c, "recovery_reception", wrong, true)),
                  submit_button(c.say("certification.recovery_ask")));
    }
    return with_status(
        c.page(title,
               {home_link(c), {"/my/certificates", std::string(c.say("certification.mine"))}},
               html::all(errors_of(c, wrong), h1(title),
                         lead(c.say("certification.recovery_mine_lead")),
                         last ? html::p(badge_of(c, *last)) : node(), body),
               {.noindex = true, .has_errors = wrong != nullptr}),
        wrong);
  });
}

http::response ask(context& c, recovery& r) {
  auto row = own(c, r);
  if (!row) return c.refuse(row.why());
  auto done = r.ask(why_of(c, "purpose_holder"), *row, c.field("grounds"), c.field("passphrase"));
  if (!done && !done.why().field.empty()) return mine(c, r, &done.why());
  return done ? c.go("/my/certificates/" + row->serial + "/recovery") : c.refuse(done.why());
}

http::response take(context& c, recovery& r) {
  auto row = own(c, r);
  if (!row) return c.refuse(row.why());
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  auto file = r.take(why_of(c, "purpose_holder"), *row, c.field("passphrase"));
  if (!file && file.why().field == "passphrase") {
    guesses.miss(c.request.peer);
    return mine(c, r, &file.why());
  }
  if (!file) return c.refuse(file.why());
  http::response out;
  out.content_type = "application/x-pkcs12";
  out.body = std::string(text::chars_of(*file));
  out.with("Content-Disposition", "attachment; filename=\"" + row->serial + ".p12\"");
  return c.with_privacy(std::move(out));
}

}  // namespace

void recovery_pages(office o) {
  auto& h = o->home;
  const keeper r(std::make_shared<recovery>(*o));
  h.page("GET", desk_path, needs::official, [o, r](context& c) { return desk(c, *r); });
  h.page("POST", "/desk/recovery/enrol", needs::official,
         [o, r](context& c) { return enrol(c, *r); });
  h.page("GET", "/desk/recovery/{case}", needs::official,
         [o, r](context& c) { return show_case(c, *r); });
  h.page("POST", "/desk/recovery/{case}/act", needs::official, [o, r](context& c) {
    return on_case(c, *r, [&](id key) -> outcome {
      auto done = r->act(by_officer(c), key, c.field("passphrase"));
      return done ? outcome(nothing{}) : outcome(done.why());
    });
  });
  h.page("POST", "/desk/recovery/{case}/refuse", needs::official, [o, r](context& c) {
    return on_case(c, *r,
                   [&](id key) { return r->refuse_it(by_officer(c), key, c.field("note")); });
  });
  h.page("GET", "/my/certificates/{serial}/recovery", needs::sign_in,
         [o, r](context& c) { return mine(c, *r); });
  h.page("POST", "/my/certificates/{serial}/recovery", needs::sign_in,
         [o, r](context& c) { return ask(c, *r); });
  h.page("POST", "/my/certificates/{serial}/recovery/take", needs::sign_in,
         [o, r](context& c) { return take(c, *r); });
}

}  // namespace madang::certification
