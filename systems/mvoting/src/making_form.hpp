#pragma once
#include "station.hpp"

// The form of a vote: what was typed, as a plan and back.
namespace madang::mvoting {

struct typed {
  std::string title, body, category, listed, kind, most, method, budget, unit, options, opens,
      closes, results, areas, age_from, age_to, sex, work, presence, latitude, longitude, radius;
  // As forms ask for them; programs may say "2026-12-01 09:00" in `opens` and `closes` at once.
  std::string opens_year, opens_month, opens_day, opens_time, closes_year, closes_month, closes_day,
      closes_time;
};
BOOST_DESCRIBE_STRUCT(typed, (),
                      (title, body, category, listed, kind, most, method, budget, unit, options,
                       opens, closes, results, areas, age_from, age_to, sex, work, presence,
                       latitude, longitude, radius, opens_year, opens_month, opens_day, opens_time,
                       closes_year, closes_month, closes_day, closes_time))

typed typed_in(const context& c);
typed typed_of(const context& c, station& s, const ask& a);
// Refusals at the field: vote.number, vote.when, vote.option_line, and those of areas_named.
// Whether it may be so is judged afterwards.
result<plan> plan_of(const context& c, const typed& t, bool poll);
std::vector<html::node> fields_of(const context& c, station& s, bool poll, const typed& t,
                                  const refusal* why);

}  // namespace madang::mvoting
