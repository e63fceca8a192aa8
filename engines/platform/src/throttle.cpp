#include "madang/platform/throttle.hpp"

#include <arpa/inet.h>

#include "madang/platform/network.hpp"

namespace madang::platform {

std::string network_of(std::string_view peer) {
  std::string text(peer.substr(0, peer.find('%')));   // without the zone of a link-local address
  in6_addr six;
  if (inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  // The last four octets of an IPv4-mapped address (RFC 4291 section 2.5.5.2) tell people apart.
  const bool four = IN6_IS_ADDR_V4MAPPED(&six);
  return {reinterpret_cast<const char*>(six.s6_addr) + (four ? 12 : 0), four ? 4u : 8u};
}

std::optional<int> throttle::wait(std::string_view peer, instant at) const {
  std::lock_guard lock(mutex_);
  auto found = counts_.find(network_of(peer));
  const bool crowded = found == counts_.end() && counts_.size() >= addresses_;
  if (found == counts_.end() && !crowded) return {};
  const count& c = crowded ? newcomers_ : found->second;
  if (c.misses < most_ || c.until <= at) return {};
  return static_cast<int>((c.until.micros - at.micros + 999'999) / 1'000'000);
}

void throttle::miss(std::string_view peer, instant at) {
  std::lock_guard lock(mutex_);
  const std::string network = network_of(peer);
  if (counts_.size() >= addresses_ && !counts_.contains(network))
    std::erase_if(counts_, [&](const auto& one) { return one.second.until <= at; });
  const bool crowded = counts_.size() >= addresses_ && !counts_.contains(network);
  count& c = crowded ? newcomers_ : counts_[network];
  if (c.until <= at) c = {0, at.plus(window_)};
  ++c.misses;
}

}  // namespace madang::platform
