#include <charconv>
#include <cstdio>

#include "field_wiring.hpp"
#include "madang/base/text.hpp"
#include "madang/html/fields.hpp"

namespace madang::html {
namespace {

node one(const shell& s, const field& f, std::string_view part, const std::string& value) {
  std::string control = f.name + "_" + std::string(part);
  std::string_view most = part == "year" ? "4" : "2";
  std::string birth = f.autocomplete == "bday" ? "bday-" + std::string(part) : "";
  return div(label(for_(control), s.say("field." + std::string(part))),
             input(id_(control), name_(control), type_("text"), attr("inputmode", "numeric"),
                   attr("maxlength", most), value_(value), cls(part == "year" ? "w4" : "w2"),
                   birth.empty() ? attribute() : attr("autocomplete", birth),
                   f.error.empty() ? attribute() : aria("invalid", "true")));
}

std::optional<int> number(std::string_view s) {
  s = madang::text::trim(s);
  int n = 0;
  auto end = std::from_chars(s.data(), s.data() + s.size(), n);
  if (s.empty() || end.ec != std::errc() || end.ptr != s.data() + s.size()) return {};
  return n;
}

std::string two(unsigned n) {
  char digits[12];
  std::snprintf(digits, sizeof digits, "%02u", n);
  return digits;
}

}  // namespace

node date_field(const shell& s, const field& f, const date_parts& v) {
  node year = one(s, f, "year", v.year), month = one(s, f, "month", v.month),
       day = one(s, f, "day", v.day);
  node fields = s.language == "ko" ? all(year, month, day) : all(day, month, year);
  return detail::group(s, f, div(cls("date-parts"), fields), "date");
}

date_parts parts_of(date d) { return {std::to_string(d.year()), two(d.month()), two(d.day())}; }

std::optional<date> date_of(const date_parts& v) {
  auto year = number(v.year), month = number(v.month), day = number(v.day);
  if (!year || !month || !day || *year < 1 || *year > 9999) return {};
  if (*month < 1 || *day < 1) return {};
  return date::of(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
}

std::string date_field_id(const shell& s, std::string_view name) {
  return std::string(name) + (s.language == "ko" ? "_year" : "_day");
}

}  // namespace madang::html
