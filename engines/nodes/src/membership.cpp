#include "madang/nodes/membership.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "madang/base/text.hpp"
#include "madang/egress/egress.hpp"

namespace madang::nodes {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Its owner's alone, whole or not at all.
void write_private(const fs::path& file, std::string_view octets) {
  fs::create_directories(file.parent_path());
  const std::string beside = file.string() + ".new";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool good =
      fd >= 0 && ::write(fd, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()) &&
      ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!good) throw std::runtime_error(file.string() + " cannot be written");
  fs::rename(beside, file);
}

// "sign-GOV-1210000": what a member is called among files. Two that differ only in signs that
// files do not have would share a name, so the digest stands behind.
std::string sign_name(const xroad::client_id& member) {
  std::string out = "sign-";
  for (const char c : member.member_class + "-" + member.member_code)
    out += std::isalnum(static_cast<unsigned char>(c)) || c == '-' ? c : '_';
  return out.substr(0, 60) + "-" + trust::sha256_hex(member.str()).substr(0, 8);
}

trust::bytes decoded(std::string_view base64) {
  const auto b = text::from_base64(base64);
  return b ? trust::bytes(b->begin(), b->end()) : trust::bytes();
}

std::string fingerprint_of(const trust::key& k) {
  const std::string h = text::upper_case(text::hex(trust::sha256(k.verifier().der())));
  std::string out;
  for (std::size_t i = 0; i < 32; i += 4) out += (i ? " " : "") + h.substr(i, 4);
  return out;
}

}  // namespace

std::string passphrase_in(const fs::path& data, const std::string& given) {
  if (!given.empty()) return given;
  const fs::path file = data / "passphrase";
  std::string kept;
  if (std::ifstream in(file); in && std::getline(in, kept) && !kept.empty()) return kept;
  kept = random_token(32);
  write_private(file, kept);
  return kept;
}

std::optional<std::string> fetched(const std::string& url, const std::string& content_type,
                                   const std::string& body) {
  egress::call c{egress::purpose::exchange, url, content_type, body, {}};
  c.connect_seconds = 3;
  c.most_body = 16u << 20;
  auto got = egress::ask(c);
  if (got.status != 200) return {};
  return std::move(got.body);
}

membership::membership(fs::path folder, std::string passphrase)
    : folder_(std::move(folder)), passphrase_(std::move(passphrase)) {}

// ---- the anchor ----

bool membership::has_anchor() const { return fs::exists(in("anchor.xml")); }

outcome membership::accept_anchor(const std::string& xml) {
  const auto a = xroad::read_anchor(xml);
  constexpr std::string_view ending = "/exchange/conf";
  if (!a || a->sources.size() != 1 || !a->sources[0].url.ends_with(ending))
    return refuse(kind::invalid, "node.anchor", "anchor");
  if (has_anchor()) {
    const auto known = anchor();
    if (known.sources[0].url != a->sources[0].url ||
        known.sources[0].certificates != a->sources[0].certificates)
      return refuse(kind::conflict, "node.anchor_other", "anchor");
    return nothing{};
  }
  write_private(in("anchor.xml"), xml);
  return nothing{};
}

xroad::anchor membership::anchor() const {
  auto a = xroad::read_anchor(read_file(in("anchor.xml")));
  if (!a) throw std::runtime_error(in("anchor.xml").string() + " is no anchor");
  return std::move(*a);
}

std::string membership::base() const {
  const std::string url = anchor().sources.front().url;
  return url.substr(0, url.rfind('/'));
}

// ---- asking ----

membership::way membership::over_http() const {
  const auto unreachable = [](const std::string& why) {
    return refuse(kind::unavailable, "node.authority_unreachable", "", {{"why", why}});
  };
  const auto ask = [unreachable](const std::string& url,
                                 const json::value& body) -> result<json::value> {
    egress::call c{egress::purpose::exchange,
                   url,
                   "application/json",
                   json::print(body),
                   {"Accept: application/json"}};
    const auto got = egress::ask(c);
    if (got.status == 0) return unreachable(got.problem);
    const auto v = json::parse(got.body);
    if (got.status == 200 && v) return *v;
    // "/problems/node.request_signature"
    const std::string type(v ? json::str(*v, "type") : std::string_view());
    const auto slash = type.rfind('/');
    if (!type.starts_with("/problems/")) return unreachable(std::to_string(got.status));
    return refuse(kind::invalid, type.substr(slash + 1), std::string(json::str(*v, "field")));
  };
  const std::string at = base() + "/join";
  way w;
  w.take = [ask, at](std::string_view wish, trust::view by_auth,
                     trust::view by_sign) -> result<id> {
    const auto v = ask(at, json::object{{"wish", wish},
                                        {"by_auth", text::base64(by_auth)},
                                        {"by_sign", text::base64(by_sign)}});
    if (!v) return v.why();
    const auto key = id::parse(json::str(*v, "request"));
    if (!key) return refuse(kind::unavailable, "node.authority_unreachable");
    return *key;
  };
  w.answer = [ask, at](id request, std::string_view token) {
    return ask(at + "/answer", json::object{{"request", request.str()}, {"token", token}});
  };
  return w;
}

