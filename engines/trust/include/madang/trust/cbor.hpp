#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "madang/base/result.hpp"
#include "madang/trust/bytes.hpp"

// CBOR (RFC 8949) in its deterministic form only (section 4.2.1): shortest lengths, definite sizes,
// keys sorted by their encoding and never twice. Ours and not libcbor's, because libcbor reads
// every form (indefinite, non-shortest, duplicate keys) and what is signed must have exactly one;
// 150 lines with a depth and size limit are less to trust than a reader plus a checker behind it.
// Floating point is not needed by anything we sign and is refused.
namespace madang::trust::cbor {

struct value;
using array = std::vector<value>;
using map = std::vector<std::pair<value, value>>;   // the writer sorts; the reader demands order
struct tagged {
  std::uint64_t tag = 0;
  std::shared_ptr<const value> content;
};

struct value {
  std::variant<std::monostate, bool, std::int64_t, bytes, std::string, array, map, tagged> is;

  value() = default;
  value(bool b) : is(b) {}
  value(std::int64_t i) : is(i) {}
  value(int i) : is(std::int64_t{i}) {}
  value(bytes b) : is(std::move(b)) {}
  value(std::string s) : is(std::move(s)) {}
  value(const char* s) : is(std::string(s)) {}
  value(array a) : is(std::move(a)) {}
  value(map m) : is(std::move(m)) {}
  value(tagged t) : is(std::move(t)) {}

  template <class T>
  const T* as() const {
    return std::get_if<T>(&is);
  }
};

inline constexpr int deepest = 16;
inline constexpr std::size_t longest = 64 * 1024;

bytes write(const value& v);
// The whole of `data` must be one item. Refusals: cbor.truncated, cbor.trailing,
// cbor.not_canonical, cbor.unsupported, cbor.too_deep, cbor.too_large, cbor.not_utf8. The fact "at"
// is the offset.
result<value> read(view data);

// Member of a map by key, or nullptr.
const value* find(const value& map, const value& key);
value tag(std::uint64_t number, value content);

}  // namespace madang::trust::cbor
