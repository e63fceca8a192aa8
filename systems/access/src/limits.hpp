#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "madang/base/base.hpp"

// How often somebody may ask for what costs much (OWASP ASVS 5.0 V2.4.1): buckets of tokens, by
// rules of the pack (limits.yaml). Kept in memory, and no more than `most` buckets of them: when
// there are more, those that are full again are forgotten, and newcomers share one a rule.
namespace madang::access {

struct bucket_size {
  double burst = 0, each_minute = 0;
};

struct limit {
  std::string id;
  std::vector<std::string> pages;  // "POST /apply/{draft}/submit", with all that lies below
  bucket_size person, address;
};

// Refusal limits.rule: field names the entry and member that is wrong.
result<std::vector<limit>> read_limits(const json::value& v);

class limits {
 public:
  explicit limits(std::vector<limit> rules, std::size_t most = 100'000)
      : rules_(std::move(rules)), shared_(rules_.size() * 2), most_(most) {}

  struct refused {
    std::string id;
    bool by_person = false;
    int seconds = 1;     // until there is a token again
    bool first = false;  // since the bucket was full: to be told once
  };
  // Takes a token for a page, as the router names it. `whose`: the person's key, or the network of
  // who has not signed in.
  std::optional<refused> take(std::string_view route, bool by_person, std::string_view whose,
                              instant at);
  std::size_t remembered() const;

 private:
  struct bucket {
    double tokens = -1;  // below 0: it has not been used
    instant at;
    bool told = false;
  };
  bucket& bucket_of(std::size_t rule, bool by_person, std::string_view whose, instant at);
  static void fill(bucket& b, const bucket_size& size, instant at);

  const std::vector<limit> rules_;
  std::unordered_map<std::string, bucket> buckets_;
  std::vector<bucket> shared_;
  const std::size_t most_;
  mutable std::mutex mutex_;
};

}  // namespace madang::access
