#include "madang/spatial/boundaries.hpp"

#include <cmath>

namespace madang::spatial {
namespace {

// A refusal travels up from deep within a file; out of this room comes only the value.
struct bad_file {
  refusal why;
};

[[noreturn]] void no(const char* code, const std::string& where) {
  throw bad_file{refuse(kind::invalid, code, where)};
}

const json::array& list(const json::value& v, const std::string& where) {
  if (!v.is_array()) no("boundaries.format", where);
  return v.get_array();
}

double number(const json::value& v, const std::string& where) {
  if (!v.is_number()) no("boundaries.format", where);
  return v.to_number<double>();
}

point position(const json::value& v, const std::string& where) {
  const auto& p = list(v, where);
  if (p.size() < 2) no("boundaries.format", where);
  return {number(p[0], where), number(p[1], where)};
}

// Rings close by themselves here; a last point that says the first again is left out. Which way
// round they go is not to be relied on in TopoJSON, nor in older GeoJSON.
polygon turned(std::vector<ring> rings) {
  polygon out;
  for (std::size_t i = 0; i < rings.size(); ++i) {
    ring& r = rings[i];
    while (r.size() > 1 && r.front() == r.back()) r.pop_back();
    if (r.size() < 3) {
      if (i == 0) return {};
      continue;
    }
    if ((area(r) > 0) != (i == 0)) std::reverse(r.begin(), r.end());
    if (i == 0) out.outer = std::move(r);
    else out.holes.push_back(std::move(r));
  }
  return out;
}

class reader {
 public:
  boundaries read(const json::value& root) {
    const auto type = json::str(root, "type");
    if (type == "FeatureCollection") {
      read_features(list(json::at(root, "features"), "/features"));
    } else if (type == "Topology") {
      read_transform(json::at(root, "transform"));
      read_arcs(list(json::at(root, "arcs"), "/arcs"));
      read_objects(json::at(root, "objects"));
    } else {
      no("boundaries.format", "/type");
    }
    if (out_.empty()) no("boundaries.empty", "");
    return std::move(out_);
  }

 private:
  void read_features(const json::array& features) {
    for (std::size_t i = 0; i < features.size(); ++i) {
      where_ = "/features/" + std::to_string(i);
      const json::value& geometry = json::at(features[i], "geometry");
      keep(features[i], json::str(geometry, "type"), json::at(geometry, "coordinates"), false);
    }
  }

  void read_transform(const json::value& transform) {
    if (transform.is_null()) return;
    quantised_ = true;
    scale_ = position(json::at(transform, "scale"), "/transform/scale");
    move_ = position(json::at(transform, "translate"), "/transform/translate");
  }

  // TopoJSON, sections 2.1.2 and 2.1.3: quantised positions are said as steps from the one before.
  void read_arcs(const json::array& arcs) {
    for (std::size_t i = 0; i < arcs.size(); ++i) {
      const std::string where = "/arcs/" + std::to_string(i);
      ring line;
      point at;
      for (const auto& p : list(arcs[i], where)) {
        const point read = position(p, where);
        at = quantised_ ? point{at.x + read.x, at.y + read.y} : read;
        line.push_back(quantised_ ? point{at.x * scale_.x + move_.x, at.y * scale_.y + move_.y}
                                  : at);
      }
      arcs_.push_back(std::move(line));
    }
  }

  void read_objects(const json::value& objects) {
    if (!objects.is_object()) no("boundaries.format", "/objects");
    for (const auto& object : objects.get_object()) {
      where_ = "/objects/" + std::string(object.key());
      const json::value& one = object.value();
      if (json::str(one, "type") == "GeometryCollection") {
        for (const auto& g : list(json::at(one, "geometries"), where_))
          keep(g, json::str(g, "type"), json::at(g, "arcs"), true);
      } else {
        keep(one, json::str(one, "type"), json::at(one, "arcs"), true);
      }
    }
  }

  void keep(const json::value& of, std::string_view type, const json::value& parts, bool by_arcs) {
    const std::string code(json::str(json::at(of, "properties"), "code"));
    if (code.empty()) return;
    shape found;
    auto add = [&](const json::value& rings) {
      std::vector<ring> read;
      for (const auto& r : list(rings, where_))
        read.push_back(by_arcs ? ring_of_arcs(r) : ring_of_places(r));
      if (polygon p = turned(std::move(read)); !p.outer.empty()) found.push_back(std::move(p));
    };
    if (type == "Polygon") {
      add(parts);
    } else if (type == "MultiPolygon") {
      for (const auto& rings : list(parts, where_)) add(rings);
    }
    if (!found.empty()) out_.insert_or_assign(code, std::move(found));
  }

  ring ring_of_places(const json::value& places) {
    ring out;
    for (const auto& p : list(places, where_)) put(out, position(p, where_));
    return out;
  }

  // Section 2.1.4: a negative index is the arc ~index, walked backwards; where arcs meet, the
  // position is said by both.
  ring ring_of_arcs(const json::value& indices) {
    ring out;
    for (const auto& index : list(indices, where_)) {
      if (!index.is_int64()) no("boundaries.format", where_);
      const std::int64_t i = index.get_int64();
      const auto arc = static_cast<std::uint64_t>(i < 0 ? ~i : i);
      if (arc >= arcs_.size()) no("boundaries.format", where_);
      const ring& line = arcs_[arc];
      for (std::size_t p = out.empty() ? 0 : 1; p < line.size(); ++p)
        put(out, line[i < 0 ? line.size() - 1 - p : p]);
    }
    return out;
  }

  // A few bytes can name the same arc any number of times: what counts is what comes out.
  void put(ring& to, point p) {
    if (!(std::abs(p.x) <= 180) || !(std::abs(p.y) <= 90)) no("boundaries.degrees", where_);
    if (++points_ > boundary_points)
      throw bad_file{refuse(kind::too_large, "boundaries.too_many", where_,
                            {{"limit", std::to_string(boundary_points)}})};
    to.push_back(p);
  }

  bool quantised_ = false;
  point scale_{1, 1}, move_;
  std::vector<ring> arcs_;
  boundaries out_;
  std::string where_;
  std::size_t points_ = 0;
};

}  // namespace

result<boundaries> read_boundaries(std::string_view text) {
  if (text.size() > boundary_bytes)
    return refuse(kind::too_large, "boundaries.too_large", "",
                  {{"limit", std::to_string(boundary_bytes >> 20)}});
  boost::json::error_code error;
  const json::value root = boost::json::parse({text.data(), text.size()}, error);
  if (error) return refuse(kind::invalid, "boundaries.syntax");
  try {
    return reader().read(root);
  } catch (const bad_file& bad) {
    return bad.why;
  }
}

std::string boundaries_text(const boundaries& all) {
  std::string out = R"({"type":"FeatureCollection","features":[)";
  bool first = true;
  for (const auto& [code, s] : all) {
    out += first ? "\n" : ",\n";
    first = false;
    out += R"({"type":"Feature","properties":{"code":)";
    json::append_string(out, code);
    out += R"(},"geometry":)" + geometry_text(s) + "}";
  }
  return out + "\n]}\n";
}

}  // namespace madang::spatial
