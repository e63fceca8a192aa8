#include "madang/platform/metrics.hpp"

#include <fmt/format.h>

namespace madang::platform {

void metrics::answered(const std::string& route, int status, std::int64_t micros) {
  const double seconds = static_cast<double>(micros) / 1e6;
  std::size_t bucket = 0;
  while (bucket < bounds.size() && seconds > bounds[bucket]) ++bucket;
  std::lock_guard lock(mutex_);
  series& s = routes_[route];
  ++s.by_status[status];
  ++s.buckets[bucket];
  s.seconds += seconds;
  ++s.count;
}

void metrics::add(const std::string& name, const std::string& help, std::int64_t n) {
  std::lock_guard lock(mutex_);
  auto& counter = counters_[name];
  counter.first = help;
  counter.second += n;
}

std::string metrics::text(const std::vector<gauge>& gauges) const {
  std::lock_guard lock(mutex_);
  std::string out =
      "# TYPE madang_http_requests counter\n# HELP madang_http_requests Answered requests.\n";
  for (const auto& [route, s] : routes_)
    for (const auto& [status, n] : s.by_status)
      out += fmt::format("madang_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", route,
                         status, n);
  out += "# TYPE madang_http_request_seconds histogram\n"
         "# UNIT madang_http_request_seconds seconds\n"
         "# HELP madang_http_request_seconds Time in the handler.\n";
  for (const auto& [route, s] : routes_) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
      below += s.buckets[i];
      const std::string le = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
      out += fmt::format("madang_http_request_seconds_bucket{{route=\"{}\",le=\"{}\"}} {}\n", route,
                         le, below);
    }
    out += fmt::format("madang_http_request_seconds_count{{route=\"{0}\"}} {1}\n"
                       "madang_http_request_seconds_sum{{route=\"{0}\"}} {2:.6f}\n",
                       route, s.count, s.seconds);
  }
  for (const auto& [name, counter] : counters_)
    out += fmt::format("# TYPE {0} counter\n# HELP {0} {1}\n{0}_total {2}\n", name, counter.first,
                       counter.second);
  for (const auto& g : gauges)
    out += fmt::format("# TYPE {0} {3}\n# HELP {0} {1}\n{0}{4} {2}\n", g.name, g.help, g.value,
                       g.only_grows ? "counter" : "gauge", g.only_grows ? "_total" : "");
  return out + "# EOF\n";
}

}  // namespace madang::platform
