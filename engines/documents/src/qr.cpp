#include "qr.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace madang::documents {
namespace {

constexpr int most_version = 20, most_side = 17 + 4 * most_version;
constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

// ISO/IEC 18004 table 9, level M: check codewords of a block, and number of blocks.
constexpr int check_words[] = {0,  10, 16, 26, 18, 24, 16, 18, 22, 22, 26,
                               30, 22, 22, 24, 24, 28, 28, 26, 26, 26};
constexpr int block_count[] = {0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16};

using octets = std::vector<std::uint8_t>;

int side_of(int version) { return 17 + 4 * version; }

// Codewords a symbol holds: its modules less those of patterns, format and version (section 7.1).
int codewords(int version) {
  int modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const int aligned = version / 7 + 2;
    modules -= (25 * aligned - 10) * aligned - 55;
    if (version >= 7) modules -= 36;
  }
  return modules / 8;
}
int data_words(int version) {
  return codewords(version) - check_words[version] * block_count[version];
}
int count_bits(int version) { return version < 10 ? 9 : 11; }

class bits {
 public:
  void put(unsigned value, int count) {
    for (int i = count - 1; i >= 0; --i) {
      if (size_ % 8 == 0) out_.push_back(0);
      out_.back() = static_cast<std::uint8_t>(out_.back() | (value >> i & 1) << (7 - size_ % 8));
      ++size_;
    }
  }
  int size() const { return size_; }
  octets& bytes() { return out_; }

 private:
  octets out_;
  int size_ = 0;
};

// Section 7.4.4; nothing for a letter that mode does not have.
std::optional<octets> encode(std::string_view text, int& version) {
  const int n = static_cast<int>(text.size());
  const int payload = n / 2 * 11 + n % 2 * 6;
  version = 1;
  while (version <= most_version && 4 + count_bits(version) + payload > 8 * data_words(version))
    ++version;
  if (version > most_version) return {};
  bits b;
  b.put(2, 4);
  b.put(static_cast<unsigned>(n), count_bits(version));
  for (int i = 0; i < n; i += 2) {
    const auto first = alphabet.find(text[static_cast<std::size_t>(i)]);
    if (first == std::string_view::npos) return {};
    if (i + 1 == n) {
      b.put(static_cast<unsigned>(first), 6);
      break;
    }
    const auto second = alphabet.find(text[static_cast<std::size_t>(i) + 1]);
    if (second == std::string_view::npos) return {};
    b.put(static_cast<unsigned>(first * 45 + second), 11);
  }
  const int room = 8 * data_words(version);
  b.put(0, std::min(4, room - b.size()));
  if (b.size() % 8) b.put(0, 8 - b.size() % 8);
  for (unsigned pad = 0xec; b.size() < room; pad ^= 0xec ^ 0x11) b.put(pad, 8);
  return std::move(b.bytes());
}

// GF(256) of section 7.5.2: x^8 + x^4 + x^3 + x^2 + 1.
struct field {
  std::array<std::uint8_t, 512> power{};
  std::array<std::uint8_t, 256> log{};
  field() {
    unsigned x = 1;
    for (unsigned i = 0; i < 255; ++i) {
      power[i] = power[i + 255] = static_cast<std::uint8_t>(x);
      log[x] = static_cast<std::uint8_t>(i);
      x = x << 1 ^ (x & 0x80 ? 0x11d : 0);
    }
  }
  std::uint8_t times(std::uint8_t a, std::uint8_t b) const {
    return a && b ? power[log[a] + log[b]] : 0;
  }
};
const field gf;

octets generator(int degree) {
  octets g(static_cast<std::size_t>(degree), 0);
  g.back() = 1;
  for (int i = 0; i < degree; ++i) {
    for (std::size_t k = 0; k < g.size(); ++k) {
      g[k] = gf.times(g[k], gf.power[static_cast<std::size_t>(i)]);
      if (k + 1 < g.size()) g[k] ^= g[k + 1];
    }
  }
  return g;   // without its leading 1
}

