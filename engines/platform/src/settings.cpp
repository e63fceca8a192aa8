#include "madang/platform/settings.hpp"

#include <fstream>
#include <sstream>

#include "madang/packs/packs.hpp"

namespace madang::platform {
namespace {

[[noreturn]] void fail(const std::string& file, const std::string& message) {
  throw packs::broken_pack({file, 0, message});
}

void set(settings& s, std::string_view name, const json::value& v, const std::string& file) {
  const std::string text = v.is_string()  ? std::string(v.get_string())
                           : v.is_int64() ? std::to_string(v.get_int64())
                           : v.is_bool()  ? (v.get_bool() ? "true" : "false")
                                          : std::string();
  auto number = [&] {
    if (!v.is_int64()) fail(file, "'" + std::string(name) + "' is a number");
    return v.get_int64();
  };
  if (name == "data") s.data = text;
  else if (name == "database") s.database = text;
  else if (name == "pack") s.pack = text;
  else if (name == "web") s.web = text;
  else if (name == "address") s.address = text;
  else if (name == "port") s.port = static_cast<int>(number());
  else if (name == "io_threads") s.io_threads = static_cast<int>(number());
  else if (name == "workers") s.workers = static_cast<int>(number());
  else if (name == "population") s.population = text;
  else if (name == "seed") s.seed = static_cast<std::uint64_t>(number());
  else if (name == "demonstration") s.demonstration = text == "true";
  else if (name == "public_url") s.public_url = text;
  else if (name == "behind_proxy") s.behind_proxy = text == "true";
  else if (name == "passphrase") s.passphrase = text;
  else if (name == "font") s.font = text;
  else if (name == "colour_profile") s.colour_profile = text;
  else if (name == "log") s.log = text;
  else if (name == "tls_certificate") s.tls_certificate = text;
  else if (name == "tls_key") s.tls_key = text;
  else fail(file, "'" + std::string(name) + "' is not a setting; see docs/operating.md");
}

}  // namespace

void settings::read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(file, "cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  json::value v = packs::parse_yaml(text.str(), file);
  if (!v.is_object()) fail(file, "is a list of settings, one a line");
  for (const auto& member : v.get_object()) set(*this, member.key(), member.value(), file);
}

}  // namespace madang::platform
