#pragma once
#include <string>
#include <string_view>

// Passwords are kept as argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane: the first choice of the
// OWASP password storage sheet. One hash takes about 45 ms of a core and 19 MiB: callers bound how
// many run at once. The text kept is a PHC string, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash", so
// the cost can be raised later without losing old ones.
namespace madang::trust {

inline constexpr std::size_t longest_password = 1024;   // octets; longer ones never match

std::string hash_password(std::string_view password);

// False also for a text that is not one of ours, or that asks for more than 256 MiB or 16 passes:
// a row somebody slipped into the table must not stop the machine.
bool password_matches(std::string_view phc, std::string_view password);

// True when the text was made with less than today's cost: hash again at the next sign-in.
bool password_is_outdated(std::string_view phc);

}  // namespace madang::trust
