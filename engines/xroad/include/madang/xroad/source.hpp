#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "madang/xroad/configuration.hpp"

// A configuration source and its clients (PR-GCONF section 2.6): what is published, and how a node
// takes it, believing nothing but the anchor that it was given by hand.
namespace madang::xroad {

// Everything to be served, by the path below the anchor's address: "" is the signed directory, the
// rest are the files that it lists, whose names hold their digest, so that a client that reads
// while they change gets what belongs together.
struct publication {
  shared_parameters shared;
  private_parameters own;
  std::string address;       // of the source, as the shared parameters name it
  trust::bytes certificate;  // that the anchor has
  octet_signer sign;
};
std::map<std::string, std::string> publish(const publication& p, instant at,
                                           std::chrono::seconds valid_for);

// Gets an address; nothing: it cannot be had.
using fetcher = std::function<std::optional<std::string>(const std::string& url)>;

// Follows an anchor. Keeps the newest that was good in `folder` (as read_folder reads it), which
// stays when a download fails. Each source of the anchor is tried in turn.
class configuration_client {
 public:
  configuration_client(anchor a, std::filesystem::path folder, fetcher fetch);

  struct taken {
    std::shared_ptr<const configuration> conf;
    instant expires;
    bool changed = false;  // a part was downloaded; else only the directory was
  };
  // Refusals of read_directory, of the parameters, and global_conf_download_failure (nobody gave
  // one, or a file does not have the digest that was signed),
  // global_conf_older (the directory ends before the one we have: somebody shows an old one).
  result<taken> update(instant at);

 private:
  result<taken> from(const configuration_source& s, instant at);
  anchor anchor_;
  std::filesystem::path folder_;
  fetcher fetch_;
  std::map<std::string, std::string> known_;  // digest in hex -> octets
  instant newest_{};
};

}  // namespace madang::xroad
