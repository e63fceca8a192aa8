#include "font.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace madang::documents {
namespace {

// Flags of a composite glyph's components.
constexpr int words_follow = 0x1, xy_values = 0x2, scale = 0x8, more = 0x20, xy_scale = 0x40,
              two_by_two = 0x80, instructions = 0x100;

int component_size(int flags) {
  int n = 4 + ((flags & words_follow) ? 4 : 2);
  if (flags & scale) return n + 2;
  if (flags & xy_scale) return n + 4;
  if (flags & two_by_two) return n + 8;
  return n;
}

void put16(std::string& out, unsigned v) {
  out += static_cast<char>(v >> 8);
  out += static_cast<char>(v);
}
void put32(std::string& out, std::uint32_t v) {
  put16(out, v >> 16);
  put16(out, v & 0xffff);
}
unsigned get16(std::string_view s, std::size_t at) {
  if (at + 2 > s.size()) throw std::runtime_error("font ends too early");
  return static_cast<unsigned char>(s[at]) * 256u + static_cast<unsigned char>(s[at + 1]);
}
int signed16(std::string_view s, std::size_t at) {
  return static_cast<std::int16_t>(get16(s, at));
}
std::uint32_t get32(std::string_view s, std::size_t at) {
  return get16(s, at) * 65536u + get16(s, at + 2);
}
std::string_view part(std::string_view s, std::size_t at, std::size_t count) {
  if (at > s.size() || count > s.size() - at) throw std::runtime_error("font ends too early");
  return s.substr(at, count);
}

}  // namespace

class font_reader {
 public:
  font_reader(std::string_view file, font& out) : out_(out) {
    if (get32(file, 0) != 0x00010000) throw std::runtime_error("not TrueType outlines");
    const unsigned count = get16(file, 4);
    for (unsigned i = 0; i < count; ++i) {
      const std::size_t at = 12 + 16 * i;
      tables_[std::string(part(file, at, 4))] =
          part(file, get32(file, at + 8), get32(file, at + 12));
    }
  }

  void read() {
    read_sizes();
    read_glyphs();
    read_map();
    read_name();
    prepare_tables();
  }

 private:
  font& out_;
  std::map<std::string, std::string_view> tables_;
  std::size_t count_ = 0;
  int units_ = 1000;
  bool long_offsets_ = false;

  std::string_view table(const char* name) const {
    auto found = tables_.find(name);
    if (found == tables_.end()) throw std::runtime_error(std::string("no table ") + name);
    return found->second;
  }
  int thousandths(int units) const { return units * 1000 / units_; }

  void read_sizes() {
    auto head = table("head"), hhea = table("hhea");
    count_ = get16(table("maxp"), 4);
    units_ = static_cast<int>(get16(head, 18));
    if (units_ < 16 || count_ == 0) throw std::runtime_error("impossible sizes");
    long_offsets_ = get16(head, 50) != 0;
    for (int i = 0; i < 4; ++i) out_.box_[i] = thousandths(signed16(head, 36 + 2 * i));
    out_.ascent_ = thousandths(signed16(hhea, 4));
    out_.descent_ = thousandths(signed16(hhea, 6));
    const std::size_t metrics = get16(hhea, 34);
    if (metrics == 0) throw std::runtime_error("no widths");
    auto hmtx = table("hmtx");
    for (std::size_t g = 0; g < count_; ++g) {
      const std::size_t row = std::min(g, metrics - 1);
      out_.raw_advance_.push_back(static_cast<int>(get16(hmtx, 4 * row)));
      out_.advance_.push_back(thousandths(out_.raw_advance_.back()));
      out_.bearing_.push_back(g < metrics ? signed16(hmtx, 4 * g + 2)
                                          : signed16(hmtx, 4 * metrics + 2 * (g - metrics)));
    }
  }

  void read_glyphs() {
    auto loca = table("loca"), glyf = table("glyf");
    auto offset = [&](std::size_t g) -> std::size_t {
      return long_offsets_ ? get32(loca, 4 * g) : 2 * get16(loca, 2 * g);
    };
    out_.records_.resize(count_);
    out_.components_.resize(count_);
    for (std::size_t g = 0; g < count_; ++g) {
      const std::size_t from = offset(g), to = offset(g + 1);
      if (to <= from) continue;
      auto record = part(glyf, from, to - from);
      std::string& kept = out_.records_[g];
      if (signed16(record, 0) >= 0) {
        strip_simple(record, kept);
      } else {
        strip_composite(record, kept, out_.components_[g]);
      }
      while (kept.size() % 4) kept += '\0';
    }
  }

  static void strip_simple(std::string_view record, std::string& kept) {
    const std::size_t header = 10 + 2 * static_cast<std::size_t>(signed16(record, 0));
    const std::size_t hints = get16(record, header);
    kept = part(record, 0, header);
    put16(kept, 0);
    kept += part(record, header + 2 + hints, record.size() - header - 2 - hints);
  }

