// What a node says of itself, and what the others say when they are asked.
#include <algorithm>

#include "madang/base/base.hpp"
#include "madang/pki/authority.hpp"
#include "running_inside.hpp"

namespace madang::nodes {
namespace {

json::object certificate_line(const std::string& of, const trust::bytes& der) {
  const auto f = pki::read_facts(der);
  if (!f) return {{"of", of}};
  return {{"of", of}, {"from", f->from.str()}, {"until", f->until.str()}};
}

}  // namespace

json::value running::inside::status() const {
  json::object out{{"server", settings.server},
                   {"name", settings.name},
                   {"program", program},
                   {"since", since.str()}};
  {
    std::lock_guard lock(mutex);
    out["state"] = state;
    out["trouble"] = trouble;
    out["configuration_until"] = expires.micros ? json::value(expires.str()) : json::value();
  }
  json::array certificates, links;
  if (const auto granted = member.certificates()) {
    certificates.push_back(certificate_line(settings.server, granted->auth));
    for (const auto& [of, certificate] : granted->sign)
      certificates.push_back(certificate_line(of.str(), certificate));
  }
  if (const xroad::node* n = ready) {
    const auto figures = n->now();
    out["taken"] = figures.taken;
    out["refused"] = figures.refused;
    out["under_way"] = figures.under_way;
    out["traffic"] = traffic();
    const auto kept = log->now();
    out["messages"] = kept.messages;
    out["unstamped"] = kept.waiting;
    out["unstamped_since"] =
        kept.oldest_waiting ? json::value(kept.oldest_waiting->str()) : json::value();
    for (const auto& l : n->links())
      links.push_back(json::object{{"server", l.server},
                                   {"circuit", l.circuit},
                                   {"calls", l.calls},
                                   {"failures", l.failures},
                                   {"under_way", l.under_way},
                                   {"mean_micros", l.mean_microseconds},
                                   {"last_failure", l.last_failure}});
  }
  out["certificates"] = std::move(certificates);
  out["links"] = std::move(links);
  return out;
}

void running::inside::look_at(neighbour& n, const xroad::server_info& s) {
  const auto subsystem = std::find_if(s.clients.begin(), s.clients.end(),
                                      [](const auto& c) { return !c.subsystem.empty(); });
  if (subsystem == s.clients.end()) {
    n.problem = "UnknownMember";
    return;
  }
  const auto owner = xroad::read_server(settings.server)->owner;
  const auto began = clock::now();
  const auto a =
      node->call("GET", "/r1/" + xroad::service_id{*subsystem, "node", {}}.str() + "/status", "",
                 {{"X-Road-Client", owner.str()}, {"X-Road-Security-Server", s.id.str()}}, {});
  n.micros = std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - began).count();
  n.problem = a.error;
  if (!a.error.empty()) return;
  const auto v = json::parse(a.body.value_or(""));
  if (v && v->is_object()) n.status = *v;
  else n.problem = "InvalidResponse";
}

void running::inside::watch() {
  std::shared_ptr<const xroad::configuration> c;
  {
    std::lock_guard lock(mutex);
    c = conf;
    if (state != "serving" && state != "draining" && state != "drained") c.reset();
  }
  if (!c) return sleep(std::chrono::milliseconds(250));
  const auto* p = c->of(c->instance);
  std::vector<neighbour> all;
  for (const auto& s : p->servers) {
    if (s.id.str() == settings.server) continue;
    const auto* owner = p->find(s.id.owner);
    neighbour n{
        s.id.str(), owner ? owner->name : s.id.str(), s.address, s.in_maintenance, {}, 0, now(),
        {}};
    if (s.in_maintenance) n.problem = "MaintenanceMode";
    else look_at(n, s);
    all.push_back(std::move(n));
    if (stopping) return;
  }
  {
    std::lock_guard lock(mutex);
    seen = std::move(all);
  }
  sleep(std::chrono::seconds(settings.watch));
}

}  // namespace madang::nodes
