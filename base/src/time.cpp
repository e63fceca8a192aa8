#include "madang/base/time.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <charconv>
#include <mutex>
#include <shared_mutex>

namespace madang {
namespace {

namespace chrono = std::chrono;
using ::date::days;

chrono::sys_days as_sys_days(date d) { return chrono::sys_days(chrono::days(d.days)); }
chrono::year_month_day as_ymd(date d) { return chrono::year_month_day(as_sys_days(d)); }

std::optional<int> digits(std::string_view s) {
  int value = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (error != std::errc() || end != s.data() + s.size() || s.empty() || s[0] == '-') return {};
  return value;
}

std::shared_mutex clock_mutex;
std::function<instant()> replaced_clock;
std::string zone_of_home = "Asia/Seoul";

// Looking a zone up by name takes a search; the house asks for few names, over and over.
const ::date::time_zone* zone_named(std::string_view name) {
  thread_local std::map<std::string, const ::date::time_zone*, std::less<>> known;
  auto found = known.find(name);
  if (found == known.end())
    found = known.emplace(std::string(name), ::date::locate_zone(std::string(name))).first;
  return found->second;
}

}  // namespace

std::string instant::str() const {
  civil c = in_zone(*this, "Etc/UTC");
  auto ms = ((micros % 1'000'000) + 1'000'000) % 1'000'000 / 1000;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", c.date.str(), c.hour, c.minute, c.second, ms);
}

std::optional<instant> instant::parse(std::string_view s) {
  if (s.size() < 20 || s[10] != 'T' || s[13] != ':' || s[16] != ':') return {};
  auto day = madang::date::parse(s.substr(0, 10));
  auto hour = digits(s.substr(11, 2)), minute = digits(s.substr(14, 2)),
       second = digits(s.substr(17, 2));
  if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return {};
  std::int64_t micros = 0;
  std::size_t at = 19;
  if (s[at] == '.') {
    std::int64_t unit = 100'000;
    for (++at; at < s.size() && s[at] >= '0' && s[at] <= '9'; ++at, unit /= 10)
      micros += (s[at] - '0') * unit;
  }
  std::int64_t offset = 0;
  auto zone = s.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    auto h = digits(zone.substr(1, 2)), m = digits(zone.substr(4, 2));
    if (!h || !m) return {};
    offset = (*h * 60 + *m) * 60 * (zone[0] == '-' ? -1 : 1);
  } else if (zone != "Z") {
    return {};
  }
  std::int64_t seconds = std::int64_t{day->days} * 86400 + *hour * 3600 + *minute * 60 + *second;
  return instant{(seconds - offset) * 1'000'000 + micros};
}

instant now() {
  {
    std::shared_lock lock(clock_mutex);
    if (replaced_clock) return replaced_clock();
  }
  auto since = chrono::system_clock::now().time_since_epoch();
  return {chrono::duration_cast<chrono::microseconds>(since).count()};
}

void set_clock(std::function<instant()> clock) {
  std::unique_lock lock(clock_mutex);
  replaced_clock = std::move(clock);
}

int date::year() const { return static_cast<int>(as_ymd(*this).year()); }
unsigned date::month() const { return static_cast<unsigned>(as_ymd(*this).month()); }
unsigned date::day() const { return static_cast<unsigned>(as_ymd(*this).day()); }
unsigned date::weekday() const { return chrono::weekday(as_sys_days(*this)).c_encoding(); }

std::string date::str() const {
  auto d = as_ymd(*this);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()),
                     static_cast<unsigned>(d.month()), static_cast<unsigned>(d.day()));
}

std::optional<date> date::of(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return {};
  chrono::year_month_day d{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                           chrono::day(static_cast<unsigned>(day))};
  if (!d.ok()) return {};
  return madang::date{
      static_cast<std::int32_t>(chrono::sys_days(d).time_since_epoch().count())};
}

std::optional<date> date::parse(std::string_view iso) {
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return {};
  auto y = digits(iso.substr(0, 4)), m = digits(iso.substr(5, 2)), d = digits(iso.substr(8, 2));
  if (!y || !m || !d) return {};
  return of(*y, *m, *d);
}

int age(date birth, date on) {
  int years = on.year() - birth.year();
  bool before_birthday = std::pair(on.month(), on.day()) < std::pair(birth.month(), birth.day());
  return years - (before_birthday ? 1 : 0);
}

void set_home_zone(std::string_view zone) { zone_of_home = zone; }
std::string_view home_zone() { return zone_of_home; }

civil in_zone(instant when, std::string_view zone) {
  ::date::sys_time<chrono::microseconds> t{chrono::microseconds(when.micros)};
  auto local = zone_named(zone)->to_local(t);
  auto day = ::date::floor<days>(local);
  ::date::hh_mm_ss time(::date::floor<chrono::seconds>(local - day));
  return {madang::date{static_cast<std::int32_t>(day.time_since_epoch().count())},
          static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count())};
}

instant from_civil(civil when, std::string_view zone) {
  ::date::local_time<chrono::seconds> local{
      chrono::seconds(std::int64_t{when.date.days} * 86400 + when.hour * 3600 + when.minute * 60 +
                      when.second)};
  auto t = zone_named(zone)->to_sys(local, ::date::choose::earliest);
  return {chrono::duration_cast<chrono::microseconds>(t.time_since_epoch()).count()};
}

date today(std::string_view zone) { return in_zone(now(), zone).date; }

std::string written(date d, std::string_view language) {
  static constexpr const char* months[] = {"January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December"};
  if (language == "ko") return fmt::format("{}년 {}월 {}일", d.year(), d.month(), d.day());
  return fmt::format("{} {} {}", d.day(), months[d.month() - 1], d.year());
}

std::string written_time(instant t, std::string_view language) {
  civil c = in_zone(t);
  return fmt::format("{} {:02}:{:02}", written(c.date, language), c.hour, c.minute);
}

bool calendar::is_working_day(date d) const {
  auto w = d.weekday();
  return w != 0 && w != 6 && !holidays_.count(d);
}

const std::string* calendar::holiday(date d) const {
  auto found = holidays_.find(d);
  return found == holidays_.end() ? nullptr : &found->second;
}

date calendar::add_working_days(date from, int n) const {
  while (n > 0) {
    from = from.plus(1);
    if (is_working_day(from)) --n;
  }
  return from;
}

int calendar::working_days_between(date from, date until) const {
  if (until < from) return -working_days_between(until, from);
  int n = 0;
  for (date d = from.plus(1); d <= until; d = d.plus(1)) n += is_working_day(d);
  return n;
}

}  // namespace madang
