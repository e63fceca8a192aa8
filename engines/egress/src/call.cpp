#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "madang/base/log.hpp"
#include "madang/base/text.hpp"
#include "madang/egress/egress.hpp"

namespace madang::egress {
namespace {

constexpr const char* refused_problem = "egress.refused";

std::shared_mutex& gate() {
  static std::shared_mutex it;
  return it;
}
rules& of_process() {
  static rules it;
  return it;
}

// One connection that is about to be made.
struct leaving {
  purpose why;
  std::string host;
  int port = 0;
  bool refused = false;
};

std::optional<address> address_of(const sockaddr& at) {
  address out{};
  if (at.sa_family == AF_INET6) {
    sockaddr_in6 six;
    std::memcpy(&six, &at, sizeof six);
    std::memcpy(out.data(), &six.sin6_addr, out.size());
    return out;
  }
  if (at.sa_family != AF_INET) return {};
  sockaddr_in inet;
  std::memcpy(&inet, &at, sizeof inet);
  out[10] = out[11] = 0xFF;
  std::memcpy(out.data() + 12, &inet.sin_addr, 4);
  return out;
}

// libcurl has resolved the name and asks for the socket that it will connect to this address.
curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* at) {
  auto& l = *static_cast<leaving*>(self);
  const auto to = address_of(at->addr);
  bool good = false;
  if (to) {
    std::shared_lock hold(gate());
    good = of_process().allow(l.why, l.host, l.port, *to);
  }
  if (good) return ::socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
  l.refused = true;
  log::warn("egress.refused", {{"purpose", name_of(l.why)}, {"port", std::to_string(l.port)}});
  return CURL_SOCKET_BAD;
}

struct url_parts {
  std::string host;
  int port = 0;
};
std::optional<url_parts> parts_of(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> u(curl_url(), curl_url_cleanup);
  if (!u || curl_url_set(u.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  auto part = [&](CURLUPart which) {
    char* text = nullptr;
    std::string out;
    if (curl_url_get(u.get(), which, &text, CURLU_DEFAULT_PORT) == CURLUE_OK) out = text;
    curl_free(text);
    return out;
  };
  url_parts out{text::lower_case(part(CURLUPART_HOST)), std::atoi(part(CURLUPART_PORT).c_str())};
  while (out.host.ends_with('.')) out.host.pop_back();  // absolute names are the same names
  return out;
}

using handle = std::unique_ptr<CURL, void (*)(CURL*)>;
using list = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

// Nothing when libcurl cannot start, or there is no such address.
handle begin(leaving& l, const std::string& url, const char* protocols) {
  static const bool once = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  const auto parts = parts_of(url);
  handle out(once && parts ? curl_easy_init() : nullptr, curl_easy_cleanup);
  if (!out) return out;
  l.host = parts->host;
  l.port = parts->port;
  CURL* c = out.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, &l);
  return out;
}

std::string problem_of(const leaving& l, CURLcode code) {
  return l.refused ? refused_problem : curl_easy_strerror(code);
}

struct taken {
  std::string& body;
  std::size_t most;
  static std::size_t take(char* octets, std::size_t size, std::size_t count, void* self) {
    auto& t = *static_cast<taken*>(self);
    if (t.body.size() + size * count > t.most) return 0;
    t.body.append(octets, size * count);
    return size * count;
  }
};

// The two fields that a later call asks with; 256 octets each at most.
struct validators {
  answer& out;
  static std::size_t take(char* octets, std::size_t size, std::size_t count, void* self) {
    auto& out = static_cast<validators*>(self)->out;
    const std::string_view line(octets, size * count);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && line.size() < 300) {
      const std::string name = text::lower_case(line.substr(0, colon));
      const std::string value(text::trim(line.substr(colon + 1)));
      if (name == "etag") out.etag = value;
      if (name == "last-modified") out.last_modified = value;
    }
    return size * count;
  }
};

struct given {
  std::string_view rest;
  static std::size_t give(char* to, std::size_t size, std::size_t count, void* self) {
    auto& rest = static_cast<given*>(self)->rest;
    const std::size_t n = std::min(size * count, rest.size());
    rest.copy(to, n);
    rest.remove_prefix(n);
    return n;
  }
};

}  // namespace

void open_to(rules r) {
  std::unique_lock hold(gate());
  of_process() = std::move(r);
}

answer ask(const call& what) {
  answer out;
  leaving l{what.why, {}, 0, false};
  const handle curl = begin(l, what.url, "http,https");
  if (!curl) {
    out.problem = "egress.address";
    return out;
  }
  list headers(nullptr, curl_slist_free_all);
  auto add = [&](const std::string& line) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  };
  for (const auto& line : what.headers) add(line);
  CURL* c = curl.get();
  if (!what.content_type.empty()) {
    add("Content-Type: " + what.content_type);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, what.body.data());
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, static_cast<long>(what.body.size()));
  }
  if (!what.trusted.empty()) curl_easy_setopt(c, CURLOPT_CAINFO, what.trusted.c_str());
  taken body{out.body, what.most_body};
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, static_cast<long>(what.connect_seconds));
  curl_easy_setopt(c, CURLOPT_TIMEOUT, static_cast<long>(what.whole_seconds));
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, taken::take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &body);
  validators fields{out};
  curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, validators::take);
  curl_easy_setopt(c, CURLOPT_HEADERDATA, &fields);
  if (const CURLcode done = curl_easy_perform(c); done != CURLE_OK) {
    out.problem = problem_of(l, done);
    out.body.clear();
    return out;
  }
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  out.status = static_cast<int>(status);
  if (status >= 400) out.problem = "status " + std::to_string(status);
  return out;
}

std::optional<std::string> hand_in(const mail& m) {
  constexpr long connect_seconds = 10, whole_seconds = 60;
  leaving l{purpose::mail, {}, 0, false};
  const handle curl = begin(l, m.server, "smtp,smtps");
  if (!curl) return "egress.address";
  const list to(curl_slist_append(nullptr, ("<" + m.to + ">").c_str()), curl_slist_free_all);
  given message{m.message};
  CURL* c = curl.get();
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(c, CURLOPT_TIMEOUT, whole_seconds);
  // A password never crosses the network in the clear.
  curl_easy_setopt(c, CURLOPT_USE_SSL,
                   static_cast<long>(m.user.empty() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!m.trusted.empty()) curl_easy_setopt(c, CURLOPT_CAINFO, m.trusted.c_str());
  if (!m.user.empty()) {
    curl_easy_setopt(c, CURLOPT_USERNAME, m.user.c_str());
    curl_easy_setopt(c, CURLOPT_PASSWORD, m.password.c_str());
  }
  curl_easy_setopt(c, CURLOPT_MAIL_FROM, ("<" + m.from + ">").c_str());
  curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(c, CURLOPT_READFUNCTION, given::give);
  curl_easy_setopt(c, CURLOPT_READDATA, &message);
  const CURLcode done = curl_easy_perform(c);
  if (done == CURLE_OK) return {};
  long answered = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answered);
  return problem_of(l, done) + (answered ? ", " + std::to_string(answered) : "");
}

}  // namespace madang::egress
