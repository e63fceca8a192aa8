#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// How text becomes words that can be found. Text is compared in its normal form: NFKC with case
// folding, Latin letters without accents and apostrophes; vowel signs of other scripts stay. Runs
// of Hangul, Han and kana give overlapping pairs of letters, so that any part of a compound is
// found without a dictionary and particles need no grammar; when indexing, each letter alone as
// well. Thai, Khmer, Lao and Burmese, which write no spaces, are cut by ICU's dictionaries (UAX
// 29); other scripts where their letters end.
namespace madang::search {

enum class purpose { index, query };

struct token {
  enum class kind { word, pair, single };
  std::string text;                // normal form
  std::uint32_t begin = 0, end = 0;   // bytes of the text given
  kind is = kind::word;
};

// Tokens in order of place; a single stands after the pair that begins at its letter. Ill-formed
// UTF-8 is read as blanks. For a query a run of one letter is a single, a longer
// one only pairs.
std::vector<token> tokens(std::string_view text, purpose why = purpose::index);

// What is compared.
std::string normal_form(std::string_view text);

// Where the tokens of the query stand in a text that is shown: bytes [begin, end), ascending, not
// overlapping.
struct range {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const range&) const = default;
};
std::vector<range> highlight(std::string_view text, std::string_view query);

// For a full-text index of a database: the text as words of ASCII letters and digits, so that
// SQLite FTS5 (unicode61 or ascii) and PostgreSQL to_tsvector('simple', ..) split it as we mean it
// and nothing is lost. The kinds: a<ascii word>, w<hex of UTF-8>, p<two letters>, s<one letter>,
// b<bridge between a word and a letter beside it>, x where a run ends, so that no phrase crosses
// it.
std::string index_text(std::string_view text);

enum class store_kind { sqlite, postgres };
// The query for FTS5 MATCH, or for to_tsquery('simple', ..), over such words: all parts must be
// there, each as one phrase. Empty when the query holds no letter.
std::string match_expression(std::string_view query, store_kind where);

// "emdqhs", typed with the keyboard in English: "등본". Empty when it is no Hangul (two-set keyboard,
// KS X 5002).
std::string hangul_from_keys(std::string_view typed);

inline constexpr std::size_t query_bytes = 400;    // of a query; the rest is not read
inline constexpr std::size_t query_tokens = 48;

}  // namespace madang::search
