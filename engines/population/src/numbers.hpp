#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// Numbers of the right form that were never given to anybody: see population.hpp.
namespace madang::population {

// The serial-th of that day and sex, from 0; at most 2,999.
std::string resident_number(date born, bool female, int serial);
// The n-th business, from 0.
std::string business_number(std::int64_t n);
// The n-th private car, from 0; the 21.8 million plates with two digits in front are used up first.
std::string plate(std::int64_t n, const std::vector<std::string>& syllables);
std::string chassis_number(std::int64_t n);
std::string parcel_number(std::string_view town, bool mountain, int main, int sub);

}  // namespace madang::population
