#include "snapshot.hpp"

#include <algorithm>
#include <cmath>

#include "madang/base/check.hpp"
#include "normal.hpp"

namespace madang::search {

void posting_list::add(std::uint32_t document, unsigned fields) {
  std::uint64_t value = std::uint64_t{document - last_} << 2 | fields;
  for (; value > 127; value >>= 7) packed_ += static_cast<char>(value | 128);
  packed_ += static_cast<char>(value);
  last_ = document;
  ++count_;
}

bool posting_list::reader::next(posting& out) {
  if (left_ == 0) return false;
  --left_;
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= std::uint64_t{byte & 127u} << shift;
    if (byte < 128) break;
  }
  document_ += static_cast<std::uint32_t>(value >> 2);
  out = {document_, static_cast<unsigned>(value & 3)};
  return true;
}

std::string facet_token(const std::pair<std::string, std::string>& facet) {
  return "\x1f" + facet.first + "\x1f" + facet.second;   // no letter: never a token of text
}

namespace {

class builder {
 public:
  explicit builder(index::snapshot& into) : into_(into) {}

  void add(std::uint32_t number, const document& d) {
    number_ = number;
    auto& text = into_.texts.emplace_back();
    for (const auto& [language, title] : d.title.all()) {
      add_text(title, in_title, text);
      into_.titles[language].add(number, title);
    }
    for (const auto& word : d.keywords) add_text(word, in_keyword, text);
    for (const auto& [language, body] : d.body.all()) add_text(body, 0, text);
    for (const auto& facet : d.facets) touch(facet_token(facet), 0);
    text.append(text.empty() ? "\n" : "").shrink_to_fit();
    std::sort(touched_.begin(), touched_.end());
    for (const auto token : touched_) into_.lists[token].add(number, seen_[token].fields);
    touched_.clear();
  }

 private:
  struct sight {
    std::uint32_t document = ~0u;
    unsigned fields = 0;
  };

  void add_text(std::string_view source, unsigned field, std::string& kept) {
    const auto text = normal(source).text;
    const std::string_view all = text;
    for (const auto& p : pieces(all)) {
      if (p.is == piece::kind::word) {
        touch(all.substr(p.begin, p.end - p.begin), field);
        continue;
      }
      const auto at = letters(all, p);
      for (std::size_t i = 0; i + 1 < at.size(); ++i) {
        touch(all.substr(at[i], at[i + 1] - at[i]), field);
        if (i + 2 < at.size()) touch(all.substr(at[i], at[i + 2] - at[i]), field);
      }
    }
    kept.append(text).append("\n");
  }

  void touch(std::string_view token, unsigned field) {
    auto found = into_.numbers.find(token);
    if (found == into_.numbers.end()) {
      found = into_.numbers.emplace(token, static_cast<std::uint32_t>(into_.lists.size())).first;
      into_.lists.emplace_back();
      seen_.emplace_back();
    }
    auto& sight = seen_[found->second];
    if (sight.document != number_) {
      sight = {number_, 0};
      touched_.push_back(found->second);
    }
    sight.fields |= field;
  }

  index::snapshot& into_;
  std::uint32_t number_ = 0;
  std::vector<sight> seen_;
  std::vector<std::uint32_t> touched_;
};

}  // namespace

namespace {

// The line of the title that a reader of `language` is shown; titles are the first lines of the
// text.
line shown_line(const document& d, std::string_view text, std::string_view language) {
  const auto& wanted = d.title.in(language);
  std::size_t begin = 0;
  for (const auto& [each, title] : d.title.all()) {
    const auto end = text.find('\n', begin);
    if (&title == &wanted)
      return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
    begin = end + 1;
  }
  return {0, 0};
}

}  // namespace

const std::vector<line>& index::snapshot::shown_in(std::string_view language) const {
  auto found = shown.find(language);
  return found != shown.end() ? found->second : shown.find("")->second;
}

std::shared_ptr<const index::snapshot> index::snapshot::build(std::vector<document> all) {
  check(all.size() < (1u << 30), "documents of an index");
  auto out = std::make_shared<snapshot>();
  out->documents = std::move(all);
  builder work(*out);
  for (std::size_t i = 0; i < out->documents.size(); ++i) {
    out->boosts.push_back(out->documents[i].boost);
    work.add(static_cast<std::uint32_t>(i), out->documents[i]);
    const auto title = static_cast<double>(out->texts[i].find('\n'));   // at least an empty line
    out->weights.push_back(out->boosts[i] - 0.2 * std::log2(1.0 + title));
    out->documents[i].body = {};   // kept in normal form only
  }
  for (auto& list : out->lists) list.close();
  for (const auto& [token, number] : out->numbers)
    if (token[0] != '\x1f' && pieces(token).front().is == piece::kind::word)
      out->words.push_back(&token);
  std::sort(out->words.begin(), out->words.end(),
            [](const std::string* a, const std::string* b) { return *a < *b; });
  for (auto& [language, titles] : out->titles) titles.close();
  out->shown[""];   // a language nobody speaks: what words::in falls back to
  for (const auto& [language, titles] : out->titles) out->shown[language];
  for (auto& [language, lines] : out->shown)
    for (std::size_t i = 0; i < out->documents.size(); ++i)
      lines.push_back(shown_line(out->documents[i], out->texts[i], language));
  return out;
}

const posting_list* index::snapshot::list(std::string_view token) const {
  const auto found = numbers.find(token);
  return found == numbers.end() ? nullptr : &lists[found->second];
}

std::size_t index::snapshot::bytes() const {
  std::size_t out = words.size() * sizeof(void*) + boosts.size() * sizeof(double);
  for (const auto& text : texts) out += sizeof text + text.capacity();
  for (const auto& list : lists) out += sizeof list + (list.bytes() > 15 ? list.bytes() : 0);
  for (const auto& [token, number] : numbers)
    out += 64 + (token.size() > 15 ? token.capacity() : 0);
  for (const auto& [language, t] : titles) out += t.bytes();
  for (const auto& [language, lines] : shown) out += lines.capacity() * sizeof(line);
  for (const auto& d : documents) {
    out += sizeof d + d.key.capacity();
    for (const auto& [language, title] : d.title.all()) out += 96 + title.capacity();
  }
  return out;
}

}  // namespace madang::search
