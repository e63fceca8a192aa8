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
//   madang-voices/1 ASK SAYING o PSEUDONYM BUCKET TIME     counts again: another official heard her
//   madang-voices/1 ASK stage NAME TIME                    the ask goes on to a stage
//   madang-voices/1 ASK choice + PSEUDONYM all CHOSEN TIME          and - and x alike
//   madang-voices/1 ASK choice = PSEUDONYM all CHOSEN:SALT TIME     at the end, of a sealed vote
//   madang-voices/1 ASK key BUCKET SHA-256 TIME            of levels 1 and 2: tokens.hpp,
//   madang-voices/1 ASK issued BUCKET COUNT TIME           passes.hpp, where BUCKET is `all`
//
// one blank between; ASK and PSEUDONYM as they are written elsewhere, TIME in RFC 3339, of voices
// the beginning of ten minutes. A voice that is said again after it was taken back counts again;
// what is struck out stays so until it is put back.
//
// CHOSEN are the numbers of options on the ballot paper, from 1, with commas; of a ranking in its
// order. It stands beside no province: with one, somebody alone there would be read. Where results
// come after the end, CHOSEN is `#` and the commitment below, and each voice that still counts is
// opened at the end, so that the log neither tells how it goes nor lets anybody change it.
namespace madang::voices {

struct leaf {
  id ask;
  std::optional<saying> said;      // nothing: the ask goes on to `stage`
  char sign = '+';                 // + - x o =
  std::string pseudonym, bucket;
  std::string stage;
  instant at;
  std::string chosen;              // of a choice: CHOSEN, or CHOSEN:SALT; else empty
  std::string told = {}, value = {};         // "key" or "issued" of a bucket; else empty

  std::string str() const;
  static std::optional<leaf> parse(std::string_view line);
  bool operator==(const leaf&) const = default;
};

// `#` and SHA-256, in 64 digits, of "madang-voices/1 choice ASK PSEUDONYM CHOSEN SALT"; the salt is
// 32 hexadecimal digits that nobody can guess.
std::string commitment_of(id ask, std::string_view pseudonym, std::string_view chosen,
                          std::string_view salt);

// The beginning of the ten minutes in which t lies.
instant slot_of(instant t);

// How one person is called within one ask, and nowhere else: HMAC-SHA-256 of both with the house's
// key, 64 hexadecimal digits. Whoever has the key can find out who it is; pages say so.
std::string pseudonym_of(std::string_view key, id person, id ask);

}  // namespace madang::voices
