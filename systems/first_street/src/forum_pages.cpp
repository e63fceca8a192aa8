// A forum as everybody sees it: when and where, the broadcast with the discussion beneath, what was
// promised and what came of it. The page itself is that of its ask.
#include "madang/html/frame.hpp"
#include "parts.hpp"

namespace madang::first_street {
namespace {

using namespace html;

// The plan of a public forum, by the number in the address; nothing when it is hidden.
std::optional<plan> seen(const context& c, street& s) {
  const std::string number(c.request.capture("number"));
  const auto there =
      c.home.hub().ask("forums.ask", s.why(c, number), json::object{{"number", number}});
  if (!there) return {};
  for (auto& p : s.all_plans())
    if (p.number == number) return p;
  return {};
}

http::response send_recording(context& c, street& s) {
  const auto p = seen(c, s);
  const auto found = p ? assembly::asked_part(c, s.recordings(), p->key) : std::nullopt;
  if (!found) return c.refuse(refuse(kind::not_found, "forum.unknown"));
  return assembly::by_range(c, s.recordings(), *found);
}

}  // namespace

node promise_list(const context& c, street& s, const std::vector<promise>& all) {
  std::vector<node> lines;
  for (const auto& p : all) {
    const auto came = s.came_of(p);
    node outcome;
    if (!came.is_null()) {
      const auto& replies = json::at(came, "replies").as_array();
      const std::string said =
          replies.empty() ? json::words_of(json::at(came, "stage_name"))(c.language)
                          : json::words_of(json::at(replies.back(), "verdict_name"))(c.language);
      outcome = node(html::p(a(href(json::str(came, "href")), c.say("forums.handed")), ": ", said));
    }
    lines.push_back(li(cls("service-line"), id_("p" + p.key.str()), h3(p.what),
                       html::p(badge(p.state == "done"      ? tone::good
                                     : p.state == "dropped" ? tone::bad
                                                            : tone::info,
                                     c.say("forums.promise_" + p.state)),
                               " ",
                               span(cls("note"), agency_words(c, s, p.category), " · ",
                                    c.fill("forums.until", {{"when", c.written(p.until)}}))),
                       p.note.empty() ? node() : node(html::p(cls("keep-lines"), p.note)),
                       outcome));
  }
  return ul(cls("service-list"), lines);
}

namespace {

node video_part(const context& c, street& s, const plan& p, assembly::shown& out) {
  const std::string at = "/forums/" + p.number;
  if (s.recordings().recording(p.key)) {
    out.media = true;
    return section(h2(c.say("forums.recording")),
                   assembly::recording_part(c, s.recordings(), p.key, at, p.title));
  }
  if (p.stream.empty() || !s.may_embed(p.stream))
    return html::p(cls("note"), c.say("forums.no_video"));
  out.frames.push_back(origin_of(p.stream));
  return section(h2(c.say("forums.live")),
                 video_frame(p.stream, c.fill("forums.live_of", {{"title", p.title}})),
                 html::p(a(href(p.stream), c.say("forums.live_there"))));
}

}  // namespace

assembly::shown forum_shown(context& c, street& s, const voices::ask& ask) {
  assembly::shown out;
  const auto key =
      id::parse(std::string_view(ask.source)
                    .substr(std::min(ask.source.size(), std::string_view("forum:").size())));
  const auto p = key ? s.find_plan(*key) : std::optional<plan>();
  if (!p) return out;
  std::vector<node> topics;
  for (const auto& t : s.topics_of(p->key)) topics.push_back(li(a(href(t.href), t.title)));
  const auto promises = s.promises_of(p->key);
  std::vector<row> facts{{std::string(c.say("forums.when")), c.written(p->begins)},
                         {std::string(c.say("forums.place")), p->place}};
  const node calendar =
      html::p(a(href("/forums/" + p->number + "/event.ics"), c.say("forums.into_calendar")));
  out.body = all(definition_grid(facts), calendar, video_part(c, s, *p, out),
                 topics.empty() ? node() : node(section(h2(c.say("forums.topics")), ul(topics))),
                 promises.empty()
                     ? node()
                     : node(section(h2(c.say("forums.promises")), promise_list(c, s, promises))));
  return out;
}

void forum_pages(const shared_street& s) {
  auto& h = s->home();
  for (const char* part : {"/forums/{number}/recording", "/forums/{number}/captions/{language}"})
    h.page("GET", part, needs::nobody, [s](context& c) { return send_recording(c, *s); });
  h.page("GET", "/forums/{number}/event.ics", needs::nobody, [s](context& c) {
    const auto p = seen(c, *s);
    if (!p) return c.refuse(refuse(kind::not_found, "forum.unknown"));
    return calendar_file(p->title, {happening_of(c, *p)});
  });
}

}  // namespace madang::first_street
