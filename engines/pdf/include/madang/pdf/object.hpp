#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// PDF objects (ISO 32000-1 section 7.3) read from anybody's octets. Reading is bounded in depth and
// number, never goes outside the octets, and gives nothing rather than a guess.
namespace madang::pdf {

struct object;

struct name {
  std::string text;
  bool operator==(const name&) const = default;
};
struct text {
  std::string octets;
  std::size_t from = 0, to = 0;   // where it stands, with its delimiters; 0, 0 inside a stream
  bool hex = false;
  bool operator==(const text& o) const { return octets == o.octets; }
};
struct reference {
  std::uint32_t number = 0;
  std::uint32_t generation = 0;
  bool operator==(const reference&) const = default;
};
struct keyword {                  // an operator of a content stream, or "endobj"
  std::string text;
  bool operator==(const keyword&) const = default;
};
using array = std::vector<object>;

struct dictionary {
  std::vector<std::pair<std::string, object>> members;
  const object* find(std::string_view key) const;
  bool operator==(const dictionary& other) const;   // whatever the order
};
struct stream {
  dictionary keys;
  std::string_view raw;           // into the file
  bool operator==(const stream& o) const { return keys == o.keys && raw == o.raw; }
};

struct object {
  std::variant<std::monostate, bool, std::int64_t, double, name, text, reference, keyword, array,
               dictionary, stream>
      is;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&is);
  }
  // The dictionary itself or that of a stream.
  const dictionary* keys() const;
  bool operator==(const object&) const = default;
};

inline constexpr int deepest = 48;
inline constexpr std::size_t most_items = 200'000;   // of one array or dictionary

// Reads tokens and objects one after the other.
class scanner {
 public:
  // `in_stream`: positions of strings are not positions in the file.
  explicit scanner(std::string_view octets, std::size_t at = 0, bool in_stream = false)
      : all_(octets), at_(at), in_stream_(in_stream) {}

  // The next object, a keyword included; nothing at the end or at what is no object.
  std::optional<object> next() { return read(0); }
  // The same, but "12 0 R" is three objects: content streams know no references.
  std::optional<object> next_operand();
  std::size_t at() const { return at_; }
  void move_to(std::size_t at) { at_ = at; }
  void skip_space();
  bool skip_word(std::string_view word);
  std::optional<std::uint64_t> number();   // digits only

 private:
  std::string_view all_;
  std::size_t at_;
  bool in_stream_;
  bool references_ = true;

  std::optional<object> read(int depth);
  std::optional<object> read_number();
  std::optional<object> read_name();
  std::optional<object> read_literal();
  std::optional<object> read_hex();
  std::optional<object> read_array(int depth);
  std::optional<object> read_dictionary(int depth);
  bool done() const { return at_ >= all_.size(); }
  char here() const { return all_[at_]; }
};

}  // namespace madang::pdf
