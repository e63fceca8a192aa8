#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/base/words.hpp"
#include "madang/search/tokens.hpp"

namespace madang::search {

// A thing that can be found.
struct document {
  std::string key;                     // the caller's own name for it; unique
  words title;
  words body;
  std::vector<std::string> keywords;   // what people call it
  std::vector<std::pair<std::string, std::string>> facets;   // {"agency", "1741000"}
  double boost = 0;                    // added to the score: 0 ordinary, 5 in everybody's mind
};

struct question {
  std::string text;
  std::string language = "ko";         // whose titles are shown and compared whole
  std::size_t offset = 0, limit = 20;  // limit at most 100, offset at most 10'000
  std::vector<std::pair<std::string, std::string>> facets;   // all must be among the document's
};

struct hit {
  std::string key;
  std::string title;                   // in the language asked for
  double score = 0;
  bool complete = false;               // every part of the query is in it, whole
  std::vector<range> matched;          // bytes of `title`
};

struct findings {
  std::size_t complete = 0;            // how many hold the whole query
  std::size_t total = 0;               // with those that hold most of it
  std::vector<hit> hits;               // complete ones first, then by score
  std::string read_as;                 // "등본" when "emdqhs" was asked and found nothing
};

struct suggestion {
  std::string key;
  std::string title;
  range matched;                       // bytes of `title`
};

// An index in memory, rebuilt from its documents at start. Readers never wait: they hold a
// snapshot. Changes are collected and become visible together with publish(), which builds anew
// (100,000 services: seconds); meant for catalogues, which change by the day. All members may be
// called by any thread.
//
// Score: rarity-weighted share of the query found (10), of it in the title (6) and keywords (3),
// title equal to the query (20) or beginning with it (8), the document's boost, less a little for
// long titles.
class index {
 public:
  struct snapshot;                     // what a reader holds; inside the room only
  index();
  ~index();

  // Replaces the document of the same key.
  void add(document d);
  void remove(std::string_view key);
  void publish();
  // add() of all and publish(), with nothing kept of what was there.
  void replace(std::vector<document> all);

  findings query(const question& q) const;

  // Titles whose beginning, or the beginning of one of their words, the typed text begins: letters
  // half written ("등보"), initial consonants ("ㄷㅂ"), and either language typed with the keyboard in
  // the other ("emdqhs", "ㅔㅁㄴㄴㅔㅐㄱㅅ").
  std::vector<suggestion> suggest(std::string_view typed, std::string_view language,
                                  std::size_t limit = 8) const;

  std::size_t size() const;            // documents published
  std::size_t bytes() const;           // of the published snapshot, about

 private:
  struct draft;
  std::shared_ptr<const snapshot> now() const;
  mutable std::mutex lock_;
  std::shared_ptr<const snapshot> current_;   // under lock_
  std::unique_ptr<draft> draft_;              // under its own lock
};

}  // namespace madang::search
