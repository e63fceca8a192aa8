#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace madang::store {

// Connections this thread has in its hands, of all pools.
inline int& in_hand() {
  thread_local int n = 0;
  return n;
}

// Connections of one database, opened when they are wanted and kept. Whoever finds `limit` of them
// out waits for one to come back; who has one in its hands already does not, as all who could give
// one back might be waiting just so: it gets one beyond the limit, which is closed when it returns.
template <class Connection>
class pool {
 public:
  using owned = std::unique_ptr<Connection>;

  pool(int limit, std::function<owned()> open) : limit_(limit), open_(std::move(open)) {}

  // What `open` throws is thrown, and nothing is out.
  owned take() {
    {
      std::unique_lock lock(mutex_);
      if (in_hand() == 0)
        free_.wait(lock, [&] { return !idle_.empty() || opened_ < limit_; });
      if (!idle_.empty()) {
        owned c = std::move(idle_.back());
        idle_.pop_back();
        ++in_hand();
        return c;
      }
      ++opened_;
    }
    try {
      owned c = open_();
      ++in_hand();
      return c;
    } catch (...) {
      {
        std::lock_guard lock(mutex_);
        --opened_;
      }
      free_.notify_one();
      throw;
    }
  }

  // By the thread that took it. Null: it was of no more use.
  void give(owned c) {
    --in_hand();
    {
      std::lock_guard lock(mutex_);
      if (c && opened_ <= limit_) idle_.push_back(std::move(c));
      else --opened_;
    }
    free_.notify_one();
  }

  void clear() {
    std::lock_guard lock(mutex_);
    opened_ -= static_cast<int>(idle_.size());
    idle_.clear();
  }

 private:
  const int limit_;
  const std::function<owned()> open_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<owned> idle_;
  int opened_ = 0;
};

}  // namespace madang::store
