#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "madang/trust/arc.hpp"
#include "madang/voices/book.hpp"

// Voices of level 2: one pass a person and quarter, one pseudonym an ask, and nobody can find who.
//
//   1. Signed in, a person gets one credential (trust/arc.hpp) of a quarter, made unseen with the
//      key of that quarter. That she got it is entered in the audit under her name, with no ask.
//   2. Without a session, whoever has it shows it for an ask that was filed in that quarter. What
//      is shown gives one tag for an ask, the same whenever it is shown again; the pseudonym is its
//      SHA-256, in the bucket `all`. Tags of two asks cannot be joined, nor a tag with step 1.
//
//   request context       madang-voice/2 QUARTER
//   presentation context  madang-voice/2 ASK
//   message               madang-voice/2 ASK SAYING SIGN TIME
//
// QUARTER is "2026-4"; SIGN + gives the voice and - takes it back; TIME is in milliseconds since
// 1970, ten minutes from now at most, and of one tag each that changes anything is later than the
// one before, so that what was sent once does nothing when it is sent again.
//
// The log is told as of level 1: the SHA-256 of the public key (X0, X1, X2 as they are written in
// the draft), and how many passes the quarter had issued before more than that are used in the ask.
//
// What this does not hide is in docs/security/anonymous-voices.md.
namespace madang::voices {

// The quarter in which something was filed: of its day in UTC.
struct quarter {
  int year = 0;
  unsigned part = 0;               // 1 to 4

  static quarter of(instant filed);
  std::string str() const;
  // Under which people are called in it; below every id that is drawn.
  id key() const { return {std::int64_t{year} * 10 + part}; }
};

struct shown_pass {
  saying said = saying::back;
  char sign = '+';                 // or -
  std::int64_t time = 0;
  trust::bytes presentation;

  // What is bound, for one ask.
  std::string message(id ask) const;
};

class pass_office {
 public:
  static constexpr std::string_view bucket = "all";
  // Milliseconds by which the time that is said may differ.
  static constexpr std::int64_t most_apart = 600'000;

  // `passphrase` puts the keys away. The book is that of the same database and outlives this.
  pass_office(store::database& db, const book& b, std::string passphrase)
      : db_(db), book_(b), passphrase_(std::move(passphrase)) {}

  struct quarter_key {
    trust::bytes shown;            // the public key
    std::int64_t issued = 0;       // in the quarter
    std::int64_t spent = 0;        // in the ask
  };
  // Nothing: nobody asked for one of that quarter.
  std::optional<quarter_key> find(const ask& a) const;
  // Makes the key when nobody of this quarter asked before. Refusal voices.closed.
  result<quarter_key> key_for(const ask& a, instant at);
  // What tells people of one browser apart; the same in all asks of a quarter.
  std::string holder(id person, const ask& a) const;

  // One a person and quarter; the same request again gets an answer again, which makes the same
  // pseudonyms. `why` is of the person, whose trail says that she got it. Refusals voices.closed,
  // voices.pass_had, voices.pass_request.
  result<trust::bytes> issue(const audit::access& why, const ask& a, trust::view request,
                             instant at);

  // Gives the voice or takes it back. Taken back when it does not count is nothing. Refusals
  // voices.pass (of another quarter or ask, forged, or nothing like it), voices.pass_time,
  // voices.pass_spent (it counts), voices.pass_old (an act that said a later time was taken
  // before), voices.closed; voices.token_excess when more would be used than issued.
  outcome act(const ask& a, const shown_pass& s, instant at);

 private:
  std::optional<trust::arc::issuer> issuer_of(const quarter& q);
  trust::bytes box() const;

  store::database& db_;
  const book& book_;
  std::string passphrase_;
  std::mutex mutex_;
  std::map<std::string, trust::arc::issuer> open_;         // by quarter; a few a year
};

}  // namespace madang::voices
