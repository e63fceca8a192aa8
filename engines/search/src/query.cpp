// A query is a list of chunks, as it stands between blanks and marks; each chunk is one or more
// tokens. A document is complete when every token of every chunk is in it and every chunk of
// several tokens stands in its text whole. When fewer are complete than asked for, those follow
// that hold at least 60 % of the query by rarity: "점용허가" then also finds "점용 및 허가".
#include "query.hpp"

#include <string.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "normal.hpp"

namespace madang::search {
namespace {

constexpr double enough = 0.6;
constexpr std::size_t most_prefix_words = 64;
constexpr std::size_t shortest_prefix = 2;

struct term {
  std::string text;
  std::vector<posting> found;    // by document
  double rarity = 0;
};

struct plan {
  std::string whole;                    // normal form of the query
  std::vector<term> terms;
  std::vector<std::string> stretches;   // chunks of several tokens: must stand whole
  std::vector<posting> facets;          // documents that hold all facets
  bool filtered = false;
};

struct candidate {
  std::uint32_t document;
  double found = 0, in_titles = 0, in_keywords = 0;   // rarities
};

std::vector<posting> unpack(const posting_list* list) {
  std::vector<posting> out;
  if (!list) return out;
  out.reserve(list->count());
  posting next{};
  for (posting_list::reader from(*list); from.next(next);) out.push_back(next);
  return out;
}

// The word and those that begin with it, when it is the last of the query: it may be half typed.
std::vector<posting> unpack_prefix(const index::snapshot& in, const std::string& word) {
  auto out = unpack(in.list(word));
  if (word.size() < shortest_prefix) return out;
  auto at = std::lower_bound(in.words.begin(), in.words.end(), word,
                             [](const std::string* a, const std::string& b) { return *a < b; });
  bool more = false;
  for (std::size_t n = 0; at != in.words.end() && (*at)->starts_with(word) && n < most_prefix_words;
       ++at, ++n) {
    if (**at == word) continue;
    const auto others = unpack(in.list(**at));
    out.insert(out.end(), others.begin(), others.end());
    more = true;
  }
  if (!more) return out;
  std::sort(out.begin(), out.end(),
            [](posting a, posting b) { return a.document < b.document; });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (kept && out[kept - 1].document == out[i].document) out[kept - 1].fields |= out[i].fields;
    else out[kept++] = out[i];
  }
  out.resize(kept);
  return out;
}

void add_term(const index::snapshot& in, plan& p, std::string_view text, bool may_be_half) {
  if (p.terms.size() >= query_tokens) return;
  for (const auto& known : p.terms)
    if (known.text == text) return;
  auto& t = p.terms.emplace_back();
  t.text = text;
  t.found = may_be_half ? unpack_prefix(in, t.text) : unpack(in.list(text));
  const double all = static_cast<double>(in.documents.size());
  t.rarity = std::log(1.0 + all / (1.0 + static_cast<double>(t.found.size())));
}

void add_facets(const index::snapshot& in, const question& q, plan& p) {
  for (const auto& facet : q.facets) {
    auto next = unpack(in.list(facet_token(facet)));
    if (p.filtered) {
      std::erase_if(next, [&](posting x) {
        return !std::binary_search(p.facets.begin(), p.facets.end(), x,
                                   [](posting a, posting b) { return a.document < b.document; });
      });
    }
    p.facets = std::move(next);
    p.filtered = true;
  }
}

plan make_plan(const index::snapshot& in, const question& q) {
  plan p;
  p.whole = normal(std::string_view(q.text).substr(0, query_bytes)).text;
  const std::string_view all = p.whole;
  const auto parts = pieces(all);
  for (std::size_t i = 0; i < parts.size();) {
    const auto first = i;
    std::size_t tokens = 0;
    for (; i < parts.size() && (i == first || parts[i].joined); ++i) {
      const auto& part = parts[i];
      const auto text = all.substr(part.begin, part.end - part.begin);
      if (part.is == piece::kind::word) {
        add_term(in, p, text, i + 1 == parts.size());
        ++tokens;
        continue;
      }
      const auto at = letters(all, part);
      if (at.size() == 2) add_term(in, p, text, false), ++tokens;
      for (std::size_t k = 0; k + 2 < at.size(); ++k, ++tokens)
        add_term(in, p, all.substr(at[k], at[k + 2] - at[k]), false);
    }
    if (tokens > 1)
      p.stretches.emplace_back(
          all.substr(parts[first].begin, parts[i - 1].end - parts[first].begin));
  }
  add_facets(in, q, p);
  return p;
}

void count(candidate& c, const term& t, posting x) {
  c.found += t.rarity;
  if (x.fields & in_title) c.in_titles += t.rarity;
  if (x.fields & in_keyword) c.in_keywords += t.rarity;
}

std::vector<candidate> complete_ones(const index::snapshot& in, plan& p) {
  std::vector<const term*> order;
  for (const auto& t : p.terms) order.push_back(&t);
  std::sort(order.begin(), order.end(),
            [](const term* a, const term* b) { return a->found.size() < b->found.size(); });
  std::vector<candidate> out;
  out.reserve(order.front()->found.size());
  for (const auto x : order.front()->found) {
    out.push_back({x.document});
    count(out.back(), *order.front(), x);
  }
  auto keep = [&](const std::vector<posting>& list, const term* t) {
    std::size_t kept = 0;
    auto at = list.begin();
    for (auto& c : out) {
      const auto far = list.end() - at > 64 * static_cast<std::ptrdiff_t>(out.size());
      if (far) at = std::lower_bound(at, list.end(), c.document,
                                     [](posting x, std::uint32_t d) { return x.document < d; });
      while (at != list.end() && at->document < c.document) ++at;
      if (at == list.end()) break;
      if (at->document != c.document) continue;
      if (t) count(c, *t, *at);
      out[kept++] = c;
    }
    out.resize(kept, candidate{});
  };
  for (std::size_t i = 1; i < order.size(); ++i) keep(order[i]->found, order[i]);
  if (p.filtered) keep(p.facets, nullptr);
  std::erase_if(out, [&](const candidate& c) {
    return std::any_of(p.stretches.begin(), p.stretches.end(), [&](const std::string& s) {
      const auto& text = in.texts[c.document];
      // not find(): it stops at each first byte, and one in three bytes of Korean is the same
      return ::memmem(text.data(), text.size(), s.data(), s.size()) == nullptr;
    });
  });
  return out;
}

// Those that hold enough of the query, without those that hold all.
std::vector<candidate> partial_ones(const index::snapshot& in, const plan& p,
                                    const std::vector<candidate>& complete) {
  std::vector<candidate> sums(in.documents.size());
  double all = 0;
  for (const auto& t : p.terms) {
    if (!t.found.empty()) all += t.rarity;   // what no document holds tells none apart
    for (const auto x : t.found) count(sums[x.document], t, x);
  }
  for (const auto& c : complete) sums[c.document].found = 0;
  std::vector<candidate> out;
  auto look = [&](std::uint32_t document) {
    auto& c = sums[document];
    if (c.found == 0 || c.found < enough * all) return;
    c.document = document;
    out.push_back(c);
  };
  if (p.filtered) {
    for (const auto x : p.facets) look(x.document);
  } else {
    for (std::uint32_t d = 0; d < sums.size(); ++d) look(d);
  }
  return out;
}

struct scored {
  std::uint32_t document;
  double score;
};

std::vector<scored> ranked(const index::snapshot& in, const plan& p, const question& q,
                           const std::vector<candidate>& all, std::size_t wanted) {
  double most = 0;
  for (const auto& t : p.terms) most += t.rarity;
  const auto& shown = in.shown_in(q.language);
  std::vector<scored> out;
  out.reserve(all.size());
  for (const auto& c : all) {
    double score = in.weights[c.document] +
                   (10 * c.found + 6 * c.in_titles + 3 * c.in_keywords) / std::max(most, 1e-9);
    const auto title = shown[c.document].of(in.texts[c.document]);
    if (c.in_titles > 0 && title.starts_with(p.whole))
      score += title.size() == p.whole.size() ? 20 : 8;
    out.push_back({c.document, score});
  }
  auto better = [](const scored& a, const scored& b) {
    return a.score != b.score ? a.score > b.score : a.document < b.document;
  };
  const auto kept = static_cast<std::ptrdiff_t>(std::min(out.size(), wanted));
  std::partial_sort(out.begin(), out.begin() + kept, out.end(), better);
  out.erase(out.begin() + kept, out.end());
  return out;
}

}  // namespace

findings answer(const index::snapshot& in, const question& q) {
  findings out;
  auto p = make_plan(in, q);
  if (p.terms.empty() || in.documents.empty()) return out;
  const auto complete = complete_ones(in, p);
  out.complete = out.total = complete.size();
  const auto end = q.offset + q.limit;
  auto show = [&](const std::vector<scored>& some, std::size_t skip, bool whole) {
    for (std::size_t i = skip; i < some.size() && out.hits.size() < q.limit; ++i) {
      const auto& d = in.documents[some[i].document];
      const auto& title = d.title.in(q.language);
      out.hits.push_back({d.key, title, some[i].score, whole, highlight(title, q.text)});
    }
  };
  if (q.offset < complete.size()) show(ranked(in, p, q, complete, end), q.offset, true);
  if (complete.size() >= end || p.terms.size() < 2) return out;
  const auto partial = partial_ones(in, p, complete);
  out.total += partial.size();
  const auto skip = q.offset > complete.size() ? q.offset - complete.size() : 0;
  show(ranked(in, p, q, partial, end - std::min(end, complete.size())), skip, false);
  return out;
}

}  // namespace madang::search
