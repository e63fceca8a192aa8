#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace madang {

// Identifies one thing for ever. Time-ordered, so that new rows append to an index instead of
// scattering over it: 42 bits of milliseconds since 2020, 8 bits of node, 13 bits of counter.
// An id is a name, not a secret: knowing one gives no right to see what it names.
struct id {
  std::int64_t value = 0;

  auto operator<=>(const id&) const = default;
  explicit operator bool() const { return value != 0; }

  // 13 characters of Crockford base 32, lower case: how an id is written in addresses.
  std::string str() const;
  static std::optional<id> parse(std::string_view s);
};

// A fresh id; never repeats within the process, nor between nodes of different number.
id new_id();

// Sets the number of this node (0 to 255), once at start.
void set_node_number(int number);

// 128 or more bits from the operating system, URL-safe: for tokens and codes that must not be
// guessed.
std::string random_token(std::size_t bytes = 24);

}  // namespace madang
