#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "madang/tlog/policy.hpp"

// C2SP tlog-proof: that an entry is in a log, to be checked without asking anybody.
namespace madang::tlog {

struct inclusion_proof {
  std::optional<trust::bytes> extra;   // not signed: what the leaf is computed from
  std::uint64_t index = 0;
  proof path;
  signed_checkpoint at;

  std::string str() const;
};

inline constexpr std::size_t longest_proof = 256 * 1024;

// Refusals: tlog.proof, tlog.note, tlog.checkpoint.
result<inclusion_proof> parse_proof(std::string_view file);

// The four steps of "Verifying a tlog proof". Refusals: those of policy::judge; tlog.not_included
// when the path does not lead from the leaf to the root.
result<judged_checkpoint> verify_proof(const inclusion_proof& p, const hash& leaf,
                                       const policy& believed);

// What the logs of the house hold: a commitment, SHA-256 of a salt of 32 octets and a statement
// (UTF-8 text). Whoever has both can show what was entered; without the salt the commitment says
// nothing, and when the salt is destroyed nobody can ever show it again. `extra` is salt and
// statement, one behind the other.
inline constexpr std::size_t salt_size = 32;
hash commitment(view salt, std::string_view statement);
hash committed_leaf(view salt, std::string_view statement);   // the leaf hash of that entry
struct opening {
  trust::bytes salt;
  std::string statement;
};
trust::bytes extra_of(const opening& o);
std::optional<opening> opening_of(view extra);

}  // namespace madang::tlog
