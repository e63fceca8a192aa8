#include "madang/rules/proof.hpp"

#include <algorithm>

#include "proof_table.hpp"

namespace madang::rules {
namespace {

using what = finding::what;
using weight = finding::weight;

finding about(const drg_element& e, what w, weight h, std::string code,
              std::map<std::string, std::string> facts = {}) {
  finding f;
  f.is = w;
  f.how = h;
  f.decision = e.name;
  f.why.code = std::move(code);
  f.why.facts = std::move(facts);
  return f;
}

std::string fact(const refusal& r, const char* name) {
  const auto found = r.facts.find(name);
  return found == r.facts.end() ? std::string() : found->second;
}

void check_mistakes(const drg_element& e, std::vector<finding>& out) {
  for (const auto& m : e.mistakes) {
    const bool dangling = m.code == "dmn.reference";
    auto f = dangling ? about(e, what::uncompiled, weight::mistake, "proof.reference",
                              {{"href", fact(m, "href")}})
                      : about(e, what::uncompiled, weight::mistake, "proof.uncompiled",
                              {{"near", fact(m, "near")}, {"line", fact(m, "line")}});
    out.push_back(std::move(f));
  }
}

// The first day from 2024 on, a leap year, for which the sum has to give way; none: there is none
// within the years in which every combination comes round.
std::optional<std::pair<calendar_date, calendar_date>> rounded_day(const month_sum& s) {
  const std::int64_t months = s.months.value_or(1) * (s.back ? -1 : 1);
  const auto moved_from = [&](const calendar_date& d) -> std::optional<calendar_date> {
    bool moved = false;
    auto to = d.plus_months(months, &moved);
    return to && moved ? to : std::nullopt;
  };
  if (s.from) {
    // With months that are not known, a day up to the 28th is in every month.
    if (!s.months && s.from->day <= 28) return {};
    for (std::int64_t n = s.months ? months : 1; n <= (s.months ? months : 12); ++n) {
      bool moved = false;
      const auto to = s.from->plus_months(n, &moved);
      if (to && moved) return std::pair(*s.from, *to);
    }
    return {};
  }
  const std::int64_t first = calendar_date{2024, 1, 1}.days();
  for (std::int64_t day = 0; day < 366 * 5; ++day) {
    const auto d = calendar_date::of_days(first + day);
    if (d->day < 29) continue;
    if (const auto to = moved_from(*d)) return std::pair(*d, *to);
  }
  return {};
}

void check_names(const drg_element& e, const inspected& seen, std::vector<finding>& out) {
  for (const auto& u : seen.unknown)
    out.push_back(about(e, what::unknown_name, weight::mistake, "proof.unknown_name",
                        {{"name", u.name},
                         {"text", squeezed(u.where.text)},
                         {"line", std::to_string(u.where.line)}}));
  for (const auto& s : seen.sums)
    if (const auto day = rounded_day(s)) {
      auto f = about(e, what::rounding, weight::warning, "proof.rounding",
                     {{"text", squeezed(s.where.text)},
                      {"from", day->first.str()},
                      {"months", months_text(s.months.value_or(1) * (s.back ? -1 : 1))},
                      {"to", day->second.str()},
                      {"line", std::to_string(s.where.line)}});
      out.push_back(std::move(f));
    }
}

void check_table(const model::inside& m, const logic_site& site, const limits_of_proof& limits,
                 std::vector<finding>& out) {
  const text_desk desk(m, site);
  const studied_table t = study(desk);
  findings_of_table f{t, limits, m.elements[std::size_t(site.element)].name, site.number, {},
                      false};
  check_conditions(f);
  check_outputs(f);
  check_cover(f);
  if (f.more)
    f.add(what::not_proven, weight::information, "proof.more",
          {{"n", std::to_string(limits.findings)}});
  std::ranges::stable_sort(f.out, [](const auto& a, const auto& b) { return a.how > b.how; });
  std::ranges::move(f.out, std::back_inserter(out));
}

bool in_circle(const std::vector<drg_element>& all, int begin) {
  std::set<int> seen;
  std::vector<int> open = all[std::size_t(begin)].requires_these;
  while (!open.empty()) {
    const int e = open.back();
    open.pop_back();
    if (e == begin) return true;
    if (!seen.insert(e).second) continue;
    const auto& more = all[std::size_t(e)].requires_these;
    open.insert(open.end(), more.begin(), more.end());
  }
  return false;
}

// Inputs that no logic names, and requirements that the own logic does not name.
void check_uses(const model::inside& m, const std::vector<inspected>& seen,
                std::vector<finding>& out) {
  std::set<int> used;
  for (const auto& one : seen) used.insert(one.uses.begin(), one.uses.end());
  for (const auto& [service, shape] : m.services)
    used.insert(shape.parameters.begin(), shape.parameters.end());
  for (std::size_t i = 0; i < m.elements.size(); ++i) {
    const drg_element& e = m.elements[i];
    if (e.space != m.files.front()->space) continue;
    if (e.kind == drg_element::what::input && !used.contains(static_cast<int>(i)))
      out.push_back(about(e, what::unused, weight::warning, "proof.unused_input",
                          {{"name", e.name}}));
    if (e.logic.empty()) continue;
    for (const int r : e.requires_these)
      if (!seen[i].uses.contains(r))
        out.push_back(about(e, what::unused, weight::information, "proof.unused_requirement",
                            {{"name", m.elements[std::size_t(r)].name}}));
    if (e.kind == drg_element::what::decision && in_circle(m.elements, static_cast<int>(i)))
      out.push_back(
          about(e, what::uncompiled, weight::mistake, "proof.circle", {{"name", e.name}}));
  }
}

}  // namespace

finding& findings_of_table::add(what w, weight h, std::string code,
                                std::map<std::string, std::string> facts) {
  finding f;
  f.is = w;
  f.how = h;
  f.decision = decision;
  f.table = number;
  f.why.code = std::move(code);
  f.why.facts = std::move(facts);
  out.push_back(std::move(f));
  return out.back();
}

bool findings_of_table::full(what w) {
  const auto n = static_cast<std::size_t>(std::ranges::count(out, w, &finding::is));
  more = more || n >= limits.findings;
  return n >= limits.findings;
}

std::string said_example(const finding& f, bool all) {
  std::string out;
  for (const auto& [name, v] : f.example)
    if (all || std::ranges::find(f.matters, name) != f.matters.end())
      out += (out.empty() ? "" : ", ") + name + " = " + v.literal();
  return out;
}

std::string numbers(const std::vector<int>& all) {
  std::string out;
  for (const int n : all) out += (out.empty() ? "" : ", ") + std::to_string(n);
  return out;
}

std::vector<finding> prove(const model& m, const limits_of_proof& limits) {
  const model::inside& in = m.in();
  std::vector<inspected> seen;
  for (std::size_t i = 0; i < in.elements.size(); ++i)
    seen.push_back(inspect(in, static_cast<int>(i)));
  std::vector<finding> out;
  for (std::size_t i = 0; i < in.elements.size(); ++i) {
    const drg_element& e = in.elements[i];
    if (e.space != in.files.front()->space) continue;      // of an import: proven where it is kept
    check_mistakes(e, out);
    if (e.kind == drg_element::what::decision && e.logic.empty())
      out.push_back(
          about(e, what::uncompiled, weight::warning, "proof.no_logic", {{"name", e.name}}));
    check_names(e, seen[i], out);
    for (const auto& site : seen[i].tables) check_table(in, site, limits, out);
  }
  check_uses(in, seen, out);
  return out;
}

bool may_publish(std::span<const finding> all) {
  return std::ranges::none_of(all, [](const auto& f) { return f.how == weight::mistake; });
}

std::string_view name_of(what w) {
  constexpr std::string_view names[] = {
      "gap",        "overlap",      "masked", "duplicate", "contradiction", "wrong_type",
      "uncompiled", "unknown_name", "unused", "rounding",  "no_priority",   "opaque",
      "not_proven"};
  return names[static_cast<std::size_t>(w)];
}

std::string_view name_of(weight w) {
  constexpr std::string_view names[] = {"information", "warning", "mistake"};
  return names[static_cast<std::size_t>(w)];
}

json::value to_json(const finding& f) {
  json::array rules, matters;
  for (const int r : f.rules) rules.emplace_back(r);
  for (const auto& name : f.matters) matters.emplace_back(name);
  json::object example, facts;
  for (const auto& [name, v] : f.example) example[name] = to_json(v);
  for (const auto& [name, text] : f.why.facts) facts[name] = text;
  return json::object{{"what", name_of(f.is)},
                      {"weight", name_of(f.how)},
                      {"decision", f.decision},
                      {"table", f.table},
                      {"rules", std::move(rules)},
                      {"input", f.input},
                      {"output", f.output},
                      {"example", std::move(example)},
                      {"matters", std::move(matters)},
                      {"code", f.why.code},
                      {"facts", std::move(facts)}};
}

}  // namespace madang::rules
