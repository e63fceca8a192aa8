#include "madang/pictures/picture.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace madang;
using namespace madang::pictures;

namespace {

std::string big16(unsigned n) { return {static_cast<char>(n >> 8), static_cast<char>(n)}; }
std::string big32(unsigned n) { return big16(n >> 16) + big16(n & 0xffff); }
std::string segment(unsigned char marker, const std::string& body) {
  return std::string{'\xff', static_cast<char>(marker)} +
         big16(static_cast<unsigned>(body.size() + 2)) + body;
}
std::string entry(unsigned tag, unsigned type, unsigned count, const std::string& value) {
  return big16(tag) + big16(type) + big32(count) + value;
}

// An Exif block as CIPA DC-008 has it, big-endian: 37 34' 12.34" N, 126 58' 37.2" E, taken at
// 2026-11-28 10:02:11, to be turned by 90 degrees (6). Offsets are counted by hand.
std::string exif() {
  std::string t = std::string("MM\0\x2a", 4) + big32(8);
  t += big16(3);  // IFD0 at 8
  t += entry(0x0112, 3, 1, big16(6) + big16(0));
  t += entry(0x8769, 4, 1, big32(50));
  t += entry(0x8825, 4, 1, big32(88));
  t += big32(0);                                               // 8 + 2 + 36 + 4 = 50
  t += big16(1) + entry(0x9003, 2, 20, big32(68)) + big32(0);  // 50 + 2 + 12 + 4 = 68
  t += std::string("2026:11:28 10:02:11\0", 20);               // 88
  t += big16(4);
  t += entry(1, 2, 2, std::string("N\0\0\0", 4));
  t += entry(2, 5, 3, big32(142));
  t += entry(3, 2, 2, std::string("E\0\0\0", 4));
  t += entry(4, 5, 3, big32(166));
  t += big32(0);  // 88 + 2 + 48 + 4 = 142
  t += big32(37) + big32(1) + big32(34) + big32(1) + big32(1234) + big32(100);
  t += big32(126) + big32(1) + big32(58) + big32(1) + big32(372) + big32(10);
  return t;
}

const std::string frame = segment(
    0xc0, std::string("\x08", 1) + big16(480) + big16(640) + std::string("\x01\x01\x11\0", 4));
const std::string scan = segment(0xda, std::string("\x01\x01\0\0\x3f\0", 6)) +
                         std::string("\x12\xff\x00\x34\xff\xd0\x56", 7);
const std::string start("\xff\xd8", 2), end("\xff\xd9", 2);

std::string jpeg() {
  return start + segment(0xe0, std::string("JFIF\0\1\2\0\0\1\0\1\0\0", 14)) +
         segment(0xe1, std::string("Exif\0\0", 6) + exif()) +
         segment(0xe1, std::string("http://ns.adobe.com/xap/1.0/\0", 29) + "<x>secret</x>") +
         segment(0xe2, std::string("ICC_PROFILE\0\1\1", 14) + "colours") +
         segment(0xe2, std::string("MPF\0", 4) + "secret") +
         segment(0xed, std::string("Photoshop 3.0\0", 14) + "secret") + segment(0xfe, "secret") +
         segment(0xdb, std::string(65, '\1')) + frame + scan + end + "secret behind the end";
}

// Annex D of the PNG specification: sample CRC implementation.
std::uint32_t crc(const std::string& s) {
  std::uint32_t c = 0xffffffffu;
  for (const unsigned char octet : s) {
    c ^= octet;
    for (int k = 0; k < 8; ++k) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
  }
  return c ^ 0xffffffffu;
}
std::string chunk(const std::string& type, const std::string& body) {
  return big32(static_cast<unsigned>(body.size())) + type + body + big32(crc(type + body));
}
const std::string signature("\x89PNG\r\n\x1a\n", 8);
const std::string header = chunk("IHDR", big32(3) + big32(2) + std::string("\x08\x02\0\0\0", 5));

}  // namespace

TEST(exif_of_a_picture, tells_place_time_and_turn) {
  const auto f = facts_of_exif(exif());
  ASSERT_TRUE(f.latitude && f.longitude);
  EXPECT_NEAR(*f.latitude, 37 + 34 / 60.0 + 12.34 / 3600, 1e-9);
  EXPECT_NEAR(*f.longitude, 126 + 58 / 60.0 + 37.2 / 3600, 1e-9);
  EXPECT_EQ(f.made, "2026-11-28T10:02:11");
  EXPECT_EQ(f.orientation, 6);
}

