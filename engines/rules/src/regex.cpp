#include "regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstdint>
#include <list>
#include <map>
#include <mutex>

namespace madang::rules {
namespace {

constexpr std::uint32_t most_steps = 1'000'000, deepest = 10'000;
constexpr std::size_t longest_pattern = 10'000;
struct not_in_dialect {};

struct block {
  std::string_view name;
  const char* range;
};
// Blocks of Unicode that PCRE2 has no names for; the ones law and names are written in.
constexpr block blocks[] = {
    {"BasicLatin", "\\x{0}-\\x{7F}"},
    {"Latin-1Supplement", "\\x{80}-\\x{FF}"},
    {"LatinExtended-A", "\\x{100}-\\x{17F}"},
    {"LatinExtended-B", "\\x{180}-\\x{24F}"},
    {"IPAExtensions", "\\x{250}-\\x{2AF}"},
    {"Greek", "\\x{370}-\\x{3FF}"},
    {"GreekandCoptic", "\\x{370}-\\x{3FF}"},
    {"Cyrillic", "\\x{400}-\\x{4FF}"},
    {"Armenian", "\\x{530}-\\x{58F}"},
    {"Hebrew", "\\x{590}-\\x{5FF}"},
    {"Arabic", "\\x{600}-\\x{6FF}"},
    {"Devanagari", "\\x{900}-\\x{97F}"},
    {"Thai", "\\x{E00}-\\x{E7F}"},
    {"HangulJamo", "\\x{1100}-\\x{11FF}"},
    {"GeneralPunctuation", "\\x{2000}-\\x{206F}"},
    {"CurrencySymbols", "\\x{20A0}-\\x{20CF}"},
    {"CJKSymbolsandPunctuation", "\\x{3000}-\\x{303F}"},
    {"Hiragana", "\\x{3040}-\\x{309F}"},
    {"Katakana", "\\x{30A0}-\\x{30FF}"},
    {"HangulCompatibilityJamo", "\\x{3130}-\\x{318F}"},
    {"CJKUnifiedIdeographs", "\\x{4E00}-\\x{9FFF}"},
    {"HangulSyllables", "\\x{AC00}-\\x{D7AF}"},
};

// XML names: what \i and \c stand for (XML 1.0, fifth edition, productions 4 and 4a).
constexpr const char* name_begins = ":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}"
                                    "\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\\x{200C}-\\x{200D}"
                                    "\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}";
constexpr const char* name_goes_on = "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}";

class translator {
 public:
  translator(std::string_view p, bool ignore_blank) : p_(p), ignore_blank_(ignore_blank) {}
  std::string translate() {
    while (at_ < p_.size()) one();
    if (open_ != 0) throw not_in_dialect{};
    return out_;
  }

 private:
  char next() const {
    if (at_ >= p_.size()) throw not_in_dialect{};
    return p_[at_];
  }

  void one() {
    const char c = p_[at_];
    if (ignore_blank_ && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      ++at_;
    } else if (c == '[') {
      out_ += char_class();
    } else if (c == '\\') {
      escape();
    } else if (c == '(') {
      ++at_;
      ++open_;
      out_ += '(';
      if (at_ < p_.size() && p_[at_] == '?') {     // only "(?:" is in the dialect
        if (p_.substr(at_, 2) != "?:") throw not_in_dialect{};
        out_ += "?:";
        at_ += 2;
        capturing_.push_back(0);
      } else {
        capturing_.push_back(++groups_);
      }
    } else if (c == ')') {
      if (open_ == 0) throw not_in_dialect{};
      --open_;
      if (capturing_.back()) closed_.push_back(capturing_.back());
      capturing_.pop_back();
      out_ += c;
      ++at_;
    } else if (c == ']' || c == '}') {
      throw not_in_dialect{};
    } else if (c == '{') {
      quantity();
    } else {
      out_ += c;
      ++at_;
      // Possessive quantifiers are PCRE's own.
      if ((c == '*' || c == '+' || c == '?') && at_ < p_.size() && p_[at_] == '+')
        throw not_in_dialect{};
    }
  }

  void quantity() {
    const auto end = p_.find('}', at_);
    if (end == std::string_view::npos) throw not_in_dialect{};
    const auto inner = p_.substr(at_ + 1, end - at_ - 1);
    bool comma = false;
    if (inner.empty() || inner.front() == ',') throw not_in_dialect{};
    for (char c : inner) {
      if (c == ',' && !comma) comma = true;
      else if (c < '0' || c > '9') throw not_in_dialect{};
    }
    out_ += p_.substr(at_, end - at_ + 1);
    at_ = end + 1;
    if (at_ < p_.size() && p_[at_] == '+') throw not_in_dialect{};
  }

  // A class of one escape, as the inside of a PCRE class; empty: it is not such an escape.
  std::string set_of(char c, bool& negated) {
    negated = c >= 'A' && c <= 'Z';
    switch (c | 0x20) {
      case 'd': return "\\p{Nd}";
      case 's': return " \\t\\n\\r";
      case 'i': return name_begins;
      case 'c': return std::string(name_begins) + name_goes_on;
      case 'w': return "\\p{L}\\p{M}\\p{N}\\p{S}";
      default: return {};
    }
  }

