// Coming in by a passkey, and the page of one's own ways in.
#include "pages.hpp"

#include "madang/html/fields.hpp"
#include "madang/platform/arrival.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;

struct passkey_line {
  std::string credential, label;
  instant created;
  std::optional<instant> used;
  bool synced = false;
};
BOOST_DESCRIBE_STRUCT(passkey_line, (), (credential, label, created, used, synced))
struct ways_view {
  bool password = false;
  std::vector<passkey_line> passkeys;
};
BOOST_DESCRIBE_STRUCT(ways_view, (), (password, passkeys))

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15"));
}

http::response fresh(const context& c, json::object what) {
  auto r = http::json_response(json::print(what));
  return c.with_privacy(std::move(r)).with("Cache-Control", "no-store");
}

std::string next_of(const context& c) {
  std::string next(c.field("next"));
  const bool ours = next.starts_with('/') && !next.starts_with("//") &&
                    next.find('\\') == std::string::npos;
  return ours ? next : "/";
}

http::response come_in(context& c, bureau& b) {
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return c.refuse(refuse(kind::too_many, "request.too_many", "",
                           {{"seconds", std::to_string(*seconds)}}));
  const signon::assertion shown{
      std::string(c.field("credential")), std::string(c.field("client_data")),
      std::string(c.field("authenticator_data")), std::string(c.field("signature")),
      std::string(c.field("user_handle"))};
  auto used = b.passkeys.use(shown);
  if (!used) {
    guesses.miss(c.request.peer);
    return c.refuse(used.why());
  }
  auto account = c.home.people().find_account(used->person);
  if (!account) return c.refuse(refuse(kind::unauthenticated, "passkey.unknown"));
  const identity::method how{"hwk user", std::string(identity::acr_strong)};
  const auto agent = c.request.header("user-agent");
  // The same person shows again who she is: what she had begun, here and elsewhere, goes on.
  if (c.session && c.session->person == used->person) {
    b.sessions.note(c.session->token, how, agent);
    return fresh(c, {{"location", next_of(c)}});
  }
  if (c.session) c.home.people().sign_out(c.session->token);
  const audit::access why{{}, c.home.said("purpose.sign_in"), c.home.said("law.e_government"), {}};
  const auto s = b.sessions.open(c.home.people(), *account, how, agent, c.language, why);
  std::string to = next_of(c);
  if (to == "/" && !s.post.empty()) to = "/desk";
  return platform::arrive(c, s, how, fresh(c, {{"location", to}}));
}

// Can she come in without a passkey?
bool has_other_way(const context& c) {
  auto account = c.home.people().find_account(c.actor.person);
  return account && (!account->password.empty() ||
                     (account->persona && c.home.chosen().demonstration));
}

node passkey_box(const context& c, const passkey_line& l) {
  field name{.name = "label", .label = std::string(c.say("passkey.label"))};
  name.value = l.label;
  name.most = 60;
  const std::string used = l.used ? c.written(*l.used) : std::string(c.say("passkey.never"));
  return section(
      cls("way"), h2(l.label),
      summary_list(c.shell(),
                   {{std::string(c.say("passkey.created")), node(c.written(l.created)), ""},
                    {std::string(c.say("passkey.used")), node(used), ""},
                    {std::string(c.say("passkey.kept")),
                     node(c.say(l.synced ? "passkey.synced" : "passkey.one_device")), ""}}),
      button_row({link_button("/my/sign-in/" + l.credential, c.say("passkey.rename"),
                              look::secondary),
                  post_button(c.shell(), "/my/sign-in/remove",
                              c.fill("passkey.remove", {{"name", l.label}}), look::danger,
                              {{"credential", l.credential}})}));
}

node add_part(const context& c) {
  field name{.name = "label", .label = std::string(c.say("passkey.label"))};
  name.hint = c.say("passkey.label_hint");
  name.most = 60;
  return element("madang-passkey", data("add", "/my/sign-in/passkey"),
                 data("failed", c.say("passkey.failed")), h2(c.say("passkey.add")),
                 p(c.say("passkey.add_line")),
                 p(cls("note"), data("without", ""), c.say("passkey.needs_script")),
                 form(flag("hidden"), method("post"), action("/my/sign-in"),
                      c.shell().csrf_field(), text_field(c.shell(), name),
                      submit_button(c.say("passkey.add_button"))),
                 p(cls("error"), role("alert"), flag("hidden")));
}

ways_view ways_of(const context& c, bureau& b) {
  ways_view view;
  auto account = c.home.people().find_account(c.actor.person);
  view.password = account && !account->password.empty();
  for (const auto& p : b.passkeys.of_person(c.actor.person)) {
    passkey_line l{p.credential, p.label, p.created, {}, p.synced};
    if (p.used.micros) l.used = p.used;
    view.passkeys.push_back(std::move(l));
  }
  return view;
}

