// One's authenticator app: adding it with a code on the screen, recovery codes, removing it.
#include "madang/documents/qr_image.hpp"
#include "madang/html/fields.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;

struct begun_view {
  std::string secret, address;
};
BOOST_DESCRIBE_STRUCT(begun_view, (), (secret, address))
struct recovery_view {
  std::vector<std::string> recovery_codes;
};
BOOST_DESCRIBE_STRUCT(recovery_view, (), (recovery_codes))

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15"));
}

std::string login_of(const context& c) {
  auto account = c.home.people().find_account(c.actor.person);
  return account ? account->login : c.actor.name;
}

std::string in_groups(std::string_view secret) {
  std::string out;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    if (i && i % 4 == 0) out += ' ';
    out += secret[i];
  }
  return out;
}

http::response begin(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  b.codes.begin(c.actor.person);
  return c.go("/my/sign-in/code");
}

std::optional<begun_view> begun(context& c, bureau& b) {
  auto secret = b.codes.begun(c.actor.person);
  auto address = b.codes.address(c.actor.person, c.say("one_time.house"), login_of(c));
  if (!secret || !address) return {};
  return begun_view{*secret, *address};
}

http::response show(context& c, bureau& b, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = begun(c, b);
  if (!v) return c.go("/my/sign-in");
  return c.show(*v, [&] {
    field code{.name = "code", .label = std::string(c.say("one_time.code"))};
    code.hint = c.say("one_time.confirm_hint");
    code.autocomplete = "one-time-code";
    code.input_mode = "numeric";
    code.width = 12;
    code.most = 20;
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"code", code.error = c.explain(*wrong)});
    auto r = c.page(
        c.say("one_time.add"),
        {{"/my", std::string(c.say("my.title"))},
         {"/my/sign-in", std::string(c.say("passkey.title"))}},
        all(error_summary(c.shell(), errors), h1(c.say("one_time.add")),
            ol(li(c.say("one_time.step_app")), li(c.say("one_time.step_scan")),
               li(c.say("one_time.step_code"))),
            p(element("img", src("/my/sign-in/code/qr.svg"), attr("alt", c.say("one_time.qr")),
                      attr("width", 220), attr("height", 220))),
            summary_list(c.shell(), {{std::string(c.say("one_time.secret")),
                                      node(html::code(in_groups(v->secret))), ""}}),
            form(method("post"), action("/my/sign-in/code"), cls("questions"),
                 c.shell().csrf_field(), text_field(c.shell(), code),
                 submit_button(c.say("one_time.confirm")))),
        {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response picture(context& c, bureau& b) {
  const auto v = begun(c, b);
  if (!v) return c.refuse(refuse(kind::not_found, "one_time.none"));
  auto r = http::text_response(200, documents::qr_image(v->address), "image/svg+xml");
  return c.with_privacy(std::move(r));
}

http::response confirm(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  auto done = b.codes.confirm(own(c), c.actor.person, c.field("code"));
  if (!done && done.why().field == "code") return show(c, b, &done.why());
  if (!done) return c.refuse(done.why());
  b.sessions.note(c.session->token, {"pwd otp mfa", std::string(identity::acr_strong)},
                  c.request.header("user-agent"));
  c.home.box().put({{},
                    c.actor.person,
                    "",
                    c.home.said("one_time.notice"),
                    c.home.said("one_time.notice_body"),
                    "/my/sign-in",
                    "",
                    now(),
                    {}},
                   random_token(12));
  const recovery_view v{*done};
  return c.show(v, [&] {
    std::vector<node> list;
    for (const auto& one : v.recovery_codes) list.push_back(li(html::code(one)));
    return c.page(
        c.say("one_time.recovery"),
        {{"/my", std::string(c.say("my.title"))},
         {"/my/sign-in", std::string(c.say("passkey.title"))}},
        all(h1(c.say("one_time.recovery")), lead(c.say("one_time.recovery_lead")),
            warning(c.shell(), c.say("one_time.recovery_once")), ul(cls("plain"), list),
            print_button(c.shell()), p(link_button("/my/sign-in", c.say("one_time.done")))),
        {.noindex = true});
  });
}

http::response remove(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  auto done = b.codes.remove(own(c), c.actor.person);
  if (!done) return c.refuse(done.why());
  c.home.box().put({{},
                    c.actor.person,
                    "",
                    c.home.said("one_time.removed_notice"),
                    c.home.said("one_time.notice_body"),
                    "/my/sign-in",
                    "",
                    now(),
                    {}},
                   random_token(12));
  return c.go("/my/sign-in");
}

}  // namespace

node codes_part(const context& c, bureau& b) {
  node out = all(h2(c.say("one_time.title")), p(c.say("one_time.what")));
  if (!b.codes.has(c.actor.person))
    return all(out, post_button(c.shell(), "/my/sign-in/code/begin", c.say("one_time.add"),
                                look::secondary));
  return all(out,
             summary_list(c.shell(),
                          {{std::string(c.say("one_time.state")), node(c.say("one_time.on")), ""},
                           {std::string(c.say("one_time.recovery_left")),
                            node(std::to_string(b.codes.recovery_left(c.actor.person))), ""}}),
             button_row({post_button(c.shell(), "/my/sign-in/code/begin", c.say("one_time.another"),
                                     look::secondary),
                         post_button(c.shell(), "/my/sign-in/code/remove", c.say("one_time.remove"),
                                     look::danger)}));
}

void code_pages(house& h, shared_bureau b) {
  h.page("POST", "/my/sign-in/code/begin", needs::sign_in,
         [b](context& c) { return begin(c, *b); });
  h.page("GET", "/my/sign-in/code", needs::sign_in, [b](context& c) { return show(c, *b); });
  h.page("GET", "/my/sign-in/code/qr.svg", needs::sign_in,
         [b](context& c) { return picture(c, *b); });
  h.page("POST", "/my/sign-in/code", needs::sign_in, [b](context& c) { return confirm(c, *b); });
  h.page("POST", "/my/sign-in/code/remove", needs::sign_in,
         [b](context& c) { return remove(c, *b); });
}

}  // namespace madang::access
