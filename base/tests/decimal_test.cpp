// Expected values: by hand, and Intel's decimal128 for whatever chance brings.
#include "madang/base/decimal.hpp"

#include <gtest/gtest.h>

#include <random>

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

using rounding = decimal::rounding;

decimal n(const std::string& s) {
  auto out = decimal::parse(s);
  EXPECT_TRUE(out) << s;
  return out.value_or(decimal());
}

TEST(a_decimal, adds_tenths_as_people_do) {
  EXPECT_EQ(n("0.1") + n("0.2"), n("0.3"));
  EXPECT_EQ((n("1.10") + n("1.2")).str(), "2.3");
  EXPECT_EQ((n("1.10") + n("1.2")).exponent(), -2);
  EXPECT_EQ((n("0.1") * n("3")).str(), "0.3");
  EXPECT_EQ((n("-7") / n("2")).str(), "-3.5");
}

TEST(a_decimal, has_34_digits_rounded_half_to_even) {
  EXPECT_EQ((n("1") / n("3")).str(), "0.3333333333333333333333333333333333");
  EXPECT_EQ((n("2") / n("3")).str(), "0.6666666666666666666666666666666667");
  EXPECT_EQ((n("9999999999999999999999999999999999") + n("1")).str(),
            "10000000000000000000000000000000000");
  EXPECT_EQ(n("1000000000000000000000000000000000.5").str(), "1000000000000000000000000000000000");
  EXPECT_EQ(n("1000000000000000000000000000000001.5").str(), "1000000000000000000000000000000002");
  EXPECT_EQ(n("1000000000000000000000000000000000.50000000001").str(),
            "1000000000000000000000000000000001");
  EXPECT_EQ((n("1e34") + n("1")).str(), "10000000000000000000000000000000000");
  EXPECT_EQ((n("1e35") + n("1")).str(), "100000000000000000000000000000000000");
}

TEST(a_decimal, is_written_plainly) {
  EXPECT_EQ(n("1e3").str(), "1000");
  EXPECT_EQ(n("-0.50").str(), "-0.5");
  EXPECT_EQ(n(".5").str(), "0.5");
  EXPECT_EQ(n("1e-7").str(), "0.0000001");
  EXPECT_EQ(n("-0").str(), "0");
  for (const char* bad : {"", "-", ".", "1.2.3", "1e", "e5", " 1", "1 ", "0x10", "1e999999", "+1",
                          "NaN", "1,5"})
    EXPECT_FALSE(decimal::parse(bad)) << bad;
}

TEST(a_decimal, rounds_in_each_direction_that_law_knows) {
  struct row {
    const char *number, *even, *up_half, *down_half, *up, *down, *floor, *ceiling;
  };
  const row rows[] = {
      {"2.5", "2", "3", "2", "3", "2", "2", "3"},
      {"-2.5", "-2", "-3", "-2", "-3", "-2", "-3", "-2"},
      {"3.5", "4", "4", "3", "4", "3", "3", "4"},
      {"2.51", "3", "3", "3", "3", "2", "2", "3"},
      {"-2.49", "-2", "-2", "-2", "-3", "-2", "-3", "-2"},
      {"7", "7", "7", "7", "7", "7", "7", "7"}};
  for (const auto& r : rows) {
    EXPECT_EQ(n(r.number).rounded(0, rounding::half_even), n(r.even)) << r.number;
    EXPECT_EQ(n(r.number).rounded(0, rounding::half_up), n(r.up_half)) << r.number;
    EXPECT_EQ(n(r.number).rounded(0, rounding::half_down), n(r.down_half)) << r.number;
    EXPECT_EQ(n(r.number).rounded(0, rounding::up), n(r.up)) << r.number;
    EXPECT_EQ(n(r.number).rounded(0, rounding::down), n(r.down)) << r.number;
    EXPECT_EQ(n(r.number).rounded(0, rounding::floor), n(r.floor)) << r.number;
    EXPECT_EQ(n(r.number).rounded(0, rounding::ceiling), n(r.ceiling)) << r.number;
  }
  EXPECT_EQ(n("1234567").rounded(-4, rounding::half_up).str(), "1230000");
  EXPECT_EQ(n("1e-6000").rounded(0, rounding::ceiling), n("1"));
  EXPECT_EQ(n("-1e-6000").rounded(0, rounding::floor), n("-1"));
}

