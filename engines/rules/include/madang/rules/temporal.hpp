#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "madang/base/decimal.hpp"

// Dates, times and durations as FEEL has them (DMN 1.5, 10.3.2.3.4 to 10.3.2.3.9): years of up to
// nine digits, nanoseconds, offsets to the second, zones by name; a calendar that goes back before
// its invention as XML Schema has it (proleptic Gregorian, year 0 does exist).
namespace madang::rules {

struct calendar_date {
  std::int32_t year = 0;
  std::uint8_t month = 1, day = 1;

  std::int64_t days() const;                          // since 1970-01-01
  static std::optional<calendar_date> of_days(std::int64_t days);     // none: beyond nine digits
  // None when there is no such day.
  static std::optional<calendar_date> of(std::int64_t year, std::int64_t month, std::int64_t day);
  // "2017-08-10", "-0044-03-15", "999999999-12-31"
  static std::optional<calendar_date> parse(std::string_view s);
  std::string str() const;
  // The same day so many months on; the last day of the month when there is none such. `moved`
  // is set when the day had to be changed.
  std::optional<calendar_date> plus_months(std::int64_t months, bool* moved = nullptr) const;
  int weekday() const;                                // Monday = 1
  int day_of_year() const;
  int week_of_year() const;                           // ISO 8601
  friend bool operator==(const calendar_date&, const calendar_date&) = default;
};

int days_in_month(std::int64_t year, int month);

// A zone of the IANA database; one object per name, kept for the life of the program.
class named_zone;
const named_zone* find_zone(std::string_view name);   // null when there is none
const std::string& name_of(const named_zone& z);
const std::string& zone_data_version();

// None, an offset from UTC, or a name whose offset depends on the moment.
struct zone {
  enum class how : std::uint8_t { none, offset, named } kind = how::none;
  std::int32_t seconds = 0;                           // of an offset
  const named_zone* name = nullptr;
  static zone utc() { return {how::offset, 0, nullptr}; }
  std::string str() const;                            // "", "Z", "+09:00", "@Asia/Seoul"
  friend bool operator==(const zone&, const zone&) = default;
};

constexpr std::int64_t nanos_of_second = 1'000'000'000, seconds_of_day = 86'400,
                       nanos_of_day = nanos_of_second * seconds_of_day;

struct clock_time {
  std::int64_t nanos = 0;                             // of the day
  zone where;
  // "10:20:00", "10:20:00.123Z", "10:20:00+09:00", "10:20:00@Asia/Seoul"
  static std::optional<clock_time> parse(std::string_view s);
  std::string str() const;
  int hour() const { return static_cast<int>(nanos / nanos_of_second / 3600); }
  int minute() const { return static_cast<int>(nanos / nanos_of_second / 60 % 60); }
  int second() const { return static_cast<int>(nanos / nanos_of_second % 60); }
  // A time of a named zone has none by itself.
  std::optional<std::int32_t> offset() const;
  friend bool operator==(const clock_time&, const clock_time&) = default;
};

struct date_time {
  calendar_date date;
  clock_time time;
  // A date alone is midnight of it. "24:00:00" is the midnight that follows.
  static std::optional<date_time> parse(std::string_view s);
  std::string str() const;
  std::optional<std::int32_t> offset() const;         // of that moment; none: local
  // Nanoseconds since 1970-01-01T00:00:00Z; of a local one as if it were UTC.
  int128 instant() const;
  // The same zone, `nanos` later; none: beyond nine digits of years.
  std::optional<date_time> plus(int128 nanos) const;
  static std::optional<date_time> of_instant(int128 nanos, const zone& in);
  friend bool operator==(const date_time&, const date_time&) = default;
};

// "P1Y2M" and "P1DT2H3M4.5S"; which of the two a text is follows from its letters.
std::optional<std::int64_t> parse_months(std::string_view s);
std::optional<int128> parse_duration(std::string_view s);      // nanoseconds
std::string months_text(std::int64_t months);
std::string duration_text(int128 nanos);

}  // namespace madang::rules