  // "\p{Lu}", "\P{IsGreek}": after the letter.
  std::string property(bool negated) {
    if (next() != '{') throw not_in_dialect{};
    const auto end = p_.find('}', at_);
    if (end == std::string_view::npos) throw not_in_dialect{};
    std::string_view name = p_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (name.starts_with("Is")) {
      name.remove_prefix(2);
      for (const auto& b : blocks)
        if (b.name == name) return negated ? "^" + std::string(b.range) : std::string(b.range);
      throw not_in_dialect{};
    }
    if (name.empty() || name.size() > 2 || std::string_view("LMNPZSC").find(name[0]) == npos)
      throw not_in_dialect{};
    return std::string(negated ? "\\P{" : "\\p{") + std::string(name) + "}";
  }

  void escape() {
    ++at_;
    const char c = next();
    if (c >= '1' && c <= '9') return back_reference();
    ++at_;
    if (c == 'p' || c == 'P') {
      const std::string set = property(c == 'P');
      out_ += "[" + set + "]";
      return;
    }
    bool negated = false;
    if (const std::string set = set_of(c, negated); !set.empty()) {
      out_ += (negated ? "[^" : "[") + set + "]";
      return;
    }
    if (c == 'n' || c == 'r' || c == 't') {
      out_ += std::string("\\") + c;
      return;
    }
    if (std::string_view("\\|.?*+(){}-[]^$").find(c) == npos) throw not_in_dialect{};
    out_ += std::string("\\") + c;
  }

  // As many digits as name a group that is there; it must be closed already.
  void back_reference() {
    int group = 0;
    while (at_ < p_.size() && p_[at_] >= '0' && p_[at_] <= '9') {
      const int longer = group * 10 + (p_[at_] - '0');
      if (group != 0 && longer > groups_) break;
      group = longer;
      ++at_;
    }
    bool closed = false;
    for (int g : closed_) closed = closed || g == group;
    if (!closed) throw not_in_dialect{};
    out_ += "\\g{" + std::to_string(group) + "}";
  }

  // A class may take another away: [a-z-[aeiou]].
  std::string char_class() {
    if (++depth_ > 20) throw not_in_dialect{};
    ++at_;
    std::string inside, without;
    bool negated = false, any = false;
    if (next() == '^') {
      negated = true;
      ++at_;
    }
    for (;;) {
      const char c = next();
      if (c == ']' && any) break;
      if (c == ']') throw not_in_dialect{};
      if (c == '-' && any && at_ + 1 < p_.size() && p_[at_ + 1] == '[') {
        ++at_;
        without = char_class();
        if (next() != ']') throw not_in_dialect{};
        break;
      }
      if (c == '[') throw not_in_dialect{};
      any = true;
      if (c == '\\') {
        ++at_;
        inside += in_class(next());
        continue;
      }
      ++at_;
      inside += c == '^' || c == '&' || c == '~' ? std::string("\\") + c : std::string(1, c);
    }
    ++at_;
    --depth_;
    const std::string set = (negated ? "[^" : "[") + inside + "]";
    return without.empty() ? set : "(?:(?!" + without + ")" + set + ")";
  }

  std::string in_class(char c) {
    ++at_;
    if (c == 'p' || c == 'P') {
      std::string set = property(c == 'P');
      if (set.front() == '^') throw not_in_dialect{};    // a block taken away inside a class
      return set;
    }
    bool negated = false;
    if (const std::string set = set_of(c, negated); !set.empty()) {
      if (!negated) return set;
      if (c == 'D') return "\\P{Nd}";
      if (c == 'S') return "\\x{0}-\\x{8}\\x{B}\\x{C}\\x{E}-\\x{1F}\\x{21}-\\x{10FFFF}";
      if (c == 'W') return "\\p{P}\\p{Z}\\p{C}";
      throw not_in_dialect{};
    }
    if (c == 'n' || c == 'r' || c == 't') return std::string("\\") + c;
    if (std::string_view("\\|.?*+(){}-[]^$").find(c) == npos) throw not_in_dialect{};
    return std::string("\\") + c;
  }

