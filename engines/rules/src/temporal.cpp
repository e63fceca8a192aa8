#include "madang/rules/temporal.hpp"

#include <date/tz.h>

#include <charconv>
#include <fstream>
#include <map>
#include <mutex>

namespace madang::rules {

class named_zone {
 public:
  named_zone(const ::date::time_zone* z, std::string n) : zone(z), name(std::move(n)) {}
  const ::date::time_zone* zone;
  std::string name;
};

namespace {

constexpr std::int64_t furthest_year = 999'999'999;

constexpr bool is_leap(std::int64_t y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}

// Digits at the front of s, at least `least` and at most `most`; none: there are not.
std::optional<std::int64_t> digits(std::string_view& s, std::size_t least, std::size_t most) {
  std::size_t n = 0;
  std::int64_t v = 0;
  while (n < s.size() && n < most && s[n] >= '0' && s[n] <= '9') v = v * 10 + (s[n++] - '0');
  if (n < least) return {};
  s.remove_prefix(n);
  return v;
}

bool take(std::string_view& s, char c) {
  if (!s.starts_with(c)) return false;
  s.remove_prefix(1);
  return true;
}

std::string two(std::int64_t n) {
  return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

std::optional<calendar_date> take_date(std::string_view& s) {
  const bool before_zero = take(s, '-');
  const std::string_view begins = s;
  auto year = digits(s, 4, 9);
  // More than four digits do not begin with zero (XML Schema 3.3.9).
  if (!year || (begins.size() - s.size() > 4 && begins.front() == '0')) return {};
  if (!take(s, '-')) return {};
  auto month = digits(s, 2, 2);
  if (!month || !take(s, '-')) return {};
  auto day = digits(s, 2, 2);
  if (!day) return {};
  return calendar_date::of(before_zero ? -*year : *year, *month, *day);
}

std::optional<zone> take_zone(std::string_view& s) {
  if (s.empty()) return zone{};
  if (take(s, 'Z') || take(s, 'z')) return s.empty() ? std::optional(zone::utc()) : std::nullopt;
  if (take(s, '@')) {
    const named_zone* z = find_zone(s);
    if (!z) return {};
    s = {};
    return zone{zone::how::named, 0, z};
  }
  const bool west = s.starts_with('-');
  if (!west && !s.starts_with('+')) return {};
  s.remove_prefix(1);
  auto hours = digits(s, 2, 2);
  if (!hours || !take(s, ':')) return {};
  auto minutes = digits(s, 2, 2);
  if (!minutes) return {};
  std::int64_t seconds = 0;
  if (take(s, ':')) {
    auto given = digits(s, 2, 2);
    if (!given) return {};
    seconds = *given;
  }
  if (!s.empty() || *hours > 18 || *minutes > 59 || seconds > 59) return {};
  const std::int64_t all = *hours * 3600 + *minutes * 60 + seconds;
  if (all > 18 * 3600) return {};
  return zone{zone::how::offset, static_cast<std::int32_t>(west ? -all : all), nullptr};
}

// "24:00:00" gives a whole day of nanoseconds.
std::optional<clock_time> take_time(std::string_view& s) {
  auto hour = digits(s, 2, 2);
  if (!hour || !take(s, ':')) return {};
  auto minute = digits(s, 2, 2);
  if (!minute || !take(s, ':')) return {};
  auto second = digits(s, 2, 2);
  if (!second) return {};
  std::int64_t fraction = 0;
  if (take(s, '.')) {
    std::int64_t unit = nanos_of_second;
    bool any = false;
    while (!s.empty() && s.front() >= '0' && s.front() <= '9') {
      any = true;
      unit /= 10;
      fraction += unit * (s.front() - '0');
      s.remove_prefix(1);
    }
    if (!any) return {};
  }
  const bool midnight = *hour == 24 && *minute == 0 && *second == 0 && fraction == 0;
  if ((*hour > 23 && !midnight) || *minute > 59 || *second > 59) return {};
  auto where = take_zone(s);
  if (!where) return {};
  return clock_time{((*hour * 60 + *minute) * 60 + *second) * nanos_of_second + fraction, *where};
}

std::string fraction_text(std::int64_t nanos) {
  if (nanos == 0) return {};
  std::string out = std::to_string(nanos);
  out.insert(0, 9 - out.size(), '0');
  while (out.back() == '0') out.pop_back();
  return "." + out;
}

}  // namespace

// ---- dates ----

int days_in_month(std::int64_t year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years.
std::int64_t calendar_date::days() const {
  const std::int64_t y = month <= 2 ? std::int64_t(year) - 1 : year;
  const std::int64_t era = floor_div(y, 400), of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

std::optional<calendar_date> calendar_date::of_days(std::int64_t days) {
  const std::int64_t z = days + 719'468;
  const std::int64_t era = floor_div(z, 146'097), of_era = z - era * 146'097;
  const std::int64_t y = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
  const std::int64_t m = (5 * of_year + 2) / 153;
  const std::int64_t month = m < 10 ? m + 3 : m - 9;
  const std::int64_t year = y + era * 400 + (month <= 2);
  if (year > furthest_year || year < -furthest_year) return {};
  return calendar_date{static_cast<std::int32_t>(year), static_cast<std::uint8_t>(month),
                       static_cast<std::uint8_t>(of_year - (153 * m + 2) / 5 + 1)};
}

std::optional<calendar_date> calendar_date::of(std::int64_t year, std::int64_t month,
                                               std::int64_t day) {
  if (year > furthest_year || year < -furthest_year || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, static_cast<int>(month)))
    return {};
  return calendar_date{static_cast<std::int32_t>(year), static_cast<std::uint8_t>(month),
                       static_cast<std::uint8_t>(day)};
}

std::optional<calendar_date> calendar_date::parse(std::string_view s) {
  auto out = take_date(s);
  return out && s.empty() ? out : std::nullopt;
}

std::string calendar_date::str() const {
  std::string y = std::to_string(year < 0 ? -std::int64_t(year) : year);
  if (y.size() < 4) y.insert(0, 4 - y.size(), '0');
  return (year < 0 ? "-" : "") + y + "-" + two(month) + "-" + two(day);
}

std::optional<calendar_date> calendar_date::plus_months(std::int64_t months, bool* moved) const {
  constexpr std::int64_t most = 2 * 12 * (furthest_year + 1);
  if (months > most || months < -most) return {};
  const std::int64_t all = std::int64_t(year) * 12 + (month - 1) + months;
  const std::int64_t y = floor_div(all, 12);
  const int m = static_cast<int>(all - y * 12) + 1;
  if (y > furthest_year || y < -furthest_year) return {};
  const int last = days_in_month(y, m);
  if (moved) *moved = day > last;
  return of(y, m, std::min<int>(day, last));
}

int calendar_date::weekday() const {
  const std::int64_t d = days() + 3;                  // 1970-01-01 was a Thursday
  return static_cast<int>(d - floor_div(d, 7) * 7) + 1;
}

int calendar_date::day_of_year() const {
  return static_cast<int>(days() - calendar_date{year, 1, 1}.days()) + 1;
}

// The week of a day is the week of its Thursday.
int calendar_date::week_of_year() const {
  const auto thursday = of_days(days() + 4 - weekday());
  return thursday ? (thursday->day_of_year() - 1) / 7 + 1 : 0;
}

// ---- zones ----

const named_zone* find_zone(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, named_zone, std::less<>> known;
  if (name.empty() || name.size() > 64) return nullptr;
  std::lock_guard hold(mutex);
  if (auto found = known.find(name); found != known.end()) return &found->second;
  try {
    const auto* z = ::date::locate_zone(std::string(name));
    return &known.emplace(std::string(name), named_zone(z, std::string(name))).first->second;
  } catch (const std::exception&) {
    return nullptr;
  }
}

const std::string& name_of(const named_zone& z) { return z.name; }

const std::string& zone_data_version() {
  static const std::string version = [] {
    // Debian's library reads the system's zones and does not know their release; the source that
    // lies beside them begins with "# version 2026f".
    std::string mark, word, release;
    std::ifstream("/usr/share/zoneinfo/tzdata.zi") >> mark >> word >> release;
    return word == "version" ? release : std::string("unknown");
  }();
  return version;
}

namespace {

// Offsets of years that the database's clock cannot hold are those of the nearest year it can.
std::int32_t offset_of_local(const named_zone& z, std::int64_t local_seconds) {
  constexpr std::int64_t most = 200'000'000'000;      // about the year 8300
  const ::date::local_seconds at{std::chrono::seconds(std::clamp(local_seconds, -most, most))};
  return static_cast<std::int32_t>(z.zone->get_info(at).first.offset.count());
}

std::int32_t offset_of_utc(const named_zone& z, std::int64_t seconds) {
  constexpr std::int64_t most = 200'000'000'000;
  const ::date::sys_seconds at{std::chrono::seconds(std::clamp(seconds, -most, most))};
  return static_cast<std::int32_t>(z.zone->get_info(at).offset.count());
}

}  // namespace

std::string zone::str() const {
  if (kind == how::none) return {};
  if (kind == how::named) return "@" + name_of(*name);
  if (seconds == 0) return "Z";
  const int all = std::abs(seconds);
  std::string out = (seconds < 0 ? "-" : "+") + two(all / 3600) + ":" + two(all / 60 % 60);
  return all % 60 ? out + ":" + two(all % 60) : out;
}

// ---- times ----

std::optional<clock_time> clock_time::parse(std::string_view s) {
  if (s.starts_with('T')) s.remove_prefix(1);
  auto out = take_time(s);
  return out && s.empty() && out->nanos < nanos_of_day ? out : std::nullopt;
}

std::string clock_time::str() const {
  return two(hour()) + ":" + two(minute()) + ":" + two(second()) +
         fraction_text(nanos % nanos_of_second) + where.str();
}

std::optional<std::int32_t> clock_time::offset() const {
  if (where.kind == zone::how::offset) return where.seconds;
  return {};
}

// ---- dates with times ----

std::optional<date_time> date_time::parse(std::string_view s) {
  auto date = take_date(s);
  if (!date) return {};
  if (s.empty()) return date_time{*date, {}};
  if (!take(s, 'T')) return {};
  auto time = take_time(s);
  if (!time || !s.empty()) return {};
  date_time out{*date, *time};
  if (out.time.nanos < nanos_of_day) return out;
  auto next = calendar_date::of_days(date->days() + 1);
  if (!next) return {};
  out.date = *next;
  out.time.nanos = 0;
  return out;
}

std::string date_time::str() const { return date.str() + "T" + time.str(); }

std::optional<std::int32_t> date_time::offset() const {
  if (time.where.kind == zone::how::named)
    return offset_of_local(*time.where.name,
                           date.days() * seconds_of_day + time.nanos / nanos_of_second);
  return time.offset();
}

int128 date_time::instant() const {
  return static_cast<int128>(date.days()) * nanos_of_day + time.nanos -
         static_cast<int128>(offset().value_or(0)) * nanos_of_second;
}

std::optional<date_time> date_time::of_instant(int128 nanos, const zone& in) {
  int128 local = nanos;
  const auto floor_of = [](int128 a, std::int64_t b) {
    return static_cast<std::int64_t>(a / b - (a % b < 0));
  };
  if (nanos / nanos_of_day > 400'000'000'000 || nanos / nanos_of_day < -400'000'000'000) return {};
  if (in.kind == zone::how::offset) local += static_cast<int128>(in.seconds) * nanos_of_second;
  if (in.kind == zone::how::named)
    local += static_cast<int128>(offset_of_utc(*in.name, floor_of(nanos, nanos_of_second))) *
             nanos_of_second;
  const std::int64_t day = floor_of(local, nanos_of_day);
  auto date = calendar_date::of_days(day);
  if (!date) return {};
  return date_time{
      *date,
      {static_cast<std::int64_t>(local - static_cast<int128>(day) * nanos_of_day), in}};
}

std::optional<date_time> date_time::plus(int128 nanos) const {
  return of_instant(instant() + nanos, time.where);
}

// ---- durations ----

std::optional<std::int64_t> parse_months(std::string_view s) {
  const bool minus = take(s, '-');
  if (!take(s, 'P') || s.empty()) return {};
  std::int64_t all = 0;
  for (const auto& [letter, factor] : {std::pair('Y', 12), std::pair('M', 1)}) {
    std::string_view rest = s;
    auto n = digits(rest, 1, 17);
    if (!n || !take(rest, letter)) continue;
    all += *n * factor;
    s = rest;
  }
  if (!s.empty()) return {};
  return minus ? -all : all;
}

std::optional<int128> parse_duration(std::string_view s) {
  const bool minus = take(s, '-');
  if (!take(s, 'P') || s.empty()) return {};
  int128 all = 0;
  bool any = false;
  const auto part = [&](char letter, std::int64_t seconds) {
    std::string_view rest = s;
    auto n = digits(rest, 1, 18);
    if (!n || !take(rest, letter)) return;
    all += static_cast<int128>(*n) * seconds * nanos_of_second;
    any = true;
    s = rest;
  };
  part('D', seconds_of_day);
  if (take(s, 'T')) {
    if (s.empty()) return {};
    part('H', 3600);
    part('M', 60);
    if (!s.empty()) {
      auto n = digits(s, 1, 18);
      if (!n) return {};
      std::int64_t fraction = 0, unit = nanos_of_second;
      if (take(s, '.')) {
        while (!s.empty() && s.front() >= '0' && s.front() <= '9') {
          unit /= 10;
          fraction += unit * (s.front() - '0');
          s.remove_prefix(1);
        }
      }
      if (!take(s, 'S')) return {};
      all += static_cast<int128>(*n) * nanos_of_second + fraction;
      any = true;
    }
  }
  if (!s.empty() || !any) return {};
  return minus ? -all : all;
}

std::string months_text(std::int64_t months) {
  if (months == 0) return "P0M";
  std::string out = months < 0 ? "-P" : "P";
  const std::uint64_t all = months < 0 ? 0 - static_cast<std::uint64_t>(months)
                                       : static_cast<std::uint64_t>(months);
  if (all / 12) out += std::to_string(all / 12) + "Y";
  if (all % 12) out += std::to_string(all % 12) + "M";
  return out;
}

std::string duration_text(int128 nanos) {
  if (nanos == 0) return "PT0S";
  std::string out = nanos < 0 ? "-P" : "P";
  if (nanos < 0) nanos = -nanos;
  const auto days = static_cast<std::int64_t>(nanos / nanos_of_day);
  const auto rest = static_cast<std::int64_t>(nanos % nanos_of_day);
  if (days) out += std::to_string(days) + "D";
  if (rest == 0) return out;
  out += "T";
  const std::int64_t seconds = rest / nanos_of_second;
  if (seconds / 3600) out += std::to_string(seconds / 3600) + "H";
  if (seconds / 60 % 60) out += std::to_string(seconds / 60 % 60) + "M";
  if (seconds % 60 || rest % nanos_of_second)
    out += std::to_string(seconds % 60) + fraction_text(rest % nanos_of_second) + "S";
  return out;
}

}  // namespace madang::rules
