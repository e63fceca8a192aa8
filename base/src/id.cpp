#include "madang/base/id.hpp"

#include <sys/random.h>

#include <atomic>
#include <chrono>
#include <vector>

#include "madang/base/check.hpp"
#include "madang/base/text.hpp"

namespace madang {
namespace {

constexpr char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford: no i, l, o, u
constexpr std::int64_t epoch_2020_ms = 1'577'836'800'000;
constexpr int counter_bits = 13, node_bits = 8;

std::atomic<int> node_number{0};

int digit(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (c == 'o') c = '0';
  if (c == 'i' || c == 'l') c = '1';
  for (int i = 0; i < 32; ++i)
    if (alphabet[i] == c) return i;
  return -1;
}

}  // namespace

std::string id::str() const {
  std::string out(13, '0');
  auto left = static_cast<std::uint64_t>(value);
  for (int i = 12; i >= 0; --i, left >>= 5) out[static_cast<std::size_t>(i)] = alphabet[left & 31];
  return out;
}

std::optional<id> id::parse(std::string_view s) {
  if (s.size() != 13) return {};
  std::uint64_t value = 0;
  for (char c : s) {
    int d = digit(c);
    if (d < 0) return {};
    value = value << 5 | static_cast<std::uint64_t>(d);
  }
  if (digit(s[0]) > 7) return {};  // 13 x 5 = 65 bits, of which 63 may be used
  return id{static_cast<std::int64_t>(value)};
}

void set_node_number(int number) {
  check(number >= 0 && number < 1 << node_bits, "node number is 0 to 255");
  node_number = number;
}

id new_id() {
  // The counter runs on through the milliseconds; when a millisecond's 8,192 are used up, the
  // next ones are taken from the future, which real time soon overtakes.
  static std::atomic<std::int64_t> last{0};
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
  const std::int64_t earliest = (ms - epoch_2020_ms) << counter_bits;
  std::int64_t seen = last.load(), mine;
  do mine = std::max(seen + 1, earliest);
  while (!last.compare_exchange_weak(seen, mine));
  const std::int64_t counter = mine & ((1 << counter_bits) - 1);
  return {((mine >> counter_bits) << (counter_bits + node_bits)) |
          (static_cast<std::int64_t>(node_number) << counter_bits) | counter};
}

std::string random_token(std::size_t bytes) {
  std::vector<std::uint8_t> raw(bytes);
  std::size_t filled = 0;
  while (filled < bytes) {
    auto n = getrandom(raw.data() + filled, bytes - filled, 0);
    check(n > 0, "random bytes");
    filled += static_cast<std::size_t>(n);
  }
  return text::base64url(raw);
}

}  // namespace madang
