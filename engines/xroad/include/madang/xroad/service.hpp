#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/xroad/fault.hpp"

// What a service offers: endpoints as its OpenAPI description says them, and the patterns by which
// rights name them.
namespace madang::xroad {

struct endpoint {
  std::string method;  // "GET", or "*"
  std::string path;    // "/pet/*": "*" any characters but "/", "**" any characters
  auto operator<=>(const endpoint&) const = default;
};

// Does a request fall under the pattern? Characters that need no percent sign are compared as
// themselves; an encoded slash is no separator. A path that leads out ("..", also encoded) falls
// under nothing.
bool matches(const endpoint& pattern, std::string_view method, std::string_view path);

struct service_description {
  std::string title, version, openapi;
  std::vector<std::string> servers;
  std::vector<endpoint> endpoints;  // "{id}" of the description as "*"
};
// OpenAPI 3.0.x and 3.1.0 as JSON or YAML, 4 MiB at most. Refusals
// openapi_parsing_error (no such document, or a name twice), unsupported_openapi_version.
result<service_description> read_description(std::string_view octets);

}  // namespace madang::xroad
