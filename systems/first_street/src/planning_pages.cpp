// The planning group: members say which proposals a forum should be about, and join by invitation.
#include <algorithm>

#include "parts.hpp"

namespace madang::first_street {

using namespace html;

std::vector<candidate> candidates(const context& c, street& s) {
  std::vector<candidate> out;
  const auto said = c.home.hub().ask("talk.lately", s.why(c), json::object{{"limit", 100}});
  if (!said) return out;
  for (const auto& one : json::at(*said, "items").as_array()) {
    const std::string href(json::str(one, "href"));
    out.push_back({href, std::string(json::str(one, "title")),
                   json::words_of(json::at(one, "stage_name"))(c.language), json::num(one, "count"),
                   s.wishes(href), s.wished(href, c.actor.person)});
  }
  std::ranges::stable_sort(out, [](const candidate& a, const candidate& b) {
    return std::pair(a.wishes, a.likes) > std::pair(b.wishes, b.likes);
  });
  return out;
}

namespace {

struct planning_view {
  std::vector<candidate> candidates;
};
BOOST_DESCRIBE_STRUCT(planning_view, (), (candidates))

http::response planning(context& c, street& s) {
  if (!s.plans(c)) return c.refuse(refuse(kind::forbidden, "forum.not_planner"));
  const planning_view v{candidates(c, s)};
  return c.show(v, [&] {
    std::vector<node> lines;
    for (const auto& one : v.candidates)
      lines.push_back(
          li(cls("service-line"), h2(cls("h3"), a(href(one.href), one.title)),
             p(badge(tone::info, one.stage), " ",
               span(cls("note"), c.fill("talk.counted", {{"n", text::grouped(one.likes)}}), " · ",
                    c.fill("forums.wishes", {{"n", text::grouped(one.wishes)}}))),
             post_button(c.shell(), "/forums/planning",
                         c.say(one.mine ? "forums.unwish" : "forums.wish"),
                         one.mine ? look::quiet : look::secondary,
                         {{"href", one.href}, {"on", one.mine ? "no" : "yes"}})));
    return c.page(c.say("forums.planning"),
                  {home_link(c), {"/forums", std::string(c.say("forums.title"))}},
                  all(h1(c.say("forums.planning")), lead(c.say("forums.planning_lead")),
                      lines.empty() ? empty_state("document", c.say("forums.no_candidates"))
                                    : ul(cls("service-list"), lines)),
                  {.noindex = true});
  });
}

http::response wish(context& c, street& s) {
  if (!s.plans(c)) return c.refuse(refuse(kind::forbidden, "forum.not_planner"));
  const auto all = candidates(c, s);
  const std::string href(c.field("href"));
  if (std::ranges::find(all, href, &candidate::href) == all.end())
    return c.refuse(refuse(kind::not_found, "forum.unknown", "href"));
  s.wish(s.why(c), href, c.field("on") == "yes");
  return c.go("/forums/planning");
}

http::response invited(context& c, street& s) {
  const auto found = s.group().look(c.request.capture("token"), now());
  if (!found || found->circle != planning_group)
    return c.refuse(refuse(kind::not_found, "circle.invitation"));
  return c.page(c.say("forums.join"), {home_link(c)},
                all(h1(c.say("forums.join")), lead(c.say("forums.join_lead")),
                    p(c.say("circle.kind_" + found->kind)),
                    post_button(c.shell(), c.request.path, c.say("forums.join_yes"))),
                {.noindex = true});
}

http::response join_group(context& c, street& s) {
  const auto found = s.group().look(c.request.capture("token"), now());
  if (!found || found->circle != planning_group)
    return c.refuse(refuse(kind::not_found, "circle.invitation"));
  const auto joined = s.group().accept(s.why(c), c.request.capture("token"), false, now());
  if (!joined) return c.refuse(joined.why());
  return c.go("/forums/planning");
}

}  // namespace

void planning_pages(const shared_street& s) {
  auto& h = s->home();
  h.page("GET", "/forums/planning", needs::sign_in, [s](context& c) { return planning(c, *s); });
  h.page("POST", "/forums/planning", needs::sign_in, [s](context& c) { return wish(c, *s); });
  h.page("GET", "/forums/join/{token}", needs::sign_in, [s](context& c) { return invited(c, *s); });
  h.page("POST", "/forums/join/{token}", needs::sign_in,
         [s](context& c) { return join_group(c, *s); });
}

}  // namespace madang::first_street
