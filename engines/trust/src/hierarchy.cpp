#include "madang/trust/hierarchy.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <shared_mutex>

#include "files.hpp"
#include "madang/base/text.hpp"

namespace madang::trust {

bool is_revocation_reason(const std::string& reason);   // issue.cpp

namespace {

namespace fs = std::filesystem;

// A key and its certificate, as they lie in two files.
struct pair {
  trust::key key;
  trust::certificate certificate;
};

struct place {
  fs::path key, certificate;
  place(const fs::path& folder, const std::string& name)
      : key(folder / (name + ".key.pem")), certificate(folder / (name + ".cert.pem")) {}
};

result<std::optional<pair>> load(const place& at, std::string_view passphrase) {
  auto certificate_pem = files::read(at.certificate);
  auto key_pem = files::read(at.key);
  if (!certificate_pem || !key_pem) return std::optional<pair>{};
  auto k = key::open(*key_pem, passphrase);
  if (!k) return k.why();
  auto c = certificate::from_pem(*certificate_pem);
  if (!c) return c.why();
  auto certified = c->verifier();
  if (!certified || certified->der() != k->verifier().der())
    return refuse(kind::conflict, "trust.pair");
  return std::optional<pair>(pair{*k, *c});
}

void store(const place& at, const pair& p, std::string_view passphrase) {
  files::write(at.key, p.key.seal(passphrase));
  files::write(at.certificate, p.certificate.pem());
}

bool may_be_file_name(const std::string& number) {
  if (number.empty() || number.size() > 64 || number.front() == '.') return false;
  return std::all_of(number.begin(), number.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_';
  });
}

std::vector<revocation> read_revoked(const fs::path& path) {
  std::vector<revocation> out;
  for (const std::string& line : text::split(files::read(path).value_or(""), '\n')) {
    auto parts = text::split(line, ' ');
    if (parts.size() != 3) continue;
    if (auto when = instant::parse(parts[2])) out.push_back({parts[0], parts[1], *when});
  }
  return out;
}

}  // namespace

struct hierarchy::inside {
  fs::path folder;
  std::string passphrase;
  hierarchy_names names;
  pair root, authority;

  mutable std::shared_mutex gate;   // everything below
  std::map<std::string, std::shared_ptr<const signer>> seals;
  std::vector<revocation> revoked;
  std::shared_ptr<const anchors> believed;

  ~inside() { std::fill(passphrase.begin(), passphrase.end(), '\0'); }

  fs::path revoked_file() const { return folder / "revoked.txt"; }
  bool is_revoked(const std::string& serial) const {
    return std::any_of(revoked.begin(), revoked.end(),
                       [&](const revocation& r) { return r.serial == serial; });
  }
  bool usable(const signer& s) const {
    return now() < s.certificate.valid_until() && !is_revoked(s.certificate.serial());
  }

  void renew_believed() {
    auto made = std::make_shared<anchors>();
    made->add_root(root.certificate);
    for (const revocation& r : revoked) made->add_revocation(authority.certificate, r);
    believed = std::move(made);
  }

  certificate_request request(profile p, const words& name, const words& organisation,
                              const std::string& number) const {
    certificate_request r;
    r.profile = p;
    r.name = name;
    r.organisation = organisation;
    r.number = number;
    r.country = names.country;
    // A minute back: clocks of those who check are never quite ours.
    r.from = now().plus(std::chrono::minutes(-1));
    if (p == profile::seal || p == profile::official) r.revocation_list = names.revocation_list;
    return r;
  }

  void keep_old(const certificate& c) {
    files::make_private_folder(folder / "old");
    files::write(folder / "old" / (text::hex(c.fingerprint()) + ".cert.pem"), c.pem());
  }

  result<std::shared_ptr<const signer>> load_or_make(const std::string& number,
                                                     const words& agency);
};

result<std::shared_ptr<const signer>> hierarchy::inside::load_or_make(const std::string& number,
                                                                      const words& agency) {
  const place at(folder / "seals", number);
  files::lock lock(folder / "lock");
  auto found = load(at, passphrase);
  if (!found) return found.why();
  auto signer_of = [&](const pair& p) {
    return std::make_shared<const signer>(
        signer{p.key, p.certificate, {authority.certificate}});
  };
  if (*found) {
    auto s = signer_of(**found);
    if (usable(*s)) return s;
    keep_old((*found)->certificate);
  }
  key k = key::generate();
  pair made{k, issue(request(profile::seal, agency, agency, number), k.verifier(), authority.key,
                     &authority.certificate)};
  store(at, made, passphrase);
  return signer_of(made);
}

hierarchy::hierarchy(std::unique_ptr<inside> in) : in_(std::move(in)) {}
hierarchy::~hierarchy() = default;

