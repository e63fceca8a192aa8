#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

// Pictures as people take them, without what their camera wrote beside the picture: where they
// live, which device is theirs, what was cut away.
namespace madang::pictures {

struct picture_facts {
  std::optional<double> latitude, longitude;  // degrees (Exif 2.32, section 4.6.6)
  std::string made;     // local time in ISO 8601, 2026-11-28T10:02:11; or empty
  int orientation = 1;  // 1 to 8 (section 4.6.4, tag 0x0112)
};

struct clean_picture {
  std::string type;  // image/jpeg, image/png
  std::string octets;
  int width = 0, height = 0;  // as stored, before it is turned
  picture_facts facts;        // read before they were taken away
};

inline constexpr std::size_t picture_octets = 10u << 20;
inline constexpr int picture_side = 12'000;  // pixels

// JPEG (ITU-T T.81) keeps its frames, tables, scans, the JFIF and Adobe headers without which
// colours change, its ICC profile, and how it is to be turned; PNG (W3C, third edition) its
// critical chunks and those of colour. All else goes: Exif, XMP, IPTC, comments, text, what stands
// behind the end. Judged by its octets, whatever its name or sender says. Refusals at "photo":
// picture.type, picture.large {limit}, picture.broken, picture.pixels {limit}.
result<clean_picture> cleaned(std::string_view octets);

// The facts of an Exif block ("II" or "MM" begins it). What cannot be read is left out.
picture_facts facts_of_exif(std::string_view tiff);

}  // namespace madang::pictures
