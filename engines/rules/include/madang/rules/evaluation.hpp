#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/rules/explanation.hpp"
#include "madang/rules/function.hpp"

namespace madang::rules {

// Why a value is null that could have been something (or would have been, had not a limit been
// reached). `code` is stable; `at` counts octets in the text of the expression.
struct diagnostic {
  std::string code;
  std::string place;               // "Eligibility / rule 3 / Income"
  int at = 0;
  std::map<std::string, std::string> facts;
};

struct limits_of_evaluation {
  std::int64_t steps = 5'000'000;          // loop rounds, calls, items of lists made
  int depth = 400;                         // calls within calls
  std::size_t text = 8u << 20;             // octets of a text
  std::uint32_t weight = 4'000'000;        // values in a list or context, see value::weight
  std::size_t diagnostics = 100;
};

// Values that every expression of a model may name: inputs, decisions, knowledge.
class globals {
 public:
  virtual ~globals() = default;
  virtual value get(evaluation& e, int index) = 0;
};

// One evaluation on one thread: where it stands and what went wrong. Expressions and models are
// shared; this is not.
class evaluation {
 public:
  explicit evaluation(date_time now, limits_of_evaluation l = {})
      : now(std::move(now)), limits(l) {}
  evaluation(const evaluation&) = delete;

  const date_time now;                     // what now() and today() say
  const limits_of_evaluation limits;
  std::vector<diagnostic> diagnostics;
  std::string_view place;                  // what is evaluated, by its model; of diagnostics
  globals* outside = nullptr;
  // When set, decisions tell it how they came about.
  explanation* told = nullptr;
  std::vector<tried_rule>* tried = nullptr;      // of the table that runs

  // Notes it and is null.
  value fail(const char* code, int at, std::map<std::string, std::string> facts = {});
  // False when the limit is reached; noted once.
  bool step(std::int64_t n = 1);
  // For looking at all of a value: a step for each few values in it.
  bool look_at(const value& v) {
    const auto w = v.weight();
    return w < 16 || step(w / 16);
  }
  // The value, or null with a diagnostic when it has become too large.
  value bounded(value v, int at) {
    return v.weight() <= limits.weight ? v : fail("feel.limit", at);
  }

  // ---- slots of the function that runs ----
  value& local(int slot) { return slots_[base_ + static_cast<std::size_t>(slot)]; }
  class frame {
   public:
    frame(evaluation& e, int size) : e_(e), before_(e.base_), begin_(e.top_) {
      e.base_ = begin_;
      e.top_ += static_cast<std::size_t>(size);
      if (e.slots_.size() < e.top_) e.slots_.resize(e.top_ * 2);
      ++e.depth_;
    }
    ~frame() {
      for (std::size_t i = begin_; i < e_.top_; ++i) e_.slots_[i] = value();
      e_.top_ = begin_;
      e_.base_ = before_;
      --e_.depth_;
    }
    frame(const frame&) = delete;

   private:
    evaluation& e_;
    std::size_t before_, begin_;
  };
  bool too_deep() const { return depth_ >= limits.depth; }

 private:
  std::vector<value> slots_;
  std::size_t base_ = 0, top_ = 0;
  int depth_ = 0;
  std::int64_t steps_ = 0;
};

}  // namespace madang::rules