TEST(a_decimal, has_the_remainder_of_the_divisors_sign) {   // DMN 1.5, table 75
  EXPECT_EQ(decimal::modulo(n("12"), n("5")), n("2"));
  EXPECT_EQ(decimal::modulo(n("-12"), n("5")), n("3"));
  EXPECT_EQ(decimal::modulo(n("12"), n("-5")), n("-3"));
  EXPECT_EQ(decimal::modulo(n("-12"), n("-5")), n("-2"));
  EXPECT_EQ(decimal::modulo(n("10.1"), n("4.5")), n("1.1"));
  EXPECT_EQ(decimal::modulo(n("-10.1"), n("4.5")), n("3.4"));
}

TEST(a_decimal, without_a_finite_answer_says_so_and_never_traps) {
  EXPECT_FALSE((n("1") / n("0")).finite());
  EXPECT_FALSE((n("0") / n("0")).finite());
  EXPECT_FALSE((n("9e6144") * n("10")).finite());
  EXPECT_FALSE(n("-1").square_root().finite());
  EXPECT_FALSE(n("0").logarithm().finite());
  EXPECT_FALSE((n("1") / n("0") + n("1")).finite());
  EXPECT_FALSE(decimal::power(n("10"), n("99999")).finite());
  EXPECT_TRUE((n("1e-6176") / n("10")).zero());
}

TEST(a_decimal, has_powers_and_roots) {
  EXPECT_EQ(decimal::power(n("2"), n("10")), n("1024"));
  EXPECT_EQ(decimal::power(n("2"), n("-2")), n("0.25"));
  EXPECT_EQ(decimal::power(n("1.5"), n("2")), n("2.25"));
  EXPECT_EQ(n("16").square_root(), n("4"));
  EXPECT_EQ(n("2").square_root().str(), "1.414213562373095048801688724209698");
  EXPECT_EQ(n("1").exponential().str(), "2.718281828459045235360287471352662");
}

TEST(a_decimal, is_a_whole_number_of_64_bits_only_when_it_is) {
  EXPECT_EQ(n("9223372036854775807").to_int64(), 9223372036854775807);
  EXPECT_EQ(n("12.00").to_int64(), 12);
  EXPECT_EQ(n("1.2e1").to_int64(), 12);
  EXPECT_EQ(n("9223372036854775808").to_int64(), std::nullopt);
  EXPECT_EQ(n("12.5").to_int64(), std::nullopt);
  EXPECT_EQ(n("1e30").to_int64(), std::nullopt);
}

// ---- against the library ----

BID_UINT128 library(const std::string& s) {
  unsigned flags = 0;
  std::string copy = s;
  return bid128_from_string(copy.data(), 0, &flags);
}

// Nothing when it is not finite.
std::optional<decimal> of_library(BID_UINT128 v) {
  unsigned flags = 0;
  char text[64];
  bid128_to_string(text, v, &flags);
  std::string s = text;
  if (s.starts_with('+')) s.erase(0, 1);
  return decimal::parse(s);
}

TEST(a_decimal, calculates_what_intels_library_calculates) {
  std::mt19937_64 random(20261123);
  const auto any = [&] {
    std::string s = random() % 2 ? "-" : "";
    const auto length = 1 + random() % 34;
    for (std::size_t i = 0; i < length; ++i) s += static_cast<char>('0' + random() % 10);
    const int spread = random() % 8 == 0 ? 6000 : 20;
    return s + "e" + std::to_string(static_cast<int>(random() % (2 * spread)) - spread);
  };
  unsigned flags = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string a = any(), b = any();
    const decimal x = n(a), y = n(b);
    const auto p = library(a), q = library(b);
    const auto same = [&](const decimal& ours, BID_UINT128 theirs, const char* what) {
      const auto expected = of_library(theirs);
      ASSERT_EQ(ours.finite(), expected.has_value()) << a << " " << what << " " << b;
      if (expected) {
        ASSERT_EQ(ours, *expected) << a << " " << what << " " << b;
      }
    };
    same(x + y, bid128_add(p, q, 0, &flags), "+");
    same(x - y, bid128_sub(p, q, 0, &flags), "-");
    same(x * y, bid128_mul(p, q, 0, &flags), "*");
    if (!y.zero()) same(x / y, bid128_div(p, q, 0, &flags), "/");
    ASSERT_EQ(x < y, bid128_quiet_less(p, q, &flags) != 0) << a << " < " << b;
    ASSERT_EQ(x == y, bid128_quiet_equal(p, q, &flags) != 0) << a << " = " << b;
  }
}

// Numbers as law has them (few digits, small exponents) and as nobody has them, in turns.
class chance {
 public:
  explicit chance(std::uint64_t seed) : random_(seed) {}
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string number() {
    const bool plain = below(2) == 0;
    std::string s = below(2) ? "-" : "";
    for (auto i = 1 + below(plain ? 8 : 34); i > 0; --i) s += static_cast<char>('0' + below(10));
    const std::uint64_t spread = plain ? 4 : below(8) == 0 ? 6100 : 40;
    return s + "e" +
           std::to_string(static_cast<int>(below(2 * spread)) - static_cast<int>(spread));
  }

