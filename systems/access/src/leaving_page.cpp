// After a session has ended in its browser: a page whose frames tell the sites of others that
// shared it (OpenID Connect Front-Channel Logout 1.0), and that then leads on.
#include "madang/html/frame.hpp"
#include "pages.hpp"

namespace madang::access {
namespace {

using namespace html;

struct leaving_view {
  std::vector<std::string> told;  // origins
};
BOOST_DESCRIBE_STRUCT(leaving_view, (), (told))

// The policy of this one page lets in frames of these sites, which are registered, and no others.
http::response framing(http::response r, const std::vector<std::string>& origins) {
  for (auto& [name, value] : r.headers)
    if (name == "Content-Security-Policy")
      value += "; frame-src " + text::join(origins, " ");
  return r;
}

http::response leaving(context& c, bureau& b) {
  const auto page = b.provider.leaving(c.request.capture("ticket"));
  // Long over, or looked at again later: there is nobody to tell any more.
  if (!page) return c.go("/");
  leaving_view v;
  for (const auto& one : page->frames) v.told.push_back(origin_of(one));
  return c.show(v, [&] {
    node frames;
    for (const auto& one : page->frames)
      frames = all(frames, hidden_frame(one, c.fill("leaving.frame", {{"site", origin_of(one)}})));
    const std::string to = page->location.empty() ? "/" : page->location;
    auto r = framing(c.page(c.say("leaving.title"), {},
                            all(h1(c.say("leaving.title")), lead(c.say("leaving.lead")),
                                p(a(href(to), c.say(page->location.empty() ? "problem.home"
                                                                           : "signon.go_on"))),
                                frames),
                            {.noindex = true}),
                     v.told);
    // Time for the frames: whoever is sent on at once tells nobody.
    if (!page->location.empty()) r.with("Refresh", "3; url=" + to);
    return r;
  });
}

}  // namespace

std::optional<std::string> leaving_address(bureau& b, std::string_view sid,
                                           const std::string& location) {
  auto ticket = b.provider.begin_leaving(sid, location);
  if (!ticket) return {};
  return "/signed-out/" + *ticket;
}

void leaving_page(house& h, shared_bureau b) {
  h.page("GET", "/signed-out/{ticket}", needs::nobody, [b](context& c) { return leaving(c, *b); });
  // The page of signing out asks before it ends the session.
  h.hub().offer_command(
      "signon.leaving",
      [b](const audit::access&, const json::value& in, std::string_view) -> result<json::value> {
        auto address = leaving_address(*b, json::str(in, "sid"), {});
        return json::value(json::object{{"address", address.value_or("/")}});
      });
}

}  // namespace madang::access
