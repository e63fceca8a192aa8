// With whom a person is connected, and where she is signed in.
#include "details.hpp"

namespace madang::access {
namespace {

using namespace html;

struct connection_line {
  std::string client, name, purpose, law;
  std::vector<std::string> gives;
  instant given;
  std::optional<instant> last;
};
BOOST_DESCRIBE_STRUCT(connection_line, (), (client, name, purpose, law, gives, given, last))
struct connections_view {
  std::vector<connection_line> connections;
};
BOOST_DESCRIBE_STRUCT(connections_view, (), (connections))

struct session_line {
  std::string session, device, way;
  instant begun, used;
  bool here = false;
};
BOOST_DESCRIBE_STRUCT(session_line, (), (session, device, way, begun, used, here))
struct sessions_view {
  std::vector<session_line> sessions;
};
BOOST_DESCRIBE_STRUCT(sessions_view, (), (sessions))

audit::access own(const context& c) {
  return c.access(c.home.said("purpose.own_data"), c.home.said("law.privacy_15"));
}

// A client that is registered no more is still called by something.
connection_line line_of(const context& c, bureau& b, const signon::connected& one) {
  const auto* by = b.provider.find_client(one.client);
  connection_line l{one.client, by ? by->name(c.language) : one.client,
                    by ? by->purpose(c.language) : "", by ? by->law(c.language) : "",
                    given_words(c, one.scope), one.given, {}};
  if (!one.details_names.empty()) l.gives.emplace_back(c.say("signon.gives_details"));
  if (one.last.micros) l.last = one.last;
  return l;
}

node connection_box(const context& c, const connection_line& l) {
  std::vector<row> rows{
      {std::string(c.say("signon.what")), node(text::join(l.gives, ", ")), ""},
      {std::string(c.say("signon.purpose")), node(l.purpose), ""},
      {std::string(c.say("signon.law")), node(l.law), ""},
      {std::string(c.say("signon.given")), node(c.written(l.given)), ""}};
  if (l.last)
    rows.push_back({std::string(c.say("signon.last")), node(c.written(*l.last)), ""});
  return section(cls("way"), h2(l.name), summary_list(c.shell(), rows),
                 post_button(c.shell(), "/my/connections/withdraw",
                             c.fill("signon.withdraw", {{"name", l.name}}), look::danger,
                             {{"client", l.client}}));
}

http::response connections(context& c, bureau& b) {
  connections_view view;
  for (const auto& one : b.provider.connected_of(c.actor.person))
    view.connections.push_back(line_of(c, b, one));
  return c.show(view, [&] {
    node body = all(h1(c.say("signon.connections")), lead(c.say("signon.connections_lead")));
    if (view.connections.empty())
      body = all(body, empty_state("link", c.say("signon.no_connections")));
    for (const auto& l : view.connections) body = all(body, connection_box(c, l));
    return c.page(c.say("signon.connections"), {{"/my", std::string(c.say("my.title"))}},
                  all(body, p(a(href("/my/sessions"), c.say("signon.sessions")), " · ",
                              a(href("/my/data"), c.say("my.data")))),
                  {.noindex = true});
  });
}

http::response withdraw(context& c, bureau& b) {
  const auto client = c.field("client");
  // What was granted by these connections ends with them, at its owner too.
  for (const auto& one : b.provider.connected_of(c.actor.person))
    if (one.client == client) stop_details(c, b, one.details_names);
  auto done = b.provider.withdraw(own(c), c.actor.person, client);
  if (!done) return c.refuse(done.why());
  b.sender.wake();
  return c.go("/my/connections");
}

// "Chrome, Linux": enough to recognise one's own device by; the whole is nobody's reading matter.
std::string device_words(const context& c, std::string_view agent) {
  static constexpr std::pair<std::string_view, std::string_view> browsers[] = {
      {"Edg/", "Edge"},         {"Whale/", "Whale"},     {"SamsungBrowser/", "Samsung Internet"},
      {"Firefox/", "Firefox"},  {"Chrome/", "Chrome"},   {"Safari/", "Safari"}};
  static constexpr std::pair<std::string_view, std::string_view> systems[] = {
      {"Android", "Android"}, {"iPhone", "iPhone"},   {"iPad", "iPad"},
      {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}};
  std::vector<std::string> out;
  for (const auto& [sign, name] : browsers)
    if (out.empty() && agent.find(sign) != std::string_view::npos) out.emplace_back(name);
  const auto before = out.size();
  for (const auto& [sign, name] : systems)
    if (out.size() == before && agent.find(sign) != std::string_view::npos) out.emplace_back(name);
  return out.empty() ? std::string(c.say("signon.device_unknown")) : text::join(out, ", ");
}

http::response sessions(context& c, bureau& b) {
  sessions_view view;
  const auto here = identity::sid_of(c.session->token);
  for (const auto& s : b.sessions.of_person(c.actor.person))
    view.sessions.push_back(
        {s.sid, device_words(c, s.device),
         std::string(c.say(s.acr == identity::acr_outside  ? "signon.way_outside"
                           : s.amr.find("mca") != s.amr.npos ? "signon.way_phone"
                           : s.acr == identity::acr_basic  ? "signon.way_basic"
                           : s.amr.find("otp") != s.amr.npos ? "signon.way_code"
                                                             : "signon.way_strong")),
         s.created, s.used, s.sid == here});
  return c.show(view, [&] {
    table_view t;
    t.caption = c.say("signon.sessions");
    t.caption_hidden = true;
    t.stacked = true;
    for (const char* column : {"device", "way", "begun", "used", "end"})
      t.columns.push_back({std::string(c.say("signon.column_" + std::string(column)))});
    for (const auto& s : view.sessions)
      t.rows.push_back({node(s.device), node(s.way), node(c.written(s.begun)),
                        node(c.written(s.used)),
                        s.here ? badge(tone::good, c.say("signon.here"))
                               : post_button(c.shell(), "/my/sessions/end", c.say("signon.end"),
                                             look::secondary, {{"session", s.session}})});
    node body = all(h1(c.say("signon.sessions")), lead(c.say("signon.sessions_lead")),
                    data_table(c.shell(), t));
    if (view.sessions.size() > 1)
      body = all(body, post_button(c.shell(), "/my/sessions/end-others",
                                   c.say("signon.end_others"), look::danger));
    return c.page(c.say("signon.sessions"), {{"/my", std::string(c.say("my.title"))}},
                  all(body, p(a(href("/my/connections"), c.say("signon.connections")))),
                  {.wide = true, .noindex = true});
  });
}

http::response end_one(context& c, bureau& b) {
  auto done = b.sessions.end(own(c), c.actor.person, c.field("session"));
  if (!done) return c.refuse(done.why());
  return c.go("/my/sessions");
}

http::response end_others(context& c, bureau& b) {
  b.sessions.end_others(own(c), c.actor.person, identity::sid_of(c.session->token));
  return c.go("/my/sessions");
}

}  // namespace

void mine_pages(house& h, shared_bureau b) {
  h.page("GET", "/my/connections", needs::sign_in, [b](context& c) { return connections(c, *b); });
  h.page("POST", "/my/connections/withdraw", needs::sign_in,
         [b](context& c) { return withdraw(c, *b); });
  h.page("GET", "/my/sessions", needs::sign_in, [b](context& c) { return sessions(c, *b); });
  h.page("POST", "/my/sessions/end", needs::sign_in, [b](context& c) { return end_one(c, *b); });
  h.page("POST", "/my/sessions/end-others", needs::sign_in,
         [b](context& c) { return end_others(c, *b); });
}

}  // namespace madang::access
