#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/trust/blind_rsa.hpp"
#include "madang/voices/book.hpp"

// Voices of level 1: who gives one cannot be found by whoever has the house's keys and tables.
//
//   1. Signed in, a person gets one blind signature for an ask (RFC 9474), by the key of that ask
//      and her bucket. That she got it is entered in the audit under her name; what was signed,
//      nobody saw.
//   2. Without a session, whoever has the finished signature gives the voice. Its pseudonym is the
//      SHA-256 of what was signed, so a token is one voice, and no table joins it with step 1.
//
// What is signed are 32 random octets and then
//
//   madang-voice/1 ASK BUCKET LOCK
//
// LOCK is the SHA-256, in 64 hexadecimal digits, of a secret of 32 octets: who shows the secret
// takes the voice back, or gives it again. Buckets are bound by their keys: there is one each.
//
// The log is told of each key when it is made, and of how many tokens were issued before more than
// that are spent, so whoever counts again sees that no bucket spends more than it was issued:
//
//   madang-voices/1 ASK key BUCKET SHA-256(SubjectPublicKeyInfo) TIME
//   madang-voices/1 ASK issued BUCKET COUNT TIME
//
// What this does not hide: that somebody got a token; when and from which network a voice came; in
// a bucket of one, who. Whoever signs could sign for people who never asked: each issue stands in
// the trail of a person, who would find it there.
namespace madang::voices {

struct token {
  trust::bytes prepared, signature;
};

// What a prepared message says; nothing when it is written otherwise.
struct token_message {
  id ask;
  std::string bucket, lock;

  std::string str() const;         // without the random octets
  static std::optional<token_message> parse(trust::view prepared);
};
std::string pseudonym_of(trust::view prepared);

// The bucket of asks whose voices stand under no district: one key for everybody.
inline constexpr std::string_view one_bucket = "all";

class token_office {
 public:
  // `passphrase` seals the keys. The book is that of the same database and outlives this.
  token_office(store::database& db, const book& b, std::string passphrase)
      : db_(db), book_(b), passphrase_(std::move(passphrase)) {}

  struct bucket_key {
    std::string bucket;
    trust::bytes spki;             // SubjectPublicKeyInfo in DER
    std::int64_t issued = 0, spent = 0;
  };
  std::vector<bucket_key> keys(id ask) const;
  // Makes the key when nobody of this bucket asked before. Refusal voices.closed.
  result<bucket_key> key_for(const ask& a, std::string_view bucket, instant at);

  // One a person and ask; the same blinded message again gets the same again. `why` is of the
  // person, whose trail says that she got it; `home` is her bucket, `bucket` that by whose key the
  // message is blinded. Refusals voices.closed, voices.token_had, voices.token_blinded;
  // voices.token_bucket when the two differ, as she has moved since she asked for the key.
  result<trust::bytes> issue(const audit::access& why, const ask& a, std::string_view home,
                             std::string_view bucket, trust::view blinded, instant at);

  // The secret is asked for when the voice was taken back before. Refusals voices.token (of another
  // ask, forged, or no token), voices.token_spent, voices.token_taken (back, and no secret comes),
  // voices.token_secret, voices.closed; voices.token_excess when more would be spent than issued.
  outcome say(const ask& a, saying s, const token& t, trust::view secret, instant at);
  // What is chosen on the paper of the ask, instead of what was before. The secret is asked for
  // once the token has been used. Refusals as of say() and write_chosen().
  outcome choose(const ask& a, const chosen& c, const token& t, trust::view secret, instant at);
  // Refusals voices.token, voices.token_secret, voices.closed.
  outcome take_back(const ask& a, saying s, trust::view prepared, trust::view secret, instant at);

 private:
  std::optional<trust::blind_rsa::signer> signer_of(id ask, std::string_view bucket);
  // What a token says that was signed for this ask. Refusal voices.token.
  result<token_message> read(const ask& a, const token& t) const;

  store::database& db_;
  const book& book_;
  std::string passphrase_;
  std::mutex mutex_;
  std::map<std::pair<id, std::string>, trust::blind_rsa::signer> open_;   // 256 at most
};

}  // namespace madang::voices
