#pragma once
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "madang/search/index.hpp"

// Internal: the index as it is read; built once, never changed.
//
// Documents have numbers, 0 upwards. A token's posting list is a string of variable-length numbers
// (7 bits a byte, low first): (distance from the document before << 2) | fields, where fields tells
// whether the token stands in a title (1) or keyword (2). The normal text of each document is kept,
// so that a compound found by its pairs is then looked for whole: pairs alone could lie apart.
namespace madang::search {

inline constexpr unsigned in_title = 1, in_keyword = 2;

struct posting {
  std::uint32_t document;
  unsigned fields;
};

class posting_list {
 public:
  void add(std::uint32_t document, unsigned fields);
  std::uint32_t count() const { return count_; }
  std::size_t bytes() const { return packed_.capacity(); }
  void close() { packed_.shrink_to_fit(); }

  class reader {
   public:
    explicit reader(const posting_list& list) : at_(list.packed_.data()), left_(list.count_) {}
    bool next(posting& out);

   private:
    const char* at_;
    std::uint32_t left_;
    std::uint32_t document_ = 0;
  };

 private:
  std::string packed_;
  std::uint32_t last_ = 0, count_ = 0;
};

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};

// Completions of one language: every beginning of a word of every title, spelt in keys, sorted.
class completions {
 public:
  void add(std::uint32_t document, std::string_view title);
  void close();
  // Numbers of documents whose keys begin so, most fitting first, each once.
  enum class spelling { keys, initials };
  std::vector<std::uint32_t> find(std::string_view keys, spelling how, bool hangul,
                                  const std::vector<double>& boosts, std::size_t limit) const;
  std::size_t bytes() const;

 private:
  struct entry {
    std::uint32_t place;      // in pool_, up to the NUL
    std::uint32_t document;
    bool whole;               // the beginning of the title, not of a later word
  };
  struct table {
    std::string pool;
    std::vector<entry> entries;
    void add(const std::string& keys, const std::vector<bool>& begins, std::uint32_t document,
             const std::vector<bool>* only);
    void close();
  };
  table hangul_, other_, initials_;
};

// A title's normal form within the text of its document.
struct line {
  std::uint32_t begin, size;
  std::string_view of(std::string_view text) const { return text.substr(begin, size); }
};

struct index::snapshot {
  std::vector<document> documents;
  std::vector<double> boosts;
  std::vector<double> weights;                 // boost, less a little for a long title
  std::vector<std::string> texts;              // normal: titles, keywords, bodies, a line each
  std::unordered_map<std::string, std::uint32_t, text_hash, std::equal_to<>> numbers;   // of tokens
  std::vector<posting_list> lists;             // by number
  std::vector<const std::string*> words;       // tokens that are words, sorted: for prefixes
  std::map<std::string, completions, std::less<>> titles;   // by language

  std::map<std::string, std::vector<line>, std::less<>> shown;   // by language and document

  static std::shared_ptr<const snapshot> build(std::vector<document> all);
  // For a language that no title knows: what is shown instead (words::in).
  const std::vector<line>& shown_in(std::string_view language) const;
  const posting_list* list(std::string_view token) const;
  std::size_t bytes() const;
};

std::string facet_token(const std::pair<std::string, std::string>& facet);

}  // namespace madang::search
