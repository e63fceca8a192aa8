#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "madang/signon/provider.hpp"

namespace madang::signon {

// Tells clients that a session ended (OpenID Connect Back-Channel Logout 1.0): one thread; what
// could not be told is tried again from the database for a day, so a restart loses none. The same
// thread pushes signals and pings.
class logout_sender {
 public:
  logout_sender(store::database& db, provider& p) : db_(db), provider_(p) {}
  ~logout_sender() { stop(); }

  void start();
  void stop();
  void wake();
  // Tells what is due; how many were told.
  int send_due(instant at = now());

 private:
  struct due;
  // Nothing when it was told, else why not; never an address or a token.
  std::optional<std::string> tell(const due& d);
  void turn();

  store::database& db_;
  provider& provider_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, woken_ = false;
};

}  // namespace madang::signon
