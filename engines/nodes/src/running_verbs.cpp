// What is asked of whom and offered to whom, as node.yaml says; taken again when it was changed.
#include <algorithm>

#include "answered.hpp"
#include "madang/base/base.hpp"
#include "madang/base/text.hpp"
#include "madang/exchange/elsewhere.hpp"
#include "madang/packs/packs.hpp"
#include "running_inside.hpp"

namespace madang::nodes {
namespace {

using xroad::client_id;

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool same(const xroad::right& a, const xroad::right& b) {
  return a.service == b.service && a.client == b.client && a.group == b.group && a.at == b.at;
}
bool has(const std::vector<xroad::right>& all, const xroad::right& one) {
  return std::any_of(all.begin(), all.end(), [&](const auto& r) { return same(r, one); });
}

// Fields that belong to the connection are the edge's.
bool is_of_the_connection(std::string_view lower_case) {
  return lower_case == "content-length" || lower_case == "transfer-encoding" ||
         lower_case == "connection" || lower_case == "content-type" || lower_case == "date";
}

}  // namespace

std::vector<std::string> running::inside::registers_of(
    const std::vector<std::string>& agencies) const {
  std::vector<std::string> out;
  for (const auto* s : at.hub.schemas())
    if (has(agencies, s->agency)) out.push_back(s->id);
  return out;
}

void running::inside::reread() {
  std::error_code gone;
  const auto changed = std::filesystem::last_write_time(settings_file(at.folder), gone);
  if (gone || changed == read_at) return;
  read_at = changed;
  try {
    auto fresh = read_settings(at.folder);
    settings.offers = std::move(fresh.offers);
    settings.elsewhere = std::move(fresh.elsewhere);
    apply();
    log::info("node.settings", {{"file", settings_file(at.folder).string()}});
  } catch (const packs::broken_pack& e) {
    log::error("node.settings", {{"file", e.found.file}, {"what", e.found.message}});
  }
}

void running::inside::apply() {
  std::vector<xroad::right> wanted;
  // An offer that is gone loses its rights, so nobody may ask for it.
  for (const auto& o : settings.offers) offer(o, wanted);
  offer_status(wanted);
  if (at.governs) offer_management(wanted);
  for (const auto& r : wanted)
    if (!has(rights, r)) node->allow(r);
  for (const auto& r : rights)
    if (!has(wanted, r)) node->forbid(r);
  rights = std::move(wanted);
  announced.clear();
  send_elsewhere();
  send_agencies();
}

void running::inside::offer(const node_settings::offer& o, std::vector<xroad::right>& wanted) {
  const client_id keeper = *xroad::read_client(o.client);
  auto registers = registers_of(o.agencies);
  for (const auto& r : o.registers)
    if (!has(registers, r)) registers.push_back(r);
  item_limits limits;
  for (const auto& to : o.to)
    for (const auto& [reg, items] : to.items) limits[{*xroad::read_client(to.client), reg}] = items;
  offer_registers(at.hub, *node, keeper, registers, std::move(limits));
  offer_to_others(at.hub, *node, keeper, {o.queries, o.commands});
  if (o.events) hear_others(*node, keeper, at.db);
  const auto allow = [&](const node_settings::offer::right& to, const char* kind,
                         const std::string& name) {
    auto r = right_to(keeper, {}, kind, name);
    r.client.reset();
    if (to.client.empty()) r.group = to.group;
    else r.client = *xroad::read_client(to.client);
    wanted.push_back(std::move(r));
  };
  for (const auto& to : o.to) {
    for (const auto& n : registers)
      if (to.items.empty() || to.items.contains(n)) allow(to, "registers", n);
    for (const auto& n : o.queries) allow(to, "queries", n);
    for (const auto& n : o.commands) allow(to, "commands", n);
    if (o.events) allow(to, "events", "*");
  }
}

// Every subsystem answers how its node is, to all who own a node.
void running::inside::offer_status(std::vector<xroad::right>& wanted) {
  std::vector<client_id> all{*xroad::read_client(settings.self)};
  for (const auto& o : settings.offers) all.push_back(*xroad::read_client(o.client));
  if (at.governs) all.push_back(at.governs->management());
  for (const auto& c : all) {
    const xroad::service_id service{c, "node", {}};
    node->offer({service,
                 [this](const xroad::rest_request&, const std::optional<std::string>&) {
                   return answered(status());
                 },
                 {},
                 {{"GET", "/status"}}});
    wanted.push_back({service, {}, owners_group, {"GET", "/status"}});
  }
}

// What a server asks of the authority about itself. It is the owner who asks, by his signature.
void running::inside::offer_management(std::vector<xroad::right>& wanted) {
  const xroad::service_id service{at.governs->management(), "servers", {}};
  const auto handle = [this](const xroad::rest_request& r,
                             const std::optional<std::string>& body) -> xroad::provided {
    const auto refused = [](const char* code) {
      return answered(json::object{{"code", code}}, 422);
    };
    const auto v = json::parse(body.value_or(""));
    const auto server = v ? xroad::read_server(json::str(*v, "server"))
                          : result<xroad::server_id>(refuse(kind::invalid, "node.server_unknown"));
    if (!server || server->owner != r.client) return refused("node.server_unknown");
    audit::access why{audit::system_actor(r.client.str()),
                      {"연계망 관리", "Management of the exchange"},
                      {"전자정부법 제37조", "e-Government Act art. 37"},
                      r.query_id};
    outcome done = refuse(kind::not_found, "request.no_page");
    const std::string verb = r.service_path.empty() ? "" : r.service_path.substr(1);
    auto& governs = *at.governs;
    if (verb == "maintenance" || verb == "service")
      done = governs.maintenance(why, server->str(), verb == "maintenance");
    else if (verb == "retire") done = governs.retire(why, server->str());
    else if (verb == "serve")
      done = governs.serve(why, server->str(), std::string(json::str(*v, "client")));
    else if (verb == "release")
      done = governs.release(why, server->str(), std::string(json::str(*v, "client")));
    return done ? answered(json::object{}) : refused(done.why().code.c_str());
  };
  std::vector<xroad::endpoint> all;
  for (const char* verb : {"maintenance", "service", "retire", "serve", "release"})
    all.push_back({"POST", std::string("/") + verb});
  for (const auto& e : all) wanted.push_back({service, {}, owners_group, e});
  node->offer({service, handle, {}, all});
}

namespace {

refusal away(const std::string& name) {
  return refuse(kind::unavailable, "exchange.unreachable", "",
                {{"name", name}, {"why", "the node is not admitted"}});
}

}  // namespace

// Also when this node has stopped: nothing that goes to another agency may come to be kept here.
void running::inside::refuse_agencies() {
  std::map<std::string, exchange::agency_elsewhere, std::less<>> all;
  for (const auto& p : settings.elsewhere)
    for (const auto& agency : p.agencies)
      all[agency] = {p.keeper,
                     [](const std::string& name) -> exchange::hub::query {
                       return [name](const audit::access&, const json::value&)
                                  -> result<json::value> { return away(name); };
                     },
                     [](const std::string& name) -> exchange::hub::command {
                       return [name](const audit::access&, const json::value&, std::string_view)
                                  -> result<json::value> { return away(name); };
                     }};
  for (const auto& o : settings.offers)
    for (const auto& agency : o.agencies) all.erase(agency);
  exchange::serve_elsewhere(std::move(all));
}

// Who offers an agency serves it, whatever stands below "elsewhere".
void running::inside::send_agencies() {
  const client_id self = *xroad::read_client(settings.self);
  std::map<std::string, exchange::agency_elsewhere, std::less<>> all;
  for (const auto& p : settings.elsewhere) {
    const client_id keeper = *xroad::read_client(p.keeper);
    for (const auto& agency : p.agencies)
      all[agency] = {p.keeper,
                     [this, self, keeper](const std::string& name) {
                       return query_at(*node, self, keeper, name);
                     },
                     [this, self, keeper](const std::string& name) {
                       return command_at(*node, self, keeper, name);
                     }};
  }
  for (const auto& o : settings.offers)
    for (const auto& agency : o.agencies) all.erase(agency);
  exchange::serve_elsewhere(std::move(all));
}

void running::inside::refuse_elsewhere() {
  std::map<std::string, registers::keeper, std::less<>> registers_there;
  std::map<std::string, exchange::hub::query, std::less<>> queries;
  std::map<std::string, exchange::hub::command, std::less<>> commands;
  for (const auto& p : settings.elsewhere) {
    auto all = registers_of(p.agencies);
    all.insert(all.end(), p.registers.begin(), p.registers.end());
    for (const auto& r : all)
      registers_there[r] = [r](const audit::access&, const registers::question&)
          -> result<std::vector<registers::record>> { return away(r); };
    for (const auto& q : p.queries)
      queries[q] = [q](const audit::access&, const json::value&) -> result<json::value> {
        return away(q);
      };
    for (const auto& c : p.commands)
      commands[c] = [c](const audit::access&, const json::value&,
                              std::string_view) -> result<json::value> { return away(c); };
  }
  registers::keep_elsewhere(std::move(registers_there));
  exchange::answer_elsewhere(std::move(queries), std::move(commands));
}

void running::inside::send_elsewhere() {
  const client_id self = *xroad::read_client(settings.self);
  std::vector<std::string> here;
  for (const auto& o : settings.offers) {
    for (const auto& r : registers_of(o.agencies)) here.push_back(r);
    here.insert(here.end(), o.registers.begin(), o.registers.end());
  }
  std::map<std::string, registers::keeper, std::less<>> registers_there;
  std::map<std::string, exchange::hub::query, std::less<>> queries;
  std::map<std::string, exchange::hub::command, std::less<>> commands;
  for (const auto& p : settings.elsewhere) {
    const client_id keeper = *xroad::read_client(p.keeper);
    auto all = registers_of(p.agencies);
    all.insert(all.end(), p.registers.begin(), p.registers.end());
    for (const auto& r : all) {
      // Who offers a register keeps it, whatever stands below "elsewhere".
      if (has(here, r)) log::warn("node.settings", {{"register", r}, {"what", "is kept here"}});
      else registers_there[r] = register_at(*node, self, keeper, r);
    }
    for (const auto& q : p.queries) queries[q] = query_at(*node, self, keeper, q);
    for (const auto& c : p.commands) commands[c] = command_at(*node, self, keeper, c);
  }
  registers::keep_elsewhere(std::move(registers_there));
  exchange::answer_elsewhere(std::move(queries), std::move(commands));
}

// A call of an information system on loopback (PR-REST section 4): who reaches the port is the
// agency itself, as with X-Road's connection type HTTP.
http::response running::inside::relay(http::request& r) {
  http::response out;
  if (r.path == "/listClients") {
    return http::json_response(node->list_clients(std::string(r.param("xRoadInstance"))));
  }
  std::string path;
  for (const auto& segment :
       text::split(r.path.substr(std::min<std::size_t>(1, r.path.size())), '/'))
    path += "/" + http::percent_encode(segment);
  std::string query;
  for (const auto& [name, value] : r.query)
    query +=
        (query.empty() ? "" : "&") + http::percent_encode(name) + "=" + http::percent_encode(value);
  std::optional<std::string> body;
  if (!r.body.empty()) body = std::move(r.body);
  auto a = node->call(r.method, path, query, r.headers, body);
  out.status = a.status;
  out.content_type = a.header("content-type");
  for (auto& [name, value] : a.headers)
    if (!is_of_the_connection(text::lower_case(name))) out.with(name, value);
  out.body = a.body.value_or("");
  return out;
}

}  // namespace madang::nodes
