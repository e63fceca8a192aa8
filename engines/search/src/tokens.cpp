#include "madang/search/tokens.hpp"

#include <algorithm>

#include "normal.hpp"

namespace madang::search {

std::string normal_form(std::string_view text) { return normal(text).text; }

std::vector<token> tokens(std::string_view text, purpose why) {
  const auto n = normal(text);
  std::vector<token> out;
  auto put = [&](std::uint32_t begin, std::uint32_t end, token::kind is) {
    // Several letters of the normal form may come from one of the text ("㈜"): show it whole.
    std::uint32_t to = n.from(end);
    for (std::size_t i = end; to <= n.from(begin) && i < n.text.size();) to = n.from(++i);
    out.push_back({n.text.substr(begin, end - begin), n.from(begin), to, is});
  };
  for (const auto& p : pieces(n.text)) {
    if (p.is == piece::kind::word) {
      put(p.begin, p.end, token::kind::word);
      continue;
    }
    const auto at = letters(n.text, p);
    const auto count = at.size() - 1;
    for (std::size_t i = 0; i < count; ++i) {
      if (i + 1 < count) put(at[i], at[i + 2], token::kind::pair);
      if (why == purpose::index || count == 1) put(at[i], at[i + 1], token::kind::single);
    }
  }
  return out;
}

std::vector<range> highlight(std::string_view text, std::string_view query) {
  std::vector<std::string> wanted;
  for (auto& t : tokens(query.substr(0, query_bytes), purpose::query))
    if (wanted.size() < query_tokens) wanted.push_back(std::move(t.text));
  std::sort(wanted.begin(), wanted.end());
  std::vector<range> found;
  for (const auto& t : tokens(text, purpose::index)) {
    bool match = std::binary_search(wanted.begin(), wanted.end(), t.text);
    if (!match && t.is == token::kind::word)   // the last word of a query may be half typed
      match = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& w) {
        return w.size() > 1 && t.text.starts_with(w);
      });
    if (match) found.push_back({t.begin, t.end});
  }
  std::sort(found.begin(), found.end(), [](range a, range b) { return a.begin < b.begin; });
  std::vector<range> out;
  for (const auto& r : found) {
    if (!out.empty() && r.begin <= out.back().end) out.back().end = std::max(out.back().end, r.end);
    else out.push_back(r);
  }
  return out;
}

}  // namespace madang::search
