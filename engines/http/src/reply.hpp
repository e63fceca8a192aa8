#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "compress.hpp"
#include "madang/http/message.hpp"

// Internal: from a response to the bytes of the wire (RFC 9112 section 4).
namespace madang::http {

// What the request said about how to answer it.
struct manner {
  bool head_only = false;      // HEAD
  bool gzip = false;           // the other end takes gzip
  bool speaks_1_0 = false;
  bool close = false;          // this is the last answer of the connection
  bool over_tls = false;       // the other end came over TLS, to us or to the proxy before us
};

struct wire {
  std::string head;
  std::string body;
  std::shared_ptr<const std::string> shared;   // instead of body
  bool close = false;

  std::string_view content() const { return shared ? std::string_view(*shared) : body; }
};

// Throws broken_invariant when a handler's field could split the response (RFC 9110 section 5.5).
wire prepare(response&& out, const manner& how, gzip_cache& cache, double handler_ms);

// "Bad Request" and so on: the names of RFC 9110 section 15, said in protocol documents only.
std::string_view reason(int status);
// The edge's own refusal, when nobody made a better one.
response plain_problem(int status, std::string code);

}  // namespace madang::http
