#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Decimal numbers as IEEE 754-2008 decimal128 has them: 34 significant digits, rounded half to
// even, exponents from -6176 to 6111. What law calculates with; no binary fraction comes near it.
//
// A number is coefficient x 10^exponent, and the exponent is kept (1.10 + 1.2 is 2.30), but numbers
// of the same value are equal. Common cases are whole-number arithmetic of 128 bits; what does not
// fit goes through Intel's library of the standard's own format.
namespace madang {

__extension__ typedef __int128 int128;

class decimal {
 public:
  enum class rounding { half_even, half_up, half_down, up, down, floor, ceiling };

  constexpr decimal() = default;
  constexpr decimal(std::int64_t whole) : coefficient_(whole) {}   // NOLINT: a number is a number
  // coefficient x 10^exponent; |coefficient| < 10^34.
  static decimal of(int128 coefficient, int exponent);
  // "12", "-0.50", "1.5e3", ".5"; nothing else. Rounded to 34 digits.
  static std::optional<decimal> parse(std::string_view s);
  // The shortest decimal that reads back as the same double; nothing when it is not finite.
  static std::optional<decimal> of_double(double d);

  // An operation without a finite answer (division by zero, beyond the range) gives a number that
  // is not finite; everything made from it is not finite either.
  bool finite() const { return exponent_ != none; }
  bool zero() const { return coefficient_ == 0 && finite(); }
  bool negative() const { return coefficient_ < 0; }
  bool whole() const;              // an integer, whatever its exponent
  int128 coefficient() const { return coefficient_; }
  int exponent() const { return exponent_; }
  std::optional<std::int64_t> to_int64() const;      // only when exactly that
  double to_double() const;

  // Without exponent and without zeros at the end: "1200", "-0.5".
  std::string str() const;

  friend decimal operator+(const decimal& a, const decimal& b);
  friend decimal operator-(const decimal& a, const decimal& b) { return a + -b; }
  friend decimal operator*(const decimal& a, const decimal& b);
  friend decimal operator/(const decimal& a, const decimal& b);
  decimal operator-() const;
  decimal& operator+=(const decimal& b) { return *this = *this + b; }
  decimal abs() const { return negative() ? -*this : *this; }

  // Less than, equal, greater: -1, 0, 1. Both finite.
  static int compare(const decimal& a, const decimal& b);
  friend bool operator==(const decimal& a, const decimal& b) { return compare(a, b) == 0; }
  friend bool operator<(const decimal& a, const decimal& b) { return compare(a, b) < 0; }
  friend bool operator>(const decimal& a, const decimal& b) { return compare(a, b) > 0; }
  friend bool operator<=(const decimal& a, const decimal& b) { return compare(a, b) <= 0; }
  friend bool operator>=(const decimal& a, const decimal& b) { return compare(a, b) >= 0; }

  // To `scale` digits behind the point; negative: before it.
  decimal rounded(int scale, rounding how) const;
  // dividend - divisor * floor(dividend / divisor): the sign of the divisor (DMN 10.3.4.5).
  static decimal modulo(const decimal& dividend, const decimal& divisor);
  // Whole exponents by multiplication, others by the library.
  static decimal power(const decimal& base, const decimal& exponent);
  decimal square_root() const;
  decimal exponential() const;
  decimal logarithm() const;       // natural

 private:
  static constexpr int none = 1 << 20;
  static decimal not_finite();

  int128 coefficient_ = 0;
  std::int32_t exponent_ = 0;
};

}  // namespace madang
