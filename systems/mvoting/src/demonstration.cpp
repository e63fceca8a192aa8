// What an invented nation votes on when it is opened first. Every voice goes the way of all voices,
// at the time at which it would have been given; the same seed gives the same choices.
#include <algorithm>
#include <random>

#include "madang/assembly/invented.hpp"
#include "station.hpp"

namespace madang::mvoting {
namespace {

using given = voices::book::given;

constexpr const char* file = "voices/demonstration/vote.yaml";
constexpr std::size_t at_once = 200;

plan plan_of(const json::value& v, const std::string& language, instant opens, instant closes) {
  plan p;
  p.text = {std::string(json::str(v, "title")), std::string(json::str(v, "body")), language,
            std::string(json::str(v, "category")), {}, true};
  p.paper = voices::read_paper(v);
  p.opens = opens;
  p.closes = closes;
  const auto& who = json::at(v, "audience");
  p.audience.from = json::num(who, "from");
  p.audience.to = json::num(who, "to");
  p.audience.sex = json::str(who, "sex");
  if (const auto& areas = json::at(who, "areas"); areas.is_array())
    for (const auto& code : areas.get_array()) p.audience.areas.emplace_back(code.as_string());
  return p;
}

// Options drawn one after the other, each as likely as its weight among those that are left.
voices::chosen drawn(const paper& p, const std::vector<double>& weights, std::mt19937& chance) {
  std::vector<double> left = weights;
  const std::size_t wanted =
      p.kind == voices::paper_kind::one       ? 1
      : p.kind == voices::paper_kind::several ? 1 + chance() % static_cast<std::size_t>(p.most)
      : p.kind == voices::paper_kind::ranking ? static_cast<std::size_t>(p.most)
                                              : weights.size();
  voices::chosen out;
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    const auto one = std::discrete_distribution<int>(left.begin(), left.end())(chance);
    left[static_cast<std::size_t>(one)] = 0;
    const auto more = p.options[static_cast<std::size_t>(one)].cost;
    if (p.kind == voices::paper_kind::budget && cost + more > p.budget) continue;
    cost += more;
    out.push_back(one + 1);
  }
  return out;
}

std::string group_of(const audience& a, const packs::pack& pack, std::mt19937& chance) {
  const auto& towns = pack.towns();
  std::string province = towns[chance() % towns.size()].code.substr(0, 2);
  if (!a.areas.empty()) province = a.areas[chance() % a.areas.size()].substr(0, 2);
  const auto from = a.from ? a.from : 14, to = a.to ? a.to : 79;
  const auto span = static_cast<unsigned>(to - from + 1);
  const auto years = from + static_cast<std::int64_t>(chance() % span);
  const std::string sex = !a.sex.empty() ? a.sex : chance() % 2 ? "f" : "m";
  return fmt::format("{}-{}-{}", province, years / 10 * 10, sex);
}

std::vector<given> voices_of(const json::value& v, const plan& p, const packs::pack& pack,
                             instant until, std::mt19937& chance) {
  std::vector<double> weights;
  for (const auto& o : json::at(v, "options").as_array())
    weights.push_back(static_cast<double>(json::num(o, "weight", 1)));
  const auto whole = std::min(until, p.closes).micros - p.opens.micros - 1;
  std::vector<given> out;
  for (std::int64_t i = 0; i < json::num(v, "voices"); ++i) {
    given g;
    g.person = new_id();
    g.bucket = group_of(p.audience, pack, chance);
    g.at = {p.opens.micros + whole / 1000 * static_cast<std::int64_t>(chance() % 1000)};
    g.chosen = *voices::write_chosen(p.paper, drawn(p.paper, weights, chance));
    out.push_back(std::move(g));
  }
  std::ranges::stable_sort(out, {}, &given::at);
  return out;
}

}  // namespace

// As browsers would, at level 1.
void station::speak_unseen(const audit::access& by, const ask& a,
                           std::span<const voices::book::given> all) {
  const std::string everybody(voices::one_bucket);
  for (const auto& g : all) {
    audit::access why = by;
    why.who.person = g.person;
    const auto token = assembly::invented_token(tokens_, why, a, everybody, g.at);
    const auto chosen = voices::parse_chosen(g.chosen).value_or(voices::chosen());
    const auto done = token ? tokens_.choose(a, chosen, *token, {}, g.at) : outcome(token.why());
    if (!done) log::warn("mvoting.demonstration", {{"what", done.why().code}});
    std::lock_guard lock(mutex_);
    if (stopping_) return;
  }
}

void station::speak_first() {
  const auto& pack = house_.pack();
  if (!house_.chosen().demonstration || !pack.has(file) || pack.towns().empty()) return;
  for (const auto& r : book_.rules()) {
    voices::book::wanted all{.rule = r.id};
    all.hidden = all.unlisted = true;
    if (book_.count(all) > 0) return;
  }
  const json::value said = pack.yaml(file);
  std::mt19937 chance(2026);
  const instant today = now();
  std::vector<const json::value*> in_order;
  for (const auto& one : said.as_array()) in_order.push_back(&one);
  std::ranges::stable_sort(in_order, std::greater<>(),
                           [](const json::value* v) { return json::num(*v, "days"); });
  for (const auto* one : in_order) {
    const instant opens = today.plus(-std::chrono::hours(24 * json::num(*one, "days")));
    const instant closes = opens.plus(std::chrono::hours(24 * json::num(*one, "open") + 9));
    const plan p = plan_of(*one, pack.language(), opens, closes);
    const std::string agency(json::str(*one, "agency"));
    audit::access by{audit::system_actor("demonstration"), rule_of(agency.empty()).name,
                     house_.said(rule_of(agency.empty()).law), ""};
    by.who.person = new_id();
    const instant filed = std::min(opens, today);
    const auto a = draft(by, agency, p, filed);
    if (!a) throw packs::broken_pack({file, 0, a.why().code + " " + a.why().field});
    if (const auto done = publish(by, *a, filed); !done)
      throw packs::broken_pack({file, 0, done.why().code});
    if (opens > today) continue;
    const auto voices = voices_of(*one, p, pack, today, chance);
    for (std::span<const given> rest = voices; !rest.empty();) {
      const auto some = rest.first(std::min(rest.size(), at_once));
      rest = rest.subspan(some.size());
      if (a->level == 0) book_.say_all(*a, saying::choice, some);
      else speak_unseen(by, *book_.find(a->key), some);
    }
    book_.turn(today);
    const auto& came = json::at(*one, "came");
    if (came.is_null()) continue;
    const auto told = tell_what_came(by, *book_.find(a->key),
                                     {std::string(json::str(came, "text")), agency,
                                      std::string(json::str(came, "link"))},
                                     closes.plus(std::chrono::hours(24 * json::num(came, "days"))));
    if (!told) throw packs::broken_pack({file, 0, told.why().code});
  }
}

}  // namespace madang::mvoting
