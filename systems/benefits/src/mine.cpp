// What the law gives me: found by the nightly look or by something that happened, with the reason,
// one page away from the application; what I receive; and whether I want to be told.
#include <algorithm>

#include "claims.hpp"

namespace madang::benefits {
namespace {

using namespace html;

struct found_line {
  std::string benefit, name, amount, reason, since;
};
BOOST_DESCRIBE_STRUCT(found_line, (), (benefit, name, amount, reason, since))
struct award_line {
  std::string benefit, name, amount, starts, ends, matter;
};
BOOST_DESCRIBE_STRUCT(award_line, (), (benefit, name, amount, starts, ends, matter))
struct mine_view {
  bool told = true;
  std::string looked_at;           // day of the last look at everybody; empty: there was none
  std::vector<found_line> found;
  std::vector<award_line> awards;
};
BOOST_DESCRIBE_STRUCT(mine_view, (), (told, looked_at, found, awards))

mine_view view_of(context& c, const office& o, finding& f) {
  mine_view v;
  v.told = f.wants_to_be_told(c.actor.person);
  if (auto last = f.last_run()) v.looked_at = last->day.str();
  const auto awards = awards_of(c.home, c.actor.person);
  for (const auto& a : awards) {
    const auto* p = o.law.find(a.benefit);
    const auto amount = decimal::parse(a.amount).value_or(decimal());
    v.awards.push_back({a.benefit, p ? p->name(c.language) : a.benefit,
                        p ? amount_in_words(*p, amount, c.language) : a.amount, a.starts.str(),
                        a.ends ? a.ends->str() : "", a.matter.str()});
  }
  const auto standing = f.of(c.actor.person);
  if (standing.empty()) return v;
  auto facts = known_facts(c, c.access(c.home.said("benefits.purpose_found"),
                                       c.home.said("law.social_security")));
  if (!facts) return v;
  for (const auto& s : standing) {
    const auto* p = o.law.find(s.benefit);
    if (!p) continue;
    auto j = o.law.judge(*p, *facts, today(c.home.pack().zone()));
    if (!j || !j->entitled) continue;   // it has changed since the look; the next one forgets it
    v.found.push_back({p->id, p->name(c.language), amount_in_words(*p, j->amount, c.language),
                       j->reason(c.language), s.since.str()});
  }
  return v;
}

node found_part(const context& c, const mine_view& v) {
  if (v.found.empty())
    return empty_state("bell", c.say(v.told ? "benefits.none_found" : "benefits.not_told"),
                       p(c.say(v.told ? "benefits.none_found_line" : "benefits.not_told_line")),
                       link_button("/benefits", c.say("benefits.find")));
  std::vector<node> lines;
  for (const auto& one : v.found)
    lines.push_back(li(cls("service-line"),
                       h2(cls("h3"), a(href("/benefits/" + one.benefit), one.name)),
                       p(strong(one.amount)), p(one.reason),
                       link_button("/benefits/" + one.benefit + "/apply",
                                   c.say("benefits.apply"))));
  return ul(cls("service-list"), lines);
}

node awards_part(const context& c, const mine_view& v) {
  if (v.awards.empty()) return {};
  table_view t;
  t.caption = c.say("benefits.received");
  t.stacked = true;
  for (const char* column : {"benefit", "amount", "starts"})
    t.columns.push_back({std::string(c.say("benefits." + std::string(column))), false});
  for (const auto& one : v.awards)
    t.rows.push_back({a(href("/my/cases/" + one.matter), one.name), one.amount, one.starts});
  return data_table(c.shell(), t);
}

node choice_part(const context& c, const mine_view& v) {
  return section(
      h2(c.say("benefits.notices")),
      p(c.say(v.told ? "benefits.notices_on" : "benefits.notices_off")),
      post_button(c.shell(), "/my/benefits/notices",
                  c.say(v.told ? "benefits.stop_notices" : "benefits.start_notices"),
                  look::secondary, {{"tell", v.told ? "no" : "yes"}}));
}

}  // namespace

http::response show_mine(context& c, const office& o, finding& f) {
  const auto view = view_of(c, o, f);
  return c.show(view, [&] {
    const node body =
        all(h1(c.say("benefits.mine")),
            lead(view.found.empty()
                     ? std::string(c.say("benefits.mine_line"))
                     : c.fill("benefits.mine_found",
                              {{"n", std::to_string(view.found.size())}})),
            found_part(c, view), awards_part(c, view), choice_part(c, view));
    return c.page(c.say("benefits.mine"), {{"/my", std::string(c.say("my.title"))}}, body,
                  {.noindex = true});
  });
}

}  // namespace madang::benefits
