#include "calendar.hpp"

namespace madang::first_street {
namespace {

std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') out += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t') out += c;
  }
  return out;
}

void line(std::string& out, std::string_view said) {
  constexpr std::size_t most = 75;
  std::size_t room = most;
  while (said.size() > room) {
    std::size_t cut = room;
    // Never within a character: octets 10xxxxxx go on one that has begun.
    while (cut > 0 && (static_cast<unsigned char>(said[cut]) & 0xC0) == 0x80) --cut;
    out += said.substr(0, cut);
    out += "\r\n ";
    said.remove_prefix(cut);
    room = most - 1;
  }
  out += said;
  out += "\r\n";
}

std::string day(date d) { return text::replace_all(d.str(), "-", ""); }

std::string moment(instant t) {
  const auto c = in_zone(t, "UTC");
  return day(c.date) + fmt::format("T{:02}{:02}{:02}Z", c.hour, c.minute, c.second);
}

}  // namespace

std::string icalendar(const std::string& name, const std::vector<happening>& all, instant made) {
  std::string out;
  line(out, "BEGIN:VCALENDAR");
  line(out, "VERSION:2.0");
  line(out, "PRODID:-//Madang//1st Street//EN");
  line(out, "CALSCALE:GREGORIAN");
  line(out, "METHOD:PUBLISH");
  line(out, "X-WR-CALNAME:" + escaped(name));
  for (const auto& h : all) {
    line(out, "BEGIN:VEVENT");
    line(out, "UID:" + escaped(h.uid));
    line(out, "DTSTAMP:" + moment(made));
    if (h.day) line(out, "DTSTART;VALUE=DATE:" + day(*h.day));
    else line(out, "DTSTART:" + moment(h.begins));
    line(out, "SUMMARY:" + escaped(h.title));
    if (!h.place.empty()) line(out, "LOCATION:" + escaped(h.place));
    if (!h.about.empty()) line(out, "DESCRIPTION:" + escaped(h.about));
    if (!h.address.empty()) line(out, "URL:" + h.address);
    line(out, "END:VEVENT");
  }
  line(out, "END:VCALENDAR");
  return out;
}

}  // namespace madang::first_street
