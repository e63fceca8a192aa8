// The ceremonies that make a country's authorities, and the folder in which they lie.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.hpp"
#include "signing.hpp"

namespace madang::pki {

bytes sign_list(const seat& issuer, const std::vector<revoked>& all, const std::string& point,
                std::int64_t number, instant from, instant next);

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours arl_life{24 * 365};

// One ceremony at a time among all processes.
class only_one {
 public:
  explicit only_one(const fs::path& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (file_ < 0) fail("cannot open", path);
    while (::flock(file_, LOCK_EX) != 0)
      if (errno != EINTR) fail("cannot lock", path);
  }
  ~only_one() { ::close(file_); }

 private:
  int file_;
};

seat seat_of(signing_key key, bytes der) {
  owned_x509 x = read_certificate(der);
  must(x != nullptr, "certificate of an authority");
  (void)X509_check_purpose(x.get(), -1, 0);  // fills the cache of extensions, for many threads
  return {std::move(key), std::move(der), std::move(x)};
}

class ceremony_room {
 public:
  ceremony_room(const fs::path& folder, const key_store& keys, const authorities::ceremony& record)
      : folder_(folder), keys_(keys), record_(record) {}

  fs::path certificate_file(const std::string& id) const { return folder_ / (id + ".cert.pem"); }

  // Of what is there: nothing when neither half is.
  result<std::optional<seat>> load(const std::string& id) const {
    const auto pem = read_file(certificate_file(id));
    if (!pem) return std::optional<seat>();  // a key alone is a crash between the two
    auto key = keys_.load(id);
    if (!key) return key.why();
    if (!*key) return refuse(kind::conflict, "pki.pair", id);
    auto known = read_facts(trust::view_of(*pem));
    if (!known) return refuse(kind::conflict, "pki.pair", id);
    // The public half of both: a token's private half is not to be had.
    if (known->public_key != (*key)->public_der()) return refuse(kind::conflict, "pki.pair", id);
    return std::optional<seat>(seat_of(std::move(**key), known->der));
  }

  // A key is written before its certificate.
  result<seat> make(const std::string& id, certificate_plan plan, const seat* issuer,
                    algorithm a = algorithm::p256) const {
    const signing_key key = keys_.make(id, a);
    plan.key = key.public_der();
    plan.from = now();
    auto made = sign_certificate(plan, random_serial(), pkey_of(issuer ? issuer->key : key),
                                 issuer ? issuer->x509.get() : nullptr);
    if (!made) return made.why();
    write_file(certificate_file(id), pem_of(*made));
    if (record_) record_(id, *made);
    return seat_of(key, *made);
  }

  // Those who sign for an authority are replaced a month before their end; an authority is not, by
  // a machine.
  result<seat> load_or_make(const std::string& id, const certificate_plan& plan, const seat* issuer,
                            algorithm a = algorithm::p256) const {
    auto there = load(id);
    if (!there) return there.why();
    if (*there) {
      const bool helper = plan.profile == profile::responder ||
                          plan.profile == profile::registrar ||
                          plan.profile == profile::stamper || plan.profile == profile::lister;
      int days = 0, seconds = 0;
      ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter((*there)->x509.get()));
      if (!helper || days >= 30) return std::move(**there);
    }
    return make(id, plan, issuer, a);
  }

 private:
  fs::path folder_;
  const key_store& keys_;
  const authorities::ceremony& record_;
};

}  // namespace

struct authorities::inside {
  std::vector<hierarchy_plan> plans;
  std::vector<std::unique_ptr<authority>> all;
  std::map<std::string, bytes, std::less<>> roots;
  std::map<std::string, bytes, std::less<>> lists;
  std::map<std::string, std::unique_ptr<stamper>, std::less<>> stampers;
  std::map<std::string, std::unique_ptr<list_signer>, std::less<>> listers;
};

authorities::authorities(std::unique_ptr<inside> in) : in_(std::move(in)) {}
authorities::~authorities() = default;

