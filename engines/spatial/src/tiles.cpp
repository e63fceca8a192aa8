#include "madang/spatial/tiles.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <protozero/pbf_writer.hpp>

namespace madang::spatial {
namespace {

// Numbers of fields: Mapbox Vector Tile Specification 2.1, section 4, and its vector_tile.proto.
enum field : protozero::pbf_tag_type {
  tile_layers = 3,
  layer_name = 1,
  layer_features = 2,
  layer_keys = 3,
  layer_values = 4,
  layer_extent = 5,
  layer_version = 15,
  feature_tags = 2,
  feature_type = 3,
  feature_geometry = 4,
  value_string = 1,
  value_bool = 7,
};
constexpr int point_type = 1, polygon_type = 3;
constexpr std::uint32_t move_to = 1, line_to = 2, close_path = 7;

// Corners nearer than this to the line that is left are not drawn: half a pixel of the 512 in which
// a tile is shown.
constexpr double tolerance = tile_extent / 1024.0;
constexpr double least_area = 16;  // square units: a pixel's quarter

struct pixel {
  std::int32_t x = 0, y = 0;
  bool operator==(const pixel&) const = default;
};

std::uint32_t zigzag(std::int32_t v) {
  return (static_cast<std::uint32_t>(v) << 1) ^ static_cast<std::uint32_t>(v >> 31);
}

// Section 4.3: commands with their count, parameters relative to the cursor, which goes on from
// ring to ring.
class pen {
 public:
  void dot(pixel p) {
    commands_.push_back(1u << 3 | move_to);
    go(p);
  }
  void outline(const std::vector<pixel>& r) {
    dot(r[0]);
    commands_.push_back(static_cast<std::uint32_t>(r.size() - 1) << 3 | line_to);
    for (std::size_t i = 1; i < r.size(); ++i) go(r[i]);
    commands_.push_back(1u << 3 | close_path);
  }
  const std::vector<std::uint32_t>& commands() const { return commands_; }

 private:
  void go(pixel p) {
    commands_.push_back(zigzag(p.x - at_.x));
    commands_.push_back(zigzag(p.y - at_.y));
    at_ = p;
  }
  std::vector<std::uint32_t> commands_;
  pixel at_;
};

std::int64_t twice_area(const std::vector<pixel>& r) {
  std::int64_t sum = 0;
  for (std::size_t i = 0, j = r.size() - 1; i < r.size(); j = i++)
    sum += std::int64_t{r[j].x} * r[i].y - std::int64_t{r[i].x} * r[j].y;
  return sum;
}

// Section 4.3.3.3: an outer ring has a positive area by the surveyor's formula in tile coordinates,
// a hole a negative one, and no ring has none.
std::vector<pixel> rounded(const ring& r, bool outer) {
  std::vector<pixel> out;
  for (const auto& p : r) {
    const pixel at{static_cast<std::int32_t>(std::lround(p.x)),
                   static_cast<std::int32_t>(std::lround(p.y))};
    if (out.empty() || !(out.back() == at)) out.push_back(at);
  }
  while (out.size() > 1 && out.back() == out.front()) out.pop_back();
  if (out.size() < 3) return {};
  const auto twice = twice_area(out);
  if (twice == 0) return {};
  if ((twice > 0) != outer) std::reverse(out.begin(), out.end());
  return out;
}

// Keys and values of a layer are said once; features name them by number (section 4.4).
class words_of_layer {
 public:
  std::uint32_t key(const std::string& k) { return index(keys_, order_, k); }
  std::uint32_t text(const std::string& v) {
    std::string octets;
    protozero::pbf_writer{octets}.add_string(value_string, v);
    return index(values_, value_order_, octets);
  }
  std::uint32_t truth(bool v) {
    std::string octets;
    protozero::pbf_writer{octets}.add_bool(value_bool, v);
    return index(values_, value_order_, octets);
  }
  void write(protozero::pbf_writer& layer) const {
    for (const auto* k : order_) layer.add_string(layer_keys, *k);
    for (const auto* v : value_order_) layer.add_message(layer_values, *v);
  }

