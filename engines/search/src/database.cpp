// Words for the full-text index of a database. FTS5 and PostgreSQL count places by words, so what
// belongs together must stand in consecutive places: pairs of one run follow each other, a bridge
// stands where a word touches a run ("2020년": a2020 b..), x parts what is parted in the text.
// Single letters, which would break that order, come at the end, each once.
#include <algorithm>

#include "madang/search/tokens.hpp"
#include "normal.hpp"

namespace madang::search {
namespace {

void hex(std::string& out, std::uint32_t value, int digits) {
  constexpr char names[] = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += names[value >> shift & 15];
}

std::string letters_word(char mark, char32_t first, char32_t second = 0) {
  const bool wide = first > 0xFFFF || second > 0xFFFF;
  std::string out(1, mark);
  if (wide) out += 'z';
  hex(out, first, wide ? 6 : 4);
  if (second) hex(out, second, wide ? 6 : 4);
  return out;
}

void append_bytes(std::string& out, std::string_view bytes) {
  for (unsigned char c : bytes) hex(out, c, 2);
}

std::string word_word(std::string_view word) {
  const bool ascii =
      std::none_of(word.begin(), word.end(), [](unsigned char c) { return c >= 0x80; });
  if (ascii) return "a" + std::string(word);
  std::string out = "w";
  append_bytes(out, word);
  return out;
}

char32_t point_at(std::string_view text, std::size_t place) { return next_point(text, place); }

// One unbroken stretch of the text as words of consecutive places; singles go elsewhere.
struct stretch {
  std::vector<std::string> places;
  std::vector<char32_t> singles;   // of runs of one letter
};

void add_bridge(std::string_view text, const piece& left, const piece& right, stretch& out) {
  std::string bridge = "b";
  auto edge = [&](const piece& p, bool last) {
    if (p.is == piece::kind::word)
      return append_bytes(bridge, text.substr(p.begin, p.end - p.begin));
    const auto at = letters(text, p);
    const auto i = last ? at.size() - 2 : 0;
    append_bytes(bridge, text.substr(at[i], at[i + 1] - at[i]));
  };
  edge(left, true);
  bridge += 'x';
  edge(right, false);
  out.places.push_back(std::move(bridge));
}

void add_piece(std::string_view text, const piece& p, stretch& out, std::vector<char32_t>* all) {
  if (p.is == piece::kind::word) {
    out.places.push_back(word_word(text.substr(p.begin, p.end - p.begin)));
    return;
  }
  const auto at = letters(text, p);
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    if (all) all->push_back(point_at(text, at[i]));
    if (i + 2 < at.size())
      out.places.push_back(letters_word('p', point_at(text, at[i]), point_at(text, at[i + 1])));
  }
  if (at.size() == 2) out.singles.push_back(point_at(text, at[0]));
}

std::vector<stretch> stretches(std::string_view text, std::vector<char32_t>* all) {
  std::vector<stretch> out;
  const piece* before = nullptr;
  const auto parts = pieces(text);
  for (const auto& p : parts) {
    if (!p.joined || out.empty()) out.emplace_back();
    else if (before->is != p.is) add_bridge(text, *before, p, out.back());
    add_piece(text, p, out.back(), all);
    before = &p;
  }
  return out;
}

}  // namespace

std::string index_text(std::string_view text) {
  const auto n = normal(text);
  std::vector<char32_t> singles;
  std::string out;
  for (const auto& s : stretches(n.text, &singles)) {
    if (s.places.empty()) continue;
    if (!out.empty()) out += "x ";
    for (const auto& place : s.places) out.append(place).append(" ");
  }
  std::sort(singles.begin(), singles.end());
  singles.erase(std::unique(singles.begin(), singles.end()), singles.end());
  for (const auto single : singles) out.append(letters_word('s', single)).append(" ");
  if (!out.empty()) out.pop_back();
  return out;
}

std::string match_expression(std::string_view query, store_kind where) {
  const auto n = normal(query.substr(0, query_bytes));
  const bool sqlite = where == store_kind::sqlite;
  std::string out;
  std::size_t used = 0;
  auto both = [&] { return out.empty() ? "" : sqlite ? " AND " : " & "; };
  for (const auto& s : stretches(n.text, nullptr)) {
    if (used >= query_tokens) break;
    std::string phrase;
    for (const auto& place : s.places) {
      if (used++ >= query_tokens) break;
      if (!phrase.empty()) phrase += sqlite ? " " : " <-> ";
      phrase += place;
    }
    if (!phrase.empty()) out += both() + (sqlite ? '"' + phrase + '"' : "(" + phrase + ")");
    if (!phrase.empty()) continue;   // a bridge already says where its single stands
    for (const auto single : s.singles) {
      ++used;
      const auto word = letters_word('s', single);
      out += both() + (sqlite ? '"' + word + '"' : word);
    }
  }
  return out;
}

}  // namespace madang::search