octets check_of(const std::uint8_t* data, int count, const octets& g) {
  octets r(g.size(), 0);
  for (int i = 0; i < count; ++i) {
    const std::uint8_t factor = data[i] ^ r[0];
    for (std::size_t k = 0; k + 1 < r.size(); ++k) r[k] = r[k + 1] ^ gf.times(g[k], factor);
    r.back() = gf.times(g.back(), factor);
  }
  return r;
}

// Blocks are woven together so that a scratch hurts each a little (section 7.6).
octets weave(const octets& data, int version) {
  const int blocks = block_count[version], checks = check_words[version];
  const int total = data_words(version), shorter = total / blocks, longer = total % blocks;
  const octets g = generator(checks);
  std::vector<const std::uint8_t*> starts;
  std::vector<octets> sums;
  const std::uint8_t* at = data.data();
  for (int b = 0; b < blocks; ++b) {
    const int size = shorter + (b >= blocks - longer ? 1 : 0);
    starts.push_back(at);
    sums.push_back(check_of(at, size, g));
    at += size;
  }
  octets out;
  for (int i = 0; i <= shorter; ++i)
    for (int b = 0; b < blocks; ++b)
      if (i < shorter || b >= blocks - longer)
        out.push_back(starts[static_cast<std::size_t>(b)][i]);
  for (int i = 0; i < checks; ++i)
    for (const octets& s : sums) out.push_back(s[static_cast<std::size_t>(i)]);
  return out;
}

// A row or a column as two machine words: bit x is the module x.
using line = std::array<std::uint64_t, 2>;
using square = std::array<line, most_side>;

bool at(const square& s, int x, int y) {
  return s[static_cast<std::size_t>(y)][static_cast<std::size_t>(x / 64)] >> (x % 64) & 1;
}
void set(square& s, int x, int y, bool dark) {
  std::uint64_t& w = s[static_cast<std::size_t>(y)][static_cast<std::size_t>(x / 64)];
  const std::uint64_t bit = std::uint64_t{1} << (x % 64);
  w = dark ? w | bit : w & ~bit;
}

// What is the same for every symbol of a version: patterns, and which modules they take.
struct frame {
  int side = 0;
  square dark{}, taken{};
  std::array<square, 8> masks{};
};

void mark(frame& f, int x, int y, bool dark) {
  set(f.dark, x, y, dark);
  set(f.taken, x, y, true);
}

void put_finder(frame& f, int cx, int cy) {
  for (int dy = -4; dy <= 4; ++dy)
    for (int dx = -4; dx <= 4; ++dx) {
      const int x = cx + dx, y = cy + dy, far = std::max(std::abs(dx), std::abs(dy));
      if (x >= 0 && y >= 0 && x < f.side && y < f.side) mark(f, x, y, far != 2 && far != 4);
    }
}

