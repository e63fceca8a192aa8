#include <algorithm>

#include "finder.hpp"
#include "household.hpp"

namespace madang::benefits {
namespace {

constexpr int longest_list = 20, oldest = 120;

// "0, 5, 13"
std::optional<rules::value> ages_in(std::string_view text) {
  std::vector<rules::value> out;
  for (const auto& part : text::split(text::replace_all(std::string(text), "、", ","), ',')) {
    const auto one = text::trim(part);
    if (one.empty()) continue;
    const auto n = decimal::parse(one);
    const auto whole = n ? n->to_int64() : std::nullopt;
    if (!whole || *whole < 0 || *whole > oldest || out.size() >= longest_list) return {};
    out.emplace_back(*whole);
  }
  return rules::value::list(std::move(out));
}

// As they are asked for: "0, 5, 13".
std::string ages_said(const rules::value& ages) {
  std::vector<std::string> all;
  for (const auto& one : ages.items()) all.push_back(one.str());
  return text::join(all, ", ");
}

}  // namespace

const audience of_persons = {"decisions", "/benefits", "benefits"};
const audience of_businesses = {"programmes", "/business/support", "support"};

office::office(const house& h, const audience& w)
    : whom(w),
      law(rules::statutes(h.pack(), w.folder)),
      questions(
          forms::parse_form(h.pack().yaml(w.folder + "/facts.yaml"), w.folder + "/facts.yaml")),
      yes(h.said("field.yes")),
      no(h.said("field.no")) {
  const json::value vocabulary = h.pack().yaml("benefits/vocabulary.yaml");
  if (!vocabulary.is_array()) return;
  const auto says = [](const json::value& one, const char* what) {
    const auto& v = json::at(one, what);
    return v.is_bool() && v.get_bool();
  };
  for (const auto& one : vocabulary.get_array())
    terms.push_back({text::replace_all(std::string(json::str(one, "fact")), "_", " "),
                     json::words_of(json::at(one, "name")), says(one, "fixed"), says(one, "rises"),
                     says(one, "money")});
}

const term* office::find_term(std::string_view fact) const {
  const auto found = std::ranges::find(terms, fact, &term::fact);
  return found == terms.end() ? nullptr : &*found;
}

std::string office::shown(std::string_view fact, const rules::value& v,
                          const std::string& language) const {
  const auto* q = questions.find(text::replace_all(std::string(fact), " ", "_"));
  if (v.is(rules::kind::string) && q)
    for (const auto& o : q->options)
      if (o.value == v.text()) return o.label(language);
  if (v.is(rules::kind::boolean)) return (v.flag() ? yes : no)(language);
  if (v.is(rules::kind::list)) {
    std::vector<std::string> all;
    for (const auto& one : v.items()) all.push_back(shown(fact, one, language));
    return all.empty() ? "-" : text::join(all, ", ");
  }
  const auto whole = v.is(rules::kind::number) ? v.number().to_int64() : std::nullopt;
  return v.is_null() ? "-" : whole ? text::grouped(*whole) : v.str();
}

std::string amount_in_words(const rules::provision& p, const decimal& amount,
                            const std::string& language) {
  const auto whole = amount.to_int64();
  return text::fill(p.amount(language),
                    std::map<std::string, std::string>{
                        {"amount", whole ? text::grouped(*whole) : amount.str()}});
}

std::vector<std::string> advice(const context& c, const office& o, const rules::provision& p,
                                const rules::entries& facts, date day) {
  std::vector<rules::domain> domains;
  for (const auto& [name, is] : facts) {
    const auto* t = o.find_term(name);
    const auto* q = o.questions.find(text::replace_all(name, " ", "_"));
    if (!t || t->fixed || !q) continue;
    rules::domain d{name, {}, q->least, q->most};
    if (const auto at = is.is(rules::kind::number) ? is.number().to_int64() : std::nullopt;
        at && t->rises)
      d.least = *at;
    for (const auto& option : q->options) d.choices.emplace_back(option.value);
    domains.push_back(std::move(d));
  }
  std::vector<std::string> out;
  for (const auto& change : rules::single_changes(o.law, p, facts, day, domains))
    out.push_back(c.fill(change.entitled ? "benefits.would_get" : "benefits.would_lose",
                         {{"fact", o.find_term(change.fact)->name(c.language)},
                          {"is", o.shown(change.fact, change.is, c.language)},
                          {"would_be", o.shown(change.fact, change.would_be, c.language)}}));
  return out;
}

std::string_view office::say(const context& c, std::string_view key) const {
  return c.say(whom.words + "." + std::string(key));
}

answers answers_sent(const context& c, const office& o) {
  answers out;
  const date now = today(c.home.pack().zone());
  for (const auto& q : o.questions.questions) {
    auto options = q.options;
    if (q.how == forms::ask::yes_no) options = {{"yes", {}, {}}, {"no", {}, {}}};
    auto answer = forms::answer(q, options, c.form(), now);
    if (answer) out.given[q.id] = *answer;
    else out.wrong.emplace_back(q.id, answer.why());
  }
  return out;
}

json::object answers_known(context& c) {
  if (!c.actor.signed_in() || !c.home.hub().registry_of("persons")) return {};
  const auto known = known_facts(c, c.access(c.home.said("benefits.purpose"),
                                             c.home.said("law.social_security")));
  json::object out;
  if (!known) return out;
  for (const auto& [name, v] : *known) {
    if (v.is_null()) continue;
    auto& to = out[text::replace_all(name, " ", "_")];
    if (v.is(rules::kind::boolean)) to = v.flag() ? "yes" : "no";
    else if (v.is(rules::kind::list)) to = v.items().empty() ? "" : ages_said(v);
    else to = rules::to_json(v);
  }
  return out;
}

std::string origin_of_fact(std::string_view fact) {
  static const std::vector<std::string_view> of_persons_register = {
      "age", "sex", "household size", "married", "children", "single parent", "with parents"};
  return std::ranges::find(of_persons_register, fact) != of_persons_register.end()
             ? "persons" : "circumstances";
}

result<rules::entries> known_facts(context& c, const audit::access& why) {
  return facts_from_registers(c.home, why, c.actor.person, {today(c.home.pack().zone())});
}

result<rules::entries> facts_from_registers(house& h, const audit::access& why, id person,
                                            registers::moment when) {
  auto home = look_up(h, why, person, when);
  if (!home) return home.why();
  const auto me = std::ranges::find(*home, person, &member::key);
  if (me == home->end()) return refuse(kind::not_found, "register.no_record");
  std::vector<rules::value> values;
  facts_of(*home, static_cast<std::size_t>(me - home->begin()), when.valid, fact_codes(), values);
  rules::entries out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out.emplace_back(fact_names()[i], std::move(values[i]));
  return out;
}

result<rules::entries> facts_of(const json::object& given) {
  rules::entries out;
  for (const auto& m : given) {
    const std::string name = text::replace_all(std::string(m.key()), "_", " ");
    const json::value& v = m.value();
    if (name == "children") {
      auto ages = ages_in(v.is_string() ? std::string_view(v.get_string()) : "");
      if (!ages) return refuse(kind::invalid, "forms.ages", "children");
      out.emplace_back(name, std::move(*ages));
    } else if (v.is_string() && (v.get_string() == "yes" || v.get_string() == "no")) {
      out.emplace_back(name, rules::value(v.get_string() == "yes"));
    } else {
      out.emplace_back(name, rules::of_json(v));
    }
  }
  return out;
}

date day_asked(const context& c, const json::object& given) {
  const json::value all(given);
  return date::parse(json::str(all, "as_of")).value_or(today(c.home.pack().zone()));
}

}  // namespace madang::benefits
