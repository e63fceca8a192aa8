// Confirming with one's telephone: tying it to oneself, as the second of two factors, and coming in
// by it when every other way is lost.
#include "madang/html/fields.hpp"
#include "madang/platform/arrival.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;
using signon::phone;

struct wait_view {
  std::string number, binding;
  instant expires;
};
BOOST_DESCRIBE_STRUCT(wait_view, (), (number, binding, expires))
struct number_view {
  std::vector<std::string> carriers;
};
BOOST_DESCRIBE_STRUCT(number_view, (), (carriers))

constexpr int cookie_seconds = 300;
constexpr const char* look_again_seconds = "5";

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.sign_in"), c.home.said("law.e_government"));
}

http::response with_ticket(const context& c, http::response r, std::string_view ticket) {
  return r.with("Set-Cookie", http::cookie("phone", ticket, c.secure(),
                                           ticket.empty() ? 0 : cookie_seconds));
}

// "+82 10 **** 1001": enough to know one's own by.
std::string masked(std::string_view number) {
  if (number.size() < 9) return std::string(number);
  return std::string(number.substr(0, number.size() - 8)) + "****" +
         std::string(number.substr(number.size() - 4));
}

node number_form(const context& c, const bureau& b, const char* path, std::string_view next,
                 const refusal* wrong, std::string_view label) {
  std::vector<node> carriers;
  field number{.name = "number", .label = std::string(c.say("phone.number"))};
  number.hint = c.say("phone.number_hint");
  number.autocomplete = "tel";
  number.input_mode = "tel";
  number.width = 16;
  number.most = 30;
  number.value = std::string(c.field("number"));
  if (wrong && wrong->field == "number") number.error = c.explain(*wrong);
  const auto& all_of_them = b.phone.carriers();
  node which = hidden_field("carrier", all_of_them.front().at.id);
  if (all_of_them.size() > 1) {
    std::vector<choice> choices;
    for (const auto& one : all_of_them) choices.push_back({one.at.id, one.at.name(c.language), ""});
    which = radio_field(c.shell(),
                        {.name = "carrier", .label = std::string(c.say("phone.carrier")),
                         .value = all_of_them.front().at.id},
                        choices);
  }
  return form(method("post"), action(path), cls("questions"),
              c.session ? c.shell().csrf_field() : node(), hidden_field("next", next), which,
              text_field(c.shell(), number), submit_button(label, look::secondary));
}

// ---- coming in ----
http::response number_page(context& c, bureau& b, const refusal* wrong = nullptr) {
  // Where no carrier is known the way is not offered.
  if (b.phone.carriers().empty()) return c.go("/sign-in");
  if (wrong && (c.request.wants_json() || wrong->field != "number")) return c.refuse(*wrong);
  number_view v;
  for (const auto& one : b.phone.carriers()) v.carriers.push_back(one.at.id);
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"number", c.explain(*wrong)});
    const std::string next = ours(c.field("next").empty() ? c.request.param("next")
                                                          : c.field("next"));
    auto r = c.page(c.say("phone.in_title"), {},
                    all(error_summary(c.shell(), errors), h1(c.say("phone.in_title")),
                        lead(c.say("phone.in_lead")),
                        number_form(c, b, "/sign-in/phone", next, wrong, c.say("phone.ask"))),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response begin_in(context& c, bureau& b) {
  // Each question rings at somebody's telephone: whoever asks for many waits.
  auto& guesses = c.home.password_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return c.refuse(
        refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}}));
  guesses.miss(c.request.peer);
  auto ticket = b.phone.begin(c.field("carrier"), c.field("number"), phone::purpose::come_in, {},
                              ours(c.field("next")));
  if (!ticket) return number_page(c, b, &ticket.why());
  return with_ticket(c, c.go("/sign-in/phone"), *ticket);
}

// An app that is there is asked for too, as after a password.
http::response come_in(context& c, bureau& b, const phone::proof& p, const std::string& next) {
  auto person = b.phone.person_of(p);
  auto account = person ? c.home.people().find_account(*person) : std::nullopt;
  if (!account) return c.refuse(refuse(kind::forbidden, "phone.unknown"));
  if (c.session) c.home.people().sign_out(c.session->token);
  if (b.codes.has(*person)) {
    auto r = c.go("/sign-in/code?next=" + http::percent_encode(next));
    return r.with("Set-Cookie", http::cookie("half", b.codes.half_way(*person), c.secure(), 600));
  }
  const identity::method how{"mca", std::string(identity::acr_basic)};
  const auto s = b.sessions.open(c.home.people(), *account, how, c.request.header("user-agent"),
                                 c.language, own(c));
  return platform::arrive(c, s, how, c.go(next == "/" && !s.post.empty() ? "/desk" : next));
}

// ---- within a session ----
// A telephone that let her in is no second factor.
bool adds_a_factor(const context& c, bureau& b) {
  const auto who = presence_of(c, b);
  return who && identity::level_of(who->acr) >= 1 &&
         std::ranges::find(who->amr, "mca") == who->amr.end();
}

http::response begin_again(context& c, bureau& b) {
  const auto known = b.phone.of_person(c.actor.person);
  if (!known || !adds_a_factor(c, b))
    return c.refuse(refuse(kind::forbidden, "phone.none"));
  for (const auto& one : b.phone.carriers()) {
    if (one.at.issuer != known->issuer) continue;
    auto ticket = b.phone.begin(one.at.id, known->number, phone::purpose::step_up,
                                c.actor.person, ours(c.field("next")));
    if (!ticket) return c.refuse(ticket.why());
    return with_ticket(c, c.go("/sign-in/phone"), *ticket);
  }
  return c.refuse(refuse(kind::unavailable, "outside.unreachable"));
}

