#include "madang/platform/guarding.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/packs/packs.hpp"

namespace madang::platform {

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
    if (name == "outgoing") {
      if (!value.is_array()) fail("'outgoing' is a list of texts");
      out.outgoing.clear();
      for (const auto& entry : value.get_array()) {
        if (!entry.is_string()) fail("'outgoing' is a list of texts");
        out.outgoing.emplace_back(entry.get_string());
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
