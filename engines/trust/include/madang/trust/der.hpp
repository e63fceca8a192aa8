#pragma once
#include <initializer_list>

#include "madang/trust/bytes.hpp"

// The few words of DER (X.690) that signatures and certificates are written in; read by OpenSSL.
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

}  // namespace madang::trust::der
