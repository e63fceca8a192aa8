#include "madang/voices/choice.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace madang::voices {
namespace {

constexpr std::pair<paper_kind, std::string_view> kinds[] = {{paper_kind::one, "one"},
                                                             {paper_kind::several, "several"},
                                                             {paper_kind::ranking, "ranking"},
                                                             {paper_kind::budget, "budget"}};
constexpr std::int64_t most_money = 1'000'000'000'000'000;
constexpr std::size_t longest_address = 500, longest_unit = 20;

std::string number_of(std::size_t option) { return std::to_string(option + 1); }

outcome judge_option(const paper& p, std::size_t i) {
  const option& o = p.options[i];
  const std::string number = number_of(i);
  if (text::trim(o.text).empty() || text::length(o.text) > longest_option)
    return refuse(kind::invalid, "paper.option", "option_" + number,
                  {{"most", std::to_string(longest_option)}});
  if (!o.picture.empty() && text::trim(o.alt).empty())
    return refuse(kind::invalid, "paper.alt", "alt_" + number);
  if (text::length(o.alt) > longest_option)
    return refuse(kind::invalid, "paper.alt", "alt_" + number);
  if (!o.video.empty() && (!o.video.starts_with("https://") || o.video.size() > longest_address))
    return refuse(kind::invalid, "paper.video", "video_" + number);
  if (p.kind == paper_kind::budget && (o.cost < 1 || o.cost > p.budget))
    return refuse(kind::invalid, "paper.cost", "cost_" + number,
                  {{"budget", text::grouped(p.budget)}});
  return nothing{};
}

outcome judge_kind(const paper& p) {
  const auto n = static_cast<std::int64_t>(p.options.size());
  const bool counts_most = p.kind == paper_kind::several || p.kind == paper_kind::ranking;
  if (counts_most && (p.most < 1 || p.most > n))
    return refuse(kind::invalid, "paper.most", "most", {{"options", std::to_string(n)}});
  if (p.kind == paper_kind::ranking && p.method != "borda" && p.method != "runoff")
    return refuse(kind::invalid, "paper.method", "method");
  if (p.kind == paper_kind::budget &&
      (p.budget < 1 || p.budget > most_money || text::trim(p.unit).empty() ||
       text::length(p.unit) > longest_unit))
    return refuse(kind::invalid, "paper.budget", "budget");
  return nothing{};
}

// Options by a count, the most first; `before` decides between alike.
template <class F>
std::vector<int> by_count(const std::vector<std::int64_t>& counts, F before) {
  std::vector<int> out(counts.size());
  std::iota(out.begin(), out.end(), 1);
  std::ranges::stable_sort(out, [&](int a, int b) {
    const auto x = counts[static_cast<std::size_t>(a - 1)],
               y = counts[static_cast<std::size_t>(b - 1)];
    return x != y ? x > y : before(a, b);
  });
  return out;
}
constexpr auto as_on_paper = [](int, int) { return false; };

std::size_t place(int option) { return static_cast<std::size_t>(option - 1); }

struct weighted {
  chosen options;
  std::int64_t times = 0;
};

// ---- run-off ----
std::vector<std::int64_t> best_still_in(const std::vector<weighted>& all,
                                        const std::vector<bool>& in) {
  std::vector<std::int64_t> out(in.size(), 0);
  for (const auto& b : all) {
    const auto best = std::ranges::find_if(b.options, [&](int o) { return in[place(o)]; });
    if (best != b.options.end()) out[place(*best)] += b.times;
  }
  return out;
}

void run_off(counted_paper& c, const std::vector<weighted>& all) {
  const std::size_t n = c.counts.size();
  std::vector<bool> in(n, true);
  c.counts = best_still_in(all, in);
  std::vector<int> gone;
  for (std::size_t left = n; left > 0; --left) {
    round r{best_still_in(all, in), 0};
    const auto whole = std::accumulate(r.counts.begin(), r.counts.end(), std::int64_t{0});
    if (left == 1 || whole == 0 || *std::ranges::max_element(r.counts) * 2 > whole) {
      c.rounds.push_back(std::move(r));
      break;
    }
    for (int o = 1; o <= static_cast<int>(n); ++o) {
      if (!in[place(o)]) continue;
      const auto rank = [&](int x) { return std::pair(r.counts[place(x)], c.counts[place(x)]); };
      if (r.out == 0 || rank(o) <= rank(r.out)) r.out = o;    // alike: the lower on the paper
    }
    in[place(r.out)] = false;
    gone.push_back(r.out);
    c.rounds.push_back(std::move(r));
  }
  std::ranges::reverse(gone);                 // who went out last stood best
  for (const int o : by_count(c.rounds.back().counts, as_on_paper))
    if (in[place(o)]) c.order.push_back(o);
  c.order.insert(c.order.end(), gone.begin(), gone.end());
}

void spend(counted_paper& c, const paper& p) {
  c.order = by_count(c.counts, [&](int a, int b) {
    return p.options[place(a)].cost < p.options[place(b)].cost;
  });
  for (const int o : c.order) {
    const auto cost = p.options[place(o)].cost;
    if (c.counts[place(o)] == 0 || c.spent + cost > p.budget) continue;
    c.funded.push_back(o);
    c.spent += cost;
  }
}

}  // namespace

std::string_view name_of(paper_kind k) { return kinds[static_cast<std::size_t>(k)].second; }

std::optional<paper_kind> paper_kind_named(std::string_view name) {
  for (const auto& [k, called] : kinds)
    if (called == name) return k;
  return {};
}

