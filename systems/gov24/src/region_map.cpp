// The map of districts: shapes that are links, names where there is room for them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "regions.hpp"

namespace madang::gov24 {
namespace {

using namespace html;

// Sizes of names in units of the drawing, as parts.css has them: on a phone the drawing is shown
// smaller, so its names are larger and fewer.
constexpr double large_name = 15, small_name = 10.5;
constexpr double overhang = 1.35;   // a name may stand somewhat over the borders

struct rectangle {
  double left, top, right, bottom;
  bool meets(const rectangle& o) const {
    return left < o.right && o.left < right && top < o.bottom && o.top < bottom;
  }
};

// In units of the size of the letters: those of Latin are about half as wide as they are high.
double width_of(std::string_view name) {
  double width = 0;
  for (unsigned char c : name) width += c < 0x80 ? 0.56 : (c & 0xc0) != 0x80 ? 0.95 : 0;
  return width;
}

rectangle place_of(const spatial::drawn_path& p, double width, double size, double sheet) {
  const double half = width * size / 2 + 2;
  const double x = std::clamp(p.middle.x, std::min(half, sheet / 2), std::max(sheet - half, half));
  return {x - half, p.middle.y - size * 0.65, x + half, p.middle.y + size * 0.65};
}

node label_of(const rectangle& at, std::string_view name, bool small) {
  return element("text", small ? cls("small") : attribute(),
                 attr("x", fmt::format("{:.1f}", (at.left + at.right) / 2)),
                 attr("y", fmt::format("{:.1f}", (at.top + at.bottom) / 2)), name);
}

// The large come first; a name that would touch another, or stand mostly outside its own district,
// is not written: the list has it.
node labels(const context& c, const spatial::drawing& map,
            const std::vector<const packs::district*>& districts) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < districts.size(); ++i) order.push_back(i);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return map.paths[a].width * map.paths[a].height > map.paths[b].width * map.paths[b].height;
  });
  std::vector<node> out;
  std::vector<rectangle> taken, written;
  std::vector<char> done(districts.size(), 0);
  for (const double size : {large_name, small_name}) {
    taken = written;
    for (const std::size_t i : order) {
      const auto& path = map.paths[i];
      const std::string& name = districts[i]->name(c.language);
      const double width = width_of(name);
      if (done[i] || path.path.empty() || width * size > overhang * path.room ||
          size > overhang * path.height)
        continue;
      const rectangle at = place_of(path, width, size, map.width);
      if (std::ranges::any_of(taken, [&](const auto& other) { return at.meets(other); })) continue;
      taken.push_back(at);
      // What is large on a phone is small elsewhere.
      written.push_back(place_of(path, width, small_name, map.width));
      done[i] = 1;
      out.push_back(label_of(at, name, size == small_name));
    }
  }
  return element("g", cls("names"), aria("hidden", "true"), out);
}

// What the map is made of: one may not take a computed cell for a surveyed border.
node about(const context& c, const gazetteer& g,
           const std::vector<const packs::district*>& districts) {
  std::size_t cells = 0;
  std::set<std::string> files;
  for (const auto* d : districts) {
    const auto* drawn = g.atlas().find(d->code);
    cells += drawn->schematic;
    if (!drawn->schematic) files.insert(drawn->source);
  }
  node out;
  if (cells > 0)
    out = all(c.say(cells == districts.size() ? "region.schematic" : "region.partly_schematic"),
              " ", g.source()(c.language));
  if (cells < districts.size())
    out = all(out, cells ? " " : "",
              c.fill("region.real", {{"files", text::join({files.begin(), files.end()}, ", ")}}));
  return out;
}

void append_feature(std::string& out, const context& c, const packs::district& d,
                    const spatial::drawn_district& drawn) {
  out += R"({"type":"Feature","id":)";
  json::append_string(out, d.code);
  out += R"(,"properties":{"code":)";
  json::append_string(out, d.code);
  out += R"(,"kind":)";
  json::append_string(out, kind_of(d.code));
  out += R"(,"name":)";
  json::append_string(out, d.name(c.language));
  out += R"(,"names":)" + json::write(d.name) + R"(,"lies_in":)";
  json::append_string(out, c.home.pack().full_name(d.code)(c.language));
  out += R"(,"page":)";
  json::append_string(out, "/regions/" + d.code);
  out += fmt::format(R"(,"centre":[{:.5f},{:.5f}],"schematic":{}}},"geometry":)", d.longitude,
                     d.latitude, drawn.schematic);
  out += spatial::geometry_text(drawn.shape) + "}";
}

}  // namespace

node map_of(const context& c, const gazetteer& g, const std::string& code, std::string_view here) {
  const auto& districts = g.atlas().below(code);
  const auto map = g.map_of(code);
  std::vector<node> shapes;
  node current;   // drawn last, so that no neighbour covers its border
  for (std::size_t i = 0; i < districts.size(); ++i) {
    const auto& d = *districts[i];
    if (map->paths[i].path.empty()) continue;
    const node name = element("title", d.name(c.language));
    const node path = element("path", attr("d", map->paths[i].path));
    if (d.code == here)
      current = element("a", href("/regions/" + d.code), aria("current", "page"), name, path);
    else
      shapes.push_back(element("a", href("/regions/" + d.code), name, path));
  }
  const auto* place = g.pack().find_district(code);
  const std::string name = c.fill(
      "region.map_of",
      {{"name", place ? place->name(c.language) : g.pack().name()(c.language)}});
  return figure(cls("map"),
                a(cls("hidden"), href("#districts"), c.say("region.skip_map")),
                element("svg", role("group"), aria("label", name),
                        attr("viewbox", fmt::format("0 0 {:.0f} {:.0f}", map->width, map->height)),
                        shapes, current, labels(c, *map, districts)),
                figcaption(cls("note"), about(c, g, districts)));
}

http::response geojson_of(const context& c, const gazetteer& g,
                          const std::vector<const packs::district*>& districts) {
  std::string out = R"({"type":"FeatureCollection","features":[)";
  for (std::size_t i = 0; i < districts.size(); ++i) {
    out += i ? ",\n" : "\n";
    append_feature(out, c, *districts[i], *g.atlas().find(districts[i]->code));
  }
  auto r = http::json_response(out + "\n]}\n");
  r.content_type = "application/geo+json";
  return c.with_privacy(std::move(r));
}

}  // namespace madang::gov24
