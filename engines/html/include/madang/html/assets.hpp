#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

namespace madang::html {

// The built files of web/dist: stylesheets, islands, the service worker. The build names each by
// its content, so a browser may keep it for ever; manifest.json maps the plain name to that name:
//   {"main.css": "main-Ck2x81.css", "sw.js": "sw.js"}
// All bytes are held in memory (some 200 KB), shared with every response that sends them.
class assets {
 public:
  struct file {
    std::string content_type;
    std::shared_ptr<const std::string> bytes;
    std::shared_ptr<const std::string> gzip;  // RFC 1952, or null
    bool immutable = false;                   // named by content: Cache-Control immutable
  };
  static constexpr std::size_t most_files = 500;
  static constexpr std::size_t file_bytes = 4u << 20;

  // Refused: assets.manifest (absent or not an object of strings), assets.file (a file named there
  // is absent, or its name leaves the folder), assets.too_large.
  static result<assets> load(const std::filesystem::path& folder);

  // "/assets/main-Ck2x81.css" for "main.css"; "/assets/main.css" when the build has none such,
  // which then answers 404 and breaks nothing else.
  std::string url(std::string_view name) const;

  // The file at "/assets/..." or, for the service worker, "/sw.js"; null when there is none.
  const file* find(std::string_view path) const;

 private:
  std::map<std::string, std::string, std::less<>> url_of_;
  std::map<std::string, file, std::less<>> files_;
};

}  // namespace madang::html
