#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "madang/base/base.hpp"

// Work that is done once a night, when few people are awake: one thread, one job after the other,
// and only between requests for the processor's time. A job says itself when it was last done, so a
// house that was down at night does it when it is up again, and a new house does it at once.
namespace madang::platform {

class nights {
 public:
  // Local hour at which the night's work begins.
  static constexpr int begins = 3;

  struct job {
    std::string name;
    std::function<std::optional<date>()> last_done;
    // May be asked to stop at any time, and then ends soon.
    std::function<outcome(const std::atomic<bool>& stop)> work;
  };

  ~nights() { stop(); }
  void add(job j);
  void start(std::string zone);
  void stop();

 private:
  void watch();
  bool is_due(const job& j) const;

  std::string zone_;
  std::vector<job> jobs_;
  std::thread watcher_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
};

}  // namespace madang::platform
