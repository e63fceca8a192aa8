#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "madang/trust/bytes.hpp"

// Merkle tree hashes and the proofs that follow from them: RFC 6962 section 2.1, RFC 9162 section
// 2.1, and for subtrees draft-ietf-plants-merkle-tree-certs section 4. SHA-256 throughout. Nothing
// here keeps state or fails other than by `false`.
namespace madang::tlog {

using hash = trust::digest;
using trust::view;
using proof = std::vector<hash>;

hash empty_root();                              // of no leaves: SHA-256 of nothing
hash leaf_hash(view entry);                     // SHA-256(0x00 || entry)
hash node_hash(const hash& left, const hash& right);   // SHA-256(0x01 || left || right)

// The largest power of two below n; n > 1.
std::uint64_t split_of(std::uint64_t n);

// Is the leaf at `index` of the tree of `size` leaves with that root? RFC 9162 section 2.1.3.2.
bool verify_inclusion(std::uint64_t index, std::uint64_t size, const hash& leaf,
                      std::span<const hash> path, const hash& root);
// The root that the path leads to; nothing when it cannot be a path for that place.
std::optional<hash> root_from_inclusion(std::uint64_t index, std::uint64_t size, const hash& leaf,
                                        std::span<const hash> path);

// Are the first `size1` leaves of the larger tree those of the smaller? RFC 9162 section 2.1.4.2.
// From nothing to something there is no proof (size1 = 0 < size2 is false); a witness accepts that
// step by its own rule.
bool verify_consistency(std::uint64_t size1, std::uint64_t size2, std::span<const hash> path,
                        const hash& root1, const hash& root2);

// [start, end) is a subtree of some tree: start is a multiple of the least power of two that is
// not below end - start.
bool is_subtree(std::uint64_t start, std::uint64_t end);
// A subtree of nothing (start = end) has the empty root and needs no proof.
bool verify_subtree_inclusion(std::uint64_t index, std::uint64_t start, std::uint64_t end,
                              const hash& leaf, std::span<const hash> path, const hash& root);
bool verify_subtree_consistency(std::uint64_t start, std::uint64_t end, std::uint64_t size,
                                std::span<const hash> path, const hash& subtree, const hash& root);

}  // namespace madang::tlog