TEST(exif_of_a_picture, that_is_cut_off_or_lies_tells_what_is_left) {
  const std::string whole = exif();
  for (std::size_t n = 0; n < whole.size(); ++n) facts_of_exif(whole.substr(0, n));
  EXPECT_FALSE(facts_of_exif(whole.substr(0, 150)).latitude);
  EXPECT_EQ(facts_of_exif(whole.substr(0, 150)).made, "2026-11-28T10:02:11");
  std::string south = whole;
  south[south.find('N')] = 'S';
  EXPECT_LT(*facts_of_exif(south).latitude, 0);
  std::string nowhere = whole;
  nowhere.replace(142, 4, big32(9999));
  EXPECT_FALSE(facts_of_exif(nowhere).latitude);
  std::string by_nothing = whole;
  by_nothing.replace(146, 4, big32(0));
  EXPECT_FALSE(facts_of_exif(by_nothing).latitude);
}

TEST(a_jpeg, keeps_what_is_seen_and_nothing_that_was_written_beside_it) {
  const auto c = cleaned(jpeg());
  ASSERT_TRUE(c);
  EXPECT_EQ(c->type, "image/jpeg");
  EXPECT_EQ(c->width, 640);
  EXPECT_EQ(c->height, 480);
  EXPECT_EQ(c->facts.made, "2026-11-28T10:02:11");
  EXPECT_EQ(c->octets.find("secret"), std::string::npos);
  EXPECT_EQ(c->octets.find("2026:11:28"), std::string::npos);
  EXPECT_EQ(c->octets.find("Photoshop"), std::string::npos);
  EXPECT_EQ(c->octets.find("adobe.com"), std::string::npos);
  EXPECT_NE(c->octets.find("ICC_PROFILE"), std::string::npos);
  EXPECT_NE(c->octets.find(frame + scan), std::string::npos);
  EXPECT_TRUE(c->octets.ends_with(end));
}

TEST(a_jpeg, is_turned_as_before_and_says_nothing_else) {
  const auto c = cleaned(jpeg());
  ASSERT_TRUE(c);
  const auto at = c->octets.find(std::string("Exif\0\0", 6));
  ASSERT_NE(at, std::string::npos);
  const auto f = facts_of_exif(std::string_view(c->octets).substr(at + 6));
  EXPECT_EQ(f.orientation, 6);
  EXPECT_FALSE(f.latitude);
  EXPECT_TRUE(f.made.empty());
  // Cleaning what is clean changes nothing.
  const auto again = cleaned(c->octets);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->octets, c->octets);
}

TEST(a_jpeg, that_is_broken_is_refused) {
  const std::string whole = jpeg();
  const auto stop = whole.rfind(end);
  for (std::size_t n = 3; n < stop; n += 7) EXPECT_FALSE(cleaned(whole.substr(0, n))) << n;
  EXPECT_EQ(cleaned("GIF89a").why().code, "picture.type");
  EXPECT_EQ(cleaned("").why().code, "picture.type");
  EXPECT_EQ(cleaned(start + segment(0xfe, "x") + end).why().code, "picture.broken");
  EXPECT_EQ(cleaned(start + "\xff" + end).why().field, "photo");
}

TEST(a_picture, may_be_neither_too_heavy_nor_too_wide) {
  EXPECT_EQ(cleaned(start + "\xff" + std::string(picture_octets, 'x')).why().code, "picture.large");
  const std::string wide = segment(
      0xc0, std::string("\x08", 1) + big16(1) + big16(12001) + std::string("\x01\x01\x11\0", 4));
  EXPECT_EQ(cleaned(start + wide + scan + end).why().code, "picture.pixels");
}

TEST(a_png, loses_its_texts_and_what_stands_behind_it) {
  const std::string data = chunk("IDAT", "x"), last = chunk("IEND", "");
  const std::string dirty = signature + header + chunk("tEXt", std::string("Author\0secret", 13)) +
                            chunk("eXIf", exif()) + chunk("tIME", std::string(7, '\1')) +
                            chunk("gAMA", big32(45455)) + data + last + "secret";
  const auto c = cleaned(dirty);
  ASSERT_TRUE(c);
  EXPECT_EQ(c->type, "image/png");
  EXPECT_EQ(c->width, 3);
  EXPECT_EQ(c->height, 2);
  EXPECT_EQ(c->octets, signature + header + chunk("gAMA", big32(45455)) + data + last);
  EXPECT_EQ(c->facts.made, "2026-11-28T10:02:11");
}

TEST(a_png, with_a_wrong_sum_an_unknown_critical_chunk_or_no_data_is_refused) {
  const std::string data = chunk("IDAT", "x"), last = chunk("IEND", "");
  std::string wrong = data;
  wrong.back() ^= 1;
  EXPECT_FALSE(cleaned(signature + header + wrong + last));
  EXPECT_FALSE(cleaned(signature + header + chunk("ABCD", "x") + data + last));
  EXPECT_FALSE(cleaned(signature + header + last));
  EXPECT_FALSE(cleaned(signature + data + header + last));
  EXPECT_FALSE(cleaned(signature + header + data));
  EXPECT_TRUE(cleaned(signature + header + data + last));
}
