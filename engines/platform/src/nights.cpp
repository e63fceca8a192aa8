#include "madang/platform/nights.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <chrono>

namespace madang::platform {
namespace {
constexpr auto looks_every = std::chrono::minutes(1);
constexpr int politeness = 10;     // nice(2) of the night's thread and those it starts
}  // namespace

void nights::add(job j) { jobs_.push_back(std::move(j)); }

void nights::start(std::string zone) {
  zone_ = std::move(zone);
  stopping_ = false;
  if (!jobs_.empty() && !watcher_.joinable()) watcher_ = std::thread([this] { watch(); });
}

void nights::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

bool nights::is_due(const job& j) const {
  const auto last = j.last_done();
  if (!last) return true;
  const auto civil = in_zone(now(), zone_);
  return *last < civil.date && civil.hour >= begins;
}

void nights::watch() {
  // On Linux nice values belong to threads.
  setpriority(PRIO_PROCESS, 0, politeness);
  while (!stopping_) {
    for (const auto& j : jobs_) try {
        if (stopping_ || !is_due(j)) continue;
        auto done = j.work(stopping_);
        if (!done) log::warn("night.refused", {{"job", j.name}, {"code", done.why().code}});
      } catch (const std::exception& e) {
        log::error("night.failed", {{"job", j.name}, {"what", e.what()}});
      }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, looks_every, [&] { return stopping_.load(); });
  }
}

}  // namespace madang::platform
