#include "back_end.hpp"

namespace madang::store {
namespace {

thread_local acknowledgement* open_here = nullptr;

}  // namespace

// ---- the account ----

void acknowledgement::account::begun(const database* by) {
  std::lock_guard hold(mutex_);
  of_ = by;
  ++open_;
}

void acknowledgement::account::ended(const std::exception_ptr& why) {
  listener told;
  std::exception_ptr failed;
  {
    std::lock_guard hold(mutex_);
    if (why && !failed_) failed_ = why;
    if (--open_ > 0) return;
    told.swap(told_);
    failed = failed_;
    all_done_.notify_all();
  }
  if (told) told(failed);
}

bool acknowledgement::account::pending() const {
  std::lock_guard hold(mutex_);
  return open_ > 0 || failed_;
}

const database* acknowledgement::account::of() const {
  std::lock_guard hold(mutex_);
  return open_ > 0 ? of_ : nullptr;
}

void acknowledgement::account::wait() {
  std::unique_lock hold(mutex_);
  all_done_.wait(hold, [&] { return open_ == 0; });
  if (failed_) std::rethrow_exception(failed_);
}

void acknowledgement::account::tell(listener f) {
  std::exception_ptr failed;
  {
    std::lock_guard hold(mutex_);
    if (open_ > 0) {
      told_ = std::move(f);
      return;
    }
    failed = failed_;
  }
  f(failed);
}

// ---- the scope of a thread ----

acknowledgement::acknowledgement() : account_(std::make_shared<account>()) {
  check(open_here == nullptr, "one acknowledgement a thread");
  open_here = this;
}

acknowledgement::~acknowledgement() {
  open_here = nullptr;
  if (!account_) return;
  try {
    account_->wait();
  } catch (...) {
    // Whoever wanted to know has asked before.
  }
}

acknowledgement* acknowledgement::here() { return open_here; }

bool acknowledgement::pending() const { return account_->pending(); }

void acknowledgement::wait() { account_->wait(); }

void acknowledgement::settle() {
  if (open_here) open_here->wait();
}

std::function<void(acknowledgement::listener)> acknowledgement::handed_over() {
  open_here = nullptr;
  return [mine = std::move(account_)](listener f) { mine->tell(std::move(f)); };
}

}  // namespace madang::store