 private:
  using indices = std::unordered_map<std::string, std::uint32_t>;
  static std::uint32_t index(indices& all, std::vector<const std::string*>& order,
                             const std::string& one) {
    const auto [found, is_new] = all.emplace(one, static_cast<std::uint32_t>(all.size()));
    if (is_new) order.push_back(&found->first);
    return found->second;
  }
  indices keys_, values_;
  std::vector<const std::string*> order_, value_order_;
};

std::string compressed(std::string_view octets) {
  std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> how(
      libdeflate_alloc_compressor(6), libdeflate_free_compressor);
  std::string out(libdeflate_gzip_compress_bound(how.get(), octets.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(how.get(), octets.data(), octets.size(), out.data(), out.size()));
  return out;
}

double side_crossing(double from, double to, double side) { return (side - from) / (to - from); }

// One side of the box; `inner` says whether a coordinate lies within it.
template <class Coordinate, class Inner>
ring cut(const ring& r, double side, Coordinate coordinate, Inner inner) {
  ring out;
  for (std::size_t i = 0, j = r.size() - 1; i < r.size(); j = i++) {
    const point a = r[j], b = r[i];
    const bool a_in = inner(coordinate(a)), b_in = inner(coordinate(b));
    if (a_in != b_in) {
      const double t = side_crossing(coordinate(a), coordinate(b), side);
      out.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
    if (b_in) out.push_back(b);
  }
  return out;
}

const polygon* largest_of(const shape& s) {
  const polygon* best = nullptr;
  for (const auto& part : s)
    if (!best || std::abs(area(part.outer)) > std::abs(area(best->outer))) best = &part;
  return best;
}

double free_around(const polygon& part, point p) {
  double least = 1e9;
  auto look = [&](const ring& r) {
    for (std::size_t i = 0, j = r.size() - 1; i < r.size(); j = i++) {
      const point a = r[j], b = r[i];
      const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
      const double t =
          length == 0 ? 0 : std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0.0, 1.0);
      least = std::min(least, distance(p, {a.x + t * dx, a.y + t * dy}));
    }
  };
  look(part.outer);
  for (const auto& hole : part.holes) look(hole);
  return least;
}

// Where a name goes: of a grid over the largest part, the place farthest from its borders.
point middle_of(const shape& s, point otherwise) {
  constexpr int steps = 9;
  const polygon* part = largest_of(s);
  if (!part) return otherwise;
  const box b = bounds(part->outer);
  point best = otherwise;
  double most = -1;
  for (int i = 1; i < steps; ++i)
    for (int k = 1; k < steps; ++k) {
      const point p{b.low.x + b.width() * i / steps, b.low.y + b.height() * k / steps};
      if (!holds({*part}, p)) continue;
      if (const double free = free_around(*part, p); free > most) {
        most = free;
        best = p;
      }
    }
  return best;
}

shape on_map(const shape& degrees) {
  auto flat = [](const ring& r) {
    ring out;
    out.reserve(r.size());
    for (const auto& p : r) out.push_back(mercator(p));
    return out;
  };
  shape out;
  for (const auto& part : degrees) {
    polygon p{flat(part.outer), {}};
    for (const auto& hole : part.holes) p.holes.push_back(flat(hole));
    out.push_back(std::move(p));
  }
  return out;
}

bool apart(const box& a, const box& b) {
  return a.high.x < b.low.x || b.high.x < a.low.x || a.high.y < b.low.y || b.high.y < a.low.y;
}

// Where a tile is cut from the map: its own units, from its north-western corner.
class cutting {
 public:
  cutting(int z, std::int64_t x, std::int64_t y)
      : scale_(static_cast<double>(std::int64_t{1} << z) * tile_extent),
        corner_{static_cast<double>(x) * tile_extent, static_cast<double>(y) * tile_extent} {}
  point on_tile(point p) const { return {p.x * scale_ - corner_.x, p.y * scale_ - corner_.y}; }
  box seen() const {
    return {{(corner_.x - tile_buffer) / scale_, (corner_.y - tile_buffer) / scale_},
            {(corner_.x + tile_extent + tile_buffer) / scale_,
             (corner_.y + tile_extent + tile_buffer) / scale_}};
  }
  std::vector<pixel> drawn(const ring& r, bool outer, double least) const {
    static const box frame{{-tile_buffer, -tile_buffer},
                           {tile_extent + tile_buffer, tile_extent + tile_buffer}};
    ring flat;
    flat.reserve(r.size());
    for (const auto& p : r) flat.push_back(on_tile(p));
    // The largest part of a district is drawn however small it is.
    ring simple = simplified(flat, tolerance, least);
    if (simple.empty() && least == 0) simple = std::move(flat);
    return simple.empty() ? std::vector<pixel>{} : rounded(clipped(simple, frame), outer);
  }

 private:
  double scale_;
  point corner_;
};

pen outlined(const shape& s, const cutting& table) {
  pen out;
  const polygon* largest = largest_of(s);
  for (const auto& part : s) {
    const auto outer = table.drawn(part.outer, true, &part == largest ? 0 : least_area);
    if (outer.empty()) continue;
    out.outline(outer);
    for (const auto& hole : part.holes)
      if (const auto h = table.drawn(hole, false, least_area); !h.empty()) out.outline(h);
  }
  return out;
}

using numbers = std::vector<std::uint32_t>;

numbers described(words_of_layer& in, const packs::district& d,
                  const std::vector<std::string>& languages) {
  numbers tags{in.key("code"), in.text(d.code)};
  for (const auto& language : languages) {
    tags.push_back(in.key("name_" + language));
    tags.push_back(in.text(d.name(language)));
  }
  return tags;
}

void add_feature(std::string& features, int type, const numbers& tags, const pen& p) {
  protozero::pbf_writer layer{features};
  protozero::pbf_writer feature{layer, layer_features};
  feature.add_packed_uint32(feature_tags, tags.begin(), tags.end());
  feature.add_enum(feature_type, type);
  feature.add_packed_uint32(feature_geometry, p.commands().begin(), p.commands().end());
}

void add_to(protozero::pbf_writer& whole, const std::string& name, const std::string& features,
            const words_of_layer& said) {
  if (features.empty()) return;
  std::string one;
  protozero::pbf_writer out{one};
  out.add_uint32(layer_version, 2);
  out.add_string(layer_name, name);
  one += features;
  said.write(out);
  out.add_uint32(layer_extent, tile_extent);
  whole.add_message(tile_layers, one);
}

}  // namespace

// A level of districts as it lies on the map.
struct tiles::layer {
  struct district {
    const packs::district* who = nullptr;
    bool schematic = true;
    spatial::shape shape;
    box extent;
    point middle;
  };
  std::string name, names;
  int from = 0;
  std::vector<district> districts;

