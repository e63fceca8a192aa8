#include <algorithm>

#include "finder.hpp"

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

}  // namespace

const audience of_persons = {"decisions", "/benefits", "benefits"};
const audience of_businesses = {"programmes", "/business/support", "support"};

office::office(const packs::pack& pack, const audience& w)
    : whom(w),
      law(pack, w.folder),
      questions(forms::parse_form(pack.yaml(w.folder + "/facts.yaml"), w.folder + "/facts.yaml")) {}

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
  auto* residents = c.home.hub().registry_of("persons");
  if (!c.actor.signed_in() || !residents) return {};
  static const std::vector<std::string> wanted = {"born", "household", "relation", "sex"};
  const auto why = c.access(c.home.said("benefits.purpose"), c.home.said("law.social_security"));
  const date now = today(c.home.pack().zone());
  auto me = residents->get(why, "persons", c.actor.person.str(), registers::present(), wanted);
  if (!me) return {};
  json::object out;
  if (auto born = date::parse(me->text("born"))) out["age"] = age(*born, now);
  if (!me->text("sex").empty()) out["sex"] = me->text("sex");
  auto all = residents->find(why, "persons", "household", me->text("household"),
                             registers::present(), wanted);
  if (!all) return out;
  out["household_size"] = static_cast<std::int64_t>(all->size());
  const bool parent = me->text("relation") == "head" || me->text("relation") == "spouse";
  std::string children;
  bool spouse = me->text("relation") == "spouse";
  for (const auto& one : *all) {
    spouse = spouse || (me->text("relation") == "head" && one.text("relation") == "spouse");
    auto born = date::parse(one.text("born"));
    if (parent && one.text("relation") == "child" && born)
      children += (children.empty() ? "" : ", ") + std::to_string(age(*born, now));
  }
  out["married"] = spouse ? "yes" : "no";
  if (!children.empty()) out["children"] = children;
  out["with_parents"] = me->text("relation") == "child" ? "yes" : "no";
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