  static constexpr auto npos = std::string_view::npos;
  const std::string_view p_;
  const bool ignore_blank_;
  std::size_t at_ = 0;
  int open_ = 0, groups_ = 0, depth_ = 0;
  std::vector<int> capturing_, closed_;
  std::string out_;
};

std::string literally(std::string_view s) {
  std::string out;
  for (char c : s) {
    if (std::string_view("\\|.?*+(){}-[]^$").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

regex::~regex() { pcre2_code_free(static_cast<pcre2_code*>(code_)); }

std::shared_ptr<const regex> regex::compile(const std::string& pattern, const std::string& flags) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::string>, std::shared_ptr<const regex>> known;
  constexpr std::size_t most_known = 500;
  if (pattern.size() > longest_pattern) return nullptr;
  std::lock_guard hold(mutex);
  if (auto found = known.find({pattern, flags}); found != known.end()) return found->second;
  std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
  bool blank = false, literal = false;
  for (char c : flags) {
    if (c == 's') options |= PCRE2_DOTALL;
    else if (c == 'm') options |= PCRE2_MULTILINE;
    else if (c == 'i') options |= PCRE2_CASELESS;
    else if (c == 'x') blank = true;
    else if (c == 'q') literal = true;
    else return nullptr;
  }
  std::string translated;
  try {
    translated = literal ? literally(pattern) : translator(pattern, blank).translate();
  } catch (const not_in_dialect&) {
    return nullptr;
  }
  int error = 0;
  PCRE2_SIZE where = 0;
  auto* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                             options, &error, &where, nullptr);
  if (!code) return nullptr;
  std::shared_ptr<regex> out(new regex);
  out->code_ = code;
  out->literal_ = literal;
  if (known.size() >= most_known) known.clear();
  known.emplace(std::pair(pattern, flags), out);
  return out;
}

struct regex::match {
  const PCRE2_SIZE* at;
  int groups;
  std::string_view group(const std::string& text, int n) const {
    if (n >= groups || at[2 * n] == PCRE2_UNSET) return {};
    return std::string_view(text).substr(at[2 * n], at[2 * n + 1] - at[2 * n]);
  }
};

template <class F>
bool regex::each_match(const std::string& text, F&& f) const {
  auto* code = static_cast<const pcre2_code*>(code_);
  std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> data(
      pcre2_match_data_create_from_pattern(code, nullptr), pcre2_match_data_free);
  std::unique_ptr<pcre2_match_context, void (*)(pcre2_match_context*)> context(
      pcre2_match_context_create(nullptr), pcre2_match_context_free);
  pcre2_set_match_limit(context.get(), most_steps);
  pcre2_set_depth_limit(context.get(), deepest);
  PCRE2_SIZE from = 0;
  std::uint32_t options = 0;
  while (from <= text.size()) {
    const int n = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                              options, data.get(), context.get());
    if (n == PCRE2_ERROR_NOMATCH) {
      if (options == 0) return true;
      options = 0;                           // after an empty match: one character on
      ++from;
      while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) ++from;
      continue;
    }
    if (n < 0) return false;
    const PCRE2_SIZE* at = pcre2_get_ovector_pointer(data.get());
    if (!f(match{at, n})) return true;
    from = at[1];
    options = at[0] == at[1] ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
  }
  return true;
}

std::optional<bool> regex::found_in(const std::string& text) const {
  bool found = false;
  if (!each_match(text, [&](const match&) {
        found = true;
        return false;
      }))
    return {};
  return found;
}

std::optional<std::string> regex::replace(const std::string& text, const std::string& with) const {
  if (found_in("").value_or(true)) return {};
  std::uint32_t groups = 0;
  pcre2_pattern_info(static_cast<const pcre2_code*>(code_), PCRE2_INFO_CAPTURECOUNT, &groups);
  std::string out;
  std::size_t done = 0;
  bool good = true;
  const auto fill = [&](const match& m) {
    if (literal_) {
      out += with;
      return;
    }
    for (std::size_t i = 0; i < with.size(); ++i) {
      if (with[i] == '\\') {
        if (i + 1 >= with.size() || (with[i + 1] != '\\' && with[i + 1] != '$')) good = false;
        else out += with[++i];
      } else if (with[i] == '$') {
        if (i + 1 >= with.size() || with[i + 1] < '0' || with[i + 1] > '9') {
          good = false;
          continue;
        }
        std::uint32_t n = static_cast<std::uint32_t>(with[++i] - '0');
        while (i + 1 < with.size() && with[i + 1] >= '0' && with[i + 1] <= '9' &&
               n * 10 + static_cast<std::uint32_t>(with[i + 1] - '0') <= groups)
          n = n * 10 + static_cast<std::uint32_t>(with[++i] - '0');
        out += m.group(text, static_cast<int>(n));
      } else {
        out += with[i];
      }
    }
  };
  if (!literal_) {   // ill-formed even where nothing is found
    fill(match{nullptr, 0});
    out.clear();
  }
  const bool ended = each_match(text, [&](const match& m) {
    out.append(text, done, m.at[0] - done);
    fill(m);
    done = m.at[1];
    return good;
  });
  if (!ended || !good) return {};
  out.append(text, done, std::string::npos);
  return out;
}

std::optional<std::vector<std::string>> regex::split(const std::string& text) const {
  std::vector<std::string> out;
  std::size_t done = 0;
  const bool ended = each_match(text, [&](const match& m) {
    if (m.at[0] == m.at[1]) return true;
    out.push_back(text.substr(done, m.at[0] - done));
    done = m.at[1];
    return true;
  });
  if (!ended) return {};
  out.push_back(text.substr(done));
  return out;
}

}  // namespace madang::rules