void put_alignment(frame& f, int version) {
  if (version < 2) return;
  const int count = version / 7 + 2;
  const int step = (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2;   // annex E
  std::vector<int> places(static_cast<std::size_t>(count), 6);
  for (int i = count - 1, p = f.side - 7; i > 0; --i, p -= step)
    places[static_cast<std::size_t>(i)] = p;
  for (int i = 0; i < count; ++i)
    for (int j = 0; j < count; ++j) {
      if ((i == 0 && j == 0) || (i == 0 && j == count - 1) || (i == count - 1 && j == 0)) continue;
      for (int dy = -2; dy <= 2; ++dy)
        for (int dx = -2; dx <= 2; ++dx)
          mark(f, places[static_cast<std::size_t>(i)] + dx,
               places[static_cast<std::size_t>(j)] + dy, std::max(std::abs(dx), std::abs(dy)) != 1);
    }
}

void put_version(frame& f, int version) {
  if (version < 7) return;
  unsigned rest = static_cast<unsigned>(version);
  for (int i = 0; i < 12; ++i) rest = rest << 1 ^ (rest >> 11) * 0x1f25;   // annex D
  const unsigned word = static_cast<unsigned>(version) << 12 | rest;
  for (int i = 0; i < 18; ++i) {
    const int a = f.side - 11 + i % 3, b = i / 3;
    mark(f, a, b, word >> i & 1);
    mark(f, b, a, word >> i & 1);
  }
}

// Level M is 00; the mask's number and ten check bits (annex C).
template <class Put>
void put_format(int side, int mask, Put&& put) {
  const unsigned data = static_cast<unsigned>(mask);
  unsigned rest = data;
  for (int i = 0; i < 10; ++i) rest = rest << 1 ^ (rest >> 9) * 0x537;
  const unsigned word = (data << 10 | rest) ^ 0x5412;
  const auto bit = [&](int i) { return (word >> i & 1) != 0; };
  for (int i = 0; i <= 5; ++i) put(8, i, bit(i));
  put(8, 7, bit(6));
  put(8, 8, bit(7));
  put(7, 8, bit(8));
  for (int i = 9; i < 15; ++i) put(14 - i, 8, bit(i));
  for (int i = 0; i < 8; ++i) put(side - 1 - i, 8, bit(i));
  for (int i = 8; i < 15; ++i) put(8, side - 15 + i, bit(i));
  put(8, side - 8, true);
}

bool mask_bit(int mask, int x, int y) {   // table 10; x is its j, y its i
  switch (mask) {
    case 0: return (x + y) % 2 == 0;
    case 1: return y % 2 == 0;
    case 2: return x % 3 == 0;
    case 3: return (x + y) % 3 == 0;
    case 4: return (x / 3 + y / 2) % 2 == 0;
    case 5: return x * y % 2 + x * y % 3 == 0;
    case 6: return (x * y % 2 + x * y % 3) % 2 == 0;
    default: return ((x + y) % 2 + x * y % 3) % 2 == 0;
  }
}

frame make_frame(int version) {
  frame f;
  f.side = side_of(version);
  for (int i = 0; i < f.side; ++i) {
    mark(f, 6, i, i % 2 == 0);
    mark(f, i, 6, i % 2 == 0);
  }
  put_finder(f, 3, 3);
  put_finder(f, f.side - 4, 3);
  put_finder(f, 3, f.side - 4);
  put_alignment(f, version);
  put_version(f, version);
  put_format(f.side, 0, [&](int x, int y, bool) { mark(f, x, y, false); });
  for (int m = 0; m < 8; ++m)
    for (int y = 0; y < f.side; ++y)
      for (int x = 0; x < f.side; ++x)
        if (!at(f.taken, x, y)) set(f.masks[static_cast<std::size_t>(m)], x, y, mask_bit(m, x, y));
  return f;
}

const frame& frame_of(int version) {
  static const std::vector<frame> all = [] {
    std::vector<frame> made(1);
    for (int v = 1; v <= most_version; ++v) made.push_back(make_frame(v));
    return made;
  }();
  return all[static_cast<std::size_t>(version)];
}

// Two columns at a time, up and down, from the right (section 7.7.3).
void place(square& s, const frame& f, const octets& words) {
  std::size_t i = 0;
  for (int right = f.side - 1; right >= 1; right -= 2) {
    if (right == 6) right = 5;
    for (int step = 0; step < f.side; ++step) {
      const bool up = ((right + 1) & 2) == 0;
      const int y = up ? f.side - 1 - step : step;
      for (int x : {right, right - 1}) {
        if (at(f.taken, x, y) || i >= words.size() * 8) continue;
        if (words[i / 8] >> (7 - i % 8) & 1) set(s, x, y, true);
        ++i;
      }
    }
  }
}

line operator>>(const line& l, int n) {
  return {l[0] >> n | l[1] << (64 - n), l[1] >> n};
}
line operator&(const line& a, const line& b) { return {a[0] & b[0], a[1] & b[1]}; }
line operator^(const line& a, const line& b) { return {a[0] ^ b[0], a[1] ^ b[1]}; }
line operator~(const line& a) { return {~a[0], ~a[1]}; }
int ones(const line& l) { return std::popcount(l[0]) + std::popcount(l[1]); }
line first(int n) {
  if (n <= 0) return {0, 0};
  return {n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1,
          n <= 64 ? 0 : (std::uint64_t{1} << (n - 64)) - 1};
}

// N1: a run of k >= 5 equal modules costs 3 + (k - 5). Windows of five equal ones count k - 4; each
// run costs two more: counted where a window has none just before it.
// N3: 1011101 with four light ones on either side costs 40.
[[gnu::always_inline]] inline int cost_of_line(const line& l, int side) {
  const line equal = ~(l ^ (l >> 1)) & first(side - 1);   // bit x: x and x+1 are alike
  const line five = equal & (equal >> 1) & (equal >> 2) & (equal >> 3);
  const line before = {five[0] << 1, five[1] << 1 | five[0] >> 63};
  int cost = ones(five) + 2 * ones(five & ~before);
  // The quiet zone is light: everything moves four places in, and all around is light.
  const line m = {l[0] << 4, l[1] << 4 | l[0] >> 60}, n = ~m;
  const line core = m & (n >> 1) & (m >> 2) & (m >> 3) & (m >> 4) & (n >> 5) & (m >> 6);
  const line four = n & (n >> 1) & (n >> 2) & (n >> 3);
  const line ahead = {four[0] << 4, four[1] << 4 | four[0] >> 60};
  const line after = four >> 7;
  cost += 40 * ones({core[0] & (ahead[0] | after[0]), core[1] & (ahead[1] | after[1])});
  return cost;
}

// More than `most` is as good as any: the others are cheaper.
#if defined(__x86_64__)
[[gnu::target_clones("popcnt", "default")]]
#endif
int cost_of(const square& s, int side, int most) {
  int cost = 0, dark = 0;
  for (int i = 0; i < side; ++i) {
    const line& row = s[static_cast<std::size_t>(i)];
    cost += cost_of_line(row, side);
    dark += ones(row);
    if (i + 1 == side) break;
    const line& below = s[static_cast<std::size_t>(i) + 1];
    const line alike = ~(row ^ below) & ~(row ^ (row >> 1)) & ~(below ^ (below >> 1));
    cost += 3 * ones(alike & first(side - 1));   // N2: squares of two by two
  }
  const int all = side * side;
  cost += 10 * (std::abs(dark * 20 - all * 10) / all);   // N4: off the half, by 5 %
  if (cost > most) return cost;
  square turned{};
  for (int y = 0; y < side; ++y)
    for (int w = 0; w < 2; ++w)
      for (std::uint64_t row = s[static_cast<std::size_t>(y)][static_cast<std::size_t>(w)]; row;
           row &= row - 1)
        turned[static_cast<std::size_t>(w * 64 + std::countr_zero(row))]
              [static_cast<std::size_t>(y / 64)] |= std::uint64_t{1} << (y % 64);
  for (int i = 0; i < side; ++i) cost += cost_of_line(turned[static_cast<std::size_t>(i)], side);
  return cost;
}

std::optional<qr_symbol> draw(std::string_view text, int wanted) {
  int version = 0;
  const auto data = encode(text, version);
  if (!data) return {};
  const frame& f = frame_of(version);
  square plain = f.dark;
  place(plain, f, weave(*data, version));
  square best{};
  int best_cost = std::numeric_limits<int>::max(), best_mask = 0;
  for (int m = 0; m < 8; ++m) {
    if (wanted >= 0 && m != wanted) continue;
    square s = plain;
    for (int y = 0; y < f.side; ++y) {
      const auto i = static_cast<std::size_t>(y);
      s[i] = s[i] ^ f.masks[static_cast<std::size_t>(m)][i];
    }
    put_format(f.side, m, [&](int x, int y, bool dark) { set(s, x, y, dark); });
    const int cost = wanted >= 0 ? 0 : cost_of(s, f.side, best_cost);
    if (cost >= best_cost) continue;
    best = s;
    best_cost = cost;
    best_mask = m;
  }
  qr_symbol out{f.side, best_mask, {}};
  out.cells.reserve(static_cast<std::size_t>(f.side * f.side));
  for (int y = 0; y < f.side; ++y)
    for (int x = 0; x < f.side; ++x) out.cells.push_back(at(best, x, y));
  return out;
}

}  // namespace

std::optional<qr_symbol> draw_qr(std::string_view text) { return draw(text, -1); }
std::optional<qr_symbol> draw_qr(std::string_view text, int mask) { return draw(text, mask); }

}  // namespace madang::documents
