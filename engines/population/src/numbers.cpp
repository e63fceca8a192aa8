#include "numbers.hpp"

#include <fmt/format.h>

#include <numeric>

namespace madang::population {
namespace {

// 0 .. all-1 in an order that looks like none, each once: a card dealer with fixed fingers.
std::int64_t dealt(std::int64_t n, std::int64_t all, std::int64_t first) {
  std::int64_t step = all * 618 / 1000;
  while (std::gcd(step, all) != 1) ++step;
  return (n * step + first) % all;   // below 2^60: all is at most 10^9, and so is n
}

}  // namespace

std::string resident_number(date born, bool female, int serial) {
  check(serial >= 0 && serial < 3000, "the spare region codes hold 3,000 births a day and sex");
  const int year = born.year();
  const int century = year >= 2000 ? 3 : year >= 1900 ? 1 : 9;   // 9 and 0 for the 1800s
  const int sex = century == 9 ? (female ? 0 : 9) : century + female;
  std::string out = fmt::format("{:02}{:02}{:02}-{}{}{:03}", year % 100, born.month(), born.day(),
                                sex, 99 - serial / 1000, serial % 1000);
  static constexpr int weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  int sum = 0, i = 0;
  for (char c : out)
    if (c != '-') sum += (c - '0') * weights[i++];
  out += static_cast<char>('0' + (11 - sum % 11) % 10);
  return out;
}

std::string business_number(std::int64_t n) {
  constexpr std::int64_t offices = 99, kinds = 79, serials = 9999;
  check(n < offices * kinds * serials, "business numbers are used up");
  const std::int64_t d = dealt(n, offices * kinds * serials, 0);
  std::string out = fmt::format("{:03}{:02}{:04}", 1 + d / (kinds * serials),
                                1 + d / serials % kinds, 1 + d % serials);
  static constexpr int weights[] = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  int sum = (out[8] - '0') * 5 / 10;
  for (std::size_t i = 0; i < 9; ++i) sum += (out[i] - '0') * weights[i];
  out += static_cast<char>('0' + (10 - sum % 10) % 10);
  return out;
}

std::string plate(std::int64_t n, const std::vector<std::string>& syllables) {
  constexpr std::int64_t serials = 9900;   // 0100 to 9999
  const auto letters = static_cast<std::int64_t>(syllables.size());
  const std::int64_t two = 69 * letters * serials, three = 600 * letters * serials;
  // The first car of all is 12가3456, the plate on every sample form.
  const std::int64_t sample = (11 * letters + 0) * serials + 3356;
  const bool short_form = n < two;
  check(n < two + three, "plates are used up");
  const std::int64_t d = short_form ? dealt(n, two, sample) : dealt(n - two, three, 0);
  const std::string& letter = syllables[static_cast<std::size_t>(d / serials % letters)];
  const std::int64_t front = d / serials / letters, number = 100 + d % serials;
  return short_form ? fmt::format("{:02}{}{:04}", front + 1, letter, number)
                    : fmt::format("{}{}{:04}", front + 100, letter, number);
}

std::string chassis_number(std::int64_t n) {
  return fmt::format("00MADANG{:09}", dealt(n, 1'000'000'000, 0));
}

std::string parcel_number(std::string_view town, bool mountain, int main, int sub) {
  return fmt::format("{}000{}{:04}{:04}", town, mountain ? 2 : 1, main, sub);
}

}  // namespace madang::population
