#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "madang/http/message.hpp"

// Internal: from the bytes of a connection to one request. The session feeds it, the fuzz target
// feeds it: there is no other way in. RFC 9112, read strictly where leniency has let requests be
// smuggled: no folded lines, no Transfer-Encoding but "chunked", never with Content-Length, one
// Host.
namespace madang::http {

struct reader_limits {
  std::size_t head_bytes = 16u << 10;   // request line and fields; also one chunk header or trailer
  std::size_t head_fields = 100;
  std::size_t body_bytes = 12u << 20;
};

class reader {
 public:
  explicit reader(const reader_limits& limits);
  ~reader();
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  enum class stage {
    head,   // the head is not whole yet
    body,   // the head is whole (expects_continue() may be asked), the body is not
    whole,
    bad,    // status() says why; the connection must be closed
  };
  // Takes bytes and says how many it used; those not used must come again, with more behind them.
  // Stops at the end of the head, so that the session may answer early, and at the end of the
  // request. Not to be called once whole or bad.
  std::size_t feed(std::string_view bytes);

  stage at() const;
  int status() const;                 // 400, 413, 417, 431, 501 or 505 when bad
  bool keep_alive() const;            // as the client asked (RFC 9112 section 9.3)
  bool speaks_1_0() const;
  bool expects_continue() const;      // RFC 9110 section 10.1.1
  std::size_t body_announced() const; // Content-Length, or what has come in chunks so far
  // What was read, even when it is not whole; path stays empty until the head is whole.
  request& read();

 private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

}  // namespace madang::http
