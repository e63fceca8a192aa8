#include "madang/pictures/picture.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "madang/base/text.hpp"

namespace madang::pictures {
namespace {

std::uint32_t number(std::string_view s, std::size_t at, int octets, bool big) {
  std::uint32_t out = 0;
  for (int i = 0; i < octets; ++i) {
    const auto place = at + static_cast<std::size_t>(big ? i : octets - 1 - i);
    out = out << 8 | static_cast<unsigned char>(s[place]);
  }
  return out;
}

refusal broken() { return refuse(kind::invalid, "picture.broken", "photo"); }

// ---- Exif (CIPA DC-008): a TIFF 6.0 file of directories of twelve octets an entry ----

struct entry {
  std::uint32_t tag = 0, type = 0, count = 0;
  std::string_view value;  // as many octets as type and count say
};

class tiff {
 public:
  explicit tiff(std::string_view s) : s_(s) {
    if (s.size() < 8) return;
    big_ = s.starts_with("MM");
    good_ = (big_ || s.starts_with("II")) && number(s, 2, 2, big_) == 42;
  }
  bool good() const { return good_; }
  bool big() const { return big_; }
  std::uint32_t first() const { return number(s_, 4, 4, big_); }

  // Calls f for each entry of the directory at `at`.
  template <class F>
  void each(std::uint32_t at, F&& f) const {
    constexpr std::uint32_t most_entries = 500;
    if (!good_ || at > s_.size() || s_.size() - at < 2) return;
    const std::uint32_t n = std::min(number(s_, at, 2, big_), most_entries);
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::size_t here = std::size_t{at} + 2 + std::size_t{i} * 12;
      if (here + 12 > s_.size()) return;
      entry e{number(s_, here, 2, big_),
              number(s_, here + 2, 2, big_),
              number(s_, here + 4, 4, big_),
              {}};
      static constexpr std::array<std::uint32_t, 13> size{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
      if (e.type >= size.size() || size[e.type] == 0 || e.count > 1000) continue;
      const std::size_t octets = std::size_t{size[e.type]} * e.count;
      const std::size_t where = octets <= 4 ? here + 8 : number(s_, here + 8, 4, big_);
      if (where > s_.size() || octets > s_.size() - where) continue;
      e.value = s_.substr(where, octets);
      f(e);
    }
  }
  std::uint32_t integer(const entry& e) const {
    if (e.count < 1 || (e.type != 3 && e.type != 4)) return 0;
    return number(e.value, 0, e.type == 3 ? 2 : 4, big_);
  }
  // Degrees, minutes, seconds as three fractions.
  std::optional<double> angle(const entry& e) const {
    if (e.type != 5 || e.count != 3) return {};
    double out = 0, unit = 1;
    for (std::size_t i = 0; i < 3; ++i, unit *= 60) {
      const double over = number(e.value, i * 8, 4, big_),
                   under = number(e.value, i * 8 + 4, 4, big_);
      if (under == 0) return {};
      out += over / under / unit;
    }
    return out;
  }