  void write(protozero::pbf_writer& whole, const cutting& table,
             const std::vector<std::string>& languages) const {
    words_of_layer said, said_names;
    std::string shapes, points;
    const box seen = table.seen();
    for (const auto& d : districts) {
      if (apart(d.extent, seen)) continue;
      if (const pen p = outlined(d.shape, table); !p.commands().empty()) {
        auto tags = described(said, *d.who, languages);
        tags.push_back(said.key("schematic"));
        tags.push_back(said.truth(d.schematic));
        add_feature(shapes, polygon_type, tags, p);
      }
      const spatial::point at = table.on_tile(d.middle);
      if (at.x < 0 || at.y < 0 || at.x >= tile_extent || at.y >= tile_extent) continue;
      pen dot;
      dot.dot({static_cast<std::int32_t>(at.x), static_cast<std::int32_t>(at.y)});
      add_feature(points, point_type, described(said_names, *d.who, languages), dot);
    }
    add_to(whole, name, shapes, said);
    add_to(whole, names, points, said_names);
  }
};

point mercator(point degrees) {
  const double latitude =
      std::clamp(degrees.y, -mercator_latitude, mercator_latitude) * std::numbers::pi / 180;
  return {degrees.x / 360 + 0.5,
          0.5 - std::log(std::tan(std::numbers::pi / 4 + latitude / 2)) / (2 * std::numbers::pi)};
}

ring clipped(const ring& r, const box& frame) {
  auto x = [](point p) { return p.x; };
  auto y = [](point p) { return p.y; };
  ring out = r;
  if (!out.empty()) out = cut(out, frame.low.x, x, [&](double v) { return v >= frame.low.x; });
  if (!out.empty()) out = cut(out, frame.high.x, x, [&](double v) { return v <= frame.high.x; });
  if (!out.empty()) out = cut(out, frame.low.y, y, [&](double v) { return v >= frame.low.y; });
  if (!out.empty()) out = cut(out, frame.high.y, y, [&](double v) { return v <= frame.high.y; });
  return out;
}

bool holds(const shape& s, point p) {
  return std::any_of(s.begin(), s.end(), [&](const polygon& part) {
    return inside(part.outer, p) && std::none_of(part.holes.begin(), part.holes.end(),
                                                 [&](const ring& h) { return inside(h, p); });
  });
}

tiles::tiles(const atlas& shapes, const packs::pack& pack) : languages_(pack.languages()) {
  add_layer(pack, shapes, pack.provinces(), "province", 0);
  add_layer(pack, shapes, pack.municipalities(), "municipality", municipality_zoom);
  add_layer(pack, shapes, pack.towns(), "town", town_zoom);
}

tiles::~tiles() = default;

void tiles::add_layer(const packs::pack&, const atlas& shapes,
                      const std::vector<packs::district>& districts, const char* name, int from) {
  layer made;
  const std::string one(name);
  made.name = one.ends_with('y') ? one.substr(0, one.size() - 1) + "ies" : one + "s";
  made.names = one + "_names";
  made.from = from;
  for (const auto& d : districts) {
    const auto* drawn = shapes.find(d.code);
    if (!drawn || drawn->shape.empty()) continue;
    layer::district on{&d, drawn->schematic, on_map(drawn->shape), {}, {}};
    on.extent = bounds(on.shape);
    on.middle = middle_of(on.shape, mercator({d.longitude, d.latitude}));
    made.districts.push_back(std::move(on));
  }
  layers_.push_back(std::move(made));
}

std::shared_ptr<const tile> tiles::find(int z, std::int64_t x, std::int64_t y) const {
  if (z < 0 || z > deepest_zoom) return nullptr;
  const std::int64_t side = std::int64_t{1} << z;
  if (x < 0 || y < 0 || x >= side || y >= side) return nullptr;
  const key which = static_cast<key>(z) << 58 | static_cast<key>(x) << 29 | static_cast<key>(y);
  {
    std::lock_guard hold(mutex_);
    if (auto found = kept_.find(which); found != kept_.end()) {
      latest_.splice(latest_.begin(), latest_, found->second);
      return found->second->second;
    }
  }
  auto made = make(z, x, y);
  std::lock_guard hold(mutex_);
  if (kept_.contains(which)) return made;
  constexpr std::size_t entry = 200;  // of the list and the table
  latest_.emplace_front(which, made);
  kept_[which] = latest_.begin();
  octets_ += made->octets.size() + made->gzip.size() + entry;
  while (octets_ > kept_octets && latest_.size() > 1) {
    const auto& last = latest_.back();
    octets_ -= last.second->octets.size() + last.second->gzip.size() + entry;
    kept_.erase(last.first);
    latest_.pop_back();
  }
  return made;
}

std::shared_ptr<const tile> tiles::make(int z, std::int64_t x, std::int64_t y) const {
  const cutting table(z, x, y);
  std::string octets;
  protozero::pbf_writer whole{octets};
  for (const auto& level : layers_)
    if (z >= level.from) level.write(whole, table, languages_);
  auto out = std::make_shared<tile>();
  if (!octets.empty()) out->gzip = compressed(octets);
  out->tag = fmt::format("\"{:08x}-{:x}\"", libdeflate_crc32(0, octets.data(), octets.size()),
                         octets.size());
  out->octets = std::move(octets);
  return out;
}

}  // namespace madang::spatial
