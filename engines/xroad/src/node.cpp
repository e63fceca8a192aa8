#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "madang/base/json.hpp"
#include "node_inside.hpp"

namespace madang::xroad {

node::inside::inside(node_options o, node_keys k, message_log& l)
    : options(std::move(o)), keys(std::move(k)), log(l), secrets([&] {
        wire::keys w{keys.auth.key, {keys.auth.certificate}};
        w.chain.insert(w.chain.end(), keys.chain.begin(), keys.chain.end());
        return w;
      }()) {
  for (auto& [member, p] : keys.sign) signs[member] = &p;
}

result<std::shared_ptr<const configuration>> node::inside::current() const {
  std::lock_guard lock(mutex);
  if (!conf.conf) return fault("OutdatedGlobalConf", "There is no global configuration yet");
  if (conf.expires < madang::now())
    return fault("OutdatedGlobalConf", "Global configuration is expired");
  return conf.conf;
}

const node_keys::pair* node::inside::pair_of(const client_id& member) const {
  std::lock_guard lock(signing);
  const auto found = signs.find(member.member());
  return found == signs.end() ? nullptr : found->second;
}

message_signer node::inside::signer_for(const node_keys::pair& p) const {
  message_signer out;
  out.who.certificate = p.certificate;
  out.who.sign = [&key = p.key](trust::view data) { return key.sign_der(data); };
  if (keys.answers) out.answers = keys.answers(p.certificate);
  return out;
}

wire::target target_of(const server_info& s) {
  const auto colon = s.address.rfind(':');
  wire::target out{s.address.substr(0, colon), 5500};
  if (colon != std::string::npos)
    std::from_chars(s.address.data() + colon + 1, s.address.data() + s.address.size(), out.port);
  return out;
}

call_answer error_answer(const refusal& why) {
  const bool theirs = why.code.starts_with("Client.") || why.code == "Client";
  call_answer out;
  out.status = theirs ? 400 : 500;
  out.error = why.code;
  out.headers = {{"Content-Type", "application/json;charset=utf-8"}, {"X-Road-Error", why.code}};
  out.body = json::print(
      json::object{{"type", why.code}, {"message", detail_of(why)}, {"detail", new_id().str()}});
  return out;
}

std::string_view call_answer::header(std::string_view name) const {
  for (const auto& [n, v] : headers)
    if (n.size() == name.size() && std::equal(n.begin(), n.end(), name.begin(), [](char a, char b) {
          return std::tolower(static_cast<unsigned char>(a)) ==
                 std::tolower(static_cast<unsigned char>(b));
        }))
      return v;
  return {};
}

node::node(node_options o, node_keys keys, message_log& log)
    : in_(std::make_unique<inside>(std::move(o), std::move(keys), log)) {}
node::~node() { stop(); }

void node::use(std::shared_ptr<const configuration> c, instant expires) {
  std::lock_guard lock(in_->mutex);
  in_->conf = {std::move(c), expires};
}

void node::offer(offered service) {
  std::lock_guard lock(in_->mutex);
  in_->services[service.id] = std::move(service);
}

namespace {
bool same(const right& a, const right& b) {
  return a.service == b.service && a.client == b.client && a.group == b.group && a.at == b.at;
}
}  // namespace

void node::allow(right r) {
  std::lock_guard lock(in_->mutex);
  in_->rights.push_back(std::move(r));
}

void node::forbid(const right& r) {
  std::lock_guard lock(in_->mutex);
  std::erase_if(in_->rights, [&](const right& one) { return same(one, r); });
}

void node::sign_for(const client_id& member, node_keys::pair p) {
  std::lock_guard lock(in_->signing);
  in_->signs[member.member()] = &in_->pairs.emplace_back(std::move(p));
}

void node::start() {
  in_->socket = wire::listen_on(in_->options.address, in_->options.port);
  in_->answers_socket = wire::listen_on(in_->options.address, in_->options.answers_port);
  in_->listener = std::thread([this] { in_->listen(in_->socket, false); });
  in_->answers_listener = std::thread([this] { in_->listen(in_->answers_socket, true); });
}

void node::drain() { in_->draining = true; }
void node::resume() { in_->draining = false; }

void node::stop() {
  if (in_->stopping.exchange(true)) return;
  if (in_->listener.joinable()) in_->listener.join();
  if (in_->answers_listener.joinable()) in_->answers_listener.join();
  for (const int s : {in_->socket, in_->answers_socket})
    if (s >= 0) ::close(s);
  std::unique_lock lock(in_->serving_mutex);
  in_->served.wait(lock, [&] { return in_->serving == 0; });
}

int node::port() const { return wire::port_of(in_->socket); }
int node::answers_port() const { return wire::port_of(in_->answers_socket); }
const server_id& node::id() const { return in_->options.id; }

std::string node::list_clients(const std::string& instance) const {
  json::array all;
  const auto conf = in_->current();
  const shared_parameters* p =
      conf ? (*conf)->of(instance.empty() ? (*conf)->instance : instance) : nullptr;
  const auto add = [&](const client_id& c, const std::string& name) {
    json::object id{{"object_type", c.subsystem.empty() ? "MEMBER" : "SUBSYSTEM"},
                    {"xroad_instance", c.instance},
                    {"member_class", c.member_class},
                    {"member_code", c.member_code}};
    if (!c.subsystem.empty()) id["subsystem_code"] = c.subsystem;
    all.push_back(json::object{{"id", id}, {"name", name}});
  };
  if (p)
    for (const auto& m : p->members) {
      add(m.id, m.name);
      for (const auto& s : m.subsystems) {
        client_id c = m.id;
        c.subsystem = s;
        add(c, m.name);
      }
    }
  return json::print(json::object{{"member", all}});
}

std::string node::name_of(const client_id& id) const {
  const auto conf = in_->current();
  const shared_parameters* p = conf ? (*conf)->of(id.instance) : nullptr;
  const member_info* m = p ? p->find(id) : nullptr;
  return m ? m->name : id.str();
}

std::vector<node::link> node::links() const {
  std::vector<link> out;
  std::lock_guard lock(in_->mutex);
  for (const auto& [id, p] : in_->partners) {
    std::lock_guard inner(p->mutex);
    link l = p->seen;
    l.server = id.str();
    const bool open = p->failures_in_a_row >= in_->options.failures_to_open;
    l.circuit = !open ? "closed" : p->open_until > wire::clock::now() ? "open" : "half-open";
    if (const auto good = l.calls - l.failures; good > 0)
      l.mean_microseconds = p->microseconds / good;
    out.push_back(std::move(l));
  }
  return out;
}

node::figures node::now() const {
  return {in_->taken, in_->refused, in_->answering, in_->draining};
}

result<std::string> node::sealed(const rest_request& r, const std::optional<std::string>& body,
                                 std::string& content_type) const {
  auto m = in_->seal(r, body);
  if (!m) return m.why();
  auto e = encode(*m);
  content_type = e.content_type;
  return std::move(e.body);
}

}  // namespace madang::xroad
