// Which town a place lies in, by the shapes of the atlas; and the town that an address names.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "center.hpp"
#include "madang/spatial/tiles.hpp"

namespace madang::eungdapso {
namespace {

bool begins_with_name(std::string_view address, std::string_view name) {
  return !name.empty() && address.starts_with(name) &&
         (address.size() == name.size() || address[name.size()] == ' ' ||
          address[name.size()] == ',');
}

}  // namespace

double metres_between(place a, place b) {
  constexpr double radius = 6'371'008.8, rad = std::numbers::pi / 180;
  const double p = a.latitude * rad, q = b.latitude * rad;
  const double half =
      std::pow(std::sin((q - p) / 2), 2) +
      std::cos(p) * std::cos(q) * std::pow(std::sin((b.longitude - a.longitude) * rad / 2), 2);
  return 2 * radius * std::asin(std::min(1.0, std::sqrt(half)));
}

// Boxes of the towns, made with the first question: most towns are ruled out by theirs.
void center::outline_towns() const {
  for (const auto& t : home.pack().towns())
    if (const auto* drawn = home.atlas().find(t.code); drawn && !drawn->shape.empty())
      outlines_.push_back({&t, spatial::bounds(drawn->shape), &drawn->shape});
}

const packs::district* center::town_at(eungdapso::place p) const {
  std::call_once(outlined_, [&] { outline_towns(); });
  const spatial::point at{p.longitude, p.latitude};
  for (const auto& o : outlines_)
    if (at.x >= o.box.low.x && at.x <= o.box.high.x && at.y >= o.box.low.y &&
        at.y <= o.box.high.y && spatial::holds(*o.shape, at))
      return o.who;
  return nullptr;
}

const packs::district* center::named_in(std::string_view address) const {
  const std::string said(text::trim(address));
  const packs::district* best = nullptr;
  std::size_t longest = 0;
  for (const auto* level : {&home.pack().municipalities(), &home.pack().towns()})
    for (const auto& d : *level) {
      const words full = home.pack().full_name(d.code);
      for (const auto& [language, name] : full.all())
        if (name.size() > longest && begins_with_name(said, name)) {
          longest = name.size();
          best = &d;
        }
    }
  return best;
}

result<center::settled> center::settle(const telling& t) const {
  if (t.at) {
    const bool on_globe = std::isfinite(t.at->latitude) && std::isfinite(t.at->longitude) &&
                          std::abs(t.at->latitude) <= 90 && std::abs(t.at->longitude) <= 180;
    const auto* town = on_globe ? town_at(*t.at) : nullptr;
    if (!town) return refuse(kind::invalid, "report.outside", "place");
    return settled{*t.at, true, town->code, town->code.substr(0, 5)};
  }
  const packs::district* d = t.town.empty() ? nullptr : home.pack().find_district(t.town);
  if (!d && !t.place.empty()) d = named_in(t.place);
  if (!d || d->code.size() < 5) return refuse(kind::invalid, "report.no_place", "place");
  return settled{
      {d->latitude, d->longitude}, false, d->code.size() == 7 ? d->code : "", d->code.substr(0, 5)};
}

}  // namespace madang::eungdapso
