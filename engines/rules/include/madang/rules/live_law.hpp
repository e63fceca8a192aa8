#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "madang/rules/statutes.hpp"

// The law that holds in a running house: it can be replaced by an amended one while others decide
// by it. Copies share one law. What was handed out stays valid as long as the last copy, so a
// decision that has begun ends by the law it began with; amendments are few and models shared, so
// nothing is ever thrown away.
namespace madang::rules {

class live_law {
 public:
  explicit live_law(statutes first) : in_(std::make_shared<inside>()) { replace(std::move(first)); }

  const statutes& now() const { return *in_->current.load(); }
  operator const statutes&() const { return now(); }                                    // NOLINT
  void replace(statutes next) const {
    std::lock_guard lock(in_->mutex);
    in_->all.push_back(std::make_unique<const statutes>(std::move(next)));
    in_->current = in_->all.back().get();
  }

  const std::vector<provision>& provisions() const { return now().provisions(); }
  const provision* find(std::string_view id) const { return now().find(id); }
  const std::vector<parameter>& parameters() const { return now().parameters(); }
  const parameter* find_parameter(std::string_view id) const { return now().find_parameter(id); }
  result<judged> judge(const provision& p, const entries& facts, date as_of) const {
    return now().judge(p, facts, as_of);
  }

 private:
  struct inside {
    std::atomic<const statutes*> current{nullptr};
    std::mutex mutex;
    std::vector<std::unique_ptr<const statutes>> all;
  };
  std::shared_ptr<inside> in_;
};

}  // namespace madang::rules
