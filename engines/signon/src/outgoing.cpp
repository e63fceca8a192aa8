#include "outgoing.hpp"

#include <curl/curl.h>

#include <memory>

namespace madang::signon {
namespace {

constexpr long connect_seconds = 5, whole_seconds = 10;
constexpr std::size_t most_body = 1u << 20;

std::size_t take(char* octets, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > most_body) return 0;
  body.append(octets, size * count);
  return size * count;
}

}  // namespace

outgoing_answer post_to(const outgoing& what) {
  static const bool once = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  std::unique_ptr<CURL, void (*)(CURL*)> curl(once ? curl_easy_init() : nullptr, curl_easy_cleanup);
  outgoing_answer out;
  if (!curl) {
    out.problem = "libcurl";
    return out;
  }
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> list(nullptr, curl_slist_free_all);
  auto add = [&](const std::string& line) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  };
  for (const auto& line : what.headers) add(line);
  add("Accept: application/json");
  CURL* c = curl.get();
  if (!what.content_type.empty()) {
    add("Content-Type: " + what.content_type);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, what.body.c_str());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, static_cast<long>(what.body.size()));
  }
  curl_easy_setopt(c, CURLOPT_URL, what.address.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(c, CURLOPT_TIMEOUT, whole_seconds);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, list.get());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &out.body);
  const CURLcode done = curl_easy_perform(c);
  if (done != CURLE_OK) {
    out.problem = curl_easy_strerror(done);
    out.body.clear();
    return out;
  }
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out.status);
  if (out.status >= 400) out.problem = "status " + std::to_string(out.status);
  return out;
}

}  // namespace madang::signon
