#include "courier.hpp"

namespace madang::distribution {
namespace {

constexpr std::size_t most_at_once = 16;
constexpr std::chrono::milliseconds turn{500};

}  // namespace

courier::courier(shared_office o) : office_(std::move(o)) {
  office_->on_parcels([this] { wake(); });
}
courier::~courier() { stop(); }

void courier::start() {
  stopping_ = false;
  thread_ = std::thread([this] { go(); });
}

void courier::stop() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  // What they do ends within the deadline of a call.
  std::map<std::string, errand> left;
  {
    std::lock_guard lock(mutex_);
    left.swap(under_way_);
  }
  for (auto& [name, e] : left) e.thread.join();
}

void courier::wake() {
  {
    std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

void courier::go() {
  while (!stopping_) {
    try {
      look();
    } catch (const std::exception& e) {
      log::error("distribution.courier", {{"what", e.what()}});
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, turn, [&] { return woken_ || stopping_; });
    woken_ = false;
  }
}

void courier::look() {
  bury();
  for (const auto& keeper : office_->keepers_due())
    set_out("node " + keeper, [this, keeper] { office_->ask_office(keeper); });
  for (const auto& agency : office_->agencies_due())
    set_out("agency " + agency, [this, agency] { office_->carry(agency, stopping_); });
}

void courier::set_out(const std::string& name, std::function<void()> work) {
  std::lock_guard free(mutex_);
  if (stopping_ || under_way_.size() >= most_at_once || under_way_.contains(name)) return;
  auto& e = under_way_[name];
  e.thread = std::thread([this, name, work = std::move(work)] {
    try {
      work();
    } catch (const std::exception& failure) {
      log::error("distribution.courier", {{"what", failure.what()}});
    }
    std::lock_guard lock(mutex_);
    if (const auto found = under_way_.find(name); found != under_way_.end())
      found->second.done = true;
    woken_ = true;
    wake_.notify_one();
  });
}

void courier::bury() {
  std::lock_guard lock(mutex_);
  for (auto i = under_way_.begin(); i != under_way_.end();) {
    if (!i->second.done) {
      ++i;
      continue;
    }
    i->second.thread.join();
    i = under_way_.erase(i);
  }
}

}  // namespace madang::distribution
