#include "pool.hpp"

#include <pthread.h>

#include <algorithm>

#include "madang/base/check.hpp"

namespace madang::http {

pool::pool(int workers, std::size_t queue) : limit_(queue) {
  check(workers > 0 && queue > 0, "size of the pool");
  for (int i = 0; i < workers; ++i) {
    threads_.emplace_back([this] { work(); });
    ::pthread_setname_np(threads_.back().native_handle(), "http-worker");
  }
}

pool::~pool() { stop(); }

bool pool::should_wake() {
  if (waking_ || sleeping_ == 0 || queue_.empty()) return false;
  return waking_ = true;
}

void pool::offer(std::vector<std::unique_ptr<task>>& work) {
  bool wake = false;
  {
    std::lock_guard hold(lock_);
    std::size_t taken = 0;
    if (!stopping_) taken = std::min(work.size(), limit_ - queue_.size());
    for (std::size_t i = 0; i < taken; ++i) queue_.push_back(std::move(work[i]));
    work.erase(work.begin(), work.begin() + static_cast<std::ptrdiff_t>(taken));
    waiting_.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
    wake = should_wake();
  }
  if (wake) some_.notify_one();
}

void pool::work() {
  std::unique_lock hold(lock_);
  for (;;) {
    if (queue_.empty()) {
      if (stopping_) return;
      ++sleeping_;
      some_.wait(hold);
      --sleeping_;
      waking_ = false;   // also when woken for nothing: then the next offer wakes again
      continue;
    }
    auto next = std::move(queue_.front());
    queue_.pop_front();
    waiting_.store(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
    const bool wake = should_wake();
    hold.unlock();
    if (wake) some_.notify_one();
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
