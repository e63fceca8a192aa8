// How a person is told that there is a notice: the message box, and by e-mail or text message if
// she chose that.
#include "pages.hpp"

namespace madang::gov24 {
namespace {

using namespace html;
using notices::way;

struct channel_view {
  std::string way;
  bool sends = false;              // this house has a server for it
  std::string address, wanted;
};
BOOST_DESCRIBE_STRUCT(channel_view, (), (way, sends, address, wanted))
struct channels_view {
  std::vector<channel_view> channels;
};
BOOST_DESCRIBE_STRUCT(channels_view, (), (channels))

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15"));
}

bool sends(const context& c, way w) {
  return !(w == way::email ? c.home.chosen().mail_server : c.home.chosen().text_gateway).empty();
}

// Texts of a way: "email.address", "text_message.address".
std::string text_of(way w, const char* what) {
  return (w == way::email ? "email." : "text_message.") + std::string(what);
}

std::string path_of(const channel_view& v, const char* then = "") {
  return "/my/channels/" + v.way + then;
}

node ask_form(const context& c, way w, const channel_view& v) {
  html::field f;
  f.name = "address";
  f.label = c.say(text_of(w, "address"));
  f.hint = c.say(text_of(w, "hint_address"));
  f.autocomplete = w == way::email ? "email" : "tel";
  const node ask = form(cls("questions"), method("post"), action(path_of(v)),
                        c.shell().csrf_field(), text_field(c.shell(), f),
                        submit_button(c.say("channel.ask")));
  return v.address.empty() && v.wanted.empty() ? ask
                                               : disclosure(c.say(text_of(w, "change")), ask);
}

node code_form(const context& c, const channel_view& v) {
  if (v.wanted.empty()) return {};
  html::field f;
  f.name = "code";
  f.label = c.say("channel.code");
  f.autocomplete = "one-time-code";
  f.width = 10;
  return section(p(c.fill("channel.waits",
                          {{"address", v.wanted},
                           {"minutes", std::to_string(notices::channels::code_minutes)}})),
                 form(cls("questions"), method("post"), action(path_of(v, "/code")),
                      c.shell().csrf_field(), text_field(c.shell(), f),
                      submit_button(c.say("channel.confirm"))));
}

node channel_part(const context& c, way w, const channel_view& v) {
  const node state =
      v.address.empty()
          ? node()
          : all(p(c.fill("channel.goes_to", {{"address", v.address}})),
                post_button(c.shell(), path_of(v, "/forget"), c.say(text_of(w, "forget")),
                            look::secondary));
  return section(h2(c.say(text_of(w, "title"))), state,
                 v.sends ? all(code_form(c, v), ask_form(c, w, v))
                         : node(p(cls("note"), c.say(text_of(w, "not_sent")))));
}

http::response show(context& c) {
  channels_view view;
  bool box_only = true;
  for (const way w : notices::every_way) {
    const auto chosen = c.home.channels().of(c.actor.person, w);
    box_only = box_only && chosen.address.empty();
    view.channels.push_back(
        {std::string(name_of(w)), sends(c, w), chosen.address, chosen.wanted});
  }
  return c.show(view, [&] {
    std::vector<node> parts;
    for (std::size_t i = 0; i < view.channels.size(); ++i)
      parts.push_back(channel_part(c, notices::every_way[i], view.channels[i]));
    return c.page(c.say("channel.title"),
                  {{"/my", std::string(c.say("my.title"))},
                   {"/my/notices", std::string(c.say("my.notices"))}},
                  all(h1(c.say("channel.title")), lead(c.say("channel.lead")),
                      box_only ? node(p(c.say("channel.box_only"))) : node(), all(parts)),
                  {.noindex = true});
  });
}

http::response answer(context& c, const outcome& done) {
  if (!done) return c.refuse(done.why());
  return c.go("/my/channels");
}

template <way W>
http::response ask(context& c) {
  if (!sends(c, W)) return c.refuse(refuse(kind::conflict, text_of(W, "not_sent")));
  return answer(c, c.home.channels().ask(own(c), c.actor.person, W,
                                         text::trim(c.field("address")), c.language));
}

template <way W>
void pages_of(house& h) {
  const std::string path = "/my/channels/" + std::string(name_of(W));
  h.page("POST", path, needs::sign_in, ask<W>);
  h.page("POST", path + "/code", needs::sign_in, [](context& c) {
    return answer(c, c.home.channels().confirm(own(c), c.actor.person, W,
                                               text::trim(c.field("code"))));
  });
  h.page("POST", path + "/forget", needs::sign_in, [](context& c) {
    c.home.channels().forget(own(c), c.actor.person, W);
    return c.go("/my/channels");
  });
}

}  // namespace

void channel_pages(house& h) {
  h.page("GET", "/my/channels", needs::sign_in, show);
  pages_of<way::email>(h);
  pages_of<way::text>(h);
}

}  // namespace madang::gov24
