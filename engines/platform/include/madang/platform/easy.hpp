#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/words.hpp"
#include "madang/html/node.hpp"
#include "madang/packs/packs.hpp"

// Easy to read: what a part of the portal is for, in short sentences with a picture each, for
// people with learning difficulties and all who like it plain (Inclusion Europe, "Information for
// all"; WCAG 2.2, 3.1.5). A part has such a page when the pack has participation/easy/PART.yaml.
namespace madang::platform {

class context;

struct easy_step {
  std::string icon;                // html::icon
  words text;
};
struct easy_text {
  static constexpr std::size_t most_sentences = 3, longest_sentence = 90;    // points

  std::string part;                // "petitions": the file's name
  std::int64_t order = 0;
  std::string go;                  // where the part itself is: "/petitions"
  words name, what;                // what: one sentence
  std::vector<easy_step> steps;
};

// In their order. Throws packs::broken_pack when one has no steps, an icon that is not there, a
// language of the country missing, more sentences than most_sentences, or one that is too long.
std::vector<easy_text> easy_texts_of(const packs::pack& pack);

// The way to the page of a part, for the top of the part's own; empty when it has none.
html::node easy_link(const context& c, std::string_view part);

}  // namespace madang::platform
