#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/store/store.hpp"
#include "madang/xroad/source.hpp"

// The governing authority of a network of nodes: it certifies its members' keys, says in a signed
// configuration who belongs to it, answers for certificates (OCSP) and stamps the time. One of the
// nodes' processes runs it; what it decides is kept in that house's store, so commands and pages
// of other processes over the same store are seen at once.
namespace madang::nodes {

struct join_request {
  id key;
  instant at;
  std::string server, member, name, address;
  std::vector<std::string> clients;
  std::string state;  // "waiting" "approved" "refused"
  std::optional<instant> answered_at;
  std::string answered_by;
  // SHA-256 of the key that authenticates, in groups: to be compared by telephone.
  std::string fingerprint;
};

// A server with what it serves, as the authority has it.
struct registered_server {
  std::string id, name, address;
  bool in_maintenance = false;
  instant since;
  std::vector<std::string> clients;
};

class authority {
 public:
  // Whose store and folder these are. `url`: where the house that runs it is reached, without a
  // slash at its end; what is published stands below it at /exchange.
  struct place {
    store::database& db;
    std::filesystem::path folder;  // <data>/exchange/authority
    std::string passphrase, url;
  };
  // Makes the keys of a new network in an empty folder. Refusal node.authority_there.
  static outcome create(const place& p, const std::string& instance);
  static bool is_in(const std::filesystem::path& folder);
  // Throws std::runtime_error: no authority lies there, or its keys cannot be opened.
  explicit authority(place p);
  ~authority();

  const std::string& instance() const;
  std::string anchor() const;  // XML, to be handed to whoever joins, by a way that is trusted

  // ---- requests ----
  // A node asks to become a server of the network (join), or, as a server that is one, to serve a
  // further member (take). `octets` is JSON: "server" ("KR/GOV/1210000/tax"), "name" of the member
  // as people read it, "address" (host:port of its exchange), "clients" (subsystems of one member),
  // "auth_key" and "sign_key" (SubjectPublicKeyInfo in base64), "token_sha256" (hex; who has the
  // token may fetch the answer). `signed_by_*`: over `octets`, by the two keys in it. Refusals:
  // node.request (field: what is wrong), node.request_signature, node.requests_full.
  result<id> take(std::string_view octets, trust::view signed_by_auth, trust::view signed_by_sign);
  std::vector<join_request> requests(bool waiting_only) const;
  // {"state", and when approved "auth", "sign", "chain": [...], "management"}; certificates are DER
  // in base64. Nothing: no such request, or not this token.
  std::optional<json::value> answer_to(id request, std::string_view token) const;
  // `days`: of certificates that end sooner than usual, for a trial. Refusals:
  // node.request_unknown, node.request_answered, node.server_taken, pki.lint.
  outcome approve(const audit::access& why, id request,
                  std::optional<int> days = {});
  outcome decline(const audit::access& why, id request);

  // ---- what belongs to it ----
  std::vector<registered_server> servers() const;
  // Refusals: node.server_unknown, and node.client_unknown of serve and release.
  outcome maintenance(const audit::access& why, const std::string& server, bool on);
  // Out of the configuration, with every certificate taken back.
  outcome retire(const audit::access& why, const std::string& server);
  // A client that the server took is there, and from now on it is called for it.
  outcome serve(const audit::access& why, const std::string& server, const std::string& client);
  // One client of one server, which serves it no longer.
  outcome release(const audit::access& why, const std::string& server, const std::string& client);

  // ---- what it answers, over plain HTTP ----
  // Below /exchange/conf: "" is the signed directory. Nothing: there is no such file.
  std::optional<std::string> published(const std::string& file);
  trust::bytes ocsp(trust::view request) const;
  trust::bytes stamp(trust::view request) const;

  // Who offers drain and retire to the servers: the subsystem "management" of the first member.
  xroad::client_id management() const;

  static constexpr std::size_t most_waiting = 200;
  static constexpr std::chrono::minutes valid_for{60};  // of a directory

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace madang::nodes
