#include "madang/tlog/tiles.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <stdexcept>

#include "madang/base/text.hpp"

namespace madang::tlog {
namespace {

const refusal& bad_path() {
  static const refusal r = refuse(kind::not_found, "tlog.tile_path");
  return r;
}

// Decimal without leading zeroes, up to a bound.
std::optional<int> small_number(std::string_view s, int least, int most) {
  if (s.empty() || s.size() > 3 || (s.size() > 1 && s[0] == '0')) return {};
  int n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return {};
    n = n * 10 + (c - '0');
  }
  if (n < least || n > most) return {};
  return n;
}

std::optional<std::uint64_t> three_digits(std::string_view s) {
  if (s.size() != 3) return {};
  std::uint64_t n = 0;
  for (char c : s) {
    if (c < '0' || c > '9') return {};
    n = n * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return n;
}

}  // namespace

std::string path_of(const tile_place& p) {
  std::string out = "tile/";
  out += p.level == entries_level ? "entries" : std::to_string(p.level);
  const std::string digits = std::to_string(p.index);
  std::string padded = std::string((3 - digits.size() % 3) % 3, '0') + digits;
  for (std::size_t i = 0; i < padded.size(); i += 3)
    out += (i + 3 < padded.size() ? "/x" : "/") + padded.substr(i, 3);
  if (p.width != static_cast<int>(tile_width)) out += ".p/" + std::to_string(p.width);
  return out;
}

result<tile_place> parse_tile_path(std::string_view path) {
  if (path.size() > 100) return bad_path();
  auto parts = text::split(path, '/');
  if (parts.size() < 3 || parts[0] != "tile") return bad_path();
  tile_place out;
  if (parts[1] == "entries") {
    out.level = entries_level;
  } else if (auto level = small_number(parts[1], 0, highest_level)) {
    out.level = *level;
  } else {
    return bad_path();
  }
  std::size_t last = parts.size() - 1;
  if (parts.size() > 3 && parts[last - 1].ends_with(".p")) {
    auto width = small_number(parts[last], 1, tile_width - 1);
    if (!width) return bad_path();
    out.width = *width;
    --last;
    parts[last].resize(parts[last].size() - 2);
  }
  if (last - 1 > 6) return bad_path();   // 18 digits are enough for every leaf there can be
  for (std::size_t i = 2; i <= last; ++i) {
    std::string_view part = parts[i];
    if (i < last) {
      if (!part.starts_with('x')) return bad_path();
      part.remove_prefix(1);
    }
    auto n = three_digits(part);
    if (!n || (i == 2 && i < last && *n == 0)) return bad_path();
    out.index = out.index * 1000 + *n;
  }
  return out;
}

std::uint64_t width_at(std::uint64_t size, int level) {
  return level >= 8 ? 0 : size >> (tile_height * level);
}

result<std::vector<hash>> parse_tile(view octets) {
  const std::size_t n = octets.size() / 32;
  if (octets.size() % 32 != 0 || n == 0 || n > tile_width)
    return refuse(kind::invalid, "tlog.tile");
  std::vector<hash> out(n);
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(32 * i), 32, out[i].begin());
  return out;
}

result<std::vector<trust::bytes>> parse_bundle(view octets) {
  std::vector<trust::bytes> out;
  while (!octets.empty()) {
    if (octets.size() < 2 || out.size() == tile_width) return refuse(kind::invalid, "tlog.bundle");
    const std::size_t n = octets[0] * 256u + octets[1];
    if (octets.size() < 2 + n) return refuse(kind::invalid, "tlog.bundle");
    const view entry = octets.subspan(2, n);
    out.emplace_back(entry.begin(), entry.end());
    octets = octets.subspan(2 + n);
  }
  return out;
}

void append_to_bundle(trust::bytes& bundle, view entry) {
  check(entry.size() <= 0xffff, "an entry has 65,535 octets at most");
  bundle.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
  bundle.push_back(static_cast<std::uint8_t>(entry.size()));
  bundle.insert(bundle.end(), entry.begin(), entry.end());
}

open_tile::open_tile(std::vector<hash> hashes) {
  rows_[0] = std::move(hashes);
  for (int h = 1; h <= tile_height; ++h) {
    const auto& below = rows_[h - 1];
    rows_[h].reserve(below.size() / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2)
      rows_[h].push_back(node_hash(below[i], below[i + 1]));
  }
}

// The hash of 2^height leaves that begin at index * 2^height.
hash tree_view::complete(int height, std::uint64_t index) const {
  const int level = height / tile_height, inner = height % tile_height;
  const std::uint64_t first = index << inner;   // in hashes of that level
  const std::uint64_t tile = first / tile_width;
  const std::uint64_t there = width_at(size_, level) - std::min(width_at(size_, level),
                                                                tile * tile_width);
  const auto found =
      source_(level, tile, static_cast<int>(std::min<std::uint64_t>(there, tile_width)));
  const std::uint64_t within = index - ((tile * tile_width) >> inner);
  if (!found || !found->has(inner, within))
    throw std::runtime_error("a tile of the log is missing");
  return found->at(inner, within);
}

// RFC 6962 section 2.1: MTH(D[start:end]) of a subtree, from the complete ones it is made of.
hash tree_view::range(std::uint64_t start, std::uint64_t end) const {
  std::array<hash, 64> parts;
  std::size_t n = 0;
  for (std::uint64_t at = start; at < end;) {
    const std::uint64_t width = std::bit_floor(end - at);
    const int height = std::countr_zero(width);
    parts[n++] = complete(height, at >> height);
    at += width;
  }
  hash out = parts[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) out = node_hash(parts[i], out);
  return out;
}

hash tree_view::root() const { return size_ == 0 ? empty_root() : range(0, size_); }

result<proof> tree_view::inclusion(std::uint64_t index) const {
  if (index >= size_) return refuse(kind::not_found, "tlog.beyond");
  proof out;
  std::uint64_t start = 0, end = size_;
  while (end - start > 1) {
    const std::uint64_t middle = start + split_of(end - start);
    if (index < middle) {
      out.push_back(range(middle, end));
      end = middle;
    } else {
      out.push_back(range(start, middle));
      start = middle;
    }
  }
  std::ranges::reverse(out);
  return out;
}

result<proof> tree_view::consistency(std::uint64_t from) const {
  if (from > size_) return refuse(kind::not_found, "tlog.beyond");
  proof out;
  if (from == 0 || from == size_) return out;
  std::uint64_t start = 0, end = size_, m = from;
  bool whole = true;               // what is left of the smaller tree is known to the verifier
  while (m != end - start) {
    const std::uint64_t k = split_of(end - start);
    if (m <= k) {
      out.push_back(range(start + k, end));
      end = start + k;
    } else {
      out.push_back(range(start, start + k));
      start += k;
      m -= k;
      whole = false;
    }
  }
  if (!whole) out.push_back(range(start, end));
  std::ranges::reverse(out);
  return out;
}

}  // namespace madang::tlog
