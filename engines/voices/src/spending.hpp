#pragma once
#include "inside.hpp"
#include "madang/trust/bytes.hpp"

// Internal: what voices without a name of the house's making have in common, by token (level 1) or
// by pass (level 2).
namespace madang::voices {

inline constexpr std::int64_t taken_back = 0, counts = 1;

// Of level 2 one row an ask, whose `issued` is what the quarter had when it was last asked.
struct key_row {
  std::string bucket, spki, kept;
  std::int64_t issued = 0, spent = 0, told = 0;
};
BOOST_DESCRIBE_STRUCT(key_row, (), (bucket, spki, kept, issued, spent, told))

std::optional<key_row> key_in(store::read& q, id ask, std::string_view bucket);
// The log is told of the key in the same transaction.
void put_key(store::write& tx, id ask, const key_row& k, trust::view shown, instant at);

// As it is now: a stage may have ended since the page was read. Refusal voices.closed.
outcome judge_open(const std::optional<ask>& a, const book& b, std::int64_t level,
                   std::optional<saying> s, instant at);

struct kept_voice {
  std::string saying, bucket;
  std::int64_t state = 0, told = 0;          // told: the time that the last act said (level 2)
};
BOOST_DESCRIBE_STRUCT(kept_voice, (), (saying, bucket, state, told))
std::optional<kept_voice> voice_in(store::read& q, id ask, std::string_view pseudonym);

// Said or taken back, with its leaf.
void put_voice(store::write& tx, const leaf& l, std::int64_t told);

// One more of the bucket is spent. The log is told what was issued before it is seen to be spent.
// Refusal voices.token_excess.
outcome spend(store::write& tx, id ask, const std::string& bucket, instant at);

}  // namespace madang::voices
