#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/vault/vault.hpp"

namespace madang::archive {

using platform::context;
using platform::house;
using platform::needs;

class office {
 public:
  explicit office(house& h);

  house& home() { return house_; }
  vault::vault& store() { return vault_; }
  audit::access why(const context& c, const vault::record& r) const;

  // Brings to the log what has been said and is not there yet. Called after each statement, at the
  // start and each night, so nothing stays behind whatever was killed.
  void enter();
  // The proof of the last statement about a record as a file; empty: not confirmed yet.
  struct proof {
    std::string file, said;
    std::int64_t index = 0;
    std::string what;
  };
  std::optional<proof> prove(const vault::record& r, std::string_view what);
  outcome erase(const context& c, const vault::record& r);

  // A link by which somebody may be let in: good for a week, once.
  std::string invite(const context& c, const vault::record& r);
  std::optional<vault::record> invited(std::string_view token);
  result<vault::record> accept(const context& c, std::string_view token);

  house::watched state();
  outcome scrub(const std::atomic<bool>& stop);

 private:
  house& house_;
  store::database& db_;
  vault::vault vault_;
  std::mutex entering_;
};
using shared_office = std::shared_ptr<office>;

void store_pages(house& h, shared_office o);      // the folders, putting in
void record_pages(house& h, shared_office o);     // one record: looking, proofs, sharing, erasing

// "3.2 MB"
std::string size_words(std::int64_t octets);
// One of hers, or one she was let into. Refusal vault.unknown, and the auditor reads of a try.
result<vault::record> seen_by(context& c, office& o);
result<vault::record> held_by(context& c, office& o);

}  // namespace madang::archive
