// One's password: choosing, changing and replacing it; and the end of one's account.
#include <algorithm>

#include "madang/html/fields.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;

struct password_view {
  bool there = false, one_time = false, asks_current = false;
  std::size_t least = identity::password_rules::least, most = identity::password_rules::most;
  std::optional<instant> chosen;
};
BOOST_DESCRIBE_STRUCT(password_view, (), (there, one_time, asks_current, least, most, chosen))
struct closing_view {
  std::string login;
};
BOOST_DESCRIBE_STRUCT(closing_view, (), (login))

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15"));
}

// As it was typed: blanks at its ends are part of a password.
std::string_view typed(const context& c, std::string_view field) {
  for (const auto& [name, value] : c.form())
    if (name == field) return value;
  return {};
}

bool came_once(const context& c, bureau& b) {
  const auto who = presence_of(c, b);
  return who && std::ranges::find(who->amr, "once") != who->amr.end();
}

password_view view_of(const context& c, bureau& b) {
  const auto state = b.passwords.of(c.actor.person);
  password_view v;
  v.there = state.there;
  v.one_time = state.one_time();
  v.asks_current = state.there && !came_once(c, b);
  if (state.chosen.micros) v.chosen = state.chosen;
  return v;
}

// The password that she has is one way to show that it is she; who has two factors shows both.
int must_show_for_password(const context& c, bureau& b, const password_view& v) {
  const int level = must_show(c, b);
  return level == 1 && (v.asks_current || v.one_time) ? 0 : level;
}

node password_form(const context& c, const password_view& v, const refusal* wrong) {
  auto one = [&](const char* name, const char* autocomplete, const char* hint) {
    field f{.name = name, .label = std::string(c.say("password." + std::string(name)))};
    f.autocomplete = autocomplete;
    f.most = static_cast<int>(v.most);
    if (*hint)
      f.hint = c.fill(hint, {{"least", std::to_string(v.least)}, {"most", std::to_string(v.most)}});
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return password_field(c.shell(), f);
  };
  auto account = c.home.people().find_account(c.actor.person);
  return form(
      method("post"), action("/my/sign-in/password"), cls("questions"), c.shell().csrf_field(),
      // For managers of passwords, which keep a login with it.
      element("input", type_("text"), name_("login"), flag("hidden"),
              attr("autocomplete", "username"), attr("value", account ? account->login : "")),
      v.asks_current ? one("current", "current-password", "") : node(),
      one("fresh", "new-password", "password.hint"), one("again", "new-password", ""),
      submit_button(c.say("password.save")));
}

