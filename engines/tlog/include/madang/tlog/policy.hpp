#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "madang/tlog/checkpoint.hpp"

// C2SP tlog-policy: whose logs are believed, and which witnesses must have seen a checkpoint.
namespace madang::tlog {

struct policy_log {
  verifier key;                    // its name is the log's origin
  std::string url;
};
struct policy_witness {
  std::string name;                // in the policy only
  verifier key;
  std::string url;
};

// What a checkpoint was found to be.
struct judged_checkpoint {
  std::size_t log = 0;             // index into policy::logs
  std::vector<verified> witnesses; // `who` is an index into policy::witnesses
};

class policy {
 public:
  // Refusals tlog.policy with the number of the line in `field`: unknown word, name that is not
  // defined before, defined twice, or counted twice; key of the wrong type; no quorum or several.
  static result<policy> parse(std::string_view file);
  // Any k of these witnesses; k = 0: none is needed.
  static policy k_of(std::size_t k, std::vector<policy_log> logs,
                     std::vector<policy_witness> witnesses);

  const std::vector<policy_log>& logs() const { return logs_; }
  const std::vector<policy_witness>& witnesses() const { return witnesses_; }
  std::string str() const;

  // Signed by the log that it names, and cosigned by a quorum. Refusals: tlog.unknown_log,
  // tlog.unsigned, tlog.signature, tlog.quorum.
  result<judged_checkpoint> judge(const signed_checkpoint& c) const;
  // The same without asking for the quorum: who has signed.
  result<judged_checkpoint> signers(const signed_checkpoint& c) const;
  // Are these witnesses (indices) enough?
  bool is_quorum(const std::vector<verified>& seen) const;

 private:
  struct group {
    std::size_t least = 0;
    std::vector<std::string> members;
  };
  bool witnessed(const std::string& name, const std::vector<verified>& seen) const;
  outcome read_line(const std::vector<std::string>& words, std::map<std::string, bool>& used);
  outcome read_group(const std::vector<std::string>& words, std::map<std::string, bool>& used);

  std::vector<policy_log> logs_;
  std::vector<policy_witness> witnesses_;
  std::vector<std::string> group_names_;   // in the order of the file
  std::map<std::string, group> groups_;
  std::string quorum_;
};

}  // namespace madang::tlog
