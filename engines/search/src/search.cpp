#include "madang/search/search.hpp"

#include <algorithm>

namespace madang::search {

void index::add(document d) {
  folded f{d.key, {}, {}, d.boost};
  for (const auto& [language, said] : d.title.all()) f.title += text::fold(said) + "\n";
  for (const auto& [language, said] : d.body.all()) f.rest += text::fold(said) + "\n";
  for (const auto& w : d.keywords) f.title += text::fold(w) + "\n";
  all_.push_back(std::move(f));
}

found index::find(const query& q) const {
  found out;
  std::vector<std::string> wanted;
  for (const auto& w : text::split(text::fold(q.text), ' '))
    if (!w.empty()) wanted.push_back(w);
  if (wanted.empty()) return out;
  std::vector<hit> hits;
  for (const auto& f : all_) {
    double score = 0;
    bool all = true;
    for (const auto& w : wanted) {
      const bool title = f.title.find(w) != std::string::npos;
      if (!title && f.rest.find(w) == std::string::npos) all = false;
      score += title ? 3 : 1;
    }
    if (all) hits.push_back({f.key, score * f.boost});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const hit& a, const hit& b) { return b.score < a.score; });
  out.total = hits.size();
  const std::size_t from = std::min(hits.size(), static_cast<std::size_t>(std::max(q.offset, 0)));
  const std::size_t to = std::min(hits.size(), from + static_cast<std::size_t>(std::max(q.limit, 0)));
  out.hits.assign(hits.begin() + static_cast<std::ptrdiff_t>(from),
                  hits.begin() + static_cast<std::ptrdiff_t>(to));
  return out;
}

std::vector<hit> index::suggest(std::string_view prefix, std::string_view language,
                                int limit) const {
  return find({std::string(prefix), std::string(language), limit, 0}).hits;
}

}  // namespace madang::search
