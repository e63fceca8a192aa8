// The ways in, the board over all sites, and what became of what was proposed.
#include <algorithm>

#include "channel.hpp"
#include "madang/assembly/adoption.hpp"
#include "madang/assembly/atom.hpp"
#include "parts.hpp"

namespace madang::first_street {
namespace {

using namespace html;

constexpr int lines_a_page = 20, in_feed = 50;
constexpr const char* board = "/first-street/channel";

struct post_line {
  std::string site, site_name, title, summary, href, topic;
  instant at;
};
BOOST_DESCRIBE_STRUCT(post_line, (), (site, site_name, title, summary, href, topic, at))
struct failing_line {
  std::string site, site_name, problem;
  instant since;
};
BOOST_DESCRIBE_STRUCT(failing_line, (), (site, site_name, problem, since))
struct board_view {
  std::string site, topic, query;
  std::int64_t total = 0, page = 1;
  std::vector<post_line> posts;
  std::vector<failing_line> failing;
};
BOOST_DESCRIBE_STRUCT(board_view, (), (site, topic, query, total, page, posts, failing))

http::response entrance(context& c) {
  const auto card = [&](const char* to, const char* name, const char* icon) {
    const std::string key = "first_street.to_" + std::string(name);
    return card_view{to, std::string(c.say(key)), std::string(c.say(key + "_line")), icon};
  };
  return c.page(
      c.say("first_street.title"), {},
      all(h1(c.say("first_street.title")), lead(c.say("first_street.lead")),
          cards({card("/talk", "talk", "hands"), card("/forums", "forums", "person"),
                 card(board, "channel", "globe"), card("/activities", "activities", "heart"),
                 card("/first-street/calendar", "calendar", "calendar"),
                 card("/first-street/adoption", "adoption", "scales")})),
      {.wide = true, .description = std::string(c.say("first_street.lead"))});
}

// ---- the board ----
std::string address(const board_view& v, std::string_view site, std::string_view topic) {
  return std::string(board) + "?site=" + std::string(site) + "&topic=" + std::string(topic) +
         (v.query.empty() ? "" : "&q=" + http::percent_encode(v.query));
}

std::string site_name(const context& c, const channel& ch, std::string_view site) {
  const auto* s = ch.find_site(site);
  return s ? s->name(c.language) : std::string(site);
}

board_view view_of(const context& c, const channel& ch) {
  board_view v;
  v.query = text::head(text::trim(c.request.param("q")), 100);
  if (const auto* s = ch.find_site(c.request.param("site"))) v.site = s->id;
  if (const auto* t = ch.find_topic(c.request.param("topic"))) v.topic = t->id;
  v.page = std::clamp(std::atoi(std::string(c.request.param("page")).c_str()), 1, 500);
  const auto found = ch.list(
      {v.site, v.topic, v.query, lines_a_page, static_cast<int>((v.page - 1) * lines_a_page)});
  v.total = found.total;
  for (const auto& p : found.posts)
    v.posts.push_back(
        {p.site, site_name(c, ch, p.site), p.title, p.summary, p.href, p.topic, p.at});
  for (const auto& s : ch.states())
    if (s.failing_since.micros)
      v.failing.push_back({s.id, site_name(c, ch, s.id), s.problem, s.failing_since});
  return v;
}

node failing_part(const context& c, const board_view& v) {
  std::vector<node> lines;
  for (const auto& f : v.failing)
    lines.push_back(li(c.fill(
        f.problem == "egress.refused" ? "first_street.not_connected" : "first_street.failing",
        {{"site", f.site_name}, {"since", c.written(f.since)}})));
  return lines.empty() ? node() : inset(ul(lines));
}

node choices(const context& c, const channel& ch, const board_view& v) {
  std::vector<tab> sites{
      {address(v, "", v.topic), std::string(c.say("assembly.every_category")), v.site.empty()}};
  for (const auto& s : ch.sites())
    sites.push_back({address(v, s.id, v.topic), s.name(c.language), v.site == s.id});
  std::vector<tab> topics{
      {address(v, v.site, ""), std::string(c.say("assembly.every_category")), v.topic.empty()}};
  for (const auto& t : ch.topics())
    topics.push_back({address(v, v.site, t.id), t.name(c.language), v.topic == t.id});
  return all(filters(c.say("first_street.sites"), sites),
             disclosure(v.topic.empty() ? std::string(c.say("assembly.by_category"))
                                        : ch.find_topic(v.topic)->name(c.language),
                        filters(c.say("assembly.category"), topics)));
}

http::response show_board(context& c, const channel& ch) {
  const board_view v = view_of(c, ch);
  return c.show(v, [&] {
    std::vector<node> lines;
    for (const auto& p : v.posts)
      lines.push_back(li(cls("service-line"), h2(cls("h3"), a(href(p.href), p.title)),
                         p.summary.empty() ? node() : node(html::p(p.summary)),
                         html::p(cls("note"), p.site_name, " · ", c.written(in_zone(p.at).date))));
    search_view box;
    box.action = board;
    box.value = v.query;
    box.label = c.say("first_street.search");
    box.suggest = "";
    const auto pages = static_cast<int>((v.total + lines_a_page - 1) / lines_a_page);
    return c.page(
        c.say("first_street.channel"), {home_link(c)},
        all(h1(c.say("first_street.channel")), lead(c.say("first_street.channel_lead")),
            search_box(c.shell(), box), choices(c, ch, v), failing_part(c, v),
            lines.empty() ? empty_state("search", c.say("first_street.no_posts"))
                          : ul(cls("service-list"), lines),
            pagination(c.shell(), static_cast<int>(v.page), pages,
                       address(v, v.site, v.topic) + "&page="),
            p(cls("note"), a(href(std::string(board) + ".atom"), c.say("assembly.feed")))),
        {.description = std::string(c.say("first_street.channel_lead"))});
  });
}

http::response board_feed(context& c, const channel& ch) {
  const std::string base = c.home.chosen().public_url;
  assembly::atom_feed out{
      base + board, base + board + ".atom",           std::string(c.say("first_street.channel")),
      c.language,   c.home.pack().name()(c.language), {}};
  for (const auto& p : ch.list({.limit = in_feed}).posts) {
    const std::string link = p.href.starts_with('/') ? base + p.href : p.href;
    out.entries.push_back(
        {link, p.title, link, p.at, p.at, p.site, site_name(c, ch, p.site), p.summary, {}});
  }
  return http::text_response(200, assembly::written(out), "application/atom+xml; charset=utf-8");
}

// ---- what became of it ----
// Proposals, and what forums and projects handed over, as one.
json::value adoption_said(const context& c, street& s) {
  json::array verdicts, asks;
  for (const char* place : {"talk.adoption", "handed.adoption"}) {
    const auto said = c.home.hub().ask(place, s.why(c), json::object{});
    if (!said) continue;
    if (verdicts.empty()) verdicts = json::at(*said, "verdicts").as_array();
    for (const auto& one : json::at(*said, "asks").as_array()) asks.push_back(one);
  }
  return json::object{{"verdicts", std::move(verdicts)}, {"asks", std::move(asks)}};
}

http::response adoption(context& c, street& s) {
  const auto said = adoption_said(c, s);
  if (c.request.wants_json()) return c.with_privacy(http::json_response(json::print(said)));
  return c.page(c.say("assembly.adoption"), {home_link(c)},
                all(h1(c.say("assembly.adoption")), lead(c.say("first_street.adoption_lead")),
                    assembly::adoption_table(c, assembly::adoption_of(c.home.pack(), said), said),
                    p(a(href("/first-street/adoption.csv"), c.say("assembly.adoption_csv"))),
                    assembly::adoption_reasons(c, said)),
                {.wide = true});
}

http::response adoption_file(context& c, street& s) {
  const auto said = adoption_said(c, s);
  auto r = http::text_response(
      200, assembly::adoption_csv(assembly::adoption_of(c.home.pack(), said), said),
      "text/csv; charset=utf-8");
  r.with("Content-Disposition", "attachment; filename=\"adoption.csv\"");
  return r;
}

}  // namespace

void overview_pages(const shared_street& s, const std::shared_ptr<channel>& ch) {
  auto& h = s->home();
  h.page("GET", "/first-street", needs::nobody, [](context& c) { return entrance(c); });
  h.page("GET", board, needs::nobody, [ch](context& c) { return show_board(c, *ch); });
  h.page("GET", std::string(board) + ".atom", needs::nobody,
         [ch](context& c) { return board_feed(c, *ch); });
  h.page("GET", "/first-street/adoption", needs::nobody,
         [s](context& c) { return adoption(c, *s); });
  h.page("GET", "/first-street/adoption.csv", needs::nobody,
         [s](context& c) { return adoption_file(c, *s); });
}

}  // namespace madang::first_street
