#include "acme_books.hpp"

#include <curl/curl.h>

namespace madang::certification {
namespace {

constexpr std::chrono::hours nonce_life{1};
constexpr std::size_t longest_proof = 1024, most_used = 1'000'000;

std::size_t take(char* data, std::size_t, std::size_t size, void* into) {
  auto& out = *static_cast<std::string*>(into);
  if (out.size() + size > longest_proof) return 0;
  out.append(data, size);
  return size;
}

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

std::string fetch_proof(const std::string& name, int port, const std::string& token) {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  const std::unique_ptr<CURL, void (*)(CURL*)> call(ready ? curl_easy_init() : nullptr,
                                                    curl_easy_cleanup);
  if (!call) return {};
  const std::string url =
      "http://" + name + ":" + std::to_string(port) + "/.well-known/acme-challenge/" + token;
  std::string body;
  CURL* c = call.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 3L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT, 5L);
  curl_easy_setopt(c, CURLOPT_USERAGENT, "madang-acme");
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
  long status = 0;
  if (curl_easy_perform(c) != CURLE_OK) return {};
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return {};
  return std::string(text::trim(body));
}

}  // namespace madang::certification
