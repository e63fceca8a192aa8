#include "view.hpp"

#include <algorithm>

namespace madang::network {
namespace {

constexpr std::int64_t day = 86'400'000'000;

void add_status(network_view& v, server_line l, const json::value& s) {
  l.state = json::str(s, "state");
  l.program = json::str(s, "program");
  l.taken = json::num(s, "taken");
  l.refused = json::num(s, "refused");
  l.messages = json::num(s, "messages");
  l.unstamped = json::num(s, "unstamped");
  if (const auto& links = json::at(s, "links"); links.is_array())
    for (const auto& one : links.get_array())
      v.links.push_back(
          {l.server, std::string(json::str(one, "server")), std::string(json::str(one, "circuit")),
           json::num(one, "calls"), json::num(one, "failures"), json::num(one, "under_way"),
           json::num(one, "mean_micros"), std::string(json::str(one, "last_failure"))});
  if (const auto& all = json::at(s, "certificates"); all.is_array())
    for (const auto& one : all.get_array()) {
      const auto from = instant::parse(json::str(one, "from")),
                 until = instant::parse(json::str(one, "until"));
      if (!from || !until) continue;
      const std::int64_t left = until->micros - now().micros;
      v.certificates.push_back({l.server, std::string(json::str(one, "of")), *from, *until,
                                left < 0 ? left / day - 1 : left / day});
    }
  v.servers.push_back(std::move(l));
}

}  // namespace

network_view view_of(const office& o) {
  network_view v;
  v.governs = static_cast<bool>(o.governs);
  if (o.governs) v.requests = static_cast<std::int64_t>(o.governs->requests(true).size());
  if (!o.node) return v;
  const auto& s = o.node->settings();
  const json::value own = o.node->status();
  v.member = true;
  v.server = s.server;
  v.state = json::str(own, "state");
  v.trouble = json::str(own, "trouble");
  v.configuration_until = instant::parse(json::str(own, "configuration_until"));
  add_status(v, {s.server, s.name, s.address, {}, {}, {}, 0, 0, 0, 0, {}, now()}, own);
  for (const auto& n : o.node->neighbours()) {
    server_line l{n.server, n.name, n.address, n.in_maintenance ? "drained" : "unreachable",
                  {},       {},     0,         0,
                  0,        0,      n.problem, n.at};
    if (n.status) {
      l.micros = n.micros;
      add_status(v, std::move(l), *n.status);
    } else {
      v.servers.push_back(std::move(l));
    }
  }
  std::sort(v.certificates.begin(), v.certificates.end(),
            [](const auto& a, const auto& b) { return a.until < b.until; });
  return v;
}

}  // namespace madang::network
