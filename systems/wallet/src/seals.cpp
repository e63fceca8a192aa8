#include "seals.hpp"

#include <algorithm>
#include <fstream>

namespace madang::wallet {
namespace {

std::string passphrase_of(const platform::settings& s) {
  if (!s.passphrase.empty()) return s.passphrase;
  // Made by the office of documents, which is there before any system.
  std::ifstream in(s.data + "/passphrase");
  std::string kept;
  std::getline(in, kept);
  check(!kept.empty(), "the passphrase of the house");
  return kept;
}

// As the office of documents counts them, so that an agency has one key for paper and credentials.
std::string number_of(const words& seal) {
  return trust::sha256_hex(seal("ko") + "|" + seal("en")).substr(0, 24);
}

}  // namespace

keyholder::keyholder(const platform::house& h) : passphrase_(passphrase_of(h.chosen())) {
  const json::value names = h.pack().yaml("trust.yaml");
  trust::hierarchy_names n;
  n.root = json::words_of(json::at(names, "root"));
  n.authority = json::words_of(json::at(names, "authority"));
  n.government = json::words_of(json::at(names, "government"));
  n.country = json::str(names, "country", "XX");
  auto opened = trust::hierarchy::open_or_create(h.chosen().data + "/keys", passphrase_, n);
  if (!opened) throw std::runtime_error("the keys cannot be opened: " + opened.why().code);
  hierarchy_ = std::move(*opened);
}

std::shared_ptr<const trust::signer> keyholder::of(const words& seal) const {
  auto found = hierarchy_->seal(number_of(seal), seal);
  if (!found) throw std::runtime_error("a seal cannot be opened: " + found.why().code);
  return *found;
}

std::string keyholder::key_id(const trust::public_key& k) {
  return text::base64url(k.short_id());
}

std::vector<trust::jose::jwk> keyholder::published() const {
  std::vector<trust::jose::jwk> out;
  const auto believed = hierarchy_->believed();
  for (const auto& c : hierarchy_->seals()) {
    auto key = c.verifier();
    if (!key || believed->find(c, {hierarchy_->authority()}, now()).revoked) continue;
    out.push_back(trust::jose::jwk::of(*key, key_id(*key)));
  }
  return out;
}

json::object keyholder::header_of(const trust::signer& s) {
  json::array certificates{text::base64(s.certificate.der())};
  for (const auto& c : s.chain) certificates.emplace_back(text::base64(c.der()));
  return {{"x5c", std::move(certificates)}};
}

result<trust::jose::jwk> keyholder::believed(std::string_view wanted) const {
  constexpr auto look_again = std::chrono::minutes(1);
  std::lock_guard lock(mutex_);
  const auto named = [&](const trust::jose::jwk& k) { return k.key_id() == wanted; };
  auto found = std::ranges::find_if(known_, named);
  // Files are read again when a new seal is met, and from time to time for those taken back.
  const bool old = now() > looked_.plus(look_again);
  if (old || (found == known_.end() && now() > looked_.plus(std::chrono::seconds(1)))) {
    known_ = published();
    looked_ = now();
    found = std::ranges::find_if(known_, named);
  }
  if (found == known_.end() || wanted.empty())
    return refuse(kind::unauthenticated, "wallet.issuer");
  return *found;
}

trust::bytes keyholder::secret(std::string_view use) const {
  const auto d = trust::hmac_sha256(trust::view_of(passphrase_), trust::view_of(use));
  return {d.begin(), d.end()};
}

}  // namespace madang::wallet
