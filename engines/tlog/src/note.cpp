#include "madang/tlog/note.hpp"

#include <algorithm>

#include "base64.hpp"
#include "madang/base/text.hpp"

namespace madang::tlog {
namespace {

constexpr std::string_view dash = "\xE2\x80\x94 ";
constexpr std::size_t id_size = 4, time_size = 8, signature_size = 64, public_size = 32;

refusal no_note() { return refuse(kind::invalid, "tlog.note"); }
refusal no_vkey() { return refuse(kind::invalid, "tlog.vkey"); }

bool has_control(std::string_view s) {
  return std::ranges::any_of(s, [](unsigned char c) { return c < 0x20 && c != '\n'; });
}

std::uint32_t id_of(std::string_view name, signature_type type, view key) {
  std::string head(name);
  head += '\n';
  head += static_cast<char>(type);
  const view parts[] = {trust::view_of(head), key};
  const auto d = trust::sha256(parts);
  return std::uint32_t{d[0]} << 24 | std::uint32_t{d[1]} << 16 | std::uint32_t{d[2]} << 8 | d[3];
}

trust::bytes big_endian(std::uint64_t n, std::size_t size) {
  trust::bytes out(size);
  for (std::size_t i = size; i-- > 0; n >>= 8) out[i] = static_cast<std::uint8_t>(n);
  return out;
}

// C2SP tlog-cosignature, "Ed25519 signed message".
std::string timed(std::uint64_t seconds, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

result<note_signature> parse_line(std::string_view line) {
  if (!line.starts_with(dash)) return no_note();
  line.remove_prefix(dash.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return no_note();
  note_signature s;
  s.name = line.substr(0, space);
  auto octets = strict_base64(line.substr(space + 1));
  if (!is_key_name(s.name) || !octets || octets->size() <= id_size) return no_note();
  for (std::size_t i = 0; i < id_size; ++i) s.id = s.id << 8 | (*octets)[i];
  s.octets.assign(octets->begin() + id_size, octets->end());
  return s;
}

}  // namespace

bool is_key_name(std::string_view name) {
  if (name.empty() || !text::is_utf8(name) || has_control(name)) return false;
  if (name.find_first_of(" \t\n\v\f\r+") != std::string_view::npos) return false;
  // The property White_Space of Unicode beyond ASCII.
  for (std::string_view space :
       {"\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
        "\xE2\x81\x9F", "\xE3\x80\x80"})
    if (name.find(space) != std::string_view::npos) return false;
  for (std::size_t at = name.find("\xE2\x80"); at != std::string_view::npos;
       at = name.find("\xE2\x80", at + 1))
    if (at + 2 < name.size() && static_cast<unsigned char>(name[at + 2]) >= 0x80 &&
        static_cast<unsigned char>(name[at + 2]) <= 0x8A)
      return false;
  return true;
}

std::string note_signature::line() const {
  trust::bytes all = big_endian(id, id_size);
  all.insert(all.end(), octets.begin(), octets.end());
  return std::string(dash) + name + " " + text::base64(all) + "\n";
}

std::string note::str() const {
  std::string out = text + "\n";
  for (const auto& s : signatures) out += s.line();
  return out;
}

result<std::vector<note_signature>> parse_signatures(std::string_view lines) {
  if (lines.empty() || lines.size() > longest_note || lines.back() != '\n') return no_note();
  if (!text::is_utf8(lines) || has_control(lines)) return no_note();
  std::vector<note_signature> out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    auto line = parse_line(lines.substr(0, end));
    if (!line || out.size() == most_signatures) return no_note();
    out.push_back(std::move(*line));
    lines.remove_prefix(end + 1);
  }
  return out;
}

result<note> parse_note(std::string_view bytes) {
  if (bytes.size() > longest_note || !text::is_utf8(bytes) || has_control(bytes)) return no_note();
  const std::size_t blank = bytes.rfind("\n\n");
  if (blank == std::string_view::npos || blank == 0) return no_note();
  auto signatures = parse_signatures(bytes.substr(blank + 2));
  if (!signatures) return signatures.why();
  return note{std::string(bytes.substr(0, blank + 1)), std::move(*signatures)};
}

std::string verifier::str() const {
  trust::bytes material{static_cast<std::uint8_t>(type)};
  const auto raw = key.raw();
  material.insert(material.end(), raw.begin(), raw.end());
  return name + "+" + text::hex(big_endian(id, id_size)) + "+" + text::base64(material);
}

result<verifier> parse_verifier(std::string_view vkey) {
  // The base64 may hold a plus itself, so the name ends at the first and the id at the second.
  const std::size_t first = vkey.find('+');
  if (first == std::string_view::npos || vkey.size() > 1024) return no_vkey();
  const std::size_t second = vkey.find('+', first + 1);
  if (second == std::string_view::npos || second - first != 9) return no_vkey();
  const auto name = vkey.substr(0, first), id = vkey.substr(first + 1, 8);
  if (!is_key_name(name) || id.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return no_vkey();
  auto material = strict_base64(vkey.substr(second + 1));
  if (!material || material->size() != 1 + public_size) return no_vkey();
  const auto type = static_cast<signature_type>(material->front());
  if (type != signature_type::ed25519 && type != signature_type::cosignature) return no_vkey();
  const view raw = view(*material).subspan(1);
  const std::uint32_t expected = id_of(name, type, raw);
  if (text::hex(big_endian(expected, id_size)) != id) return no_vkey();
  return verifier{std::string(name), expected, type, *trust::ed25519_public_key::from_raw(raw)};
}

note_signer::note_signer(std::string name, signature_type type, trust::ed25519_key key)
    : who_{std::move(name), 0, type, key.verifier()}, key_(std::move(key)) {
  check(is_key_name(who_.name), "a key of the log has a name without spaces and plus");
  who_.id = id_of(who_.name, type, who_.key.raw());
}

note_signature note_signer::sign(std::string_view text) const {
  check(who_.type == signature_type::ed25519, "this key makes cosignatures");
  return {who_.name, who_.id, key_.sign(trust::view_of(text))};
}

note_signature note_signer::cosign(std::string_view text, instant when) const {
  check(who_.type == signature_type::cosignature, "this key makes no cosignatures");
  const auto seconds = static_cast<std::uint64_t>(when.micros / 1'000'000);
  trust::bytes octets = big_endian(seconds, time_size);
  const auto signature = key_.sign(trust::view_of(timed(seconds, text)));
  octets.insert(octets.end(), signature.begin(), signature.end());
  return {who_.name, who_.id, std::move(octets)};
}

namespace {

// Seconds of a good signature (0: none said); nothing when it is not good.
std::optional<std::int64_t> judged(const note_signature& s, const verifier& who,
                                   std::string_view text) {
  if (who.type == signature_type::ed25519)
    return who.key.verify(trust::view_of(text), s.octets) ? std::optional<std::int64_t>(0)
                                                          : std::nullopt;
  if (s.octets.size() != time_size + signature_size || s.octets[0] > 0x7f) return {};
  std::uint64_t seconds = 0;
  for (std::size_t i = 0; i < time_size; ++i) seconds = seconds << 8 | s.octets[i];
  if (!who.key.verify(trust::view_of(timed(seconds, text)), view(s.octets).subspan(time_size)))
    return {};
  return static_cast<std::int64_t>(seconds);
}

}  // namespace

result<std::vector<verified>> verify(const note& n, std::span<const verifier> known) {
  std::vector<verified> out;
  for (const auto& s : n.signatures)
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (known[i].name != s.name || known[i].id != s.id) continue;
      const auto seconds = judged(s, known[i], n.text);
      if (!seconds) return refuse(kind::invalid, "tlog.signature", known[i].name);
      if (std::ranges::find(out, i, &verified::who) == out.end()) out.push_back({i, *seconds});
    }
  return out;
}

}  // namespace madang::tlog
