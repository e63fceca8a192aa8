// The calendar (10.3.4.8), now and today (10.3.4.11), ranges from text (10.3.4.1).
#include "arguments.hpp"
#include "parser.hpp"

namespace madang::rules {
namespace {

std::optional<calendar_date> day_at(const builtin_call& c, std::size_t i) {
  const value& v = single(argument(c, i));
  if (v.is(kind::date)) return v.date();
  if (v.is(kind::date_time)) return v.moment().date;
  return {};
}

template <class F>
value of_day(builtin_call& c, F f) {
  const auto d = day_at(c, 0);
  return d ? value(f(*d)) : c.fail();
}

value day_of_year(builtin_call& c) {
  return of_day(c, [](const calendar_date& d) { return d.day_of_year(); });
}
value week_of_year(builtin_call& c) {
  return of_day(c, [](const calendar_date& d) { return d.week_of_year(); });
}
value day_of_week(builtin_call& c) {
  constexpr const char* days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                  "Friday", "Saturday", "Sunday"};
  return of_day(c, [&](const calendar_date& d) { return days[d.weekday() - 1]; });
}
value month_of_year(builtin_call& c) {
  constexpr const char* months[] = {"January",   "February", "March",    "April",
                                    "May",       "June",     "July",     "August",
                                    "September", "October",  "November", "December"};
  return of_day(c, [&](const calendar_date& d) { return months[d.month - 1]; });
}

value now_of(builtin_call& c) { return c.e.now; }
value today_of(builtin_call& c) { return c.e.now.date; }

// "[1..3]", "(< 5)": what stands in the text must be one interval of literals.
value range_from(builtin_call& c) {
  const auto* s = text_at(c, 0);
  if (!s) return c.fail();
  frame_layout layout;
  scope nothing;
  nothing.layout = &layout;
  try {
    parser p(*s, nothing);
    const node_ptr n = p.whole_expression();
    const value* v = n->constant();
    if (v && n->literal && v->is(kind::range)) {
      const range& r = v->interval();
      const bool whole = (!r.low_there || !r.low.is_null()) && (!r.high_there || !r.high.is_null());
      const bool turned = r.low_there && r.high_there && compare(r.low, r.high).value_or(0) > 0;
      if (whole && !turned) return *v;
    }
  } catch (const syntax_error&) {
    // Said below.
  }
  return c.fail("feel.range");
}

}  // namespace

void add_temporal_functions(builtin_list& l) {
  const auto add = [&](const char* name, std::vector<std::string> parameters, std::size_t required,
                       value (*run)(builtin_call&), const char* gives) {
    l.push_back(make_builtin(name, {{std::move(parameters), required, false, run}}, gives));
  };
  add("day of year", {"date"}, 1, day_of_year, "number");
  add("day of week", {"date"}, 1, day_of_week, "string");
  add("month of year", {"date"}, 1, month_of_year, "string");
  add("week of year", {"date"}, 1, week_of_year, "number");
  add("now", {}, 0, now_of, "date and time");
  l.back()->pure = false;
  add("today", {}, 0, today_of, "date");
  l.back()->pure = false;
  add("range", {"from"}, 1, range_from, "range");
}

}  // namespace madang::rules
