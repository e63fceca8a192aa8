#pragma once
#include <string>

#include "madang/platform/house.hpp"
#include "madang/voices/rule.hpp"

// Places where the people speak: the pages of asks and voices (engines/voices) by the rule of the
// pack. A system that has one is this declaration, its texts, and what only it does.
//
//   PATH                        what is open, what was answered, what has ended; by category
//   PATH/start, PATH/N          filing with similar ones first; one ask: how far it is, what comes
//                               next, its answer, one's own voice, given and taken back
//   PATH/feed.atom              what was listed and answered (RFC 4287)
//   PATH/N/counts.csv           every hour and province
//   PATH/N/recount, .../unusual the log counted again by the reader; what is unusual
//   DESK, DESK/N                officials: what their agency owes; hiding with a public reason, and
//                               objections, which another official decides
//
// Texts: SYSTEM.title, SYSTEM.lead, SYSTEM.filing and so on beside assembly.*, which all share.
namespace madang::assembly {

struct place {
  std::string system;              // whose database it is, and the first part of its texts
  std::string rule;                // voices/RULE.yaml of the pack
  std::string path, desk;          // "/petitions", "/desk/petitions"
  std::string moderator;           // role of who may hide
};

// A rule of a pack; throws packs::broken_pack when it is wrong or names an agency it has not.
voices::rule rule_of(const packs::pack& pack, const std::string& file);

// Moves the pages in. Nothing when the pack has no such rule; throws packs::broken_pack when it has
// a broken one.
void open(platform::house& h, place p);

}  // namespace madang::assembly
