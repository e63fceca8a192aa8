#include <algorithm>
#include <cstring>

#include "hangul.hpp"
#include "snapshot.hpp"

namespace madang::search {
namespace {
constexpr std::size_t most_looked_at = 20'000;   // entries behind one short prefix
constexpr std::size_t longest_title = 200;       // keys of a title that are kept
}  // namespace

void completions::table::add(const std::string& keys, const std::vector<bool>& begins,
                             std::uint32_t document, const std::vector<bool>* only) {
  const auto start = static_cast<std::uint32_t>(pool.size());
  const auto size = std::min(keys.size(), longest_title);
  bool used = false;
  for (std::size_t i = 0; i < size; ++i) {
    if (!begins[i] || (only && !(*only)[i])) continue;
    entries.push_back({start + static_cast<std::uint32_t>(i), document, i == 0});
    used = true;
  }
  if (used) pool.append(keys, 0, size).push_back('\0');
}

void completions::table::close() {
  pool.shrink_to_fit();
  entries.shrink_to_fit();
  std::sort(entries.begin(), entries.end(), [this](const entry& a, const entry& b) {
    const int order = std::strcmp(pool.data() + a.place, pool.data() + b.place);
    return order != 0 ? order < 0 : a.document < b.document;
  });
}

void completions::add(std::uint32_t document, std::string_view title) {
  const auto struck = strike(title);
  std::vector<bool> is_hangul(struck.keys.size()), is_other(struck.keys.size());
  for (std::size_t i = 0; i < struck.keys.size(); ++i) {
    std::size_t at = 0;
    const auto c = next_point(title.substr(struck.from[i].begin), at);
    is_hangul[i] = c >= 0x1100 && ((c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x3131 && c <= 0x318E) ||
                                   c <= 0x11FF);
    is_other[i] = !is_hangul[i];
  }
  hangul_.add(struck.keys, struck.begins, document, &is_hangul);
  other_.add(struck.keys, struck.begins, document, &is_other);
  const auto first = initials(title);
  if (first.has_hangul) initials_.add(first.keys, first.begins, document, nullptr);
}

void completions::close() {
  hangul_.close();
  other_.close();
  initials_.close();
}

std::vector<std::uint32_t> completions::find(std::string_view keys, spelling how, bool hangul,
                                             const std::vector<double>& boosts,
                                             std::size_t limit) const {
  const auto& from = how == spelling::initials ? initials_ : hangul ? hangul_ : other_;
  auto begins = [&](const entry& e) {
    return std::strncmp(from.pool.data() + e.place, keys.data(), keys.size());
  };
  auto at = std::partition_point(from.entries.begin(), from.entries.end(),
                                 [&](const entry& e) { return begins(e) < 0; });
  std::vector<entry> found;
  for (; at != from.entries.end() && begins(*at) == 0 && found.size() < most_looked_at; ++at)
    found.push_back(*at);
  auto better = [&](const entry& a, const entry& b) {
    const double x = boosts[a.document] + (a.whole ? 2 : 0),
                 y = boosts[b.document] + (b.whole ? 2 : 0);
    if (x != y) return x > y;
    const auto m = std::strlen(from.pool.data() + a.place),
               n = std::strlen(from.pool.data() + b.place);
    return m != n ? m < n : a.document < b.document;
  };
  const auto wanted = std::min(found.size(), limit * 4);   // a title may be there by several words
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(wanted), found.end(),
                    better);
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < wanted && out.size() < limit; ++i)
    if (std::find(out.begin(), out.end(), found[i].document) == out.end())
      out.push_back(found[i].document);
  return out;
}

std::size_t completions::bytes() const {
  std::size_t out = 0;
  for (const auto* t : {&hangul_, &other_, &initials_})
    out += t->pool.capacity() + t->entries.capacity() * sizeof(entry);
  return out;
}

}  // namespace madang::search