namespace {

certificate_plan plan_of(profile p, const words& name, const words& organisation,
                         const std::string& policy = {}) {
  certificate_plan out;
  out.profile = p;
  out.subject.name = name;
  out.subject.organisation = organisation;
  out.policy = policy;
  return out;
}

words with(const words& name, const char* more) {
  words out;
  for (const auto& [language, said] : name.all()) out.set(language, said + more);
  return out;
}

result<std::unique_ptr<authority>> open_authority(const ceremony_room& room, const seat& root,
                                                  const hierarchy_plan& h, const authority_plan& a,
                                                  const std::string& base) {
  auto plan = plan_of(profile::authority, a.name, a.organisation);
  plan.list_url = base + "/pki/arl/" + h.id + ".crl";
  plan.issuer_url = base + "/pki/root/" + h.id + ".cer";
  auto own = room.load_or_make(a.id, plan, &root);
  if (!own) return own.why();
  auto responder = room.load_or_make(
      a.id + "-ocsp", plan_of(profile::responder, with(a.name, " OCSP"), a.organisation), &*own);
  if (!responder) return responder.why();
  auto registrar = room.load_or_make(
      a.id + "-cmp", plan_of(profile::registrar, with(a.name, " CMP"), a.organisation), &*own);
  if (!registrar) return registrar.why();
  return std::make_unique<authority>(std::unique_ptr<authority::inside>(new authority::inside{
      a.id,
      h.id,
      a.policy,
      a.name,
      std::move(*own),
      root.der,
      std::move(*responder),
      std::move(*registrar),
      {base + "/pki/crl/" + a.id + "/", base + "/ocsp/" + a.id, base + "/pki/ca/" + a.id + ".cer"},
      {}}));
}

}  // namespace

result<std::shared_ptr<authorities>> authorities::open_or_create(
    const fs::path& folder, const key_store& keys, const std::vector<hierarchy_plan>& plans,
    const std::string& base, const ceremony& record) {
  if (!fs::is_directory(folder)) {
    fs::create_directories(folder.parent_path());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail("cannot make folder", folder);
  }
  const only_one lock(folder / "lock");
  const ceremony_room room(folder, keys, record);
  auto in = std::make_unique<inside>();
  in->plans = plans;
  for (const auto& h : plans) {
    const fs::path list_file = folder / (h.id + "-root.arl.der");
    // The root lives to the end of this turn of the loop.
    auto root = room.load_or_make(h.id + "-root", plan_of(profile::root, h.root, h.organisation),
                                  nullptr, algorithm::p384);
    if (!root) return root.why();
    for (const auto& a : h.authorities) {
      auto opened = open_authority(room, *root, h, a, base);
      if (!opened) return opened.why();
      in->all.push_back(std::move(*opened));
    }
    auto list = read_file(list_file);
    if (!list) {
      const instant at = now();
      // One list for all a root has issued, itself among them: no point of distribution.
      const bytes made = sign_list(*root, {}, "", at.micros, at, at.plus(arl_life));
      list = std::string(text::chars_of(made));
      write_file(list_file, *list);
    }
    in->lists.emplace(h.id, bytes(list->begin(), list->end()));
    auto time = room.load_or_make(
        h.id + "-time", plan_of(profile::stamper, with(h.root, " TSA"), h.organisation), &*root);
    if (!time) return time.why();
    const std::string policy =
        h.authorities.empty() ? "2.5.29.32.0" : h.authorities.front().policy + ".9";
    in->stampers.emplace(
        h.id, std::make_unique<stamper>(std::unique_ptr<stamper::inside>(
                  new stamper::inside{std::move(*time), read_certificate(root->der), policy})));
    auto lister = room.load_or_make(
        h.id + "-list", plan_of(profile::lister, with(h.root, " TSL"), h.organisation), &*root);
    if (!lister) return lister.why();
    in->listers.emplace(h.id, std::make_unique<list_signer>(std::unique_ptr<list_signer::inside>(
                                  new list_signer::inside{std::move(*lister)})));
    in->roots.emplace(h.id, root->der);
  }
  return std::shared_ptr<authorities>(new authorities(std::move(in)));
}

