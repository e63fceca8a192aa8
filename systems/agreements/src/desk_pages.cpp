// Agreements as officials see them: ours, those to review, one of them.
#include <algorithm>

#include "madang/platform/question.hpp"
#include "office.hpp"

namespace madang::agreements {
namespace {

using namespace html;

struct agreement_line {
  std::string number, applicant, applicant_name, provider, provider_name, reg, items, purpose, law,
      state, begins, ends, note, decided_by, renews;
  std::int64_t tariff = 0, answers = 0, cost = 0;
  bool may_review = false, ours = false;
};
BOOST_DESCRIBE_STRUCT(agreement_line, (),
                      (number, applicant, applicant_name, provider, provider_name, reg, items,
                       purpose, law, state, begins, ends, note, decided_by, renews, tariff, answers,
                       cost, may_review, ours))
struct list_view {
  std::vector<agreement_line> agreements;
};
BOOST_DESCRIBE_STRUCT(list_view, (), (agreements))
struct one_view {
  agreement_line agreement;
  std::vector<usage> used;
};
BOOST_DESCRIBE_STRUCT(one_view, (), (agreement, used))

agreement_line line_of(const context& c, office& o, const agreement& a,
                       const std::vector<usage>& used) {
  agreement_line l;
  l.number = a.number;
  l.applicant = a.applicant;
  l.applicant_name = o.name_of(a.applicant, c.language);
  l.provider = a.provider;
  l.provider_name = o.name_of(a.provider, c.language);
  l.reg = a.reg;
  l.items = item_names(c, o, a);
  l.purpose = a.purpose;
  l.law = a.law;
  l.state = o.state_of(a);
  l.begins = a.begins.str();
  l.ends = a.ends.str();
  l.note = a.note;
  l.decided_by = a.decided_by;
  l.renews = a.renews;
  l.tariff = a.tariff;
  for (const auto& u : used)
    if (u.number == a.number && u.outcome != "refused") l.answers += u.n;
  l.cost = l.answers * a.tariff;
  l.may_review = o.may_review(c.actor, a);
  l.ours = a.applicant == c.actor.agency;
  return l;
}

std::vector<link> above(const context& c) {
  return {{"/desk", std::string(c.say("work.inbox"))},
          {"/desk/agreements", std::string(c.say("agreements.title"))}};
}

http::response list(context& c, office& o) {
  list_view v;
  const auto used = o.used();
  for (const auto& a : o.all()) v.agreements.push_back(line_of(c, o, a, used));
  // What waits for this official comes first.
  std::ranges::stable_partition(
      v.agreements, [](const agreement_line& l) { return l.state == "asked" && l.may_review; });
  return c.show(v, [&] {
    table_view t;
    t.caption = c.say("agreements.title");
    t.caption_hidden = true;
    t.stacked = true;
    t.empty = c.say("agreements.none");
    for (const char* label : {"agreements.number", "agreements.applicant", "agreements.provider",
                              "agreements.register", "agreements.ends", "agreements.state"})
      t.columns.push_back({std::string(c.say(label))});
    for (const auto& l : v.agreements)
      t.rows.push_back({a(href("/desk/agreements/" + l.number), l.number), node(l.applicant_name),
                        node(l.provider_name), node(register_name(c, l.reg)), node(l.ends),
                        state_badge(c, l.state)});
    return c.page(c.say("agreements.title"), {{"/desk", std::string(c.say("work.inbox"))}},
                  all(h1(c.say("agreements.title")), lead(c.say("agreements.lead")),
                      link_button("/desk/agreements/new", c.say("agreements.apply")),
                      data_table(c.shell(), t),
                      p(a(href("/sharing/agreements"), c.say("agreements.statistics")))),
                  {.wide = true, .noindex = true});
  });
}

// ---- applying ----

// Registers about persons of other agencies.
std::vector<choice> registers_to_ask(const context& c) {
  std::vector<choice> out;
  for (const auto* s : c.home.hub().schemas())
    if (!s->subject.empty() && c.home.pack().find_agency(s->agency))
      out.push_back({s->id, s->name(c.language), ""});
  std::ranges::sort(out, {}, &choice::label);
  return out;
}

http::response choose_register(context& c) {
  field reg{.name = "register", .label = std::string(c.say("agreements.register"))};
  reg.hint = c.say("agreements.register_hint");
  return c.page(c.say("agreements.apply"), above(c),
                all(h1(c.say("agreements.apply")), lead(c.say("agreements.apply_lead")),
                    form(method("get"), action("/desk/agreements/new"), cls("questions"),
                         select_field(c.shell(), reg, registers_to_ask(c)),
                         submit_button(c.say("agreements.next")))),
                {.noindex = true});
}

http::response form_page(context& c, office& o, const application& in, const refusal* wrong) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  auto* registry = c.home.hub().registry_of(in.reg);
  if (!registry) return choose_register(c);
  const auto& s = *registry->find_schema(in.reg);
  const auto make = [&](const char* name, std::string_view value) {
    field f{.name = name, .label = std::string(c.say("agreements." + std::string(name)))};
    f.hint = c.say("agreements." + std::string(name) + "_hint");
    f.value = value;
    if (wrong && wrong->field == name) f.error = c.explain(*wrong);
    return f;
  };
  std::vector<choice> items;
  for (const auto& i : s.items)
    if (i.type != registers::type::id) items.push_back({i.id, i.name(c.language), ""});
  for (const auto& q : o.questions())
    if (q.reg == in.reg)
      items.push_back({"?" + q.id, o.item_name(q.reg, "?" + q.id, c.language), ""});
  field ends = make("ends", in.ends ? in.ends->str() : today(c.home.pack().zone()).plus(365).str());
  ends.width = 12;
  std::vector<error_item> errors;
  if (wrong)
    errors.push_back(
        {wrong->field == "items" ? choice_field_id("items[]") : wrong->field, c.explain(*wrong)});
  auto checked = make("items", "");
  checked.name = "items[]";
  return c.page(
      c.say("agreements.apply"), above(c),
      all(error_summary(c.shell(), errors), h1(s.name(c.language)),
          lead(c.fill("agreements.kept_by", {{"agency", o.name_of(s.agency, c.language)}})),
          form(method("post"), action("/desk/agreements"), cls("questions"), c.shell().csrf_field(),
               hidden_field("register", in.reg), hidden_field("renews", in.renews),
               checkbox_field(c.shell(), checked, items, in.items),
               area_field(c.shell(), make("purpose", in.purpose), 3),
               text_field(c.shell(), make("law", in.law)), text_field(c.shell(), ends),
               submit_button(c.say("agreements.send")))),
      {.noindex = true});
}

application typed_in(const context& c) {
  application a;
  a.applicant = c.actor.agency;
  a.reg = c.field("register");
  a.purpose = c.field("purpose");
  a.law = c.field("law");
  a.renews = c.field("renews");
  a.ends = date::parse(c.field("ends"));
  for (const auto& [name, value] : c.form())
    if (name == "items[]") a.items.push_back(value);
  return a;
}

http::response new_form(context& c, office& o) {
  application a;
  a.reg = c.request.param("register");
  // A renewal begins with what the one before says.
  if (const auto before = o.find(std::string(c.request.param("renews")));
      before && before->applicant == c.actor.agency) {
    a.renews = before->number;
    a.reg = before->reg;
    a.purpose = before->purpose;
    a.law = before->law;
    for (const auto& one : before->items.get_array()) a.items.emplace_back(one.get_string());
  }
  return form_page(c, o, a, nullptr);
}

audit::access why_of(const context& c) {
  return c.access(c.home.said("agreements.title"), c.home.said("law.e_government"));
}

http::response apply(context& c, office& o) {
  const auto in = typed_in(c);
  auto made = o.apply(why_of(c), in);
  if (!made) {
    auto r = form_page(c, o, in, &made.why());
    r.status = http::status_of(made.why().kind);
    return r;
  }
  return c.go("/desk/agreements/" + made->number);
}

// ---- one ----

node acts(const context& c, const agreement_line& l, const refusal* wrong) {
  const std::string at = "/desk/agreements/" + l.number;
  const auto note = [&](const char* label) {
    field f{.name = "note", .label = std::string(c.say(label))};
    f.hint = c.say("agreements.note_hint");
    if (wrong && wrong->field == "note") f.error = c.explain(*wrong);
    return f;
  };
  std::vector<node> out;
  if (l.state == "asked" && l.may_review) {
    field tariff{.name = "tariff", .label = std::string(c.say("agreements.tariff"))};
    tariff.hint = c.say("agreements.tariff_hint");
    tariff.value = std::to_string(l.tariff);
    tariff.input_mode = "numeric";
    tariff.width = 8;
    if (wrong && wrong->field == "tariff") tariff.error = c.explain(*wrong);
    out.push_back(
        box(c.say("agreements.decide"),
            form(method("post"), action(at), cls("questions"), c.shell().csrf_field(),
                 text_field(c.shell(), tariff), area_field(c.shell(), note("agreements.note"), 3),
                 button_row(
                     {submit_button(c.say("agreements.approve"), look::primary, "act", "approve"),
                      submit_button(c.say("agreements.refuse"), look::danger, "act", "refuse")}))));
  }
  if (l.ours && (l.state == "in_force" || l.state == "expired"))
    out.push_back(link_button("/desk/agreements/new?renews=" + l.number, c.say("agreements.renew"),
                              look::secondary));
  if ((l.state == "in_force" || (l.state == "asked" && l.ours)) && (l.ours || l.may_review))
    out.push_back(disclosure(
        c.say(l.state == "asked" ? "agreements.withdraw" : "agreements.end"),
        form(method("post"), action(at), cls("questions"), c.shell().csrf_field(),
             area_field(
                 c.shell(),
                 [&] {
                   auto f = note("agreements.end_note");
                   f.name = "end_note";
                   return f;
                 }(),
                 3),
             submit_button(c.say(l.state == "asked" ? "agreements.withdraw" : "agreements.end"),
                           look::danger, "act", "end"))));
  return join(out);
}

node report(const context& c, const agreement_line& l, const std::vector<usage>& used) {
  table_view t;
  t.caption = c.say("agreements.used");
  t.empty = c.say("agreements.used_none");
  t.columns = {{std::string(c.say("sharing.month"))},
               {std::string(c.say("agreements.outcome"))},
               {std::string(c.say("sharing.count")), true},
               {std::string(c.say("agreements.cost")), true}};
  for (const auto& u : used)
    t.rows.push_back({node(u.month), node(c.say("agreements.outcome_" + u.outcome)),
                      node(text::grouped(u.n)),
                      node(text::grouped(u.outcome == "refused" ? 0 : u.n * l.tariff))});
  return data_table(c.shell(), t);
}

http::response show(context& c, office& o, const refusal* wrong = nullptr) {
  if (wrong && c.request.wants_json()) return c.refuse(*wrong);
  const auto it = o.find(std::string(c.request.capture("agreement")));
  if (!it) return c.refuse(refuse(kind::not_found, "agreement.unknown"));
  const auto used = o.used();
  one_view v{line_of(c, o, *it, used), {}};
  for (const auto& u : used)
    if (u.number == it->number) v.used.push_back(u);
  return c.show(v, [&] {
    const auto& l = v.agreement;
    const auto fact = [&](const char* label, node value) {
      return row{std::string(c.say(label)), std::move(value), ""};
    };
    std::vector<row> facts{fact("agreements.applicant", node(l.applicant_name)),
                           fact("agreements.provider", node(l.provider_name)),
                           fact("agreements.register", node(register_name(c, l.reg))),
                           fact("agreements.items", node(l.items)),
                           fact("agreements.purpose", node(l.purpose)),
                           fact("agreements.law", node(l.law)),
                           fact("agreements.period", node(l.begins + " – " + l.ends)),
                           fact("agreements.tariff", node(text::grouped(l.tariff)))};
    if (!l.renews.empty())
      facts.push_back(fact("agreements.renews", a(href("/desk/agreements/" + l.renews), l.renews)));
    if (!l.decided_by.empty()) facts.push_back(fact("agreements.decided_by", node(l.decided_by)));
    if (!l.note.empty()) facts.push_back(fact("agreements.note", node(l.note)));
    std::vector<error_item> errors;
    if (wrong) errors.push_back({wrong->field, c.explain(*wrong)});
    auto r = c.page(l.number, above(c),
                    all(error_summary(c.shell(), errors), h1(l.number), p(state_badge(c, l.state)),
                        summary_list(c.shell(), facts), acts(c, l, wrong), report(c, l, v.used)),
                    {.noindex = true});
    if (wrong) r.status = http::status_of(wrong->kind);
    return r;
  });
}

http::response act(context& c, office& o) {
  const std::string number(c.request.capture("agreement")), what(c.field("act"));
  if (!o.find(number)) return c.refuse(refuse(kind::not_found, "agreement.unknown"));
  outcome done = refuse(kind::invalid, "agreement.act", "act");
  if (what == "end") {
    const auto note = c.field("end_note").empty() ? c.field("note") : c.field("end_note");
    done = o.end(why_of(c), number, std::string(note));
    if (!done && done.why().field == "note")
      done = refuse(kind::invalid, "agreement.note", "end_note");
  } else if (what == "approve" || what == "refuse") {
    std::optional<std::int64_t> tariff;
    if (const auto s = c.field("tariff"); !s.empty()) {
      const bool digits = s.size() <= 7 && s.find_first_not_of("0123456789") == s.npos;
      tariff = digits ? std::stoll(std::string(s)) : -1;
    }
    done = o.decide(why_of(c), number, what == "approve", std::string(c.field("note")), tariff);
  }
  if (!done)
    return done.why().kind == kind::invalid ? show(c, o, &done.why()) : c.refuse(done.why());
  return c.go("/desk/agreements/" + number);
}

}  // namespace

