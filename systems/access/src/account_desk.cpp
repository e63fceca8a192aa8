// Helping people into their accounts: who cannot come in proves at a counter who she is. What opens
// working pages is opened by two officials. The holder is told of each act, and reads it.
#include <algorithm>

#include "madang/html/fields.hpp"
#include "personnel.hpp"
#include "step_up.hpp"

namespace madang::access {
namespace {

using namespace html;
using identity::account_act;

struct request_line {
  std::string key, person, name, act, grounds, proof, drafter, decider, state;
  instant drafted;
};
BOOST_DESCRIBE_STRUCT(request_line, (),
                      (key, person, name, act, grounds, proof, drafter, decider, state, drafted))
struct desk_view_of_accounts {
  std::vector<request_line> waiting;
};
BOOST_DESCRIBE_STRUCT(desk_view_of_accounts, (), (waiting))
struct account_view {
  std::string person, name, login;
  bool password = false, one_time = false, app = false, has_posts = false;
  int passkeys = 0, sessions = 0;
  std::optional<instant> closed;
  std::vector<request_line> requests;
};
BOOST_DESCRIBE_STRUCT(account_view, (),
                      (person, name, login, password, one_time, app, has_posts, passkeys, sessions,
                       closed, requests))
struct handed_view {
  std::string password;
  int hours = 0;
};
BOOST_DESCRIBE_STRUCT(handed_view, (), (password, hours))

constexpr account_act acts[] = {account_act::end_sessions, account_act::one_time_password,
                                account_act::drop_factors, account_act::close, account_act::reopen};
constexpr std::size_t longest_query = 80;

audit::access why(const context& c) {
  return c.access(c.home.said("purpose.accounts"), c.home.said("law.accounts"));
}

std::vector<link> way_here(const context& c) {
  return {{"/desk", std::string(c.say("work.inbox"))},
          {"/desk/accounts", std::string(c.say("accounts.title"))}};
}

request_line line_of(const context& c, const identity::account_request& r) {
  return {r.key.str(),    r.person.str(), person_words(c, r.person),
          r.act,          r.grounds,      r.proof,
          r.drafter_name, r.decider_name, r.state,
          r.drafted};
}

node request_box(const context& c, const request_line& l, bool open) {
  std::vector<row> rows{{std::string(c.say("accounts.holder")),
                         open ? a(href("/desk/accounts/" + l.person), l.name) : node(l.name), ""},
                        {std::string(c.say("accounts.grounds")), node(l.grounds), ""},
                        {std::string(c.say("accounts.proof")), node(l.proof), ""},
                        {std::string(c.say("accounts.asked_by")),
                         node(l.drafter + " · " + c.written(l.drafted)), ""}};
  if (!l.decider.empty())
    rows.push_back({std::string(c.say("accounts.decided_by")), node(l.decider), ""});
  node body = all(h2(c.say("accounts.act_" + l.act)), summary_list(c.shell(), rows));
  if (open)
    body =
        all(body,
            button_row({post_button(c.shell(), "/desk/accounts/requests/" + l.key,
                                    c.say("accounts.agree"), look::primary, {{"decision", "good"}}),
                        post_button(c.shell(), "/desk/accounts/requests/" + l.key,
                                    c.say("accounts.decline"), look::secondary,
                                    {{"decision", "refuse"}})}));
  else body = all(body, p(badge(tone::neutral, c.say("accounts.state_" + l.state))));
  return section(cls("way"), body);
}

http::response desk(context& c, personnel& p, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  desk_view_of_accounts v;
  for (const auto& r : p.bureau->accounts.waiting()) v.waiting.push_back(line_of(c, r));
  return c.show(v, [&] {
    field q{.name = "q", .label = std::string(c.say("accounts.find"))};
    q.hint = c.say("accounts.find_hint");
    q.most = longest_query;
    q.autocomplete = "off";
    std::vector<error_item> errors;
    if (wrong) errors.push_back({"q", q.error = c.explain(*wrong)});
    node body = all(
        error_summary(c.shell(), errors), h1(c.say("accounts.title")), lead(c.say("accounts.lead")),
        form(method("post"), action("/desk/accounts"), cls("questions"), c.shell().csrf_field(),
             text_field(c.shell(), q), submit_button(c.say("accounts.search"))),
        h2(c.say("accounts.waiting")));
    for (const auto& l : v.waiting) body = all(body, request_box(c, l, true));
    if (v.waiting.empty()) body = all(body, empty_state("bell", c.say("accounts.none")));
    auto r = c.page(c.say("accounts.title"), {{"/desk", std::string(c.say("work.inbox"))}}, body,
                    {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

// By login, or by resident number, which is itself a look at the register.
http::response find(context& c, personnel& p) {
  const std::string q(text::head(c.field("q"), longest_query));
  std::optional<identity::account> found = q.empty() ? std::nullopt : c.home.people().find_login(q);
  auto* reg = found || q.empty() ? nullptr : c.home.hub().registry_of("persons");
  if (reg)
    if (auto some = reg->find(why(c), "persons", "resident_number", q); some && !some->empty())
      if (auto key = id::parse(some->front().key)) found = c.home.people().find_account(*key);
  if (!found) {
    const refusal wrong = refuse(kind::invalid, "account.not_found", "q");
    return desk(c, p, &wrong);
  }
  return c.go("/desk/accounts/" + found->person.str());
}

std::optional<identity::account> account_of(const context& c) {
  const auto person = id::parse(c.request.capture("person"));
  return person ? c.home.people().find_account(*person) : std::nullopt;
}

account_view view_of(const context& c, personnel& p, const identity::account& a) {
  auto& b = *p.bureau;
  const auto state = b.passwords.of(a.person);
  account_view v;
  v.person = a.person.str();
  v.name = person_words(c, a.person);
  v.login = a.login;
  v.password = state.there;
  v.one_time = state.one_time();
  v.app = b.codes.has(a.person);
  v.passkeys = static_cast<int>(b.passkeys.of_person(a.person).size());
  v.sessions = static_cast<int>(b.sessions.of_person(a.person).size());
  v.has_posts = !c.home.people().posts_of(a.person).empty();
  v.closed = b.accounts.closed_since(a.person);
  for (const auto& r : b.accounts.of_person(a.person)) v.requests.push_back(line_of(c, r));
  return v;
}

node state_list(const context& c, const account_view& v) {
  auto yes = [&](bool is) { return node(c.say(is ? "part.yes" : "part.no")); };
  return summary_list(
      c.shell(),
      {{std::string(c.say("sign_in.login")), node(v.login), ""},
       {std::string(c.say("accounts.state")),
        v.closed ? all(badge(tone::bad, c.say("accounts.is_closed")), " ", c.written(*v.closed))
                 : badge(tone::good, c.say("accounts.is_open")),
        ""},
       {std::string(c.say("accounts.password")),
        v.one_time ? node(c.say("accounts.one_time")) : yes(v.password), ""},
       {std::string(c.say("one_time.title")), yes(v.app), ""},
       {std::string(c.say("accounts.passkeys")), node(std::to_string(v.passkeys)), ""},
       {std::string(c.say("accounts.sessions")), node(std::to_string(v.sessions)), ""}});
}

node act_form(const context& c, const account_view& v, const refusal* wrong) {
  auto error_of = [&](std::string_view name) {
    return wrong && wrong->field == name ? c.explain(*wrong) : std::string();
  };
  field act{.name = "act", .label = std::string(c.say("accounts.act"))};
  act.value = std::string(c.field("act"));
  act.error = error_of("act");
  std::vector<choice> choices;
  for (const auto one : acts) {
    if ((one == account_act::reopen) != v.closed.has_value()) continue;
    const std::string key(identity::name_of(one));
    choices.push_back({key, std::string(c.say("accounts.act_" + key)),
                       std::string(c.say("accounts.hint_" + key))});
  }
  field grounds{.name = "grounds", .label = std::string(c.say("accounts.grounds"))};
  grounds.hint = c.say("accounts.grounds_hint");
  grounds.value = std::string(c.field("grounds"));
  grounds.most = identity::accounts::longest;
  grounds.error = error_of("grounds");
  field proof{.name = "proof", .label = std::string(c.say("accounts.proof"))};
  proof.hint = c.say("accounts.proof_hint");
  proof.value = std::string(c.field("proof"));
  proof.most = identity::accounts::longest;
  proof.error = error_of("proof");
  return form(method("post"), action("/desk/accounts/" + v.person), cls("questions"),
              c.shell().csrf_field(), radio_field(c.shell(), act, choices),
              text_field(c.shell(), grounds), text_field(c.shell(), proof),
              submit_button(c.say("accounts.go")));
}

http::response account_page(context& c, personnel& p, const refusal* wrong = nullptr) {
  const auto a = account_of(c);
  if (!a) return c.refuse(refuse(kind::not_found, "account.unknown"));
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto v = view_of(c, p, *a);
  c.home.database("identity").writing([&](store::write& tx) {
    audit::append(tx, why(c), audit::action::read, a->person, "account", "", "state");
  });
  return c.show(v, [&] {
    std::vector<error_item> errors;
    if (wrong)
      errors.push_back(
          {wrong->field == "act" ? choice_field_id("act") : wrong->field, c.explain(*wrong)});
    node body = all(error_summary(c.shell(), errors), h1(v.name), state_list(c, v),
                    h2(c.say("accounts.help")));
    if (v.has_posts) body = all(body, inset(html::p(c.say("accounts.two"))));
    body = all(body, act_form(c, v, wrong));
    if (!v.requests.empty()) body = all(body, h2(c.say("accounts.before")));
    for (const auto& l : v.requests) body = all(body, request_box(c, l, false));
    auto r = c.page(v.name, way_here(c), body, {.noindex = true, .has_errors = wrong != nullptr});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response handed(context& c, personnel& p, const std::string& password) {
  const handed_view v{password, p.bureau->passwords.rules().one_time_hours};
  return c.show(v, [&] {
    return c.page(c.say("accounts.handed"), way_here(c),
                  all(h1(c.say("accounts.handed")),
                      panel(v.password, "",
                            c.fill("accounts.handed_note", {{"hours", std::to_string(v.hours)}})),
                      warning(c.shell(), c.say("accounts.handed_once")), print_button(c.shell()),
                      html::p(link_button("/desk/accounts", c.say("accounts.back")))),
                  {.noindex = true});
  });
}

// What was allowed; the answer to who did it.
http::response carry_out(context& c, personnel& p, id person, account_act act,
                         std::string_view grounds) {
  auto& b = *p.bureau;
  const std::string back = "/desk/accounts/" + person.str();
  outcome done = nothing{};
  if (act == account_act::close) done = b.accounts.close(why(c), person, grounds);
  if (act == account_act::reopen) done = b.accounts.reopen(why(c), person, grounds);
  if (act == account_act::end_sessions) {
    auto ended = b.accounts.end_sessions(why(c), person, grounds);
    if (!ended) done = ended.why();
  }
  if (act == account_act::drop_factors) {
    if (b.codes.has(person)) done = b.codes.remove(why(c), person);
    for (const auto& k : b.passkeys.of_person(person))
      if (done) done = b.passkeys.remove(why(c), person, k.credential, true);
    if (done) done = b.accounts.helped(why(c), person, act, grounds);
  }
  b.sender.wake();
  if (!done) return c.refuse(done.why());
  if (act != account_act::one_time_password) return c.go(back);
  const std::string password = b.passwords.hand_out(why(c), person);
  if (auto told = b.accounts.helped(why(c), person, act, grounds); !told)
    return c.refuse(told.why());
  return handed(c, p, password);
}

http::response act(context& c, personnel& p) {
  const auto a = account_of(c);
  if (!a) return c.refuse(refuse(kind::not_found, "account.unknown"));
  const auto act = identity::account_act_named(c.field("act"));
  if (!act) {
    const refusal wrong = refuse(kind::invalid, "account.act", "act");
    return account_page(c, p, &wrong);
  }
  auto& accounts = p.bureau->accounts;
  const auto grounds = c.field("grounds"), proof = c.field("proof");
  outcome good = accounts.may(why(c), a->person, *act, grounds, proof);
  if (good && accounts.needs_second(a->person, *act)) {
    auto asked = accounts.ask(why(c), a->person, *act, grounds, proof);
    if (asked) return c.go("/desk/accounts");
    good = asked.why();
  }
  if (!good && !good.why().field.empty()) return account_page(c, p, &good.why());
  if (!good) return c.refuse(good.why());
  return carry_out(c, p, a->person, *act, grounds);
}

http::response decide(context& c, personnel& p) {
  const auto key = id::parse(c.request.capture("request"));
  const auto said = c.field("decision");
  if (!key || (said != "good" && said != "refuse"))
    return c.refuse(refuse(kind::not_found, "account.no_request"));
  auto done = p.bureau->accounts.decide(why(c), *key, said == "good");
  if (!done) return c.refuse(done.why());
  const auto act = identity::account_act_named(done->act);
  if (said != "good" || !act) return c.go("/desk/accounts");
  return carry_out(c, p, done->person, *act, done->grounds);
}

// She is told whatever was done, also where it was done to whoever has taken her account over.
void helped(personnel& p, const exchange::event& e) {
  const auto person = id::parse(e.subject);
  const std::string act(json::str(e.payload, "act"));
  if (!person || !identity::account_act_named(act)) return;
  notices::notice n;
  n.person = *person;
  n.title = p.home.said("accounts.notice_" + act);
  n.body = p.home.said("accounts.notice_body",
                       {{"grounds", std::string(json::str(e.payload, "grounds"))}});
  n.link = "/my/data";
  n.at = now();
  p.home.box().put(std::move(n), "account " + e.key.str());
  if (act != "close") return;
  const audit::access clock{audit::system_actor("accounts"), p.home.said("purpose.accounts"),
                            p.home.said("law.accounts"), ""};
  for (const auto& one : p.bureau->provider.connected_of(*person))
    (void)p.bureau->provider.withdraw(clock, *person, one.client);
  p.bureau->sender.wake();
}

}  // namespace

void account_desk(shared_personnel p) {
  auto& h = p->home;
  h.page("GET", "/desk/accounts", needs::official, [p](context& c) { return desk(c, *p); });
  h.page("POST", "/desk/accounts", needs::official, [p](context& c) { return find(c, *p); });
  h.page("GET", "/desk/accounts/{person}", needs::official,
         [p](context& c) { return account_page(c, *p); });
  h.page("POST", "/desk/accounts/{person}", needs::official,
         [p](context& c) { return act(c, *p); });
  h.page("POST", "/desk/accounts/requests/{request}", needs::official,
         [p](context& c) { return decide(c, *p); });
  h.hub().listen("access", "account.helped", [p](const exchange::event& e) { helped(*p, e); });
}

}  // namespace madang::access
