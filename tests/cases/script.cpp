#include "script.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "madang/packs/packs.hpp"

namespace madang::cases_of {
namespace {

// How many braces and brackets of a text are open still, outside of quotation marks.
int open_braces(std::string_view s) {
  int depth = 0;
  char quote = 0;
  for (char c : s) {
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"') {
      quote = c;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return depth;
}

statement read_statement(const std::string& text, const std::string& file, int line) {
  statement out;
  out.line = line;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
    } else if (text[at] == '{') {
      std::size_t end = at + 1;
      while (end < text.size() && open_braces(text.substr(at, end - at)) > 0) ++end;
      out.with = packs::parse_yaml(text.substr(at, end - at), file + ":" + std::to_string(line));
      at = end;
    } else if (text[at] == '"') {
      const auto end = text.find('"', at + 1);
      if (end == std::string::npos)
        throw packs::broken_pack({file, line, "a quotation mark is not closed"});
      out.words.push_back(text.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      const auto end = std::min(text.find(' ', at), text.size());
      out.words.push_back(text.substr(at, end - at));
      at = end;
    }
  }
  return out;
}

}  // namespace

const std::string& statement::word(std::size_t i) const {
  static const std::string none;
  return i < words.size() ? words[i] : none;
}

std::string statement::after(std::string_view preposition) const {
  const auto found = std::find(words.begin(), words.end(), preposition);
  return found == words.end() || found + 1 == words.end() ? std::string() : *(found + 1);
}

script read_script(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw packs::broken_pack({file, 0, "cannot be read"});
  script out{file, {}, {}};
  std::string text, more;
  for (int line = 1; std::getline(in, text); ++line) {
    text = text::trim(text);
    if (text.empty() || text.front() == '#') continue;
    const int begun = line;
    while (open_braces(text) > 0 && std::getline(in, more)) {
      ++line;
      text += " " + std::string(text::trim(more));
    }
    if (open_braces(text) != 0) throw packs::broken_pack({file, begun, "a brace is not closed"});
    if (text.starts_with("case ")) {
      out.cases.push_back({begun, std::string(text::trim(text.substr(5))), {}});
      continue;
    }
    auto s = read_statement(text, file, begun);
    const bool known = s.word(0) == "given" || s.word(0) == "when" || s.word(0) == "then";
    if (!known || (s.word(0) != "given" && out.cases.empty()))
      throw packs::broken_pack({file, begun, "a line begins with given, case, when or then"});
    (out.cases.empty() ? out.givens : out.cases.back().steps).push_back(std::move(s));
  }
  if (out.cases.empty()) throw packs::broken_pack({file, 0, "has no case"});
  return out;
}

}  // namespace madang::cases_of