result<std::shared_ptr<authorities>> authorities::open_or_create(
    const fs::path& folder, const std::string& passphrase, const std::vector<hierarchy_plan>& plans,
    const std::string& base, const ceremony& record) {
  return open_or_create(folder, *keys_in_folder(folder, passphrase), plans, base, record);
}

const std::vector<hierarchy_plan>& authorities::plans() const { return in_->plans; }
const std::vector<std::unique_ptr<authority>>& authorities::all() const { return in_->all; }
const authority* authorities::find(std::string_view id) const {
  for (const auto& a : in_->all)
    if (a->id() == id) return a.get();
  return nullptr;
}
const bytes* authorities::root(std::string_view hierarchy) const {
  const auto found = in_->roots.find(hierarchy);
  return found == in_->roots.end() ? nullptr : &found->second;
}
std::vector<bytes> authorities::roots() const {
  std::vector<bytes> out;
  for (const auto& [id, der] : in_->roots) out.push_back(der);
  return out;
}
bytes authorities::root_list(std::string_view hierarchy) const {
  const auto found = in_->lists.find(hierarchy);
  return found == in_->lists.end() ? bytes() : found->second;
}
const stamper* authorities::stamper_of(std::string_view hierarchy) const {
  const auto found = in_->stampers.find(hierarchy);
  return found == in_->stampers.end() ? nullptr : found->second.get();
}
std::string authorities::fingerprint_of_root(std::string_view hierarchy) const {
  const bytes* der = root(hierarchy);
  return der ? text::hex(trust::sha256(*der)) : "";
}

const list_signer* authorities::lister_of(std::string_view hierarchy) const {
  const auto found = in_->listers.find(hierarchy);
  return found == in_->listers.end() ? nullptr : found->second.get();
}

list_signer::list_signer(std::unique_ptr<inside> in) : in_(std::move(in)) {}
list_signer::~list_signer() = default;
const bytes& list_signer::certificate() const { return in_->signer.der; }
bytes list_signer::sign(view octets) const {
  const auto context = in_->signer.signing();
  std::size_t size = 0;
  must(EVP_DigestSign(context.get(), nullptr, &size, octets.data(), octets.size()) == 1,
       "EVP_DigestSign");
  bytes out(size);
  must(EVP_DigestSign(context.get(), out.data(), &size, octets.data(), octets.size()) == 1,
       "EVP_DigestSign");
  out.resize(size);
  return out;
}

// ---- one authority ----

authority::authority(std::unique_ptr<inside> in) : in_(std::move(in)) {}
authority::~authority() = default;
const std::string& authority::id() const { return in_->id; }
const words& authority::name() const { return in_->name; }
const std::string& authority::hierarchy() const { return in_->hierarchy; }
const std::string& authority::policy() const { return in_->policy; }
const bytes& authority::certificate() const { return in_->signer.der; }
std::vector<bytes> authority::chain() const { return {in_->signer.der, in_->root}; }

int authority::shard_of(std::string_view serial) {
  // The last digit of a random number.
  const char c = serial.empty() ? '0' : serial.back();
  return (c <= '9' ? c - '0' : c - 'a' + 10) % shards;
}

result<bytes> authority::issue(certificate_plan plan) const {
  const bytes serial = random_serial();
  plan.list_url = in_->at.list + std::to_string(shard_of(text::hex(serial))) + ".crl";
  plan.ocsp_url = in_->at.ocsp;
  plan.issuer_url = in_->at.issuer;
  plan.policy = in_->policy + "." + std::to_string(static_cast<int>(plan.profile) + 1);
  return sign_certificate(plan, serial, pkey_of(in_->signer.key), in_->signer.x509.get());
}

}  // namespace madang::pki
