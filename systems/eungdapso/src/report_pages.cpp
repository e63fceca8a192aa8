// The entry, and the report itself on a phone: what, where, a picture, words. Every page works
// without script; with it the place is chosen on a map, and without a network the report waits on
// the phone.
#include <algorithm>

#include "madang/platform/question.hpp"
#include "pages.hpp"

namespace madang::eungdapso {
namespace {

using namespace html;

constexpr std::size_t shown_lately = 6;

struct category_line {
  std::string id, name, about;
  std::int64_t hours = 0;
};
BOOST_DESCRIBE_STRUCT(category_line, (), (id, name, about, hours))
struct entry_view {
  std::vector<category_line> categories;
};
BOOST_DESCRIBE_STRUCT(entry_view, (), (categories))

entry_view view_of(const context& c, const center& o) {
  entry_view v;
  for (const auto& k : o.kinds.all())
    v.categories.push_back({k.id, k.name(c.language), k.about(c.language), k.promised_hours});
  return v;
}

std::string hours_words(const context& c, int hours) {
  if (hours % 24 == 0) return c.fill("street.days", {{"n", std::to_string(hours / 24)}});
  return c.fill("street.hours", {{"n", std::to_string(hours)}});
}

node lately(const context& c, center& o) {
  wanted_reports w;
  w.limit = shown_lately;
  std::vector<node> lines;
  for (const auto& r : o.list(w))
    lines.push_back(
        li(cls("service-line"),
           h3(a(href("/eungdapso/reports/" + r.number), category_name(c, o, r.category)), " ",
              state_badge(c, r)),
           p(cls("note"), place_name(c, r), " · ", when_of(c, r.filed))));
  return lines.empty() ? p(cls("note"), c.say("street.none_yet")) : ul(cls("service-list"), lines);
}

http::response show_entry(context& c, center& o) {
  return c.show(view_of(c, o), [&] {
    const node body = all(
        h1(c.say("street.name")), lead(c.say("street.lead")),
        button_row({link_button("/eungdapso/new", c.say("street.begin")),
                    link_button("/eungdapso/follow", c.say("street.follow"), look::secondary)}),
        // The island shows what waits on this phone to be sent.
        element("madang-outbox", data("title", c.say("street.waiting_here")),
                data("sent", c.say("street.sent")), data("send", c.say("street.send_now")),
                data("discard", c.say("street.discard")), data("offline", c.say("street.offline")),
                data("failed", c.say("street.failed")), data("follow", c.say("street.follow_it"))),
        cards({{"/eungdapso/map", std::string(c.say("street.map")),
                std::string(c.say("street.map_line")), "search"},
               {"/eungdapso/statistics", std::string(c.say("street.statistics")),
                std::string(c.say("street.statistics_line")), "scales"}}),
        h2(c.say("street.lately")), lately(c, o),
        p(cls("note"), a(href("/eungdapso/open311"), c.say("street.open311"))));
    return c.page(c.say("street.name"), {}, body,
                  {.description = std::string(c.say("street.lead")),
                   .web_manifest = "/eungdapso/app.webmanifest"});
  });
}

http::response choose_category(context& c, center& o) {
  return c.show(view_of(c, o), [&] {
    std::vector<node> lines;
    for (const auto& k : o.kinds.all())
      lines.push_back(li(
          cls("service-line"), h2(a(href("/eungdapso/new?category=" + k.id), k.name(c.language))),
          p(k.about(c.language)),
          p(cls("note"),
            c.fill("street.promised_line", {{"time", hours_words(c, k.promised_hours)}}))));
    const node body =
        all(back_link(c.shell(), "/eungdapso"), h1(c.say("street.what")),
            ul(cls("service-list"), lines), p(cls("note"), c.say("street.emergency")));
    return c.page(c.say("street.what"), {home_link(c)}, body,
                  {.web_manifest = "/eungdapso/app.webmanifest"});
  });
}

// What was sent before, when it comes back with something to mend.
struct sent {
  const refusal* wrong = nullptr;
  const context* from = nullptr;
  std::string value(std::string_view name) const {
    return from ? std::string(from->field(name)) : std::string();
  }
  std::string error(const context& c, std::string_view name) const {
    return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
  }
};

node place_part(const context& c, center& o, const sent& s) {
  const shell sh = c.shell();
  field typed{.name = "place",
              .label = std::string(c.say("street.address")),
              .hint = std::string(c.say("street.place_hint")),
              .error = s.error(c, "place"),
              .value = s.value("place")};
  std::vector<choice> municipalities;
  for (const auto& m : c.home.pack().municipalities())
    municipalities.push_back({m.code, district_name(c, m.code), ""});
  field town{.name = "town",
             .label = std::string(c.say("street.town")),
             .value = s.value("town"),
             .optional = true};
  const map_view v{.label = std::string(c.say("street.place_map")),
                   .source = "/eungdapso/points",
                   .latitude_field = "lat",
                   .longitude_field = "lon",
                   .middle = place_of(s.value("lat"), s.value("lon"))};
  return element("fieldset", cls("street-part"), legend(c.say("street.where")),
                 hidden_field("lat", s.value("lat")), hidden_field("lon", s.value("lon")),
                 map_island(c, o, v, node()), address_field(sh, typed),
                 select_field(sh, town, municipalities));
}

node question_part(const context& c, const category& k, const sent& s) {
  const forms::fields before = s.from ? fields_of(*s.from) : forms::fields{};
  std::vector<node> out;
  for (auto q : k.form.questions) {
    json::array many;
    for (const auto& [name, value] : before)
      if (name == q.id) many.emplace_back(value);
    const std::string error = s.error(c, q.id);
    const bool list = q.how == forms::ask::checkboxes;
    const json::value answer = list ? json::value(many) : many.empty() ? json::value() : many[0];
    if (list) q.id += "[]";
    out.push_back(platform::control(c, q, q.options, answer, error, false));
  }
  return join(out);
}

node picture_part(const context& c, const sent& s) {
  const shell sh = c.shell();
  field photo{.name = "photo",
              .label = std::string(c.say("street.photo")),
              .hint = std::string(c.say("street.photo_hint")),
              .error = s.error(c, "photo"),
              .optional = true};
  std::vector<std::string> kept;
  for (const char* one : {"place", "time"})
    if (s.value("keep_" + std::string(one)) == "yes") kept.push_back(one);
  auto consent = [&](const std::string& what) {
    field f{.name = "keep_" + what};
    f.label = c.say("street.keep_" + what);
    return f;
  };
  auto box_of = [&](const std::string& what) {
    const field f = consent(what);
    return div(cls("choice"),
               input(id_(f.name), type_("checkbox"), name_(f.name), value_("yes"),
                     flag("checked", s.value(f.name) == "yes")),
               label(for_(f.name), f.label));
  };
  return element("fieldset", cls("street-part"), legend(c.say("street.picture")),
                 upload_field(sh, photo, "image/jpeg,image/png", picture_octets),
                 p(cls("hint"), c.say("street.stripped")),
                 div(cls("choices"), box_of("place"), box_of("time")));
}

node form_of(const context& c, center& o, const category& k, const sent& s) {
  const shell sh = c.shell();
  field told{.name = "words",
             .label = std::string(c.say("street.words")),
             .hint = std::string(c.say("street.words_hint")),
             .error = s.error(c, "words"),
             .value = s.value("words"),
             .optional = true,
             .most = 2000};
  field name{.name = "name",
             .label = std::string(c.say("street.your_name")),
             .value = s.value("name"),
             .optional = true,
             .autocomplete = "name"};
  field contact{.name = "contact",
                .label = std::string(c.say("street.contact")),
                .hint = std::string(c.say("street.contact_hint")),
                .error = s.error(c, "contact"),
                .value = s.value("contact"),
                .optional = true,
                .autocomplete = "tel"};
  const std::string once = s.value("once").empty() ? random_token() : s.value("once");
  const node fields = all(
      hidden_field("category", k.id), hidden_field("once", once), picture_part(c, s),
      place_part(c, o, s),
      element("madang-near", data("category", k.id), data("title", c.say("street.near_title")),
              data("line", c.say("street.near_line")), data("join", c.say("street.join")),
              data("joined", c.say("street.joined")), data("metres", c.say("street.metres")),
              data("voices", c.say("street.voices_n")), data("none", c.say("street.near_none"))),
      k.form.questions.empty() ? node()
                               : element("fieldset", cls("street-part"),
                                         legend(c.say("street.questions")), question_part(c, k, s)),
      element("fieldset", cls("street-part"), legend(c.say("street.tell")), area_field(sh, told),
              disclosure(c.say("street.contact_title"),
                         all(text_field(sh, name), text_field(sh, contact)))));
  return element(
      "madang-report", data("category", k.id), data("name", k.name(c.language)),
      data("saved", c.say("street.saved_here")), data("back", c.say("street.back_to_start")),
      data("offline", c.say("street.offline")), data("draft", c.say("street.keep_draft")),
      data("kept", c.say("street.draft_kept")),
      form(method("post"), action("/eungdapso/reports"), attr("enctype", "multipart/form-data"),
           cls("questions"), sh.csrf_field(), fields,
           button_row({submit_button(c.say("street.file"))})));
}

http::response show_form(context& c, center& o, const category& k, const sent& s) {
  if (c.request.wants_json() && s.wrong) return c.refuse(*s.wrong);
  const shell sh = c.shell();
  std::vector<error_item> errors;
  if (s.wrong) errors.push_back({s.wrong->field, c.explain(*s.wrong)});
  if (!errors.empty())
    if (const auto* q = k.form.find(errors[0].field)) errors[0].field = platform::control_id(c, *q);
  const node body =
      all(back_link(sh, "/eungdapso/new"), error_summary(sh, errors), h1(k.name(c.language)),
          lead(c.fill("street.promised_line", {{"time", hours_words(c, k.promised_hours)}})),
          form_of(c, o, k, s));
  auto r = c.page(k.name(c.language),
                  {home_link(c), {"/eungdapso/new", std::string(c.say("street.what"))}}, body,
                  {.has_errors = s.wrong != nullptr, .web_manifest = "/eungdapso/app.webmanifest"});
  if (s.wrong) r.status = http::status_of(s.wrong->kind);
  return r;
}

http::response show_new(context& c, center& o) {
  const auto* k = o.kinds.find(c.request.param("category"));
  if (!k) return choose_category(c, o);
  struct form_view {
    std::string category;
  };
  if (c.request.wants_json()) {
    json::array questions;
    for (const auto& q : k->form.questions) questions.emplace_back(q.id);
    return c.with_privacy(http::json_response(
        json::print(json::object{{"category", k->id}, {"questions", questions}})));
  }
  return show_form(c, o, *k, {});
}

http::response file_report(context& c, center& o) {
  const auto* k = o.kinds.find(c.field("category"));
  if (!k) return c.refuse(refuse(kind::invalid, "report.no_category", "category"));
  if (auto seconds = o.filings.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "report.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  telling t;
  t.category = k->id;
  t.answers = fields_of(c);
  t.at = place_of(c.field("lat"), c.field("lon"));
  t.place = c.field("place");
  t.town = c.field("place_id").empty() ? c.field("town") : c.field("place_id");
  t.words = c.field("words");
  t.name = c.field("name");
  t.contact = c.field("contact");
  if (t.name.empty() && c.actor.signed_in() && !c.actor.official()) t.name = c.actor.name;
  t.language = c.language;
  t.channel = c.field("channel") == "phone" ? "phone" : "web";
  t.keep_picture_place = c.field("keep_place") == "yes";
  t.keep_picture_time = c.field("keep_time") == "yes";
  t.pictures = pictures_of(c, "photo");
  t.once = c.field("once");
  auto done = o.file(why_of(c), t);
  if (!done) return show_form(c, o, *k, {&done.why(), &c});
  if (!done->again) o.filings.miss(c.request.peer);
  const std::string at = "/eungdapso/reports/" + done->row.number;
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(json::object{{"number", done->row.number},
                                                                       {"code", done->code},
                                                                       {"again", done->again},
                                                                       {"location", at}}),
                                              201));
  return c.go(at + "?filed=1" + (done->code.empty() ? "" : "&code=" + done->code));
}

// ---- what lies near, before one more is filed ----

struct near_line {
  std::string number, category, name, state, since;
  std::int64_t metres = 0, voices = 0;
  bool same = false;
};
BOOST_DESCRIBE_STRUCT(near_line, (), (number, category, name, state, since, metres, voices, same))
struct near_view {
  std::vector<near_line> reports;
};
BOOST_DESCRIBE_STRUCT(near_view, (), (reports))

http::response show_near(context& c, center& o) {
  near_view v;
  const auto at = place_of(c.request.param("lat"), c.request.param("lon"));
  if (!at || std::abs(at->latitude) > 90 || std::abs(at->longitude) > 180)
    return c.refuse(refuse(kind::invalid, "report.no_place", "lat"));
  const auto category = c.request.param("category");
  for (const auto& n : o.near(*at, category))
    v.reports.push_back({n.row.number, n.row.category, category_name(c, o, n.row.category),
                         std::string(c.say("street.state_" + n.row.state)), when_of(c, n.row.filed),
                         static_cast<std::int64_t>(n.metres + 0.5), n.row.voices,
                         n.row.category == category});
  return c.with_privacy(http::json_response(json::write(v)));
}

http::response join_report(context& c, center& o) {
  const auto row = o.find_number(c.request.capture("report"));
  if (!row) return c.refuse(refuse(kind::not_found, "report.unknown"));
  if (auto seconds = o.filings.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "report.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  auto n = o.join(why_of(c, row->number), row->matter, c.field("words"), c.field("contact"),
                  std::string(c.field("once")));
  if (!n) return c.refuse(n.why());
  o.filings.miss(c.request.peer);
  if (c.request.wants_json())
    return c.with_privacy(
        http::json_response(json::print(json::object{{"number", row->number}, {"voices", *n}})));
  return c.go("/eungdapso/reports/" + row->number + "?joined=1");
}

// ---- the page as an application of the phone ----

// Who sends what waited on the phone: it asks for the token of the session that it has by then.
http::response who_asks(context& c) {
  return c.with_privacy(http::json_response(json::print(
      json::object{{"signed_in", c.actor.signed_in()},
                   {"csrf", c.session ? json::value(c.session->csrf) : json::value()}})));
}

http::response web_manifest(context& c) {
  auto r = http::json_response(json::print(
      json::object{{"id", "/eungdapso"},
                   {"name", c.say("street.app_name")},
                   {"short_name", c.say("street.name")},
                   {"lang", c.language},
                   {"start_url", "/eungdapso"},
                   {"scope", "/eungdapso"},
                   {"display", "standalone"},
                   {"background_color", "#ffffff"},
                   {"theme_color", "#0b50d0"},
                   {"icons", json::array{json::object{{"src", c.home.assets().url("mark.svg")},
                                                      {"sizes", "any"},
                                                      {"type", "image/svg+xml"}}}}}));
  r.content_type = "application/manifest+json";
  return c.with_privacy(std::move(r));
}

// Pages that are kept on the phone, so that reporting works without a network.
http::response offline_pages(context& c, center& o) {
  json::array pages{"/eungdapso", "/eungdapso/new"};
  for (const auto& k : o.kinds.all()) pages.emplace_back("/eungdapso/new?category=" + k.id);
  json::array languages;
  for (const auto& one : c.home.pack().languages()) languages.emplace_back(one);
  return c.with_privacy(
      http::json_response(json::print(json::object{{"pages", pages}, {"languages", languages}})));
}

}  // namespace

void report_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/eungdapso", needs::nobody, [o](context& c) { return show_entry(c, *o); });
  h.page("GET", "/eungdapso/new", needs::nobody, [o](context& c) { return show_new(c, *o); });
  h.page("POST", "/eungdapso/reports", needs::nobody,
         [o](context& c) { return file_report(c, *o); });
  h.page("GET", "/eungdapso/near", needs::nobody, [o](context& c) { return show_near(c, *o); });
  h.page("POST", "/eungdapso/reports/{report}/join", needs::nobody,
         [o](context& c) { return join_report(c, *o); });
  h.page("GET", "/eungdapso/session", needs::nobody, [](context& c) { return who_asks(c); });
  h.page("GET", "/eungdapso/app.webmanifest", needs::nobody,
         [](context& c) { return web_manifest(c); });
  h.page("GET", "/eungdapso/kept.json", needs::nobody,
         [o](context& c) { return offline_pages(c, *o); });
}

}  // namespace madang::eungdapso
