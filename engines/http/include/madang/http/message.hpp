#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// Requests and responses as values (RFC 9110), free of any library type.
namespace madang::http {

// Name-value pairs in the order they came; names of header fields compare without case.
using pairs = std::vector<std::pair<std::string, std::string>>;

// One part of multipart/form-data (RFC 7578).
struct part {
  std::string name;
  std::string filename;       // empty for an ordinary field
  std::string content_type;
  std::string body;
};

// A request as the edge accepted it: target normalised (RFC 3986 section 6.2.2), percent-decoded,
// UTF-8, no dot segments, no NUL.
struct request {
  std::string method;              // "GET"
  std::string path;                // "/services/resident-certificate"
  pairs query;
  pairs headers;
  std::string body;
  std::string peer;                // address of the other end
  bool secure = false;             // over TLS
  std::map<std::string, std::string> captured;   // what "{name}" in the route matched
  instant received{};

  std::string_view header(std::string_view name) const;     // empty when absent
  std::string_view cookie(std::string_view name) const;
  std::string_view param(std::string_view name) const;      // of the query; empty when absent
  std::string_view capture(std::string_view name) const;
  bool wants_json() const;         // Accept prefers application/json to text/html
};

// Fields of application/x-www-form-urlencoded. Refused when ill-formed, not UTF-8, more than 500
// fields: form.syntax, form.encoding, form.too_many.
result<pairs> parse_form(std::string_view body);
// multipart/form-data (RFC 7578); at most 100 parts: multipart.syntax, multipart.too_many.
result<std::vector<part>> parse_multipart(std::string_view content_type, std::string_view body);

std::string percent_encode(std::string_view s);             // everything but unreserved
std::optional<std::string> percent_decode(std::string_view s, bool plus_is_space = false);

struct response {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  pairs headers;
  std::string body;
  std::shared_ptr<const std::string> shared;   // instead of body: bytes that many responses share

  // The answer is made but may not leave yet (what it tells must be on disk first). The edge frees
  // its worker and calls this once with a function that is to be called once, on any thread: with
  // null the answer goes out; with a refusal that one is explained instead.
  using release = std::function<void(const refusal*)>;
  std::function<void(release)> until;

  response& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

response text_response(int status, std::string body,
                       std::string content_type = "text/plain; charset=utf-8");
response json_response(std::string body, int status = 200);
response see_other(std::string location);                   // 303: after a POST

// Set-Cookie (RFC 6265): HttpOnly, SameSite=Lax, Path=/, Secure when asked; no age = session.
std::string cookie(std::string_view name, std::string_view value, bool secure,
                   std::optional<int> max_age_seconds = {});

// RFC 9457. `status` follows from the kind; `type` is "/problems/<code>"; the sentence is given by
// who knows the reader's language.
int status_of(kind k);
response problem(const refusal& why, std::string_view title, std::string_view detail);

}  // namespace madang::http
