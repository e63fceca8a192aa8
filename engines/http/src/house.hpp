#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "compress.hpp"
#include "madang/http/server.hpp"
#include "pool.hpp"
#include "reply.hpp"

// Internal: what all connections of one server share.
namespace madang::http {

using steady = std::chrono::steady_clock;

class house {
 public:
  house(server_options given, handler handle, explainer explain);

  // On a worker: runs the handler and makes the bytes. Never throws but bad_alloc.
  struct made {
    wire bytes;
    std::function<void(response::release)> until;   // see response
  };
  made answer(request& asked, manner how);
  // Instead of an answer that may not leave.
  wire refuse_late(const request& asked, const refusal& why, manner how);
  // The edge's own refusals; `asked` is null when no request could be read.
  wire refuse_busy(const request& asked, manner how);
  wire refuse_bad(int status);

  // Lets the field Client-Cert stand only where it may be believed; `own`: DER of the certificate
  // that this connection has proven, or empty.
  void vouch(request& asked, const std::string& peer, const std::string& own) const;

  // A place for one connection; false when the house or this peer is full.
  bool enter(const std::string& peer);
  void leave(const std::string& peer);
  // Somebody spoke no TLS of ours: a line in the log, a few a minute, with how many were not told.
  void tls_failed(const std::string& reason);
  // Bytes of bodies being received; false when all of them together would be too many.
  bool hold(std::size_t bytes);
  void release(std::size_t bytes) { held_ -= bytes; }

  const server_options options;
  pool workers;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> requests{0}, busy{0}, bad{0}, failed{0};
  std::atomic<std::int64_t> connections{0};
  std::atomic<std::int64_t> held{0};       // answers that are made and may not leave yet

 private:
  response fail(const request& asked);
  wire sealed(response&& out, manner how, double handler_ms);

  handler handle_;
  explainer explain_;
  gzip_cache cache_;
  std::atomic<std::size_t> held_{0};
  std::mutex told_lock_;
  std::int64_t told_minute_ = 0;
  int told_ = 0, untold_ = 0;
  std::mutex peers_lock_;
  std::map<std::string, std::size_t, std::less<>> peers_;
};

}  // namespace madang::http
