#include "madang/platform/client_tls.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/packs/packs.hpp"

namespace madang::platform {

client_tls client_tls_of(const settings& s) {
  client_tls out;
  const std::string file = (std::filesystem::path(s.data) / "client-tls.yaml").string();
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
    const auto is_text = [&] { return value.is_string() ? std::string(value.get_string()) : ""; };
    if (name == "port") {
      out.port = value.is_int64() ? static_cast<int>(value.get_int64()) : -1;
      if (out.port < 1 || out.port > 65535) fail("'port' is a number from 1 to 65535");
    } else if (name == "proxies") {
      if (!value.is_array()) fail("'proxies' is a list of addresses");
      for (const auto& entry : value.get_array()) {
        if (!entry.is_string()) fail("'proxies' is a list of addresses");
        out.proxies.emplace_back(entry.get_string());
      }
    } else if (name == "certificate" || name == "key" || name == "field") {
      (name == "certificate" ? out.certificate : name == "key" ? out.key : out.field) = is_text();
      if (is_text().empty()) fail("'" + name + "' is a text");
    } else if (name == "public_url") {
      out.public_url = is_text();
      while (out.public_url.ends_with('/')) out.public_url.pop_back();
      if (!out.public_url.starts_with("https://")) fail("'public_url' begins with https://");
    } else {
      fail("'" + name + "' is no setting of client-tls.yaml; see docs/operating.md");
    }
  }
  if (out.certificate.empty() && out.key.empty())
    out.certificate = s.tls_certificate, out.key = s.tls_key;
  if (!out.asks()) fail("says neither 'port' nor 'proxies'");
  if (out.public_url.empty()) fail("says no 'public_url'");
  if (out.port && (out.certificate.empty() || out.key.empty()))
    fail("says a 'port', and there is no 'certificate' and 'key'");
  return out;
}

std::string client_certificate_of(const http::request& r) {
  const auto said = r.header("client-cert");
  if (said.size() < 3 || !said.starts_with(':') || !said.ends_with(':')) return {};
  auto der = text::from_base64(said.substr(1, said.size() - 2));
  return der ? std::string(text::chars_of(*der)) : std::string();
}

}  // namespace madang::platform
