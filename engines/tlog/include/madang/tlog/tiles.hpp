#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/tlog/tree.hpp"

// C2SP tlog-tiles: the tree as files of 256 hashes each, that never change once they are full.
namespace madang::tlog {

inline constexpr std::uint64_t tile_width = 256;
inline constexpr int tile_height = 8;

// Where a tile or a bundle of entries stands: "tile/0/x001/x234/067.p/17", "tile/entries/000".
struct tile_place {
  int level = 0;                   // entries_level: a bundle of entries
  std::uint64_t index = 0;
  int width = tile_width;          // 1 to 255: partial

  bool operator==(const tile_place&) const = default;
};
inline constexpr int entries_level = -1;
inline constexpr int highest_level = 63;

std::string path_of(const tile_place& p);
// Refusal tlog.tile_path.
result<tile_place> parse_tile_path(std::string_view path);

// Hashes that a tree of `size` leaves has at a level of tiles.
std::uint64_t width_at(std::uint64_t size, int level);

// The octets of a tile; refusal tlog.tile when they are not 1 to 256 hashes.
result<std::vector<hash>> parse_tile(view octets);
// Entries of a bundle, each behind its length (uint16); refusals tlog.bundle.
result<std::vector<trust::bytes>> parse_bundle(view octets);
void append_to_bundle(trust::bytes& bundle, view entry);   // of 65,535 octets at most

// A tile with all hashes between its own and the next level, so that a proof is looked up.
class open_tile {
 public:
  explicit open_tile(std::vector<hash> hashes);
  int width() const { return static_cast<int>(rows_[0].size()); }
  // Of the complete subtree of 2^height hashes at `index` (counted in such subtrees).
  const hash& at(int height, std::uint64_t index) const { return rows_[height][index]; }
  bool has(int height, std::uint64_t index) const { return index < rows_[height].size(); }

 private:
  std::array<std::vector<hash>, tile_height + 1> rows_;
};

// Gives the tile at a level, of at least that width; null when it is not there.
using tile_source =
    std::function<std::shared_ptr<const open_tile>(int level, std::uint64_t index, int width)>;

// A tree of a certain size, seen through its tiles. Throws std::runtime_error when the source has
// not the tiles that a tree of this size has.
class tree_view {
 public:
  tree_view(std::uint64_t size, tile_source source) : size_(size), source_(std::move(source)) {}
  std::uint64_t size() const { return size_; }
  hash root() const;
  hash leaf(std::uint64_t index) const { return complete(0, index); }
  // Refusals tlog.beyond: no such leaf, or a tree larger than this.
  result<proof> inclusion(std::uint64_t index) const;
  result<proof> consistency(std::uint64_t from) const;   // from 0: empty

 private:
  hash range(std::uint64_t start, std::uint64_t end) const;
  hash complete(int height, std::uint64_t index) const;

  std::uint64_t size_;
  tile_source source_;
};

}  // namespace madang::tlog
