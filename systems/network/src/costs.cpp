#include "costs.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace madang::network {
namespace {

shared_thing thing_of(const json::value& v, bool circuit) {
  shared_thing t;
  t.id = json::str(v, "id");
  t.circuit = circuit;
  t.name = json::words_of(json::at(v, "name"));
  t.capacity = json::str(v, "capacity");
  t.cost = json::num(v, "cost", -1);
  t.fixed = static_cast<int>(json::num(v, "fixed", -1));
  const auto& members = json::at(v, "members");
  if (members.is_array())
    for (const auto& m : members.get_array()) t.members.emplace_back(m.as_string());
  const bool whom = members.is_array() ? !t.members.empty() : json::str(v, "members") == "all";
  if (t.id.empty() || t.cost < 0 || t.fixed < 0 || t.fixed > 100 || !whom)
    throw std::runtime_error("network/costs.yaml: '" + t.id +
                             "' needs id, cost, fixed (0 to 100) and members");
  return t;
}

}  // namespace

std::vector<shared_thing> read_things(const json::value& yaml) {
  std::vector<shared_thing> out;
  for (const char* kind_of : {"circuits", "services"})
    if (const auto& all = json::at(yaml, kind_of); all.is_array())
      for (const auto& v : all.get_array())
        out.push_back(thing_of(v, std::string_view(kind_of) == "circuits"));
  return out;
}

std::vector<std::int64_t> split(std::int64_t amount, const std::vector<std::int64_t>& weights) {
  if (weights.empty()) return {};
  auto of = weights;
  if (std::accumulate(of.begin(), of.end(), std::int64_t{0}) == 0)
    std::fill(of.begin(), of.end(), 1);
  __extension__ using wide = __int128;  // octets of a year times won
  const wide sum = std::accumulate(of.begin(), of.end(), wide{0});
  std::vector<std::int64_t> out(of.size());
  std::vector<std::size_t> order(of.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto rest = [&](std::size_t i) { return wide{amount} * of[i] % sum; };
  std::int64_t left = amount;
  for (std::size_t i = 0; i < of.size(); ++i) {
    out[i] = static_cast<std::int64_t>(wide{amount} * of[i] / sum);
    left -= out[i];
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rest(a) > rest(b); });
  for (std::size_t i = 0; left > 0; ++i, --left) ++out[order[i]];
  return out;
}

std::vector<share> accounted(const std::vector<shared_thing>& things,
                             const std::map<std::string, volume>& month) {
  std::vector<share> out;
  for (const auto& t : things) {
    std::vector<std::string> who;
    std::vector<std::int64_t> passed;
    for (const auto& [member, v] : month) {
      if (!t.members.empty() && std::ranges::find(t.members, member) == t.members.end()) continue;
      who.push_back(member);
      passed.push_back(t.circuit ? v.octets : v.calls);
    }
    const std::int64_t fixed = t.cost * t.fixed / 100;
    const auto equal = split(fixed, std::vector<std::int64_t>(who.size(), 1));
    const auto by = split(t.cost - fixed, passed);
    for (std::size_t i = 0; i < who.size(); ++i) out.push_back({t.id, who[i], equal[i], by[i]});
  }
  return out;
}

}  // namespace madang::network
