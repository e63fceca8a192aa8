#include "madang/voices/leaf.hpp"

#include <algorithm>

#include "madang/trust/bytes.hpp"

namespace madang::voices {
namespace {

constexpr std::string_view version = "madang-voices/1";
constexpr std::size_t pseudonym_digits = 64, longest_word = 40;

bool is_word(std::string_view s) {
  return !s.empty() && s.size() <= longest_word && std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_pseudonym(std::string_view s) {
  return s.size() == pseudonym_digits && std::ranges::all_of(s, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

std::string leaf::str() const {
  std::string out = std::string(version) + " " + ask.str() + " ";
  if (!said) return out + "stage " + stage + " " + at.str();
  return out + std::string(name_of(*said)) + " " + sign + " " + pseudonym + " " + bucket + " " +
         at.str();
}

std::optional<leaf> leaf::parse(std::string_view line) {
  const auto parts = text::split(line, ' ');
  if (parts.size() < 5 || parts[0] != version) return {};
  leaf out;
  const auto ask = id::parse(parts[1]);
  const auto at = instant::parse(parts.back());
  if (!ask || !at) return {};
  out.ask = *ask;
  out.at = *at;
  if (parts[2] == "stage") {
    if (parts.size() != 5 || !is_word(parts[3])) return {};
    out.stage = parts[3];
  } else {
    out.said = saying_named(parts[2]);
    if (!out.said || parts.size() != 7 || parts[3].size() != 1 || !is_pseudonym(parts[4]) ||
        !is_word(parts[5]))
      return {};
    out.sign = parts[3].front();
    if (std::string_view("+-x").find(out.sign) == std::string_view::npos) return {};
    out.pseudonym = parts[4];
    out.bucket = parts[5];
  }
  if (out.str() != line) return {};          // one way to write each
  return out;
}

instant slot_of(instant t) {
  constexpr std::int64_t slot = 600'000'000;
  return {t.micros - (t.micros % slot + slot) % slot};
}

std::string pseudonym_of(std::string_view key, id person, id ask) {
  const std::string who = person.str() + " " + ask.str();
  return text::hex(trust::hmac_sha256(trust::view_of(key), trust::view_of(who)));
}

}  // namespace madang::voices
