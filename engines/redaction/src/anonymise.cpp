#include "madang/redaction/anonymise.hpp"

#include <algorithm>

namespace madang::redaction {
namespace {

std::vector<std::string> strings(const json::value& v, std::string_view member) {
  std::vector<std::string> out;
  if (const auto& list = json::at(v, member); list.is_array())
    for (const auto& one : list.get_array())
      if (one.is_string()) out.emplace_back(one.get_string());
  return out;
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A syllable of Hangul (U+AC00 to U+D7A3) in UTF-8 is three octets from EA B0 80 to ED 9E A3.
bool hangul_at(std::string_view s, std::size_t i) {
  if (i + 3 > s.size()) return false;
  const auto a = static_cast<unsigned char>(s[i]), b = static_cast<unsigned char>(s[i + 1]);
  if (a < 0xEA || a > 0xED) return false;
  if (a == 0xEA) return b >= 0xB0;
  return a < 0xED || b <= 0x9E;
}

bool hangul_before(std::string_view s, std::size_t i) { return i >= 3 && hangul_at(s, i - 3); }

// Digits with single separators between them: where it ends, and the digits alone.
std::size_t run_of_digits(std::string_view s, std::size_t i, std::string& digits) {
  std::size_t end = i;
  while (i < s.size()) {
    if (digit(s[i])) {
      digits += s[i++];
      end = i;
    } else if (end == i && i + 1 < s.size() && (s[i] == '-' || s[i] == ' ' || s[i] == '.') &&
               digit(s[i + 1])) {
      ++i;
    } else {
      break;
    }
  }
  return end;
}

}  // namespace

anonymiser::anonymiser(const packs::pack& pack) {
  const json::value rules = pack.yaml("redaction/anonymise.yaml");
  titles_ = strings(rules, "titles");
  roads_ = strings(rules, "roads");
  before_ = strings(rules, "before");
  const auto names = pack.csv("names/surnames.csv");
  for (std::size_t i = 0; i < names.size(); ++i) surnames_.push_back(names.at(i, "ko"));
}

// Resident and business numbers, accounts, phones: six digits and more, or a phone's beginning. A
// date or a sum of money is none: it has a unit or thousands.
void anonymiser::find_numbers(std::string_view text, std::vector<spot>& out) const {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!digit(text[i]) || (i > 0 && (digit(text[i - 1]) || letter(text[i - 1])))) continue;
    std::string digits;
    const std::size_t end = run_of_digits(text, i, digits);
    const bool phone = digits.size() >= 9 && digits.size() <= 11 && digits[0] == '0';
    const bool plus = i > 0 && text[i - 1] == '+';
    const bool dashed = text.substr(i, end - i).find('-') != std::string_view::npos;
    const bool date = digits.size() == 8 && (digits.starts_with("19") || digits.starts_with("20"));
    if (phone || plus) out.push_back({plus ? i - 1 : i, end, "phone"});
    else if (!date && (digits.size() >= 10 || (digits.size() >= 7 && dashed)))
      out.push_back({i, end, "number"});
    i = end;
  }
}

void anonymiser::find_mail(std::string_view text, std::vector<spot>& out) const {
  const auto part = [](char c) {
    return letter(c) || digit(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%';
  };
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at, end = at + 1;
    while (begin > 0 && part(text[begin - 1])) --begin;
    while (end < text.size() && part(text[end])) ++end;
    while (end > at && text[end - 1] == '.') --end;
    if (begin < at && text.substr(at, end - at).find('.') != std::string_view::npos)
      out.push_back({begin, end, "email"});
  }
}

// "중앙로 9", "율곡로2길 14-3", "정자동 178-1": a road, village or town with a number after it.
void anonymiser::find_addresses(std::string_view text, std::vector<spot>& out) const {
  for (const auto& ending : roads_) {
    for (auto at = text.find(ending); at != std::string_view::npos;
         at = text.find(ending, at + 1)) {
      std::size_t begin = at, end = at + ending.size();
      while (hangul_before(text, begin)) begin -= 3;
      if (at - begin < 6) continue;   // a name has two syllables: "차가 100대" is no address
      while (end < text.size() && digit(text[end])) ++end;  // "2길"
      if (text.substr(end).starts_with("길")) end += std::string_view("길").size();
      std::size_t n = end;
      if (n < text.size() && text[n] == ' ') ++n;
      std::string digits;
      const std::size_t after = run_of_digits(text, n, digits);
      if (digits.empty() || digits.size() > 6) continue;
      end = after;
      for (std::string_view tail : {"번지", "번", "호", "동", "층"})
        if (text.substr(end).starts_with(tail)) end += tail.size();
      out.push_back({begin, end, "address"});
    }
  }
}

// "김하윤 씨", "이도현 주무관": a surname, one or two syllables and a title; "Mr. Kim Minsu".
void anonymiser::find_called(std::string_view text, std::vector<spot>& out) const {
  for (const auto& title : titles_)
    for (auto at = text.find(title); at != std::string_view::npos; at = text.find(title, at + 1)) {
      std::size_t end = at;
      if (end > 0 && text[end - 1] == ' ') --end;
      for (std::size_t syllables : {4u, 3u, 2u}) {
        if (end < syllables * 3) continue;
        const std::size_t begin = end - syllables * 3;
        bool all = true;
        for (std::size_t i = begin; i < end; i += 3) all = all && hangul_at(text, i);
        if (!all || hangul_before(text, begin)) continue;
        const bool named = std::ranges::any_of(surnames_, [&](const auto& s) {
          return text.substr(begin).starts_with(s) && s.size() < syllables * 3;
        });
        // "선생님" is whoever teaches, nobody by name.
        if (!named || std::ranges::find(titles_, text.substr(begin, end - begin)) != titles_.end())
          continue;
        out.push_back({begin, end, "name"});
        break;
      }
    }
  for (const auto& lead : before_)
    for (auto at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
      std::size_t i = at + lead.size(), end = i;
      for (int parts = 0; parts < 3 && i < text.size() && text[i] >= 'A' && text[i] <= 'Z';
           ++parts) {
        while (i < text.size() && (letter(text[i]) || text[i] == '-')) ++i;
        end = i;
        if (i < text.size() && text[i] == ' ') ++i;
      }
      if (end > at + lead.size()) out.push_back({at + lead.size(), end, "name"});
    }
}

std::vector<spot> anonymiser::find(std::string_view text,
                                   const std::vector<std::string>& names) const {
  std::vector<spot> all;
  find_numbers(text, all);
  find_mail(text, all);
  find_addresses(text, all);
  find_called(text, all);
  for (const auto& name : names)
    if (name.size() >= 3)
      for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
        all.push_back({at, at + name.size(), "name"});
  std::ranges::sort(all, [](const spot& a, const spot& b) {
    return std::tie(a.begin, b.end) < std::tie(b.begin, a.end);
  });
  std::vector<spot> out;
  for (const auto& s : all)
    if (out.empty() || s.begin >= out.back().end) out.push_back(s);
    else if (s.end > out.back().end) out.back().end = s.end;
  return out;
}

}  // namespace madang::redaction
