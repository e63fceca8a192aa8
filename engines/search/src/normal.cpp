#include "normal.hpp"

#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

#include "madang/base/check.hpp"
#include "madang/base/text.hpp"

namespace madang::search {
namespace {

bool is_ascii(std::string_view s) {
  for (unsigned char c : s)
    if (c >= 0x80) return false;
  return true;
}

const icu::Normalizer2& instance(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* found = get(status);
  check(U_SUCCESS(status) && found, "unicode data");
  return *found;
}

// NFKC_Casefold, with the way back.
normal_text folded(std::string_view source) {
  static const auto& form = instance(&icu::Normalizer2::getNFKCCasefoldInstance);
  normal_text out;
  icu::StringByteSink<std::string> sink(&out.text);
  icu::Edits edits;
  UErrorCode status = U_ZERO_ERROR;
  form.normalizeUTF8(0, icu::StringPiece(source.data(), static_cast<std::int32_t>(source.size())),
                     sink, &edits, status);
  check(U_SUCCESS(status), "unicode normalisation");
  if (!edits.hasChanges()) return out;
  out.origin.resize(out.text.size() + 1);
  auto span = edits.getFineIterator();
  while (span.next(status))
    for (std::int32_t i = 0; i < span.newLength(); ++i)
      out.origin[static_cast<std::size_t>(span.destinationIndex() + i)] =
          static_cast<std::uint32_t>(span.sourceIndex() + (span.hasChange() ? 0 : i));
  out.origin.back() = static_cast<std::uint32_t>(source.size());
  return out;
}

// Latin letters that Unicode does not take apart.
std::string_view special(char32_t c) {
  switch (c) {
    case 0x111: case 0xF0: return "d";
    case 0x142: return "l";
    case 0xF8: return "o";
    case 0x127: return "h";
    case 0x167: return "t";
    case 0x131: return "i";
    case 0xE6: return "ae";
    case 0x153: return "oe";
    default: return {};
  }
}

// NFKC takes the vowel AM of Thai and Lao apart, and the dictionaries then cut words in the middle:
// it is put together again. The whole vowel, or 0.
char32_t whole_am(char32_t first, std::string_view rest) {
  if (first == 0xE4D && rest.starts_with("\u0E32")) return 0xE33;
  if (first == 0xECD && rest.starts_with("\u0EB2")) return 0xEB3;
  return 0;
}

bool ascii_letter(char32_t c) { return c >= 'a' && c <= 'z'; }
bool accented_latin(char32_t c) {
  return (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || (c >= 0x1E00 && c <= 0x1EFF);
}
bool apostrophe(char32_t c) {
  return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x2BB || c == 0x2BC;
}

// The letter without its accents.
void append_bare(std::string& out, char32_t c) {
  static const auto& form = instance(&icu::Normalizer2::getNFDInstance);
  if (auto known = special(c); !known.empty()) return void(out += known);
  icu::UnicodeString apart;
  if (form.getDecomposition(static_cast<UChar32>(c), apart)) {
    const auto base = static_cast<char32_t>(apart.char32At(0));
    if (auto known = special(base); !known.empty()) return void(out += known);
    return append_point(out, base);
  }
  append_point(out, c);
}

normal_text bare(normal_text in) {
  if (is_ascii(in.text) && in.text.find_first_of("'`") == std::string::npos) return in;
  normal_text out;
  out.text.reserve(in.text.size());
  out.origin.reserve(in.text.size() + 1);
  bool after_latin = false;
  for (std::size_t at = 0; at < in.text.size();) {
    const auto begin = at;
    const auto c = next_point(in.text, at);
    const auto length = out.text.size();
    if (const auto am = whole_am(c, std::string_view(in.text).substr(at))) {
      append_point(out.text, am);
      at += 3;
    } else if (accented_latin(c)) {
      append_bare(out.text, c);
    } else if (after_latin && c >= 0x300 && c <= 0x36F) {
      continue;   // a mark that did not melt into its letter
    } else if (after_latin && apostrophe(c)) {
      std::size_t peek = at;
      const auto next = at < in.text.size() ? next_point(in.text, peek) : 0;
      if (ascii_letter(next) || accented_latin(next)) continue;
      out.text.append(in.text, begin, at - begin);
    } else {
      out.text.append(in.text, begin, at - begin);
    }
    after_latin = ascii_letter(c) || accented_latin(c);
    const bool same = out.text.size() - length == at - begin;
    for (std::size_t i = length; i < out.text.size(); ++i)
      out.origin.push_back(in.from(same ? begin + (i - length) : begin));
  }
  out.origin.push_back(in.from(in.text.size()));
  return out;
}

bool is_run_letter(char32_t c) {
  if (c < 0x1100) return false;
  if (c <= 0x11FF) return true;                                              // Hangul jamo
  if (c < 0x3005) return c >= 0x2E80 && c <= 0x2FDF;                         // radicals
  if (c <= 0x3007) return c != 0x3006;
  if (c >= 0x3041 && c <= 0x30FF) return c != 0x30FB && c != 0x30A0 && (c < 0x3097 || c > 0x309C);
  if (c >= 0x3105 && c <= 0x31FF) return true;
  if ((c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF)) return true;
  if ((c >= 0xA960 && c <= 0xA97C) || (c >= 0xAC00 && c <= 0xD7FB)) return true;
  return (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_word_letter(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || ascii_letter(c);
  const auto mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  return (mask & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0;
}

// Thai, Lao, Khmer, Burmese and their kin: no spaces between words (UAX 14, class SA).
bool needs_dictionary(char32_t c) {
  return c >= 0xE00 && u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_LINE_BREAK) ==
                           U_LB_COMPLEX_CONTEXT;
}

struct close_text {
  void operator()(UText* t) const { utext_close(t); }
};

icu::BreakIterator& word_breaks() {
  thread_local std::unique_ptr<icu::BreakIterator> mine;
  if (!mine) {
    UErrorCode status = U_ZERO_ERROR;
    mine.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    check(U_SUCCESS(status) && mine, "unicode word breaking");
  }
  return *mine;
}

void cut_by_dictionary(std::string_view text, piece whole, std::vector<piece>& out) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UText, close_text> view(
      utext_openUTF8(nullptr, text.data() + whole.begin, whole.end - whole.begin, &status));
  auto& breaks = word_breaks();
  breaks.setText(view.get(), status);
  check(U_SUCCESS(status), "unicode word breaking");
  bool joined = whole.joined;
  for (auto from = breaks.first(), to = breaks.next(); to != icu::BreakIterator::DONE;
       from = to, to = breaks.next()) {
    out.push_back({whole.begin + static_cast<std::uint32_t>(from),
                   whole.begin + static_cast<std::uint32_t>(to), piece::kind::word, joined});
    joined = true;
  }
}

}  // namespace

char32_t next_point(std::string_view text, std::size_t& at) {
  auto i = static_cast<std::int32_t>(at);
  UChar32 c;
  U8_NEXT_OR_FFFD(text.data(), i, static_cast<std::int32_t>(text.size()), c);
  at = static_cast<std::size_t>(i);
  return static_cast<char32_t>(c);
}

void append_point(std::string& out, char32_t point) {
  char bytes[4];
  std::int32_t n = 0;
  U8_APPEND_UNSAFE(bytes, n, static_cast<UChar32>(point));
  out.append(bytes, static_cast<std::size_t>(n));
}

normal_text normal(std::string_view source) {
  constexpr std::size_t most = 16u << 20;
  source = source.substr(0, most);
  if (text::is_utf8(source)) return bare(folded(source));
  std::string mended(source);   // a blank for each byte that is no letter: places stay the same
  for (std::size_t at = 0; at < source.size();) {
    const auto begin = at;
    auto i = static_cast<std::int32_t>(at);
    UChar32 c;
    U8_NEXT(source.data(), i, static_cast<std::int32_t>(source.size()), c);
    at = static_cast<std::size_t>(i);
    if (c < 0) std::fill(mended.begin() + static_cast<std::ptrdiff_t>(begin),
                         mended.begin() + static_cast<std::ptrdiff_t>(at), ' ');
  }
  return bare(folded(mended));
}

std::vector<piece> pieces(std::string_view text) {
  std::vector<piece> out;
  std::uint32_t last_end = ~0u;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = static_cast<std::uint32_t>(at);
    auto c = next_point(text, at);
    const bool run = is_run_letter(c);
    if (!run && !is_word_letter(c)) continue;
    bool dictionary = false;
    std::size_t end = at;
    for (;; at = end) {
      dictionary = dictionary || needs_dictionary(c);
      if (end >= text.size()) break;
      c = next_point(text, end);
      const bool same = run ? is_run_letter(c) : !is_run_letter(c) && is_word_letter(c);
      if (!same) break;
    }
    const piece whole{begin, static_cast<std::uint32_t>(at),
                      run ? piece::kind::run : piece::kind::word, begin == last_end};
    if (dictionary) cut_by_dictionary(text, whole, out);
    else out.push_back(whole);
    last_end = whole.end;
  }
  return out;
}

std::vector<std::uint32_t> letters(std::string_view text, const piece& run) {
  std::vector<std::uint32_t> out;
  for (std::size_t at = run.begin; at < run.end;) {
    out.push_back(static_cast<std::uint32_t>(at));
    next_point(text, at);
  }
  out.push_back(run.end);
  return out;
}

}  // namespace madang::search