trust::key membership::key(const std::string& name) const {
  const auto file = in(name + ".key.pem");
  if (fs::exists(file)) {
    auto k = trust::key::open(read_file(file), passphrase_);
    if (!k) throw std::runtime_error(file.string() + ": " + k.why().code);
    return *k;
  }
  auto made = trust::key::generate();
  write_private(file, made.seal(passphrase_));
  return made;
}

json::value membership::book() const {
  const auto v = json::parse(read_file(in("membership.json")));
  return v && v->is_object() ? *v : json::value(json::object{{"requests", json::array{}}});
}

void membership::keep_book(const json::value& v) const {
  write_private(in("membership.json"), json::print(v));
}

result<membership::asked> membership::ask(const node_settings& s,
                                          const std::vector<std::string>& clients, const way& w) {
  if (clients.empty()) return refuse(kind::invalid, "node.request", "clients");
  const auto first = xroad::read_client(clients.front());
  if (!first) return refuse(kind::invalid, "node.request", "clients");
  const trust::key auth = key("auth"), sign = key(sign_name(first->member()));
  const std::string token = random_token(32);
  json::array named;
  for (const auto& c : clients) named.emplace_back(c);
  const std::string octets =
      json::print(json::object{{"server", s.server},
                               {"name", s.name},
                               {"address", s.address},
                               {"clients", std::move(named)},
                               {"auth_key", text::base64(auth.verifier().der())},
                               {"sign_key", text::base64(sign.verifier().der())},
                               {"token_sha256", trust::sha256_hex(token)}});
  const auto message = trust::view_of(octets);
  const auto request = w.take(octets, auth.sign(message), sign.sign(message));
  if (!request) return request.why();
  json::value all = book();
  all.as_object()["requests"].as_array().push_back(json::object{{"request", request->str()},
                                                                {"token", token},
                                                                {"member", first->member().str()},
                                                                {"state", "waiting"}});
  keep_book(all);
  return asked{*request, fingerprint_of(auth)};
}

std::vector<membership::standing> membership::standings() const {
  std::vector<standing> out;
  const json::value all = book();
  if (const auto& list = json::at(all, "requests"); list.is_array())
    for (const auto& one : list.get_array())
      out.push_back({id::parse(json::str(one, "request")).value_or(id{}),
                     std::string(json::str(one, "member")), std::string(json::str(one, "state"))});
  return out;
}

std::vector<membership::standing> membership::look(const way& w) {
  json::value all = book();
  bool news = false;
  for (auto& one : all.as_object()["requests"].as_array()) {
    if (json::str(one, "state") != "waiting") continue;
    const auto member = xroad::read_client(json::str(one, "member"));
    const auto request = id::parse(json::str(one, "request"));
    if (!member || !request) continue;
    const auto said = w.answer(*request, json::str(one, "token"));
    if (!said) continue;
    const std::string state(json::str(*said, "state"));
    if (state == "approved") {
      int n = 0;
      if (const auto& chain = json::at(*said, "chain"); chain.is_array())
        for (const auto& c : chain.get_array())
          if (c.is_string())
            write_private(in("chain-" + std::to_string(n++) + ".der"),
                          text::chars_of(decoded(c.get_string())));
      write_private(in("auth.der"), text::chars_of(decoded(json::str(*said, "auth"))));
      write_private(in(sign_name(*member) + ".der"),
                    text::chars_of(decoded(json::str(*said, "sign"))));
      all.as_object()["management"] = json::str(*said, "management");
    }
    if (state != "waiting") {
      one.as_object()["state"] = state;
      news = true;
    }
  }
  if (news) keep_book(all);
  return standings();
}

std::optional<membership::papers> membership::certificates() const {
  const auto certificate = [&](const std::string& name) {
    const std::string octets = read_file(in(name + ".der"));
    const auto b = text::bytes_of(octets);
    return trust::bytes(b.begin(), b.end());
  };
  if (!fs::exists(in("auth.der"))) return {};
  papers out;
  out.auth = certificate("auth");
  for (const auto& s : standings())
    if (const auto member = xroad::read_client(s.member); member && s.state == "approved")
      out.sign.insert_or_assign(*member, certificate(sign_name(*member)));
  for (int n = 0; fs::exists(in("chain-" + std::to_string(n) + ".der")); ++n)
    out.chain.push_back(certificate("chain-" + std::to_string(n)));
  if (out.sign.empty() || out.chain.empty()) return {};
  return out;
}

std::optional<xroad::node_keys> membership::keys() const {
  auto granted = certificates();
  if (!granted) return {};
  xroad::node_keys out{{key("auth"), std::move(granted->auth)}, {}, std::move(granted->chain), {}};
  for (auto& [of, certificate] : granted->sign)
    out.sign.emplace(of, xroad::node_keys::pair{key(sign_name(of)), std::move(certificate)});
  return out;
}

std::optional<xroad::client_id> membership::management() const {
  const json::value all = book();
  const auto c = xroad::read_client(json::str(all, "management"));
  if (!c) return {};
  return *c;
}

}  // namespace madang::nodes
