// What is asked of a person by a program that is not before her: a device shows a code, which she
// types here (RFC 8628), or a service asks and she finds it among her own (CIBA).
#include "madang/html/fields.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;

struct request_view {
  std::string request, client, name, purpose, law, message, code;
  std::vector<std::string> gives;
  instant asked, expires;
};
BOOST_DESCRIBE_STRUCT(request_view, (),
                      (request, client, name, purpose, law, message, code, gives, asked, expires))
struct requests_view {
  std::vector<request_view> requests;
};
BOOST_DESCRIBE_STRUCT(requests_view, (), (requests))
struct device_view {
  std::string code;
};
BOOST_DESCRIBE_STRUCT(device_view, (), (code))

request_view view_of(const context& c, const signon::client& by,
                     const signon::decoupled_request& r) {
  return {r.key.str(), by.id, by.name(c.language), by.purpose(c.language), by.law(c.language),
          r.binding, "", given_words(c, r.scope), r.asked, r.expires};
}

// Where a PIN confirms, the form that says yes asks for it.
node pin_form(const context& c, const std::string& path, const refusal* wrong) {
  field pin{.name = "pin", .label = std::string(c.say("decoupled.pin"))};
  if (wrong) pin.error = c.explain(*wrong);
  return all(form(method("post"), action(path), cls("questions"), c.shell().csrf_field(),
                  hidden_field("agree", "yes"), password_field(c.shell(), pin),
                  submit_button(c.say("decoupled.yes"))),
             post_button(c.shell(), path, c.say("decoupled.no"), look::secondary,
                         {{"agree", "no"}}));
}

// Counted as at the sign-in page: whoever tries PINs waits.
outcome pin_fits(context& c) {
  auto account = c.home.people().find_account(c.actor.person);
  if (!account) return refuse(kind::not_found, "decoupled.over", "pin");
  auto s = c.home.people().sign_in(account->login, c.field("pin"), c.language);
  if (!s) return s.why();
  c.home.people().sign_out(s->token);
  return nothing{};
}

node yes_or_no(const context& c, const std::string& path,
               std::vector<std::pair<std::string, std::string>> fields) {
  auto with = [&](const char* answer) {
    auto out = fields;
    out.emplace_back("agree", answer);
    return out;
  };
  return button_row(
      {post_button(c.shell(), path, c.say("decoupled.yes"), look::primary, with("yes")),
       post_button(c.shell(), path, c.say("decoupled.no"), look::secondary, with("no"))});
}

