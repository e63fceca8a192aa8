#include "post.hpp"

#include <curl/curl.h>

#include <memory>

namespace madang::transparency {
namespace {

constexpr std::size_t longest_answer = 64 * 1024;

std::size_t take(char* octets, std::size_t size, std::size_t n, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * n > longest_answer) return 0;
  body.append(octets, size * n);
  return size * n;
}

}  // namespace

result<tlog::witness_answer> post_to_witness(const std::string& prefix, const std::string& body) {
  static const bool once = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  const refusal unreachable = refuse(kind::unavailable, "transparency.unreachable");
  std::unique_ptr<CURL, void (*)(CURL*)> owned(once ? curl_easy_init() : nullptr,
                                               curl_easy_cleanup);
  if (!owned) return unreachable;
  CURL* c = owned.get();
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
      curl_slist_append(nullptr, "Content-Type: text/plain; charset=utf-8"), curl_slist_free_all);
  tlog::witness_answer out;
  curl_easy_setopt(c, CURLOPT_URL, (prefix + "/add-checkpoint").c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 3L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &out.body);
  if (curl_easy_perform(c) != CURLE_OK) return unreachable;
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  return out;
}

}  // namespace madang::transparency
