#include "pool.hpp"

#include "madang/base/check.hpp"

namespace madang::http {

pool::pool(int workers, std::size_t queue) : limit_(queue) {
  check(workers > 0 && queue > 0, "size of the pool");
  for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

pool::~pool() { stop(); }

bool pool::offer(std::unique_ptr<task>& work) {
  bool wake = false;
  {
    std::lock_guard hold(lock_);
    if (stopping_ || queue_.size() >= limit_) return false;
    queue_.push_back(std::move(work));
    waiting_.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
    wake = sleeping_ > 0;
  }
  if (wake) some_.notify_one();
  return true;
}

void pool::work() {
  std::unique_lock hold(lock_);
  for (;;) {
    if (queue_.empty()) {
      if (stopping_) return;
      ++sleeping_;
      some_.wait(hold);
      --sleeping_;
      continue;
    }
    auto next = std::move(queue_.front());
    queue_.pop_front();
    waiting_.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
    hold.unlock();
    running_.fetch_add(1, std::memory_order_relaxed);
    next->run();
    running_.fetch_sub(1, std::memory_order_relaxed);
    next.reset();
    hold.lock();
  }
}

void pool::stop() {
  std::deque<std::unique_ptr<task>> left;
  {
    std::lock_guard hold(lock_);
    stopping_ = true;
    left.swap(queue_);
    waiting_ = 0;
  }
  some_.notify_all();
  for (auto& each : left) each->drop();
  for (auto& each : threads_)
    if (each.joinable()) each.join();
}

}  // namespace madang::http
