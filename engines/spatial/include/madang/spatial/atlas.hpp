#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "madang/packs/packs.hpp"
#include "madang/spatial/shape.hpp"

// The districts of a country as shapes. A district in which no other lies has the cell of its
// centre; one that holds others is the union of theirs, so that children fill their parent. Where
// real boundaries were loaded, they stand in the place of the cells, district by district.
namespace madang::spatial {

struct drawn_district {
  spatial::shape shape;     // degrees
  bool schematic = true;    // computed from centres, not a boundary
  std::string source;       // of a boundary: the name of its file, without the ending
};

class atlas {
 public:
  // Reads <folder>/*.json in the order of their names, a later file over an earlier one; one that
  // is refused is told to the log and left out. The pack outlives the atlas.
  atlas(const packs::pack& pack, const std::filesystem::path& folder);

  // The districts that lie directly in one; those of "" are the provinces.
  const std::vector<const packs::district*>& below(std::string_view code) const;
  // The code of what a district lies in: "" for a province.
  std::string_view parent(std::string_view code) const;
  const drawn_district* find(std::string_view code) const;

 private:
  void arrange();
  void make_cells();
  void put_boundaries(const std::filesystem::path& folder);

  const packs::pack& pack_;
  std::unordered_map<std::string, std::vector<const packs::district*>> below_;
  std::unordered_map<std::string, drawn_district> drawn_;
};

}  // namespace madang::spatial