// ---- a device with a code ----
http::response ask_code(context& c, std::string_view typed, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(device_view{std::string(typed)}, [&] {
    field code{.name = "user_code", .label = std::string(c.say("device.code"))};
    code.hint = c.say("device.code_hint");
    code.autocomplete = "off";
    code.value = typed;
    code.width = 12;
    code.most = 20;
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"user_code", code.error = c.explain(*wrong)});
    auto r = c.page(c.say("device.title"), {},
                    all(error_summary(c.shell(), errors), h1(c.say("device.title")),
                        lead(c.say("device.lead")),
                        form(method("get"), action("/device"), cls("questions"),
                             text_field(c.shell(), code),
                             submit_button(c.say("device.go_on")))),
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// Codes are few: whoever tries them out waits.
result<signon::decoupled_request> request_with(context& c, bureau& b, std::string_view code) {
  auto& guesses = c.home.number_guesses();
  if (auto seconds = guesses.wait(c.request.peer))
    return refuse(kind::too_many, "request.too_many", "", {{"seconds", std::to_string(*seconds)}});
  auto r = b.provider.with_user_code(code);
  if (!r || !b.provider.find_client(r->client)) {
    guesses.miss(c.request.peer);
    return refuse(kind::not_found, "device.code", "user_code");
  }
  return *r;
}

http::response device(context& c, bureau& b) {
  const std::string code(c.request.param("user_code"));
  if (code.empty()) return ask_code(c, code);
  const std::string here = http::percent_encode("/device?user_code=" + http::percent_encode(code));
  if (!c.session) return c.go("/sign-in?next=" + here);
  auto r = request_with(c, b, code);
  if (!r) return ask_code(c, code, &r.why());
  if (level_of(c, b) < r->level) return c.go("/sign-in/again?next=" + here);
  const auto& by = *b.provider.find_client(r->client);
  auto v = view_of(c, by, *r);
  v.code = text::upper_case(code);
  return c.show(v, [&] {
    return c.page(c.fill("device.ask_title", {{"name", v.name}}), {},
                  all(h1(c.fill("device.ask_title", {{"name", v.name}})),
                      lead(c.fill("device.ask_lead", {{"name", v.name}})),
                      p(cls("reference"), html::code(v.code)), p(c.say("device.compare")),
                      given_part(c, by, r->scope), yes_or_no(c, "/device", {{"user_code", code}})),
                  {.noindex = true});
  });
}

// ---- both ----
std::optional<bool> answered(const context& c) {
  const auto agree = c.field("agree");
  if (agree != "yes" && agree != "no") return {};
  return agree == "yes";
}

// Nothing when it is decided; else what stands in the way.
std::optional<http::response> decide(context& c, bureau& b, const signon::decoupled_request& r,
                                     bool agrees) {
  if (agrees && level_of(c, b) < std::max(1, r.level)) return ask_for_step_up(c, b, r.level);
  auto who = presence_of(c, b);
  // She has just shown it (RFC 8176).
  if (b.asks_pin) {
    who->amr.emplace_back("pin");
    who->since = now();
  }
  const auto& by = *b.provider.find_client(r.client);
  auto done = b.provider.decide(for_client(c, by), r.key, *who, agrees);
  if (!done) return c.refuse(done.why());
  b.sender.wake();
  return {};
}

http::response answer_device(context& c, bureau& b) {
  auto r = request_with(c, b, c.field("user_code"));
  if (!r) return c.refuse(r.why());
  const auto agrees = answered(c);
  if (!agrees) return c.refuse(refuse(kind::invalid, "forms.option", "agree"));
  if (auto stopped = decide(c, b, *r, *agrees)) return std::move(*stopped);
  return c.go(*agrees ? "/device/done" : "/device/declined");
}

http::response device_told(context& c, const std::string& which) {
  return c.show(device_view{}, [&] {
    return c.page(c.say("device.title_" + which), {},
                  all(h1(c.say("device.title_" + which)), lead(c.say("device.told_" + which)),
                      p(a(href("/my/connections"), c.say("signon.connections")))),
                  {.noindex = true});
  });
}

// ---- what waits for her ----
node request_box(const context& c, const request_view& v) {
  std::vector<row> rows{{std::string(c.say("decoupled.message")), node(v.message), ""},
                        {std::string(c.say("signon.purpose")), node(v.purpose), ""},
                        {std::string(c.say("decoupled.until")), node(c.written(v.expires)), ""}};
  if (v.message.empty()) rows.erase(rows.begin());
  return section(cls("way"), h2(v.name), summary_list(c.shell(), rows),
                 p(link_button("/my/requests/" + v.request,
                               c.fill("decoupled.look", {{"name", v.name}}))));
}

http::response requests(context& c, bureau& b) {
  requests_view view;
  for (const auto& r : b.provider.waiting_for(c.actor.person))
    if (const auto* by = b.provider.find_client(r.client))
      view.requests.push_back(view_of(c, *by, r));
  return c.show(view, [&] {
    node body = all(h1(c.say("decoupled.title")), lead(c.say("decoupled.lead")));
    if (view.requests.empty()) body = all(body, empty_state("lock", c.say("decoupled.none")));
    for (const auto& v : view.requests) body = all(body, request_box(c, v));
    auto r = c.page(c.say("decoupled.title"), {{"/my", std::string(c.say("my.title"))}},
                    all(body, p(a(href("/my/connections"), c.say("signon.connections")))),
                    {.noindex = true});
    // On a telephone the question comes by itself.
    return b.asks_pin ? r.with("Refresh", "5") : r;
  });
}

std::optional<signon::decoupled_request> named(const context& c, bureau& b) {
  auto key = id::parse(c.request.capture("request"));
  auto r = key ? b.provider.waiting(*key, c.actor.person) : std::nullopt;
  return r && b.provider.find_client(r->client) ? r : std::nullopt;
}

http::response over(const context& c) {
  return c.refuse(refuse(kind::not_found, "decoupled.over", "request"));
}

http::response one_request(context& c, bureau& b, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto r = named(c, b);
  if (!r) return over(c);
  const auto& by = *b.provider.find_client(r->client);
  const auto v = view_of(c, by, *r);
  return c.show(v, [&] {
    const std::string title = c.fill("decoupled.ask_title", {{"name", v.name}});
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"pin", c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(title),
                    lead(c.fill("decoupled.ask_lead", {{"name", v.name}})));
    if (!v.message.empty())
      body = all(body, h2(c.say("decoupled.message")), p(cls("reference"), v.message),
                 p(c.say("decoupled.compare")));
    const std::string path = "/my/requests/" + v.request;
    auto out = c.page(title,
                      {{"/my", std::string(c.say("my.title"))},
                       {"/my/requests", std::string(c.say("decoupled.title"))}},
                      all(body, given_part(c, by, r->scope),
                          b.asks_pin ? pin_form(c, path, wrong) : yes_or_no(c, path, {})),
                      {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) out.status = http::status_of(wrong->kind);
    return out;
  });
}

http::response answer_request(context& c, bureau& b) {
  const auto r = named(c, b);
  if (!r) return over(c);
  const auto agrees = answered(c);
  if (!agrees) return c.refuse(refuse(kind::invalid, "forms.option", "agree"));
  if (b.asks_pin && *agrees)
    if (auto good = pin_fits(c); !good) return one_request(c, b, &good.why());
  if (auto stopped = decide(c, b, *r, *agrees)) return std::move(*stopped);
  return c.go("/my/requests");
}

}  // namespace

void decoupled_pages(house& h, shared_bureau b) {
  h.page("GET", "/device", needs::nobody, [b](context& c) { return device(c, *b); });
  h.page("POST", "/device", needs::sign_in, [b](context& c) { return answer_device(c, *b); });
  for (const std::string which : {"done", "declined"})
    h.page("GET", "/device/" + which, needs::nobody,
           [which](context& c) { return device_told(c, which); });
  h.page("GET", "/my/requests", needs::sign_in, [b](context& c) { return requests(c, *b); });
  h.page("GET", "/my/requests/{request}", needs::sign_in,
         [b](context& c) { return one_request(c, *b); });
  h.page("POST", "/my/requests/{request}", needs::sign_in,
         [b](context& c) { return answer_request(c, *b); });
}

}  // namespace madang::access
