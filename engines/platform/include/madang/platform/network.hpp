#pragma once
#include <string>
#include <string_view>

namespace madang::platform {

// What of an address tells people apart: an IPv4 address whole, of IPv6 the network of 64 bits that
// one household has; as octets. What is no address is taken as it is.
std::string network_of(std::string_view peer);

}  // namespace madang::platform
