#include "step_up.hpp"

#include <algorithm>

#include "madang/html/fields.hpp"
#include "madang/platform/arrival.hpp"

namespace madang::access {
namespace {

using namespace html;

struct step_up_view {
  int level = 2;
  bool has_code = false, has_passkey = false, has_phone = false;
  std::string next;
};
BOOST_DESCRIBE_STRUCT(step_up_view, (), (level, has_code, has_passkey, has_phone, next))

struct held_view {
  std::string action;
  std::vector<std::string> fields;
};
BOOST_DESCRIBE_STRUCT(held_view, (), (action, fields))

constexpr std::size_t longest_next = 1000;

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

http::response again_page(context& c, bureau& b, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  step_up_view v;
  v.next = next_of(c);
  v.has_code = b.codes.has(c.actor.person);
  v.has_passkey = !b.passkeys.of_person(c.actor.person).empty();
  v.has_phone = !phone_again_part(c, b, v.next).empty();
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"code", c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(c.say("step_up.title")),
                    lead(c.say("step_up.lead")));
    if (v.has_passkey) body = all(body, passkey_part(c, v.next));
    if (v.has_code) body = all(body, code_part(c, v.next, wrong));
    if (v.has_phone) body = all(body, phone_again_part(c, b, v.next));
    if (!v.has_code && !v.has_passkey && !v.has_phone)
      body = all(body, inset(p(c.say("step_up.none"))),
                 p(link_button("/my/sign-in", c.say("step_up.set_up"))));
    auto r =
        c.page(c.say("step_up.title"), {}, body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
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
    return c.session ? again_page(c, b, &good.why()) : half_page(c, &good.why());
  }
  // A recovery code is one factor that was written down: it lets in, and raises nothing.
  const identity::method how{recovered ? "pwd" : "pwd otp mfa",
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
  return c.go("/sign-in/again?next=" + http::percent_encode(next));
}

std::optional<http::response> must_show_first(context& c, bureau& b) {
  const auto who = presence_of(c, b);
  if (!who || identity::level_of(who->acr) >= 2) return {};
  const bool by_phone = std::ranges::find(who->amr, "mca") != who->amr.end();
  const bool can_show =
      b.codes.has(c.actor.person) || (!by_phone && b.phone.of_person(c.actor.person));
  if (!can_show) return {};
  return ask_for_step_up(c, b, 2);
}

void step_up_pages(house& h, shared_bureau b) {
  h.page("GET", "/sign-in/again", needs::sign_in, [b](context& c) { return again_page(c, *b); });
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
        if (!person || !b->codes.has(*person)) return json::value(json::object{});
        return json::value(json::object{{"ticket", b->codes.half_way(*person)}});
      });
}

}  // namespace madang::access
