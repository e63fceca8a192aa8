#include "madang/xroad/source.hpp"

#include <fstream>

#include "madang/base/json.hpp"
#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"

namespace madang::xroad {
namespace {

constexpr const char *shared_part = "SHARED-PARAMETERS", *private_part = "PRIVATE-PARAMETERS";

refusal unavailable(std::string why) {
  return fault("global_conf_download_failure", std::move(why));
}

// A relative address beside the directory (PR-GCONF section 2.4): nothing that leads elsewhere.
std::optional<std::string> beside(const std::string& base, const std::string& location) {
  if (location.empty() || location.find("..") != std::string::npos ||
      location.find("//") != std::string::npos)
    return {};
  if (location.front() != '/') return base + "/" + location;
  const auto scheme = base.find("://");
  if (scheme == std::string::npos) return {};
  return base.substr(0, base.find('/', scheme + 3)) + location;
}

void write_file(const std::filesystem::path& file, const std::string& octets) {
  std::filesystem::create_directories(file.parent_path());
  const std::string beside_it = file.string() + ".new";
  {
    std::ofstream out(beside_it, std::ios::binary);
    out << octets;
    out.flush();
    if (!out) throw std::runtime_error("the configuration cannot be written");
  }
  std::filesystem::rename(beside_it, file);
}

}  // namespace

std::map<std::string, std::string> publish(const publication& p, instant at,
                                           std::chrono::seconds valid_for) {
  std::map<std::string, std::string> out;
  signed_directory d{at.plus(valid_for), "5", {}};
  const std::string sha512 = signatures::digest_uri("SHA512");
  const auto add = [&](const char* kind, const std::string& name, const std::string& octets) {
    const auto digest = signatures::digest_by("SHA512", trust::view_of(octets));
    const std::string file = text::hex(digest).substr(0, 32) + "/" + name;
    d.entries.push_back({kind, p.shared.instance, file, sha512, name, digest});
    out["/" + file] = octets;
  };
  add(private_part, "private-params.xml", write_private(p.own));
  add(shared_part, "shared-params.xml", write_shared(p.shared, p.address, {p.certificate}));
  out[""] = write_directory(d, p.certificate, p.sign);
  return out;
}

configuration_client::configuration_client(anchor a, std::filesystem::path folder, fetcher fetch)
    : anchor_(std::move(a)), folder_(std::move(folder)), fetch_(std::move(fetch)) {}

result<configuration_client::taken> configuration_client::update(instant at) {
  refusal why = unavailable("The anchor has no source");
  for (const auto& s : anchor_.sources) {
    auto made = from(s, at);
    if (made) return made;
    why = made.why();
  }
  return why;
}

result<configuration_client::taken> configuration_client::from(const configuration_source& s,
                                                               instant at) {
  const auto octets = fetch_(s.url);
  if (!octets) return unavailable("Failed to connect to " + s.url);
  const auto d = read_directory(*octets, among(s.certificates), at);
  if (!d) return d.why();
  if (d->expires < newest_)
    return fault("global_conf_older", "The directory is older than the one that is known");
  taken out{nullptr, d->expires, false};
  auto conf = std::make_shared<configuration>();
  conf->instance = anchor_.instance;
  std::map<std::string, std::string> parts;
  for (const auto& e : d->entries) {
    if (e.identifier != shared_part && e.identifier != private_part) continue;
    if (e.instance != anchor_.instance)
      return fault("GlobalConfPartInvalidInstanceIdentifier",
                   "A part of another instance: " + e.instance);
    const std::string name = text::hex(e.digest);
    auto have = known_.find(name);
    if (have == known_.end()) {
      const auto url = beside(s.url, e.location);
      auto file = url ? fetch_(*url) : std::nullopt;
      if (!file || !e.matches(*file))
        return unavailable("Failed to download " + e.location + " with the digest that was signed");
      have = known_.emplace(name, std::move(*file)).first;
      out.changed = true;
    }
    parts[name] = have->second;
    conf->expires[e.instance] = d->expires;
    const bool shared = e.identifier == shared_part;
    if (shared) {
      auto p = read_shared(have->second);
      if (!p) return p.why();
      if (p->instance != e.instance) return fault("MalformedGlobalConf", "Another instance");
      conf->shared.emplace(e.instance, std::move(*p));
    } else {
      auto p = read_private(have->second);
      if (!p) return p.why();
      conf->own.emplace(e.instance, std::move(*p));
    }
    const auto place = folder_ / e.instance / (shared ? "shared-params.xml" : "private-params.xml");
    write_file(place, have->second);
    write_file(place.string() + ".metadata",
               json::print(json::object{{"contentIdentifier", e.identifier},
                                        {"instanceIdentifier", e.instance},
                                        {"expirationDate", d->expires.str()},
                                        {"configurationVersion", d->version}}));
  }
  if (conf->shared.empty()) return unavailable("The directory lists no shared parameters");
  write_file(folder_ / "instance-identifier", anchor_.instance);
  known_ = std::move(parts);
  newest_ = d->expires;
  out.conf = std::move(conf);
  return out;
}

}  // namespace madang::xroad
