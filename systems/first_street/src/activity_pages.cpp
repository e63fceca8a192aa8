// A group tells what it did: words first, then pictures, each with what is on it, then all may read
// it. Until then it is its author's draft.
#include "parts.hpp"

namespace madang::first_street {
namespace {

using namespace html;

struct picture_line {
  std::string key, alt;
};
BOOST_DESCRIBE_STRUCT(picture_line, (), (key, alt))
struct draft_view {
  std::string key, title, body, category, team, place, held;
  std::vector<picture_line> pictures;
};
BOOST_DESCRIBE_STRUCT(draft_view, (), (key, title, body, category, team, place, held, pictures))

std::string at(const activity& a, const std::string& then = {}) {
  return "/activities/drafts/" + a.key.str() + then;
}

std::vector<link> way(const context& c) {
  return {home_link(c), {"/activities", std::string(c.say("activities.title"))}};
}

activity typed_in(const context& c, id key) {
  const auto said = [&](const char* name) { return std::string(text::trim(c.field(name))); };
  return {key,
          {},
          said("title"),
          said("body"),
          said("category"),
          said("team"),
          said("place"),
          day_of(c, "held").value_or(date{}),
          c.actor.person,
          now()};
}

node words_form(const context& c, street& s, const activity& a, const date_parts& day,
                const std::string& to, const refusal* why, std::string_view button) {
  return form(
      method("post"), action(to), cls("questions"), c.shell().csrf_field(),
      text_field(c.shell(),
                 field_with(c, "title", c.say("assembly.field_title"), a.title, why, 80)),
      text_field(c.shell(), field_with(c, "team", c.say("activities.team"), a.team, why, 80)),
      date_field(c.shell(), field_with(c, "held", c.say("activities.held"), {}, why), day),
      text_field(c.shell(), field_with(c, "place", c.say("forums.place"), a.place, why, 200)),
      category_field(c, s.rule(), a.category, why),
      area_field(c.shell(), field_with(c, "body", c.say("activities.body"), a.body, why, 4'000), 8),
      submit_button(button));
}

date_parts day_parts(const activity& a) {
  return a.held.days > 0 ? parts_of(a.held) : date_parts{};
}

http::response start(context& c, street& s, const activity& a, const date_parts& day,
                     const refusal* why) {
  std::vector<todo> drafts;
  if (!why)
    for (const auto& one : s.drafts_of(c.actor.person))
      drafts.push_back({badge(tone::warn, c.say("forums.draft")),
                        html::a(href(at(one)), one.title),
                        c.written(one.held),
                        {}});
  return c.page(
      c.say("activities.start"), way(c),
      all(why ? error_summary(c.shell(), {{why->field, c.explain(*why)}}) : node(),
          h1(c.say("activities.start")), lead(c.say("activities.start_lead")),
          drafts.empty() ? node()
                         : node(section(h2(c.say("activities.drafts")), todo_list(drafts))),
          words_form(c, s, a, day, "/activities/start", why, c.say("activities.save"))),
      {.noindex = true, .has_errors = why != nullptr});
}

node pictures_part(const context& c, street& s, const activity& a) {
  std::vector<node> shown;
  for (const auto& u : s.uploads_of(a.key, "picture"))
    shown.push_back(div(alt_picture("/activities/pictures/" + u.key.str(), u), p(u.alt),
                        post_button(c.shell(), at(a, "/pictures/" + u.key.str() + "/remove"),
                                    c.say("activities.picture_remove"), look::quiet)));
  field photo{.name = "photo", .label = std::string(c.say("activities.picture"))};
  field alt{.name = "alt", .label = std::string(c.say("activities.alt"))};
  alt.hint = c.say("activities.hint_alt");
  alt.most = 300;
  return all(h2(c.say("activities.pictures")), p(c.say("activities.pictures_lead")),
             shown.empty() ? node() : node(div(cls("street-pictures"), shown)),
             form(method("post"), action(at(a, "/pictures")), cls("questions"),
                  attr("enctype", "multipart/form-data"), c.shell().csrf_field(),
                  upload_field(c.shell(), photo, "image/jpeg,image/png", limits::upload_bytes),
                  text_field(c.shell(), alt),
                  submit_button(c.say("activities.picture_add"), look::secondary)));
}

http::response draft(context& c, street& s, const activity& a, const refusal* why) {
  draft_view v{a.key.str(), a.title, a.body, a.category, a.team, a.place, a.held.str(), {}};
  for (const auto& u : s.uploads_of(a.key, "picture")) v.pictures.push_back({u.key.str(), u.alt});
  return c.show(v, [&] {
    return c.page(
        a.title, way(c),
        all(why ? error_summary(c.shell(), {{why->field, c.explain(*why)}}) : node(), h1(a.title),
            banner(c.shell(), tone::info, c.say("activities.saved")), pictures_part(c, s, a),
            h2(c.say("activities.words")),
            disclosure(c.say("assembly.change"),
                       words_form(c, s, a, day_parts(a), at(a), nullptr, c.say("activities.save"))),
            inset(p(c.say("activities.public_lead"))),
            button_row(
                {post_button(c.shell(), at(a, "/publish"), c.say("activities.publish")),
                 post_button(c.shell(), at(a, "/drop"), c.say("activities.drop"), look::quiet)})),
        {.noindex = true, .has_errors = why != nullptr});
  });
}

// A draft of who asks; another's is not there.
result<activity> own(context& c, street& s) {
  const auto key = id::parse(c.request.capture("activity"));
  auto a = key ? s.find_activity(*key) : std::optional<activity>();
  const auto none = refuse(kind::not_found, "activity.unknown");
  if (!a) return none;
  if (a->author != c.actor.person) return c.hidden(none, "activity", *key);
  return std::move(*a);
}

using draft_act = std::function<http::response(context&, street&, const activity&)>;

http::response send_picture(context& c, street& s) {
  const auto key = id::parse(c.request.capture("picture"));
  const auto found = key ? s.octets_of(*key) : std::nullopt;
  const auto a = found && found->first.part == "picture" ? s.find_activity(found->first.owner)
                                                         : std::optional<activity>();
  const auto none = refuse(kind::not_found, "activity.unknown");
  if (!a) return c.refuse(none);
  const bool mine = c.actor.signed_in() && a->author == c.actor.person;
  // What is hidden is hidden with its pictures.
  if (!mine && (a->number.empty() || !c.home.hub().ask("activities.ask", s.why(c, a->number),
                                                       json::object{{"number", a->number}})))
    return c.refuse(none);
  http::response r;
  r.content_type = found->first.type;
  r.body = found->second;
  r.with("Content-Security-Policy", "default-src 'none'; sandbox");
  return c.with_privacy(std::move(r));
}

}  // namespace

assembly::shown activity_shown(context& c, street& s, const voices::ask& ask) {
  const auto key =
      id::parse(std::string_view(ask.source)
                    .substr(std::min(ask.source.size(), std::string_view("activity:").size())));
  const auto a = key ? s.find_activity(*key) : std::optional<activity>();
  if (!a) return {};
  std::vector<node> pictures;
  for (const auto& u : s.uploads_of(a->key, "picture"))
    pictures.push_back(alt_picture("/activities/pictures/" + u.key.str(), u));
  assembly::shown out;
  out.body = all(definition_grid({{std::string(c.say("activities.team")), a->team},
                                  {std::string(c.say("activities.held")), c.written(a->held)},
                                  {std::string(c.say("forums.place")), a->place}}),
                 pictures.empty() ? node() : node(div(cls("street-pictures"), pictures)));
  return out;
}

void activity_pages(const shared_street& all) {
  auto& h = all->home();
  const std::string one = "/activities/drafts/{activity}";
  h.page("GET", "/activities/start", needs::sign_in,
         [all](context& c) { return start(c, *all, {}, {}, nullptr); });
  h.page("POST", "/activities/start", needs::sign_in, [all](context& c) -> http::response {
    const activity a = typed_in(c, new_id());
    const auto kept = all->put_activity(all->why(c), a);
    if (kept) return c.go(at(a));
    if (c.request.wants_json()) return c.refuse(kept.why());
    return start(c, *all, a, parts_in(c, "held"), &kept.why());
  });
  h.page("GET", "/activities/pictures/{picture}", needs::nobody,
         [all](context& c) { return send_picture(c, *all); });
  const auto page = [&](const char* verb, const std::string& then, draft_act how) {
    h.page(verb, one + then, needs::sign_in, [all, how](context& c) -> http::response {
      auto a = own(c, *all);
      if (!a) return c.refuse(a.why());
      if (!a->number.empty()) return c.go("/activities/" + a->number);
      return how(c, *all, *a);
    });
  };
  page("GET", "", [](context& c, street& s, const activity& a) { return draft(c, s, a, nullptr); });
  page("POST", "", [](context& c, street& s, const activity& a) -> http::response {
    const auto kept = s.put_activity(s.why(c), typed_in(c, a.key));
    return kept ? c.go(at(a)) : c.refuse(kept.why());
  });
  page("POST", "/pictures", [](context& c, street& s, const activity& a) -> http::response {
    const auto kept =
        s.put_upload(s.why(c), a.key, "picture", octets_of_part(c, "photo"), c.field("alt"));
    if (kept) return c.go(at(a));
    return c.request.wants_json() ? c.refuse(kept.why()) : draft(c, s, a, &kept.why());
  });
  page("POST", "/pictures/{picture}/remove",
       [](context& c, street& s, const activity& a) -> http::response {
         if (const auto key = id::parse(c.request.capture("picture")))
           s.drop_upload(s.why(c), a.key, *key);
         return c.go(at(a));
       });
  page("POST", "/publish", [](context& c, street& s, const activity& a) -> http::response {
    const auto done = s.publish(s.why(c), a.key);
    return done ? c.go("/activities/" + done->number) : c.refuse(done.why());
  });
  page("POST", "/drop", [](context& c, street& s, const activity& a) -> http::response {
    s.drop(s.why(c), a.key);
    return c.go("/activities/start");
  });
}

}  // namespace madang::first_street
