#include "house.hpp"

#include <algorithm>
#include <system_error>
#include <typeinfo>

#include "madang/base/base.hpp"
#include "target.hpp"

namespace madang::http {
namespace {

// Only messages of our own making are logged: a database quotes what somebody typed.
void log_failure(const std::exception& e, const request& asked) {
  const bool ours = dynamic_cast<const broken_invariant*>(&e) ||
                    dynamic_cast<const std::system_error*>(&e);
  log::error("http.handler_failed", {{"method", asked.method},
                                     {"exception", typeid(e).name()},
                                     {"what", ours ? e.what() : ""}});
}

std::string code_for(int status) {
  switch (status) {
    case 408: return "http.timeout";
    case 413: return "http.body_too_large";
    case 417: return "http.expectation";
    case 431: return "http.head_too_large";
    case 501: return "http.not_implemented";
    case 505: return "http.version";
    default: return "http.malformed";
  }
}

}  // namespace

house::house(server_options given, handler handle, explainer explain)
    : options(std::move(given)),
      workers(options.workers, options.queue),
      handle_(std::move(handle)),
      explain_(std::move(explain)) {
  check(static_cast<bool>(handle_), "a server needs a handler");
}

response house::fail(const request& asked) {
  failed.fetch_add(1, std::memory_order_relaxed);
  try {
    if (explain_) {
      auto out = explain_(asked, refuse(kind::unavailable, "http.failed"));
      out.status = 500;
      return out;
    }
  } catch (const std::exception& e) {
    log_failure(e, asked);
  }
  return plain_problem(500, "http.failed");
}

wire house::sealed(response&& out, manner how, double handler_ms) {
  how.over_tls = options.https || !options.tls_certificate.empty();
  return prepare(std::move(out), how, cache_, handler_ms);
}

house::made house::answer(request& asked, manner how) {
  requests.fetch_add(1, std::memory_order_relaxed);
  const auto began = steady::now();
  auto spent_ms = [&] {
    return std::chrono::duration<double, std::milli>(steady::now() - began).count();
  };
  how.gzip = accepts_gzip(asked.header("accept-encoding"));
  try {
    auto out = handle_(asked);
    how.close = how.close || stopping.load(std::memory_order_relaxed);
    auto until = std::move(out.until);
    return {sealed(std::move(out), how, spent_ms()), std::move(until)};
  } catch (const std::exception& e) {
    log_failure(e, asked);
  } catch (...) {
    log::error("http.handler_failed", {{"method", asked.method}, {"exception", "unknown"}});
  }
  try {
    return {sealed(fail(asked), how, spent_ms()), {}};
  } catch (const broken_invariant& e) {
    log_failure(e, asked);
    return {sealed(plain_problem(500, "http.failed"), how, spent_ms()), {}};
  }
}

wire house::refuse_late(const request& asked, const refusal& why, manner how) {
  how.gzip = false;
  try {
    if (explain_) return sealed(explain_(asked, why), how, 0);
  } catch (const std::exception& e) {
    log_failure(e, asked);
  }
  return sealed(plain_problem(status_of(why.kind), why.code), how, 0);
}

wire house::refuse_busy(const request& asked, manner how) {
  busy.fetch_add(1, std::memory_order_relaxed);
  how.close = how.close || stopping;
  response out;
  try {
    if (explain_) out = explain_(asked, refuse(kind::unavailable, "http.busy"));
    else out = plain_problem(503, "http.busy");
  } catch (const std::exception& e) {
    log_failure(e, asked);
    out = plain_problem(503, "http.busy");
  }
  out.status = 503;
  out.with("Retry-After", "1");
  return sealed(std::move(out), how, 0);
}

wire house::refuse_bad(int status) {
  bad.fetch_add(1, std::memory_order_relaxed);
  manner how;
  how.close = true;
  return sealed(plain_problem(status, code_for(status)), how, 0);
}

void house::tls_failed(const std::string& reason) {
  constexpr int most_a_minute = 10;
  const std::int64_t minute = now().micros / 60'000'000;
  std::lock_guard hold(told_lock_);
  if (minute != told_minute_) {
    if (untold_) log::warn("http.tls_failed", {{"more", untold_}});
    told_minute_ = minute;
    told_ = untold_ = 0;
  }
  if (told_ < most_a_minute) {
    ++told_;
    log::warn("http.tls_failed", {{"reason", reason}});
  } else {
    ++untold_;
  }
}

namespace {

// A PEM as a proxy writes it into a field ("$ssl_client_escaped_cert" of nginx), to RFC 9440.
std::string client_cert_of(std::string_view escaped_pem) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE---";
  const auto pem = percent_decode(escaped_pem);
  const auto from = pem ? pem->find(begin) : std::string::npos;
  const auto to = pem ? pem->find(end) : std::string::npos;
  if (from == std::string::npos || to == std::string::npos || to < from) return {};
  std::string out = ":";
  for (const char c : pem->substr(from + begin.size(), to - from - begin.size()))
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') out += c;
  return out + ":";
}

}  // namespace

void house::vouch(request& asked, const std::string& peer, const std::string& own) const {
  constexpr std::string_view field = "client-cert";
  std::string said;
  if (std::ranges::find(options.certificate_proxies, peer) != options.certificate_proxies.end()) {
    const std::string_view from = options.certificate_field.empty() ? field
                                                                    : options.certificate_field;
    int many = 0;
    for (const auto& [name, value] : asked.headers)
      if (same_name(name, from) && ++many == 1) said = value;
    // Two of them: the proxy passes on what strangers send, so neither is its word.
    if (many != 1) said.clear();
    if (!options.certificate_field.empty()) said = client_cert_of(said);
  }
  std::erase_if(asked.headers, [&](const auto& one) { return same_name(one.first, field); });
  if (!own.empty()) said = ":" + text::base64(text::bytes_of(own)) + ":";
  if (!said.empty()) asked.headers.emplace_back("Client-Cert", std::move(said));
}

bool house::enter(const std::string& peer) {
  if (stopping) return false;
  std::lock_guard hold(peers_lock_);
  if (static_cast<std::size_t>(connections.load()) >= options.connections) return false;
  auto& here = peers_[peer];
  if (here >= options.connections_per_peer) return false;
  ++here;
  ++connections;
  return true;
}

void house::leave(const std::string& peer) {
  std::lock_guard hold(peers_lock_);
  auto here = peers_.find(peer);
  check(here != peers_.end(), "a peer leaves once");
  if (--here->second == 0) peers_.erase(here);
  --connections;
}

bool house::hold(std::size_t bytes) {
  if (held_.fetch_add(bytes) + bytes <= options.bodies_bytes) return true;
  held_ -= bytes;
  return false;
}

}  // namespace madang::http
