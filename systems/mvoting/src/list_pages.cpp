// What can be voted on, what is coming, what has ended; what came of votes.
#include <algorithm>

#include "madang/html/html.hpp"
#include "results.hpp"
#include "madang/platform/easy.hpp"

namespace madang::mvoting {
namespace {

using namespace html;

constexpr int lines_a_page = 20, outcomes_shown = 200;

struct vote_line {
  std::string number, title, href, stage, stage_name, category, asker;
  instant filed;
  std::optional<instant> closes;
  std::int64_t voters = 0;
};
BOOST_DESCRIBE_STRUCT(vote_line, (),
                      (number, title, href, stage, stage_name, category, asker, filed, closes,
                       voters))
struct list_view {
  std::string shelf, of;           // open, coming, ended; agencies, citizens
  std::int64_t page = 1, total = 0;
  std::vector<vote_line> votes;
};
BOOST_DESCRIBE_STRUCT(list_view, (), (shelf, of, page, total, votes))

vote_line line_of(const context& c, station& s, const ask& a, std::int64_t voters) {
  const vote v = s.vote_of(a.key);
  const auto* k = s.rule_of(v.poll()).find_category(a.category);
  return {a.number,  a.title,  path_of(a), a.stage, s.book().stage_of(a).name(c.language),
          k ? k->name(c.language) : a.category, asker_of(c, a, v), a.filed, v.closes, voters};
}

node votes_list(const context& c, const std::vector<vote_line>& lines) {
  std::vector<todo> all;
  for (const auto& l : lines) {
    todo t;
    t.badge = badge(l.stage == "open"    ? tone::good
                    : l.stage == "ended" ? tone::neutral
                                         : tone::info,
                    l.stage_name);
    t.text = a(href(l.href), l.title);
    t.note = l.asker + " · " + l.category + " · " +
             c.fill("votes.n_joined", {{"n", text::grouped(l.voters)}});
    if (l.closes && l.stage == "open")
      t.note += " · " + c.fill("assembly.until", {{"when", c.written(*l.closes)}});
    all.push_back(std::move(t));
  }
  return todo_list(all);
}

std::string address(std::string_view shelf, std::string_view of) {
  return "/votes?shelf=" + std::string(shelf) + "&of=" + std::string(of);
}

http::response list(context& c, station& s) {
  static constexpr std::string_view shelves[] = {"open", "coming", "ended"};
  list_view v;
  v.shelf = "open";
  for (const auto one : shelves)
    if (c.request.param("shelf") == one) v.shelf = one;
  v.of = c.request.param("of") == "citizens" ? "citizens" : "agencies";
  voices::book::wanted w{.rule = s.rule_of(v.of == "citizens").id, .stages = {v.shelf}};
  v.total = s.book().count(w);
  const auto pages = static_cast<int>((v.total + lines_a_page - 1) / lines_a_page);
  v.page = std::clamp(std::atoi(std::string(c.request.param("page")).c_str()), 1,
                      std::max(pages, 1));
  w.limit = lines_a_page;
  w.skip = static_cast<int>((v.page - 1) * lines_a_page);
  const auto found = s.book().list(w);
  const auto counts = s.book().counted(found, saying::choice);
  for (const auto& a : found) v.votes.push_back(line_of(c, s, a, counts.at(a.key)));
  return c.show(v, [&] {
    std::vector<tab> of_shelf, of_whom;
    for (const auto one : shelves)
      of_shelf.push_back({address(one, v.of),
                          std::string(c.say("votes.shelf_" + std::string(one))), v.shelf == one});
    for (const std::string_view whom : {"agencies", "citizens"})
      of_whom.push_back({address(v.shelf, whom),
                         std::string(c.say("votes.of_" + std::string(whom))), v.of == whom});
    return c.page(
        c.say("votes.title"), {},
        html::all(h1(c.say("votes.title")), lead(c.say("votes.lead")),
                  platform::easy_link(c, "votes"),
                  tabs(c.say("assembly.shelves"), of_shelf), filters(c.say("votes.of"), of_whom),
                  v.votes.empty() ? empty_state("document", c.say("votes.none_" + v.shelf))
                                  : votes_list(c, v.votes),
                  pagination(c.shell(), static_cast<int>(v.page), pages,
                             address(v.shelf, v.of) + "&page="),
                  p(a(href("/votes/outcomes"), c.say("votes.outcomes"))),
                  p(link_button("/votes/new", c.say("votes.start_poll"), look::secondary))),
        {.description = std::string(c.say("votes.lead"))});
  });
}

// ---- what came of votes ----
struct outcome_line {
  std::string number, title, href, asker, came, by, link;
  instant at;
  std::int64_t voters = 0;
};
BOOST_DESCRIBE_STRUCT(outcome_line, (), (number, title, href, asker, came, by, link, at, voters))
struct outcomes_view {
  std::vector<outcome_line> outcomes;
};
BOOST_DESCRIBE_STRUCT(outcomes_view, (), (outcomes))

http::response outcomes(context& c, station& s) {
  outcomes_view v;
  for (const auto& one : s.with_outcome(outcomes_shown)) {
    const auto found = s.book().find(one.ask);
    if (!found || !found->hidden.empty() || !found->listed) continue;
    v.outcomes.push_back({found->number, found->title, path_of(*found),
                          asker_of(c, *found, one), one.came,
                          c.home.pack().full_name(one.came_by)(c.language), one.came_link,
                          one.came_at, s.book().counted(one.ask, saying::choice)});
  }
  return c.show(v, [&] {
    std::vector<node> all;
    for (const auto& o : v.outcomes)
      all.push_back(html::all(
          h2(a(href(o.href), o.title)),
          p(cls("note"), o.by, " · ", c.written(in_zone(o.at).date), " · ",
            c.fill("votes.n_joined", {{"n", text::grouped(o.voters)}})),
          div(cls("keep-lines"), o.came),
          o.link.empty() ? node() : p(a(href(o.link), c.say("votes.came_link")))));
    return c.page(c.say("votes.outcomes"), {{"/votes", std::string(c.say("votes.title"))}},
                  html::all(h1(c.say("votes.outcomes")), lead(c.say("votes.outcomes_lead")),
                            all.empty() ? empty_state("document", c.say("votes.no_outcomes"))
                                        : join(all)),
                  {});
  });
}

}  // namespace

void list_pages(const shared_station& s) {
  house& h = s->home();
  h.page("GET", "/votes", needs::nobody, [s](context& c) { return list(c, *s); });
  h.page("GET", "/votes/outcomes", needs::nobody, [s](context& c) { return outcomes(c, *s); });
}

}  // namespace madang::mvoting
