#include <algorithm>
#include <charconv>
#include <cstdint>

#include "madang/redaction/redaction.hpp"

namespace madang::redaction {
namespace {

// A number of the head; comments are not written by those who write for us.
bool read_number(std::string_view& in, int& out) {
  while (!in.empty() && (in[0] == ' ' || in[0] == '\n' || in[0] == '\t' || in[0] == '\r'))
    in.remove_prefix(1);
  const auto read = std::from_chars(in.data(), in.data() + in.size(), out);
  if (read.ec != std::errc() || out <= 0) return false;
  in.remove_prefix(static_cast<std::size_t>(read.ptr - in.data()));
  return true;
}

char level(unsigned char sample, int most) {
  return static_cast<char>(most == 255 ? sample : std::min(255, sample * 255 / most));
}

}  // namespace

bool read_ppm(std::string_view ppm, std::size_t most, raster& out) {
  if (ppm.size() < 2 || ppm[0] != 'P' || ppm[1] < '4' || ppm[1] > '6') return false;
  const char form = ppm[1];
  ppm.remove_prefix(2);
  int columns = 0, rows = 0, white = 1;
  if (!read_number(ppm, columns) || !read_number(ppm, rows)) return false;
  if (form != '4' && (!read_number(ppm, white) || white > 255)) return false;
  if (ppm.empty()) return false;
  ppm.remove_prefix(1);
  const auto wide = static_cast<std::size_t>(columns), high = static_cast<std::size_t>(rows);
  if (wide > most || high > most / wide / 3) return false;
  const std::size_t octets = 3 * wide * high, row = (wide + 7) / 8;
  if (ppm.size() < (form == '6' ? octets : form == '5' ? wide * high : row * high)) return false;
  out = {columns, rows, std::string(octets, '\0')};
  for (std::size_t i = 0; i < wide * high; ++i)
    for (std::size_t c = 0; c < 3; ++c) {
      const auto at = [&](std::size_t n) { return static_cast<unsigned char>(ppm[n]); };
      // In a PBM a set bit is black.
      out.samples[3 * i + c] =
          form == '6'   ? level(at(3 * i + c), white)
          : form == '5' ? level(at(i), white)
          : (at(i / wide * row + i % wide / 8) >> (7 - i % wide % 8) & 1) != 0 ? '\0'
                                                                               : '\xff';
    }
  return true;
}

raster shrunk(raster from, int columns, int rows) {
  if (from.columns <= columns && from.rows <= rows) return from;
  const double scale = std::min(static_cast<double>(columns) / from.columns,
                                static_cast<double>(rows) / from.rows);
  raster to{std::max(1, static_cast<int>(from.columns * scale)),
            std::max(1, static_cast<int>(from.rows * scale)),
            {}};
  const auto wide = static_cast<std::int64_t>(from.columns);
  to.samples.reserve(3 * static_cast<std::size_t>(to.columns) * static_cast<std::size_t>(to.rows));
  for (std::int64_t y = 0; y < to.rows; ++y) {
    const std::int64_t top = y * from.rows / to.rows, bottom = (y + 1) * from.rows / to.rows;
    for (std::int64_t x = 0; x < to.columns; ++x) {
      const std::int64_t left = x * wide / to.columns, right = (x + 1) * wide / to.columns;
      std::int64_t sum[3] = {};
      for (std::int64_t v = top; v < bottom; ++v)
        for (std::int64_t u = left; u < right; ++u)
          for (std::int64_t c = 0; c < 3; ++c)
            sum[c] += static_cast<unsigned char>(
                from.samples[static_cast<std::size_t>(3 * (v * wide + u) + c)]);
      for (const std::int64_t one : sum)
        to.samples += static_cast<char>(one / ((bottom - top) * (right - left)));
    }
  }
  return to;
}

}  // namespace madang::redaction
