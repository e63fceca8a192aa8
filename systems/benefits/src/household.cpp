#include "household.hpp"

#include <algorithm>
#include <array>

namespace madang::benefits {
namespace {

constexpr std::array<std::string_view, 5> works = {"", "employee", "self_employed", "lost_job",
                                                   "none"};
constexpr std::array<std::string_view, 3> disabilities = {"none", "mild", "severe"};
constexpr std::array<std::string_view, 3> studies = {"none", "school", "university"};
constexpr int child_until = 18;    // Single-Parent Family Support Act art. 4 no. 5: below 18

template <class Enum, std::size_t N>
Enum code_in(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  return static_cast<Enum>(found == names.end() ? 0 : found - names.begin());
}

kinship kinship_of(std::string_view relation) {
  if (relation == "head") return kinship::head;
  if (relation == "spouse") return kinship::spouse;
  if (relation == "child") return kinship::child;
  if (relation == "father" || relation == "mother") return kinship::parent;
  return kinship::other;
}

std::int64_t number_in(const registers::record& r, const char* item) {
  const auto found = r.items.find(item);
  return found != r.items.end() && found->value().is_int64() ? found->value().get_int64() : 0;
}

void add_record(member& m, const registers::record& r) {
  m.work = code_in<benefits::work>(works, r.text("work"));
  m.disability = code_in<benefits::disability>(disabilities, r.text("disability"));
  m.study = code_in<study>(studies, r.text("student"));
  m.insured_months = number_in(r, "insured_months");
  m.wage = number_in(r, "monthly_wage");
  m.other = number_in(r, "other_income");
  m.property = number_in(r, "property_income");
  m.rent = number_in(r, "monthly_rent");
}

}  // namespace

const std::vector<std::string> person_items = {"born", "sex", "relation", "household"};
const std::vector<std::string> circumstance_items = {
    "work",         "disability",      "student",     "insured_months", "monthly_wage",
    "other_income", "property_income", "monthly_rent"};

member member_of(const store::row& row) {
  member m;
  m.key = id{row.integer(0)};
  m.born.days = static_cast<std::int32_t>(row.integer(1));
  m.female = row.text(2) == "f";
  m.is = kinship_of(row.text(3));
  return m;
}

void add_circumstances(member& m, const store::row& row) {
  m.work = code_in<benefits::work>(works, row.text(1));
  m.disability = code_in<benefits::disability>(disabilities, row.text(2));
  m.study = code_in<study>(studies, row.text(3));
  std::int64_t* numbers[] = {&m.insured_months, &m.wage, &m.other, &m.property, &m.rent};
  int column = 4;
  for (auto* n : numbers) {
    *n = row.is_null(column) ? 0 : row.integer(column);
    ++column;
  }
}

result<household> look_up(platform::house& house, const audit::access& why, id person,
                          registers::moment when) {
  auto* residents = house.hub().registry_of("persons");
  if (!residents) return refuse(kind::not_found, "register.unknown");
  auto me = residents->get(why, "persons", person.str(), when, person_items);
  if (!me) return me.why();
  auto together = residents->find(why, "persons", "household", me->text("household"), when,
                                  person_items);
  if (!together) return together.why();
  auto* circumstances = house.hub().registry_of("circumstances");
  household out;
  for (const auto& one : *together) {
    member m;
    m.key = id::parse(one.key).value_or(id{});
    m.born = date::parse(one.text("born")).value_or(date{});
    m.female = one.text("sex") == "f";
    m.is = kinship_of(one.text("relation"));
    if (circumstances)
      if (auto known = circumstances->get(why, "circumstances", one.key, when, circumstance_items))
        add_record(m, *known);
    out.push_back(m);
  }
  return out;
}

const std::vector<std::string>& fact_names() {
  static const std::vector<std::string> names = {
      "age",     "sex",      "household size",  "married",        "children", "single parent",
      "with parents",    "monthly income",  "yearly earnings", "earners",  "monthly rent",
      "disability", "student", "work", "insured months", "monthly wage"};
  return names;
}

fact_codes::fact_codes() {
  for (const auto code : benefits::works)
    works.push_back(code.empty() ? rules::value() : rules::value(code));
  for (const auto code : benefits::disabilities) disabilities.emplace_back(code);
  for (const auto code : benefits::studies) studies.emplace_back(code);
  for (const char* code : {"none", "one", "two"}) earners.emplace_back(code);
  for (const char* code : {"m", "f"}) sexes.emplace_back(code);
}

void facts_of(const household& all, std::size_t who, date day, const fact_codes& codes,
              std::vector<rules::value>& out) {
  const member& me = all[who];
  const bool couple = me.is == kinship::head || me.is == kinship::spouse;
  const member* spouse = nullptr;
  std::vector<rules::value> children;
  bool minors = false;
  std::int64_t income = 0, rent = 0;
  for (const auto& one : all) {
    const int years = age(one.born, day);
    if (couple && &one != &me && (one.is == kinship::head || one.is == kinship::spouse))
      spouse = &one;
    if (couple && one.is == kinship::child) {
      children.emplace_back(years);
      minors = minors || years < child_until;
    }
    income += one.earned() + one.other + one.property;
    rent = std::max(rent, one.rent);
  }
  const std::int64_t earned = me.earned() + (spouse ? spouse->earned() : 0);
  const std::size_t earners = (me.earned() > 0) + (spouse && spouse->earned() > 0);
  const bool own_parents = std::ranges::any_of(
      all, [](const member& m) { return m.is == kinship::parent; });
  const auto code = [](const std::vector<rules::value>& of, auto i) {
    return of[static_cast<std::size_t>(i)];
  };
  out.clear();
  out.emplace_back(age(me.born, day));
  out.push_back(code(codes.sexes, me.female));
  out.emplace_back(static_cast<std::int64_t>(all.size()));
  out.emplace_back(spouse != nullptr);
  out.push_back(rules::value::list(std::move(children)));
  out.emplace_back(minors && !spouse);
  out.emplace_back(me.is == kinship::child || (me.is == kinship::head && own_parents));
  out.emplace_back(income);
  out.emplace_back(earned * 12);
  out.push_back(code(codes.earners, earners));
  out.emplace_back(rent);
  out.push_back(code(codes.disabilities, me.disability));
  out.push_back(code(codes.studies, me.study));
  out.push_back(code(codes.works, me.work));
  const bool known = me.work != work::unknown;
  out.push_back(known ? rules::value(me.insured_months) : rules::value());
  out.push_back(known ? rules::value(me.wage) : rules::value());
}

}  // namespace madang::benefits
