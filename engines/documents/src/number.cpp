#include <algorithm>

#include "madang/documents/office.hpp"

namespace madang::documents {
namespace {

// ISO/IEC 7064 MOD 11-10, hybrid system: catches single digits and most transpositions.
char check_digit(std::string_view digits) {
  int p = 10;
  for (char c : digits) {
    p = (p + (c - '0')) % 10;
    if (p == 0) p = 10;
    p = p * 2 % 11;
  }
  return static_cast<char>('0' + (11 - p) % 10);
}

std::string grouped(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i && i % 4 == 0) out += '-';
    out += digits[i];
  }
  return out;
}

std::string digits_of(std::string_view s) {
  std::string out;
  for (char c : s)
    if (c >= '0' && c <= '9') out += c;
  return out;
}

}  // namespace

std::string new_document_number(date day) {
  const auto random = *text::from_base64(random_token(16));
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < 8; ++i) n = n << 8 | random[i];
  std::string digits = fmt::format("{:02}{:02}{:02}{:09}", day.year() % 100, day.month(), day.day(),
                                   n % 1'000'000'000);
  digits += check_digit(digits);
  return grouped(digits);
}

bool is_document_number(std::string_view number) {
  const std::string digits = digits_of(number);
  return digits.size() == 16 && number == grouped(digits) &&
         check_digit(std::string_view(digits).substr(0, 15)) == digits[15];
}

std::string tidy_number(std::string_view typed) {
  for (char c : typed)
    if (!(c >= '0' && c <= '9') && c != '-' && c != ' ') return std::string(typed);
  const std::string digits = digits_of(typed);
  return digits.size() == 16 ? grouped(digits) : std::string(typed);
}

std::string masked_name(std::string_view name) {
  const std::size_t n = text::length(name);
  if (n <= 1) return std::string(name);
  const std::string_view first = text::head(name, 1);
  if (n == 2) return std::string(first) + "*";
  const std::string_view last = name.substr(text::head(name, n - 1).size());
  std::string out(first);
  for (std::size_t i = 2; i < n; ++i) out += '*';
  return out + std::string(last);
}

}  // namespace madang::documents
