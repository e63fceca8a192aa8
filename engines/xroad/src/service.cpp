#include "madang/xroad/service.hpp"

#include <algorithm>
#include <set>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "madang/packs/packs.hpp"

namespace madang::xroad {
namespace {

int hex_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// RFC 3986 section 6.2.2: escapes of unreserved characters are undone, others in upper case.
// Nothing: an escape is broken, or a segment leads up.
std::optional<std::string> normal(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      out += path[i];
      continue;
    }
    const int a = i + 2 < path.size() ? hex_of(path[i + 1]) : -1;
    const int b = i + 2 < path.size() ? hex_of(path[i + 2]) : -1;
    if (a < 0 || b < 0) return {};
    const int c = a * 16 + b;
    const bool unreserved =
        c < 0x80 && (std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~');
    constexpr char digits[] = "0123456789ABCDEF";
    if (unreserved) out += static_cast<char>(c);
    else (out += '%') += digits[a], out += digits[b];
    i += 2;
  }
  for (const std::string& part : text::split(out, '/')) {
    const std::string head = part.substr(0, part.find(';'));
    if (head == ".." || head == "." || part.find("%2E") != std::string::npos) return {};
  }
  if (out.find('\\') != std::string::npos || out.find("%5C") != std::string::npos) return {};
  return out;
}

// Without going back more than once a star: linear in the product of the lengths.
bool glob(std::string_view pattern, std::string_view s) {
  std::vector<char> here(s.size() + 1, 0), next(s.size() + 1, 0);
  here[0] = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    std::fill(next.begin(), next.end(), 0);
    const bool star = pattern[i] == '*';
    const bool any = star && i + 1 < pattern.size() && pattern[i + 1] == '*';
    for (std::size_t k = 0; k <= s.size(); ++k) {
      if (star) {
        next[k] = here[k] || (k > 0 && next[k - 1] && (any || s[k - 1] != '/'));
      } else if (k < s.size() && here[k] && s[k] == pattern[i]) {
        next[k + 1] = 1;
      }
    }
    if (any) ++i;
    std::swap(here, next);
  }
  return here[s.size()] != 0;
}

refusal parsing(const char* why) { return fault("openapi_parsing_error", why); }

// A path of the description: each "{name}" stands for a segment.
std::string pattern_of(std::string_view path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto close = path[i] == '{' ? path.find('}', i) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += path[i];
    } else {
      out += '*';
      i = close;
    }
  }
  return out;
}

bool supported(std::string_view version) {
  return version == "3.1.0" || version == "3.0" || version.starts_with("3.0.");
}

}  // namespace

bool matches(const endpoint& pattern, std::string_view method, std::string_view path) {
  if (pattern.method != "*" && pattern.method != method) return false;
  const auto asked = normal(path.empty() ? "/" : path);
  return asked && pattern.path.size() <= 2'000 && asked->size() <= 2'000 &&
         glob(pattern.path, *asked);
}

result<service_description> read_description(std::string_view octets) {
  json::value all;
  try {
    all = packs::parse_yaml(octets, "description");  // JSON is YAML
  } catch (const std::exception& e) {
    return fault("openapi_parsing_error", e.what());
  }
  if (!all.is_object()) return parsing("Description is no object");
  service_description out;
  const json::value& version = json::at(all, "openapi");
  if (!version.is_string()) return parsing("Description names no version of OpenAPI");
  out.openapi = version.as_string();
  if (!supported(out.openapi))
    return fault("unsupported_openapi_version", "OpenAPI version " + out.openapi);
  const json::value& info = json::at(all, "info");
  if (!info.is_object()) return parsing("info is missing");
  out.title = json::str(info, "title");
  out.version = json::str(info, "version");
  if (const auto& servers = json::at(all, "servers"); servers.is_array())
    for (const auto& s : servers.as_array())
      if (const auto url = json::str(s, "url"); !url.empty()) out.servers.emplace_back(url);
  const json::value& paths = json::at(all, "paths");
  if (!paths.is_object()) return parsing("paths are missing");
  std::set<endpoint> seen;
  for (const auto& [path, item] : paths.as_object()) {
    if (path.empty() || path[0] != '/' || !item.is_object()) return parsing("A path is malformed");
    for (const char* method : {"get", "put", "post", "delete", "options", "head", "patch", "trace"})
      if (item.as_object().contains(method)) {
        const endpoint e{text::upper_case(method), pattern_of(path)};
        if (seen.insert(e).second) out.endpoints.push_back(e);
      }
  }
  return out;
}

}  // namespace madang::xroad
