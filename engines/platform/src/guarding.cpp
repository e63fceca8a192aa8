#include "madang/platform/guarding.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/packs/packs.hpp"

namespace madang::platform {

namespace {

// scheme "://" host [":" port], so that nothing of it can be another word of a policy.
bool is_origin(std::string_view s) {
  const bool web = s.starts_with("https://") || s.starts_with("http://");
  const auto host = web ? s.substr(s.find("://") + 3) : std::string_view();
  return !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == ':';
  });
}

}  // namespace

guarding guarding_of(const settings& s) {
  guarding out;
  if (s.demonstration) out.outgoing = {"loopback"};
  const std::string file = (std::filesystem::path(s.data) / "guard.yaml").string();
  std::ifstream in(file);
  if (!in) return out;
  std::ostringstream text;
  text << in.rdbuf();
  const json::value said = packs::parse_yaml(text.str(), file);
  const auto fail = [&](const std::string& why) { throw packs::broken_pack({file, 0, why}); };
  if (!said.is_object()) fail("is a list of settings, one a line");
  for (const auto& one : said.get_object()) {
    const std::string name(one.key());
    const auto& value = one.value();
    if (name == "outgoing" || name == "frames") {
      if (!value.is_array()) fail("'" + name + "' is a list of texts");
      auto& to = name == "frames" ? out.frames : out.outgoing;
      to.clear();
      for (const auto& entry : value.get_array()) {
        if (!entry.is_string()) fail("'" + name + "' is a list of texts");
        to.emplace_back(entry.get_string());
        if (name == "frames" && !is_origin(to.back()))
          fail("'" + to.back() + "' is no origin such as https://video.example.org");
      }
    } else if (name == "monitoring") {
      out.monitoring = value.is_string() ? std::string(value.get_string()) : "";
      if (out.monitoring != "open" && out.monitoring != "local" && out.monitoring != "closed")
        fail("'monitoring' is open, local or closed");
    } else if (name == "limits") {
      if (!value.is_bool()) fail("'limits' is true or false");
      out.limits = value.get_bool();
    } else {
      fail("'" + name + "' is no setting of the guard; see docs/operating.md");
    }
  }
  return out;
}

}  // namespace madang::platform
