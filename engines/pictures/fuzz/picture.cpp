// Pictures from anybody: whatever the octets, what comes out is clean of what must go, no larger
// than what came in but for the turn, and cleaning it again changes nothing.
#include <cstdint>
#include <string_view>

#include "madang/pictures/picture.hpp"
#include "madang/base/check.hpp"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto facts = pictures::facts_of_exif(octets);
  check(facts.orientation >= 1 && facts.orientation <= 8, "a turn is one of eight");
  check(!facts.latitude || (*facts.latitude >= -90 && *facts.latitude <= 90), "on the globe");
  check(!facts.longitude || (*facts.longitude >= -180 && *facts.longitude <= 180), "on the globe");
  const auto once = pictures::cleaned(octets);
  if (!once) return 0;
  check(once->octets.size() <= size + 36, "nothing is added but the turn");
  const auto twice = pictures::cleaned(once->octets);
  check(twice.ok() && twice->octets == once->octets, "what is clean stays as it is");
  check(!twice->facts.latitude && twice->facts.made.empty(), "and says nothing more");
  return 0;
}
