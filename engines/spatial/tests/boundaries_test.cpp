#include "madang/spatial/boundaries.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/packs/packs.hpp"
#include "madang/spatial/atlas.hpp"

namespace madang::spatial {
namespace {

namespace fs = std::filesystem;

std::string code_of(std::string_view text) {
  const auto read = read_boundaries(text);
  return read ? "read" : read.why().code;
}

// Two unit squares side by side at 127 E, 37 N that share arc 0, which leads north from (128, 37)
// to (128, 38). Steps of a tenth of a degree from (127, 37).
constexpr std::string_view quantised = R"({"type": "Topology",
  "transform": {"scale": [0.1, 0.1], "translate": [127, 37]},
  "objects": {"districts": {"type": "GeometryCollection", "geometries": [
    {"type": "Polygon", "properties": {"code": "11"}, "arcs": [[0, 1]]},
    {"type": "MultiPolygon", "properties": {"code": "21"}, "arcs": [[[-1, 2]]]},
    {"type": "Point", "properties": {"code": "31"}, "coordinates": [0, 0]},
    {"type": "Polygon", "arcs": [[0, 1]]}]}},
  "arcs": [[[10, 0], [0, 10]],
           [[10, 10], [-10, 0], [0, -10], [10, 0]],
           [[10, 0], [10, 0], [0, 10], [-10, 0]]]})";

TEST(boundaries, a_quantised_topology_with_an_arc_walked_both_ways) {
  const auto read = read_boundaries(quantised);
  ASSERT_TRUE(read) << read.why().code << read.why().field;
  ASSERT_EQ(read->size(), 2u);
  const ring& west = read->at("11").at(0).outer;
  const ring& east = read->at("21").at(0).outer;
  ASSERT_EQ(west.size(), 4u);
  EXPECT_NEAR(area(west), 1, 1e-9);
  EXPECT_NEAR(bounds(west).low.x, 127, 1e-9);
  EXPECT_NEAR(bounds(west).high.y, 38, 1e-9);
  ASSERT_EQ(east.size(), 4u);
  EXPECT_NEAR(area(east), 1, 1e-9);
  EXPECT_NEAR(bounds(east).low.x, 128, 1e-9);
  EXPECT_NEAR(bounds(east).high.x, 129, 1e-9);
}

TEST(boundaries, a_topology_without_quantisation) {
  const auto read = read_boundaries(R"({"type": "Topology", "objects": {"one":
    {"type": "Polygon", "properties": {"code": "1"}, "arcs": [[0]]}},
    "arcs": [[[1, 1], [3, 1], [3, 2], [1, 1]]]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at("1").at(0).outer, (ring{{1, 1}, {3, 1}, {3, 2}}));
}

TEST(boundaries, rings_are_turned_as_geojson_asks) {
  const auto read = read_boundaries(R"({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"code": "7"}, "geometry": {"type": "Polygon", "coordinates":
      [[[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]], [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]}},
    {"type": "Feature", "properties": null, "geometry": null}]})");
  ASSERT_TRUE(read);
  const polygon& p = read->at("7").at(0);
  EXPECT_DOUBLE_EQ(area(p.outer), 16);
  ASSERT_EQ(p.holes.size(), 1u);
  EXPECT_DOUBLE_EQ(area(p.holes[0]), -1);
}

TEST(boundaries, what_is_written_is_read_again) {
  const auto once = read_boundaries(quantised);
  ASSERT_TRUE(once);
  const std::string text = boundaries_text(*once);
  const auto again = read_boundaries(text);
  ASSERT_TRUE(again);
  EXPECT_EQ(boundaries_text(*again), text);
}