http::response ways(context& c, bureau& b) {
  const ways_view view = ways_of(c, b);
  return c.show(view, [&] {
    node body = all(h1(c.say("passkey.title")), lead(c.say("passkey.lead")));
    if (view.passkeys.empty()) body = all(body, inset(p(c.say("passkey.none"))));
    for (const auto& l : view.passkeys) body = all(body, passkey_box(c, l));
    body = all(body, add_part(c), codes_part(c, b), phone_part(c, b),
               outside_part(c, b),
               p(a(href("/my/sessions"), c.say("signon.sessions")), " · ",
                 a(href("/my/connections"), c.say("signon.connections"))));
    return c.page(c.say("passkey.title"), {{"/my", std::string(c.say("my.title"))}}, body,
                  {.noindex = true});
  });
}

http::response renaming(context& c, bureau& b, const refusal* wrong = nullptr) {
  const auto credential = c.request.capture("credential");
  for (const auto& p : b.passkeys.of_person(c.actor.person)) {
    if (p.credential != credential) continue;
    if (c.request.wants_json() && wrong) return c.refuse(*wrong);
    const passkey_line view{p.credential, p.label, p.created, {}, p.synced};
    return c.show(view, [&] {
      field name{.name = "label", .label = std::string(c.say("passkey.label"))};
      name.value = wrong ? std::string(c.field("label")) : p.label;
      name.most = 60;
      std::vector<error_item> errors;
      if (wrong) errors.push_back({"label", name.error = c.explain(*wrong)});
      auto r = c.page(c.say("passkey.rename"),
                      {{"/my", std::string(c.say("my.title"))},
                       {"/my/sign-in", std::string(c.say("passkey.title"))}},
                      all(error_summary(c.shell(), errors), h1(c.say("passkey.rename")),
                          form(method("post"), action(c.request.path), c.shell().csrf_field(),
                               text_field(c.shell(), name),
                               submit_button(c.say("passkey.save")))),
                      {.noindex = true, .has_errors = wrong != nullptr});
      if (wrong) r.status = http::status_of(wrong->kind);
      return r;
    });
  }
  return c.refuse(refuse(kind::not_found, "passkey.unknown"));
}

http::response rename(context& c, bureau& b) {
  auto done = b.passkeys.rename(own(c), c.actor.person, c.request.capture("credential"),
                                c.field("label"));
  if (!done && done.why().field == "label") return renaming(c, b, &done.why());
  if (!done) return c.refuse(done.why());
  return c.go("/my/sign-in");
}

http::response add(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  auto done = b.passkeys.add(own(c), c.actor.person,
                             {std::string(c.field("client_data")),
                              std::string(c.field("attestation"))},
                             c.field("label"));
  if (!done) return c.refuse(done.why());
  // Whoever gets hold of a session might add a way in: the holder hears of it.
  const std::string once = random_token(12);
  c.home.box().put({{}, c.actor.person, "", c.home.said("passkey.notice"),
                    c.home.said("passkey.notice_body"), "/my/sign-in", "", now(), {}},
                   once);
  return fresh(c, {{"location", "/my/sign-in"}});
}

http::response remove(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  auto done = b.passkeys.remove(own(c), c.actor.person, c.field("credential"), has_other_way(c));
  if (!done) return c.refuse(done.why());
  return c.go("/my/sign-in");
}

}  // namespace

void passkey_pages(house& h, shared_bureau b) {
  h.page("POST", "/sign-in/passkey/options", needs::nobody,
         [b](context& c) { return fresh(c, b->passkeys.request_options()); });
  h.page("POST", "/sign-in/passkey", needs::nobody, [b](context& c) { return come_in(c, *b); });
  h.page("GET", "/my/sign-in", needs::sign_in, [b](context& c) { return ways(c, *b); });
  h.page("POST", "/my/sign-in/passkey/options", needs::sign_in, [b](context& c) {
    auto account = c.home.people().find_account(c.actor.person);
    const std::string login = account ? account->login : c.actor.name;
    return fresh(c, b->passkeys.creation_options(c.actor.person, login, c.actor.name));
  });
  h.page("POST", "/my/sign-in/passkey", needs::sign_in, [b](context& c) { return add(c, *b); });
  h.page("POST", "/my/sign-in/remove", needs::sign_in, [b](context& c) { return remove(c, *b); });
  h.page("GET", "/my/sign-in/{credential}", needs::sign_in,
         [b](context& c) { return renaming(c, *b); });
  h.page("POST", "/my/sign-in/{credential}", needs::sign_in,
         [b](context& c) { return rename(c, *b); });
}

}  // namespace madang::access
