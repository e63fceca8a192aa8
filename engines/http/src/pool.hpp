#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

// Internal: a fixed number of threads and a queue with an end.
//
// Waking a thread costs more than a short handler runs, so work comes in batches and at most one
// worker is being woken at a time:
//
//   asleep --offer() finds nobody waking--> waking --takes its first task--> awake
//   awake  --takes a task, more wait, nobody waking--> also wakes the next
//   awake  --queue empty--> asleep
//
// Short handlers are thus served by few threads without a switch each; when a handler takes long,
// the others follow within a wake-up's time, and no task waits while a worker sleeps.
namespace madang::http {

class pool {
 public:
  // Exactly one of run() and drop() is called, once.
  struct task {
    virtual ~task() = default;
    virtual void run() = 0;    // on a worker
    virtual void drop() = 0;   // by stop(), when it never came to run
  };

  pool(int workers, std::size_t queue);
  ~pool();

  // Takes tasks in their order while there is room; what is left in `work` found the queue full or
  // the pool stopped.
  void offer(std::vector<std::unique_ptr<task>>& work);
  // Drops what waits and returns when what runs has ended.
  void stop();

  std::int64_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  std::int64_t running() const { return running_.load(std::memory_order_relaxed); }

 private:
  void work();
  bool should_wake();   // lock_ held; when true the caller must notify

  const std::size_t limit_;
  std::mutex lock_;
  std::condition_variable some_;
  std::deque<std::unique_ptr<task>> queue_;   // under lock_, as are the next three
  int sleeping_ = 0;
  bool waking_ = false, stopping_ = false;
  std::atomic<std::int64_t> waiting_{0}, running_{0};
  std::vector<std::thread> threads_;
};

}  // namespace madang::http
