#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "office.hpp"

namespace madang::distribution {

// Carries what goes to other nodes, and asks how their offices are. Each agency and each node has a
// thread of its own while there is something to do, so that one that does not answer costs none of
// the others anything; at most `most_at_once` of them.
class courier {
 public:
  explicit courier(shared_office o);
  ~courier();
  void start();
  void stop();
  void wake();

 private:
  void go();
  void look();
  void set_out(const std::string& name, std::function<void()> work);
  void bury();

  shared_office office_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  std::atomic<bool> stopping_{false};
  struct errand {
    std::thread thread;
    bool done = false;
  };
  std::map<std::string, errand> under_way_;  // under mutex_
};

}  // namespace madang::distribution
