#include "madang/certification/believed.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/base/base.hpp"
#include "madang/pki/authority.hpp"
#include "madang/trust/hierarchy.hpp"

namespace madang::certification {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return in ? out.str() : std::string();
}

void add(std::vector<trust::bytes>& to, const fs::path& file) {
  const auto facts = pki::read_facts(trust::view_of(read_file(file)));
  if (facts) to.push_back(facts->der);
}

// The seals' own list is signed when it is asked for, so that takes the passphrase.
std::optional<trust::bytes> list_of_seals(const platform::settings& s, const packs::pack& pack) {
  std::string passphrase = s.passphrase;
  if (passphrase.empty()) passphrase = text::head(read_file(s.data + "/passphrase"), 256);
  passphrase = passphrase.substr(0, passphrase.find('\n'));
  if (passphrase.empty()) return {};
  const json::value names = pack.yaml("trust.yaml");
  trust::hierarchy_names n;
  n.root = json::words_of(json::at(names, "root"));
  n.authority = json::words_of(json::at(names, "authority"));
  n.government = json::words_of(json::at(names, "government"));
  n.country = json::str(names, "country", "XX");
  auto opened = trust::hierarchy::open_or_create(s.data + "/keys", passphrase, n);
  if (!opened) return {};
  return (*opened)->revocation_list();
}

}  // namespace

signatures::policy believed(const platform::settings& s, const packs::pack& pack) {
  signatures::policy p;
  p.dead = signatures::weak_today();
  const fs::path keys = s.data + "/keys";
  std::error_code none;
  if (fs::exists(keys / "government.cert.pem", none)) {
    add(p.anchors, keys / "root.cert.pem");
    // Believed by itself: there is no list that could take it back.
    add(p.anchors, keys / "government.cert.pem");
    if (auto list = list_of_seals(s, pack)) p.lists.push_back(std::move(*list));
  }
  for (const auto& e : fs::directory_iterator(keys / "pki", none)) {
    const std::string name = e.path().filename().string();
    if (name.ends_with("-root.cert.pem")) add(p.anchors, e.path());
    else if (name.ends_with(".cert.pem")) add(p.certificates, e.path());
    else if (name.ends_with(".arl.der"))
      if (const std::string list = read_file(e.path()); !list.empty())
        p.lists.emplace_back(list.begin(), list.end());
  }
  p.at = now();  // not before the list that was just signed, whose time is in whole seconds
  return p;
}

}  // namespace madang::certification
