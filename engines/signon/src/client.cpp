#include "madang/signon/client.hpp"

#include <algorithm>
#include <set>

#include "madang/http/message.hpp"

namespace madang::signon {
namespace {

constexpr std::pair<proof, std::string_view> names[] = {{proof::none, "none"},
                                                        {proof::basic, "client_secret_basic"},
                                                        {proof::post, "client_secret_post"},
                                                        {proof::key, "private_key_jwt"},
                                                        {proof::tls, "tls_client_auth"},
                                                        {proof::self_signed,
                                                         "self_signed_tls_client_auth"}};

bool is_web_address(std::string_view s) {
  return (s.starts_with("https://") || s.starts_with("http://")) && s.size() < 1000 &&
         s.find_first_of("#\\ \t\r\n\"<>") == std::string_view::npos;
}

std::string host_of(std::string_view address) {
  auto rest = address.substr(address.find("//") + 2);
  return std::string(rest.substr(0, rest.find_first_of("/:?")));
}

// "http://127.0.0.1:49152/cb" -> "http://127.0.0.1/cb"; nothing when it is no loopback address.
std::optional<std::string> without_port(std::string_view address) {
  for (const std::string_view host : {"http://127.0.0.1", "http://[::1]"}) {
    if (!address.starts_with(host)) continue;
    auto rest = address.substr(host.size());
    if (rest.starts_with(':')) {
      const auto end = rest.find_first_not_of("0123456789", 1);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    }
    if (!rest.empty() && rest[0] != '/') return {};
    return std::string(host) + std::string(rest);
  }
  return {};
}

refusal wrong(const std::string& where, std::string_view member) {
  return refuse(kind::invalid, "signon.client", where + "." + std::string(member));
}

// False: not a list of texts that are all good.
bool take_list(const json::value& v, std::string_view member, bool (*good)(std::string_view),
               std::vector<std::string>& out) {
  const auto& list = json::at(v, member);
  if (list.is_null()) return true;
  if (!list.is_array()) return false;
  for (const auto& one : list.get_array()) {
    if (!one.is_string() || !good(one.get_string())) return false;
    out.emplace_back(one.get_string());
  }
  return true;
}

bool is_scope(std::string_view s) {
  static constexpr std::string_view known[] = {"openid",    "profile",        "birthdate",
                                               "address",   "post",           "documents",
                                               "signals",   "offline_access", "phone",
                                               "verified",  "ci",             "scim",
                                               "exchange"};
  return std::ranges::find(known, s) != std::end(known);
}

// Whether there is such a type the country says, who knows them.
bool is_type(std::string_view s) { return !s.empty() && s.size() <= 60; }

bool is_of_programs(std::string_view scope) {
  return scope == "signals" || scope == "scim" || scope == "exchange";
}

// SHA-256 as base64url writes it (x5t#S256).
bool is_thumbprint(std::string_view s) {
  const auto octets = trust::jose::from_base64url(s);
  return octets && octets->size() == 32;
}

// Front-Channel Logout section 2: scheme, host and port are those of a redirect address.
bool beside_redirect(const client& c, std::string_view address) {
  if (!is_web_address(address)) return false;
  return std::ranges::any_of(c.redirects, [&](const std::string& one) {
    return origin_of(one) == origin_of(address);
  });
}

std::optional<refusal> read_proof(client& c, const json::value& v, const std::string& where) {
  const auto said = json::str(v, "proof", "none");
  const auto* found = std::ranges::find(names, said, &std::pair<proof, std::string_view>::second);
  if (found == std::end(names)) return wrong(where, "proof");
  c.by = found->first;
  c.secret_sha256 = json::str(v, "secret_sha256");
  const bool secret = c.by == proof::basic || c.by == proof::post;
  if (secret != (c.secret_sha256.size() == 64)) return wrong(where, "secret_sha256");
  c.tls_subject = json::str(v, "tls_subject");
  c.tls_dns = json::str(v, "tls_dns");
  if ((c.by == proof::tls) != (c.tls_subject.empty() != c.tls_dns.empty()))
    return wrong(where, "tls_subject");
  if (!take_list(v, "certificates", is_thumbprint, c.certificates) ||
      (c.by == proof::self_signed) == c.certificates.empty())
    return wrong(where, "certificates");
  if (c.by == proof::key) {
    auto keys = trust::jose::read_set(json::at(v, "jwks"));
    if (!keys || keys->empty()) return wrong(where, "jwks");
    c.keys = std::move(*keys);
  }
  return {};
}

result<client> read_one(const json::value& v, const std::string& where) {
  client c;
  c.id = json::str(v, "id");
  if (c.id.empty() || c.id.size() > 64 ||
      c.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
    return wrong(where, "id");
  c.name = json::words_of(json::at(v, "name"));
  c.purpose = json::words_of(json::at(v, "purpose"));
  c.law = json::words_of(json::at(v, "law"));
  for (const auto& [said, member] :
       {std::pair{&c.name, "name"}, std::pair{&c.purpose, "purpose"}, std::pair{&c.law, "law"}})
    if ((*said)("ko").empty() && (*said)("en").empty()) return wrong(where, member);
  if (!take_list(v, "redirects", is_web_address, c.redirects)) return wrong(where, "redirects");
  if (!take_list(v, "after_sign_out", is_web_address, c.after_sign_out))
    return wrong(where, "after_sign_out");
  if (!take_list(v, "scopes", is_scope, c.scopes)) return wrong(where, "scopes");
  if (!take_list(v, "authorization_details_types", is_type, c.detail_types))
    return wrong(where, "authorization_details_types");
  c.back_channel = json::str(v, "back_channel");
  if (!c.back_channel.empty() && !is_web_address(c.back_channel))
    return wrong(where, "back_channel");
  c.front_channel = json::str(v, "front_channel");
  if (!c.front_channel.empty() && !beside_redirect(c, c.front_channel))
    return wrong(where, "front_channel");
  c.devices = json::flag(v, "devices");
  c.asks = json::str(v, "asks");
  if (!c.asks.empty() && c.asks != "poll" && !is_web_address(c.asks)) return wrong(where, "asks");
  c.asks_push = json::flag(v, "asks_push");
  if (c.asks_push && (c.asks.empty() || c.asks == "poll")) return wrong(where, "asks_push");
  c.signs = json::flag(v, "signs");
  if (const auto& said = json::at(v, "request_jwks"); !said.is_null()) {
    auto keys = trust::jose::read_set(said);
    if (!keys || keys->empty()) return wrong(where, "request_jwks");
    c.request_keys = std::move(*keys);
  }
  if (c.signs && c.request_keys.empty()) return wrong(where, "request_jwks");
  c.signals = json::str(v, "signals");
  if (!c.signals.empty() && c.signals != "poll" && !is_web_address(c.signals))
    return wrong(where, "signals");
  if (auto bad = read_proof(c, v, where)) return *bad;
  c.post = json::str(v, "post");
  // Whoever changes posts by program does it for a post, which answers for it.
  const bool provisions = std::ranges::find(c.scopes, "scim") != c.scopes.end();
  if (provisions == c.post.empty()) return wrong(where, "post");
  if (provisions && c.by == proof::none) return wrong(where, "proof");
  // CIBA Core section 7.1: whoever asks so has shown who it is.
  if (!c.asks.empty() && c.by == proof::none) return wrong(where, "asks");
  // A program has a secret or a key and nothing of people; everybody else has somewhere to go back.
  const bool program = !c.scopes.empty() && c.own_scopes() == c.scopes;
  const bool elsewhere = c.devices || !c.asks.empty();
  if (c.redirects.empty() && !program && !elsewhere) return wrong(where, "redirects");
  c.sector = json::str(v, "sector", c.redirects.empty() ? c.id : host_of(c.redirects.front()));
  c.pushes = json::flag(v, "pushes");
  c.binds = json::flag(v, "binds");
  c.binds_certificate = json::flag(v, "binds_certificate");
  c.lasts = json::flag(v, "lasts");
  c.inspects = json::flag(v, "inspects");
  return c;
}

}  // namespace

std::string_view name_of(proof p) {
  for (const auto& [one, name] : names)
    if (one == p) return name;
  return {};
}

std::string origin_of(std::string_view address) {
  const auto host = address.find("//") + 2;
  return std::string(address.substr(0, address.find_first_of("/?", host)));
}

bool client::may_redirect_to(std::string_view address) const {
  if (std::ranges::find(redirects, address) != redirects.end()) return true;
  if (by != proof::none || address.size() > 1000) return false;
  auto portless = without_port(address);
  return portless && std::ranges::any_of(redirects, [&](const std::string& one) {
           auto registered = without_port(one);
           return registered && *registered == *portless;
         });
}

bool client::may_ask(std::string_view scope) const {
  return scope == "openid" ||
         (!is_of_programs(scope) && std::ranges::find(scopes, scope) != scopes.end());
}

std::vector<std::string> client::own_scopes() const {
  std::vector<std::string> out;
  if (by == proof::none) return out;
  std::ranges::copy_if(scopes, std::back_inserter(out), is_of_programs);
  return out;
}

result<std::vector<client>> read_clients(const json::value& v) {
  std::vector<client> out;
  const auto& list = json::at(v, "clients");
  if (list.is_null()) return out;
  if (!list.is_array()) return refuse(kind::invalid, "signon.client", "clients");
  std::set<std::string> seen;
  for (const auto& one : list.get_array()) {
    auto read = read_one(one, "clients[" + std::to_string(out.size()) + "]");
    if (!read) return read.why();
    if (!seen.insert(read->id).second)
      return wrong("clients[" + std::to_string(out.size()) + "]", "id");
    out.push_back(std::move(*read));
  }
  return out;
}

}  // namespace madang::signon