  void strip_composite(std::string_view record, std::string& kept,
                       std::vector<std::uint16_t>& components) const {
    kept = part(record, 0, 10);
    for (std::size_t at = 10;;) {
      const int flags = static_cast<int>(get16(record, at));
      const unsigned g = get16(record, at + 2);
      if (g >= count_) throw std::runtime_error("a component that is not there");
      const int size = component_size(flags);
      put16(kept, static_cast<unsigned>(flags & ~instructions));
      kept += part(record, at + 2, static_cast<std::size_t>(size) - 2);
      components.push_back(static_cast<std::uint16_t>(g));
      at += static_cast<std::size_t>(size);
      if (!(flags & more)) return;
    }
  }

  // Format 4 of platform 3, encoding 1: the basic multilingual plane.
  void read_map() {
    auto cmap = table("cmap");
    out_.map_.assign(0x10000, 0);
    const unsigned tables = get16(cmap, 2);
    for (unsigned i = 0; i < tables; ++i) {
      const std::size_t at = get32(cmap, 8 + 8 * i);
      if (get16(cmap, 4 + 8 * i) != 3 || get16(cmap, 6 + 8 * i) != 1 || get16(cmap, at) != 4)
        continue;
      read_segments(cmap.substr(at));
      return;
    }
    throw std::runtime_error("no Unicode map");
  }

  void read_segments(std::string_view s) {
    const std::size_t twice = get16(s, 6), ends = 14, starts = ends + twice + 2,
                      deltas = starts + twice, ranges = deltas + twice;
    for (std::size_t k = 0; k < twice; k += 2) {
      const unsigned first = get16(s, starts + k), last = get16(s, ends + k);
      const unsigned range = get16(s, ranges + k), delta = get16(s, deltas + k);
      for (unsigned c = first; c <= last && c != 0xffff; ++c) {
        unsigned g = c;
        if (range != 0) g = get16(s, ranges + k + range + 2 * (c - first));
        if (range == 0 || g != 0) g = (g + delta) & 0xffff;
        if (g < count_) out_.map_[c] = static_cast<std::uint16_t>(g);
      }
    }
  }

  // Name 6 in UTF-16BE; ASCII by the standard.
  void read_name() {
    auto name = table("name");
    const unsigned count = get16(name, 2), strings = get16(name, 4);
    for (unsigned i = 0; i < count; ++i) {
      const std::size_t at = 6 + 12 * i;
      if (get16(name, at) != 3 || get16(name, at + 6) != 6) continue;
      auto text = part(name, strings + get16(name, at + 10), get16(name, at + 8));
      for (std::size_t k = 1; k < text.size(); k += 2)
        if (std::isalnum(static_cast<unsigned char>(text[k])) || text[k] == '-')
          out_.name_ += text[k];
      break;
    }
    if (out_.name_.empty()) out_.name_ = "Font";
  }

  void prepare_tables() {
    out_.head_ = part(table("head"), 0, 54);
    out_.hhea_ = part(table("hhea"), 0, 36);
    out_.maxp_ = part(table("maxp"), 0, 32);
    std::fill(out_.head_.begin() + 8, out_.head_.begin() + 12, '\0');   // checkSumAdjustment
    out_.head_[50] = 0;
    out_.head_[51] = 1;                                                 // long offsets
    // Nothing of the hinting machine is needed (maxZones must still be 1 or 2).
    std::fill(out_.maxp_.begin() + 14, out_.maxp_.begin() + 28, '\0');
    out_.maxp_[15] = 1;
  }
};

font font::load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read font " + path);
  const std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  font out;
  try {
    font_reader(file, out).read();
  } catch (const std::runtime_error& e) {
    throw std::runtime_error("font " + path + ": " + e.what());
  }
  return out;
}

namespace {

std::vector<font::contour> simple_outline(std::string_view r) {
  const std::size_t contours = static_cast<std::size_t>(signed16(r, 0));
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < contours; ++i) ends.push_back(get16(r, 10 + 2 * i));
  if (ends.empty()) return {};
  const std::size_t points = ends.back() + 1;
  std::size_t at = 10 + 2 * contours + 2;   // no hints are left
  std::vector<int> flags;
  while (flags.size() < points) {
    const int f = static_cast<unsigned char>(part(r, at++, 1)[0]);
    int times = 1;
    if (f & 8) times += static_cast<unsigned char>(part(r, at++, 1)[0]);
    flags.insert(flags.end(), static_cast<std::size_t>(times), f);
  }
  auto axis = [&](int short_bit, int same_bit) {
    std::vector<int> out;
    int v = 0;
    for (std::size_t i = 0; i < points; ++i) {
      if (flags[i] & short_bit) {
        const int d = static_cast<unsigned char>(part(r, at++, 1)[0]);
        v += (flags[i] & same_bit) ? d : -d;
      } else if (!(flags[i] & same_bit)) {
        v += signed16(r, at);
        at += 2;
      }
      out.push_back(v);
    }
    return out;
  };
  const auto xs = axis(2, 16), ys = axis(4, 32);
  std::vector<font::contour> out(1);
  for (std::size_t i = 0, c = 0; i < points; ++i) {
    out.back().push_back({static_cast<double>(xs[i]), static_cast<double>(ys[i]),
                          (flags[i] & 1) != 0});
    if (i == ends[c] && ++c < ends.size()) out.emplace_back();
  }
  return out;
}

}  // namespace

