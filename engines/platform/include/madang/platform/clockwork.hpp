#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "madang/process/engine.hpp"

// Moves processes on when their time has come: one thread for all of the house's engines, which
// looks into the index of due times and sleeps in between. What was due while the house was down is
// done when it is up.
namespace madang::platform {

class clockwork {
 public:
  ~clockwork() { stop(); }
  void add(process::engine& e) { engines_.push_back(&e); }
  void start();
  void stop();

 private:
  void turn();

  std::vector<process::engine*> engines_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};

}  // namespace madang::platform
