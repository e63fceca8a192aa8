#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"

// iCalendar (RFC 5545): what calendars of people read.
namespace madang::first_street {

struct happening {
  std::string uid;                 // stays for ever
  std::string title, place, about, address;
  instant begins;
  std::optional<date> day;         // a whole day instead of a moment
  std::string what;                // forum, activity, vote: kind, for the page
};

// text/calendar, lines folded at 75 octets between characters (section 3.1), text escaped (section
// 3.3.11), times in UTC (form 2). `made` is the DTSTAMP.
std::string icalendar(const std::string& name, const std::vector<happening>& all, instant made);

}  // namespace madang::first_street
