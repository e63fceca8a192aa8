// How a person is told that there is a notice: the message box, and by e-mail if she chose that.
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

struct channels_view {
  bool sends = false;              // this house has a mail server
  std::string address, wanted;
};
BOOST_DESCRIBE_STRUCT(channels_view, (), (sends, address, wanted))

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15"));
}

node ask_form(const context& c, const channels_view& v) {
  html::field f;
  f.name = "address";
  f.label = c.say("email.address");
  f.hint = c.say("email.hint_address");
  f.autocomplete = "email";
  const node ask = form(cls("questions"), method("post"), action("/my/channels"),
                        c.shell().csrf_field(), text_field(c.shell(), f),
                        submit_button(c.say("email.ask")));
  return v.address.empty() && v.wanted.empty() ? ask : disclosure(c.say("email.change"), ask);
}

node code_form(const context& c, const channels_view& v) {
  if (v.wanted.empty()) return {};
  html::field f;
  f.name = "code";
  f.label = c.say("email.code");
  f.autocomplete = "one-time-code";
  f.width = 10;
  return section(p(c.fill("email.waits",
                          {{"address", v.wanted},
                           {"minutes", std::to_string(notices::email::code_minutes)}})),
                 form(cls("questions"), method("post"), action("/my/channels/code"),
                      c.shell().csrf_field(), text_field(c.shell(), f),
                      submit_button(c.say("email.confirm"))));
}

http::response show(context& c) {
  const auto chosen = c.home.email().of(c.actor.person);
  const channels_view view{!c.home.chosen().mail_server.empty(), chosen.address, chosen.wanted};
  return c.show(view, [&] {
    const node state =
        view.address.empty()
            ? node(p(c.say("email.box_only")))
            : all(p(c.fill("email.goes_to", {{"address", view.address}})),
                  post_button(c.shell(), "/my/channels/forget", c.say("email.forget"),
                              look::secondary));
    return c.page(c.say("email.title"),
                  {{"/my", std::string(c.say("my.title"))},
                   {"/my/notices", std::string(c.say("my.notices"))}},
                  all(h1(c.say("email.title")), lead(c.say("email.lead")), state,
                      view.sends ? all(code_form(c, view), ask_form(c, view))
                                 : node(p(cls("note"), c.say("email.not_sent")))),
                  {.noindex = true});
  });
}

http::response answer(context& c, const outcome& done) {
  if (!done) return c.refuse(done.why());
  return c.go("/my/channels");
}

http::response ask(context& c) {
  if (c.home.chosen().mail_server.empty())
    return c.refuse(refuse(kind::conflict, "email.not_sent"));
  return answer(c, c.home.email().ask(own(c), c.actor.person, text::trim(c.field("address")),
                                      c.language));
}

}  // namespace

void channel_pages(house& h) {
  h.page("GET", "/my/channels", needs::sign_in, show);
  h.page("POST", "/my/channels", needs::sign_in, ask);
  h.page("POST", "/my/channels/code", needs::sign_in, [](context& c) {
    return answer(c, c.home.email().confirm(own(c), c.actor.person, text::trim(c.field("code"))));
  });
  h.page("POST", "/my/channels/forget", needs::sign_in, [](context& c) {
    c.home.email().forget(own(c), c.actor.person);
    return c.go("/my/channels");
  });
}

}  // namespace madang::gov24
