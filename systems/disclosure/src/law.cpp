#include "law.hpp"

#include <algorithm>

namespace madang::disclosure {
namespace {

constexpr const char* file = "disclosure/law.yaml";
[[noreturn]] void fail(const std::string& message) { throw packs::broken_pack({file, 0, message}); }

template <class T, class F>
std::vector<T> each(const json::value& list, F make) {
  std::vector<T> out;
  if (list.is_array())
    for (const auto& v : list.get_array()) out.push_back(make(v));
  return out;
}

template <class T>
const T* find_in(const std::vector<T>& all, std::string_view id) {
  auto found = std::ranges::find_if(all, [&](const T& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const ground* law::find_ground(std::string_view id) const { return find_in(grounds, id); }
const reduction* law::find_reduction(std::string_view id) const { return find_in(reductions, id); }
const fee_rule* law::find_fee(std::string_view form) const {
  auto found = std::ranges::find(fees, form, &fee_rule::form);
  return found == fees.end() ? nullptr : &*found;
}

law read_law(const packs::pack& pack) {
  const json::value v = pack.yaml(file);
  law l;
  l.role = json::str(v, "role");
  l.name = json::words_of(json::at(v, "name"));
  l.act = json::words_of(json::at(v, "law"));
  const json::value& days = json::at(v, "days");
  for (const auto& [name, is] :
       {std::pair("decide", &l.decide_days), std::pair("extend", &l.extend_days),
        std::pair("hear", &l.hear_days), std::pair("between", &l.between_days),
        std::pair("third_objection", &l.third_objection_days), std::pair("object", &l.object_days),
        std::pair("object_decide", &l.object_decide_days),
        std::pair("object_extend", &l.object_extend_days),
        std::pair("disclose", &l.disclose_days)}) {
    *is = static_cast<int>(json::num(days, name));
    if (*is < 1 || *is > 400) fail(std::string("days: ") + name + " is from 1 to 400");
  }
  l.committee_on_objection = json::flag(json::at(v, "committee"), "objection");
  l.committee_law = json::words_of(json::at(json::at(v, "committee"), "law"));
  l.grounds = each<ground>(json::at(v, "grounds"), [](const json::value& g) {
    return ground{std::string(json::str(g, "id")), json::words_of(json::at(g, "name")),
                  json::words_of(json::at(g, "law")), json::words_of(json::at(g, "text"))};
  });
  l.fees = each<fee_rule>(json::at(v, "fees"), [](const json::value& f) {
    return fee_rule{std::string(json::str(f, "form")),
                    json::words_of(json::at(f, "unit")),
                    json::words_of(json::at(f, "law")),
                    static_cast<int>(json::num(f, "first_units")),
                    json::num(f, "first"),
                    json::num(f, "more"),
                    static_cast<int>(json::num(f, "more_units", 1))};
  });
  l.reductions = each<reduction>(json::at(v, "reductions"), [](const json::value& r) {
    return reduction{std::string(json::str(r, "id")), json::words_of(json::at(r, "name")),
                     static_cast<int>(json::num(r, "percent"))};
  });
  if (l.role.empty() || l.name.empty() || l.act.empty()) fail("role, name and law are needed");
  if (l.grounds.empty()) fail("there are no grounds for holding back");
  for (const auto& f : l.fees)
    if (f.more_units < 1 || f.first_units < 0 || f.first < 0 || f.more < 0)
      fail("fees: " + f.form + " has figures below zero");
  for (const auto& r : l.reductions)
    if (r.percent < 0 || r.percent > 100) fail("reductions: percent is from 0 to 100");
  return l;
}

date last_of_working(const calendar& days, date first, int n) {
  return days.add_working_days(first.plus(-1), n);
}

date last_of_days(const calendar& days, date from, int n) {
  date d = from.plus(n);
  while (!days.is_working_day(d)) d = d.plus(1);
  return d;
}

fee_sum fee_of(const fee_rule& r, std::int64_t quantity, int percent) {
  if (quantity <= 0) return {};
  const std::int64_t over = std::max<std::int64_t>(0, quantity - r.first_units);
  const std::int64_t full = r.first + (over + r.more_units - 1) / r.more_units * r.more;
  const auto hundreds = [](std::int64_t won) { return won / 100 * 100; };
  return {hundreds(full), hundreds(full * (100 - percent) / 100)};
}

}  // namespace madang::disclosure
