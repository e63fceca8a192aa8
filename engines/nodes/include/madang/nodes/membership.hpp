#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "madang/base/base.hpp"
#include "madang/nodes/settings.hpp"
#include "madang/xroad/node.hpp"
#include "madang/xroad/source.hpp"

// A node's keys and its place in a network, as they lie in <data>/exchange: the anchor that it was
// given, its keys (sealed by the house's passphrase), what it has asked of the governing authority
// and the certificates that it got. Commands and the running house use the same files.
namespace madang::nodes {

class membership {
 public:
  membership(std::filesystem::path folder, std::string passphrase);

  // How the authority is spoken to; over HTTP unless it lives in this process.
  struct way {
    std::function<result<id>(std::string_view wish, trust::view by_auth, trust::view by_sign)> take;
    std::function<result<json::value>(id request, std::string_view token)> answer;
  };
  // By the anchor's address. Refusals node.authority_unreachable, and what it refuses.
  way over_http() const;

  bool has_anchor() const;
  // Keeps it for good; the same again is no mistake. Refusals node.anchor (no anchor of one
  // source), node.anchor_other (another network's is there).
  outcome accept_anchor(const std::string& xml);
  xroad::anchor anchor() const;  // throws std::runtime_error: there is none
  std::string base() const;      // "http://host:port/exchange"

  // Asks to serve `clients`, subsystems of one member, with keys that are made when they are not
  // there. The fingerprint is what the approving official sees too.
  struct asked {
    id request;
    std::string fingerprint;
  };
  result<asked> ask(const node_settings& s, const std::vector<std::string>& clients, const way& w);

  // What became of the requests that wait. Certificates that were granted are kept.
  struct standing {
    id request;
    std::string member, state;  // "waiting" "approved" "refused" "unreachable"
  };
  std::vector<standing> look(const way& w);
  std::vector<standing> standings() const;  // as last looked

  // What was granted; nothing: it is not approved.
  struct papers {
    trust::bytes auth;
    std::map<xroad::client_id, trust::bytes> sign;  // by member
    std::vector<trust::bytes> chain;                // above them, the issuer first
  };
  std::optional<papers> certificates() const;
  // With their keys, which takes scrypt's time. `answers` is for the caller to set.
  std::optional<xroad::node_keys> keys() const;
  std::optional<xroad::client_id> management() const;

 private:
  std::filesystem::path in(const std::string& name) const { return folder_ / name; }
  trust::key key(const std::string& name) const;  // made when it is not there
  json::value book() const;
  void keep_book(const json::value& v) const;

  std::filesystem::path folder_;
  std::string passphrase_;
};

// The passphrase that seals the keys of a house: as its settings give it, else <data>/passphrase,
// made once.
std::string passphrase_in(const std::filesystem::path& data, const std::string& given);

// GET, or POST of a body, through the house's one door to others. Nothing: no answer with 200.
std::optional<std::string> fetched(const std::string& url, const std::string& content_type = {},
                                   const std::string& body = {});

}  // namespace madang::nodes
