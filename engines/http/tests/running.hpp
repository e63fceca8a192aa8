#pragma once
// A server for one test, and what its handlers wait at.
#include <condition_variable>
#include <mutex>

#include "madang/base/base.hpp"
#include "madang/http/server.hpp"
#include "raw_client.hpp"

namespace madang::http {

// Says back what it understood, so that tests see what the edge made of the bytes.
inline response echo(request& r) {
  std::string out = r.method + " " + r.path;
  for (const auto& [name, value] : r.query) out += " ?" + name + "=" + value;
  out += " [" + r.body + "]";
  return text_response(200, std::move(out), "application/octet-stream");
}

struct running {
  explicit running(handler handle = echo, server_options options = {})
      : edge((options.port = 0, options), std::move(handle)) {
    edge.start();
  }
  std::string ask(std::string_view bytes) {
    raw_client client(edge.port());
    return client.ask(bytes);
  }
  int status(std::string_view bytes) { return raw_client::status(ask(bytes)); }
  server edge;
};

// Opens once; handlers wait at it.
class gate {
 public:
  void wait() {
    std::unique_lock hold(lock_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(hold, [&] { return open_; });
  }
  void wait_for(int handlers) {
    std::unique_lock hold(lock_);
    changed_.wait(hold, [&] { return waiting_ >= handlers; });
  }
  void open() {
    std::lock_guard hold(lock_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

inline std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: madang\r\n" + std::string(more) +
         "\r\n";
}

}  // namespace madang::http
