// One page to apply: what the registers know, what they do not, and where the money goes.
#include <algorithm>

#include "claims.hpp"
#include "madang/documents/press.hpp"
#include "madang/platform/question.hpp"

namespace madang::benefits {
namespace {

using namespace html;

constexpr std::size_t longest_remark = 1000, longest_bank = 40;

struct application {
  const rules::provision* benefit = nullptr;
  household home;
  rules::entries facts;
  rules::decision_origin origin;
  std::optional<rules::judged> decided;
  std::string undecided;
  std::vector<const forms::question*> open;  // what no register knows
};

audit::access why_of(const context& c, const rules::provision& p) {
  return c.access(c.home.said("benefits.purpose_apply"), p.law);
}

// What is known of the applicant; `given` is what she says herself where no register does.
result<application> prepare(context& c, const office& o, const json::object& given) {
  application out;
  out.benefit = o.law.find(c.request.capture("benefit"));
  if (!out.benefit) return refuse(kind::not_found, "benefit.unknown");
  auto known = known_facts(c, why_of(c, *out.benefit));
  if (!known) return known.why();
  out.facts = std::move(*known);
  out.origin.known = now();
  auto said = facts_of(given);
  if (!said) return said.why();
  for (const auto& q : o.questions.questions) {
    const std::string name = text::replace_all(q.id, "_", " ");
    auto fact = std::ranges::find(out.facts, name, &rules::entries::value_type::first);
    if (fact == out.facts.end()) fact = out.facts.insert(fact, {name, rules::value()});
    out.origin.of_facts[name] = fact->second.is_null() ? "applicant" : origin_of_fact(name);
    if (!fact->second.is_null()) continue;
    const auto answer = std::ranges::find(*said, name, &rules::entries::value_type::first);
    if (answer != said->end()) fact->second = answer->second;
    if (const auto* v = out.benefit->at(today(c.home.pack().zone()));
        v && v->logic->find(name) >= 0)
      out.open.push_back(&q);
  }
  auto decided = o.law.judge(*out.benefit, out.facts, today(c.home.pack().zone()));
  if (decided) out.decided = std::move(*decided);
  else out.undecided = c.explain(decided.why());
  return out;
}

// Not twice: an application that is open, or a benefit that is received.
outcome not_yet(context& c, const rules::provision& p) {
  for (const auto& a : awards_of(c.home, c.actor.person))
    if (a.benefit == p.id && !a.ends) return refuse(kind::conflict, "benefit.received");
  cases::wanted w;
  w.applicant = c.actor.person;
  w.procedures = {procedure_id};
  for (const auto& m : c.home.files_of("benefits").list(w))
    if (json::str(m.answers, "benefit") == p.id && cases::is_open(m.state))
      return refuse(kind::conflict, "benefit.applied", "", {{"number", m.number}});
  return nothing{};
}

struct sent {
  json::object given;
  std::string bank, account, remarks;
  std::vector<std::pair<std::string, refusal>> wrong;
};

sent read_form(const context& c, const application& a) {
  sent out;
  const date now = today(c.home.pack().zone());
  for (const auto* q : a.open) {
    auto options = q->options;
    if (q->how == forms::ask::yes_no) options = {{"yes", {}, {}}, {"no", {}, {}}};
    auto answer = forms::answer(*q, options, c.form(), now);
    if (answer) out.given[q->id] = *answer;
    else if (!q->optional) out.wrong.emplace_back(q->id, answer.why());
  }
  out.bank = text::trim(c.field("bank"));
  out.account = text::replace_all(std::string(text::trim(c.field("account"))), "-", "");
  out.remarks = text::trim(c.field("remarks"));
  if (out.bank.empty() || text::length(out.bank) > longest_bank || !text::is_utf8(out.bank))
    out.wrong.emplace_back("bank", refuse(kind::invalid, "benefit.bank", "bank"));
  const bool digits = std::ranges::all_of(out.account, [](char d) { return d >= '0' && d <= '9'; });
  if (!digits || out.account.size() < 10 || out.account.size() > 16)
    out.wrong.emplace_back("account", refuse(kind::invalid, "benefit.account", "account"));
  if (!text::is_utf8(out.remarks) || text::length(out.remarks) > longest_remark)
    out.wrong.emplace_back("remarks", refuse(kind::invalid, "forms.too_long", "remarks",
                                             {{"limit", std::to_string(longest_remark)}}));
  return out;
}

struct application_view {
  std::string benefit, name, reason, amount;
  bool entitled = false;
  std::vector<used_fact> facts;
  std::vector<std::string> asked, advice;
};
BOOST_DESCRIBE_STRUCT(application_view, (),
                      (benefit, name, reason, amount, entitled, facts, asked, advice))

application_view view_of(const context& c, const office& o, const application& a) {
  application_view v;
  v.benefit = a.benefit->id;
  v.name = a.benefit->name(c.language);
  v.reason = a.decided ? a.decided->reason(c.language) : a.undecided;
  if (a.decided) {
    v.entitled = a.decided->entitled;
    v.amount = a.decided->entitled
                   ? amount_in_words(*a.benefit, a.decided->amount, c.language) : "";
    v.facts = used_facts(c, o, rules::record_of(*a.benefit, *a.decided,
                                                today(c.home.pack().zone()), a.origin));
    if (!v.entitled)
      v.advice = advice(c, o, *a.benefit, a.facts, today(c.home.pack().zone()));
  }
  for (const auto* q : a.open) v.asked.push_back(q->id);
  return v;
}

node facts_table(const context& c, const std::vector<used_fact>& facts) {
  table_view t;
  t.caption = c.say("benefits.known");
  t.stacked = true;
  for (const char* column : {"fact", "value", "taken_from"})
    t.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
  for (const auto& f : facts) t.rows.push_back({f.name, f.value, f.source});
  return data_table(c.shell(), t);
}

node plain_field(const context& c, const char* name, std::string_view value,
                const std::string& error) {
  html::field f;
  f.name = name;
  f.label = c.say("benefits." + std::string(name));
  f.hint = c.say("benefits.hint_" + std::string(name));
  f.value = value;
  f.error = error;
  if (f.name == "remarks") f.optional = true;
  return f.name == "remarks" ? area_field(c.shell(), f, 3) : text_field(c.shell(), f);
}

http::response page_of(context& c, const office& o, const application& a, const sent* before) {
  const auto view = view_of(c, o, a);
  return c.show(view, [&] {
    std::vector<error_item> errors;
    const auto error_of = [&](const std::string& id) {
      if (before)
        for (const auto& [field, why] : before->wrong)
          if (field == id) return c.explain(why);
      return std::string();
    };
    std::vector<node> fields;
    const json::value given(before ? before->given : json::object{});
    for (const auto* q : a.open) {
      const auto error = error_of(q->id);
      if (!error.empty()) errors.push_back({platform::control_id(c, *q), error});
      fields.push_back(
          platform::control(c, *q, q->options, json::at(given, q->id), error, false));
    }
    for (const char* name : {"bank", "account", "remarks"})
      if (auto error = error_of(name); !error.empty()) errors.push_back({name, error});
    node result = view.entitled
                      ? banner(c.shell(), tone::good, view.amount, p(view.reason))
                      : banner(c.shell(), tone::warn, c.say("benefits.not_by_computation"),
                               p(view.reason));
    for (const auto& line : view.advice) result = all(result, p(cls("note"), line));
    const std::string once = random_token();
    const node body = all(
        error_summary(c.shell(), errors),
        h1(c.fill("benefits.case_of", {{"name", view.name}})), result,
        facts_table(c, view.facts), p(cls("note"), c.say("benefits.wrong_fact")),
        form(cls("questions"), method("post"), action("/benefits/" + view.benefit + "/apply"),
             c.shell().csrf_field(), input(type_("hidden"), name_("once"), value_(once)),
             fields, plain_field(c, "bank", before ? before->bank : "", error_of("bank")),
             plain_field(c, "account", before ? before->account : "", error_of("account")),
             plain_field(c, "remarks", before ? before->remarks : "", error_of("remarks")),
             inset(p(c.say("benefits.declare"))), submit_button(c.say("benefits.send"))));
    auto r = c.page(c.fill("benefits.case_of", {{"name", view.name}}),
                    {{"/benefits", std::string(c.say("benefits.title"))},
                     {"/benefits/" + view.benefit, view.name}},
                    body, {.noindex = true, .has_errors = !errors.empty()});
    if (!errors.empty()) r.status = 422;
    return r;
  });
}

// The town that decides is the applicant's own.
std::string office_of(context& c, const audit::access& why) {
  auto* residents = c.home.hub().registry_of("persons");
  auto me = residents->get(why, "persons", c.actor.person.str());
  if (!me) return {};
  auto home = residents->get(why, "households", me->text("household"));
  return home ? std::string(home->text("town")) : std::string();
}

}  // namespace

http::response show_application(context& c, const office& o) {
  auto a = prepare(c, o, {});
  if (!a) return c.refuse(a.why());
  if (auto good = not_yet(c, *a->benefit); !good) return c.refuse(good.why());
  return page_of(c, o, *a, nullptr);
}

http::response apply(context& c, const office& o) {
  auto first = prepare(c, o, {});
  if (!first) return c.refuse(first.why());
  const rules::provision& p = *first->benefit;
  const sent s = read_form(c, *first);
  if (!s.wrong.empty()) {
    if (c.request.wants_json()) return c.refuse(s.wrong.front().second);
    return page_of(c, o, *first, &s);
  }
  auto a = prepare(c, o, s.given);
  if (!a) return c.refuse(a.why());
  if (!a->decided) return c.refuse(refuse(kind::unavailable, "rules.undecided", p.id));
  const audit::access why = why_of(c, p);
  const std::string town = office_of(c, why);
  const std::string record = documents::canonical(
      rules::record_of(p, *a->decided, today(c.home.pack().zone()), a->origin));
  auto signature = c.home.documents().sign(record, c.home.said("benefits.seal"));
  if (!signature) return c.refuse(signature.why());
  auto& files = c.home.files_of("benefits");
  const std::string once = c.field("once").empty()
                               ? std::string()
                               : "benefit." + c.actor.person.str() + "." +
                                     std::string(text::head(c.field("once"), 64));
  const json::value answers(json::object{{"benefit", p.id}, {"bank", s.bank},
                                         {"account", s.account}, {"remarks", s.remarks},
                                         {"given", s.given}});
  const auto again = once.empty() ? std::optional<cases::matter>() : files.find_once(once);
  if (!again)
    if (auto good = not_yet(c, p); !good) return c.refuse(good.why());
  auto opened = files.database().writing([&](store::write& tx) -> result<cases::matter> {
    auto m = files.open(tx, why, {procedure_id, c.actor.person, c.actor.name, town, answers, {},
                                  once});
    if (!m) return m.why();
    tx.run("insert into evaluation (matter, person, benefit, entitled, record, signature, at) "
           "values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (matter) do nothing",
           m->key, c.actor.person, p.id, a->decided->entitled ? 1 : 0, record,
           *signature, now());
    return std::move(*m);
  });
  if (!opened) return c.refuse(opened.why());
  const std::string at = "/my/cases/" + opened->key.str();
  if (c.request.wants_json()) {
    return c.with_privacy(http::json_response(
        json::print(json::object{
            {"key", opened->key.str()}, {"number", opened->number}, {"location", at}}),
        201));
  }
  return c.go(at + "?filed=1");
}

}  // namespace madang::benefits
