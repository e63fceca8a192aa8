#include "madang/tlog/tree.hpp"

#include <bit>

namespace madang::tlog {
namespace {

bool odd(std::uint64_t n) { return n & 1; }

}  // namespace

hash empty_root() { return trust::sha256(view{}); }

hash leaf_hash(view entry) {
  static constexpr std::uint8_t prefix[] = {0};
  const view parts[] = {view(prefix), entry};
  return trust::sha256(parts);
}

hash node_hash(const hash& left, const hash& right) {
  std::array<std::uint8_t, 65> both;
  both[0] = 1;
  std::ranges::copy(left, both.begin() + 1);
  std::ranges::copy(right, both.begin() + 33);
  return trust::sha256(view(both));
}

std::uint64_t split_of(std::uint64_t n) { return std::bit_floor(n - 1); }

std::optional<hash> root_from_inclusion(std::uint64_t index, std::uint64_t size, const hash& leaf,
                                        std::span<const hash> path) {
  if (index >= size) return {};
  std::uint64_t fn = index, sn = size - 1;
  hash r = leaf;
  for (const hash& p : path) {
    if (sn == 0) return {};
    if (odd(fn) || fn == sn) {
      r = node_hash(p, r);
      while (!odd(fn) && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return {};
  return r;
}

bool verify_inclusion(std::uint64_t index, std::uint64_t size, const hash& leaf,
                      std::span<const hash> path, const hash& root) {
  return root_from_inclusion(index, size, leaf, path) == root;
}

bool verify_consistency(std::uint64_t size1, std::uint64_t size2, std::span<const hash> path,
                        const hash& root1, const hash& root2) {
  if (size1 > size2) return false;
  if (size1 == size2)
    return path.empty() && root1 == root2 && (size1 != 0 || root1 == empty_root());
  return size1 != 0 && verify_subtree_consistency(0, size1, size2, path, root1, root2);
}

bool is_subtree(std::uint64_t start, std::uint64_t end) {
  if (start >= end || end - start > std::uint64_t{1} << 63) return false;
  return start % std::bit_ceil(end - start) == 0;
}

bool verify_subtree_inclusion(std::uint64_t index, std::uint64_t start, std::uint64_t end,
                              const hash& leaf, std::span<const hash> path, const hash& root) {
  if (!is_subtree(start, end) || index < start || index >= end) return false;
  return verify_inclusion(index - start, end - start, leaf, path, root);
}

// Section 4.4.3 of the draft; with start = 0 it is RFC 9162 section 2.1.4.2.
bool verify_subtree_consistency(std::uint64_t start, std::uint64_t end, std::uint64_t size,
                                std::span<const hash> path, const hash& subtree,
                                const hash& root) {
  if (start == end && end <= size) return path.empty() && subtree == empty_root();
  if (!is_subtree(start, end) || end > size) return false;
  std::uint64_t fn = start, sn = end - 1, tn = size - 1;
  const auto up = [&] { fn >>= 1, sn >>= 1, tn >>= 1; };
  if (sn == tn)
    while (fn != sn) up();
  else
    while (fn != sn && odd(sn)) up();
  hash fr = subtree, sr = subtree;
  if (fn != sn) {
    if (path.empty()) return false;
    fr = sr = path.front();
    path = path.subspan(1);
  }
  for (const hash& p : path) {
    if (tn == 0) return false;
    if (odd(sn) || sn == tn) {
      if (fn < sn) fr = node_hash(p, fr);
      sr = node_hash(p, sr);
      while (!odd(sn) && sn != 0) up();
    } else {
      sr = node_hash(sr, p);
    }
    up();
  }
  return tn == 0 && fr == subtree && sr == root;
}

}  // namespace madang::tlog
