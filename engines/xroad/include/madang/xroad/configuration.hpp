#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/time.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/xroad/identifiers.hpp"

// The global configuration (PR-GCONF): who belongs to the network, whom it believes, and where it
// is published. An anchor leads to a signed directory, the directory to parameters. Versions 2 to 6
// of the parameters are read; version 5 is written.
namespace madang::xroad {

// ---- parameters ----

struct ca_info {
  trust::bytes certificate;  // DER
  std::vector<std::string> responder_urls;
  std::vector<trust::bytes> responders;  // certificates that may sign its OCSP answers
};
struct approved_ca {
  std::string name, profile;  // profile: class name of the origin, which says
                              // how a certificate names its member
  bool authentication_only = false;
  ca_info top;
  std::vector<ca_info> intermediate;
};
struct approved_tsa {
  std::string name, url;
  trust::bytes certificate;
};
struct member_info {
  client_id id;
  std::string name;
  std::vector<std::string> subsystems;
};
struct server_info {
  server_id id;
  std::string address;                         // host[:port]
  std::vector<trust::bytes> auth_cert_hashes;  // SHA-1 in version 2, SHA-256 since
  std::vector<client_id> clients;              // the owner is one without being named
  bool in_maintenance = false;
};
// What was found good by a configuration, and from when until when it stays so: certificates of
// partners come with every message. It belongs to one configuration, so a copy begins empty.
class known_good {
 public:
  known_good();
  known_good(const known_good&);
  known_good& operator=(const known_good&);
  ~known_good();
  bool has(const trust::bytes& key, instant at) const;
  void keep(const trust::bytes& key, instant from, instant until) const;

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

struct shared_parameters {
  std::string instance;
  std::vector<approved_ca> authorities;
  std::vector<approved_tsa> stampers;
  std::vector<member_info> members;
  std::vector<server_info> servers;
  std::map<std::string, std::vector<client_id>> groups;
  std::map<std::string, std::string> member_classes;  // code -> description
  std::chrono::seconds ocsp_freshness{3600};
  known_good verified;  // certificates with their answers; see verify_certificate

  const member_info* find(const client_id& member_or_subsystem) const;
  bool is_registered(const client_id& id) const;
  // Servers that serve a client, in the order of the file.
  std::vector<const server_info*> servers_of(const client_id& id) const;
  const server_info* server_with(trust::view auth_certificate) const;
  bool in_group(const std::string& group, const client_id& id) const;
};
// Refusals MalformedGlobalConf.
result<shared_parameters> read_shared(std::string_view xml);
std::string write_shared(const shared_parameters& p, const std::string& source_address,
                         const std::vector<trust::bytes>& verification_certificates);

struct configuration_source {
  std::string url;
  std::vector<trust::bytes> certificates;  // any of them may verify
};
struct anchor {
  std::string instance;
  std::optional<instant> generated;
  std::vector<configuration_source> sources;
};
result<anchor> read_anchor(std::string_view xml);
std::string write_anchor(const anchor& a);

struct private_parameters {
  std::string instance;
  std::vector<anchor> anchors;  // of other instances, or detached parameters
  std::string management_address;
  std::chrono::seconds stamping_interval{60};
};
result<private_parameters> read_private(std::string_view xml);
std::string write_private(const private_parameters& p);

// ---- the signed directory ----

struct directory_entry {
  std::string identifier, instance, location, digest_method, file_name;
  trust::bytes digest;
  // Octets of the file at `location`, as it was downloaded.
  bool matches(std::string_view octets) const;
};
struct signed_directory {
  instant expires;
  std::string version;  // may be empty
  std::vector<directory_entry> entries;
};
// Which certificate verifies, by its hash: nothing when none of the anchor has it.
using certificate_finder =
    std::function<std::optional<trust::bytes>(const trust::bytes& hash, const std::string& method)>;
certificate_finder among(const std::vector<trust::bytes>& certificates);
// Refusals by the codes of the origin: global_conf_parsing_downloaded_conf_directory_failure,
// global_conf_missing_signed_data, global_conf_signature_decode_failure,
// global_conf_missing_verification_cert, global_conf_signature_verification_failure,
// global_conf_header_field_missing, global_conf_outdated,
// global_conf_missing_signed_data_expiration_date. 1 MiB at most.
result<signed_directory> read_directory(std::string_view mime, const certificate_finder& find,
                                        instant at);
// The directory alone, as it stands between the boundaries, after its signature was verified.
result<signed_directory> read_directory_part(std::string_view content_type, std::string_view body,
                                             instant at);

using octet_signer = std::function<trust::bytes(trust::view)>;  // ECDSA with SHA-256, DER
std::string write_directory(const signed_directory& d, const trust::bytes& certificate,
                            const octet_signer& sign);

// ---- a downloaded configuration, as files ----

// instance-identifier, and a folder an instance with shared-params.xml, private-params.xml and
// their .metadata ({"contentIdentifier", "instanceIdentifier", "expirationDate",
// "configurationVersion"}). Refusals MalformedGlobalConf.
struct configuration {
  std::string instance;
  std::map<std::string, shared_parameters> shared;
  std::map<std::string, private_parameters> own;  // private parameters
  std::map<std::string, instant> expires;

  const shared_parameters* of(const std::string& instance_id) const;
};
result<configuration> read_folder(const std::filesystem::path& folder);

}  // namespace madang::xroad
