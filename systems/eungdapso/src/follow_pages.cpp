// One report: what everybody may know of it, and for its reporter what she told, what was answered,
// and what she can do.
#include "pages.hpp"

namespace madang::eungdapso {
namespace {

using namespace html;

struct picture_line {
  std::string href, part;
};
BOOST_DESCRIBE_STRUCT(picture_line, (), (href, part))
struct step_line {
  std::string state, words, at;
};
BOOST_DESCRIBE_STRUCT(step_line, (), (state, words, at))
struct report_view {
  std::string number, category, department, office, place, state, words, result, filed, promised;
  std::string closed;
  bool hers = false, exact = false;
  std::int64_t voices = 1, passed = 0, reopened = 0;
  double lat = 0, lon = 0;
  std::vector<picture_line> pictures;
  std::vector<step_line> steps;
};
BOOST_DESCRIBE_STRUCT(report_view, (),
                      (number, category, department, office, place, state, words, result, filed,
                       promised, closed, hers, exact, voices, passed, reopened, lat, lon, pictures,
                       steps))

struct asked {
  report row;
  bool hers = false;
  std::string code;
};

// By its number, or by the key of its case, as "my cases" links to it.
result<asked> load(context& c, center& o, std::string_view code) {
  const auto name = c.request.capture("report");
  auto row = o.find_number(name);
  if (!row)
    if (const auto key = id::parse(name)) row = o.find(*key);
  if (!row) return refuse(kind::not_found, "report.unknown");
  const bool guesses = !code.empty();
  if (guesses)
    if (auto seconds = c.home.number_guesses().wait(c.request.peer))
      return refuse(kind::too_many, "report.too_many", "", {{"seconds", std::to_string(*seconds)}});
  const bool hers = o.is_hers(*row, c.actor, code);
  if (guesses && !hers) c.home.number_guesses().miss(c.request.peer);
  if (row->state == "withdrawn" && !hers) return refuse(kind::not_found, "report.unknown");
  return asked{std::move(*row), hers, hers ? std::string(code) : ""};
}

std::string picture_href(const picture& p, const std::string& code) {
  return "/eungdapso/pictures/" + p.key.str() + (code.empty() ? "" : "?code=" + code);
}

report_view view_of(const context& c, center& o, const asked& a) {
  const report& r = a.row;
  report_view v;
  v.number = r.number;
  v.category = r.category;
  v.department = r.department;
  v.office = r.office;
  v.place = place_name(c, r);
  v.state = r.state;
  v.words = a.hers || r.words_open ? r.words : "";
  v.result = r.result;
  v.filed = r.filed.str();
  v.promised = r.promised.str();
  v.closed = r.closed ? r.closed->str() : "";
  v.hers = a.hers;
  v.exact = r.exact;
  v.voices = r.voices;
  v.passed = r.passed;
  v.reopened = r.reopened;
  v.lat = r.at().latitude;
  v.lon = r.at().longitude;
  for (const auto& p : o.pictures(r.matter))
    if (p.open || a.hers) v.pictures.push_back({picture_href(p, a.code), p.part});
  for (const auto& u : o.updates(r.matter))
    v.steps.push_back({u.state, u.open || a.hers ? u.words : "", u.at.str()});
  return v;
}

node pictures_part(const context& c, const report_view& v) {
  std::vector<node> out;
  for (const auto& p : v.pictures) {
    const std::string said(c.say("street.part_" + p.part));
    out.push_back(figure(img(src(p.href), attr("alt", said), attr("loading", "lazy")),
                         figcaption(cls("note"), said)));
  }
  return out.empty() ? node() : div(cls("street-pictures"), out);
}

node steps_part(const context& c, center& o, const asked& a) {
  std::vector<node> out;
  for (const auto& u : o.updates(a.row.matter))
    out.push_back(
        li(cls("reached"), span(cls("when"), when_of(c, u.at)),
           div(strong(c.say("street.state_" + u.state)), " ",
               span(cls("note"), c.say("street.by_" + u.author)),
               u.words.empty() || !(u.open || a.hers) ? node() : p(cls("keep-lines"), u.words))));
  return ol(cls("timeline"), out);
}

node text_form(const context& c, const std::string& to, const asked& a, std::string_view title,
               std::string_view label_, std::string_view button_) {
  field f{.name = "text", .label = std::string(label_), .most = 2000};
  return disclosure(title, form(method("post"), action(to), c.shell().csrf_field(),
                                a.code.empty() ? node() : hidden_field("code", a.code),
                                area_field(c.shell(), f), submit_button(button_, look::secondary)));
}

node acts_part(const context& c, const asked& a) {
  const std::string at = "/eungdapso/reports/" + a.row.number;
  if (!a.hers) {
    if (!a.row.is_open()) return {};
    return section(h2(c.say("street.same_here")), p(c.say("street.same_here_line")),
                   post_button(c.shell(), at + "/join", c.say("street.join"), look::secondary,
                               {{"once", random_token()}}));
  }
  node out;
  if (a.row.is_open())
    out = all(text_form(c, at + "/tell", a, c.say("street.tell_more"), c.say("street.more_words"),
                        c.say("street.send")),
              a.row.voices > 1
                  ? node()
                  : form(method("post"), action(at + "/withdraw"), c.shell().csrf_field(),
                         a.code.empty() ? node() : hidden_field("code", a.code),
                         submit_button(c.say("street.withdraw"), look::quiet)));
  else if (a.row.state != "withdrawn")
    out = text_form(c, at + "/reopen", a, c.say("street.reopen"), c.say("street.reopen_why"),
                    c.say("street.reopen"));
  return section(h2(c.say("street.your_acts")), out);
}

http::response show_report(context& c, center& o, const refusal* wrong = nullptr) {
  const std::string code(wrong ? c.field("code") : c.request.param("code"));
  auto a = load(c, o, code);
  if (!a) return c.refuse(a.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto view = view_of(c, o, *a);
  return c.show(view, [&] {
    const shell s = c.shell();
    const report& r = a->row;
    node said;
    if (c.request.param("filed") == "1" && a->hers)
      said = panel(c.say("street.filed"), r.number,
                   a->code.empty() ? c.say("street.filed_account")
                                   : c.fill("street.filed_code", {{"code", a->code}}));
    if (c.request.param("joined") == "1") said = banner(s, tone::good, c.say("street.joined"));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    std::vector<row> facts{
        {std::string(c.say("street.number")), r.number, ""},
        {std::string(c.say("street.place")),
         all(view.place, r.exact ? node() : all(" ", span(cls("note"), c.say("street.inexact")))),
         ""},
        {std::string(c.say("street.crew")),
         all(district_name(c, r.office), " ", department_name(c, o, r.department),
             r.passed ? all(" ", span(cls("note"),
                                      c.fill("street.passed_n", {{"n", std::to_string(r.passed)}})))
                      : node()),
         ""},
        {std::string(c.say(r.is_open() ? "street.promised" : "street.closed_at")),
         r.is_open() ? node(when_of(c, r.promised))
                     : all(when_of(c, *r.closed), " ",
                           r.kept ? badge(*r.kept ? tone::good : tone::bad,
                                          c.say(*r.kept ? "street.kept" : "street.late"))
                                  : node()),
         ""},
        {std::string(c.say("street.voices")), std::to_string(r.voices), ""}};
    if (!view.words.empty())
      facts.push_back(
          {std::string(c.say("street.words")), span(cls("keep-lines"), view.words), ""});
    const map_view m{.label = std::string(c.say("street.place_map")),
                     .source = "/eungdapso/points?number=" + r.number,
                     .middle = r.at(),
                     .zoom = 12};
    const node body =
        all(said, error_summary(s, errors),
            div(cls("matter-head"), h1(category_name(c, o, r.category)), " ", state_badge(c, r)),
            r.result.empty() ? node() : inset(p(cls("keep-lines"), r.result)),
            summary_list(s, facts), pictures_part(c, view), map_island(c, o, m, node()),
            h2(c.say("street.steps")), steps_part(c, o, *a), acts_part(c, *a));
    auto out = c.page(category_name(c, o, r.category) + " " + r.number, {home_link(c)}, body,
                      {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

template <class Act>
http::response act(context& c, center& o, Act&& what) {
  auto a = load(c, o, c.field("code"));
  if (!a) return c.refuse(a.why());
  // Only whoever reported changes what she reported.
  if (!a->hers) return c.refuse(refuse(kind::forbidden, "report.not_yours"));
  const outcome done = what(a->row);
  if (!done) return show_report(c, o, &done.why());
  return c.go("/eungdapso/reports/" + a->row.number + (a->code.empty() ? "" : "?code=" + a->code));
}

struct mine_line {
  std::string number, category, state, filed;
};
BOOST_DESCRIBE_STRUCT(mine_line, (), (number, category, state, filed))
struct follow_view {
  std::vector<mine_line> mine;
};
BOOST_DESCRIBE_STRUCT(follow_view, (), (mine))

http::response show_follow(context& c, center& o, const refusal* wrong = nullptr) {
  follow_view v;
  const auto mine = o.of_person(c.actor.official() ? id{} : c.actor.person);
  for (const auto& r : mine) v.mine.push_back({r.number, r.category, r.state, r.filed.str()});
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(v, [&] {
    const shell s = c.shell();
    field number{.name = "number",
                 .label = std::string(c.say("street.number")),
                 .hint = std::string(c.say("street.number_hint")),
                 .error = wrong ? c.explain(*wrong) : std::string(),
                 .value = std::string(c.field("number"))};
    field code{.name = "code",
               .label = std::string(c.say("street.code")),
               .hint = std::string(c.say("street.code_hint")),
               .optional = true};
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"number", c.explain(*wrong)});
    std::vector<node> lines;
    for (const auto& r : mine)
      lines.push_back(
          li(cls("service-line"),
             h3(a(href("/eungdapso/reports/" + r.number), category_name(c, o, r.category)), " ",
                state_badge(c, r)),
             p(cls("note"), r.number, " · ", place_name(c, r))));
    const node body = all(
        back_link(s, "/eungdapso"), error_summary(s, errors), h1(c.say("street.follow")),
        form(method("post"), action("/eungdapso/follow"), cls("questions"), s.csrf_field(),
             text_field(s, number), text_field(s, code), submit_button(c.say("street.look"))),
        lines.empty() ? node() : section(h2(c.say("street.mine")), ul(cls("service-list"), lines)));
    auto out = c.page(c.say("street.follow"), {home_link(c)}, body,
                      {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response follow(context& c, center& o) {
  const auto row = o.find_number(c.field("number"));
  const std::string code(c.field("code"));
  const refusal unknown = refuse(kind::not_found, "report.unknown", "number");
  if (!row || (row->state == "withdrawn" && !o.is_hers(*row, c.actor, code)))
    return show_follow(c, o, &unknown);
  return c.go("/eungdapso/reports/" + row->number +
              (code.empty() ? "" : "?code=" + http::percent_encode(code)));
}

http::response send_picture(context& c, center& o) {
  const auto key = id::parse(c.request.capture("picture"));
  auto found = key ? o.octets(*key) : std::nullopt;
  const auto row = found ? o.find(found->first.matter) : std::nullopt;
  const refusal unknown = refuse(kind::not_found, "report.no_picture");
  if (!row) return c.refuse(unknown);
  const auto m = o.files.find(row->matter);
  const bool handles =
      c.actor.official() && m && (o.files.may_handle(c.actor, *m) || o.may_release(c.actor, *row));
  if (!found->first.open && !handles && !o.is_hers(*row, c.actor, c.request.param("code")))
    return c.refuse(unknown);
  auto r = http::text_response(200, std::move(found->second), found->first.type);
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  r.with("Cache-Control", "private, no-store");
  r.with("Referrer-Policy", "no-referrer");
  return r;
}

}  // namespace

void follow_pages(office o) {
  auto& h = o->home;
  const std::string at = "/eungdapso/reports/{report}";
  h.page("GET", "/eungdapso/follow", needs::nobody, [o](context& c) { return show_follow(c, *o); });
  h.page("POST", "/eungdapso/follow", needs::nobody, [o](context& c) { return follow(c, *o); });
  h.page("GET", at, needs::nobody, [o](context& c) { return show_report(c, *o); });
  h.page("GET", "/eungdapso/pictures/{picture}", needs::nobody,
         [o](context& c) { return send_picture(c, *o); });
  h.page("POST", at + "/reopen", needs::nobody, [o](context& c) {
    return act(c, *o, [&](const report& r) {
      return o->reopen(why_of(c, r.number), r.matter, c.field("text"));
    });
  });
  h.page("POST", at + "/tell", needs::nobody, [o](context& c) {
    return act(c, *o, [&](const report& r) {
      return o->add_words(why_of(c, r.number), r.matter, c.field("text"));
    });
  });
  h.page("POST", at + "/withdraw", needs::nobody, [o](context& c) {
    return act(c, *o, [&](const report& r) { return o->withdraw(why_of(c, r.number), r.matter); });
  });
}

}  // namespace madang::eungdapso
