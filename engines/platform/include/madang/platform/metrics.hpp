#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace madang::platform {

// Counters of the house in OpenMetrics text (https://openmetrics.io): no label ever holds anything
// about a person; routes are named by their pattern.
class metrics {
 public:
  void answered(const std::string& route, int status, std::int64_t micros);
  void add(const std::string& name, const std::string& help, std::int64_t n = 1);
  // Values that are read when somebody asks are given by the caller: name, help, value.
  struct gauge {
    std::string name, help;
    double value = 0;
    bool only_grows = false;       // a counter, in the words of OpenMetrics
  };
  std::string text(const std::vector<gauge>& gauges) const;

 private:
  // Upper bounds in seconds; the last is +Inf.
  static constexpr std::array<double, 9> bounds{0.001, 0.0025, 0.005, 0.01, 0.025,
                                                0.05,  0.1,    0.5,   2.5};
  struct series {
    std::map<int, std::uint64_t> by_status;
    std::array<std::uint64_t, 10> buckets{};
    double seconds = 0;
    std::uint64_t count = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, series> routes_;
  std::map<std::string, std::pair<std::string, std::int64_t>> counters_;
};

}  // namespace madang::platform
