#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace madang::population {

inline std::uint64_t mix(std::uint64_t x) {  // splitmix64 (Steele, Lea, Flood 2014)
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

// A stream of numbers that is the same everywhere; the distributions of the standard library are
// not, so they are not used. Streams of different (seed, stream, number) have nothing in common.
class random {
 public:
  random(std::uint64_t seed, std::uint64_t stream, std::uint64_t number)
      : state_(mix(mix(mix(seed) ^ stream) ^ number)) {}

  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15ull); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  int below(int n) {
    return static_cast<int>((next() >> 32) * static_cast<std::uint64_t>(n) >> 32);
  }
  int between(int low, int high) { return low + below(high - low + 1); }  // both included
  bool chance(double p) { return unit() < p; }
  bool per_mille(int p) { return below(1000) < p; }
  // Mean 0, spread 1, never beyond 3.46: twelve thirds would be finer, four are enough here.
  double bell() { return (unit() + unit() + unit() + unit() - 2) * 1.7320508; }

 private:
  std::uint64_t state_;
};

// Picks an index in proportion to its weight.
class wheel {
 public:
  void add(double weight) { cumulative_.push_back(total() + std::max(0.0, weight)); }
  std::size_t size() const { return cumulative_.size(); }
  double total() const { return cumulative_.empty() ? 0 : cumulative_.back(); }
  double before(std::size_t i) const { return i == 0 ? 0 : cumulative_[i - 1]; }
  // u in [0, 1)
  int at(double u) const {
    auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), u * total());
    return static_cast<int>(std::min<std::ptrdiff_t>(found - cumulative_.begin(),
                                                     static_cast<std::ptrdiff_t>(size()) - 1));
  }
  int pick(random& r) const { return at(r.unit()); }

 private:
  std::vector<double> cumulative_;
};

}  // namespace madang::population
