#include "target.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::http {
namespace {

bool has_control(std::string_view s) {
  return std::any_of(s.begin(), s.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

// Cuts "http://authority" off (RFC 9112 section 3.2.2); the authority is not used: one server
// answers for all its names.
bool cut_authority(std::string_view& raw) {
  if (raw.starts_with('/')) return true;
  for (std::string_view scheme : {"http://", "https://"}) {
    if (raw.size() <= scheme.size() || !same_name(raw.substr(0, scheme.size()), scheme)) continue;
    const auto path = raw.find_first_of("/?", scheme.size());
    if (path == scheme.size()) return false;
    raw = path == std::string_view::npos ? "/" : raw.substr(path);
    return raw.starts_with('/');
  }
  return false;
}

bool good_path(std::string_view path) {
  if (has_control(path) || !text::is_utf8(path)) return false;
  for (std::size_t begin = 1; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto segment = path.substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == "..") return false;
    begin = end + 1;
  }
  return true;
}

bool has_encoded_slash(std::string_view raw) {
  for (std::size_t i = 0; (i = raw.find("%2", i)) != std::string_view::npos; ++i)
    if (i + 2 < raw.size() && (raw[i + 2] == 'F' || raw[i + 2] == 'f')) return true;
  return false;
}

}  // namespace

std::optional<target> read_target(std::string_view raw) {
  if (raw.find('#') != std::string_view::npos || !cut_authority(raw)) return {};
  const auto mark = raw.find('?');
  const auto path = raw.substr(0, mark);
  // A question to OCSP is base64 in the path (RFC 6960 appendix A.1); its slashes are data.
  const bool base64 = path.starts_with("/ocsp/");
  if (has_encoded_slash(path) && !base64) return {};
  std::string kept(path);
  if (base64) kept = text::replace_all(text::replace_all(kept, "%2F", "%252F"), "%2f", "%252F");
  auto decoded = percent_decode(kept);
  if (!decoded || !good_path(*decoded)) return {};
  target out{std::move(*decoded), {}};
  if (mark == std::string_view::npos) return out;
  auto fields = parse_form(raw.substr(mark + 1));
  if (!fields) return {};
  out.query = std::move(*fields);
  return out;
}

bool is_token(std::string_view s) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !s.empty() && std::all_of(s.begin(), s.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

bool lists(std::string_view list, std::string_view member) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    auto item = list.substr(0, comma);
    item = item.substr(0, item.find(';'));
    if (same_name(text::trim(item), member)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace madang::http
