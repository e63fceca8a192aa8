// The districts as vector tiles, for the map on our pages and for anybody's.
#include "madang/spatial/tiles.hpp"

#include <charconv>

#include "pages.hpp"

namespace madang::gov24 {
namespace {

// Made with the first tile that is asked for.
class tile_shelf {
 public:
  const spatial::tiles& of(const house& h) {
    std::call_once(once_, [&] { made_ = std::make_unique<spatial::tiles>(h.atlas(), h.pack()); });
    return *made_;
  }

 private:
  std::once_flag once_;
  std::unique_ptr<spatial::tiles> made_;
};

std::optional<std::int64_t> number(std::string_view digits) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) return {};
  return out;
}

// RFC 9110 section 13.1.2: any of those the client has, compared weakly.
bool has_it(std::string_view if_none_match, std::string_view tag) {
  for (const auto& one : text::split(if_none_match, ',')) {
    std::string_view known = text::trim(one);
    if (known.starts_with("W/")) known.remove_prefix(2);
    if (known == tag || known == "*") return true;
  }
  return false;
}

bool takes_gzip(std::string_view accepted) {
  for (const auto& one : text::split(accepted, ',')) {
    const auto parts = text::split(one, ';');
    const auto coding = text::trim(parts[0]);
    if (coding != "gzip" && coding != "*") continue;
    return parts.size() < 2 || !text::trim(parts[1]).starts_with("q=0") ||
           text::trim(parts[1]).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

http::response send_tile(context& c, const spatial::tiles& all) {
  auto last = c.request.capture("y");
  if (last.ends_with(".mvt")) last.remove_suffix(4);
  const auto z = number(c.request.capture("z")), x = number(c.request.capture("x")),
             y = number(last);
  const auto tile = z && x && y && *z >= 0 && *z <= spatial::deepest_zoom
                        ? all.find(static_cast<int>(*z), *x, *y)
                        : nullptr;
  if (!tile) return c.refuse(refuse(kind::not_found, "region.no_tile"));
  http::response r;
  r.content_type = "application/vnd.mapbox-vector-tile";
  r.with("ETag", tile->tag);
  r.with("Cache-Control", "public, max-age=600");
  r.with("Vary", "Accept-Encoding");
  if (has_it(c.request.header("if-none-match"), tile->tag)) {
    r.status = 304;
    return r;
  }
  if (tile->octets.empty()) {
    r.status = 204;
    return r;
  }
  const bool gzip = takes_gzip(c.request.header("accept-encoding"));
  r.with("Content-Encoding", gzip ? "gzip" : "identity");
  // The shelf keeps what it lends for as long as it is being sent.
  r.shared = std::shared_ptr<const std::string>(tile, gzip ? &tile->gzip : &tile->octets);
  return r;
}

}  // namespace

void tile_pages(house& h) {
  auto shelf = std::make_shared<tile_shelf>();
  h.page("GET", "/tiles/districts/{z}/{x}/{y}", needs::nobody,
         [shelf](context& c) { return send_tile(c, shelf->of(c.home)); });
}

}  // namespace madang::gov24
