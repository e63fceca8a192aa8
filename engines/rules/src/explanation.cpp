#include "madang/rules/explanation.hpp"

#include <algorithm>

namespace madang::rules {

const explained_decision* explanation::find(std::string_view decision) const {
  for (const auto& d : decisions)
    if (d.name == decision) return &d;
  return nullptr;
}

std::vector<near_miss> near_misses(const explained_decision& d) {
  std::vector<near_miss> out;
  for (const auto& rule : d.rules) {
    if (rule.hit || equal(rule.output, d.result).value_or(false)) continue;
    const tried_condition* only = nullptr;
    int failed = 0;
    for (const auto& c : rule.conditions)
      if (!c.holds) {
        only = &c;
        ++failed;
      }
    if (failed == 1) out.push_back({&rule, only});
  }
  return out;
}

json::value to_json(const explanation& e) {
  json::array decisions;
  for (const auto& d : e.decisions) {
    json::array rules;
    for (const auto& r : d.rules) {
      json::array conditions;
      for (const auto& c : r.conditions)
        conditions.push_back(json::object{{"input", c.asked},
                                          {"value", to_json(c.is)},
                                          {"test", c.test},
                                          {"holds", c.holds}});
      json::array annotations;
      for (const auto& a : r.annotations) annotations.emplace_back(a);
      rules.push_back(json::object{{"rule", r.number},
                                   {"hit", r.hit},
                                   {"conditions", std::move(conditions)},
                                   {"output", to_json(r.output)},
                                   {"annotations", std::move(annotations)}});
    }
    decisions.push_back(json::object{
        {"decision", d.name}, {"value", to_json(d.result)}, {"rules", std::move(rules)}});
  }
  return json::object{{"decisions", std::move(decisions)}};
}

}  // namespace madang::rules
