#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

// Internal: a fixed number of threads and a queue with an end.
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

  // False when the queue is full or the pool stopped; the task then stays with the caller.
  bool offer(std::unique_ptr<task>& work);
  // Drops what waits and returns when what runs has ended.
  void stop();

  std::int64_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  std::int64_t running() const { return running_.load(std::memory_order_relaxed); }

 private:
  void work();

  const std::size_t limit_;
  std::mutex lock_;
  std::condition_variable some_;
  std::deque<std::unique_ptr<task>> queue_;   // under lock_, as are the next two
  int sleeping_ = 0;
  bool stopping_ = false;
  std::atomic<std::int64_t> waiting_{0}, running_{0};
  std::vector<std::thread> threads_;
};

}  // namespace madang::http