TEST(boundaries, bad_files_are_refused_with_what_is_wrong) {
  EXPECT_EQ(code_of(""), "boundaries.syntax");
  EXPECT_EQ(code_of("# Madang"), "boundaries.syntax");
  EXPECT_EQ(code_of("[]"), "boundaries.format");
  EXPECT_EQ(code_of(R"({"type": "Feature"})"), "boundaries.format");
  EXPECT_EQ(code_of(R"({"type": "Topology"})"), "boundaries.format");
  EXPECT_EQ(code_of(R"({"type": "Topology", "arcs": [[0]], "objects": {}})"), "boundaries.format");
  EXPECT_EQ(code_of(R"({"type": "FeatureCollection", "features": []})"), "boundaries.empty");
  EXPECT_EQ(code_of(R"({"type": "Topology", "arcs": [], "objects": {"a": {"type": "Polygon",
    "properties": {"code": "1"}, "arcs": [[5]]}}})"),
            "boundaries.format");
  // Metres of a projection (EPSG:5179), which is how the raw maps come.
  EXPECT_EQ(code_of(R"({"type": "FeatureCollection", "features": [{"properties": {"code": "1"},
    "geometry": {"type": "Polygon", "coordinates":
      [[[953935, 1952044], [953936, 1952044], [953936, 1952045]]]}}]})"),
            "boundaries.degrees");
  EXPECT_EQ(code_of(std::string(boundary_bytes + 1, ' ')), "boundaries.too_large");
}

TEST(boundaries, an_arc_named_a_million_times_is_not_put_together) {
  std::string text = R"({"type": "Topology", "arcs": [[)";
  for (int i = 0; i < 1000; ++i) text += (i ? ",[" : "[") + std::to_string(i % 90) + ",1]";
  text += R"(]], "objects": {"a": {"type": "Polygon", "properties": {"code": "1"}, "arcs": [[0)";
  for (int i = 0; i < 5000; ++i) text += ",0";
  EXPECT_EQ(code_of(text + "]]}}}"), "boundaries.too_many");
}

TEST(boundaries, the_atlas_puts_them_in_the_place_of_cells) {
  const auto folder = fs::temp_directory_path() / ("madang-atlas-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "a.json") << quantised;
  std::ofstream(folder / "b.json") << "broken";
  const packs::pack pack(MADANG_SOURCE "/packs/korea");
  const atlas all(pack, folder);
  fs::remove_all(folder);
  EXPECT_FALSE(all.find("11")->schematic);
  EXPECT_FALSE(all.find("21")->schematic);
  EXPECT_TRUE(all.find("22")->schematic);
  EXPECT_EQ(all.find("99"), nullptr);
  EXPECT_EQ(all.find("11")->source, "a");
  EXPECT_EQ(all.below("").size(), 17u);
  EXPECT_EQ(all.parent("1101053"), "11010");
  EXPECT_EQ(all.parent("11010"), "11");
  EXPECT_EQ(all.parent("11"), "");
}

TEST(boundaries, the_real_ones_contain_the_centres_of_the_pack) {
  const char* suites = std::getenv("MADANG_SUITES");
  const fs::path folder = fs::path(suites ? suites : MADANG_SOURCE "/../shared/suites") /
                          "../data/korea-boundaries/2018";
  if (!fs::exists(folder)) GTEST_SKIP() << "github.com/southkorea/southkorea-maps, kostat/2018";
  const packs::pack pack(MADANG_SOURCE "/packs/korea");
  std::ifstream in(folder / "skorea-municipalities-2018-topo-simple.json", std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  const auto read = read_boundaries(text.str());
  ASSERT_TRUE(read) << read.why().code << read.why().field;
  EXPECT_EQ(read->size(), 250u);
  int around = 0;
  for (const auto& d : pack.municipalities()) {
    ASSERT_TRUE(read->count(d.code)) << d.code;
    const box b = bounds(read->at(d.code));
    around += b.low.x <= d.longitude && d.longitude <= b.high.x && b.low.y <= d.latitude &&
              d.latitude <= b.high.y;
  }
  EXPECT_EQ(around, 250);
}

}  // namespace
}  // namespace madang::spatial
