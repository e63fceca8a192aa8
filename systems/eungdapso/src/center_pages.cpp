// The centre (응답소): what comes by telephone, at the counter, by letter, message or e-mail is
// taken down by an official into the same window; what everybody may see is released; programs are
// admitted to Open311.
#include <algorithm>

#include "madang/platform/question.hpp"
#include "pages.hpp"

namespace madang::eungdapso {
namespace {

using namespace html;

constexpr std::string_view channels[] = {"telephone", "counter", "message", "email", "letter"};

outcome only_center(const context& c) {
  if (!c.actor.has_role(center_role)) return refuse(kind::forbidden, "report.center_only");
  return nothing{};
}

node back(const context& c) {
  return back_link(c.shell(), "/desk/eungdapso", c.say("street.work"));
}

struct intake_view {
  std::vector<std::string> channels, categories;
};
BOOST_DESCRIBE_STRUCT(intake_view, (), (channels, categories))

std::vector<node> questions_of(const context& c, const category& k, const refusal* wrong) {
  std::vector<node> out;
  for (auto q : k.form.questions) {
    const std::string said = wrong && wrong->field == q.id ? c.explain(*wrong) : std::string();
    const json::value before(std::string(c.field(q.id)));
    if (q.how == forms::ask::checkboxes) q.id += "[]";
    out.push_back(platform::control(c, q, q.options, before, said, false));
  }
  return out;
}

http::response show_intake(context& c, center& o, const refusal* wrong = nullptr) {
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  intake_view v;
  for (const auto one : channels) v.channels.emplace_back(one);
  for (const auto& k : o.kinds.all()) v.categories.push_back(k.id);
  return c.show(v, [&] {
    const shell s = c.shell();
    const std::string kind_id(c.request.method == "POST" ? c.field("category")
                                                         : c.request.param("category"));
    const auto* k = o.kinds.find(kind_id);
    if (!k) {
      std::vector<node> lines;
      for (const auto& one : o.kinds.all())
        lines.push_back(
            li(a(href("/desk/eungdapso-intake?category=" + one.id), one.name(c.language)), " ",
               span(cls("note"), one.about(c.language))));
      return c.page(
          c.say("street.intake"), {},
          all(back(c), h1(c.say("street.intake")), lead(c.say("street.intake_lead")), ul(lines)),
          {.noindex = true});
    }
    auto error = [&](std::string_view name) {
      return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
    };
    std::vector<choice> ways, municipalities;
    for (const auto one : channels)
      ways.push_back(
          {std::string(one), std::string(c.say("street.channel_" + std::string(one))), ""});
    for (const auto& m : c.home.pack().municipalities())
      municipalities.push_back({m.code, district_name(c, m.code), ""});
    const std::vector<node> questions = questions_of(c, *k, wrong);
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const std::string once(c.field("once").empty() ? random_token() : std::string(c.field("once")));
    auto text_of = [&](const char* name, const char* label_, bool optional) {
      return field{.name = name,
                   .label = std::string(c.say(label_)),
                   .error = error(name),
                   .value = std::string(c.field(name)),
                   .optional = optional};
    };
    field channel{.name = "channel",
                  .label = std::string(c.say("street.channel")),
                  .error = error("channel"),
                  .value = std::string(c.field("channel"))};
    field told = text_of("words", "street.told", false);
    told.most = 2000;
    const map_view map{.label = std::string(c.say("street.place_map")),
                       .source = "/eungdapso/points",
                       .latitude_field = "lat",
                       .longitude_field = "lon"};
    const node body =
        all(back(c), error_summary(s, errors), h1(k->name(c.language)),
            form(method("post"), action("/desk/eungdapso-intake"),
                 attr("enctype", "multipart/form-data"), cls("questions"), s.csrf_field(),
                 hidden_field("category", k->id), hidden_field("once", once),
                 hidden_field("lat", c.field("lat")), hidden_field("lon", c.field("lon")),
                 radio_field(s, channel, ways), area_field(s, told), map_island(c, o, map, node()),
                 address_field(s, text_of("place", "street.place", true)),
                 select_field(s, text_of("town", "street.town", true), municipalities), questions,
                 text_field(s, text_of("name", "street.caller", true)),
                 text_field(s, text_of("contact", "street.contact", true)),
                 button_row({submit_button(c.say("street.take_down"))})));
    auto out =
        c.page(c.say("street.intake"), {}, body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response take_down(context& c, center& o) {
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  const refusal no_channel = refuse(kind::invalid, "report.no_channel", "channel");
  if (std::ranges::find(channels, c.field("channel")) == std::end(channels))
    return show_intake(c, o, &no_channel);
  telling t;
  t.category = c.field("category");
  t.channel = c.field("channel");
  t.answers = fields_of(c);
  t.at = place_of(c.field("lat"), c.field("lon"));
  t.place = c.field("place");
  t.town = c.field("place_id").empty() ? c.field("town") : c.field("place_id");
  t.words = c.field("words");
  t.name = c.field("name");
  t.contact = c.field("contact");
  t.language = c.language;
  t.once = c.field("once");
  auto done = o.file(why_of(c), t);
  if (!done) return show_intake(c, o, &done.why());
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(
        json::print(json::object{{"number", done->row.number}, {"code", done->code}}), 201));
  return c.go("/desk/eungdapso-intake?filed=" + done->row.number +
              (done->code.empty() ? "" : "&code=" + done->code));
}

http::response intake(context& c, center& o) {
  const auto number = c.request.param("filed");
  const auto row = number.empty() ? std::nullopt : o.find_number(number);
  if (!row || c.request.wants_json()) return show_intake(c, o);
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  const std::string code(text::head(c.request.param("code"), 20));
  const node body =
      all(panel(c.say("street.taken_down"), row->number,
                code.empty() ? c.say("street.filed_account")
                             : c.fill("street.filed_code", {{"code", code}})),
          button_row({link_button("/desk/eungdapso-intake", c.say("street.intake_next")),
                      link_button("/desk/eungdapso", c.say("street.work"), look::secondary)}));
  return c.page(c.say("street.intake"), {}, body, {.noindex = true});
}

// ---- releases ----

struct release_line {
  std::string key, number, category, state;
  bool words_open = false;
  std::int64_t pictures = 0, open_pictures = 0;
};
BOOST_DESCRIBE_STRUCT(release_line, (),
                      (key, number, category, state, words_open, pictures, open_pictures))
struct release_view {
  std::vector<release_line> reports;
};
BOOST_DESCRIBE_STRUCT(release_view, (), (reports))

http::response show_releases(context& c, center& o) {
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  wanted_reports w;
  w.office = c.actor.office;
  w.limit = 200;
  release_view v;
  std::vector<node> lines;
  for (const auto& r : o.list(w)) {
    release_line l{r.matter.str(), r.number, r.category, r.state, r.words_open, 0, 0};
    for (const auto& p : o.pictures(r.matter)) {
      ++l.pictures;
      l.open_pictures += p.open;
    }
    const bool waits = (!r.words.empty() && !r.words_open) || l.open_pictures < l.pictures;
    if (!waits) continue;
    lines.push_back(li(
        cls("service-line"),
        h2(cls("h3"), a(href("/desk/eungdapso/" + l.key), category_name(c, o, r.category)), " ",
           state_badge(c, r)),
        p(cls("note"), r.number, " · ", place_name(c, r), " · ",
          c.fill("street.shown_of",
                 {{"n", std::to_string(l.open_pictures)}, {"all", std::to_string(l.pictures)}}))));
    v.reports.push_back(std::move(l));
  }
  return c.show(v, [&] {
    return c.page(c.say("street.release"), {},
                  all(back(c), h1(c.say("street.release")), lead(c.say("street.release_line")),
                      lines.empty() ? empty_state("check", c.say("street.nothing_to_release"))
                                    : ul(cls("service-list"), lines)),
                  {.noindex = true});
  });
}

// ---- programs ----

struct program_line {
  std::string key, name, contact, made, author, ended;
};
BOOST_DESCRIBE_STRUCT(program_line, (), (key, name, contact, made, author, ended))
struct programs_view {
  std::vector<program_line> programs;
};
BOOST_DESCRIBE_STRUCT(programs_view, (), (programs))

http::response show_programs(context& c, center& o, const std::string& fresh = {},
                             const refusal* wrong = nullptr) {
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  programs_view v;
  for (const auto& p : o.programs())
    v.programs.push_back(
        {p.key.str(), p.name, p.contact, p.made.str(), p.author, p.ended ? p.ended->str() : ""});
  if (!fresh.empty() && c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(json::object{{"api_key", fresh}}), 201));
  return c.show(v, [&] {
    const shell s = c.shell();
    table_view t;
    t.caption = c.say("street.programs");
    t.caption_hidden = true;
    t.stacked = true;
    t.empty = c.say("street.no_programs");
    for (const char* column : {"program", "contact", "admitted", "state"})
      t.columns.push_back({std::string(c.say("street." + std::string(column))), false});
    for (const auto& p : o.programs())
      t.rows.push_back({node(p.name), node(p.contact), node(when_of(c, p.made)),
                        p.ended ? node(c.say("street.ended"))
                                : post_button(s, "/desk/eungdapso-programs/" + p.key.str(),
                                              c.say("street.dismiss"), look::quiet)});
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"name", c.explain(*wrong)});
    const node body = all(
        back(c), error_summary(s, errors), h1(c.say("street.programs")),
        lead(c.say("street.programs_lead")),
        fresh.empty() ? node() : panel(c.say("street.key_made"), fresh, c.say("street.key_once")),
        data_table(s, t),
        form(method("post"), action("/desk/eungdapso-programs"), cls("questions"), s.csrf_field(),
             text_field(s, field{.name = "name",
                                 .label = std::string(c.say("street.program")),
                                 .error = wrong ? c.explain(*wrong) : std::string()}),
             text_field(s, field{.name = "contact",
                                 .label = std::string(c.say("street.contact")),
                                 .optional = true}),
             submit_button(c.say("street.admit"))));
    auto out = c.page(c.say("street.programs"), {}, body, {.noindex = true});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response admit(context& c, center& o) {
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  auto key = o.admit(why_of(c), c.field("name"), c.field("contact"));
  return key ? show_programs(c, o, *key) : show_programs(c, o, {}, &key.why());
}

http::response dismiss(context& c, center& o) {
  const auto key = id::parse(c.request.capture("program"));
  if (!key || std::ranges::none_of(o.programs(), [&](const auto& p) { return p.key == *key; }))
    return c.refuse(refuse(kind::not_found, "report.no_program"));
  if (auto may = only_center(c); !may) return c.refuse(may.why());
  auto done = o.dismiss(why_of(c), *key);
  return done ? c.go("/desk/eungdapso-programs") : c.refuse(done.why());
}

}  // namespace

void center_pages(office o) {
  auto& h = o->home;
  h.page("GET", "/desk/eungdapso-intake", needs::official,
         [o](context& c) { return intake(c, *o); });
  h.page("POST", "/desk/eungdapso-intake", needs::official,
         [o](context& c) { return take_down(c, *o); });
  h.page("GET", "/desk/eungdapso-release", needs::official,
         [o](context& c) { return show_releases(c, *o); });
  h.page("GET", "/desk/eungdapso-programs", needs::official,
         [o](context& c) { return show_programs(c, *o); });
  h.page("POST", "/desk/eungdapso-programs", needs::official,
         [o](context& c) { return admit(c, *o); });
  h.page("POST", "/desk/eungdapso-programs/{program}", needs::official,
         [o](context& c) { return dismiss(c, *o); });
}

}  // namespace madang::eungdapso
