#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"

namespace madang::html {

// Every sentence that a person reads, from YAML files of a pack: nested keys whose leaves are one
// text in several languages.
//
//   shell:
//     sign_in: {ko: 로그인, en: Sign in}          key "shell.sign_in"
//
// Files of one folder share one space of keys. Immutable after load, so threads share one object.
class texts {
 public:
  using facts = std::map<std::string, std::string>;

  // Reads <folder>/*.yaml. Refused: texts.folder, texts.syntax, texts.leaf (a leaf without ko or
  // en), texts.duplicate (facts: file, key), texts.too_large (a file over 1 MiB, or over 10
  // levels).
  static result<texts> load(const std::filesystem::path& folder);

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
