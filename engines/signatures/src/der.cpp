#include "der.hpp"

#include <algorithm>
#include <charconv>

namespace madang::signatures::der {

bytes oid(std::string_view text) {
  std::vector<std::uint64_t> arcs;
  while (!text.empty()) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    std::uint64_t n = 0;
    if (std::from_chars(text.data(), text.data() + dot, n).ptr != text.data() + dot) return {};
    arcs.push_back(n);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  if (arcs.size() < 2) return {};
  arcs[1] += arcs[0] * 40;
  bytes content;
  for (std::size_t i = 1; i < arcs.size(); ++i) {
    int groups = 1;
    for (std::uint64_t rest = arcs[i] >> 7; rest; rest >>= 7) ++groups;
    for (int g = groups - 1; g >= 0; --g)
      content.push_back(static_cast<std::uint8_t>((arcs[i] >> (7 * g) & 0x7f) | (g ? 0x80 : 0)));
  }
  return node(object_id, content);
}

std::string dotted(view content) {
  std::string out;
  std::uint64_t n = 0;
  bool first = true;
  for (const std::uint8_t b : content) {
    if (n >> 56) return {};
    n = n << 7 | (b & 0x7f);
    if (b & 0x80) continue;
    if (first) {
      const std::uint64_t top = std::min<std::uint64_t>(n / 40, 2);
      out = std::to_string(top) + "." + std::to_string(n - 40 * top);
      first = false;
    } else {
      out += "." + std::to_string(n);
    }
    n = 0;
  }
  return out;
}

bytes set_of(std::vector<bytes> items, std::uint8_t tag) {
  std::sort(items.begin(), items.end());
  bytes content;
  for (const bytes& i : items) append(content, i);
  return node(tag, content);
}

}  // namespace madang::signatures::der
