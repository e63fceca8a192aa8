#include "acme_books.hpp"

#include "madang/egress/egress.hpp"

namespace madang::certification {
namespace {

constexpr std::chrono::hours nonce_life{1};
constexpr std::size_t longest_proof = 1024, most_used = 1'000'000;

}  // namespace

std::string nonces::make() {
  trust::bytes b = trust::random_bytes(12);
  const std::int64_t at = now().micros / 1'000'000;
  for (int i = 0; i < 8; ++i) b.push_back(static_cast<std::uint8_t>(at >> (8 * i)));
  const auto mac = trust::hmac_sha256(secret_, b);
  b.insert(b.end(), mac.begin(), mac.begin() + 16);
  return text::base64url(b);
}

bool nonces::use(std::string_view nonce) {
  const auto b = text::from_base64(nonce);
  if (!b || b->size() != 36 || text::base64url(*b) != nonce) return false;
  const auto mac = trust::hmac_sha256(secret_, trust::view(*b).first(20));
  if (!trust::equal_in_constant_time(trust::view(mac).first(16), trust::view(*b).subspan(20)))
    return false;
  std::int64_t at = 0;
  for (int i = 0; i < 8; ++i) at |= static_cast<std::int64_t>((*b)[12 + i]) << (8 * i);
  const instant until = instant{at * 1'000'000}.plus(nonce_life);
  if (until < now()) return false;
  std::lock_guard lock(gate_);
  if (used_.size() >= most_used)
    std::erase_if(used_, [](const auto& one) { return one.second < now(); });
  return used_.size() < most_used && used_.emplace(std::string(nonce), until).second;
}

// The one place where somebody outside chooses whom we call: the operator's list says which
// addresses such a name may lead to.
std::string fetch_proof(const std::string& name, int port, const std::string& token) {
  egress::call asked{egress::purpose::acme,
                     "http://" + name + ":" + std::to_string(port) +
                         "/.well-known/acme-challenge/" + token,
                     {}, {}, {"User-Agent: madang-acme"}};
  asked.connect_seconds = 3;
  asked.whole_seconds = 5;
  asked.most_body = longest_proof;
  const auto got = egress::ask(asked);
  return got.status == 200 ? std::string(text::trim(got.body)) : std::string();
}

}  // namespace madang::certification
