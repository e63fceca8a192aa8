#include "madang/voices/leaf.hpp"

#include <algorithm>

#include "inside.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/voices/choice.hpp"

namespace madang::voices {
namespace {

constexpr std::string_view version = "madang-voices/1";
constexpr std::size_t pseudonym_digits = 64, longest_word = 40, commitment_digits = 64,
                      salt_digits = 32, key_digits = 64;

}  // namespace

bool is_word(std::string_view s) {
  return !s.empty() && s.size() <= longest_word && std::ranges::all_of(s, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_hex(std::string_view s, std::size_t digits) {
  return s.size() == digits && std::ranges::all_of(s, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

namespace {

// A count without leading zeros; the hash of a key.
bool is_told(std::string_view what, std::string_view value) {
  if (what == "key") return is_hex(value, key_digits);
  return what == "issued" && !value.empty() && value.size() <= 10 && value[0] != '0' &&
         std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

// "3,1,2", with ":SALT" when it is opened; "#COMMITMENT".
bool is_chosen(std::string_view s, bool opened) {
  if (s.starts_with('#')) return !opened && is_hex(s.substr(1), commitment_digits);
  const auto colon = s.find(':');
  if (opened != (colon != std::string_view::npos)) return false;
  if (opened && !is_hex(s.substr(colon + 1), salt_digits)) return false;
  return parse_chosen(s.substr(0, colon)).has_value();
}

}  // namespace

std::string leaf::str() const {
  std::string out = std::string(version) + " " + ask.str() + " ";
  if (!told.empty()) return out + fmt::format("{} {} {} {}", told, bucket, value, at.str());
  if (!said) return out + "stage " + stage + " " + at.str();
  out += fmt::format("{} {} {} {} ", name_of(*said), sign, pseudonym, bucket);
  if (!chosen.empty()) out += chosen + " ";
  return out + at.str();
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
  } else if (parts[2] == "key" || parts[2] == "issued") {
    if (parts.size() != 6 || !is_word(parts[3]) || !is_told(parts[2], parts[4])) return {};
    out.told = parts[2];
    out.bucket = parts[3];
    out.value = parts[4];
  } else {
    out.said = saying_named(parts[2]);
    const bool choice = out.said == saying::choice;
    if (!out.said || parts.size() != (choice ? 8U : 7U) || parts[3].size() != 1 ||
        !is_hex(parts[4], pseudonym_digits) || !is_word(parts[5]))
      return {};
    out.sign = parts[3].front();
    if (std::string_view(choice ? "+-x=" : "+-xo").find(out.sign) == std::string_view::npos)
      return {};
    if (choice && !is_chosen(parts[6], out.sign == '=')) return {};
    if (choice) out.chosen = parts[6];
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

std::string commitment_of(id ask, std::string_view pseudonym, std::string_view chosen,
                          std::string_view salt) {
  return "#" + trust::sha256_hex(fmt::format("{} choice {} {} {} {}", version, ask.str(), pseudonym,
                                             chosen, salt));
}

std::string pseudonym_of(std::string_view key, id person, id ask) {
  const std::string who = person.str() + " " + ask.str();
  return text::hex(trust::hmac_sha256(trust::view_of(key), trust::view_of(who)));
}

}  // namespace madang::voices
