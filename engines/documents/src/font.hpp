#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// TrueType fonts (ISO/IEC 14496-22) as the press needs them: glyph records that can be copied into
// a subset, widths, and outlines as paths. Hints are dropped once at loading: paper is printed at
// 600 dots an inch, and an embedded subset is a third smaller without them. Korean needs no
// shaping: a syllable in NFC is one code point and one glyph.
namespace madang::documents {

class font {
 public:
  // Throws std::runtime_error naming the file when it is no TrueType font with a Unicode map.
  static font load(const std::string& path);

  // 0 when the font has no glyph for it, or it lies beyond the basic plane.
  std::uint16_t glyph(char32_t c) const { return c < map_.size() ? map_[c] : 0; }
  // In thousandths of the size, as PDF's /W has them.
  int advance(std::uint16_t g) const { return advance_[g]; }
  int ascent() const { return ascent_; }
  int descent() const { return descent_; }
  const int* box() const { return box_; }
  const std::string& postscript_name() const { return name_; }

  // The glyf record without hints, padded to 4 octets; empty for a blank.
  std::string_view record(std::uint16_t g) const { return records_[g]; }
  const std::vector<std::uint16_t>& components(std::uint16_t g) const { return components_[g]; }

  struct point {
    double x = 0, y = 0;
    bool on = false;
  };
  using contour = std::vector<point>;
  // Quadratic outlines in font units, components put together.
  std::vector<contour> outline(std::uint16_t g, int depth = 0) const;

  // The tables of a subset that are the same for every subset, to be patched.
  const std::string& head() const { return head_; }
  const std::string& hhea() const { return hhea_; }
  const std::string& maxp() const { return maxp_; }
  int raw_advance(std::uint16_t g) const { return raw_advance_[g]; }
  int bearing(std::uint16_t g) const { return bearing_[g]; }

 private:
  std::vector<std::uint16_t> map_;
  std::vector<int> advance_, raw_advance_, bearing_;
  std::vector<std::string> records_;
  std::vector<std::vector<std::uint16_t>> components_;
  std::string head_, hhea_, maxp_, name_;
  int ascent_ = 0, descent_ = 0, box_[4] = {};

  friend class font_reader;
};

// The glyphs one document uses, renumbered from 1 in the order of first use.
class subset {
 public:
  explicit subset(const font& f);

  // The number of this character in the subset.
  std::uint16_t add(char32_t c);
  std::string true_type() const;

  std::size_t size() const { return glyphs_.size(); }
  std::uint16_t glyph(std::size_t i) const { return glyphs_[i]; }
  char16_t unicode(std::size_t i) const { return unicode_[i]; }

 private:
  const font& font_;
  std::vector<std::uint16_t> glyphs_;
  std::vector<char16_t> unicode_;
  std::vector<std::uint16_t> number_;   // glyph of the font -> number here; 0: not yet

  std::uint16_t add_glyph(std::uint16_t g, char16_t u);
};

}  // namespace madang::documents
