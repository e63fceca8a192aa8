#pragma once
#include <functional>
#include <memory>
#include <string>

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
  std::size_t connections = 20'000;
  std::size_t connections_per_peer = 20'000;
  int header_seconds = 10;             // to send a whole head
  int body_seconds = 60;
  int idle_seconds = 60;               // between two requests
  std::string tls_certificate, tls_key;     // PEM files; both empty: plain HTTP
};

using handler = std::function<response(request&)>;

// The edge of the house: HTTP/1.1 (RFC 9112) over TCP, with or without TLS. Handlers are plain
// synchronous functions run on a bounded pool; what they throw becomes 500 and a line in the log.
// Malformed requests are answered by a problem document and the connection is closed.
class server {
 public:
  server(server_options options, handler handle);
  ~server();                           // stops

  void start();                        // throws std::system_error when the port cannot be had
  unsigned short port() const;
  // Stops accepting, lets running requests end (at most `seconds`), closes idle connections.
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
