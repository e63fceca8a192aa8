#include "madang/rules/evaluation.hpp"

namespace madang::rules {

value evaluation::fail(const char* code, int at, std::map<std::string, std::string> facts) {
  if (diagnostics.size() < limits.diagnostics)
    diagnostics.push_back({code, std::string(place), at, std::move(facts)});
  return {};
}

bool evaluation::step(std::int64_t n) {
  const bool before = steps_ <= limits.steps;
  steps_ += n;
  if (steps_ <= limits.steps) return true;
  if (before) fail("feel.limit", 0);
  return false;
}

}  // namespace madang::rules
