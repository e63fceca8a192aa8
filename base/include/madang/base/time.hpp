#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// Two notions that must not be mixed: an instant (a point on the world's clock) and a date (a
// square on a nation's calendar). Law counts in dates, machines record in instants.
namespace madang {

// Microseconds since 1970-01-01T00:00:00Z.
struct instant {
  std::int64_t micros = 0;

  auto operator<=>(const instant&) const = default;
  instant plus(std::chrono::microseconds d) const { return {micros + d.count()}; }
  // RFC 3339 in UTC with milliseconds: 2026-11-23T01:42:07.123Z
  std::string str() const;
  static std::optional<instant> parse(std::string_view rfc3339);
};

// The end of all times: "still so".
inline constexpr instant forever{9'000'000'000'000'000'000};

instant now();
// Tests and simulations may put their own clock in; an empty function restores the real one.
void set_clock(std::function<instant()> clock);

// Proleptic Gregorian date, as days since 1970-01-01.
struct date {
  std::int32_t days = 0;

  auto operator<=>(const date&) const = default;
  date plus(int n) const { return {days + n}; }
  int operator-(date other) const { return days - other.days; }
  int year() const;
  unsigned month() const;  // 1..12
  unsigned day() const;    // 1..31
  unsigned weekday() const;  // 0 Sunday .. 6 Saturday
  std::string str() const;   // ISO 8601: 2026-11-23
  static std::optional<date> of(int year, int month, int day);
  static std::optional<date> parse(std::string_view iso);
};

inline constexpr date end_of_days{2'932'896};  // 9999-12-31: "until changed"

// Whole years from birth to `on`, as law counts age.
int age(date birth, date on);

// The civil time of a place. Names are those of the IANA time zone database.
struct civil {
  madang::date date;
  int hour = 0, minute = 0, second = 0;
};
// The zone of the country that is served, in which it writes and counts days. Set once, before
// anything is served; until then Asia/Seoul.
void set_home_zone(std::string_view zone);
std::string_view home_zone();

civil in_zone(instant when, std::string_view zone = home_zone());
instant from_civil(civil when, std::string_view zone = home_zone());
date today(std::string_view zone = home_zone());

// 2026-11-23 09:12 -> ko "2026년 11월 23일", en "23 November 2026"
std::string written(date d, std::string_view language);
std::string written_time(instant t, std::string_view language);   // with hours and minutes

// Working days of a nation: Saturdays, Sundays and named holidays are not counted.
class calendar {
 public:
  void add_holiday(date d, std::string name) { holidays_.emplace(d, std::move(name)); }
  bool is_working_day(date d) const;
  const std::string* holiday(date d) const;
  // The n-th working day after `from`; the first day is not counted (Civil Act art. 157). n >= 0.
  date add_working_days(date from, int n) const;
  // Working days left from `from` (not counted) to `until` (counted); negative when it has passed.
  int working_days_between(date from, date until) const;
  std::size_t size() const { return holidays_.size(); }

 private:
  std::map<date, std::string> holidays_;
};

}  // namespace madang