std::vector<font::contour> font::outline(std::uint16_t g, int depth) const {
  const std::string& r = records_[g];
  if (r.empty() || depth > 4) return {};
  if (components_[g].empty()) return simple_outline(r);
  std::vector<contour> out;
  std::size_t at = 10;
  for (std::uint16_t component : components_[g]) {
    const int flags = static_cast<int>(get16(r, at));
    double dx = 0, dy = 0;
    if (flags & xy_values) {
      dx = (flags & words_follow) ? signed16(r, at + 4) : static_cast<signed char>(r[at + 4]);
      dy = (flags & words_follow) ? signed16(r, at + 6) : static_cast<signed char>(r[at + 5]);
    }
    for (contour c : outline(component, depth + 1)) {
      for (point& p : c) p.x += dx, p.y += dy;
      out.push_back(std::move(c));
    }
    at += static_cast<std::size_t>(component_size(flags));
  }
  return out;
}

subset::subset(const font& f) : font_(f), number_(0x10000, 0) {
  glyphs_.push_back(0);
  unicode_.push_back(0);
}

std::uint16_t subset::add_glyph(std::uint16_t g, char16_t u) {
  if (number_[g] == 0) {
    number_[g] = static_cast<std::uint16_t>(glyphs_.size());
    glyphs_.push_back(g);
    unicode_.push_back(u);
    for (std::uint16_t c : font_.components(g)) add_glyph(c, 0);
  } else if (unicode_[number_[g]] == 0) {
    unicode_[number_[g]] = u;
  }
  return number_[g];
}

std::uint16_t subset::add(char32_t c) {
  std::uint16_t g = font_.glyph(c);
  // A character the font lacks is shown as the geta mark, as printers do, and never silently left
  // out: somebody's name may be concerned.
  if (g == 0) c = 0x3013, g = font_.glyph(c);
  return g == 0 ? 0 : add_glyph(g, static_cast<char16_t>(c));
}

std::string subset::true_type() const {
  std::string glyf, loca, hmtx;
  for (std::uint16_t g : glyphs_) {
    put32(loca, static_cast<std::uint32_t>(glyf.size()));
    const std::size_t start = glyf.size();
    glyf += font_.record(g);
    std::size_t at = start + 10;
    for (std::uint16_t c : font_.components(g)) {
      const int flags = static_cast<int>(get16(glyf, at));
      glyf[at + 2] = static_cast<char>(number_[c] >> 8);
      glyf[at + 3] = static_cast<char>(number_[c]);
      at += static_cast<std::size_t>(component_size(flags));
    }
    put16(hmtx, static_cast<unsigned>(font_.raw_advance(g)));
    put16(hmtx, static_cast<unsigned>(font_.bearing(g)) & 0xffff);
  }
  put32(loca, static_cast<std::uint32_t>(glyf.size()));
  std::string head = font_.head(), hhea = font_.hhea(), maxp = font_.maxp();
  const char high = static_cast<char>(glyphs_.size() >> 8), low = static_cast<char>(glyphs_.size());
  hhea[34] = high, hhea[35] = low;
  maxp[4] = high, maxp[5] = low;
  head += std::string(2, '\0');
  const std::pair<const char*, const std::string*> tables[] = {
      {"glyf", &glyf}, {"head", &head}, {"hhea", &hhea},
      {"hmtx", &hmtx}, {"loca", &loca}, {"maxp", &maxp}};
  std::string directory, body;
  directory.reserve(12 + 96);
  put32(directory, 0x00010000);
  for (unsigned v : {6u, 64u, 2u, 32u}) put16(directory, v);
  for (const auto& [name, table] : tables) {
    std::uint32_t sum = 0;
    for (std::size_t k = 0; k + 3 < table->size(); k += 4) sum += get32(*table, k);
    directory += name;
    put32(directory, sum);
    put32(directory, static_cast<std::uint32_t>(12 + 96 + body.size()));
    put32(directory, static_cast<std::uint32_t>(table == &head ? 54 : table->size()));
    body += *table;
  }
  return directory + body;
}

}  // namespace madang::documents
