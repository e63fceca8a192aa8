#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "madang/html/node.hpp"
#include "madang/platform/context.hpp"
#include "madang/voices/passes.hpp"
#include "madang/voices/tokens.hpp"

// Where voices are given that nobody can trace: by a token for one ask (level 1, voices/tokens.hpp)
// or by a pass of a quarter (level 2, voices/passes.hpp).
//
//   GET  PATH/{number}/tokens            what was issued and used, with the keys; everybody
//   POST PATH/{number}/token/begin       -> {ask, bucket, key} or {ask, quarter, key}; signed in
//   POST PATH/{number}/token             {bucket, blinded} -> {signature}; signed in
//   POST PATH/{number}/voice             {saying, message, signature, secret, chosen}, or {saying,
//                                        time, presentation}; refused with a session
//   POST PATH/{number}/voice/take-back   likewise
//
// `chosen` of a choice is written as in the log: "3,1,2".
namespace madang::assembly {

struct token_room {
  platform::house* home = nullptr;
  std::string path;                // "/petitions"
  std::string title;               // key of the text that the place is called by
  // Keys of the texts of PATH/{number}/tokens at level 1.
  std::string lead = "assembly.tokens_lead", limits = "assembly.tokens_limits";
  voices::saying main = voices::saying::back;
  // Of the place's book; both live as long as the pages.
  voices::token_office* tokens = nullptr;
  voices::pass_office* passes = nullptr;     // null where no ask is of level 2
  // The ask of a request; hidden ones and those of other levels are left out by the room.
  std::function<std::optional<voices::ask>(const platform::context&)> find;
  std::function<audit::access(const platform::context&, const std::string& reference)> why;
  // The bucket of who has signed in, or why she gets no token here.
  std::function<result<std::string>(const platform::context&, const voices::ask&)> bucket_of;
};

void token_pages(token_room r);

// What a bucket is called; `all` and "none" are no districts.
std::string bucket_name(const platform::context& c, std::string_view code);

// Tells people of one browser apart, by what they are called within an ask or a quarter.
std::string holder_of(const std::string& pseudonym);

// Where a voice is given, on the page of its ask, by the island madang-voice. Hidden until that is
// there; without script the page says what is missing.
struct token_place {
  std::string ask, path, saying;   // path: of the ask
  std::string holder;              // empty: nobody has signed in
  std::string quarter;             // of level 2; else empty
  std::string place;               // PATH of the room
  // Keys of texts: to sign in; that it counts; to take it back; to give it again; how it is kept
  // from everybody.
  std::string sign_in, given, undo, again, unseen;
  // Of a choice: the fields of the paper, outside any form; what its options are called; the texts
  // that say what was chosen ({what}), and to change it.
  html::node ballot = {};
  std::vector<std::string> options = {};
  std::string chose = {}, change = {};
};
html::node token_part(const platform::context& c, const token_place& at);

}  // namespace madang::assembly
