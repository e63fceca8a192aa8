#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/time.hpp"

// Paper whose pages are pictures, with the words that may be found in them: what a scanner makes.
namespace madang::documents {

// Samples of 8 bits, row by row from the top, one (grey) or three (sRGB) a point; zlib (RFC 1950).
struct picture {
  int columns = 0, rows = 0;
  bool grey = false;
  std::string packed;
};
// `samples`: three octets a point. Kept in grey where no point has a colour.
picture pack_picture(int columns, int rows, std::string_view samples);

// Positions are in points (1/72 inch) from the top left corner.
struct scanned_word {
  double x = 0, y = 0, width = 0, height = 0;
  std::string text;
  bool white = false;  // painted in white; else it is found and not seen
};
struct scanned_page {
  double width = 0, height = 0;
  picture seen;
  std::vector<scanned_word> words;
};
struct scan {
  std::string title, language = "ko", author;
  std::string number;  // as issue::number
  instant at;
  std::vector<scanned_page> pages;
};

}  // namespace madang::documents