outcome judge(const paper& p) {
  if (p.options.size() < 2 || p.options.size() > most_options)
    return refuse(kind::invalid, "paper.options", "options",
                  {{"most", std::to_string(most_options)}});
  if (auto good = judge_kind(p); !good) return good;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < p.options.size(); ++i) {
    if (auto good = judge_option(p, i); !good) return good;
    if (!seen.insert(text::fold(p.options[i].text)).second)
      return refuse(kind::invalid, "paper.options", "option_" + number_of(i),
                    {{"most", std::to_string(most_options)}});
  }
  return nothing{};
}

json::value written(const paper& p) {
  json::array options;
  for (const auto& o : p.options)
    options.push_back(json::object{{"text", o.text},
                                   {"cost", o.cost},
                                   {"picture", o.picture},
                                   {"alt", o.alt},
                                   {"video", o.video}});
  return json::object{{"kind", name_of(p.kind)}, {"most", p.most},
                      {"budget", p.budget},      {"unit", p.unit},
                      {"method", p.method},      {"sealed", p.sealed},
                      {"options", std::move(options)}};
}

paper read_paper(const json::value& v) {
  paper p;
  p.kind = paper_kind_named(json::str(v, "kind")).value_or(paper_kind::one);
  p.most = json::num(v, "most", 1);
  p.budget = json::num(v, "budget");
  p.unit = json::str(v, "unit");
  p.method = json::str(v, "method");
  p.sealed = json::flag(v, "sealed");
  if (const auto& all = json::at(v, "options"); all.is_array())
    for (const auto& o : all.get_array())
      p.options.push_back({std::string(json::str(o, "text")), json::num(o, "cost"),
                           std::string(json::str(o, "picture")), std::string(json::str(o, "alt")),
                           std::string(json::str(o, "video"))});
  return p;
}

// ---- what one person chose ----
result<std::string> write_chosen(const paper& p, chosen c) {
  const auto wrong = [](std::string code, std::map<std::string, std::string> facts = {}) {
    return refuse(kind::invalid, std::move(code), "choice", std::move(facts));
  };
  if (c.empty()) return wrong("paper.nothing");
  std::int64_t cost = 0;
  for (const int o : c) {
    if (o < 1 || place(o) >= p.options.size()) return wrong("paper.unknown");
    cost += p.options[place(o)].cost;
  }
  if (std::set<int>(c.begin(), c.end()).size() != c.size()) return wrong("paper.twice");
  const std::int64_t most = p.kind == paper_kind::one      ? 1
                            : p.kind == paper_kind::budget ? static_cast<std::int64_t>(c.size())
                                                           : p.most;
  if (static_cast<std::int64_t>(c.size()) > most)
    return wrong("paper.too_many", {{"most", std::to_string(most)}});
  if (p.kind == paper_kind::budget && cost > p.budget)
    return wrong("paper.over_budget", {{"budget", text::grouped(p.budget)}, {"unit", p.unit}});
  if (p.kind != paper_kind::ranking) std::ranges::sort(c);
  std::string out;
  for (const int o : c) out += (out.empty() ? "" : ",") + std::to_string(o);
  return out;
}

std::optional<chosen> parse_chosen(std::string_view s) {
  chosen out;
  for (const auto& part : text::split(s, ',')) {
    if (part.empty() || part.size() > 2 || part.front() == '0') return {};
    int n = 0;
    for (const char c : part) {
      if (c < '0' || c > '9') return {};
      n = n * 10 + (c - '0');
    }
    if (static_cast<std::size_t>(n) > most_options || std::ranges::find(out, n) != out.end())
      return {};
    out.push_back(n);
  }
  return out;
}

// ---- counting ----
counted_paper count(const paper& p, const ballots& all) {
  const std::size_t n = p.options.size();
  counted_paper c;
  c.counts.assign(n, 0);
  std::vector<weighted> read;
  for (const auto& [said, times] : all) {
    auto options = parse_chosen(said);
    const auto unknown = [&](int o) { return place(o) >= n; };
    if (!options || times <= 0 || std::ranges::any_of(*options, unknown)) continue;
    c.voters += times;
    read.push_back({std::move(*options), times});
  }
  const bool borda = p.kind == paper_kind::ranking && p.method == "borda";
  for (const auto& b : read)
    for (std::size_t at = 0; at < b.options.size(); ++at)
      c.counts[place(b.options[at])] +=
          b.times * (borda ? static_cast<std::int64_t>(n - 1 - at) : 1);
  if (p.kind == paper_kind::budget) spend(c, p);
  else if (p.kind == paper_kind::ranking && !borda) run_off(c, read);
  else c.order = by_count(c.counts, as_on_paper);
  return c;
}

std::vector<group> merged(std::vector<group> all, std::int64_t least) {
  std::erase_if(all, [](const group& g) { return g.voters == 0; });
  std::ranges::stable_sort(all, std::greater<>(), &group::voters);
  group rest;
  while (!all.empty() && (all.back().voters < least || (rest.voters > 0 && rest.voters < least))) {
    rest.voters += all.back().voters;
    rest.counts.resize(std::max(rest.counts.size(), all.back().counts.size()), 0);
    for (std::size_t i = 0; i < all.back().counts.size(); ++i)
      rest.counts[i] += all.back().counts[i];
    all.pop_back();
  }
  if (rest.voters > 0) all.push_back(std::move(rest));
  if (all.size() < 2) all.clear();
  return all;
}

}  // namespace madang::voices