 private:
  std::mt19937_64 random_;
};

TEST(a_decimal, rounds_as_intels_library_rounds) {
  chance c(1);
  for (int i = 0; i < 40'000; ++i) {
    const std::string s = c.number();
    const auto scale = static_cast<int>(c.below(12)) - 4;
    // Rounded to so many places: brought to an exponent (quantize, IEEE 754-2008, 5.3.2). One with
    // fewer places stays as it is.
    const decimal x = n(s);
    if (x.exponent() >= -scale) {
      ASSERT_EQ(x.rounded(scale, rounding::half_even), x) << s;
      continue;
    }
    const auto places = library("1e" + std::to_string(-scale));
    const std::pair<rounding, unsigned> modes[] = {{rounding::half_even, BID_ROUNDING_TO_NEAREST},
                                                   {rounding::half_up, BID_ROUNDING_TIES_AWAY},
                                                   {rounding::down, BID_ROUNDING_TO_ZERO},
                                                   {rounding::floor, BID_ROUNDING_DOWN},
                                                   {rounding::ceiling, BID_ROUNDING_UP}};
    for (const auto& [ours, theirs] : modes) {
      unsigned flags = 0;
      const auto expected = of_library(bid128_quantize(library(s), places, theirs, &flags));
      if (!expected) continue;     // it has no room for so many digits; ours keeps what there is
      ASSERT_EQ(x.rounded(scale, ours), *expected) << s << " to " << scale << " places";
    }
  }
}

TEST(a_decimal, is_read_and_written_as_intels_library_reads_it) {
  chance c(2);
  for (int i = 0; i < 40'000; ++i) {
    // Up to 60 digits, a point anywhere: more than fits is rounded half to even.
    std::string s = c.below(2) ? "-" : "";
    const auto length = 1 + c.below(60), point = c.below(60);
    for (std::uint64_t d = 0; d < length; ++d) {
      if (d == point) s += ".";
      s += c.below(3) == 0 ? "05"[c.below(2)] : static_cast<char>('0' + c.below(10));
    }
    const auto expected = of_library(library(s));
    ASSERT_TRUE(expected) << s;
    ASSERT_EQ(n(s), *expected) << s;
    ASSERT_EQ(n(n(s).str()), n(s)) << "what is written reads back";
  }
}

// The remainder has the divisor's sign; the library's has the dividend's (fmod truncates).
TEST(a_decimal, has_the_remainder_that_follows_from_intels_library) {
  chance c(3);
  int compared = 0;
  for (int i = 0; i < 40'000; ++i) {
    const std::string a = c.number(), b = c.number();
    const decimal x = n(a), y = n(b);
    if (y.zero()) continue;
    // Where both can be brought to one exponent; beyond, the definition has its own rounding.
    const auto digits_before = [](const decimal& d, int to) {
      return static_cast<int>(d.abs().str().size()) + d.exponent() - to;
    };
    const int to = std::min(x.exponent(), y.exponent());
    if (digits_before(x, to) > 36 || digits_before(y, to) > 36) continue;
    unsigned flags = 0;
    auto expected = of_library(bid128_fmod(library(a), library(b), &flags));
    ASSERT_TRUE(expected);
    if (!expected->zero() && expected->negative() != y.negative()) expected = *expected + y;
    ASSERT_EQ(decimal::modulo(x, y), *expected) << a << " modulo " << b;
    ++compared;
  }
  EXPECT_GT(compared, 5'000);
}

// Whole exponents go by multiplication and may round on the way: one unit in the 32nd digit.
TEST(a_decimal, has_powers_near_those_of_intels_library) {
  chance c(4);
  for (int i = 0; i < 4'000; ++i) {
    const std::string a = std::to_string(1 + c.below(100'000)) + "e-" + std::to_string(c.below(6));
    const auto k = static_cast<int>(c.below(41)) - 20;
    unsigned flags = 0;
    const auto expected =
        of_library(bid128_pow(library(a), library(std::to_string(k)), 0, &flags));
    ASSERT_TRUE(expected);
    const decimal ours = decimal::power(n(a), decimal(k));
    const decimal apart = (ours - *expected).abs();
    ASSERT_LE(apart, expected->abs() * n("1e-32")) << a << " to the power of " << k;
    const auto root = of_library(bid128_sqrt(library(a), 0, &flags));
    ASSERT_EQ(n(a).square_root(), *root) << a;
  }
}

}  // namespace
}  // namespace madang