html::node state_badge(const context& c, const std::string& state) {
  const auto t = state == "in_force" || state == "given" ? tone::good
                 : state == "asked"                      ? tone::warn
                                                         : tone::neutral;
  return badge(t, c.say("agreements.state_" + state));
}

std::string register_name(const context& c, const std::string& reg) {
  auto* registry = c.home.hub().registry_of(reg);
  return registry ? registry->find_schema(reg)->name(c.language) : reg;
}

std::string item_names(const context& c, const office& o, const agreement& a) {
  std::vector<std::string> out;
  for (const auto& one : a.items.get_array())
    out.push_back(o.item_name(a.reg, std::string(one.get_string()), c.language));
  return text::join(out, ", ");
}

void desk_pages(house& h, shared_office o) {
  h.page("GET", "/desk/agreements", needs::official, [o](context& c) { return list(c, *o); });
  h.page("POST", "/desk/agreements", needs::official, [o](context& c) { return apply(c, *o); });
  h.page("GET", "/desk/agreements/new", needs::official,
         [o](context& c) { return new_form(c, *o); });
  h.page("GET", "/desk/agreements/{agreement}", needs::official,
         [o](context& c) { return show(c, *o); });
  h.page("POST", "/desk/agreements/{agreement}", needs::official,
         [o](context& c) { return act(c, *o); });
}

}  // namespace madang::agreements
