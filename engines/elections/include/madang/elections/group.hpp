#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/trust/bytes.hpp"

struct bignum_st;

// The group BELENIOS-2048 (Belenios specification 2.0, section 5.1): the subgroup of prime order q
// (256 bits) of the numbers modulo a prime p of 2048 bits. Values are immutable and may be read by
// several threads. Verifying works with public numbers and is quick, not constant in time; what
// takes a secret says so and is.
namespace madang::elections {

inline constexpr std::string_view group_name = "BELENIOS-2048";

// A whole number that is not negative.
class number {
 public:
  number();
  explicit number(std::uint64_t n);
  number(const number& other);
  number(number&& other) noexcept;
  number& operator=(number other) noexcept;
  ~number();  // wipes

  // The one decimal form, without sign or leading zeros; at most 620 digits.
  static std::optional<number> read(std::string_view decimal);
  static number of_octets(trust::view big_endian);
  std::string decimal() const;
  bool operator==(const number& other) const;

  bignum_st* get() const { return bn_; }

 private:
  bignum_st* bn_;
};

// Scalars are numbers below q.
std::optional<number> read_scalar(std::string_view decimal);
number random_scalar();
number hash_to_scalar(std::string_view text);  // SHA-256, big-endian, modulo q
number sum(const number& a, const number& b);
number difference(const number& a, const number& b);
number product(const number& a, const number& b);

// A number from 1 to p - 1. Whether it lies in the subgroup, `powers` tells.
class element {
 public:
  element();  // 1
  static std::optional<element> read(std::string_view decimal);
  std::string decimal() const;
  element operator*(const element& other) const;
  element inverse() const;
  bool operator==(const element& other) const = default;

  // this^secret in a time that does not tell the secret
  element to_secret(const number& secret) const;

 private:
  friend class powers;
  friend class fixed_base;
  number montgomery_;
};

// Powers of one element, for several exponents: the squares are shared (Yao, windows of 4 bits).
class powers {
 public:
  explicit powers(const element& base);
  element to(const number& scalar) const;
  bool in_group() const;  // base^q = 1

 private:
  std::vector<element> squares_;  // base^(16^i)
};

// Powers of an element that many proofs share; the table takes 0.7 MB and 5 ms.
class fixed_base {
 public:
  explicit fixed_base(const element& base);
  element to(const number& scalar) const;

 private:
  std::vector<element> table_;
};

const element& generator();
const fixed_base& generator_powers();

}  // namespace madang::elections
