#include "madang/platform/settings.hpp"

#include <fstream>
#include <limits>
#include <sstream>

#include "madang/packs/packs.hpp"

namespace madang::platform {
namespace {

// The line that a setting stands on, for whoever mends the file. 0: it is not at the beginning of
// any.
int line_of(std::string_view text, std::string_view name) {
  int line = 0;
  for (const auto& one : text::split(text, '\n')) {
    ++line;
    if (one.starts_with(name) && one.substr(name.size()).starts_with(":")) return line;
  }
  return 0;
}

// One setting of a file.
struct reading {
  const std::string& file;
  std::string_view text, name;
  const json::value& value;

  [[noreturn]] void fail(const std::string& message) const {
    throw packs::broken_pack(
        {file, line_of(text, name), "'" + std::string(name) + "' " + message});
  }
  std::string words() const {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_int64()) return std::to_string(value.get_int64());
    if (value.is_null()) return {};
    fail("is a text");
  }
  std::int64_t number(std::int64_t least, std::int64_t most) const {
    if (!value.is_int64() || value.get_int64() < least || value.get_int64() > most)
      fail("is a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return value.get_int64();
  }
  bool flag() const {
    if (!value.is_bool()) fail("is true or false");
    return value.get_bool();
  }
};

void set(settings& s, const reading& r) {
  const std::pair<std::string_view, std::string*> texts[] = {
      {"data", &s.data},
      {"database", &s.database},
      {"pack", &s.pack},
      {"web", &s.web},
      {"address", &s.address},
      {"population", &s.population},
      {"public_url", &s.public_url},
      {"passphrase", &s.passphrase},
      {"font", &s.font},
      {"colour_profile", &s.colour_profile},
      {"log", &s.log},
      {"tls_certificate", &s.tls_certificate},
      {"tls_key", &s.tls_key},
      {"mail_server", &s.mail_server},
      {"mail_from", &s.mail_from},
      {"mail_user", &s.mail_user},
      {"mail_password", &s.mail_password},
      {"mail_trusted", &s.mail_trusted},
      {"text_gateway", &s.text_gateway},
      {"text_from", &s.text_from},
      {"text_user", &s.text_user},
      {"text_password", &s.text_password},
      {"text_trusted", &s.text_trusted}};
  for (const auto& [name, to] : texts)
    if (name == r.name) {
      *to = r.words();
      return;
    }
  if (r.name == "port") s.port = static_cast<int>(r.number(1, 65535));
  else if (r.name == "io_threads") s.io_threads = static_cast<int>(r.number(1, 256));
  else if (r.name == "workers") s.workers = static_cast<int>(r.number(1, 1024));
  else if (r.name == "seed")
    s.seed = static_cast<std::uint64_t>(r.number(0, std::numeric_limits<std::int64_t>::max()));
  else if (r.name == "demonstration") s.demonstration = r.flag();
  else if (r.name == "nightly") s.nightly = r.flag();
  else if (r.name == "behind_proxy") s.behind_proxy = r.flag();
  else r.fail("is not a setting; see docs/operating.md");
}

}  // namespace

void settings::read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw packs::broken_pack({file, 0, "cannot be read"});
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const std::string all = bytes.str();
  const json::value v = packs::parse_yaml(all, file);
  if (!v.is_object()) throw packs::broken_pack({file, 0, "is a list of settings, one a line"});
  for (const auto& member : v.get_object())
    set(*this, {file, all, member.key(), member.value()});
}

}  // namespace madang::platform
