// What happens when: forums, activities, the ends of votes; a month as a list, and as a file that
// calendars of people read.
#include <algorithm>

#include "channel.hpp"
#include "parts.hpp"

namespace madang::first_street {
namespace {

using namespace html;

struct happening_line {
  std::string what, title, place, href;
  std::string day, when;
};
BOOST_DESCRIBE_STRUCT(happening_line, (), (what, title, place, href, day, when))
struct month_view {
  std::string month;
  std::vector<happening_line> happenings;
};
BOOST_DESCRIBE_STRUCT(month_view, (), (month, happenings))

std::string host_of(const context& c) {
  const auto& url = c.home.chosen().public_url;
  const auto begins = url.find("://");
  return begins == url.npos ? url : url.substr(begins + 3);
}

std::string path_of(const context& c, const happening& h) {
  const auto& base = c.home.chosen().public_url;
  return h.address.starts_with(base) ? h.address.substr(base.size()) : h.address;
}

std::vector<happening> between(const context& c, street& s, const channel& ch, date from,
                               date until) {
  const std::string zone = c.home.pack().zone(), base = c.home.chosen().public_url;
  const instant begins = from_civil({from, 0, 0, 0}, zone),
                ends = from_civil({until, 0, 0, 0}, zone);
  std::vector<happening> out;
  for (const auto& p : s.plans_between(begins, ends)) out.push_back(happening_of(c, p));
  for (const auto& a : s.activities_between(from, until))
    out.push_back({"activity-" + a.key.str() + "@" + host_of(c), a.title, a.place, a.team,
                   base + "/activities/" + a.number, from_civil({a.held, 0, 0, 0}, zone), a.held,
                   "activity"});
  for (const auto& p : ch.ending(begins, ends))
    out.push_back({"vote-" + http::percent_encode(p.site + p.id) + "@" + host_of(c),
                   p.title,
                   {},
                   p.summary,
                   base + p.href,
                   p.ends,
                   {},
                   "vote"});
  std::ranges::stable_sort(out, {}, &happening::begins);
  return out;
}

// The first of the month that was asked for, else of this one.
date month_asked(const context& c) {
  const std::string asked(c.request.param("month"));
  const auto found = asked.size() == 7 ? date::parse(asked + "-01") : std::optional<date>();
  const date now = today(c.home.pack().zone());
  if (found && found->year() >= 2000 && found->year() < 2100) return *found;
  return *date::of(now.year(), static_cast<int>(now.month()), 1);
}

date month_after(date first, int months) {
  const int n = first.year() * 12 + static_cast<int>(first.month()) - 1 + months;
  return *date::of(n / 12, n % 12 + 1, 1);
}

http::response month(context& c, street& s, const channel& ch) {
  const date first = month_asked(c), next = month_after(first, 1), before = month_after(first, -1);
  const std::string zone = c.home.pack().zone();
  month_view v{first.str().substr(0, 7), {}};
  for (const auto& h : between(c, s, ch, first, next))
    v.happenings.push_back({h.what, h.title, h.place, path_of(c, h),
                            in_zone(h.begins, zone).date.str(),
                            h.day ? c.written(*h.day) : c.written(h.begins)});
  return c.show(v, [&] {
    const std::string at = "/first-street/calendar?month=";
    const std::string name =
        c.fill("first_street.month",
               {{"year", std::to_string(first.year())}, {"month", std::to_string(first.month())}});
    std::vector<todo> lines;
    for (const auto& h : v.happenings)
      lines.push_back({badge(h.what == "forum" ? tone::info : tone::neutral,
                             c.say("first_street.what_" + h.what)),
                       a(href(h.href), h.title),
                       h.place.empty() ? h.when : h.when + " · " + h.place,
                       {}});
    return c.page(
        c.say("first_street.calendar"), {home_link(c)},
        all(h1(c.say("first_street.calendar")), lead(c.say("first_street.calendar_lead")),
            filters(
                c.say("first_street.months"),
                {{at + before.str().substr(0, 7), std::string(c.say("first_street.before")), false},
                 {at + v.month, name, true},
                 {at + next.str().substr(0, 7), std::string(c.say("first_street.after")), false}}),
            h2(name),
            lines.empty() ? empty_state("calendar", c.say("first_street.nothing"))
                          : todo_list(lines),
            p(a(href("/first-street/calendar.ics"), c.say("first_street.ics")))));
  });
}

}  // namespace

happening happening_of(const context& c, const plan& p) {
  return {"forum-" + p.key.str() + "@" + host_of(c),          p.title,  p.place, p.body,
          c.home.chosen().public_url + "/forums/" + p.number, p.begins, {},      "forum"};
}

http::response calendar_file(const std::string& name, const std::vector<happening>& all) {
  auto r = http::text_response(200, icalendar(name, all, now()), "text/calendar; charset=utf-8");
  r.with("Content-Disposition", "attachment; filename=\"calendar.ics\"");
  return r;
}

void calendar_pages(const shared_street& s, const std::shared_ptr<channel>& ch) {
  auto& h = s->home();
  h.page("GET", "/first-street/calendar", needs::nobody,
         [s, ch](context& c) { return month(c, *s, *ch); });
  // Three months back and a year ahead.
  h.page("GET", "/first-street/calendar.ics", needs::nobody, [s, ch](context& c) {
    const date now = today(c.home.pack().zone());
    return calendar_file(std::string(c.say("first_street.title")),
                         between(c, *s, *ch, now.plus(-92), now.plus(366)));
  });
}

}  // namespace madang::first_street
