// What programs fetch: checkpoints and tiles (C2SP tlog-tiles), and what a witness is asked
// (C2SP tlog-witness). Anybody may: a log holds commitments, which say nothing about anybody.
#include "pages.hpp"

namespace madang::transparency {
namespace {

http::response not_there(const keeper& k, const http::request& r) {
  return k.home().explain(r, refuse(kind::not_found, "tlog.tile_path"));
}

http::response checkpoint_of(const keeper& k, http::request& r) {
  const auto* l = k.find_log(r.capture("log"));
  if (!l) return not_there(k, r);
  const auto s = l->now();
  if (s.published.empty()) return not_there(k, r);
  auto out = http::text_response(200, s.published);
  out.with("Cache-Control", "public, max-age=2");
  return out;
}

http::response tile_of(const keeper& k, http::request& r) {
  const auto* l = k.find_log(r.capture("log"));
  std::string path = "tile";
  for (const char* part : {"level", "a", "b", "c", "d", "e"})
    if (const auto piece = r.capture(part); !piece.empty()) path += "/" + std::string(piece);
  const auto place = tlog::parse_tile_path(path);
  if (!l || !place) return not_there(k, r);
  // Nothing beyond the published checkpoint: what is not witnessed yet is nobody's to see.
  const std::uint64_t size = l->now().published_size;
  const std::uint64_t there = tlog::width_at(size, std::max(place->level, 0));
  if (place->index > there / tlog::tile_width ||
      place->index * tlog::tile_width + static_cast<std::uint64_t>(place->width) > there)
    return not_there(k, r);
  auto octets = l->tile(*place);
  if (!octets) return not_there(k, r);
  http::response out;
  out.content_type = "application/octet-stream";
  out.body.assign(octets->begin(), octets->end());
  out.with("Cache-Control", "public, max-age=31536000, immutable");
  return out;
}

http::response add_checkpoint(const keeper& k, http::request& r) {
  auto* w = k.find_witness(r.capture("witness"));
  if (!w) return not_there(k, r);
  auto answer = w->add_checkpoint(r.body);
  auto out = http::text_response(answer.status, std::move(answer.body), answer.content_type);
  out.with("Cache-Control", "no-store");
  return out;
}

http::response witnessed(const keeper& k, http::request& r) {
  auto* w = k.find_witness(r.capture("witness"));
  if (!w) return not_there(k, r);
  auto kept = w->checkpoint_of(r.capture("origin"));
  if (!kept) return not_there(k, r);
  auto out = http::text_response(200, std::move(*kept));
  out.with("Cache-Control", "public, max-age=2");
  return out;
}

http::response policy_of(const keeper& k) {
  auto out = http::text_response(200, k.believed().str());
  out.with("Cache-Control", "public, max-age=60");
  return out;
}

}  // namespace

void file_pages(office k) {
  auto& h = k->home();
  h.machine("GET", "/transparency/policy", [k](http::request&) { return policy_of(*k); });
  h.machine("GET", "/transparency/{log}/checkpoint",
            [k](http::request& r) { return checkpoint_of(*k, r); });
  std::string pattern = "/transparency/{log}/tile/{level}";
  for (const char* part : {"/{a}", "/{b}", "/{c}", "/{d}", "/{e}"}) {
    pattern += part;
    h.machine("GET", pattern, [k](http::request& r) { return tile_of(*k, r); });
  }
  h.machine("POST", "/witness/{witness}/add-checkpoint",
            [k](http::request& r) { return add_checkpoint(*k, r); });
  h.machine("GET", "/witness/{witness}/{origin}/checkpoint",
            [k](http::request& r) { return witnessed(*k, r); });
}

}  // namespace madang::transparency
