// Whoever asks for a proof: she chooses a question, shows the code, and sees the answer.
#include <algorithm>

#include "pages.hpp"

namespace madang::wallet {
namespace {

using namespace html;

struct shown_line {
  std::string claim, value;
};
BOOST_DESCRIBE_STRUCT(shown_line, (), (claim, value))
struct proof_view {
  std::string key, question, name, state, said, link, here;   // state: waiting, over, shown, ...
  std::vector<shown_line> shown;
  instant made;
};
BOOST_DESCRIBE_STRUCT(proof_view, (),
                      (key, question, name, state, said, link, here, shown, made))
struct questions_view {
  std::vector<std::string> questions;
};
BOOST_DESCRIBE_STRUCT(questions_view, (), (questions))

http::response choose(context& c, const bureau& b, const refusal* wrong = nullptr) {
  questions_view v;
  std::vector<choice> choices;
  for (const auto& q : b.plan.questions) {
    v.questions.push_back(q.id);
    choices.push_back({q.id, q.name(c.language), q.purpose(c.language)});
  }
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  return c.show(v, [&] {
    field f{.name = "question", .label = std::string(c.say("proofs.which"))};
    std::vector<error_item> errors;
    if (wrong) {
      f.error = c.explain(*wrong);
      errors.push_back({choice_field_id("question"), f.error});
    }
    const node body =
        all(error_summary(c.shell(), errors), h1(c.say("proofs.title")), lead(c.say("proofs.lead")),
            form(method("post"), action("/proofs"), c.shell().csrf_field(),
                 radio_field(c.shell(), f, choices), submit_button(c.say("proofs.begin"))),
            p(a(href("/wallet/check"), c.say("proofs.offline"))));
    auto r = c.page(c.say("proofs.title"), {}, body, {.has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// An official asks in the name of her agency; everybody else in her own, and the holder reads that.
words asker_of(const context& c) {
  if (c.actor.official() && !c.actor.agency_name.empty()) return c.actor.agency_name;
  const words pattern = c.home.said("proofs.private_person");
  words out;
  for (const auto& [language, said] : pattern.all())
    out.set(language,
            text::fill(said, std::map<std::string, std::string>{
                                 {"name", documents::masked_name(c.actor.name)}}));
  return out;
}

http::response begin(context& c, bureau& b) {
  const auto* q = b.plan.find_question(c.field("question"));
  if (!q) {
    const auto why = refuse(kind::invalid, c.field("question").empty() ? "forms.missing"
                                                                       : "forms.option",
                            "question");
    return choose(c, b, &why);
  }
  const bool official = c.actor.official() && !c.actor.agency_name.empty();
  const auto made = b.asking.begin(*q, official ? c.actor.agency_name : b.plan.asks_name,
                                   asker_of(c), c.actor.person);
  return c.go("/proofs/" + made.row.key.str());
}

std::string state_of(const asking::asked& a) {
  if (!a.outcome.empty()) return a.outcome;
  return a.expires < now() ? "over" : "waiting";
}

std::string written_value(const context& c, const json::value& v) {
  if (v.is_bool()) return std::string(c.say(v.get_bool() ? "wallet.app_yes" : "wallet.app_no"));
  if (v.is_string()) return std::string(v.get_string());
  return json::print(v);
}

proof_view view_of(const context& c, const bureau& b, const asking::asked& a) {
  proof_view v;
  v.key = a.key.str();
  v.question = a.question;
  const auto* q = b.plan.find_question(a.question);
  if (q) v.name = q->name(c.language);
  v.state = state_of(a);
  v.made = a.made;
  const std::string at = without_slash(c.home.chosen().public_url) + "/proofs/" + v.key;
  const std::string tail = "client_id=" + http::percent_encode(b.asking.client_id(a.seal)) +
                           "&request_uri=" + http::percent_encode(at + "/request");
  if (v.state == "waiting") {
    v.link = "openid4vp://?" + tail;
    v.here = "/wallet#" + tail;
  }
  if (v.state == "shown" && q) {
    const bool no = q->holds && !a.shown.get_object().empty() &&
                    a.shown.get_object().begin()->value() != json::value(true);
    v.state = no ? "not_so" : "shown";
    for (const auto& m : a.shown.get_object()) {
      const auto path = text::split(m.key(), '.');
      const auto* claim = q->credential->find(path.front());
      std::string label = claim ? claim->label(c.language) : std::string(m.key());
      if (path.size() > 1) label += " " + path.back();
      v.shown.push_back({std::move(label), written_value(c, m.value())});
    }
  }
  v.said = c.say("proofs.said_" + v.state);
  if (v.state == "bad" && c.home.texts().has("refusal." + a.because))
    v.said = c.say("refusal." + a.because);
  return v;
}

node answer_part(const context& c, const proof_view& v) {
  const auto tone_is = v.state == "shown"                            ? tone::good
                       : v.state == "bad" || v.state == "not_so"     ? tone::bad
                                                                     : tone::warn;
  node body = banner(c.shell(), tone_is, c.say("proofs.title_" + v.state), p(v.said));
  std::vector<row> rows;
  for (const auto& l : v.shown) rows.push_back({l.claim, node(l.value), ""});
  if (!rows.empty()) body = all(body, summary_list(c.shell(), rows));
  return all(body, link_button("/proofs", c.say("proofs.again"), look::secondary));
}

http::response show(context& c, bureau& b) {
  const auto key = id::parse(c.request.capture("proof"));
  const auto a = key ? b.asking.find(*key) : std::nullopt;
  // Only who asked sees what was shown.
  if (!a || a->official != c.actor.person)
    return c.refuse(refuse(kind::not_found, "proofs.unknown"));
  const proof_view v = view_of(c, b, *a);
  return c.show(v, [&] {
    node body = all(h1(v.name));
    if (v.state == "waiting")
      body = all(body, lead(c.say("proofs.show_this")), qr_code(v.link, c.say("proofs.show_this")),
                 button_row({link_button(v.here, c.say("proofs.same_device"), look::secondary)}),
                 p(role("status"), c.say("proofs.waiting")));
    else
      body = all(body, answer_part(c, v));
    auto r = c.page(v.name, {{"/proofs", std::string(c.say("proofs.title"))}}, body,
                    {.noindex = true});
    // Without script too: the page looks again by itself until there is an answer.
    if (v.state == "waiting") r.with("Refresh", "3");
    return r;
  });
}

// Where a wallet goes when it has answered.
http::response done(context& c, bureau& b) {
  const auto key = id::parse(c.request.capture("proof"));
  const auto a = key ? b.asking.find(*key) : std::nullopt;
  if (!a) return c.refuse(refuse(kind::not_found, "proofs.unknown"));
  if (c.session && a->official == c.actor.person) return c.go("/proofs/" + a->key.str());
  const node body = all(h1(c.say("proofs.done")), p(c.say("proofs.done_text")),
                        link_button("/wallet", c.say("wallet.title"), look::secondary));
  return c.page(c.say("proofs.done"), {}, body, {.noindex = true});
}

http::response request_object(bureau& b, const http::request& r) {
  const auto key = id::parse(r.capture("proof"));
  auto made = key ? b.asking.request_object(*key) : std::nullopt;
  if (!made) return b.home.explain(r, refuse(kind::not_found, "proofs.unknown"));
  http::response out;
  out.content_type = "application/oauth-authz-req+jwt";
  out.body = std::move(*made);
  out.with("Cache-Control", "no-store").with("Access-Control-Allow-Origin", "*");
  return out;
}

http::response answer(bureau& b, const http::request& r) {
  const auto key = id::parse(r.capture("proof"));
  auto form = http::parse_form(r.body);
  if (!key || !form) return failed(b.home, refuse(kind::invalid, "vp.invalid_request"));
  auto taken = b.asking.answer(*key, *form);
  return taken ? answered(*taken) : failed(b.home, taken.why());
}

}  // namespace

void asking_routes(house& h, shared_bureau b) {
  h.machine("GET", "/proofs/{proof}/request",
            [b](http::request& r) { return request_object(*b, r); });
  h.machine("POST", "/proofs/{proof}/answer", [b](http::request& r) { return answer(*b, r); });
  // proofs.begin {question}: a system of the house asks in the name of the actor's agency.
  h.hub().offer_command(
      "proofs.begin",
      [b](const audit::access& why, const json::value& in,
          std::string_view) -> result<json::value> {
        const auto* q = b->plan.find_question(json::str(in, "question"));
        if (!q) return refuse(kind::invalid, "forms.option", "question");
        const auto& name = why.who.agency_name.empty() ? b->plan.asks_name : why.who.agency_name;
        const auto made = b->asking.begin(*q, name, name, why.who.person);
        return json::value(json::object{{"proof", made.row.key.str()},
                                        {"secret", made.secret},
                                        {"link", made.link},
                                        {"here", made.here}});
      });
  // proofs.outcome {proof, secret}: "" while nothing has come; else what was shown.
  h.hub().offer_query("proofs.outcome",
                      [b](const audit::access&, const json::value& in) -> result<json::value> {
                        const auto key = id::parse(json::str(in, "proof"));
                        const auto a = key ? b->asking.find(*key) : std::nullopt;
                        if (!a || !b->asking.knows(*a, json::str(in, "secret")))
                          return refuse(kind::not_found, "proofs.unknown");
                        return json::value(json::object{{"outcome", a->outcome},
                                                        {"because", a->because},
                                                        {"shown", a->shown}});
                      });
}

void asking_pages(house& h, shared_bureau b) {
  h.page("GET", "/proofs", needs::sign_in, [b](context& c) { return choose(c, *b); });
  h.page("POST", "/proofs", needs::sign_in, [b](context& c) { return begin(c, *b); });
  h.page("GET", "/proofs/{proof}", needs::sign_in, [b](context& c) { return show(c, *b); });
  h.page("GET", "/proofs/{proof}/done", needs::nobody, [b](context& c) { return done(c, *b); });
}

}  // namespace madang::wallet
