#include "workshop.hpp"

namespace madang::benefits {

trial_run::~trial_run() {
  stop_ = true;
  if (worker_.joinable()) worker_.join();
}

outcome trial_run::start(const rules::statutes& law, const audit::access& why, change what) {
  std::lock_guard lock(mutex_);
  if (running_) return refuse(kind::conflict, "benefits.running");
  if (!law.find(what.provision))
    return refuse(kind::not_found, "rules.no_provision", "provision");
  auto draft = std::make_shared<rules::statutes>(law);
  auto changed = what.model.empty()
                     ? draft->set_parameter(what.parameter, what.day, what.becomes, "draft")
                     : draft->amend(what.provision, what.day, "draft.dmn", what.model);
  if (!changed) return changed;
  if (worker_.joinable()) worker_.join();
  stop_ = false;
  done_ = 0;
  running_ = true;
  report_.reset();
  failed_.reset();
  what_ = what;
  by_ = why.who.post;
  worker_ = std::thread([this, draft, &law, why, provision = what.provision, day = what.day] {
    result<whatif_report> made = refuse(kind::unavailable, "benefits.stopped");
    try {
      made = whatif(house_, law, *draft).run(why, provision, day, stop_, done_);
    } catch (const std::exception& e) {
      log::error("whatif.failed", {{"what", e.what()}});
      made = refuse(kind::unavailable, "http.failed");
    }
    std::lock_guard done(mutex_);
    if (made) report_ = std::move(*made);
    else failed_ = made.why();
    running_ = false;
  });
  return nothing{};
}

trial_run::state trial_run::now() const {
  std::lock_guard lock(mutex_);
  return {running_, done_, what_, report_, failed_, by_};
}

}  // namespace madang::benefits
