#pragma once
#include <string>
#include <vector>

#include "madang/base/base.hpp"

// Finds services by words, in the reader's language and the others.
namespace madang::search {

struct document {
  std::string key;
  words title, body;
  std::vector<std::string> keywords;
  std::string facet;
  double boost = 1;
};
struct query {
  std::string text, language;
  int limit = 20, offset = 0;
};
struct hit {
  std::string key;
  double score = 0;
};
struct found {
  std::size_t total = 0;
  std::vector<hit> hits;
};

class index {
 public:
  void add(document d);
  void commit() {}
  found find(const query& q) const;
  std::vector<hit> suggest(std::string_view prefix, std::string_view language, int limit) const;

 private:
  struct folded {
    std::string key, title, rest;
    double boost;
  };
  std::vector<folded> all_;
};

}  // namespace madang::search
