#include "step_up.hpp"

#include <algorithm>

#include "madang/html/fields.hpp"
#include "madang/platform/arrival.hpp"

namespace madang::access {
namespace {

using namespace html;

struct step_up_view {
  int level = 2;
  bool has_code = false, has_passkey = false, has_password = false, has_phone = false;
  std::string next;
};
BOOST_DESCRIBE_STRUCT(step_up_view, (),
                      (level, has_code, has_passkey, has_password, has_phone, next))

struct held_view {
  std::string action;
  std::vector<std::string> fields;
};
BOOST_DESCRIBE_STRUCT(held_view, (), (action, fields))

constexpr std::size_t longest_next = 1000;
constexpr std::chrono::minutes fresh_for{10};

std::string next_of(const context& c) {
  return ours(c.field("next").empty() ? c.request.param("next") : c.field("next"));
}

node passkey_part(const context& c, const std::string& next) {
  return element("madang-passkey", flag("hidden"), data("use", "/sign-in/passkey"),
                 data("next", next), data("failed", c.say("passkey.failed")),
                 h2(c.say("passkey.by")), p(c.say("passkey.by_line")),
                 c.session ? c.shell().csrf_field() : node(),
                 button(type_("button"), cls("button primary"), c.say("passkey.button")),
                 p(cls("error"), role("alert"), flag("hidden")));
}

node code_part(const context& c, const std::string& next, const refusal* wrong) {
  field code{.name = "code", .label = std::string(c.say("one_time.code"))};
  code.hint = c.say("one_time.code_hint");
  code.autocomplete = "one-time-code";
  code.width = 12;
  code.most = 20;
  if (wrong) code.error = c.explain(*wrong);
  return all(h2(c.say("one_time.by")),
             form(method("post"), action("/sign-in/code"), cls("questions"),
                  c.session ? c.shell().csrf_field() : node(), hidden_field("next", next),
                  text_field(c.shell(), code), submit_button(c.say("one_time.go_on"))));
}

// One of the demonstration, in a demonstration: she shows it by a press, as she came in.
bool is_played(const context& c) {
  if (!c.home.chosen().demonstration) return false;
  const auto a = c.home.people().find_account(c.actor.person);
  return a && a->persona;
}

// Who has no second factor yet shows again what she has.
node first_factor_part(const context& c, const step_up_view& v, const refusal* wrong) {
  if (!v.has_password)
    return is_played(c) ? post_button(c.shell(), "/sign-in/again",
                                      c.fill("step_up.play", {{"name", c.actor.name}}),
                                      look::primary, {{"next", v.next}})
                        : inset(p(c.say("step_up.sign_in_anew")));
  field current{.name = "current", .label = std::string(c.say("sign_in.password"))};
  if (wrong) current.error = c.explain(*wrong);
  return form(method("post"), action("/sign-in/again"), cls("questions"), c.shell().csrf_field(),
              hidden_field("next", v.next), password_field(c.shell(), current),
              submit_button(c.say("one_time.go_on")));
}

// Led by hand to a first second factor, and back to where she was going.
node set_up_part(const context& c, const std::string& next) {
  field name{.name = "label", .label = std::string(c.say("passkey.label"))};
  name.hint = c.say("passkey.label_hint");
  name.most = 60;
  return all(inset(p(c.say("step_up.none"))),
             element("madang-passkey", data("add", "/my/sign-in/passkey"),
                     data("next", "/sign-in/again?next=" + http::percent_encode(next)),
                     data("failed", c.say("passkey.failed")), h2(c.say("passkey.add")),
                     p(c.say("step_up.passkey_line")),
                     p(cls("note"), data("without", ""), c.say("passkey.needs_script")),
                     form(flag("hidden"), method("post"), action("/my/sign-in"),
                          c.shell().csrf_field(), text_field(c.shell(), name),
                          submit_button(c.say("passkey.add_button"))),
                     p(cls("error"), role("alert"), flag("hidden"))),
             h2(c.say("one_time.title")), p(c.say("one_time.what")),
             post_button(c.shell(), "/my/sign-in/code/begin", c.say("one_time.add"),
                         look::secondary, {{"next", next}}));
}

http::response again_page(context& c, bureau& b, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  step_up_view v;
  v.next = next_of(c);
  v.has_code = b.codes.has(c.actor.person);
  v.has_passkey = !b.passkeys.of_person(c.actor.person).empty();
  v.has_password = b.passwords.of(c.actor.person).there;
  v.has_phone = !phone_again_part(c, b, v.next).empty();
  v.level = c.request.param("level") == "1" || (wrong && wrong->field == "current") ? 1 : 2;
  const bool second = v.has_code || v.has_passkey || v.has_phone;
  if (second) v.level = 2;
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({v.level == 1 ? "current" : "code", c.explain(*wrong)});
    const char* why = v.level == 1 ? "step_up.lead_again"
                      : second     ? "step_up.lead"
                                   : "step_up.lead_first";
    const auto title = c.say(v.level == 2 && !second ? "step_up.title_first" : "step_up.title");
    node body = all(error_summary(c.shell(), errors), h1(title), lead(c.say(why)));
    if (v.has_passkey) body = all(body, passkey_part(c, v.next));
    if (v.has_code) body = all(body, code_part(c, v.next, wrong));
    if (v.has_phone) body = all(body, phone_again_part(c, b, v.next));
    if (!second)
      body = all(body, v.level == 1 ? first_factor_part(c, v, wrong) : set_up_part(c, v.next));
    auto r =
        c.page(title, {}, body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// As it was typed: blanks at its ends are part of a password.
std::string_view typed(const context& c, std::string_view field) {
  for (const auto& [name, value] : c.form())
    if (name == field) return value;
  return {};
}

http::response by_first_factor(context& c, bureau& b) {
  if (has_second_factor(b, c.actor.person)) return ask_for_step_up(c, b, 2);
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  const bool has_password = b.passwords.of(c.actor.person).there;
  if (has_password) {
    if (auto good = b.passwords.prove(c.actor.person, typed(c, "current")); !good) {
      guesses.miss(c.request.peer);
      refused_sign_in("password", good.why());
      return again_page(c, b, &good.why());
    }
  } else if (!is_played(c)) {
    return c.refuse(refuse(kind::unauthenticated, "step_up.sign_in_anew"));
  }
  b.sessions.note(c.session->token, {"pwd", std::string(identity::acr_basic)},
                  c.request.header("user-agent"));
  return c.go(next_of(c));
}

// Who has given the right password and has an app: the second half.
http::response half_page(context& c, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  step_up_view v;
  v.next = next_of(c);
  v.has_code = true;
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"code", c.explain(*wrong)});
    auto r = c.page(c.say("one_time.title"), {},
                    all(error_summary(c.shell(), errors), h1(c.say("one_time.title")),
                        lead(c.say("one_time.lead")), code_part(c, v.next, wrong),
                        p(a(href("/sign-in"), c.say("one_time.begin_again")))),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.sign_in"), c.home.said("law.e_government"));
}

// A code of the app, or one for recovery (longer, with letters).
outcome try_code(const context& c, bureau& b, id person, bool& recovered) {
  const auto code = c.field("code");
  const bool digits = !code.empty() && code.find_first_not_of("0123456789 ") == code.npos;
  recovered = !digits && !code.empty();
  if (!recovered) return b.codes.check(person, code);
  audit::access why = own(c);
  why.who.person = person;
  return b.codes.recover(why, person, code);
}

http::response by_code(context& c, bureau& b) {
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  const auto ticket = c.request.cookie("half");
  const auto half = c.session ? std::nullopt : b.codes.who_is_half_way(ticket);
  if (!c.session && !half) return c.refuse(refuse(kind::unauthenticated, "one_time.too_late"));
  const id person = c.session ? c.session->person : *half;
  bool recovered = false;
  if (auto good = try_code(c, b, person, recovered); !good) {
    guesses.miss(c.request.peer);
    refused_sign_in(recovered ? "recovery code" : "code", good.why());
    return c.session ? again_page(c, b, &good.why()) : half_page(c, &good.why());
  }
  // A recovery code is one factor that was written down: it lets in, and raises nothing.
  const std::string once = b.passwords.of(person).one_time() ? " once" : "";
  const identity::method how{(recovered ? "pwd" : "pwd otp mfa") + once,
                             std::string(recovered ? identity::acr_basic : identity::acr_strong)};
  const std::string next = next_of(c);
  if (c.session) {
    b.sessions.note(c.session->token, how, c.request.header("user-agent"));
    return c.go(recovered ? "/my/sign-in" : next);
  }
  auto account = c.home.people().find_account(person);
  if (!account) return c.refuse(refuse(kind::unauthenticated, "one_time.too_late"));
  b.codes.end_half_way(ticket);
  const auto s = b.sessions.open(c.home.people(), *account, how, c.request.header("user-agent"),
                                 c.language, own(c));
  const std::string to = recovered                        ? "/my/sign-in"
                         : next == "/" && !s.post.empty() ? "/desk"
                                                          : next;
  auto r = platform::arrive(c, s, how, c.go(to));
  return r.with("Set-Cookie", http::cookie("half", "", c.secure(), 0));
}

// What was being done goes on by one press: nobody sends a form twice unasked.
http::response go_on(context& c, bureau& b) {
  auto held = b.codes.held_for(c.actor.person, c.request.capture("ticket"));
  if (!held) return c.refuse(refuse(kind::gone, "step_up.held_gone"));
  held_view v{held->path, {}};
  std::vector<node> hidden;
  for (const auto& [name, value] : held->fields) {
    v.fields.push_back(name);
    hidden.push_back(hidden_field(name, value));
  }
  return c.show(v, [&] {
    node fields;
    for (auto& one : hidden) fields = all(fields, std::move(one));
    return c.page(c.say("step_up.held_title"), {},
                  all(h1(c.say("step_up.held_title")), lead(c.say("step_up.held_lead")),
                      form(method("post"), action(held->path), c.shell().csrf_field(), fields,
                           submit_button(c.say("step_up.held_go_on")))),
                  {.noindex = true});
  });
}

}  // namespace

std::string ours(std::string_view next) {
  const bool good = next.starts_with('/') && !next.starts_with("//") &&
                    next.find('\\') == std::string_view::npos && next.size() < longest_next;
  return good ? std::string(next) : "/";
}

int level_of(const context& c, bureau& b) {
  const auto who = presence_of(c, b);
  return who ? std::max(0, identity::level_of(who->acr)) : 0;
}

bool has_second_factor(bureau& b, id person) {
  return b.codes.has(person) || !b.passkeys.of_person(person).empty();
}

int must_show(const context& c, bureau& b) {
  const auto who = presence_of(c, b);
  // A telephone that let her in is no second factor after itself.
  const bool by_phone = who && std::ranges::find(who->amr, "mca") != who->amr.end();
  const bool second = has_second_factor(b, c.actor.person) ||
                      (!by_phone && b.phone.of_person(c.actor.person));
  const bool fresh = who && now() < who->since.plus(fresh_for);
  if (fresh && (!second || identity::level_of(who->acr) >= 2)) return 0;
  return second ? 2 : 1;
}

std::optional<http::response> must_show_first(context& c, bureau& b) {
  const int level = must_show(c, b);
  if (!level) return {};
  return ask_for_step_up(c, b, level);
}

std::optional<http::response> once_gate(context& c, const signon::presence& who,
                                        const std::string& route) {
  if (std::ranges::find(who.amr, "once") == who.amr.end()) return {};
  const auto path = std::string_view(route).substr(route.find('/'));
  if (path == "/my/sign-in/password" || path.starts_with("/sign-in")) return {};
  if (c.request.wants_json()) return c.refuse(refuse(kind::forbidden, "password.once"));
  return c.go("/my/sign-in/password");
}

http::response ask_for_step_up(context& c, bureau& b, int level) {
  const std::string acr(level >= 2 ? identity::acr_strong : identity::acr_basic);
  if (c.request.wants_json()) {
    auto r = c.refuse(refuse(kind::unauthenticated, "step_up.needed", "", {{"acr", acr}}));
    return r.with("WWW-Authenticate",
                  "Session error=\"insufficient_user_authentication\", acr_values=\"" + acr + "\"");
  }
  std::string next = c.request.path;
  if (c.request.method == "POST") {
    if (!c.files().empty()) return c.refuse(refuse(kind::conflict, "step_up.files"));
    next = "/sign-in/held/" + b.codes.hold(c.actor.person, c.request.path, c.form());
  }
  return c.go(std::string("/sign-in/again?") + (level >= 2 ? "" : "level=1&") +
              "next=" + http::percent_encode(next));
}

void refused_sign_in(std::string_view how, const refusal& why) {
  log::warn("sign_in.refused", {{"how", how}, {"code", why.code}});
}

void step_up_pages(house& h, shared_bureau b) {
  h.page("GET", "/sign-in/again", needs::sign_in, [b](context& c) { return again_page(c, *b); });
  h.page("POST", "/sign-in/again", needs::sign_in,
         [b](context& c) { return by_first_factor(c, *b); });
  h.page("GET", "/sign-in/code", needs::nobody, [b](context& c) {
    if (!b->codes.who_is_half_way(c.request.cookie("half"))) return c.go("/sign-in");
    return half_page(c);
  });
  h.page("POST", "/sign-in/code", needs::nobody, [b](context& c) { return by_code(c, *b); });
  h.page("GET", "/sign-in/held/{ticket}", needs::sign_in, [b](context& c) { return go_on(c, *b); });
  // The page of passwords asks whether the right one is enough.
  h.hub().offer_command(
      "signon.second_factor",
      [b](const audit::access&, const json::value& in, std::string_view) -> result<json::value> {
        auto person = id::parse(json::str(in, "person"));
        if (!person) return json::value(json::object{});
        json::object out{{"once", b->passwords.of(*person).one_time()}};
        if (b->codes.has(*person)) out["ticket"] = b->codes.half_way(*person);
        return json::value(std::move(out));
      });
}

}  // namespace madang::access
