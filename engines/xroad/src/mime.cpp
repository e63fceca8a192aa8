#include "mime.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::xroad::mime {
namespace {

constexpr std::size_t most_parts = 100, most_headers = 32, longest_line = 16u << 10;

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// A line without its end; "\n" alone ends one too, and so does the end of all.
std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

struct found_boundary {
  std::size_t from, until;  // from: the line end before it belongs to it
  bool last;
};

// The next line that is the boundary.
std::optional<found_boundary> next_boundary(std::string_view body, std::string_view mark,
                                            std::size_t at) {
  for (std::size_t i = body.find(mark, at); i != std::string_view::npos;
       i = body.find(mark, i + 1)) {
    if (i != 0 && body[i - 1] != '\n') continue;
    std::string_view rest = body.substr(i + mark.size());
    const bool last = rest.starts_with("--");
    if (last) rest.remove_prefix(2);
    const auto end = std::min(rest.find('\n'), rest.size());
    if (!text::trim(rest.substr(0, end)).empty()) continue;
    std::size_t from = i;
    if (from > at && body[from - 1] == '\n') --from;
    if (from > at && body[from - 1] == '\r') --from;
    const std::size_t until = body.size() - rest.size() + std::min(end + 1, rest.size());
    return found_boundary{from, until, last};
  }
  return {};
}

}  // namespace

std::string_view part::get(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::map<std::string, std::string>> take_headers(std::string_view& rest) {
  std::map<std::string, std::string> out;
  std::string* last = nullptr;
  for (std::size_t n = 0; n <= most_headers; ++n) {
    const auto line = take_line(rest);
    if (line.size() > longest_line) return {};
    if (line.empty()) return out;
    if ((line.front() == ' ' || line.front() == '\t') && last) {
      *last += ' ';
      *last += text::trim(line);
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    const auto made = out.emplace(lower(text::trim(line.substr(0, colon))),
                                  std::string(text::trim(line.substr(colon + 1))));
    if (!made.second) return {};
    last = &made.first->second;
  }
  return {};
}

std::string bare(std::string_view value) {
  return lower(text::trim(value.substr(0, std::min(value.find(';'), value.size()))));
}

std::string parameter(std::string_view value, std::string_view name) {
  auto at = value.find(';');
  while (at != std::string_view::npos) {
    std::string_view rest = text::trim(value.substr(at + 1));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return {};
    const bool ours = lower(text::trim(rest.substr(0, equals))) == name;
    rest = text::trim(rest.substr(equals + 1));
    std::size_t end = 0;
    if (rest.starts_with('"')) {
      end = rest.find('"', 1);
      if (end == std::string_view::npos) return {};
      if (ours) return std::string(rest.substr(1, end - 1));
    } else {
      end = std::min(rest.find(';'), rest.size());
      if (ours) return std::string(text::trim(rest.substr(0, end)));
    }
    const auto offset = static_cast<std::size_t>(rest.data() - value.data());
    at = value.find(';', offset + end);
  }
  return {};
}

std::string boundary_of(std::string_view content_type) {
  const std::string b = parameter(content_type, "boundary");
  return b.size() <= 70 ? b : std::string();
}

std::optional<std::vector<part>> split(std::string_view body, std::string_view boundary,
                                       bool open_end) {
  if (boundary.empty()) return {};
  const std::string mark = "--" + std::string(boundary);
  auto begin = next_boundary(body, mark, 0);
  std::vector<part> out;
  while (begin && !begin->last) {
    if (out.size() == most_parts) return {};
    const auto end = next_boundary(body, mark, begin->until);
    if (!end && !open_end) return {};
    std::string_view inside = body.substr(
        begin->until, (end ? std::max(end->from, begin->until) : body.size()) - begin->until);
    part next;
    auto headers = take_headers(inside);
    if (!headers) return {};
    next.headers = std::move(*headers);
    next.body = inside;
    out.push_back(std::move(next));
    if (!end) return out;
    begin = end;
  }
  if (out.empty() || (!begin && !open_end)) return {};
  return out;
}

}  // namespace madang::xroad::mime
