#include "node_commands.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "madang/egress/egress.hpp"
#include "madang/nodes/authority.hpp"
#include "madang/nodes/membership.hpp"
#include "madang/nodes/running.hpp"
#include "madang/platform/guarding.hpp"
#include "terminal.hpp"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const platform::settings& s) { return fs::path(s.data) / "exchange"; }

// A database of the house, beside the house that may be running over it.
std::unique_ptr<store::database> database(const platform::settings& s, const std::string& name) {
  fs::create_directories(s.data);
  return std::make_unique<store::database>(
      store::options{s.database.empty() ? s.data : s.database, name, 2, false});
}

// The governing authority of this data folder.
struct governing {
  std::unique_ptr<store::database> db;
  std::unique_ptr<nodes::authority> authority;

  static nodes::authority::place place(const platform::settings& s, store::database& db) {
    return {db, folder_of(s) / "authority", nodes::passphrase_in(s.data, s.passphrase),
            s.public_url};
  }
  explicit governing(const platform::settings& s) : db(database(s, "authority")) {
    authority = std::make_unique<nodes::authority>(place(s, *db));
  }
};

audit::access by_command() {
  return {audit::system_actor("command line"),
          {"연계망 관리", "Management of the exchange"},
          {"전자정부법 제37조", "e-Government Act art. 37"},
          "node"};
}

int refused(const refusal& why) {
  std::fprintf(stderr, "madang: %s%s%s\n", why.code.c_str(), why.field.empty() ? "" : ": ",
               why.field.c_str());
  for (const auto& [name, value] : why.facts)
    std::fprintf(stderr, "  %s: %s\n", name.c_str(), plain(value).c_str());
  return 1;
}

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void open_egress(const platform::settings& s) {
  auto rules = egress::rules::read(platform::guarding_of(s).outgoing);
  if (rules) egress::open_to(std::move(*rules));
}

nodes::node_settings settings_of(const std::string& server, const std::string& name,
                                 const std::string& at, const std::vector<std::string>& clients) {
  nodes::node_settings out;
  out.server = server;
  out.name = name;
  out.address = at;
  out.self = clients.front();
  return out;
}

nodes::membership::way inside_this_process(nodes::authority& a) {
  nodes::membership::way w;
  w.take = [&a](std::string_view wish, trust::view by_auth, trust::view by_sign) {
    return a.take(wish, by_auth, by_sign);
  };
  w.answer = [&a](id request, std::string_view token) -> result<json::value> {
    auto v = a.answer_to(request, token);
    return v ? result<json::value>(*v) : refuse(kind::not_found, "node.request_unknown");
  };
  return w;
}

}  // namespace

node_commands::node_commands(CLI::App& app) {
  auto* node = app.add_subcommand("node", "this house as a node of the exchange");
  node->require_subcommand(1);
  const auto as_server = [this](CLI::App* c) {
    c->add_option("--server", server_, "its name, such as KR/GOV/1741000/interior")->required();
    c->add_option("--name", name_, "of the agency that owns it")->required();
    c->add_option("--at", at_, "host:port at which others reach its exchange")->required();
    c->add_option("--client", clients_, "subsystem that it serves, KR/GOV/1741000/registers")
        ->required();
  };
  create_ = node->add_subcommand("create",
                                 "a network, with the authority that governs it and this "
                                 "house as its first node");
  create_->add_option("--instance", instance_, "of the network, a country code")
      ->capture_default_str();
  as_server(create_);
  join_ = node->add_subcommand("join", "ask to belong to a network");
  join_->add_option("--anchor", anchor_, "file that the governing authority handed over")
      ->required()
      ->check(CLI::ExistingFile);
  as_server(join_);
  list_ = node->add_subcommand("list", "the servers of the network, as this house knows them");
  requests_ = node->add_subcommand("requests", "who asks to belong, where the network is governed");
  approve_ = node->add_subcommand("approve", "such a request");
  approve_->add_option("request", request_, "its key")->required();
  approve_->add_option("--days", days_, "of certificates that end sooner than usual, for a trial")
      ->check(CLI::Range(1, 300));
  refuse_ = node->add_subcommand("refuse", "such a request");
  refuse_->add_option("request", request_, "its key")->required();
  take_ = node->add_subcommand("take", "ask to serve a subsystem more, also another agency's");
  take_->add_option("client", client_, "KR/GOV/1613000/registers")->required();
  take_->add_option("--name", name_, "of the agency")->required();
  release_ = node->add_subcommand("release", "serve a subsystem no longer");
  release_->add_option("client", client_, "KR/GOV/1613000/registers")->required();
  drain_ = node->add_subcommand("drain", "end what is under way and take no more");
  resume_ = node->add_subcommand("resume", "take messages again");
  retire_ = node->add_subcommand(
      "retire", "leave the network; with a server, where the network is governed, that one");
  retire_->add_option("server", server_, "KR/GOV/1210000/tax");
  for (auto* c : {drain_, resume_, release_, retire_})
    c->add_option("--seconds", seconds_, "how long to wait for the house")->capture_default_str();
}

std::optional<int> node_commands::run(const platform::settings& s) const {
  if (*create_) return create(s);
  if (*join_) return join(s);
  if (*list_) return list(s);
  if (*requests_) return requests(s);
  if (*approve_ || *refuse_) return decide(s, static_cast<bool>(*approve_));
  if (*take_) return take(s);
  if (*drain_) return order(s, "drain");
  if (*resume_) return order(s, "resume");
  if (*release_) return order(s, "release " + client_);
  if (*retire_) return retire(s);
  return {};
}

