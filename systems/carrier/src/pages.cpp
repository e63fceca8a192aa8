#include "pages.hpp"

#include "madang/base/telephone.hpp"
#include "madang/html/fields.hpp"
#include "madang/platform/arrival.hpp"
#include "madang/platform/context.hpp"

namespace madang::carrier {
namespace {

using namespace html;
using platform::context;
using platform::needs;

struct persona_line {
  std::string person, name, part;
};
BOOST_DESCRIBE_STRUCT(persona_line, (), (person, name, part))
struct sign_in_view {
  std::vector<persona_line> personas;
};
BOOST_DESCRIBE_STRUCT(sign_in_view, (), (personas))

constexpr const char* telephone = "/my/requests";

std::string next_of(const context& c) {
  const std::string next(c.field("next").empty() ? c.request.param("next") : c.field("next"));
  const bool ours = next.starts_with('/') && !next.starts_with("//") &&
                    next.find('\\') == std::string::npos && next.size() < 1000 && next != "/";
  return ours ? next : telephone;
}

node csrf_of(const context& c) { return c.session ? c.shell().csrf_field() : node(); }

node number_and_pin(const context& c, const refusal* wrong) {
  field number{.name = "number", .label = std::string(c.say("phone.number"))};
  number.hint = c.say("phone.number_hint");
  number.value = std::string(c.field("number"));
  number.autocomplete = "tel";
  number.input_mode = "tel";
  number.width = 16;
  number.most = 30;
  field pin{.name = "pin", .label = std::string(c.say("decoupled.pin"))};
  if (wrong) pin.error = c.explain(*wrong);
  return form(method("post"), action("/sign-in"), cls("questions"), csrf_of(c),
              hidden_field("next", next_of(c)), text_field(c.shell(), number),
              password_field(c.shell(), pin), submit_button(c.say("sign_in.button")));
}

http::response sign_in_page(context& c, const refusal* wrong = nullptr) {
  sign_in_view v;
  if (c.home.chosen().demonstration)
    for (const auto& a : c.home.people().personas())
      v.personas.push_back(
          {a.person.str(), c.language == "ko" ? a.name : a.latin, a.part(c.language)});
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"pin", c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(c.say("carrier.title")),
                    lead(c.say("carrier.lead")));
    std::vector<node> cards_;
    for (const auto& one : v.personas)
      cards_.push_back(li(form(method("post"), action("/sign-in/persona"), csrf_of(c),
                               hidden_field("person", one.person),
                               hidden_field("next", next_of(c)),
                               button(type_("submit"), cls("persona"), strong(one.name),
                                      span(cls("note"), one.part)))));
    if (!cards_.empty())
      body = all(body, h2(c.say("carrier.subscribers")), ul(cls("personas"), cards_));
    auto r = c.page(c.say("carrier.title"), {},
                    all(body, h2(c.say("carrier.by_pin")), number_and_pin(c, wrong)),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response arrived(context& c, const identity::session& s, std::string amr) {
  if (!c.request.cookie("session").empty()) c.home.people().sign_out(c.request.cookie("session"));
  return platform::arrive(c, s, {std::move(amr), std::string(identity::acr_basic)},
                          c.go(next_of(c)), false);
}

http::response by_pin(context& c) {
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  const auto number = telephone_number(c.field("number"), country_code);
  auto s = c.home.people().sign_in(number.value_or("none"), c.field("pin"), c.language);
  if (!s) {
    guesses.miss(c.request.peer);
    return sign_in_page(c, &s.why());
  }
  return arrived(c, *s, "pin");
}

http::response by_persona(context& c) {
  auto person = id::parse(c.field("person"));
  if (!c.home.chosen().demonstration || !person)
    return c.refuse(refuse(kind::not_found, "request.no_page"));
  auto s = c.home.people().sign_in_as_persona(*person, c.language);
  if (!s) return sign_in_page(c, &s.why());
  return arrived(c, *s, "user");
}

http::response sign_out(context& c) {
  if (c.session) c.home.people().sign_out(c.session->token);
  auto r = c.go("/sign-in");
  r.with("Clear-Site-Data", "\"cache\"");
  return r.with("Set-Cookie", http::cookie("session", "", c.secure(), 0));
}

}  // namespace

void pages(platform::house& h) {
  h.page("GET", "/sign-in", needs::nobody, [](context& c) { return sign_in_page(c); });
  h.page("POST", "/sign-in", needs::nobody, by_pin);
  h.page("POST", "/sign-in/persona", needs::nobody, by_persona);
  h.page("POST", "/sign-out", needs::nobody, sign_out);
  // Where the frame of every page leads, all of it is the telephone.
  for (const char* path : {"/", "/my", "/my/notices"})
    h.page("GET", path, needs::sign_in, [](context& c) { return c.go(telephone); });
}

}  // namespace madang::carrier
