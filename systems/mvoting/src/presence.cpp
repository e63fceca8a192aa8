#include "presence.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "madang/trust/bytes.hpp"

namespace madang::mvoting {
namespace {

constexpr std::size_t digits = 32;
constexpr std::int64_t step = std::chrono::microseconds(code_lasts).count();

std::string mac(std::string_view key, std::string_view use, id vote, std::int64_t number) {
  const std::string said = fmt::format("{} {} {}", use, vote.str(), number);
  return text::hex(trust::hmac_sha256(trust::view_of(key), trust::view_of(said))).substr(0, digits);
}

std::optional<std::int64_t> whole(std::string_view s) {
  std::int64_t out = 0;
  const auto [end, wrong] = std::from_chars(s.data(), s.data() + s.size(), out);
  if (wrong != std::errc() || end != s.data() + s.size()) return {};
  return out;
}

// The number of "NUMBER-MAC" when its MAC is good.
std::optional<std::int64_t> number_in(std::string_view key, std::string_view use, id vote,
                                      std::string_view said) {
  const auto dash = said.find('-');
  if (dash == std::string_view::npos || dash == 0) return {};
  const auto number = whole(said.substr(0, dash));
  if (!number) return {};
  const std::string good = mac(key, use, vote, *number);
  if (!trust::equal_in_constant_time(trust::view_of(good), trust::view_of(said.substr(dash + 1))))
    return {};
  return number;
}

}  // namespace

std::string venue_code(std::string_view key, id vote, instant at) {
  const std::int64_t number = at.micros / step;
  return fmt::format("{}-{}", number, mac(key, "venue", vote, number));
}

bool is_venue_code(std::string_view key, id vote, std::string_view code, instant at) {
  const auto number = number_in(key, "venue", vote, code);
  return number && std::abs(at.micros / step - *number) <= 1;
}

instant code_ends(instant at) { return {(at.micros / step + 1) * step}; }

std::string admission(std::string_view key, id vote, instant at) {
  const std::int64_t second = at.micros / 1'000'000;
  return fmt::format("{}-{}", second, mac(key, "admission", vote, second));
}

bool is_admission(std::string_view key, id vote, std::string_view said, instant at) {
  const auto second = number_in(key, "admission", vote, said);
  if (!second) return false;
  const instant from{*second * 1'000'000};
  return from <= at.plus(code_lasts) && at <= from.plus(admission_lasts);
}

bool touches(const spot& s, std::string_view cell) {
  const auto colon = cell.find(':');
  if (colon == std::string_view::npos) return false;
  const auto north = whole(cell.substr(0, colon)), east = whole(cell.substr(colon + 1));
  constexpr std::int64_t most = 360'000'000 / cell_side;
  if (!north || !east || std::abs(*north) > most || std::abs(*east) > most) return false;
  // The point of the cell that is nearest to the middle; a degree is 111.32 km north.
  const auto nearest = [](std::int64_t x, std::int64_t n) {
    return std::clamp(x, n * cell_side, (n + 1) * cell_side);
  };
  constexpr double metres = 0.11132, half_turn = 180e6;
  const double up = static_cast<double>(nearest(s.lat, *north) - s.lat) * metres;
  const double right = static_cast<double>(nearest(s.lon, *east) - s.lon) * metres *
                       std::cos(static_cast<double>(s.lat) / half_turn * M_PI);
  return std::hypot(up, right) <= static_cast<double>(s.radius);
}

}  // namespace madang::mvoting
