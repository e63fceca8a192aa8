#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "madang/base/time.hpp"

namespace madang::platform {

// Makes whoever tries things out wait. Misses are counted by the address they come from, IPv6 by
// its network of 64 bits (one household has them all); `most` misses within `window` and the
// address waits until the window ends. At most `addresses` are remembered at a time: beyond that
// those whose window has ended are forgotten, and newcomers share one count until there is room.
// Safe from many threads; kept in memory only, so a restart forgives.
class throttle {
 public:
  throttle(int most, std::chrono::seconds window, std::size_t addresses = 100'000)
      : most_(most), window_(window), addresses_(addresses) {}

  // Seconds to wait, when there were too many misses.
  std::optional<int> wait(std::string_view peer, instant at = now()) const;
  void miss(std::string_view peer, instant at = now());

 private:
  struct count {
    int misses = 0;
    instant until;
  };
  const int most_;
  const std::chrono::seconds window_;
  const std::size_t addresses_;
  mutable std::mutex mutex_;
  std::map<std::string, count, std::less<>> counts_;
  count newcomers_;
};

}  // namespace madang::platform