http::response password_page(context& c, bureau& b, const refusal* wrong = nullptr) {
  const auto v = view_of(c, b);
  if (const int level = must_show_for_password(c, b, v)) return ask_for_step_up(c, b, level);
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    const char* title = v.there ? "password.change" : "password.choose";
    node body = all(error_summary(c.shell(), errors), h1(c.say(title)),
                    lead(c.say(v.one_time ? "password.lead_once" : "password.lead")),
                    password_form(c, v, wrong), p(cls("note"), c.say("password.ends_others")));
    auto r = c.page(c.say(title),
                    {{"/my", std::string(c.say("my.title"))},
                     {"/my/sign-in", std::string(c.say("passkey.title"))}},
                    body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

void tell(const context& c, std::string_view key) {
  c.home.box().put({{},
                    c.actor.person,
                    "",
                    c.home.said("password." + std::string(key)),
                    c.home.said("password." + std::string(key) + "_body"),
                    "/my/sign-in",
                    "",
                    now(),
                    {}},
                   random_token(12));
}

// The session goes on, as what it was but for the password that was handed out.
void go_on_without_once(const context& c, bureau& b) {
  const auto who = presence_of(c, b);
  if (!who) return;
  std::vector<std::string> amr = who->amr;
  std::erase(amr, "once");
  b.sessions.note(c.session->token, {text::join(amr, " "), who->acr},
                  c.request.header("user-agent"));
}

http::response choose(context& c, bureau& b) {
  const auto v = view_of(c, b);
  // What was typed is not kept meanwhile.
  if (const int level = must_show_for_password(c, b, v))
    return c.request.wants_json() ? ask_for_step_up(c, b, level) : c.go("/my/sign-in/password");
  if (v.asks_current) {
    auto& guesses = c.home.password_guesses();
    if (auto seconds = guesses.wait(c.request.peer))
      return c.refuse(
          refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
    if (auto good = b.passwords.prove(c.actor.person, typed(c, "current")); !good) {
      guesses.miss(c.request.peer);
      refused_sign_in("password", good.why());
      return password_page(c, b, &good.why());
    }
  }
  if (typed(c, "fresh") != typed(c, "again")) {
    const refusal differs = refuse(kind::invalid, "password.differs", "again");
    return password_page(c, b, &differs);
  }
  auto done = b.passwords.choose(own(c), c.actor.person, typed(c, "fresh"),
                                 identity::sid_of(c.session->token));
  if (!done) return password_page(c, b, &done.why());
  go_on_without_once(c, b);
  tell(c, "notice");
  return c.go(v.one_time && c.actor.official() ? "/desk" : "/my/sign-in");
}

http::response closing(context& c, bureau& b, const refusal* wrong = nullptr) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto account = c.home.people().find_account(c.actor.person);
  const closing_view v{account ? account->login : ""};
  return c.show(v, [&] {
    field login{.name = "login", .label = c.fill("account.close_login", {{"login", v.login}})};
    login.autocomplete = "off";
    login.most = 80;
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"login", login.error = c.explain(*wrong)});
    auto r = c.page(c.say("account.close"),
                    {{"/my", std::string(c.say("my.title"))},
                     {"/my/sign-in", std::string(c.say("passkey.title"))}},
                    all(error_summary(c.shell(), errors), h1(c.say("account.close")),
                        lead(c.say("account.close_lead")),
                        ul(li(c.say("account.close_what")), li(c.say("account.close_stays")),
                           li(c.say("account.close_back"))),
                        form(method("post"), action("/my/sign-in/close"), cls("questions"),
                             c.shell().csrf_field(), text_field(c.shell(), login),
                             submit_button(c.say("account.close_button"), look::danger))),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response close(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  const auto account = c.home.people().find_account(c.actor.person);
  if (!c.home.people().posts_of(c.actor.person).empty())
    return c.refuse(refuse(kind::conflict, "account.posts"));
  if (!account || c.field("login") != account->login) {
    const refusal wrong = refuse(kind::invalid, "account.login", "login");
    return closing(c, b, &wrong);
  }
  auto done = b.accounts.close(own(c), c.actor.person, c.say("account.by_holder"));
  if (!done) return c.refuse(done.why());
  auto r = c.go("/");
  r.with("Clear-Site-Data", "\"cache\"");
  return r.with("Set-Cookie", http::cookie("session", "", c.secure(), 0));
}

}  // namespace

identity::password_rules password_rules_of(const house& h) {
  identity::password_rules out;
  if (const char* list = "passwords/common.txt"; h.pack().has(list))
    out.common = identity::common_passwords(h.pack().text(list));
  for (const auto& language : h.pack().languages())
    out.of_service.push_back(text::lower_case(h.texts()("one_time.house", language)));
  out.breached = identity::breached_passwords::open(identity::breached_file(h.chosen().data));
  return out;
}

node password_part(const context& c, bureau& b) {
  const auto state = b.passwords.of(c.actor.person);
  const std::string said = !state.there ? std::string(c.say("password.none"))
                           : state.chosen.micros
                               ? c.fill("password.since", {{"at", c.written(state.chosen)}})
                               : std::string(c.say("password.there"));
  return all(
      h2(c.say("password.title")), p(said),
      p(link_button("/my/sign-in/password",
                    c.say(state.there ? "password.change" : "password.choose"), look::secondary)),
      h2(c.say("account.close")), p(c.say("account.close_line")),
      p(link_button("/my/sign-in/close", c.say("account.close"), look::quiet)));
}

void password_pages(house& h, shared_bureau b) {
  h.page("GET", "/my/sign-in/password", needs::sign_in,
         [b](context& c) { return password_page(c, *b); });
  h.page("POST", "/my/sign-in/password", needs::sign_in, [b](context& c) { return choose(c, *b); });
  h.page("GET", "/my/sign-in/close", needs::sign_in, [b](context& c) { return closing(c, *b); });
  h.page("POST", "/my/sign-in/close", needs::sign_in, [b](context& c) { return close(c, *b); });
}

}  // namespace madang::access
