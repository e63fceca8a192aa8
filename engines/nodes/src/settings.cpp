#include "madang/nodes/settings.hpp"

#include <charconv>
#include <fstream>
#include <functional>
#include <sstream>

#include "madang/packs/packs.hpp"
#include "madang/xroad/identifiers.hpp"

namespace madang::nodes {
namespace {

using strings = std::vector<std::string>;

struct reading {
  std::string file;

  [[noreturn]] void fail(const std::string& why) const { throw packs::broken_pack({file, 0, why}); }
  std::string text(const json::value& v, const std::string& name) const {
    if (v.is_string()) return std::string(v.get_string());
    if (v.is_int64()) return std::to_string(v.get_int64());
    fail("'" + name + "' is a text");
  }
  int number(const json::value& v, const std::string& name, int least, int most) const {
    if (!v.is_int64() || v.get_int64() < least || v.get_int64() > most)
      fail("'" + name + "' is a whole number from " + std::to_string(least) + " to " +
           std::to_string(most));
    return static_cast<int>(v.get_int64());
  }
  strings list(const json::value& v, const std::string& name) const {
    if (!v.is_array()) fail("'" + name + "' is a list");
    strings out;
    for (const auto& one : v.get_array()) out.push_back(text(one, name));
    return out;
  }
  std::string client(const json::value& v, const std::string& name) const {
    const std::string said = text(v, name);
    if (!xroad::read_client(said)) fail("'" + name + "' is INSTANCE/CLASS/CODE/SUBSYSTEM");
    return said;
  }
  // Each member of an object by its reader; a name without one is a mistake.
  using readers = std::map<std::string, std::function<void(const json::value&)>>;
  void members(const json::value& v, const std::string& of, const readers& known) const {
    if (!v.is_object()) fail("'" + of + "' is not a list of settings");
    for (const auto& m : v.get_object()) {
      const auto found = known.find(std::string(m.key()));
      if (found == known.end()) fail("'" + std::string(m.key()) + "' is no setting of " + of);
      found->second(m.value());
    }
  }
  void each(const json::value& v, const std::string& name,
            const std::function<void(const json::value&)>& f) const {
    if (!v.is_array()) fail("'" + name + "' is a list");
    for (const auto& one : v.get_array()) f(one);
  }
};

node_settings::offer::right right_of(const reading& r, const json::value& v) {
  node_settings::offer::right out;
  r.members(v, "to",
            {{"client", [&](const json::value& x) { out.client = r.client(x, "client"); }},
             {"group", [&](const json::value& x) { out.group = r.text(x, "group"); }},
             {"items", [&](const json::value& x) {
                if (!x.is_object()) r.fail("'items' names registers");
                for (const auto& m : x.get_object())
                  out.items[std::string(m.key())] = r.list(m.value(), "items");
              }}});
  if (out.client.empty() == out.group.empty()) r.fail("'to' names a client or a group");
  if (!out.items.empty() && out.client.empty()) r.fail("'items' are for a client, not a group");
  return out;
}

node_settings::offer offer_of(const reading& r, const json::value& v) {
  node_settings::offer o;
  const auto into = [&](strings& to, const char* name) {
    return [&r, &to, name](const json::value& x) { to = r.list(x, name); };
  };
  r.members(v, "offers",
            {{"client", [&](const json::value& x) { o.client = r.client(x, "client"); }},
             {"agencies", into(o.agencies, "agencies")},
             {"registers", into(o.registers, "registers")},
             {"queries", into(o.queries, "queries")},
             {"commands", into(o.commands, "commands")},
             {"events",
              [&](const json::value& x) {
                if (!x.is_bool()) r.fail("'events' is true or false");
                o.events = x.get_bool();
              }},
             {"to", [&](const json::value& x) {
                r.each(x, "to", [&](const json::value& one) { o.to.push_back(right_of(r, one)); });
              }}});
  if (o.client.empty()) r.fail("an offer needs 'client'");
  return o;
}

node_settings::place place_of(const reading& r, const json::value& v) {
  node_settings::place p;
  const auto into = [&](strings& to, const char* name) {
    return [&r, &to, name](const json::value& x) { to = r.list(x, name); };
  };
  r.members(v, "elsewhere",
            {{"keeper", [&](const json::value& x) { p.keeper = r.client(x, "keeper"); }},
             {"agencies", into(p.agencies, "agencies")},
             {"registers", into(p.registers, "registers")},
             {"queries", into(p.queries, "queries")},
             {"commands", into(p.commands, "commands")}});
  if (p.keeper.empty()) r.fail("'elsewhere' needs 'keeper'");
  return p;
}

node_settings::telling telling_of(const reading& r, const json::value& v) {
  node_settings::telling t;
  r.members(v, "tells",
            {{"listener", [&](const json::value& x) { t.listener = r.client(x, "listener"); }},
             {"events", [&](const json::value& x) { t.events = r.list(x, "events"); }}});
  if (t.listener.empty()) r.fail("'tells' needs 'listener'");
  return t;
}

// 0: none is said.
int port_of(std::string_view address) {
  int out = 0;
  const auto colon = address.rfind(':');
  if (colon != address.npos)
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), out);
  return out;
}

}  // namespace

