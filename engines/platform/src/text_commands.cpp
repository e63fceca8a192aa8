#include "madang/platform/text_commands.hpp"

#include <iconv.h>

#include <algorithm>
#include <set>

#include "madang/base/check.hpp"
#include "madang/base/text.hpp"

namespace madang::platform {
namespace {

constexpr std::string_view file = "participation/text-messages.yaml";
constexpr std::size_t longest_word = 60;               // octets: 20 syllables
constexpr std::size_t longest_message = 1600;          // octets of ten UCS-2 messages and more
constexpr std::size_t code_digits = 4, year_digits = 4, number_digits = 6;

bool is_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> words_in(const json::value& one, const char* name) {
  std::vector<std::string> out;
  if (const auto& all = json::at(one, name); all.is_array())
    for (const auto& w : all.get_array())
      out.push_back(text::fold(w.is_string() ? std::string_view(w.get_string()) : ""));
  for (const auto& w : out)
    if (w.empty() || w.size() > longest_word || w.find(' ') != w.npos || is_digits(w))
      throw packs::broken_pack({std::string(file), 0, std::string(name) + " has no such word"});
  if (out.empty())
    throw packs::broken_pack({std::string(file), 0, std::string(name) + " has no word"});
  return out;
}

// "2026-17" as the house writes it: "2026-000017".
std::string whole_number(std::string_view typed) {
  const auto hyphen = typed.find('-');
  if (hyphen != year_digits || !is_digits(typed.substr(0, hyphen))) return {};
  const auto rest = typed.substr(hyphen + 1);
  if (!is_digits(rest) || rest.size() > number_digits) return {};
  return std::string(typed.substr(0, hyphen + 1)) + std::string(number_digits - rest.size(), '0') +
         std::string(rest);
}

// A half of a surrogate pair alone is no text, nor is half a unit (RFC 2781).
std::optional<std::string> from_utf16(std::string_view octets) {
  const iconv_t to = iconv_open("UTF-8", "UTF-16BE");
  check(to != reinterpret_cast<iconv_t>(-1), "the C library knows UTF-16BE");
  std::string in(octets), out(octets.size() * 2, '\0');        // a unit is three octets at most
  char* from = in.data();
  char* into = out.data();
  std::size_t left = in.size(), room = out.size();
  const bool whole = iconv(to, &from, &left, &into, &room) != static_cast<std::size_t>(-1);
  iconv_close(to);
  if (!whole || left > 0) return {};
  out.resize(out.size() - room);
  return out;
}

}  // namespace

std::vector<text_command> text_commands_of(const packs::pack& pack) {
  std::vector<text_command> out;
  if (!pack.has(std::string(file))) return out;
  std::set<std::string> used;
  const json::value read = pack.yaml(std::string(file));
  const auto& all = json::at(read, "commands");
  if (!all.is_array()) throw packs::broken_pack({std::string(file), 0, "has no commands"});
  for (const auto& one : all.get_array()) {
    text_command c{std::string(json::str(one, "system")), words_in(one, "say"),
                   words_in(one, "undo"), json::words_of(json::at(one, "example"))};
    for (const auto* some : {&c.say, &c.undo})
      for (const auto& w : *some)
        if (!used.insert(w).second)
          throw packs::broken_pack({std::string(file), 0, "\"" + w + "\" is there twice"});
    out.push_back(std::move(c));
  }
  return out;
}

text_said understood(const std::vector<text_command>& all, std::string_view message) {
  std::vector<std::string> parts;
  for (auto& part : text::split(text::fold(text::trim(message)), ' '))
    if (!part.empty()) parts.push_back(std::move(part));
  using kind = text_said::kind;
  if (parts.size() == 1 && parts[0].size() == code_digits && is_digits(parts[0]))
    return {kind::code, {}, {}, parts[0]};
  if (parts.size() != 2) return {};
  const std::string number = whole_number(parts[1]);
  if (number.empty()) return {};
  for (const auto& c : all) {
    if (std::ranges::find(c.say, parts[0]) != c.say.end()) return {kind::say, c.system, number, {}};
    if (std::ranges::find(c.undo, parts[0]) != c.undo.end())
      return {kind::undo, c.system, number, {}};
  }
  return {};
}

std::optional<std::string> text_of(std::string_view octets, std::string_view content_type) {
  if (octets.size() > longest_message) return {};
  const std::string type = text::lower_case(content_type);
  if (type.find("utf-16") != type.npos) return from_utf16(octets);
  if (!text::is_utf8(octets)) return {};
  return std::string(octets);
}

}  // namespace madang::platform
