#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

// Passwords that were stolen from others (OWASP ASVS 5.0 V6.2.12), as the set that the operator has
// loaded: no password, nor a part of its hash, leaves the house for it.
//
// The file is the first 8 octets of each password's SHA-1, sorted, behind a head: all of the
// thousand million of Have I Been Pwned are 8 GB, of which a look touches three pages. Two
// passwords that agree in 64 bits are the same to it, which one in twenty thousand million
// passwords is by chance.
namespace madang::identity {

class breached_passwords {
 public:
  // Null: there is no such file, or it is none of ours.
  static std::shared_ptr<const breached_passwords> open(const std::string& file);
  virtual ~breached_passwords() = default;
  virtual bool holds(std::string_view password) const = 0;
  virtual std::uint64_t size() const = 0;
};

// Where a house keeps its set.
std::string breached_file(const std::string& data);

// Makes such a file of what Have I Been Pwned publishes: a folder with a file for each range, named
// by the first five digits of the hash ("21BD1" or "21BD1.txt") with lines "SUFFIX:COUNT" (the
// k-anonymity form), or one file of lines "SHA1:COUNT" ordered by hash. Who was seen fewer than
// `least` times is left out; a count of 0 is padding. Gives how many it holds; what was there
// before stays until the new one is whole. Refusals: breached.unreadable, breached.line,
// breached.order (field: file and line), breached.empty.
result<std::uint64_t> make_breached(const std::string& from, const std::string& to,
                                    std::uint64_t least = 1);

}  // namespace madang::identity
