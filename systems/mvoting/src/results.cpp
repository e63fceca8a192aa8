#include "results.hpp"

#include <algorithm>
#include <numeric>

#include "madang/html/html.hpp"

namespace madang::mvoting {

using namespace html;

namespace {

constexpr std::string_view tables[] = {"province", "age", "sex"};

std::string part_of(const std::string& group, std::size_t which) {
  const auto parts = text::split(group, '-');
  return parts.size() == std::size(tables) ? parts[which] : std::string("none");
}

std::string name_of_group(const context& c, std::string_view by, const std::string& code) {
  if (code.empty()) return std::string(c.say("votes.others"));
  if (code == "none") return std::string(c.say("votes.no_register"));
  const auto& pack = c.home.pack();
  if (by == "province") {
    const auto* d = pack.find_district(code);
    return d ? d->name(c.language) : code;
  }
  if (by == "age")
    return c.fill("votes.age_band",
                  {{"from", code}, {"to", std::to_string(std::atoi(code.c_str()) + 9)}});
  const auto& sexes = pack.codes("sexes");
  const auto found = sexes.find(code);
  return found == sexes.end() ? code : found->second(c.language);
}

// What each option has in one group: of a ranking, the first preferences.
std::vector<std::int64_t> counts_in(const paper& p, const voices::ballots& b) {
  paper plain = p;
  if (plain.kind == voices::paper_kind::ranking) plain.method = "runoff";
  return voices::count(plain, b).counts;
}

std::vector<group_table> tables_of(const context& c,
                                   const std::map<std::string, voices::ballots>& all,
                                   const paper& p) {
  std::vector<group_table> out;
  for (std::size_t which = 0; which < std::size(tables); ++which) {
    std::map<std::string, voices::ballots> sums;
    for (const auto& [group, ballots] : all)
      for (const auto& [chosen, n] : ballots) sums[part_of(group, which)][chosen] += n;
    std::vector<voices::group> groups;
    for (const auto& [code, ballots] : sums) {
      std::int64_t voters = 0;
      for (const auto& [chosen, n] : ballots) voters += n;
      groups.push_back({code, voters, counts_in(p, ballots)});
    }
    group_table t{std::string(tables[which]), {}};
    for (const auto& g : voices::merged(std::move(groups)))
      t.groups.push_back({g.name, name_of_group(c, t.by, g.name), g.voters, g.counts});
    if (!t.groups.empty()) out.push_back(std::move(t));
  }
  return out;
}

void add_lines(results_view& r, const paper& p, const voices::counted_paper& n) {
  const bool points = r.method == "borda";
  const auto whole = points ? std::accumulate(n.counts.begin(), n.counts.end(), std::int64_t{0})
                            : n.voters;
  for (std::size_t i = 0; i < p.options.size(); ++i) {
    const int number = static_cast<int>(i + 1);
    result_line l;
    l.option = number;
    l.text = p.options[i].text;
    l.cost = p.options[i].cost;
    l.count = n.counts[i];
    l.place = std::ranges::find(n.order, number) - n.order.begin() + 1;
    l.share = whole ? std::round(static_cast<double>(l.count) * 1000.0 /
                                 static_cast<double>(whole)) / 10.0
                    : 0;
    l.funded = std::ranges::find(n.funded, number) != n.funded.end();
    r.lines.push_back(std::move(l));
  }
  for (const auto& one : n.rounds)
    r.rounds.push_back({static_cast<std::int64_t>(r.rounds.size() + 1), one.out, one.counts});
  r.spent = n.spent;
}

}  // namespace

results_view results_of(const context& c, station& s, const ask& a, const vote& v, const paper& p) {
  results_view r;
  r.number = a.number;
  r.title = a.title;
  r.href = path_of(a);
  r.stage = a.stage;
  r.stage_name = s.book().stage_of(a).name(c.language);
  r.kind = name_of(p.kind);
  r.method = p.kind == voices::paper_kind::ranking ? p.method : "";
  r.unit = p.unit;
  r.budget = p.budget;
  r.version = s.version_of(a.key);
  r.voters = s.book().counted(a.key, saying::choice);
  if (v.eligible >= electorate_few) r.eligible = v.eligible;
  r.ended = a.stage == "ended";
  r.shown = a.hidden.empty() && (r.ended || (!p.sealed && a.stage == "open"));
  if (!r.shown) return r;
  const auto n = voices::count(p, s.book().chosen_counts(a.key));
  r.voters = n.voters;
  add_lines(r, p, n);
  // While it is open, two looks a moment apart would tell what one person of a group chose.
  if (r.ended) r.tables = tables_of(c, s.book().chosen_by_group(a.key), p);
  return r;
}

std::string count_words(const context& c, const results_view& r, std::int64_t n) {
  return c.fill(r.method == "borda" ? "votes.n_points" : "votes.n_votes",
                {{"n", text::grouped(n)}});
}

node bars(const context& c, const results_view& r) {
  std::int64_t most = 1;
  for (const auto& l : r.lines) most = std::max(most, l.count);
  std::vector<result_line> in_order = r.lines;
  if (r.ended) std::ranges::stable_sort(in_order, {}, &result_line::place);
  std::vector<node> out;
  for (const auto& l : in_order) {
    const std::string said = fmt::format("{} ({:.1f}\u00a0%)", count_words(c, r, l.count), l.share);
    node text = node(l.text);
    if (l.cost > 0)
      text = html::all(text, " ", span(cls("note"), text::grouped(l.cost) + " " + r.unit));
    if (l.funded && r.ended) text = html::all(text, " ", badge(tone::good, c.say("votes.funded")));
    out.push_back(li(data("option", std::to_string(l.option)), span(text),
                     span(cls("bar-track"),
                          meter(cls("bar good"), attr("min", 0), attr("max", most),
                                attr("value", l.count), aria("label", l.text + ": " + said))),
                     span(cls("note"), said)));
  }
  return ul(cls("bars vote-bars"), out);
}

}  // namespace madang::mvoting
