// What the network costs each agency in a month, by what passed: page, JSON and CSV.
#include <algorithm>
#include <set>

#include "madang/platform/csv.hpp"
#include "costs.hpp"
#include "office.hpp"

namespace madang::network {
namespace {

using namespace html;
using platform::csv_cell;

const std::string at = "/desk/network/costs";

struct thing_line {
  std::string id, kind, name, capacity;
  std::int64_t cost = 0, fixed = 0;
  std::string members;
};
struct share_line {
  std::string thing, kind, name, member;
  std::int64_t fixed = 0, by_volume = 0;
};
struct member_line {
  std::string member, name;
  std::int64_t calls = 0, octets = 0, fixed = 0, by_volume = 0, total = 0;
};
struct costs_view {
  bool member = false;
  std::string month;
  std::vector<std::string> months;   // of which something is known, the newest first
  std::vector<std::string> silent;   // servers that did not say what they asked
  std::vector<thing_line> things;
  std::vector<member_line> members;
  std::vector<share_line> shares;
  std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(thing_line, (), (id, kind, name, capacity, cost, fixed, members))
BOOST_DESCRIBE_STRUCT(share_line, (), (thing, kind, name, member, fixed, by_volume))
BOOST_DESCRIBE_STRUCT(member_line, (),
                      (member, name, calls, octets, fixed, by_volume, total))
BOOST_DESCRIBE_STRUCT(costs_view, (),
                      (member, month, months, silent, things, members, shares, total))

// INSTANCE/CLASS/CODE of a client or a server.
std::string member_of(const std::string& id) {
  const auto parts = text::split(id, '/');
  return parts.size() < 3 ? id : parts[0] + "/" + parts[1] + "/" + parts[2];
}

struct known {
  std::map<std::string, std::string> names;                     // of members
  std::map<std::string, std::map<std::string, volume>> months;  // month -> member
  std::vector<std::string> silent;
};

// Each node says what its own clients asked, so nothing is counted twice.
void take_in(known& k, const std::string& server, const json::value& status) {
  const auto& all = json::at(status, "traffic");
  if (!all.is_array()) return k.silent.push_back(server);
  for (const auto& one : all.get_array()) {
    const std::string month(json::str(one, "month"));
    const auto calls = json::num(one, "calls"), octets = json::num(one, "octets");
    if (month.size() != 7 || calls < 0 || octets < 0) continue;
    auto& sum = k.months[month][member_of(std::string(json::str(one, "client")))];
    sum.calls += calls;
    sum.octets += octets;
  }
}

known known_of(const nodes::running& node) {
  known k;
  const auto& s = node.settings();
  k.names[member_of(s.server)] = s.name;
  take_in(k, s.server, node.status());
  for (const auto& n : node.neighbours()) {
    k.names.emplace(member_of(n.server), n.name);
    if (n.status) take_in(k, n.server, *n.status);
    else k.silent.push_back(n.server);
  }
  return k;
}

// By what they are called; by their code where they have not joined.
std::string named(const std::vector<std::string>& members,
                  const std::map<std::string, std::string>& names) {
  std::vector<std::string> out;
  for (const auto& m : members) {
    const auto found = names.find(m);
    out.push_back(found == names.end() ? m : found->second);
  }
  return text::join(out, ", ");
}

bool is_month(std::string_view s) {
  return s.size() == 7 && date::parse(std::string(s) + "-01").has_value();
}

void add_shares(const context& c, costs_view& v, const std::vector<shared_thing>& things,
                const std::map<std::string, volume>& month) {
  std::map<std::string, const shared_thing*> by_id;
  for (const auto& t : things) by_id[t.id] = &t;
  std::map<std::string, member_line*> line;
  for (auto& m : v.members) line[m.member] = &m;
  for (const auto& s : accounted(things, month)) {
    const auto& t = *by_id.at(s.thing);
    v.shares.push_back({s.thing, t.circuit ? "circuit" : "service", t.name(c.language), s.member,
                        s.fixed, s.by_volume});
    line[s.member]->fixed += s.fixed;
    line[s.member]->by_volume += s.by_volume;
    line[s.member]->total += s.fixed + s.by_volume;
    v.total += s.fixed + s.by_volume;
  }
}

costs_view view_of(const context& c, const office& o) {
  costs_view v;
  const auto things = c.home.pack().has("network/costs.yaml")
                          ? read_things(c.home.pack().yaml("network/costs.yaml"))
                          : std::vector<shared_thing>();
  auto k = o.node ? known_of(*o.node) : known();
  for (const auto& t : things)
    v.things.push_back({t.id, t.circuit ? "circuit" : "service", t.name(c.language), t.capacity,
                        t.cost, t.fixed, named(t.members, k.names)});
  if (!o.node) return v;
  v.member = true;
  v.silent = k.silent;
  for (const auto& [month, sums] : k.months) v.months.insert(v.months.begin(), month);
  const std::string asked(c.request.param("month"));
  v.month = is_month(asked)        ? asked
            : v.months.empty() ? today(c.home.pack().zone()).str().substr(0, 7)
                               : v.months.front();
  auto month = k.months[v.month];
  if (month.empty()) return v;  // nothing passed: nothing is accounted
  for (const auto& [member, name] : k.names) month.try_emplace(member);
  for (const auto& [member, sum] : month) {
    const auto name = k.names.find(member);
    v.members.push_back({member, name == k.names.end() ? member : name->second, sum.calls,
                         sum.octets, 0, 0, 0});
  }
  add_shares(c, v, things, month);
  return v;
}

std::vector<column> columns_of(const context& c,
                               const std::vector<std::pair<const char*, bool>>& names) {
  std::vector<column> out;
  for (const auto& [name, numeric] : names)
    out.push_back({std::string(c.say(std::string("network.") + name)), numeric});
  return out;
}

node members_table(const context& c, const costs_view& v) {
  table_view t;
  t.caption = c.fill("network.costs_of", {{"month", v.month}});
  t.empty = c.say("network.no_traffic");
  t.first_is_header = t.stacked = true;
  t.columns = columns_of(c, {{"member", false},
                             {"calls", true},
                             {"octets", true},
                             {"fixed_share", true},
                             {"volume_share", true},
                             {"sum", true}});
  const auto line = [&](const node& name, std::int64_t calls, std::int64_t octets,
                        std::int64_t fixed, std::int64_t by_volume) {
    t.rows.push_back({name, node(text::grouped(calls)), node(text::grouped(octets)),
                      node(text::grouped(fixed)), node(text::grouped(by_volume)),
                      node(text::grouped(fixed + by_volume))});
  };
  member_line sum;
  for (const auto& m : v.members) {
    line(all(m.name, " · ", m.member), m.calls, m.octets, m.fixed, m.by_volume);
    sum.calls += m.calls;
    sum.octets += m.octets;
    sum.fixed += m.fixed;
    sum.by_volume += m.by_volume;
  }
  if (!v.members.empty())
    line(node(c.say("network.all_members")), sum.calls, sum.octets, sum.fixed, sum.by_volume);
  return data_table(c.shell(), t);
}

node things_table(const context& c, const costs_view& v) {
  table_view t;
  t.caption = c.say("network.things");
  t.empty = c.say("network.no_things");
  t.first_is_header = t.stacked = true;
  t.columns = columns_of(c, {{"thing", false},
                             {"kind", false},
                             {"capacity", false},
                             {"users", false},
                             {"month_cost", true},
                             {"fixed_percent", true}});
  for (const auto& l : v.things)
    t.rows.push_back({node(l.name), node(c.say("network.kind_" + l.kind)),
                      node(l.capacity.empty() ? std::string("–") : l.capacity),
                      l.members.empty() ? node(c.say("network.all_use")) : node(l.members),
                      node(text::grouped(l.cost)), node(text::grouped(l.fixed))});
  return data_table(c.shell(), t);
}

node month_links(const costs_view& v, const context& c) {
  std::vector<tab> tabs_of;
  for (const auto& m : v.months) tabs_of.push_back({at + "?month=" + m, m, m == v.month, -1});
  if (tabs_of.empty()) return {};
  return filters(c.say("network.month"), tabs_of);
}

http::response show(context& c, const office& o) {
  const auto v = view_of(c, o);
  return c.show(v, [&] {
    node body = all(h1(c.say("network.costs")), lead(c.say("network.costs_lead")));
    if (!v.member)
      body = all(body, empty_state("globe", c.say("network.alone"), p(c.say("network.alone_how"))));
    else
      body = all(body, month_links(v, c),
                 v.silent.empty() ? node()
                                  : inset(p(c.fill("network.silent",
                                                   {{"servers", text::join(v.silent, ", ")}}))),
                 button_row({link_button(at + ".csv?month=" + v.month, c.say("network.costs_csv"),
                                         look::secondary)}),
                 members_table(c, v));
    return c.page(c.say("network.costs"),
                  {{"/desk", std::string(c.say("work.inbox"))},
                   {"/desk/network", std::string(c.say("network.title"))}},
                  all(body, things_table(c, v), p(cls("note"), c.say("network.costs_invented"))),
                  {.wide = true, .noindex = true});
  });
}

http::response csv(context& c, const office& o) {
  const auto v = view_of(c, o);
  std::map<std::string, const member_line*> of;
  for (const auto& m : v.members) of[m.member] = &m;
  std::string out = "\xEF\xBB\xBF"
                    "month,kind,id,name,member,agency,calls,octets,fixed,by_volume,total\r\n";
  for (const auto& s : v.shares) {
    const auto& m = *of.at(s.member);
    out += text::join({csv_cell(v.month), csv_cell(s.kind), csv_cell(s.thing), csv_cell(s.name),
                       csv_cell(s.member), csv_cell(m.name), std::to_string(m.calls),
                       std::to_string(m.octets), std::to_string(s.fixed),
                       std::to_string(s.by_volume), std::to_string(s.fixed + s.by_volume)},
                      ",") + "\r\n";
  }
  return c.with_privacy(
      http::text_response(200, std::move(out), "text/csv; charset=utf-8")
          .with("Content-Disposition", "attachment; filename=\"network-costs.csv\""));
}

}  // namespace

void cost_pages(house& h, shared_office o) {
  // A pack whose figures cannot be read is found at the start, not by who looks.
  if (h.pack().has("network/costs.yaml")) {
    try {
      (void)read_things(h.pack().yaml("network/costs.yaml"));
    } catch (const std::runtime_error& e) {
      throw packs::broken_pack({"network/costs.yaml", 0, e.what()});
    }
  }
  h.page("GET", at, needs::official, [o](context& c) { return show(c, *o); });
  h.page("GET", at + ".csv", needs::official, [o](context& c) { return csv(c, *o); });
}

}  // namespace madang::network
