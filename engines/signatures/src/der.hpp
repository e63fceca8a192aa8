#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "madang/trust/bytes.hpp"

// DER (X.690) read and written by the element. Views lead into the octets that were read, so that
// what was signed or stamped is compared as it stands and never as somebody would write it anew.
namespace madang::signatures {

using trust::bytes;
using trust::view;

namespace der {

inline constexpr std::uint8_t boolean = 0x01, integer = 0x02, octet_string = 0x04, null = 0x05,
                              object_id = 0x06, sequence = 0x30, set = 0x31, context_0 = 0xa0,
                              context_1 = 0xa1, context_2 = 0xa2, context_4 = 0xa4;

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

inline void append(bytes& out, view more) { out.insert(out.end(), more.begin(), more.end()); }

inline bytes node(std::uint8_t tag, view content) {
  bytes out;
  out.reserve(content.size() + 6);
  out.push_back(tag);
  const std::size_t n = content.size();
  if (n < 128) {
    out.push_back(static_cast<std::uint8_t>(n));
  } else {
    const int octets = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
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
inline bytes number(std::uint8_t n) { return node(integer, bytes{n}); }

// "1.2.840.113549.1.7.2" as an element, and back; empty for what is no identifier.
bytes oid(std::string_view dotted);
std::string dotted(view content);

// SET OF in DER's order (X.690 section 11.6).
bytes set_of(std::vector<bytes> items, std::uint8_t tag = set);

inline bytes copy(view v) { return {v.begin(), v.end()}; }

}  // namespace der

// Object identifiers by their names in the standards.
namespace ids {
inline constexpr const char *data = "1.2.840.113549.1.7.1", *signed_data = "1.2.840.113549.1.7.2",
                            *content_type = "1.2.840.113549.1.9.3",
                            *message_digest = "1.2.840.113549.1.9.4",
                            *signing_time = "1.2.840.113549.1.9.5",
                            *signing_certificate = "1.2.840.113549.1.9.16.2.12",
                            *signing_certificate_v2 = "1.2.840.113549.1.9.16.2.47",
                            *signature_stamp = "1.2.840.113549.1.9.16.2.14",
                            *content_stamp = "1.2.840.113549.1.9.16.2.20",
                            *archive_stamp_v3 = "0.4.0.1733.2.4",
                            *hash_index_v3 = "0.4.0.19122.1.5", *mime_type = "0.4.0.1733.2.1",
                            *certificate_values = "1.2.840.113549.1.9.16.2.23",
                            *revocation_values = "1.2.840.113549.1.9.16.2.24",
                            *ocsp_response = "1.3.6.1.5.5.7.16.2",
                            *ocsp_basic = "1.3.6.1.5.5.7.48.1.1",
                            *adobe_revocation = "1.2.840.113583.1.1.8",
                            *stamp_info = "1.2.840.113549.1.9.16.1.4",
                            *sha256 = "2.16.840.1.101.3.4.2.1";
}  // namespace ids

}  // namespace madang::signatures
