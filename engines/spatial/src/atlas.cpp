#include "madang/spatial/atlas.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "madang/spatial/boundaries.hpp"
#include "madang/spatial/cells.hpp"

namespace madang::spatial {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 50;

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".json") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  if (out.size() > most_files) out.resize(most_files);
  return out;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

}  // namespace

atlas::atlas(const packs::pack& pack, const fs::path& folder) : pack_(pack) {
  arrange();
  make_cells();
  put_boundaries(folder);
}

const std::vector<const packs::district*>& atlas::below(std::string_view code) const {
  static const std::vector<const packs::district*> none;
  auto found = below_.find(std::string(code));
  return found == below_.end() ? none : found->second;
}

// 7 digits lie in 5, 5 in 2 (packs::district).
std::string_view atlas::parent(std::string_view code) const {
  return code.substr(0, code.size() > 5 ? 5 : code.size() > 2 ? 2 : 0);
}

const drawn_district* atlas::find(std::string_view code) const {
  auto found = drawn_.find(std::string(code));
  return found == drawn_.end() ? nullptr : &found->second;
}

void atlas::arrange() {
  for (const auto* level : {&pack_.provinces(), &pack_.municipalities(), &pack_.towns()})
    for (const auto& d : *level) below_[std::string(parent(d.code))].push_back(&d);
}

void atlas::make_cells() {
  std::vector<const packs::district*> leaves;
  for (const auto* level : {&pack_.provinces(), &pack_.municipalities(), &pack_.towns()})
    for (const auto& d : *level)
      if (below(d.code).empty()) leaves.push_back(&d);
  std::vector<point> centres;
  for (const auto* d : leaves) centres.push_back({d->longitude, d->latitude});
  const schematic made = schematic_cells(centres);
  std::unordered_map<std::string, std::vector<const ring*>> holds;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    std::string_view code = leaves[i]->code;
    for (; !code.empty(); code = parent(code)) holds[std::string(code)].push_back(&made.cells[i]);
  }
  for (const auto& [code, cells] : holds) drawn_[code] = {united(cells), true, {}};
}

void atlas::put_boundaries(const fs::path& folder) {
  for (const auto& file : files_in(folder)) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    auto read = error || size > boundary_bytes
                    ? result<boundaries>(refuse(kind::too_large, "boundaries.too_large"))
                    : read_boundaries(bytes_of(file));
    if (!read) {
      log::warn("boundaries left out", {{"file", file.string()}, {"why", read.why().code}});
      continue;
    }
    for (auto& [code, real] : *read)
      if (pack_.find_district(code)) drawn_[code] = {std::move(real), false, file.stem().string()};
  }
}

}  // namespace madang::spatial
