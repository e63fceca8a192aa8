// What an option shows, on a page of its own while the vote is a draft: picture, address of a
// video, film with captions; of what is asked (option 0) a film alone. And films, for everybody.
#include "madang/html/html.hpp"
#include "madang/pictures/picture.hpp"
#include "madang/platform/viewer.hpp"
#include "station.hpp"

namespace madang::mvoting {

using namespace html;

std::string option_path(const ask& a, std::size_t option) {
  return path_of(a, "/options/" + std::to_string(option));
}

node films_part(const context& c, station& s, const ask& a, const paper& p) {
  std::vector<node> parts;
  for (const auto& [option, owner] : s.films_of(a.key, p)) {
    const std::string of = option == 0
                               ? std::string(c.say("votes.film_of_all"))
                               : c.fill("votes.film_of", {{"what", p.options[option - 1].text}});
    parts.push_back(h2(of));
    parts.push_back(assembly::recording_part(c, s.recordings(), owner, option_path(a, option), of));
  }
  return parts.empty() ? node() : div(cls("stack"), parts);
}

namespace {

std::size_t option_in(const context& c) {
  const auto text = c.request.capture("option");
  std::size_t number = text.empty() ? 999 : 0;
  for (const char d : text.substr(0, 3))
    number = d >= '0' && d <= '9' ? number * 10 + static_cast<std::size_t>(d - '0') : 999;
  return number;
}

struct one_option {
  own of;
  paper p;
  std::size_t number = 0;
  std::string at;                  // its address
};

result<one_option> option_of(context& c, station& s) {
  auto o = own_of(c, s);
  if (!o) return o.why();
  auto p = s.book().paper_of(o->a.key);
  const std::size_t number = option_in(c);
  if (!p || number > p->options.size()) return refuse(kind::not_found, "voices.unknown");
  std::string at = option_path(o->a, number);
  return one_option{std::move(*o), std::move(*p), number, std::move(at)};
}

// "alt_2" is told at the field "alt": there is one option on the page.
std::string field_of(const refusal& why) {
  for (const char* name : {"alt", "video"})
    if (why.field.starts_with(std::string(name) + "_")) return name;
  return why.field;
}

node picture_part(const context& c, const one_option& one, const refusal* why) {
  const auto& of = one.p.options[one.number - 1];
  const auto made = [&](const char* name, std::string label, const std::string& kept) {
    field f{.name = name, .label = std::move(label)};
    if (const auto hint = c.say("votes.hint_" + std::string(name)); !hint.starts_with('['))
      f.hint = hint;
    f.value = why ? std::string(c.field(name)) : kept;
    f.optional = std::string_view(name) != "alt";      // a picture needs it
    if (why && field_of(*why) == name) f.error = c.explain(*why);
    return f;
  };
  const std::string number = std::to_string(one.number);
  return html::all(
      h2(c.say("votes.picture")),
      of.picture.empty() ? node()
                         : img(cls("picture"), src("/votes/pictures/" + of.picture),
                               attr("alt", of.alt)),
      form(method("post"), action(one.at), attr("enctype", "multipart/form-data"),
           cls("questions"), c.shell().csrf_field(),
           upload_field(c.shell(), made("photo", c.fill("votes.field_photo", {{"n", number}}), {}),
                        ".jpg,.jpeg,.png", pictures::picture_octets),
           text_field(c.shell(), made("alt", std::string(c.say("votes.field_alt")), of.alt)),
           text_field(c.shell(), made("video", std::string(c.say("votes.field_video")), of.video)),
           submit_button(c.say("votes.save_shown"), look::secondary)));
}

node film_part(const context& c, station& s, const one_option& one, const std::string& title,
               const refusal* why) {
  const auto films = s.films_of(one.of.a.key, one.p);
  const auto there = films.find(one.number);
  const bool kept = there != films.end();
  return html::all(
      h2(c.say("votes.film")),
      kept ? assembly::recording_part(c, s.recordings(), there->second, one.at, title) : node(),
      form(method("post"), action(one.at + "/recording"), attr("enctype", "multipart/form-data"),
           cls("questions"), c.shell().csrf_field(), assembly::recording_fields(c, why),
           submit_button(c.say(kept ? "votes.change_film" : "votes.save_film"), look::secondary)),
      kept ? post_button(c.shell(), one.at + "/recording/remove", c.say("votes.drop_film"),
                         look::danger)
           : node());
}

http::response option_page(const context& c, station& s, const one_option& one,
                           const refusal* why) {
  const ask& a = one.of.a;
  if (a.stage != "draft") return c.refuse(refuse(kind::conflict, "voices.published"));
  const std::string title = one.number == 0 ? std::string(c.say("votes.film_of_all"))
                                            : one.p.options[one.number - 1].text;
  const node content =
      html::all(why ? error_summary(c.shell(), {{field_of(*why), c.explain(*why)}}) : node(),
                h1(title), one.number == 0 ? node() : picture_part(c, one, why),
                film_part(c, s, one, title, why));
  return platform::with_media(
      c.page(title, {{"/votes", std::string(c.say("votes.title"))},
                     {path_of(a, "/manage"), a.title}},
             content, {.noindex = true, .has_errors = why != nullptr}));
}

// What is wrong of a field stands at it; programs are told by a problem.
template <class F>
http::response act_on(context& c, station& s, F how) {
  const auto one = option_of(c, s);
  if (!one) return c.refuse(one.why());
  const outcome done = how(*one, s.why(c, one->of.a.number));
  if (done) return c.go(one->at);
  if (c.request.wants_json() || done.why().field.empty()) return c.refuse(done.why());
  return option_page(c, s, *one, &done.why());
}

outcome set_shown(context& c, station& s, const one_option& one, const audit::access& why) {
  station::shown shown{{}, std::string(c.field("alt")), std::string(c.field("video")), false};
  for (const auto& f : c.files())
    if (f.name == "photo") shown.octets = f.body;
  return s.set_shown(why, one.of.a, one.number, shown);
}

// A draft's for who makes it, a hidden vote's for who filed it and who hides: as its page.
http::response send_film(context& c, station& s) {
  const auto unknown = refuse(kind::not_found, "voices.unknown");
  const auto a = s.find(c);
  if (!a) return c.refuse(unknown);
  const bool may = a->stage == "draft" ? s.may_manage(c, *a, s.vote_of(a->key))
                                       : a->hidden.empty() || a->author == c.actor.person ||
                                             s.moderates(c);
  const auto p = may ? s.book().paper_of(a->key) : std::nullopt;
  if (!p) return c.refuse(unknown);
  const auto films = s.films_of(a->key, *p);
  const auto there = films.find(option_in(c));
  const auto part = there == films.end()
                        ? std::nullopt
                        : assembly::asked_part(c, s.recordings(), there->second);
  return part ? assembly::by_range(c, s.recordings(), *part) : c.refuse(unknown);
}

}  // namespace

void shown_pages(const shared_station& s) {
  house& h = s->home();
  const std::string at = "/votes/{number}/options/{option}";
  h.page("GET", at, needs::sign_in, [s](context& c) {
    const auto one = option_of(c, *s);
    return one ? option_page(c, *s, *one, nullptr) : c.refuse(one.why());
  });
  h.page("POST", at, needs::sign_in, [s](context& c) {
    return act_on(c, *s, [&](const one_option& one, const audit::access& why) {
      return set_shown(c, *s, one, why);
    });
  });
  h.page("POST", at + "/recording", needs::sign_in, [s](context& c) {
    return act_on(c, *s, [&](const one_option& one, const audit::access& why) {
      return s->put_film(why, one.of.a, one.number, assembly::uploaded_in(c));
    });
  });
  h.page("POST", at + "/recording/remove", needs::sign_in, [s](context& c) {
    return act_on(c, *s, [&](const one_option& one, const audit::access& why) {
      return s->drop_film(why, one.of.a, one.number);
    });
  });
  for (const char* part : {"/recording", "/captions/{language}"})
    h.page("GET", at + part, needs::nobody, [s](context& c) { return send_film(c, *s); });
}

}  // namespace madang::mvoting
