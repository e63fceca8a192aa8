#pragma once
#include <initializer_list>
#include <optional>
#include <vector>

#include "madang/trust/bytes.hpp"

// DER (X.690) written and read by the element. Views lead into the octets that were read, so that
// what was signed or stamped is compared as it stands and never as somebody would write it anew.
namespace madang::trust::der {

inline void append(bytes& out, view more) { out.insert(out.end(), more.begin(), more.end()); }

inline bytes node(std::uint8_t tag, view content) {
  bytes out;
  out.reserve(content.size() + 6);
  out.push_back(tag);
  const std::size_t n = content.size();
  if (n < 128) {
    out.push_back(static_cast<std::uint8_t>(n));
  } else {
    int octets = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
    out.push_back(static_cast<std::uint8_t>(0x80 | octets));
    for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(n >> (8 * i)));
  }
  append(out, content);
  return out;
}

inline bytes node(std::uint8_t tag, std::initializer_list<view> parts) {
  bytes content;
  for (view p : parts) append(content, p);
  return node(tag, content);
}

inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, bit_string = 0x03,
                              octet_string = 0x04, object_id = 0x06, sequence = 0x30, set = 0x31,
                              context_0 = 0xa0, context_3 = 0xa3, context_4 = 0xa4;

// ---- reading ----

struct element {
  std::uint8_t tag = 0;
  view whole, content;
};

// The next element of `rest`, which is shortened by it. Definite lengths of at most 4 octets, tags
// of one octet; nothing else is read.
inline std::optional<element> take(view& rest) {
  if (rest.size() < 2 || (rest[0] & 0x1f) == 0x1f) return {};
  std::size_t size = rest[1], header = 2;
  if (size >= 0x80) {
    const std::size_t octets = size & 0x7f;
    if (octets == 0 || octets > 4 || rest.size() < 2 + octets) return {};
    size = 0;
    for (std::size_t i = 0; i < octets; ++i) size = size << 8 | rest[2 + i];
    header += octets;
  }
  if (size > rest.size() - header) return {};
  element e{rest[0], rest.first(header + size), rest.subspan(header, size)};
  rest = rest.subspan(header + size);
  return e;
}
inline std::optional<element> take(view& rest, std::uint8_t tag) {
  if (rest.empty() || rest[0] != tag) return {};
  return take(rest);
}
// One element and nothing after it.
inline std::optional<element> only(view all, std::uint8_t tag) {
  auto e = take(all, tag);
  if (e && !all.empty()) e.reset();
  return e;
}
// All elements of a content; nothing when it is not made of elements or of too many.
inline std::optional<std::vector<element>> all_of(view content, std::size_t most = 10'000) {
  std::vector<element> out;
  while (!content.empty()) {
    auto e = take(content);
    if (!e || out.size() == most) return {};
    out.push_back(*e);
  }
  return out;
}

}  // namespace madang::trust::der
