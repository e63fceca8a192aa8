#include "madang/html/assets.hpp"

#include <fstream>
#include <optional>
#include <sstream>

#include "madang/base/json.hpp"

namespace madang::html {
namespace {

std::string type_of(const std::filesystem::path& file) {
  static const std::map<std::string, std::string, std::less<>> types = {
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".woff2", "font/woff2"},
      {".png", "image/png"}};
  auto found = types.find(file.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

std::optional<std::string> read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return {};
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.front() == '.') return false;
  for (char c : name)
    if (!(std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_'))
      return false;
  return true;
}

}  // namespace

result<assets> assets::load(const std::filesystem::path& folder) {
  auto manifest = read(folder / "manifest.json");
  if (!manifest) return refuse(kind::not_found, "assets.manifest");
  auto parsed = json::parse(*manifest);
  if (!parsed || !parsed->is_object()) return refuse(kind::invalid, "assets.manifest");
  if (parsed->get_object().size() > most_files) return refuse(kind::too_large, "assets.too_large");
  assets out;
  for (const auto& entry : parsed->get_object()) {
    if (!entry.value().is_string()) return refuse(kind::invalid, "assets.manifest");
    std::string plain(entry.key()), built(entry.value().get_string());
    if (!is_plain_name(built)) return refuse(kind::invalid, "assets.file", plain);
    auto bytes = read(folder / built);
    if (!bytes) return refuse(kind::not_found, "assets.file", plain);
    if (bytes->size() > file_bytes) return refuse(kind::too_large, "assets.too_large", plain);
    file f{
        type_of(built), std::make_shared<const std::string>(std::move(*bytes)), {}, built != plain};
    if (auto packed = read(folder / (built + ".gz")))
      f.gzip = std::make_shared<const std::string>(std::move(*packed));
    // A service worker rules the folder it is served from (Service Workers, section 4.3): the root.
    std::string url = plain == "sw.js" ? "/sw.js" : "/assets/" + built;
    out.url_of_.emplace(plain, url);
    out.files_.emplace(std::move(url), std::move(f));
  }
  return out;
}

std::string assets::url(std::string_view name) const {
  auto found = url_of_.find(name);
  return found == url_of_.end() ? "/assets/" + std::string(name) : found->second;
}

const assets::file* assets::find(std::string_view path) const {
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace madang::html
