#include "madang/platform/clockwork.hpp"

#include <chrono>

namespace madang::platform {
namespace {
constexpr auto looks_every = std::chrono::seconds(1);
constexpr auto after_failure = std::chrono::seconds(30);   // the store cannot be reached
constexpr int at_once = 500;                               // steps before it looks whether to stop
}  // namespace

void clockwork::start() {
  stopping_ = false;
  if (!engines_.empty() && !thread_.joinable()) thread_ = std::thread([this] { turn(); });
}

void clockwork::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void clockwork::turn() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    bool more = false, failed = false;
    for (auto* e : engines_) try {
        more = e->run_due(now(), at_once) >= at_once || more;
      } catch (const std::exception& x) {
        failed = true;
        log::error("process.clock", {{"what", x.what()}});
      }
    lock.lock();
    if (more || stopping_) continue;
    wake_.wait_for(lock, failed ? after_failure : looks_every, [&] { return stopping_; });
  }
}

}  // namespace madang::platform
