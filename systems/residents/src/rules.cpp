#include <algorithm>
#include <numeric>

#include "madang/residents/residents.hpp"

namespace madang::residents {
namespace {

constexpr int adult_age = 19;   // Civil Act art. 4

int check_digit(std::string_view twelve_digits) {
  constexpr int weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += (twelve_digits[i] - '0') * weights[i];
  return (11 - sum % 11) % 10;
}

}  // namespace

std::string relation_to(std::string_view head_was, std::string_view person_was) {
  if (head_was == "head") return std::string(person_was);
  if (head_was == "spouse") {
    if (person_was == "head") return "spouse";
    if (person_was == "child" || person_was == "grandchild") return std::string(person_was);
    if (person_was == "father" || person_was == "mother") return "parent_in_law";
    if (person_was == "parent_in_law") return "other";
  }
  if (head_was == "child") {
    if (person_was == "child") return "sibling";
    if (person_was == "grandchild") return "child";
  }
  if ((head_was == "father" || head_was == "mother") && person_was == "head") return "child";
  if (head_was == "father" && person_was == "mother") return "spouse";
  if (head_was == "mother" && person_was == "father") return "spouse";
  return "other";
}

id next_head(const std::vector<member>& staying, date on) {
  auto spouse = std::find_if(staying.begin(), staying.end(),
                             [](const member& m) { return m.relation == "spouse"; });
  if (spouse != staying.end()) return spouse->key;
  id eldest, eldest_adult;
  date first = end_of_days, first_adult = end_of_days;
  for (const auto& m : staying) {
    if (m.born < first) {
      first = m.born;
      eldest = m.key;
    }
    if (age(m.born, on) >= adult_age && m.born < first_adult) {
      first_adult = m.born;
      eldest_adult = m.key;
    }
  }
  return eldest_adult ? eldest_adult : eldest;
}

std::string resident_number(date born, bool female, int serial) {
  check(serial >= 0 && serial < 1000, "serial of a resident number");
  const int century = born.year() < 1900 ? 9 : born.year() < 2000 ? 1 : 3;
  const int code = century == 9 ? (female ? 0 : 9) : century + (female ? 1 : 0);
  std::string digits = fmt::format("{:02}{:02}{:02}{}99{:03}", born.year() % 100, born.month(),
                                   born.day(), code, serial);
  digits += static_cast<char>('0' + check_digit(digits));
  return digits.insert(6, "-");
}

bool has_valid_check_digit(std::string_view number) {
  if (number.size() != 14 || number[6] != '-') return false;
  std::string digits(number.substr(0, 6));
  digits += number.substr(7);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return false;
  return check_digit(digits) == digits[12] - '0';
}

}  // namespace madang::residents
