#include "pages.hpp"

#include <charconv>
#include <cmath>

#include "madang/spatial/tiles.hpp"

namespace madang::eungdapso {

using namespace html;

link home_link(const context& c) { return {"/eungdapso", std::string(c.say("street.name"))}; }

audit::access why_of(const context& c, std::string reference) {
  return c.access(c.home.said("street.case"), c.home.said("law.street"), std::move(reference));
}

std::string category_name(const context& c, const center& o, std::string_view id) {
  const auto* k = o.kinds.find(id);
  return k ? k->name(c.language) : std::string(id);
}

std::string department_name(const context& c, const center& o, std::string_view id) {
  const auto* d = o.kinds.find_department(id);
  return d ? d->name(c.language) : std::string(id);
}

std::string district_name(const context& c, std::string_view code) {
  return c.home.pack().full_name(code)(c.language);
}

std::string place_name(const context& c, const report& r) {
  return district_name(c, r.town.empty() ? r.office : r.town);
}

node state_badge(const context& c, const report& r) {
  const tone t = r.state == "done"   ? tone::good
                 : r.state == "work" ? tone::info
                 : r.state == "open" ? tone::warn
                                     : tone::neutral;
  return badge(t, c.say("street.state_" + r.state));
}

std::string when_of(const context& c, instant t) { return c.written(t); }

std::vector<std::string> pictures_of(const context& c, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& f : c.files())
    if (!f.filename.empty() && f.name == name && !f.body.empty()) out.push_back(f.body);
  return out;
}

std::optional<place> place_of(std::string_view latitude, std::string_view longitude) {
  auto number = [](std::string_view s) -> std::optional<double> {
    double out = 0;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
    if (error != std::errc() || end != s.data() + s.size() || !std::isfinite(out)) return {};
    return out;
  };
  const auto lat = number(latitude), lon = number(longitude);
  if (!lat || !lon) return {};
  return place{*lat, *lon};
}

forms::fields fields_of(const context& c) {
  forms::fields out = c.form();
  for (auto& [name, value] : out)
    if (name.ends_with("[]")) name.resize(name.size() - 2);
  return out;
}

node map_island(const context& c, const center& o, const map_view& v, const node& otherwise) {
  std::vector<attribute> all{
      data("label", v.label),
      data("language", c.language),
      data("worker", c.home.assets().url("maplibre-worker.js")),
      data("deepest", std::to_string(spatial::deepest_zoom)),
      data("zoom", std::to_string(v.zoom)),
      data("zoom-in", c.say("street.zoom_in")),
      data("zoom-out", c.say("street.zoom_out")),
      data("here", c.say("street.here")),
      data("finding", c.say("street.finding")),
      data("no-place", c.say("street.no_place")),
      data("keys", c.say("street.map_keys")),
      data("chosen", c.say("street.chosen")),
  };
  if (!v.source.empty()) all.push_back(data("source", v.source));
  if (!v.latitude_field.empty()) {
    all.push_back(data("lat-field", v.latitude_field));
    all.push_back(data("lon-field", v.longitude_field));
  }
  if (v.middle) {
    all.push_back(data("lat", fmt::format("{:.6f}", v.middle->latitude)));
    all.push_back(data("lon", fmt::format("{:.6f}", v.middle->longitude)));
  }
  bool schematic = false;
  for (const auto& p : c.home.pack().provinces())
    if (const auto* drawn = c.home.atlas().find(p.code)) schematic = schematic || drawn->schematic;
  const words source =
      json::words_of(json::at(json::at(c.home.pack().yaml("pack.yaml"), "districts"), "source"));
  (void)o;
  return figure(cls("street-map"), element("madang-map", all, otherwise),
                figcaption(cls("note"), c.say(schematic ? "region.schematic" : "street.real"), " ",
                           source(c.language)));
}

}  // namespace madang::eungdapso
