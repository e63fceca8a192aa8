#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"

// What of an entry goes into a log that nobody can rewrite: entries of a database get numbers in
// the order in which they are found, and each a salt. The log holds a commitment to salt and
// statement; the statement itself, which names people, never leaves the database.
//
// Reading and entering know nothing of it: somebody comes by now and then, takes what is new and
// numbers it. Numbers have no gaps, so whoever enters them elsewhere knows that none is missing.
namespace madang::audit {

struct sealed {
  std::int64_t number = 0;             // from 1 on, without gaps, one row for each entry
  id entry;
  std::vector<std::uint8_t> salt;      // 32 octets
  std::string statement;               // the entry as JSON, always the same octets
};

// Entries with keys above `after` that have no number yet get one, in one transaction, `limit` at
// most. Returns how far it came: the greatest key that was looked at, and how many were numbered.
struct sealing {
  id reached;
  std::size_t count = 0;
};
using salt_maker = std::function<std::vector<std::uint8_t>()>;   // 32 octets nobody can guess
sealing seal_new(store::database& db, id after, int limit, const salt_maker& fresh_salt);

// Numbers above `number`, in their order.
std::vector<sealed> sealed_after(store::database& db, std::int64_t number, int limit);
std::optional<sealed> seal_of(store::read& r, std::string_view database, id entry);
std::optional<entry> find(store::read& r, id entry);

// The key that an entry of that moment would have at the least.
id first_key_at(instant t);

}  // namespace madang::audit
