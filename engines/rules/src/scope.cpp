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

// The word that begins here, or the sign; what is neither stands for itself.
struct name_part {
  std::string_view text;
  bool word, sign;
};
name_part part_of_name(std::string_view name, std::size_t at) {
  std::size_t end = word_end(name, at);
  if (end != at) return {name.substr(at, end - at), true, false};
  const bool sign = std::string_view("./-'+*").find(name[at]) != npos;
  end = at + 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) ++end;
  return {name.substr(at, end - at), false, sign};
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

std::size_t skip_any_blank(std::string_view text, std::size_t at) {
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

std::string normal_name(std::string_view name) {
  if (is_one_word(name)) return std::string(name);
  std::string out;
  bool after_word = false;
  for (std::size_t at = 0; at < name.size();) {
    if (const auto n = blank_at(name, at)) {
      at += n;
      continue;
    }
    const name_part part = part_of_name(name, at);
    if (!part.sign && after_word) out += ' ';
    out += part.text;
    after_word = !part.sign;
    at += part.text.size();
  }
  return out;
}

std::size_t match_name(std::string_view name, std::string_view text, std::size_t from) {
  std::size_t to = from;
  bool after_word = false;
  for (std::size_t at = 0; at < name.size();) {
    if (const auto n = blank_at(name, at)) {
      at += n;
      continue;
    }
    const auto [part, word, sign] = part_of_name(name, at);
    const std::size_t next = to == from ? to : skip_blank(text, to);
    if (word ? after_word && next == to : !sign) return npos;
    if (text.compare(next, part.size(), part) != 0) return npos;
    to = next + part.size();
    if (word && word_end(text, to) != to) return npos;
    after_word = word;
    at += part.size();
  }
  return to;
}

void scope::add(std::string_view name, named::where lies, int index, type_ptr t) {
  if (names.empty()) names.reserve(4);
  names.push_back({normal_name(name), lies, index, t ? std::move(t) : any_type()});
}

void scope::filters(const type_ptr& list) {
  const type_ptr& one = list->kind == type::how::list ? list->element : list;
  item = one.get();
  item_slot = layout->allocate();
  item_open = one->kind == type::how::any ||
              (one->kind == type::how::context && one->fields.empty());
  if (!one->field("item")) add("item", named::where::local, item_slot, one);
}

found_name longest_name(const scope& at, std::string_view text, std::size_t from) {
  found_name best;
  if (!is_name_start(text, from)) return best;
  const auto try_one = [&](const scope& s, std::string_view name, const named* what,
                           const type_ptr& t) {
    if (name.empty() || name.front() != text[from]) return;
    const auto end = match_name(name, text, from);
    if (end != npos && end > best.end) best = {&s, name, what, &t, end};
  };
  for (const scope* s = &at; s; s = s->outer) {
    for (auto n = s->names.rbegin(); n != s->names.rend(); ++n)
      try_one(*s, n->name, &*n, n->type);
    if (!s->item) continue;
    for (auto f = s->item->fields.rbegin(); f != s->item->fields.rend(); ++f)
      try_one(*s, f->first, nullptr, f->second);
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

node_ptr node_of(const scope& at, const found_name& found, int place) {
  const named* n = found.what;
  if (compile_watch* w = watch_of(*at.layout); w && n) w->uses(*n);
  if (n && n->lies == named::where::global) return make_global(place, n->index, n->type);
  const int lies = n ? n->index : found.in->item_slot;
  const int slot = slot_within(*at.layout, *found.in->layout, lies);
  if (n) return make_local(place, slot, n->type);
  return make_path(place, make_local(place, slot, any_type()), std::string(found.name),
                   *found.type);
}

}  // namespace madang::rules
