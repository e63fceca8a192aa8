#pragma once
#include <functional>
#include <unordered_map>

#include "madang/elections/format.hpp"
#include "madang/elections/group.hpp"

// One election as all who take part in it see it: its text, the keys of its trustees, the public
// credentials of its voters. Immutable; several threads may ask it.
//
// Refusals of what others hand in, each `kind::invalid` unless said otherwise:
//   elections.election      not an election of this specification, or beyond the limits below
//   elections.group         unsupported: another group than BELENIOS-2048
//   elections.question      unsupported: not homomorphic; or its figures contradict each other
//   elections.trustees      not a list of trustees, each mandatory (threshold keys: unsupported)
//   elections.trustee_key   a trustee's proof of knowing her key is false
//   elections.public_key    the election's key is not the product of its trustees'
//   elections.credentials   not a list of distinct public credentials
//   elections.ballot_form   not a ballot in its one form
//   elections.ballot_of_another   made for another election
//   elections.credential    the credential of the ballot is not in the list
//   elections.ballot_group  a number of it lies outside the group
//   elections.proof         a proof of the answers is false; the field says which
//   elections.signature     the ballot is not signed with its credential
//   elections.decryption    a share is malformed or its proof false
//   elections.incomplete    conflict: shares are missing, or no number fits what they open
namespace madang::elections {

inline constexpr std::size_t most_questions = 20;
inline constexpr std::size_t most_answers = 100;

// --- trustees and credentials (sections 4.5 and 4.8)

trustee_key make_trustee_key(const number& private_key);
outcome check_trustee_key(const trustee_key& key);
// The key of an election whose trustees all are needed: the product of theirs.
result<std::string> public_key_of(const std::vector<trustee_key>& trustees);

std::string new_uuid();        // 14 characters of Base58
std::string new_credential();  // five groups of three, the last character a check
// PBKDF2 of the credential with the election's uuid; nothing when its check does not fit.
std::optional<number> secret_of(std::string_view credential, std::string_view uuid);
std::string public_credential(const number& secret);
// A number of the group that may stand in the list.
bool is_public_credential(std::string_view decimal);

// --- the election

struct judged {
  elections::ballot ballot;
  std::string tracker;  // fingerprint of its text
  std::uint64_t weight = 1;
};

class poll {
 public:
  static result<poll> open(std::string election_text, std::string_view trustees_text,
                           std::string_view credentials_text);

  const elections::election& about() const { return about_; }
  const std::vector<trustee_key>& trustees() const { return trustees_; }
  const std::vector<voter_key>& voters() const { return voters_; }
  const std::string& fingerprint() const { return fingerprint_; }

  // Everything about a ballot that does not depend on other ballots.
  result<judged> judge(std::string_view ballot_text) const;

  // A ballot of this credential. `choices`: for each question 0 or 1 for each answer, led by the
  // blank vote where it is allowed. The choices must obey the questions. `before_signing` may spoil
  // it, for tests of who judges.
  std::string make_ballot(const number& secret, const std::vector<std::vector<int>>& choices,
                          const std::function<void(ballot&)>& before_signing = {}) const;

  // One trustee's share of opening a tally, and its check (4.18). `trustee` counts from 0.
  partial_decryption decrypt(const elections::tally& sum, const number& private_key) const;
  outcome check_share(const elections::tally& sum, std::size_t trustee,
                      const partial_decryption& share) const;
  // With the shares of all trustees in their order; `most` is the weight that was cast.
  result<outcome_of_poll> open_tally(const elections::tally& sum,
                                     const std::vector<partial_decryption>& shares,
                                     std::uint64_t most) const;

 private:
  poll(elections::election about, std::string fingerprint, std::vector<trustee_key> trustees,
       std::vector<voter_key> voters, const element& key);
  outcome judge_answer(const elections::answer& a, std::size_t question,
                       const std::string& credential) const;
  elections::answer make_answer(const std::vector<int>& choices, const question& q,
                                const std::string& credential) const;

  elections::election about_;
  std::string fingerprint_;
  std::vector<trustee_key> trustees_;
  std::vector<voter_key> voters_;
  std::unordered_map<std::string, std::uint64_t> weights_;
  element key_;
  fixed_base key_powers_;
};

// The ballots that count are the last of each credential (4.15), multiplied (4.16). Ballots are
// added in the order they were cast.
class counting {
 public:
  explicit counting(const election& about);
  void add(const judged& cast);
  elections::tally sum() const;
  std::uint64_t ballots() const { return last_.size(); }
  std::uint64_t weight() const { return weight_; }

 private:
  std::vector<std::size_t> sizes_;
  std::unordered_map<std::string, judged> last_;
  std::uint64_t weight_ = 0;
};

}  // namespace madang::elections
