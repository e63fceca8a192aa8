// The screen of the hall: the code that changes every half minute, and the result as it grows.
#include "madang/documents/qr_image.hpp"
#include "madang/html/html.hpp"
#include "results.hpp"

namespace madang::mvoting {
namespace {

using namespace html;

struct subject {
  ask a;
  vote v;
  paper p;
};

// Only who holds the vote shows its code: whoever could fetch it from afar would be at the venue.
result<subject> subject_of(context& c, station& s) {
  auto a = s.find(c);
  if (!a) return refuse(kind::not_found, "voices.unknown");
  vote v = s.vote_of(a->key);
  if (!s.may_manage(c, *a, v))
    return c.hidden(refuse(kind::not_found, "voices.unknown"), "ask", a->key);
  auto p = s.book().paper_of(a->key);
  if (!p || v.presence != "venue") return refuse(kind::not_found, "voices.unknown");
  return subject{std::move(*a), std::move(v), std::move(*p)};
}

std::string code_address(const context& c, const station& s, const ask& a, instant at) {
  return c.home.chosen().public_url + path_of(a) + "?at=" + venue_code(s.key(), a.key, at);
}

http::response show(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(of.why());
  const auto r = results_of(c, s, of->a, of->v, of->p);
  const std::string at = path_of(of->a);
  return c.show(r, [&] {
    const node code = img(cls("venue-code"), src(at + "/screen/code"),
                          attr("alt", c.say("votes.screen_code")));
    const node counted =
        html::all(p(cls("screen-count"),
                    c.fill("votes.n_joined", {{"n", text::grouped(r.voters)}})),
                  r.shown ? bars(c, r) : p(c.say("votes.after_end_long")));
    return c.page(of->a.title,
                  {{"/votes", std::string(c.say("votes.title"))}, {at, of->a.title}},
                  element("madang-hall", cls("stack"), data("code", at + "/screen/code"),
                          data("news", at + "/news"), data("results", at + "/results.json"),
                          data("version", std::to_string(r.version)),
                          data("lasts", std::to_string(code_lasts.count())),
                          data("joined", c.say("votes.n_joined")),
                          data("each", c.say(r.method == "borda" ? "votes.n_points"
                                                                : "votes.n_votes")),
                          h1(of->a.title), lead(c.say("votes.screen_lead")),
                          beside(counted, html::all(code, p(cls("note"),
                                                            c.say("votes.screen_changes"))))),
                  {.wide = true, .noindex = true});
  });
}

http::response code(context& c, station& s) {
  const auto of = subject_of(c, s);
  if (!of) return c.refuse(of.why());
  const instant at = now();
  const std::string address = code_address(c, s, of->a, at);
  if (c.request.wants_json())
    return c.with_privacy(http::json_response(json::print(
        json::object{{"address", address}, {"until", code_ends(at).str()}})));
  return c.with_privacy(
      http::text_response(200, documents::qr_image(address), "image/svg+xml"));
}

}  // namespace

void screen_pages(const shared_station& s) {
  house& h = s->home();
  const std::string at = "/votes/{number}/screen";
  h.page("GET", at, needs::sign_in, [s](context& c) { return show(c, *s); });
  h.page("GET", at + "/code", needs::sign_in, [s](context& c) { return code(c, *s); });
}

}  // namespace madang::mvoting
