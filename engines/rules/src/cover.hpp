#pragma once
#include <bit>
#include <cstdint>
#include <functional>
#include <vector>

// Internal: rules as boxes. An axis is cut into atoms, within which every condition holds
// throughout or nowhere; a condition is a set of atoms, a rule one set for each axis, and the
// questions of the proof (is everything covered, do two meet, is one hidden by others) are about
// sets.
namespace madang::rules {

class bits {
 public:
  bits() : bits(0) {}
  explicit bits(std::size_t n, bool all = false)
      : size_(n), words_((n + 63) / 64, all ? ~std::uint64_t{0} : 0) {
    trim();
  }
  std::size_t size() const { return size_; }
  void set(std::size_t i) { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
  void clear(std::size_t i) { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
  void set(std::size_t from, std::size_t to) {       // up to, not with
    for (std::size_t i = from; i < to; ++i) set(i);
  }
  bool test(std::size_t i) const { return (words_[i / 64] >> (i % 64)) & 1; }
  bool any() const {
    for (auto w : words_)
      if (w) return true;
    return false;
  }
  std::size_t count() const {
    std::size_t n = 0;
    for (auto w : words_) n += static_cast<std::size_t>(std::popcount(w));
    return n;
  }
  bits& operator&=(const bits& b) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= b.words_[i];
    return *this;
  }
  bits& operator|=(const bits& b) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= b.words_[i];
    return *this;
  }
  friend bits operator&(bits a, const bits& b) { return a &= b; }
  bits inverted() const {
    bits out = *this;
    for (auto& w : out.words_) w = ~w;
    out.trim();
    return out;
  }
  bool meets(const bits& b) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (words_[i] & b.words_[i]) return true;
    return false;
  }
  bool within(const bits& b) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (words_[i] & ~b.words_[i]) return false;
    return true;
  }
  friend bool operator==(const bits&, const bits&) = default;
  friend auto operator<=>(const bits& a, const bits& b) { return a.words_ <=> b.words_; }

 private:
  void trim() {
    if (size_ % 64 && !words_.empty()) words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
  }
  std::size_t size_;
  std::vector<std::uint64_t> words_;
};

using box = std::vector<bits>;               // a set of atoms for each axis

bool meet(const box& a, const box& b);       // on every axis
bool within(const box& a, const box& b);
bool empty(const box& a);                    // on some axis
box meeting(const box& a, const box& b);

// How much work there still may be; what is cut short says so.
struct work {
  std::int64_t left = 0;
  bool spent() const { return left <= 0; }
  bool take(std::int64_t n = 1) { return (left -= n) > 0; }
};

// What of `whole` no rule covers, in boxes that do not meet. At most `most` of them.
std::vector<box> uncovered(const box& whole, const std::vector<const box*>& rules, work& w,
                           std::size_t most);

// The same in boxes that are one piece on every axis that is `ordered`; at most `most`.
std::vector<box> pieces(const box& b, const box& whole, const std::vector<bool>& ordered,
                        std::size_t most);

// A box that no rule meets made as wide as it can be within `whole`; on ordered axes
// only by neighbours, so that it stays one piece.
void widen(box& b, const box& whole, const std::vector<const box*>& rules,
           const std::vector<bool>& ordered);

// The fewest of `others` that together hide `hidden`, found by leaving out one after another.
// Empty: they do not hide it, or there was no work left to find out.
std::vector<std::size_t> hiding(const box& hidden, const std::vector<const box*>& others, work& w);

}  // namespace madang::rules
