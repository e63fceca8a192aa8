#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "madang/http/message.hpp"

namespace madang::http {

// What the edge allows; every number is a limit that a configuration file may change.
struct server_options {
  std::string address = "127.0.0.1";
  unsigned short port = 8080;          // 0: any free one, see server::port()
  int io_threads = 1;                  // event loops, each with its own listening socket
  int workers = 4;                     // threads that run handlers (2 x cores)
  std::size_t queue = 1024;            // requests waiting for a worker; beyond it 503 + Retry-After
  std::size_t header_bytes = 16u << 10;
  std::size_t body_bytes = 12u << 20;
  std::size_t bodies_bytes = 512u << 20;    // of all bodies being received; beyond it 503
  std::size_t connections = 20'000;
  std::size_t connections_per_peer = 20'000;
  int header_seconds = 10;             // to send a whole head
  int body_seconds = 60;
  int idle_seconds = 60;               // between two requests
  int write_seconds = 30;              // to take an answer, and a second more for each 8 KiB
  std::string tls_certificate, tls_key;     // PEM files; both empty: plain HTTP
  bool https = false;                  // plain HTTP, and a proxy before it speaks TLS for us
  bool client_certificates = false;    // TLS asks for one and takes any: who judges is the handler
  std::vector<std::string> certificate_proxies;   // addresses whose word about certificates counts
  std::string certificate_field;       // in which they send a PEM, percent-encoded; or Client-Cert
};

using handler = std::function<response(request&)>;

// Makes the edge's own refusals readable: "http.busy" (503, on the event loop: be quick) and
// "http.failed" (500, a handler threw). Without one a bare problem document is sent. The status is
// set by the edge.
using explainer = std::function<response(const request&, const refusal&)>;

// The edge of the house: HTTP/1.1 (RFC 9112) over TCP, with or without TLS. Handlers are plain
// synchronous functions run on a bounded pool; what they throw becomes 500 and a line in the log.
//
// The certificate of a client comes to the handler in the field Client-Cert (RFC 9440): the edge
// sets it when TLS has proven that the client has its key, or passes on what one of
// `certificate_proxies` says. From anybody else the field never comes through.
//
// Malformed requests are answered by a problem document and the connection is closed: 400
// http.malformed, 408 http.timeout, 413 http.body_too_large, 417 http.expectation,
// 431 http.head_too_large, 501 http.not_implemented, 505 http.version.
//
// The edge adds Date, X-Content-Type-Options, Referrer-Policy and Content-Security-Policy (unless
// set: nothing from elsewhere, no frame), Strict-Transport-Security over TLS (RFC 6797: two years,
// with all names below), Server-Timing (app;dur in milliseconds) and gzip of text over 1 KiB; a
// handler that must not be compressed (a secret beside text that a stranger chose: BREACH) sets
// Content-Encoding: identity. Fields that frame the message (Content-Length, Transfer-Encoding,
// Connection) belong to the edge: setting them, or a value with a line end, is a broken invariant
// and becomes 500.
class server {
 public:
  server(server_options options, handler handle, explainer explain = {});
  ~server();                           // stops

  // Throws std::system_error when the port cannot be had or certificate and key cannot be used.
  void start();
  unsigned short port() const;
  // Stops accepting, closes idle connections, lets what runs or waits end for at most `seconds`;
  // then drops what still waits and cuts connections. A handler that runs is always waited for: it
  // cannot be ended from outside. Once stopped a server cannot start again.
  void stop(int seconds = 10);

  struct figures {
    std::uint64_t requests = 0, refused_busy = 0, bad_requests = 0, handler_errors = 0;
    std::int64_t connections = 0, running = 0, waiting = 0;
  };
  figures now() const;

 private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

}  // namespace madang::http
