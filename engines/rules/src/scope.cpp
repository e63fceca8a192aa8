#include "scope.hpp"

#include <algorithm>
#include <array>

#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// What an ASCII octet may be in a name: 1 begins one, 2 goes on with it (a digit).
constexpr std::array<std::uint8_t, 128> make_ascii() {
  std::array<std::uint8_t, 128> out{};
  for (int c = 'a'; c <= 'z'; ++c) out[std::size_t(c)] = out[std::size_t(c - 32)] = 1;
  for (int c = '0'; c <= '9'; ++c) out[std::size_t(c)] = 2;
  out['_'] = out['?'] = 1;
  return out;
}
constexpr std::array<std::uint8_t, 128> ascii = make_ascii();

// Grammar rules 28 and 29, beyond ASCII: letters and marks of every script. What is not: blanks and
// signs.
bool is_name_letter(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c < 0x80) return ascii[c] == 1;
  if (text.substr(at).starts_with("\xC2")) {        // U+0080 to U+00BF: ª, µ, º are letters
    const auto low = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
    return low == 0xAA || low == 0xB5 || low == 0xBA || low == 0xB7;
  }
  if (text.substr(at).starts_with("\xE2\x80"))      // general punctuation, but joiners
    return text.substr(at, 3) == "\xE2\x80\x8C" || text.substr(at, 3) == "\xE2\x80\x8D";
  return !text.substr(at).starts_with("\xE3\x80\x80");
}

std::size_t blank_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return 0;
  const char c = text[at];
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f') return 1;
  if (static_cast<unsigned char>(c) < 0x80) return 0;
  for (std::string_view wide : {"\xC2\xA0", "\xC2\x85", "\xE1\x9A\x80", "\xE1\xA0\x8E",
                                "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
                                "\xE3\x80\x80", "\xEF\xBB\xBF"})
    if (text.substr(at).starts_with(wide)) return wide.size();
  if (text.substr(at).starts_with("\xE2\x80") && at + 2 < text.size()) {
    const auto low = static_cast<unsigned char>(text[at + 2]);
    if (low >= 0x80 && low <= 0x8B) return 3;       // U+2000 to U+200B
  }
  return 0;
}

// Most names are: then nothing is to be taken apart.
bool is_one_word(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return c < 0x80 && ascii[c] != 0;
  });
}

bool is_sign(char c) {
  return c == '.' || c == '/' || c == '-' || c == '\'' || c == '+' || c == '*';
}

}  // namespace

bool is_name_start(std::string_view text, std::size_t at) {
  return at < text.size() && is_name_letter(text, at);
}

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x80) {
      if (ascii[c] == 0) break;
      ++at;
      continue;
    }
    if (!is_name_letter(text, at) || blank_at(text, at)) break;
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

std::size_t skip_blank(std::string_view text, std::size_t at) {
  for (;;) {
    if (at >= text.size()) return at;
    const auto c = static_cast<unsigned char>(text[at]);
    if (c > ' ' && c < 0x80 && c != '/') return at;
    if (const auto n = blank_at(text, at)) {
      at += n;
    } else if (text.substr(at).starts_with("//")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      const auto end = text.find("*/", at + 2);
      at = end == npos ? text.size() : end + 2;
    } else {
      return at;
    }
  }
}

std::vector<std::string> words_of_name(std::string_view name) {
  std::vector<std::string> out;
  if (is_one_word(name)) {
    out.emplace_back(name);
    return out;
  }
  for (std::size_t at = 0; at < name.size();) {
    if (const auto n = blank_at(name, at)) {
      at += n;
      continue;
    }
    std::size_t end = word_end(name, at);
    if (end == at) {
      end = at + 1;
      while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) ++end;
    }
    out.emplace_back(name.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string normal_name(std::string_view name) {
  if (is_one_word(name)) return std::string(name);
  std::string out;
  bool after_word = false;
  for (const auto& w : words_of_name(name)) {
    const bool sign = w.size() == 1 && is_sign(w.front());
    if (!sign && after_word) out += ' ';
    out += w;
    after_word = !sign;
  }
  return out;
}

std::size_t match_words(const std::vector<std::string>& words, std::string_view text,
                        std::size_t from) {
  std::size_t at = from;
  bool after_word = false;
  for (const auto& w : words) {
    const std::size_t next = at == from ? at : skip_blank(text, at);
    const bool sign = w.size() == 1 && is_sign(w.front());
    if (!sign && after_word && next == at) return npos;
    if (!text.substr(next).starts_with(w)) return npos;
    at = next + w.size();
    if (!sign && word_end(text, next) != at) return npos;
    after_word = !sign;
  }
  return at;
}

void scope::add(std::string_view name, named::where lies, int index, type_ptr t) {
  named n;
  n.name = normal_name(name);
  n.words = words_of_name(name);
  n.lies = lies;
  n.index = index;
  n.type = t ? std::move(t) : any_type();
  names.push_back(std::move(n));
}

found_name longest_name(const scope& at, std::string_view text, std::size_t from) {
  found_name best;
  const std::string_view first = text.substr(from, word_end(text, from) - from);
  for (const scope* s = &at; s; s = s->outer)
    for (auto n = s->names.rbegin(); n != s->names.rend(); ++n) {
      if (n->words.empty() || n->words.front() != first) continue;
      const auto end = match_words(n->words, text, from);
      if (end != npos && end > best.end) best = {s, &*n, end};
    }
  return best;
}

namespace {

int slot_within(frame_layout& here, frame_layout& lies, int slot) {
  if (&here == &lies) return slot;
  check(here.outer != nullptr, "a name lies in a function around");
  const int outer = slot_within(*here.outer, lies, slot);
  for (const auto& c : here.captures)
    if (c.outer == outer) return c.inner;
  here.captures.push_back({outer, here.allocate()});
  return here.captures.back().inner;
}

}  // namespace

int item_slot(const scope& at, const scope& filter) {
  return slot_within(*at.layout, *filter.layout, filter.item_slot);
}

node_ptr node_of(const scope& at, const scope& found_in, const named& n, int place) {
  if (compile_watch* w = watch_of(*at.layout)) w->uses(n);
  if (n.lies == named::where::global) return make_global(place, n.index, n.type);
  const int lies = n.lies == named::where::member ? found_in.item_slot : n.index;
  const int slot = slot_within(*at.layout, *found_in.layout, lies);
  if (n.lies == named::where::local) return make_local(place, slot, n.type);
  auto item = std::make_shared<type>();
  item->kind = type::how::context;
  item->fields.emplace_back(n.name, n.type);
  return make_path(place, make_local(place, slot, std::move(item)), n.name);
}

}  // namespace madang::rules
