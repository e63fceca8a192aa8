#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/voices/rule.hpp"

// What is public of everything that counts, as an entry of a log that nobody can rewrite: whoever
// has the log counts again and comes to the same. No entry says who.
//
//   madang-voices/1 ASK SAYING + PSEUDONYM BUCKET TIME     it is said
//   madang-voices/1 ASK SAYING - PSEUDONYM BUCKET TIME     taken back by who said it
//   madang-voices/1 ASK SAYING x PSEUDONYM BUCKET TIME     struck out by an official, with a reason
//   madang-voices/1 ASK stage NAME TIME                    the ask goes on to a stage
//
// one blank between; ASK and PSEUDONYM as they are written elsewhere, TIME in RFC 3339, of voices
// the beginning of ten minutes. A voice that is said again after it was taken back counts again;
// what is struck out stays so.
namespace madang::voices {

struct leaf {
  id ask;
  std::optional<saying> said;      // nothing: the ask goes on to `stage`
  char sign = '+';                 // + - x
  std::string pseudonym, bucket;
  std::string stage;
  instant at;

  std::string str() const;
  static std::optional<leaf> parse(std::string_view line);
  bool operator==(const leaf&) const = default;
};

// The beginning of the ten minutes in which t lies.
instant slot_of(instant t);

// How one person is called within one ask, and nowhere else: HMAC-SHA-256 of both with the house's
// key, 64 hexadecimal digits. Whoever has the key can find out who it is; pages say so.
std::string pseudonym_of(std::string_view key, id person, id ask);

}  // namespace madang::voices