std::string node_settings::listen_host() const { return listen.substr(0, listen.rfind(':')); }

int node_settings::listen_port() const {
  const auto own = port_of(listen);
  return own != 0 ? own : port_of(address);
}

std::filesystem::path settings_file(const std::filesystem::path& folder) {
  return folder / "node.yaml";
}

node_settings read_settings(const std::filesystem::path& folder) {
  const reading r{settings_file(folder).string()};
  std::ifstream in(r.file, std::ios::binary);
  if (!in) r.fail("cannot be read");
  std::ostringstream octets;
  octets << in.rdbuf();
  node_settings s;
  const auto text = [&](std::string& to, const char* name) {
    return [&r, &to, name](const json::value& x) { to = r.text(x, name); };
  };
  const auto seconds = [&](int& to, const char* name, int least) {
    return [&r, &to, name, least](const json::value& x) { to = r.number(x, name, least, 86'400); };
  };
  r.members(
      packs::parse_yaml(octets.str(), r.file), "the node",
      {{"server", text(s.server, "server")},
       {"name", text(s.name, "name")},
       {"address", text(s.address, "address")},
       {"listen", text(s.listen, "listen")},
       {"self", [&](const json::value& x) { s.self = r.client(x, "self"); }},
       {"information_systems",
        [&](const json::value& x) {
          s.information_systems = r.number(x, "information_systems", 0, 65'535);
        }},
       {"refresh", seconds(s.refresh, "refresh", 1)},
       {"stamp", seconds(s.stamp, "stamp", 1)},
       {"archive", seconds(s.archive, "archive", 1)},
       {"watch", seconds(s.watch, "watch", 1)},
       {"deadline", seconds(s.deadline, "deadline", 1)},
       {"offers",
        [&](const json::value& x) {
          r.each(x, "offers", [&](const json::value& o) { s.offers.push_back(offer_of(r, o)); });
        }},
       {"elsewhere",
        [&](const json::value& x) {
          r.each(x, "elsewhere",
                 [&](const json::value& o) { s.elsewhere.push_back(place_of(r, o)); });
        }},
       {"tells", [&](const json::value& x) {
          r.each(x, "tells", [&](const json::value& o) { s.tells.push_back(telling_of(r, o)); });
        }}});
  if (!xroad::read_server(s.server)) r.fail("'server' is INSTANCE/CLASS/CODE/SERVER");
  // OCSP answers are given 77 ports above.
  for (const int port : {port_of(s.address), s.listen_port()})
    if (port < 1 || port > 65'535 - 77) r.fail("'address' is host:port");
  if (s.self.empty()) r.fail("'self' is missing: as whom does this house ask?");
  return s;
}

void write_settings(const std::filesystem::path& folder, const node_settings& s) {
  const auto file = settings_file(folder);
  if (std::filesystem::exists(file)) return;
  std::filesystem::create_directories(folder);
  std::ofstream out(file);
  out << "# This node of the exchange; docs/exchange.md says what may stand here.\n"
      << "server: " << json::print(json::value(s.server)) << "\n"
      << "name: " << json::print(json::value(s.name)) << "\n"
      << "address: " << json::print(json::value(s.address)) << "\n"
      << "self: " << json::print(json::value(s.self)) << "\n";
  if (!out.flush()) throw std::runtime_error(file.string() + " cannot be written");
}

}  // namespace madang::nodes
