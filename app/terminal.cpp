#include "terminal.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "madang/platform/house.hpp"

namespace madang::app {

std::string read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  if (!in) throw std::runtime_error(file + " cannot be read");
  return bytes.str();
}

std::string plain(std::string_view s) {
  std::string out;
  for (const char c : s) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return out;
}

html::texts texts_of(const packs::pack& pack) {
  auto loaded = html::texts::load(platform::text_folders(pack), pack.languages());
  if (!loaded) throw std::runtime_error(loaded.why().code + " " + loaded.why().field);
  return std::move(*loaded);
}

std::string language_of_operator(const packs::pack& pack) {
  const auto spoken = pack.languages();
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* set = std::getenv(name); set && *set) {
      const std::string language = std::string(set).substr(0, 2);
      if (std::ranges::find(spoken, language) != spoken.end()) return language;
      break;
    }
  return std::ranges::find(spoken, "en") != spoken.end() ? "en" : pack.language();
}

}  // namespace madang::app
