// Small files that are large when they are unpacked (OWASP ASVS 5.0 V5.2.3): the reader of its own
// process is stopped by its limits, and what is told is a refusal.
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>

#include "madang/redaction/redaction.hpp"

namespace madang::redaction {
namespace {

// That many zeros, deflated piece by piece so that the test needs no memory for them.
std::string deflated_zeros(std::size_t count) {
  z_stream z{};
  deflateInit(&z, 9);
  std::string out, piece(1 << 20, '\0'), room(1 << 16, '\0');
  for (std::size_t left = count;;) {
    const std::size_t n = std::min(left, piece.size());
    left -= n;
    z.next_in = reinterpret_cast<Bytef*>(piece.data());
    z.avail_in = static_cast<uInt>(n);
    do {
      z.next_out = reinterpret_cast<Bytef*>(room.data());
      z.avail_out = static_cast<uInt>(room.size());
      deflate(&z, left ? Z_NO_FLUSH : Z_FINISH);
      out.append(room.data(), room.size() - z.avail_out);
    } while (z.avail_out == 0);
    if (!left) break;
  }
  deflateEnd(&z);
  return out;
}

std::string be32(std::uint32_t n) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 255u);
  return out;
}

std::string chunk(const std::string& type, const std::string& data) {
  const std::string all = type + data;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(all.data()), static_cast<uInt>(all.size()));
  return be32(static_cast<std::uint32_t>(data.size())) + all +
         be32(static_cast<std::uint32_t>(sum));
}

// PNG (Third Edition) section 11: `side` by `side` points of eight bits.
std::string png_of(std::uint32_t side) {
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", be32(side) + be32(side) + std::string("\x08\0\0\0\0", 5)) +
         chunk("IDAT", deflated_zeros((std::size_t{side} + 1) * side)) + chunk("IEND", "");
}

bool there(const char* program) {
  return std::filesystem::exists(std::string("/usr/bin/") + program);
}

TEST(a_bomb, that_is_a_picture_is_refused) {
  if (!there("pngtopnm")) GTEST_SKIP() << "netpbm is not installed";
  const auto small = png_of(100);
  EXPECT_TRUE(seen_in(small, "image/png").ok()) << "the same, of a size that people send";
  const auto bomb = png_of(16'000);  // 256 MB of points, four times what a reader may say
  EXPECT_LT(bomb.size(), 512u << 10);
  const auto seen = seen_in(bomb, "image/png");
  ASSERT_FALSE(seen.ok());
  EXPECT_TRUE(seen.why().code.starts_with("redaction.")) << seen.why().code;
}

}  // namespace
}  // namespace madang::redaction