 private:
  std::string_view s_;
  bool big_ = false, good_ = false;
};

// "2026:11:28 10:02:11" -> "2026-11-28T10:02:11"; empty when it is no time.
std::string iso_time(std::string_view s) {
  if (s.size() < 19) return {};
  for (std::size_t i = 0; i < 19; ++i) {
    const bool digit = s[i] >= '0' && s[i] <= '9';
    const char mark = i == 4 || i == 7 || i == 13 || i == 16 ? ':' : i == 10 ? ' ' : '\0';
    if (mark ? s[i] != mark : !digit) return {};
  }
  std::string out(s.substr(0, 19));
  out[4] = out[7] = '-';
  out[10] = 'T';
  return out.starts_with("0000") ? std::string() : out;
}

// An Exif block that says nothing but how the picture is to be turned.
std::string turned_block(int orientation) {
  std::string out(
      "\xff\xe1\x00\x22"
      "Exif\x00\x00"
      "MM\x00\x2a\x00\x00\x00\x08"
      "\x00\x01"
      "\x01\x12\x00\x03\x00\x00\x00\x01\x00",
      29);
  out += static_cast<char>(orientation);
  out += std::string(6, '\0');  // the rest of the value, no next directory
  return out;
}

// ---- JPEG (ITU-T T.81 annex B) ----

constexpr unsigned char soi = 0xd8, eoi = 0xd9, sos = 0xda, app0 = 0xe0, app1 = 0xe1, app2 = 0xe2,
                        app14 = 0xee, app15 = 0xef, comment = 0xfe;

bool is_frame(unsigned char m) {
  return m >= 0xc0 && m <= 0xcf && m != 0xc4 && m != 0xc8 && m != 0xcc;
}

bool is_kept(unsigned char m, std::string_view body) {
  if (m == app0) return body.starts_with(std::string_view("JFIF\0", 5));
  if (m == app2) return body.starts_with(std::string_view("ICC_PROFILE\0", 12));
  if (m == app14) return body.starts_with("Adobe");
  return !(m >= app0 && m <= app15) && m != comment;
}

// Where the entropy-coded data that begins at `at` ends: at a marker that is no stuffed zero and no
// restart.
std::size_t end_of_scan(std::string_view s, std::size_t at) {
  for (; at + 1 < s.size(); ++at) {
    if (static_cast<unsigned char>(s[at]) != 0xff) continue;
    const auto next = static_cast<unsigned char>(s[at + 1]);
    if (next == 0xff || next == 0 || (next >= 0xd0 && next <= 0xd7)) continue;
    return at;
  }
  return s.size();
}

result<clean_picture> cleaned_jpeg(std::string_view s) {
  clean_picture out;
  out.type = "image/jpeg";
  std::string rest;
  std::size_t at = 2;
  bool scanned = false, ended = false;
  while (!ended) {
    if (at + 2 > s.size() || static_cast<unsigned char>(s[at]) != 0xff) return broken();
    const auto marker = static_cast<unsigned char>(s[at + 1]);
    if (marker == 0xff) {
      ++at;
      continue;
    }
    if (marker == eoi) {
      ended = true;
      break;
    }
    if (marker == soi || marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd7))
      return broken();
    if (at + 4 > s.size()) return broken();
    const std::size_t length = number(s, at + 2, 2, true);
    if (length < 2 || at + 2 + length > s.size()) return broken();
    const std::string_view body = s.substr(at + 4, length - 2);
    if (marker == app1 && body.starts_with(std::string_view("Exif\0\0", 6)))
      out.facts = facts_of_exif(body.substr(6));
    if (is_frame(marker)) {
      if (body.size() < 6 || out.width) return broken();
      out.height = static_cast<int>(number(body, 1, 2, true));
      out.width = static_cast<int>(number(body, 3, 2, true));
    }
    if (is_kept(marker, body)) {
      // The small picture within a JFIF header is another picture, which nobody has looked at.
      if (marker == app0 && body.size() >= 14) {
        rest.append("\xff\xe0\x00\x10", 4).append(body.substr(0, 12)).append(2, '\0');
      } else {
        rest.append(s.substr(at, 2 + length));
      }
    }
    at += 2 + length;
    if (marker == sos) {
      if (!out.width) return broken();
      const std::size_t end = end_of_scan(s, at);
      rest.append(s.substr(at, end - at));
      at = end;
      scanned = true;
    }
  }
  if (!scanned || !out.width || !out.height) return broken();
  out.octets = "\xff\xd8";
  if (out.facts.orientation != 1) out.octets += turned_block(out.facts.orientation);
  out.octets += rest;
  out.octets += "\xff\xd9";
  return out;
}

// ---- PNG (third edition, sections 5 and 11) ----

constexpr std::string_view png_signature("\x89PNG\r\n\x1a\n", 8);

result<clean_picture> cleaned_png(std::string_view s) {
  static constexpr std::string_view kept[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA",
                                              "cHRM", "sRGB", "iCCP", "sBIT", "bKGD"};
  clean_picture out;
  out.type = "image/png";
  out.octets = png_signature;
  std::size_t at = png_signature.size();
  bool data = false;
  for (;;) {
    if (at + 12 > s.size()) return broken();
    const std::size_t length = number(s, at, 4, true);
    if (length > s.size() - at - 12) return broken();
    const std::string_view type = s.substr(at + 4, 4), body = s.substr(at + 8, length);
    if (number(s, at + 8 + length, 4, true) != libdeflate_crc32(0, s.data() + at + 4, length + 4))
      return broken();
    if ((type == "IHDR") != (at == png_signature.size())) return broken();
    if (type == "IHDR") {
      if (length != 13) return broken();
      const auto width = number(body, 0, 4, true), height = number(body, 4, 4, true);
      if (width == 0 || height == 0 || width > 0x7fffffff || height > 0x7fffffff) return broken();
      out.width = static_cast<int>(width);
      out.height = static_cast<int>(height);
    }
    if (type == "eXIf") {
      out.facts = facts_of_exif(body);
      out.facts.orientation = 1;  // readers of PNG do not turn it
    }
    data = data || type == "IDAT";
    if (std::ranges::find(kept, type) != std::end(kept))
      out.octets.append(s.substr(at, length + 12));
    else if (type[0] >= 'A' && type[0] <= 'Z')
      return broken();  // a critical chunk that nobody knows
    at += length + 12;
    if (type == "IEND") break;
  }
  if (!data) return broken();
  return out;
}

}  // namespace

