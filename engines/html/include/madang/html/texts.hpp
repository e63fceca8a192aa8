#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"

namespace madang::html {

// Every sentence that a person reads, from YAML files of a pack: nested keys whose leaves are one
// text in several languages.
//
//   shell:
//     sign_in: {ko: 로그인, en: Sign in}          key "shell.sign_in"
//
// Files of one folder share one space of keys; what an earlier folder says hides what a later one
// says under that key. Immutable after load, so threads share one object.
class texts {
 public:
  using facts = std::map<std::string, std::string>;

  // Reads *.yaml of each folder, the country's own first. A text is kept in `languages` and no
  // others, so that a country never says what it does not speak. Refused: texts.folder (none of
  // them is there), texts.syntax, texts.leaf (a leaf lacks one of the languages), texts.duplicate
  // (twice in one folder), texts.too_large (a file over 1 MiB, or over 10 levels). Facts: file,
  // key.
  static result<texts> load(const std::vector<std::filesystem::path>& folders,
                            const std::vector<std::string>& languages);

  // What visitors read in a further language: texts by key, of keys that are there. What is not
  // among them is read in English. Before anybody else looks. Refused: texts.unknown_key {key}.
  outcome add_language(const std::string& language, const std::map<std::string, std::string>& said);

  texts(texts&&) noexcept;
  texts& operator=(texts&&) noexcept;
  ~texts();

  // The text in the reader's language, else English. A key that is missing is given in brackets,
  // so that it is seen, and counted.
  std::string_view operator()(std::string_view key, std::string_view language) const;

  // The text with its "{name}" filled. "{name|a/b}" chooses a word by the fact: in Korean the
  // particle by the fact's last sound ("{who|이/가}", "{place|으로/로}"), in other languages
  // by number ("{n} {n|day/days}": the first when the fact is "1").
  std::string fill(std::string_view key, std::string_view language, const facts& f) const;

  bool has(std::string_view key) const;
  std::size_t size() const;
  std::size_t missing() const;  // how many look-ups found nothing since load

 private:
  struct inside;
  explicit texts(std::unique_ptr<inside> i);
  std::unique_ptr<inside> inside_;
};

// What fill() does, for a pattern from elsewhere.
std::string fill(std::string_view pattern, std::string_view language, const texts::facts& f);

}  // namespace madang::html
