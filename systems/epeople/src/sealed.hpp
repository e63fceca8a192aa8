#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/forms/drafts.hpp"
#include "madang/platform/house.hpp"

// Who stands behind a protected report (Anti-Corruption Act art. 64; Protection of Public Interest
// Reporters Act art. 12). Identities lie in a database of their own, "reporters"; the report, its
// file, the audit and the outbox know a pseudonym that is made for that one report, so that two
// reports of one person cannot be told to be hers. Drafts of all filings lie here too.
namespace madang::epeople {

struct reporter {
  id pseudonym, person;
  std::string name, kind, once;
  std::int64_t turn = 0;
  instant at;
};
struct opening {
  id key, pseudonym;
  std::string who, reason;
  instant at;
};

inline constexpr const char* guardian = "reporter_guardian";

class sealed {
 public:
  explicit sealed(platform::house& home);

  // The pseudonym under which this filing is known; the same for the same `once`.
  id reserve(const audit::access& why, std::string_view kind, const std::string& once);
  // The place in the queue that her last report was given, so that many reports take turns too.
  std::int64_t last_turn(id person);
  void keep_turn(id pseudonym, std::int64_t turn);

  bool is(id pseudonym, id person);
  std::vector<id> pseudonyms_of(id person);
  // For telling her something without anybody reading it.
  std::optional<id> person_behind(id pseudonym);

  // Opens it: for the guardian's post alone, with a reason. An entry about the reporter is on disk
  // before the name leaves. Refusals: epeople.guardian_only, epeople.reason_missing at "reason",
  // epeople.no_reporter.
  result<reporter> open(const audit::access& why, id pseudonym, std::string_view reason);
  std::vector<opening> openings(id pseudonym);

  // Who acts for a report: nobody by name.
  audit::actor mask(id pseudonym) const;

  forms::drafts& drafts() { return drafts_; }

 private:
  platform::house& home_;
  store::database& db_;
  forms::drafts drafts_;
};

}  // namespace madang::epeople
