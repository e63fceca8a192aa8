#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/trust/bytes.hpp"
#include "madang/xroad/identifiers.hpp"

// Messages of the REST protocol (PR-REST section 4), in the octets that are signed, logged and
// hashed:
//   GET CRLF /r1/... CRLF Name:value CRLF ...        200 CRLF OK CRLF Name:value CRLF ...
// The body is a part of its own.
namespace madang::xroad {

using fields = std::vector<std::pair<std::string, std::string>>;

// Not passed through (section 4.3): hop by hop, and what names the host behind. In lower case.
bool is_filtered(std::string_view lower_case_name);

struct rest_request {
  std::string method, path, query;  // path with "/r1/", as it was sent; query without "?"
  fields headers;
  client_id client;
  service_id service;
  std::string service_path;                          // "/v1/bar", or empty
  std::string query_id, user_id, issue, request_id;  // X-Road-Id, -UserId, -Issue, -Request-Id
  std::optional<server_id> server;                   // X-Road-Security-Server
  std::optional<represented_party> represented;

  std::string_view header(std::string_view name) const;
  std::string octets() const;
};
// As it came from an information system. Filtered headers, X-Road-Request-Id and -Request-Hash are
// left out, the rest stays; X-Road-Id and `request_id` are added where they are missing. Refusals
// InvalidRest (method, path, a header with a line end, an address over 2,000 octets),
// InvalidClientIdentifier, MissingHeader (X-Road-Client), DuplicateHeaderField,
// InvalidProtocolVersion, InvalidSecurityServer.
result<rest_request> make_request(std::string method, std::string path, std::string query,
                                  const fields& headers, std::string request_id);
// As another node sent it. The same refusals; filtered headers are refused.
result<rest_request> read_request(std::string_view octets);

struct rest_response {
  int status = 200;
  std::string reason;
  fields headers;
  client_id client;
  service_id service;
  std::string query_id, request_id;
  trust::bytes request_hash;

  std::string_view header(std::string_view name) const;
  std::string octets() const;
};
// The provider's answer with the headers that X-Road adds; those it set itself are replaced.
rest_response make_response(const rest_request& to, const trust::bytes& request_hash, int status,
                            std::string reason, const fields& headers);
// Refusals InvalidRest.
result<rest_response> read_response(std::string_view octets);

// X-Road-Request-Hash: SHA-512(SHA-512(headers) + SHA-512(body)), or SHA-512(headers) without body.
trust::bytes request_hash(std::string_view octets, std::optional<std::string_view> body);

// Who signs a message as it stands in a container: REST, or SOAP of PR-MESS 4.0. Refusal
// InvalidMessage.
struct message_head {
  bool response = false;
  client_id sender, client;
  service_id service;
  std::string query_id;
};
result<message_head> read_head(std::string_view octets);

}  // namespace madang::xroad
