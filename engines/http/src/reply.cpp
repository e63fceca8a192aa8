#include "reply.hpp"

#include <cstdio>
#include <ctime>

#include "madang/base/base.hpp"
#include "target.hpp"

namespace madang::http {
namespace {

// IMF-fixdate (RFC 9110 section 5.6.7), remade once a second.
std::string_view http_date() {
  thread_local std::time_t made_at = -1;
  thread_local char text[32];
  const auto now_s = std::time(nullptr);
  if (now_s != made_at) {
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm t{};
    gmtime_r(&now_s, &t);
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday % 7],
                  t.tm_mday % 100, months[t.tm_mon % 12], (t.tm_year + 1900) % 10000,
                  t.tm_hour % 100, t.tm_min % 100, t.tm_sec % 100);
    made_at = now_s;
  }
  return text;
}

bool good_value(std::string_view s) {
  for (unsigned char c : s)
    if ((c < 0x20 && c != '\t') || c == 0x7F) return false;
  return true;
}

void line(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

// What may be done with an answer whose handler says nothing of it, when somebody opens it by
// itself or frames it (CSP Level 3). A worker is ruled by the policy of its own script, and
// pictures drawn from elements bring their styles. Chromium's reader of PDF works under it.
std::string_view policy_for(std::string_view type) {
  if (type.starts_with("image/svg+xml"))
    return "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
           "frame-ancestors 'none'";
  return "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'";
}

// Fields the handler set, and the defaults of the house that it did not.
bool append_fields(std::string& head, const response& out) {
  bool encoded = false, referrer = false, policy = false;
  for (const auto& [name, value] : out.headers) {
    check(is_token(name) && good_value(value), "header field of a response");
    if (same_name(name, "content-encoding")) {
      encoded = true;
      if (same_name(value, "identity")) continue;   // "do not compress", said by the handler
    }
    check(!same_name(name, "content-length") && !same_name(name, "transfer-encoding") &&
              !same_name(name, "connection"), "framing belongs to the edge");
    referrer = referrer || same_name(name, "referrer-policy");
    policy = policy || same_name(name, "content-security-policy");
    line(head, name, value);
  }
  if (!referrer) line(head, "Referrer-Policy", "same-origin");
  if (!policy) line(head, "Content-Security-Policy", policy_for(out.content_type));
  line(head, "X-Content-Type-Options", "nosniff");
  return encoded;
}

bool compress(wire& out, gzip_cache& cache) {
  if (out.shared) {
    auto packed = cache.of(out.shared);
    if (!packed) return false;
    out.shared = std::move(packed);
    return true;
  }
  auto packed = gzip(out.body, 4);
  if (packed.empty()) return false;
  out.body = std::move(packed);
  return true;
}

}  // namespace

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

response plain_problem(int status, std::string code) {
  json::object body;
  body["type"] = "/problems/" + code;
  body["title"] = reason(status);
  body["status"] = status;
  body["code"] = std::move(code);
  return text_response(status, json::print(std::move(body)), "application/problem+json");
}

wire prepare(response&& out, const manner& how, gzip_cache& cache, double handler_ms) {
  check(out.status >= 200 && out.status <= 599, "status of a response");
  wire made;
  made.close = how.close;
  made.head.reserve(512);
  made.head = "HTTP/1.1 " + std::to_string(out.status) + ' ';
  made.head.append(reason(out.status)).append("\r\n");
  line(made.head, "Date", http_date());
  const bool encoded = append_fields(made.head, out);
  if (how.over_tls)
    line(made.head, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
  made.body = std::move(out.body);
  made.shared = std::move(out.shared);
  if (has_body(out.status)) {
    if (!encoded && made.content().size() > smallest_compressed &&
        worth_compressing(out.content_type)) {
      line(made.head, "Vary", "Accept-Encoding");
      if (how.gzip && compress(made, cache)) line(made.head, "Content-Encoding", "gzip");
    }
    if (!made.content().empty() && !out.content_type.empty()) {
      check(good_value(out.content_type), "content type of a response");
      line(made.head, "Content-Type", out.content_type);
    }
    line(made.head, "Content-Length", std::to_string(made.content().size()));
  } else {
    made.body.clear();
    made.shared.reset();
  }
  char timing[48];
  std::snprintf(timing, sizeof timing, "app;dur=%.2f", handler_ms);
  line(made.head, "Server-Timing", timing);
  if (how.close) line(made.head, "Connection", "close");
  else if (how.speaks_1_0) line(made.head, "Connection", "keep-alive");
  made.head += "\r\n";
  if (how.head_only) {
    made.body.clear();
    made.shared.reset();
  }
  return made;
}

}  // namespace madang::http
