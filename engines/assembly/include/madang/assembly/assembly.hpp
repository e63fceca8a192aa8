#pragma once
#include <functional>
#include <string>
#include <vector>

#include "madang/html/node.hpp"
#include "madang/platform/house.hpp"
#include "madang/voices/book.hpp"

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
//   PATH/adoption[.csv]         what ministries owe and made of it, where the rule has verdicts
//
// Other systems ask by name, and get public things only:
//   SYSTEM.lately   {limit} -> {items: [{id, title, summary, language, href, at, ends, topic,
//                   count}]}, the newest first; `ends` and `summary` may be empty
//   SYSTEM.ask      {number} or {source} -> {number, href, title, stage, stage_name, due, replies:
//                   [{agency, body, at, verdict, verdict_name}]}; refusal voices.unknown
//   SYSTEM.adoption -> {verdicts: [{id, name, adopts}], asks: [{number, href, title, agency,
//                   verdict, body, at}]}; an empty verdict: it is owed still
// and tell:
//   SYSTEM.file     {title, body, language, category, source} -> as SYSTEM.ask; once a source
//   SYSTEM.say      {number, undo} -> true; the actor's voice, of level 0, by another way than the
//                   pages. SYSTEM.ask says `by_text` where it may be given. Refusals of book::say
//
// Texts: SYSTEM.title, SYSTEM.lead, SYSTEM.filing and so on beside assembly.*, which all share.
namespace madang::assembly {

// What a system adds to the page of an ask, between its title and what was asked.
struct shown {
  html::node body;
  std::vector<std::string> frames;  // origins whose pages it embeds, for the policy of the page
  bool media = false;               // it plays recordings of ours
};

// How asks come to be: by the form of this room, by pages of the system (PATH/start is its own), or
// by SYSTEM.file alone.
enum class filing { form, elsewhere, by_program };

struct place {
  std::string system;              // whose database it is, and the first part of its texts
  std::string rule;                // voices/RULE.yaml of the pack
  std::string path, desk;          // "/petitions", "/desk/petitions"
  std::string moderator;           // role of who may hide
  std::string keeper = {};         // role of who may answer besides the agency; empty: nobody
  filing filed = filing::form;
  std::function<shown(platform::context&, const voices::ask&)> shows = {};
};

// A rule of a pack; throws packs::broken_pack when it is wrong or names an agency it has not.
voices::rule rule_of(const packs::pack& pack, const std::string& file);

// Moves the pages in. Nothing when the pack has no such rule; throws packs::broken_pack when it has
// a broken one.
void open(platform::house& h, place p);

}  // namespace madang::assembly