result<std::shared_ptr<hierarchy>> hierarchy::open_or_create(const fs::path& folder,
                                                             std::string_view passphrase,
                                                             const hierarchy_names& names) {
  if (passphrase.empty() || passphrase.size() > 1024)
    return refuse(kind::invalid, "trust.passphrase_empty");
  files::make_private_folder(folder);
  files::make_private_folder(folder / "seals");
  files::lock lock(folder / "lock");
  const place root_at(folder, "root"), authority_at(folder, "government");
  auto root = load(root_at, passphrase);
  if (!root) return root.why();
  auto authority = load(authority_at, passphrase);
  if (!authority) return authority.why();
  // With certificates of an authority about, a lost root must stop us, not be made anew.
  if (!*root && *authority) return refuse(kind::conflict, "trust.pair", "root");
  auto in = std::unique_ptr<inside>(new inside{
      folder, std::string(passphrase), names, {key::generate(), certificate({})},
      {key::generate(), certificate({})}, {}, {}, {}, {}});
  auto request = [&](profile p, const words& name) {
    return in->request(p, name, names.government, "");
  };
  if (!*root) {
    key k = key::generate();
    *root = pair{k, issue(request(profile::root, names.root), k.verifier(), k, nullptr)};
    store(root_at, **root, passphrase);
  }
  if (!*authority) {
    key k = key::generate();
    *authority = pair{k, issue(request(profile::government, names.authority), k.verifier(),
                               (*root)->key, &(*root)->certificate)};
    store(authority_at, **authority, passphrase);
  }
  if (!(*authority)->certificate.signed_by((*root)->certificate))
    return refuse(kind::conflict, "trust.pair", "government");
  in->root = **root;
  in->authority = **authority;
  in->revoked = read_revoked(in->revoked_file());
  in->renew_believed();
  return std::shared_ptr<hierarchy>(new hierarchy(std::move(in)));
}

const certificate& hierarchy::root() const { return in_->root.certificate; }
const certificate& hierarchy::authority() const { return in_->authority.certificate; }

result<std::shared_ptr<const signer>> hierarchy::seal(const std::string& number,
                                                      const words& agency) {
  if (!may_be_file_name(number)) return refuse(kind::invalid, "trust.number");
  {
    std::shared_lock lock(in_->gate);
    auto found = in_->seals.find(number);
    if (found != in_->seals.end() && in_->usable(*found->second)) return found->second;
  }
  std::unique_lock lock(in_->gate);
  auto found = in_->seals.find(number);
  if (found != in_->seals.end() && in_->usable(*found->second)) return found->second;
  auto made = in_->load_or_make(number, agency);
  if (made) in_->seals.insert_or_assign(number, *made);
  return made;
}

std::vector<certificate> hierarchy::seals() const {
  std::vector<certificate> out;
  for (const char* sub : {"seals", "old"}) {
    std::vector<fs::path> paths;
    if (!fs::is_directory(in_->folder / sub)) continue;
    for (const auto& entry : fs::directory_iterator(in_->folder / sub))
      if (entry.path().string().ends_with(".cert.pem")) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const fs::path& p : paths)
      if (auto c = certificate::from_pem(files::read(p).value_or(""))) out.push_back(*c);
  }
  return out;
}

certificate hierarchy::certify_official(const public_key& holder, const words& name,
                                        const words& agency, const std::string& post_number,
                                        const std::string& post) {
  auto r = in_->request(profile::official, name, agency, post_number);
  r.title = post;
  return issue(r, holder, in_->authority.key, &in_->authority.certificate);
}

outcome hierarchy::revoke(const std::string& serial, const std::string& reason, instant when) {
  const bool hex = !serial.empty() && serial.size() <= 40 &&
                   serial.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex) return refuse(kind::invalid, "trust.serial");
  if (!is_revocation_reason(reason)) return refuse(kind::invalid, "trust.reason");
  std::unique_lock lock(in_->gate);
  files::lock one_writer(in_->folder / "lock");
  in_->revoked = read_revoked(in_->revoked_file());   // another process may have added to it
  if (in_->is_revoked(serial)) return refuse(kind::conflict, "trust.already_revoked");
  auto all = in_->revoked;
  all.push_back({serial, reason, when});
  std::string content;
  for (const revocation& r : all) content += r.serial + ' ' + r.reason + ' ' + r.when.str() + '\n';
  files::write(in_->revoked_file(), content);
  in_->revoked = std::move(all);
  in_->renew_believed();
  return nothing{};
}

std::vector<revocation> hierarchy::revoked() const {
  std::shared_lock lock(in_->gate);
  return in_->revoked;
}

bytes hierarchy::revocation_list() const {
  const instant from = now();
  // The number must grow (RFC 5280 section 5.2.3); the clock does.
  return issue_revocation_list(revoked(), in_->authority.key, in_->authority.certificate,
                               from.micros, from, from.plus(std::chrono::hours(24 * 7)));
}

std::shared_ptr<const anchors> hierarchy::believed() const {
  std::shared_lock lock(in_->gate);
  return in_->believed;
}

}  // namespace madang::trust
