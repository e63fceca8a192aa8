// MyData: a person sends items of several agencies to a bank or agency of her choice, sees what she
// has sent, and stops each.
#include <algorithm>
#include <map>

#include "office.hpp"

namespace madang::agreements {
namespace {

using namespace html;

struct sent_line {
  std::string key, bundle, member, name, reg, items, purpose, reference, state, until;
};
BOOST_DESCRIBE_STRUCT(sent_line, (),
                      (key, bundle, member, name, reg, items, purpose, reference, state, until))
struct receiver_line {
  std::string member, name, klass;
  std::vector<std::string> agreements;
};
BOOST_DESCRIBE_STRUCT(receiver_line, (), (member, name, klass, agreements))
struct mydata_view {
  std::vector<sent_line> sent;
  std::vector<receiver_line> receivers;
};
BOOST_DESCRIBE_STRUCT(mydata_view, (), (sent, receivers))

std::map<std::string, std::vector<agreement>> offers(office& o) {
  std::map<std::string, std::vector<agreement>> out;
  for (const auto& a : o.all())
    if (o.find_member(a.applicant) && o.state_of(a) == "in_force") out[a.applicant].push_back(a);
  return out;
}

mydata_view view_of(const context& c, office& o) {
  mydata_view v;
  std::map<id, agreement> known;
  for (const auto& a : o.all()) known[a.key] = a;
  for (const auto& p : o.of_person(c.actor.person)) {
    const auto a = known.find(p.agreement);
    if (a == known.end()) continue;
    v.sent.push_back({p.key.str(), p.bundle, p.member, o.name_of(p.member, c.language),
                      a->second.reg, item_names(c, o, as_sent(a->second, {p})), a->second.purpose,
                      p.reference,
                      o.permission_state(p), p.until.str()});
  }
  for (const auto& [member, all_of] : offers(o)) {
    const auto* m = o.find_member(member);
    receiver_line l{member, m->name(c.language), o.class_of(*m)->name(c.language), {}};
    for (const auto& a : all_of) l.agreements.push_back(a.number);
    v.receivers.push_back(std::move(l));
  }
  return v;
}

node acts_of(const context& c, const sent_line& l) {
  const std::string at = "/my/mydata/" + l.key;
  if (l.state == "asked")
    return button_row(
        {post_button(c.shell(), at + "/given", c.say("sharing.agree")),
         post_button(c.shell(), at + "/declined", c.say("sharing.decline"), look::secondary)});
  if (l.state == "given")
    return post_button(c.shell(), at + "/stopped", c.say("agreements.stop"), look::danger);
  return {};
}

http::response list(context& c, office& o) {
  const auto v = view_of(c, o);
  return c.show(v, [&] {
    std::vector<node> boxes;
    for (const auto& l : v.sent)
      boxes.push_back(box(
          l.name,
          all(definition_grid(
                  {{std::string(c.say("agreements.register")), node(register_name(c, l.reg)), ""},
                   {std::string(c.say("agreements.items")), node(l.items), ""},
                   {std::string(c.say("agreements.purpose")), node(l.purpose), ""},
                   {std::string(c.say("sharing.field_until")), node(l.until), ""}}),
              acts_of(c, l)),
          state_badge(c, l.state)));
    std::vector<card_view> to;
    for (const auto& r : v.receivers)
      to.push_back({"/my/mydata/to/" + r.member, r.name, r.klass, ""});
    return c.page(
        c.say("agreements.mydata"), {{"/my", std::string(c.say("my.title"))}},
        all(h1(c.say("agreements.mydata")), lead(c.say("agreements.mydata_lead")),
            h2(c.say("agreements.send_to")), to.empty() ? p(c.say("agreements.nobody")) : cards(to),
            h2(c.say("agreements.sent")),
            boxes.empty() ? p(c.say("agreements.sent_none")) : html::join(boxes)),
        {.noindex = true});
  });
}

http::response choose(context& c, office& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto* m = o.find_member(c.request.capture("member"));
  const auto known = offers(o);
  const auto at = m ? known.find(m->id) : known.end();
  if (at == known.end()) return c.refuse(refuse(kind::not_found, "agreement.unknown"));
  std::vector<choice> choices;
  for (const auto& a : at->second)
    choices.push_back({a.number, register_name(c, a.reg) + ": " + item_names(c, o, a),
                       a.purpose + " · " + o.name_of(a.provider, c.language)});
  field what{.name = "agreements[]", .label = std::string(c.say("agreements.what"))};
  field until{.name = "until", .label = std::string(c.say("sharing.field_until"))};
  until.hint = c.say("sharing.hint_until");
  until.value = today(c.home.pack().zone()).plus(30).str();
  until.width = 12;
  std::vector<error_item> errors;
  if (wrong) {
    const bool of_day = wrong->field == "until";
    (of_day ? until : what).error = c.explain(*wrong);
    errors.push_back({of_day ? "until" : choice_field_id("agreements[]"), c.explain(*wrong)});
  }
  std::vector<std::string> checked;
  for (const auto& [name, value] : c.form())
    if (name == "agreements[]") checked.push_back(value);
  auto r = c.page(
      m->name(c.language),
      {{"/my", std::string(c.say("my.title"))},
       {"/my/mydata", std::string(c.say("agreements.mydata"))}},
      all(error_summary(c.shell(), errors), h1(m->name(c.language)),
          lead(c.say("agreements.choose_lead")),
          form(method("post"), action("/my/mydata/to/" + m->id), cls("questions"),
               c.shell().csrf_field(), checkbox_field(c.shell(), what, choices, checked),
               text_field(c.shell(), until), submit_button(c.say("agreements.send_bundle")))),
      {.noindex = true});
  if (wrong) r.status = http::status_of(wrong->kind);
  return r;
}

http::response send(context& c, office& o) {
  std::vector<std::string> numbers;
  for (const auto& [name, value] : c.form())
    if (name == "agreements[]") numbers.push_back(value);
  const auto* m = o.find_member(c.request.capture("member"));
  if (!m) return c.refuse(refuse(kind::not_found, "agreement.unknown"));
  for (const auto& number : numbers)
    if (!o.in_force(*m, number)) return c.refuse(refuse(kind::conflict, "agreement.none"));
  const auto until = date::parse(c.field("until"));
  auto done = until ? o.send(c, numbers, *until)
                    : result<std::string>(refuse(kind::invalid, "agreement.until", "until"));
  if (!done)
    return done.why().kind == kind::invalid ? choose(c, o, &done.why()) : c.refuse(done.why());
  return c.go("/my/mydata");
}

http::response answer(context& c, office& o, const char* state) {
  const auto key = id::parse(c.request.capture("permission"));
  if (!key) return c.refuse(refuse(kind::not_found, "agreement.unknown"));
  if (auto done = o.answer(c, *key, state); !done) {
    if (done.why().code == "agreement.unknown")
      return c.refuse(c.hidden(done.why(), "permission", *key));
    return c.refuse(done.why());
  }
  return c.go("/my/mydata");
}

}  // namespace

void my_pages(house& h, shared_office o) {
  h.page("GET", "/my/mydata", needs::sign_in, [o](context& c) { return list(c, *o); });
  h.page("GET", "/my/mydata/to/{member}", needs::sign_in,
         [o](context& c) { return choose(c, *o); });
  h.page("POST", "/my/mydata/to/{member}", needs::sign_in, [o](context& c) { return send(c, *o); });
  for (const char* state : {"given", "declined", "stopped"})
    h.page("POST", std::string("/my/mydata/{permission}/") + state, needs::sign_in,
           [o, state](context& c) { return answer(c, *o, state); });
}

}  // namespace madang::agreements