int node_commands::create(const platform::settings& s) const {
  auto db = database(s, "authority");
  const auto place = governing::place(s, *db);
  if (auto made = nodes::authority::create(place, instance_); !made) return refused(made.why());
  nodes::authority authority(place);
  nodes::membership member(folder_of(s), place.passphrase);
  if (auto good = member.accept_anchor(authority.anchor()); !good) return refused(good.why());
  const auto settings = settings_of(server_, name_, at_, clients_);
  auto clients = clients_;
  const auto owner = xroad::read_server(server_);
  if (!owner) return refused(refuse(kind::invalid, "node.request", "server"));
  auto management = owner->owner;
  management.subsystem = "management";
  clients.push_back(management.str());
  const auto way = inside_this_process(authority);
  const auto asked = member.ask(settings, clients, way);
  if (!asked) return refused(asked.why());
  if (auto good = authority.approve(by_command(), asked->request); !good)
    return refused(good.why());
  member.look(way);
  nodes::write_settings(folder_of(s), settings);
  std::printf(
      "  The network %s is there, governed from here, with %s as its first server.\n"
      "  Hand this file to whoever shall join, by a way that you trust:\n    %s\n",
      instance_.c_str(), server_.c_str(), (folder_of(s) / "anchor.xml").c_str());
  return 0;
}

int node_commands::join(const platform::settings& s) const {
  open_egress(s);
  nodes::membership member(folder_of(s), nodes::passphrase_in(s.data, s.passphrase));
  if (auto good = member.accept_anchor(content_of(anchor_)); !good) return refused(good.why());
  const auto settings = settings_of(server_, name_, at_, clients_);
  const auto asked = member.ask(settings, clients_, member.over_http());
  if (!asked) return refused(asked.why());
  nodes::write_settings(folder_of(s), settings);
  std::printf("  Request %s waits for approval. Fingerprint of the key:\n    %s\n",
              asked->request.str().c_str(), asked->fingerprint.c_str());
  return 0;
}

int node_commands::list(const platform::settings& s) const {
  const auto line = [](const std::string& id, const std::string& name, const std::string& address,
                       bool away, const std::string& clients) {
    std::printf("%s\t%s\t%s\t%s\t%s\n", plain(id).c_str(), plain(name).c_str(),
                plain(address).c_str(), away ? "maintenance" : "service", plain(clients).c_str());
  };
  if (nodes::authority::is_in(folder_of(s) / "authority")) {
    const governing here(s);
    for (const auto& one : here.authority->servers())
      line(one.id, one.name, one.address, one.in_maintenance, text::join(one.clients, " "));
    return 0;
  }
  const auto conf = xroad::read_folder(folder_of(s) / "globalconf");
  if (!conf) return refused(conf.why());
  const auto* p = conf->of(conf->instance);
  for (const auto& one : p->servers) {
    const auto* owner = p->find(one.id.owner);
    std::vector<std::string> clients;
    for (const auto& c : one.clients) clients.push_back(c.str());
    line(one.id.str(), owner ? owner->name : "", one.address, one.in_maintenance,
         text::join(clients, " "));
  }
  return 0;
}

int node_commands::requests(const platform::settings& s) const {
  const governing here(s);
  for (const auto& r : here.authority->requests(false))
    std::printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.key.str().c_str(), r.state.c_str(),
                plain(r.server).c_str(), plain(r.name).c_str(), plain(r.address).c_str(),
                plain(text::join(r.clients, " ")).c_str(), r.fingerprint.c_str());
  return 0;
}

int node_commands::decide(const platform::settings& s, bool approve) const {
  const governing here(s);
  const auto key = id::parse(request_);
  if (!key) return refused(refuse(kind::not_found, "node.request_unknown"));
  const auto done = approve ? here.authority->approve(by_command(), *key, days_)
                            : here.authority->decline(by_command(), *key);
  if (!done) return refused(done.why());
  return 0;
}

int node_commands::take(const platform::settings& s) const {
  open_egress(s);
  nodes::membership member(folder_of(s), nodes::passphrase_in(s.data, s.passphrase));
  auto settings = nodes::read_settings(folder_of(s));
  settings.name = name_;
  const auto asked = [&] {
    if (!nodes::authority::is_in(folder_of(s) / "authority"))
      return member.ask(settings, {client_}, member.over_http());
    const governing here(s);
    return member.ask(settings, {client_}, inside_this_process(*here.authority));
  }();
  if (!asked) return refused(asked.why());
  std::printf("  Request %s waits for approval.\n", asked->request.str().c_str());
  return 0;
}

int node_commands::retire(const platform::settings& s) const {
  if (server_.empty()) return order(s, "retire");
  const governing here(s);
  if (auto done = here.authority->retire(by_command(), server_); !done) return refused(done.why());
  return 0;
}

int node_commands::order(const platform::settings& s, const std::string& what) const {
  if (!nodes::running::is_in(folder_of(s))) {
    std::fprintf(stderr, "madang: %s is no node\n", s.data.c_str());
    return 1;
  }
  auto db = database(s, "exchange");
  const id key = nodes::give_order(*db, what);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_);
  while (std::chrono::steady_clock::now() < until) {
    const std::string said = nodes::outcome_of_order(*db, key);
    if (said == "done") return 0;
    if (said != "waiting") {
      std::fprintf(stderr, "madang: %s: %s\n", what.c_str(), plain(said).c_str());
      return 1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::fprintf(stderr, "madang: %s is ordered; the house has not done it yet\n", what.c_str());
  return 3;
}

}  // namespace madang::app