http::response step_up(context& c, bureau& b, const phone::proof& p, const std::string& next) {
  if (b.phone.person_of(p) != c.session->person || !adds_a_factor(c, b))
    return c.refuse(refuse(kind::forbidden, "phone.unknown"));
  b.sessions.note(c.session->token, {"pwd mca mfa", std::string(identity::acr_strong)},
                  c.request.header("user-agent"));
  return c.go(next);
}

http::response begin_link(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  auto ticket = b.phone.begin(c.field("carrier"), c.field("number"), phone::purpose::link,
                              c.actor.person, "/my/sign-in");
  if (!ticket) return c.refuse(ticket.why());
  return with_ticket(c, c.go("/sign-in/phone"), *ticket);
}

// Whose telephone it is says the carrier; that it is hers is seen by the register.
outcome is_hers(context& c, const phone::proof& p) {
  auto* reg = c.home.hub().registry_of("persons");
  if (!reg) return refuse(kind::unavailable, "phone.register");
  const std::vector<std::string> items{"name", "born"};
  auto found = reg->get(own(c), "persons", c.actor.person.str(), registers::present(), items);
  if (!found) return found.why();
  if (found->text("name") != p.name || found->text("born") != p.birthdate)
    return refuse(kind::forbidden, "phone.another");
  return nothing{};
}

http::response link(context& c, bureau& b, const phone::proof& p, const std::string& next) {
  outcome done = is_hers(c, p);
  if (done) done = b.phone.remember(own(c), p, c.actor.person);
  if (!done) return c.refuse(done.why());
  c.home.box().put({{}, c.actor.person, "", c.home.said("phone.notice"),
                    c.home.said("phone.notice_body"), "/my/sign-in", "", now(), {}},
                   random_token(12));
  return c.go(next);
}

http::response unlink(context& c, bureau& b) {
  if (auto first = must_show_first(c, b)) return std::move(*first);
  auto done = b.phone.forget(own(c), c.actor.person);
  if (!done) return c.refuse(done.why());
  return c.go("/my/sign-in");
}

// ---- while her telephone asks her ----
http::response waiting(context& c, const phone::attempt& a) {
  const wait_view v{masked(a.number), a.binding, a.expires};
  return c.show(v, [&] {
    auto r = c.page(c.say("phone.wait_title"), {},
                    all(h1(c.say("phone.wait_title")),
                        lead(c.fill("phone.wait_lead", {{"number", v.number}})),
                        h2(c.say("decoupled.message")), p(cls("reference"), v.binding),
                        p(c.say("phone.wait_compare")),
                        p(link_button("/sign-in/phone", c.say("phone.look_again"),
                                      look::secondary))),
                    {.noindex = true});
    return r.with("Refresh", look_again_seconds);
  });
}

http::response look_again(context& c, bureau& b) {
  const auto ticket = c.request.cookie("phone");
  const auto a = b.phone.find(ticket);
  if (!a) {
    if (ticket.empty()) return number_page(c, b);
    return with_ticket(c, c.refuse(refuse(kind::gone, "phone.over")), "");
  }
  // Begun by somebody who is not here any more.
  if (a->purpose != phone::purpose::come_in && (!c.session || c.session->person != a->person))
    return with_ticket(c, c.refuse(refuse(kind::gone, "phone.over")), "");
  auto found = b.phone.look(ticket);
  if (!found) return with_ticket(c, c.refuse(found.why()), "");
  if (!*found) return waiting(c, *a);
  auto done = a->purpose == phone::purpose::come_in   ? come_in(c, b, **found, a->next)
              : a->purpose == phone::purpose::step_up ? step_up(c, b, **found, a->next)
                                                      : link(c, b, **found, a->next);
  return with_ticket(c, std::move(done), "");
}

}  // namespace

node phone_part(const context& c, bureau& b) {
  if (b.phone.carriers().empty()) return {};
  node out = all(h2(c.say("phone.title")), p(c.say("phone.what")));
  const auto known = b.phone.of_person(c.actor.person);
  if (!known)
    return all(out, number_form(c, b, "/my/phone/link", "/my/sign-in", nullptr,
                                c.say("phone.link")));
  return all(out,
             summary_list(c.shell(),
                          {{std::string(c.say("phone.number")), node(masked(known->number)), ""},
                           {std::string(c.say("phone.since")), node(c.written(known->since)), ""}}),
             post_button(c.shell(), "/my/phone/unlink", c.say("phone.unlink"), look::danger));
}

node phone_again_part(const context& c, bureau& b, std::string_view next) {
  if (!b.phone.of_person(c.actor.person) || !adds_a_factor(c, b)) return {};
  return all(h2(c.say("phone.by")), p(c.say("phone.by_line")),
             post_button(c.shell(), "/sign-in/phone/again", c.say("phone.ask"), look::secondary,
                         {{"next", std::string(next)}}));
}

void phone_pages(house& h, shared_bureau b) {
  h.page("GET", "/sign-in/phone", needs::nobody, [b](context& c) { return look_again(c, *b); });
  h.page("POST", "/sign-in/phone", needs::nobody, [b](context& c) { return begin_in(c, *b); });
  h.page("POST", "/sign-in/phone/again", needs::sign_in,
         [b](context& c) { return begin_again(c, *b); });
  h.page("POST", "/my/phone/link", needs::sign_in, [b](context& c) { return begin_link(c, *b); });
  h.page("POST", "/my/phone/unlink", needs::sign_in, [b](context& c) { return unlink(c, *b); });
  h.hub().offer_query(
      "signon.by_phone", [b](const audit::access&, const json::value&) -> result<json::value> {
        return json::value(json::object{{"offered", !b->phone.carriers().empty()}});
      });
}

}  // namespace madang::access
