#include "madang/nodes/running.hpp"

#include <algorithm>
#include <fstream>

#include "madang/base/text.hpp"
#include "madang/exchange/elsewhere.hpp"
#include "madang/xroad/archive.hpp"
#include "running_inside.hpp"

namespace madang::nodes {
namespace {

constexpr int answers_every = 600;  // seconds; the configuration lets them be an hour old
constexpr std::chrono::milliseconds turn{250}, soon{1000};

std::string digest_of_program() {
  std::ifstream in("/proc/self/exe", std::ios::binary);
  const std::string octets((std::istreambuf_iterator<char>(in)), {});
  return trust::sha256_hex(octets).substr(0, 12);
}

std::string said(const refusal& why) {
  const std::string detail = xroad::detail_of(why);
  return detail.empty() ? why.code : why.code + ": " + detail;
}

}  // namespace

running::inside::inside(place p)
    : at(std::move(p)),
      member(at.folder, at.passphrase),
      settings(read_settings(at.folder)),
      program(digest_of_program()) {
  prepare_orders(at.db);
  prepare_traffic(at.db);
  read_at = std::filesystem::last_write_time(settings_file(at.folder));
  refuse_agencies();  // before anything is delivered
  const auto self = *xroad::read_client(settings.self);
  for (const auto& t : settings.tells)
    for (const auto& name : t.events)
      at.hub.listen("node " + t.listener, name,
                    [this, self, to = *xroad::read_client(t.listener)](const exchange::event& e) {
                      xroad::node* n = ready;
                      if (!n) throw std::runtime_error("the node is not open yet");
                      tell_one(*n, self, to, e);
                    });
}

running::running(place p) : in_(std::make_unique<inside>(std::move(p))) {}
running::~running() { stop(); }

bool running::is_in(const std::filesystem::path& folder) {
  return std::filesystem::exists(settings_file(folder));
}

const node_settings& running::settings() const { return in_->settings; }

std::string running::state() const {
  std::lock_guard lock(in_->mutex);
  return in_->state;
}
json::value running::status() const { return in_->status(); }
std::vector<neighbour> running::neighbours() const {
  std::lock_guard lock(in_->mutex);
  return in_->seen;
}

void running::start() {
  in_->refuse_elsewhere();
  if (auto keys = in_->member.keys(); keys && last_standing_order(in_->at.db) != "retire")
    in_->open_node(std::move(*keys));
  else if (keys) in_->set_state("retired");
  in_->ticking = std::thread([this] {
    while (!in_->stopping) {
      try {
        in_->tick();
      } catch (const std::exception& e) {
        // The store or the disk is away: what is due stays due.
        log::error("node.clock", {{"what", e.what()}});
        in_->sleep(soon);
      }
      in_->sleep(turn);
    }
  });
  in_->watching = std::thread([this] {
    while (!in_->stopping) {
      try {
        in_->watch();
      } catch (const std::exception& e) {
        log::error("node.watch", {{"what", e.what()}});
        in_->sleep(soon);
      }
    }
  });
}

void running::stop() {
  {
    std::lock_guard lock(in_->waiting);
    in_->stopping = true;
  }
  in_->wake.notify_all();
  if (in_->ticking.joinable()) in_->ticking.join();
  if (in_->watching.joinable()) in_->watching.join();
  registers::keep_elsewhere({});
  exchange::answer_elsewhere({}, {});
  in_->refuse_agencies();
  if (in_->door) in_->door->stop(1);
  if (in_->node) in_->node->stop();
}

void running::inside::sleep(std::chrono::milliseconds most) {
  std::unique_lock lock(waiting);
  wake.wait_for(lock, most, [&] { return stopping.load(); });
}

void running::inside::set_state(const std::string& s) {
  std::lock_guard lock(mutex);
  if (state != s) log::info("node.state", {{"state", s}});
  state = s;
}

// ---- opening ----

void running::inside::open_node(xroad::node_keys keys) {
  const auto base = member.base();
  log = std::make_unique<xroad::message_log>(
      at.db, [base, governs = at.governs](const trust::bytes& request) -> trust::bytes {
        if (governs) return governs->stamp(request);
        const auto got = fetched(base + "/tsa", "application/timestamp-query",
                                 std::string(text::chars_of(request)));
        if (!got) throw std::runtime_error("the time-stamping authority does not answer");
        const auto b = text::bytes_of(*got);
        return {b.begin(), b.end()};
      });
  keys.answers = [this](const trust::bytes& certificate) {
    std::lock_guard lock(mutex);
    const auto found = answers.find(certificate);
    return found == answers.end() ? std::vector<trust::bytes>() : found->second;
  };
  signs_for = keys.sign.size();
  xroad::node_options o;
  o.id = *xroad::read_server(settings.server);
  o.address = settings.listen_host();
  o.port = settings.listen_port();
  o.answers_port = o.port + 77;
  o.deadline = std::chrono::seconds(settings.deadline);
  node = std::make_unique<xroad::node>(std::move(o), std::move(keys), *log);
  source = std::make_unique<xroad::configuration_client>(
      member.anchor(), at.folder / "globalconf",
      [governs = at.governs, base](const std::string& url) -> std::optional<std::string> {
        if (!governs) return fetched(url);
        return governs->published(url.substr(std::min(url.size(), base.size() + 5)));
      });
  apply();
  node->start();
  if (settings.information_systems != 0) {
    http::server_options door_options;
    door_options.port = static_cast<unsigned short>(settings.information_systems);
    door =
        std::make_unique<http::server>(door_options, [this](http::request& r) { return relay(r); });
    door->start();
  }
  if (last_standing_order(at.db) == "drain") {
    node->drain();
    set_state("drained");
  }
  ready = node.get();
}

// What was granted meanwhile: the first certificates, or those of a member more.
void running::inside::join_up() {
  bool open_requests = false;
  for (const auto& s : member.standings()) open_requests = open_requests || s.state == "waiting";
  if (!open_requests && node) return;
  timed("join", settings.refresh, [&] {
    membership::way way;
    if (at.governs)
      way.answer = [this](id request, std::string_view token) -> result<json::value> {
        auto v = at.governs->answer_to(request, token);
        return v ? result<json::value>(*v) : refuse(kind::not_found, "node.request_unknown");
      };
    else way = member.over_http();
    for (const auto& s : member.look(way))
      if (!node) set_state(s.state == "refused" ? "refused" : "waiting");
    const auto granted = member.certificates();
    if (!granted || granted->sign.size() == signs_for) return std::string();
    auto keys = member.keys();
    if (!node) {
      open_node(std::move(*keys));
    } else {
      signs_for = keys->sign.size();
      for (auto& [of, pair] : keys->sign) node->sign_for(of, std::move(pair));
      due.erase("answers");
    }
    return std::string();
  });
}

void running::inside::tick() {
  if (state == "retired") return;
  join_up();
  if (!node) return;
  reread();
  timed("refresh", settings.refresh, [&] { return refresh(); });
  timed("answers", answers_every, [&] { return ask_for_answers(); });
  announce();
  timed("stamp", settings.stamp, [&] { return stamp(); });
  timed("traffic", settings.watch, [&] { return count_traffic(); });
  timed("archive", settings.archive, [&] { return archive(); });
  take_orders();
  std::string now_state;
  {
    std::lock_guard lock(mutex);
    now_state = state;
    if (now_state != "starting" && now_state != "waiting") return;
    if (!conf || answers.empty()) return;
  }
  set_state("serving");
}

void running::inside::timed(const char* name, int period,
                            const std::function<std::string()>& work) {
  const auto found = due.find(name);
  if (found != due.end() && clock::now() < found->second) return;
  const std::string wrong = work();
  if (!wrong.empty()) log::warn("node.clock", {{"work", name}, {"what", wrong}});
  due[name] = clock::now() + (wrong.empty() ? std::chrono::milliseconds(period * 1000)
                                            : std::min<std::chrono::milliseconds>(
                                                  std::chrono::seconds(period), 2 * soon));
  std::lock_guard lock(mutex);
  trouble = wrong.empty() ? trouble.starts_with(name) ? std::string() : trouble
                          : std::string(name) + ": " + wrong;
}

std::string running::inside::refresh() {
  auto taken = source->update(now());
  if (!taken) return said(taken.why());
  node->use(taken->conf, taken->expires);
  std::lock_guard lock(mutex);
  conf = taken->conf;
  expires = taken->expires;
  return {};
}

std::string running::inside::ask_for_answers() {
  const auto granted = member.certificates();
  if (!granted) return "there are no certificates";
  std::vector<trust::bytes> all{granted->auth};
  for (const auto& [of, certificate] : granted->sign) all.push_back(certificate);
  const std::string url = member.base() + "/ocsp";
  for (const auto& certificate : all) {
    const auto request = xroad::ocsp_request(certificate, granted->chain.front());
    std::optional<std::string> got;
    if (at.governs) got = text::chars_of(at.governs->ocsp(request));
    else got = fetched(url, "application/ocsp-request", std::string(text::chars_of(request)));
    if (!got) return "nobody answers for the certificates";
    const auto b = text::bytes_of(*got);
    std::lock_guard lock(mutex);
    answers[certificate] = {trust::bytes(b.begin(), b.end())};
  }
  return {};
}

// A subsystem that was taken is called here only when its keys, answers and offers are there.
void running::inside::announce() {
  const auto server = xroad::read_server(settings.server);
  for (const auto& o : settings.offers) {
    if (announced.contains(o.client)) continue;
    const auto client = *xroad::read_client(o.client);
    const auto granted = member.certificates();
    if (!granted) return;
    const auto paper = granted->sign.find(client.member());
    if (paper == granted->sign.end()) continue;
    {
      std::lock_guard lock(mutex);
      if (!conf || !answers.contains(paper->second)) continue;
      const auto all = conf->of(conf->instance)->servers_of(client);
      announced.insert(o.client);
      if (std::any_of(all.begin(), all.end(), [&](const auto* s) { return s->id == *server; }))
        continue;
    }
    const auto wrong = manage("serve", o.client);
    if (wrong.empty()) continue;
    log::warn("node.announce", {{"client", o.client}, {"what", wrong}});
    // What was not granted, or was released, is not asked again; a way that is cut is.
    if (wrong != "node.client_unknown") announced.erase(o.client);
  }
}

std::string running::inside::stamp() {
  for (;;) {
    const auto n = log->stamp();
    if (!n) return said(n.why());
    if (*n == 0) return {};
  }
}

std::string running::inside::archive() {
  while (log->archive(at.folder / "archive")) {
  }
  return {};
}

}  // namespace madang::nodes
