// What an invented nation asks for when it is opened first: a place where nobody has spoken shows
// little. Every voice goes the way of all voices, at the time at which it would have been given.
#include <algorithm>
#include <random>

#include "forum.hpp"
#include "madang/assembly/invented.hpp"

namespace madang::assembly {
namespace {

using given = voices::book::given;

constexpr std::size_t at_once = 50;          // between looks at what they lead to

// Most come soon, fewer each day: days since it was filed are exponential with a mean of a third of
// the time. A town is as likely as another, so provinces with many towns speak most.
std::vector<given> voices_of(const packs::pack& pack, const json::value& said, instant from,
                              instant until, std::mt19937& chance) {
  std::vector<given> out;
  const double whole = static_cast<double>(until.micros - from.micros);
  std::exponential_distribution<double> later(3);
  const auto& towns = pack.towns();
  // Each province has a key of its own at level 1, which takes a while to make: a few will do.
  std::vector<std::string> provinces;
  if (const auto& some = json::at(said, "provinces"); some.is_array())
    for (const auto& code : some.get_array()) provinces.emplace_back(code.as_string());
  const auto one = [&](std::string remark) {
    double share = later(chance);
    while (share >= 1) share = later(chance);
    const auto drawn = chance();
    out.push_back({new_id(),
                   provinces.empty() ? towns[drawn % towns.size()].code.substr(0, 2)
                                     : provinces[drawn % provinces.size()],
                   from.plus(std::chrono::microseconds(static_cast<std::int64_t>(share * whole))),
                   std::move(remark)});
  };
  for (std::int64_t i = 0; i < json::num(said, "backed"); ++i) one({});
  if (const auto& remarks = json::at(said, "remarks"); remarks.is_array())
    for (const auto& r : remarks.get_array()) one(std::string(r.as_string()));
  std::ranges::stable_sort(out, {}, &given::at);
  return out;
}

}  // namespace

// As browsers would (levels 1 and 2), one after the other; how many the ask took.
int forum::speak_unseen(const audit::access& by, const ask& a, std::span<const given> all) {
  const saying s = main_saying(*this);
  int taken = 0;
  for (const auto& g : all) {
    audit::access why = by;
    why.who.person = g.person;
    const auto done = [&]() -> outcome {
      if (a.level == 2) {
        const auto shown = invented_pass(passes_, why, a, s, g.at);
        return shown ? passes_.act(a, *shown, g.at) : outcome(shown.why());
      }
      const auto token = invented_token(tokens_, why, a, g.bucket, g.at);
      return token ? tokens_.say(a, s, *token, {}, g.at) : outcome(token.why());
    }();
    if (done) ++taken;
    else if (done.why().code != "voices.closed")
      log::warn("voices.demonstration", {{"what", done.why().code}});
    std::lock_guard lock(mutex_);
    if (stopping_) break;
  }
  return taken;
}

void forum::speak_first() {
  const std::string file = "voices/demonstration/" + rule().id + ".yaml";
  const auto& pack = house_.pack();
  if (!house_.chosen().demonstration || !pack.has(file) || pack.towns().empty()) return;
  voices::book::wanted all{.rule = rule().id};
  all.hidden = true;
  if (book_.count(all) > 0) return;
  const json::value said = pack.yaml(file);
  std::mt19937 chance(2026);
  const instant until = now();
  // The first filed comes first, so that numbers rise with time.
  std::vector<const json::value*> in_order;
  for (const auto& one : said.as_array()) in_order.push_back(&one);
  std::ranges::stable_sort(in_order, std::greater<>(),
                           [](const json::value* v) { return json::num(*v, "days"); });
  for (const auto* one : in_order) {
    const instant from = until.plus(-std::chrono::hours(24 * json::num(*one, "days")));
    audit::access author{audit::system_actor("demonstration"), rule().name,
                         house_.said(rule().law), ""};
    author.who.person = new_id();
    const auto a = book_.file(author, rule().id,
                              {std::string(json::str(*one, "title")),
                               std::string(json::str(*one, "body")), pack.language(),
                               std::string(json::str(*one, "category"))},
                              from);
    if (!a) throw packs::broken_pack({file, 0, a.why().code + " " + a.why().field});
    const auto voices = voices_of(pack, *one, from, until, chance);
    for (std::span<const given> rest = voices; !rest.empty();) {
      const auto some = rest.first(std::min(rest.size(), at_once));
      rest = rest.subspan(some.size());
      const int taken = a->level == 0 ? book_.say_all(*a, main_saying(*this), some)
                                      : speak_unseen(author, *a, some);
      if (taken == 0) break;                                         // it takes no more
      book_.turn(some.back().at);
    }
    book_.turn(until);
  }
}

}  // namespace madang::assembly
