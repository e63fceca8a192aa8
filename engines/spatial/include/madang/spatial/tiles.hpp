#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "madang/spatial/atlas.hpp"

// The districts as vector tiles (Mapbox Vector Tile Specification 2.1) in the web mercator grid of
// EPSG:3857: tile z/x/y, y growing to the south, as every web map asks for them.
//
// A tile has up to three layers of polygons, "provinces", "municipalities" (from municipality_zoom)
// and "towns" (from town_zoom), and a layer of points beside each, "province_names" and so on: one
// point a district, well inside its largest part, in the one tile that holds it. Properties are
// `code`, `name_<language>` for each language of the pack, and on polygons `schematic`.
namespace madang::spatial {

inline constexpr int tile_extent = 4096;        // units of a tile's side
inline constexpr int tile_buffer = 64;          // drawn beyond each side, so that lines meet
inline constexpr int deepest_zoom = 14;         // a map enlarges these beyond
inline constexpr int municipality_zoom = 6, town_zoom = 9;

// Where a place lies on the whole map, 0 to 1 from west to east and north to south (EPSG:3857).
point mercator(point degrees);
inline constexpr double mercator_latitude = 85.05112877980659;   // there is no map beyond

struct tile {
  std::string octets;              // empty: nothing is there
  std::string gzip;                // the same (RFC 1952)
  std::string tag;                 // an entity tag with its quotes (RFC 9110 section 8.8.3)
};

// Makes tiles when they are asked for and keeps those asked for last. Many threads may ask.
class tiles {
 public:
  // Both outlive it.
  tiles(const atlas& shapes, const packs::pack& pack);
  ~tiles();
  // Null: there is no such tile, as z is not 0 to deepest_zoom or x, y are not 0 to 2^z - 1.
  std::shared_ptr<const tile> find(int z, std::int64_t x, std::int64_t y) const;

  static constexpr std::size_t kept_octets = 32u << 20;

 private:
  struct layer;
  using key = std::uint64_t;
  std::shared_ptr<const tile> make(int z, std::int64_t x, std::int64_t y) const;
  void add_layer(const packs::pack& pack, const atlas& shapes,
                 const std::vector<packs::district>& districts, const char* name, int from);

  std::vector<layer> layers_;
  std::vector<std::string> languages_;
  mutable std::mutex mutex_;
  mutable std::list<std::pair<key, std::shared_ptr<const tile>>> latest_;
  mutable std::unordered_map<key, decltype(latest_)::iterator> kept_;
  mutable std::size_t octets_ = 0;
};

// A ring within a box: what lies outside is cut off along its sides (Sutherland and Hodgman). Empty
// when nothing is left.
ring clipped(const ring& r, const box& frame);

// Does a shape hold a place? Holes are not of it.
bool holds(const shape& s, point p);

}  // namespace madang::spatial
