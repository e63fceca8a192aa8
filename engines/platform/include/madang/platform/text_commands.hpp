#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/words.hpp"
#include "madang/packs/packs.hpp"

// What people may ask for by text message: participation/text-messages.yaml of the pack. A place
// where the people speak is joined by a word and a number ("추천 2026-17"); it answers by the verbs
// SYSTEM.ask and SYSTEM.say (assembly.hpp).
namespace madang::platform {

struct text_command {
  std::string system;              // "petitions"
  std::vector<std::string> say, undo;        // as text::fold leaves them
  words example;                   // "추천 {number}", as people are told it
};

// Nothing when the pack has no such file. Throws packs::broken_pack when a word is missing, longer
// than 20 characters, has a space, or is there twice.
std::vector<text_command> text_commands_of(const packs::pack& pack);

// What a message says. `what` is none for anything that is no command: whoever sent it is told how.
struct text_said {
  enum class kind { none, say, undo, code } what = kind::none;
  std::string system, number;      // of say and undo: "2026-000017"
  std::string code;                // four digits
};
// Takes what people type: any case, spaces more than one, a number without its zeros.
text_said understood(const std::vector<text_command>& all, std::string_view message);

// Of a message as Kannel's smsbox posts it: UTF-8, or UTF-16BE as its content type says (3GPP TS
// 23.038, UCS-2). Nothing: the octets are no text of that kind, or longer than ten messages.
std::optional<std::string> text_of(std::string_view octets, std::string_view content_type);

}  // namespace madang::platform
