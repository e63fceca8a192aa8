// The network for operators, and for officials who admit to it.
#include <fmt/format.h>

#include "view.hpp"

namespace madang::network {
namespace {

using namespace html;

struct request_line {
  std::string key, server, member, name, address, clients, state, fingerprint, answered_by;
  instant at;
  std::optional<instant> answered_at;
};
BOOST_DESCRIBE_STRUCT(request_line, (),
                      (key, server, member, name, address, clients, state, fingerprint, answered_by,
                       at, answered_at))
struct requests_view {
  std::vector<request_line> requests;
};
BOOST_DESCRIBE_STRUCT(requests_view, (), (requests))

tone tone_of(const std::string& state) {
  if (state == "serving" || state == "closed" || state == "approved") return tone::good;
  if (state == "unreachable" || state == "open" || state == "refused") return tone::bad;
  return tone::warn;
}

node state_badge(const context& c, const std::string& state) {
  return badge(tone_of(state), c.say("network.state_" + state));
}

std::string milliseconds(std::int64_t micros) {
  return fmt::format("{:.1f}", static_cast<double>(micros) / 1000);
}

std::vector<column> columns_of(const context& c,
                               const std::vector<std::pair<const char*, bool>>& names) {
  std::vector<column> out;
  for (const auto& [name, numeric] : names)
    out.push_back({std::string(c.say(std::string("network.") + name)), numeric});
  return out;
}

node servers_table(const context& c, const network_view& v) {
  table_view t;
  t.caption = c.say("network.servers");
  t.columns = columns_of(c, {{"server", false},
                             {"owner", false},
                             {"state", false},
                             {"latency", true},
                             {"answered", true},
                             {"refused", true},
                             {"unstamped", true},
                             {"program", false}});
  t.first_is_header = t.stacked = true;
  for (const auto& s : v.servers)
    t.rows.push_back(
        {node(s.server), all(s.name, " · ", s.address),
         s.problem.empty() ? state_badge(c, s.state) : all(state_badge(c, s.state), " ", s.problem),
         node(s.micros ? milliseconds(*s.micros) : std::string("–")), node(text::grouped(s.taken)),
         node(text::grouped(s.refused)), node(text::grouped(s.unstamped)),
         node(s.program.empty() ? std::string("–") : s.program)});
  return data_table(c.shell(), t);
}

node links_table(const context& c, const network_view& v) {
  table_view t;
  t.caption = c.say("network.links");
  t.columns = columns_of(c, {{"from", false},
                             {"to", false},
                             {"circuit", false},
                             {"calls", true},
                             {"failures", true},
                             {"mean", true},
                             {"last_failure", false}});
  t.empty = c.say("network.no_links");
  t.first_is_header = t.stacked = true;
  for (const auto& l : v.links)
    t.rows.push_back({node(l.from), node(l.to), state_badge(c, l.circuit),
                      node(text::grouped(l.calls)), node(text::grouped(l.failures)),
                      node(milliseconds(l.mean_micros)),
                      node(l.last_failure.empty() ? std::string("–") : l.last_failure)});
  return data_table(c.shell(), t);
}

node certificates_table(const context& c, const network_view& v) {
  table_view t;
  t.caption = c.say("network.certificates");
  t.columns = columns_of(c, {{"certificate_of", false},
                             {"server", false},
                             {"until", false},
                             {"days_left", true},
                             {"state", false}});
  t.first_is_header = t.stacked = true;
  for (const auto& one : v.certificates) {
    const bool over = one.days < 0, near = one.days < days_of_warning;
    t.rows.push_back({node(one.of), node(one.server), node(c.written(one.until)),
                      node(text::grouped(one.days)),
                      badge(over   ? tone::bad
                            : near ? tone::warn
                                   : tone::good,
                            c.say(over   ? "network.run_out"
                                  : near ? "network.ends_soon"
                                         : "network.good"))});
  }
  return data_table(c.shell(), t);
}

http::response show_network(context& c, const office& o) {
  const auto v = view_of(o);
  return c.show(v, [&] {
    node body = all(h1(c.say("network.title")), lead(c.say("network.lead")));
    if (!v.member) {
      body = all(body, empty_state("globe", c.say("network.alone"), p(c.say("network.alone_how"))));
    } else {
      std::vector<row> facts{{std::string(c.say("network.this_server")), node(v.server), ""},
                             {std::string(c.say("network.state")), state_badge(c, v.state), ""}};
      if (v.configuration_until)
        facts.push_back({std::string(c.say("network.configuration_until")),
                         node(c.written(*v.configuration_until)), ""});
      if (!v.trouble.empty())
        facts.push_back({std::string(c.say("network.trouble")), node(v.trouble), ""});
      body = all(body, definition_grid(facts), servers_table(c, v), links_table(c, v),
                 certificates_table(c, v));
    }
    body = all(body, p(a(href("/desk/network/costs"), c.say("network.costs"))));
    if (v.governs)
      body = all(body, h2(c.say("network.admission")),
                 p(c.fill("network.waiting_requests", {{"n", std::to_string(v.requests)}})),
                 p(a(href("/desk/network-requests"), c.say("network.requests"))));
    return c.page(c.say("network.title"), {{"/desk", std::string(c.say("work.inbox"))}}, body,
                  {.wide = true, .noindex = true});
  });
}

// ---- admission ----

request_line line_of(const nodes::join_request& r) {
  return {
      r.key.str(), r.server,      r.member,      r.name, r.address,    text::join(r.clients, " "),
      r.state,     r.fingerprint, r.answered_by, r.at,   r.answered_at};
}

node request_box(const context& c, const request_line& r) {
  node body =
      definition_grid({{std::string(c.say("network.server")), node(r.server), ""},
                       {std::string(c.say("network.member")), node(r.member), ""},
                       {std::string(c.say("network.address")), node(r.address), ""},
                       {std::string(c.say("network.clients")), node(r.clients), ""},
                       {std::string(c.say("network.fingerprint")), code(r.fingerprint), ""},
                       {std::string(c.say("network.asked_at")), node(c.written(r.at)), ""}});
  const std::string at = "/desk/network-requests/" + r.key;
  if (r.state == "waiting")
    body = all(body, p(cls("note"), c.say("network.compare")),
               button_row({post_button(c.shell(), at + "/approve", c.say("network.approve")),
                           post_button(c.shell(), at + "/refuse", c.say("network.decline"),
                                       look::danger)}));
  else if (r.answered_at)
    body = all(body, p(cls("note"), r.answered_by, " · ", c.written(*r.answered_at)));
  return box(r.name, body, state_badge(c, r.state));
}

http::response show_requests(context& c, const office& o) {
  requests_view v;
  if (o.governs)
    for (const auto& r : o.governs->requests(false)) v.requests.push_back(line_of(r));
  return c.show(v, [&] {
    node body = all(h1(c.say("network.requests")), lead(c.say("network.requests_lead")));
    if (o.governs)
      body = all(body, p(a(href("/desk/network-requests/anchor"), c.say("network.anchor"))));
    if (v.requests.empty())
      body = all(
          body, empty_state("bell", c.say(o.governs ? "network.no_requests" : "network.not_here")));
    for (const auto& r : v.requests) body = all(body, request_box(c, r));
    return c.page(c.say("network.requests"),
                  {{"/desk", std::string(c.say("work.inbox"))},
                   {"/desk/network", std::string(c.say("network.title"))}},
                  body, {.noindex = true});
  });
}

http::response anchor(context& c, const office& o) {
  if (!o.governs) return c.refuse(refuse(kind::not_found, "request.no_page"));
  return http::text_response(200, o.governs->anchor(), "application/xml; charset=utf-8")
      .with("Content-Disposition", "attachment; filename=\"anchor.xml\"");
}

http::response decide(context& c, const office& o, bool approve) {
  const auto key = id::parse(c.request.capture("request"));
  if (!o.governs || !key) return c.refuse(refuse(kind::not_found, "node.request_unknown"));
  const auto why = c.access(c.home.said("network.purpose"), c.home.said("law.e_government"));
  const auto done = approve ? o.governs->approve(why, *key) : o.governs->decline(why, *key);
  if (!done) return c.refuse(done.why());
  return c.go("/desk/network-requests");
}

}  // namespace

void pages(house& h, shared_office o) {
  const std::string at = "/desk/network-requests";
  h.page("GET", "/desk/network", needs::official, [o](context& c) { return show_network(c, *o); });
  h.page("GET", at, needs::official, [o](context& c) { return show_requests(c, *o); });
  h.page("GET", at + "/anchor", needs::official, [o](context& c) { return anchor(c, *o); });
  h.page("POST", at + "/{request}/approve", needs::official,
         [o](context& c) { return decide(c, *o, true); });
  h.page("POST", at + "/{request}/refuse", needs::official,
         [o](context& c) { return decide(c, *o, false); });
}

}  // namespace madang::network
