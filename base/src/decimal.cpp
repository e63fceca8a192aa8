#include "madang/base/decimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
extern "C" {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <bid_conf.h>
#include <bid_functions.h>
#pragma GCC diagnostic pop
}

namespace madang {
namespace {

using wide = int128;
__extension__ typedef unsigned __int128 unsigned_wide;

constexpr int digits = 34, largest_exponent = 6111, smallest_exponent = -6176;

constexpr std::array<wide, 39> make_powers() {
  std::array<wide, 39> out{};
  wide p = 1;
  for (auto& one : out) {
    one = p;
    p = static_cast<wide>(static_cast<unsigned_wide>(p) * 10);
  }
  return out;
}
constexpr std::array<wide, 39> powers = make_powers();
constexpr wide limit = powers[digits];

wide magnitude(wide c) { return c < 0 ? -c : c; }

bool is_small(wide c) { return c == static_cast<std::int64_t>(c); }

// How many digits a coefficient has; 1 for zero.
int length(wide c) {
  c = magnitude(c);
  return std::max(1, static_cast<int>(std::upper_bound(powers.begin(), powers.end(), c) -
                                      powers.begin()));
}

// c / 10^drop, rounded half to even.
wide shorten(wide c, int drop) {
  const wide p = powers[static_cast<std::size_t>(drop)], half = p / 2;
  wide q = c / p;
  const wide r = magnitude(c % p);
  if (r > half || (r == half && (q & 1))) q += c < 0 ? -1 : 1;
  return q;
}

BID_UINT128 encode(wide c, int exponent) {
  BID_UINT128 out;
  const auto m = static_cast<unsigned_wide>(magnitude(c));
  out.w[0] = static_cast<BID_UINT64>(m);
  out.w[1] = static_cast<BID_UINT64>(m >> 64) |
             (static_cast<BID_UINT64>(exponent - smallest_exponent) << 49) |
             (c < 0 ? 1ull << 63 : 0);
  return out;
}

// False: infinite or no number.
bool decode(const BID_UINT128& n, wide& c, int& exponent) {
  const BID_UINT64 high = n.w[1];
  if ((high & 0x7800000000000000ull) == 0x7800000000000000ull) return false;
  if ((high & 0x6000000000000000ull) == 0x6000000000000000ull) {   // beyond 10^34: means zero
    c = exponent = 0;
    return true;
  }
  exponent = static_cast<int>((high >> 49) & 0x3FFF) + smallest_exponent;
  const unsigned_wide m =
      (static_cast<unsigned_wide>(high & 0x1FFFFFFFFFFFFull) << 64) | n.w[0];
  c = static_cast<wide>(m);
  if (high >> 63) c = -c;
  return true;
}

}  // namespace

decimal decimal::not_finite() {
  decimal out;
  out.exponent_ = none;
  return out;
}

decimal decimal::of(wide c, int exponent) {
  const int too_long = length(c) - digits;
  if (too_long > 0) {
    c = shorten(c, too_long);
    exponent += too_long;
    if (magnitude(c) >= limit) {
      c /= 10;
      ++exponent;
    }
  }
  if (exponent > largest_exponent) {
    if (c == 0) {
      exponent = largest_exponent;
    } else {   // 1E+6144 is 10...0 x 10^6111
      const int room = digits - length(c);
      if (exponent - largest_exponent > room) return not_finite();
      c *= powers[static_cast<std::size_t>(exponent - largest_exponent)];
      exponent = largest_exponent;
    }
  }
  if (exponent < smallest_exponent) {
    const int drop = smallest_exponent - exponent;
    c = drop > 38 ? 0 : shorten(c, drop);
    exponent = smallest_exponent;
  }
  decimal out;
  out.coefficient_ = c;
  out.exponent_ = exponent;
  return out;
}

std::optional<decimal> decimal::parse(std::string_view s) {
  const bool minus = s.starts_with('-');
  if (minus) s.remove_prefix(1);
  wide c = 0;
  int exponent = 0, seen = 0, significant = 0;
  bool point = false, rest = false;
  std::size_t at = 0;
  for (; at < s.size(); ++at) {
    const char ch = s[at];
    if (ch == '.' && !point) {
      point = true;
      continue;
    }
    if (ch < '0' || ch > '9') break;
    ++seen;
    if (significant < digits + 1) {
      c = c * 10 + (ch - '0');
      if (c != 0) ++significant;
      if (point) --exponent;
    } else {
      rest = rest || ch != '0';
      if (!point) ++exponent;
    }
  }
  if (seen == 0) return {};
  if (at < s.size()) {
    if (s[at] != 'e' && s[at] != 'E') return {};
    std::string_view power = s.substr(at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int e = 0;
    auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), e);
    if (error != std::errc() || end != power.data() + power.size() || std::abs(e) > 100'000)
      return {};
    exponent += e;
  }
  // One digit more than fits is kept; what came after it decides only whether it is a tie.
  if (rest && c % 10 == 5) c += 1;
  if (std::abs(exponent) > 20'000) return {};
  decimal out = of(minus ? -c : c, exponent);
  if (!out.finite()) return {};
  return out;
}

std::optional<decimal> decimal::of_double(double d) {
  if (!std::isfinite(d)) return {};
  char text[64];
  auto [end, error] = std::to_chars(text, text + sizeof text, d);
  return parse(std::string_view(text, static_cast<std::size_t>(end - text)));
}

bool decimal::whole() const {
  if (!finite()) return false;
  if (exponent_ >= 0 || coefficient_ == 0) return true;
  if (exponent_ < -digits) return false;
  return coefficient_ % powers[static_cast<std::size_t>(-exponent_)] == 0;
}

std::optional<std::int64_t> decimal::to_int64() const {
  if (!whole()) return {};
  wide c = coefficient_;
  if (exponent_ < 0 && c != 0) c /= powers[static_cast<std::size_t>(-exponent_)];
  if (exponent_ > 0 && c != 0) {
    if (exponent_ > 18 || !is_small(c)) return {};
    c *= powers[static_cast<std::size_t>(exponent_)];
  }
  if (!is_small(c)) return {};
  return static_cast<std::int64_t>(c);
}

double decimal::to_double() const {
  if (!finite()) return std::numeric_limits<double>::quiet_NaN();
  const std::string s = str();
  double out = 0;
  std::from_chars(s.data(), s.data() + s.size(), out);
  return out;
}

std::string decimal::str() const {
  if (!finite()) return "not finite";
  wide c = coefficient_;
  int exponent = exponent_;
  if (c == 0) return "0";
  while (exponent < 0 && c % 10 == 0) {
    c /= 10;
    ++exponent;
  }
  char text[48];
  int at = sizeof text;
  for (wide m = magnitude(c); m != 0; m /= 10) text[--at] = static_cast<char>('0' + m % 10);
  std::string out(text + at, sizeof text - static_cast<std::size_t>(at));
  if (exponent > 0) {
    out.append(static_cast<std::size_t>(exponent), '0');
  } else if (exponent < 0) {
    const auto behind = static_cast<std::size_t>(-exponent);
    if (out.size() <= behind) out.insert(0, behind - out.size() + 1, '0');
    out.insert(out.size() - behind, 1, '.');
  }
  return c < 0 ? "-" + out : out;
}

decimal decimal::operator-() const {
  decimal out = *this;
  out.coefficient_ = -out.coefficient_;
  return out;
}

namespace {

template <class F>
decimal through_library(const decimal& a, const decimal& b, F f) {
  unsigned flags = 0;
  wide c = 0;
  int exponent = 0;
  const BID_UINT128 out = f(encode(a.coefficient(), a.exponent()),
                            encode(b.coefficient(), b.exponent()), &flags);
  if (!decode(out, c, exponent)) return decimal(1) / decimal(0);
  return decimal::of(c, exponent);
}

}  // namespace

decimal operator+(const decimal& a, const decimal& b) {
  if (!a.finite() || !b.finite()) return decimal::not_finite();
  if (a.exponent_ == b.exponent_) return decimal::of(a.coefficient_ + b.coefficient_, a.exponent_);
  const decimal& high = a.exponent_ > b.exponent_ ? a : b;
  const decimal& low = a.exponent_ > b.exponent_ ? b : a;
  const int apart = high.exponent_ - low.exponent_;
  if (high.coefficient_ == 0) return low;
  if (apart < digits &&
      magnitude(high.coefficient_) < powers[static_cast<std::size_t>(digits - apart)])
    return decimal::of(
        high.coefficient_ * powers[static_cast<std::size_t>(apart)] + low.coefficient_,
        low.exponent_);
  return through_library(a, b, [](auto x, auto y, unsigned* flags) {
    return bid128_add(x, y, 0, flags);
  });
}

decimal operator*(const decimal& a, const decimal& b) {
  if (!a.finite() || !b.finite()) return decimal::not_finite();
  if (is_small(a.coefficient_) && is_small(b.coefficient_))
    return decimal::of(a.coefficient_ * b.coefficient_, a.exponent_ + b.exponent_);
  return through_library(a, b, [](auto x, auto y, unsigned* flags) {
    return bid128_mul(x, y, 0, flags);
  });
}

decimal operator/(const decimal& a, const decimal& b) {
  if (!a.finite() || !b.finite() || b.coefficient_ == 0) return decimal::not_finite();
  if (is_small(a.coefficient_) && is_small(b.coefficient_)) {
    const int exponent = a.exponent_ - b.exponent_;
    if (a.coefficient_ % b.coefficient_ == 0)
      return decimal::of(a.coefficient_ / b.coefficient_, exponent);
    constexpr int more = 18;
    const wide scaled = a.coefficient_ * powers[more];
    if (scaled % b.coefficient_ == 0) {
      wide q = scaled / b.coefficient_;
      int e = exponent - more;
      while (e < exponent && q % 10 == 0) {
        q /= 10;
        ++e;
      }
      return decimal::of(q, e);
    }
  }
  return through_library(a, b, [](auto x, auto y, unsigned* flags) {
    return bid128_div(x, y, 0, flags);
  });
}

int decimal::compare(const decimal& a, const decimal& b) {
  if (a.exponent_ == b.exponent_)
    return a.coefficient_ < b.coefficient_ ? -1 : a.coefficient_ > b.coefficient_;
  const int sign_a = a.coefficient_ < 0 ? -1 : a.coefficient_ > 0;
  const int sign_b = b.coefficient_ < 0 ? -1 : b.coefficient_ > 0;
  if (sign_a != sign_b || sign_a == 0) return sign_a < sign_b ? -1 : sign_a > sign_b;
  const int high_a = length(a.coefficient_) + a.exponent_;
  const int high_b = length(b.coefficient_) + b.exponent_;
  if (high_a != high_b) return (high_a < high_b ? -1 : 1) * sign_a;
  // As many digits before the point: the one with the larger exponent has fewer behind it.
  wide ca = a.coefficient_, cb = b.coefficient_;
  const int apart = a.exponent_ - b.exponent_;
  if (apart > 0) ca *= powers[static_cast<std::size_t>(apart)];
  else cb *= powers[static_cast<std::size_t>(-apart)];
  return ca < cb ? -1 : ca > cb;
}

decimal decimal::rounded(int scale, rounding how) const {
  if (!finite()) return *this;
  const int drop = -exponent_ - scale;
  if (drop <= 0) return *this;
  wide q = 0, p = 0, r = magnitude(coefficient_);
  const bool far = drop > 37;
  if (!far) {
    p = powers[static_cast<std::size_t>(drop)];
    q = coefficient_ / p;
    r = magnitude(coefficient_ % p);
  }
  const bool minus = coefficient_ < 0;
  const int against_half = far ? -1 : (r > p - r) - (r < p - r);
  bool away = false;
  switch (how) {
    case rounding::half_even: away = against_half > 0 || (against_half == 0 && (q & 1)); break;
    case rounding::half_up: away = against_half >= 0; break;
    case rounding::half_down: away = against_half > 0; break;
    case rounding::up: away = r != 0; break;
    case rounding::down: break;
    case rounding::floor: away = minus && r != 0; break;
    case rounding::ceiling: away = !minus && r != 0; break;
  }
  if (r == 0) away = false;
  if (away) q += minus ? -1 : 1;
  return of(q, -scale);
}

decimal decimal::modulo(const decimal& dividend, const decimal& divisor) {
  if (!dividend.finite() || !divisor.finite() || divisor.zero()) return not_finite();
  // Exactly, when both can stand on the same exponent; else by the definition.
  const int exponent = std::min(dividend.exponent_, divisor.exponent_);
  const int up_a = dividend.exponent_ - exponent, up_b = divisor.exponent_ - exponent;
  if (up_a + length(dividend.coefficient_) <= 37 && up_b + length(divisor.coefficient_) <= 37) {
    const wide a = dividend.coefficient_ * powers[static_cast<std::size_t>(up_a)];
    const wide b = divisor.coefficient_ * powers[static_cast<std::size_t>(up_b)];
    wide r = a % b;
    if (r != 0 && (r < 0) != (b < 0)) r += b;
    return of(r, exponent);
  }
  return dividend - divisor * (dividend / divisor).rounded(0, rounding::floor);
}

decimal decimal::power(const decimal& base, const decimal& exponent) {
  if (!base.finite() || !exponent.finite()) return not_finite();
  constexpr std::int64_t by_multiplication = 100'000;
  if (auto n = exponent.to_int64(); n && std::abs(*n) <= by_multiplication) {
    decimal out(1), factor = base;
    for (auto left = static_cast<std::uint64_t>(std::abs(*n)); left && out.finite(); left >>= 1) {
      if (left & 1) out = out * factor;
      if (left > 1) factor = factor * factor;
    }
    return *n < 0 ? decimal(1) / out : out;
  }
  return through_library(base, exponent, [](auto x, auto y, unsigned* flags) {
    return bid128_pow(x, y, 0, flags);
  });
}

decimal decimal::square_root() const {
  if (!finite() || negative()) return not_finite();
  return through_library(*this, *this, [](auto x, auto, unsigned* flags) {
    return bid128_sqrt(x, 0, flags);
  });
}

decimal decimal::exponential() const {
  if (!finite()) return *this;
  return through_library(*this, *this, [](auto x, auto, unsigned* flags) {
    return bid128_exp(x, 0, flags);
  });
}

decimal decimal::logarithm() const {
  if (!finite() || coefficient_ <= 0) return not_finite();
  return through_library(*this, *this, [](auto x, auto, unsigned* flags) {
    return bid128_log(x, 0, flags);
  });
}

}  // namespace madang