picture_facts facts_of_exif(std::string_view octets) {
  picture_facts out;
  const tiff t(octets);
  if (!t.good()) return out;
  std::uint32_t exif = 0, gps = 0;
  t.each(t.first(), [&](const entry& e) {
    if (e.tag == 0x8769) exif = t.integer(e);
    if (e.tag == 0x8825) gps = t.integer(e);
    if (e.tag == 0x0112)
      if (const auto turn = t.integer(e); turn >= 1 && turn <= 8)
        out.orientation = static_cast<int>(turn);
  });
  if (exif)
    t.each(exif, [&](const entry& e) {
      if (e.tag == 0x9003 && e.type == 2) out.made = iso_time(e.value);
    });
  if (!gps) return out;
  std::optional<double> latitude, longitude;
  bool south = false, west = false;
  t.each(gps, [&](const entry& e) {
    if (e.tag == 1 && e.type == 2) south = e.value.starts_with("S");
    if (e.tag == 3 && e.type == 2) west = e.value.starts_with("W");
    if (e.tag == 2) latitude = t.angle(e);
    if (e.tag == 4) longitude = t.angle(e);
  });
  if (!latitude || !longitude || *latitude > 90 || *longitude > 180) return out;
  out.latitude = south ? -*latitude : *latitude;
  out.longitude = west ? -*longitude : *longitude;
  return out;
}

result<clean_picture> cleaned(std::string_view octets) {
  if (octets.size() > picture_octets)
    return refuse(kind::too_large, "picture.large", "photo",
                  {{"limit", std::to_string(picture_octets >> 20)}});
  result<clean_picture> out =
      octets.starts_with("\xff\xd8\xff") ? cleaned_jpeg(octets)
      : octets.starts_with(png_signature)
          ? cleaned_png(octets)
          : result<clean_picture>(refuse(kind::unsupported, "picture.type", "photo"));
  if (out && (out->width > picture_side || out->height > picture_side))
    return refuse(kind::invalid, "picture.pixels", "photo",
                  {{"limit", std::to_string(picture_side)}});
  return out;
}

}  // namespace madang::pictures
