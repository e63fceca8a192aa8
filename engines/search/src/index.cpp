// The index of what can be asked for. One immutable snapshot is read by everybody; a draft collects
// changes and becomes the next snapshot. Nothing is written to disk: the documents come from their
// systems at start, and 100,000 of them take seconds.
#include "madang/search/index.hpp"

#include <algorithm>

#include "hangul.hpp"
#include "madang/base/text.hpp"
#include "query.hpp"

namespace madang::search {

struct index::draft {
  std::mutex lock;
  std::map<std::string, document, std::less<>> documents;   // all, by key, bodies included
};

index::index()
    : current_(snapshot::build({})), draft_(std::make_unique<draft>()) {}
index::~index() = default;

std::shared_ptr<const index::snapshot> index::now() const {
  std::lock_guard hold(lock_);
  return current_;
}

void index::add(document d) {
  std::lock_guard hold(draft_->lock);
  auto key = d.key;
  draft_->documents.insert_or_assign(std::move(key), std::move(d));
}

void index::remove(std::string_view key) {
  std::lock_guard hold(draft_->lock);
  if (auto found = draft_->documents.find(key); found != draft_->documents.end())
    draft_->documents.erase(found);
}

void index::publish() {
  std::lock_guard building(draft_->lock);   // one builder at a time; readers go on
  std::vector<document> all;
  all.reserve(draft_->documents.size());
  for (const auto& [key, d] : draft_->documents) all.push_back(d);
  auto next = snapshot::build(std::move(all));
  std::lock_guard hold(lock_);
  current_.swap(next);   // the old one is freed by `next`, after the lock
}

void index::replace(std::vector<document> all) {
  {
    std::lock_guard hold(draft_->lock);
    draft_->documents.clear();
    for (auto& d : all) {
      auto key = d.key;
      draft_->documents.insert_or_assign(std::move(key), std::move(d));
    }
  }
  publish();
}

findings index::query(const question& q) const {
  question bounded = q;
  bounded.limit = std::clamp<std::size_t>(q.limit, 1, 100);
  bounded.offset = std::min<std::size_t>(q.offset, 10'000);
  const auto in = now();
  auto out = answer(*in, bounded);
  if (out.total > 0) return out;
  bounded.text = hangul_from_keys(text::trim(q.text));
  if (bounded.text.empty()) return out;
  auto again = answer(*in, bounded);
  if (again.total > 0) again.read_as = bounded.text;
  return again;
}

namespace {

// Bytes of the title for the keys that match, at the beginning of the first word that has them.
range matched_part(const keyed& title, std::string_view keys) {
  for (std::size_t at = 0; (at = title.keys.find(keys, at)) != std::string::npos; ++at)
    if (title.begins[at]) return {title.from[at].begin, title.from[at + keys.size() - 1].end};
  return {};
}

}  // namespace

std::vector<suggestion> index::suggest(std::string_view typed, std::string_view language,
                                       std::size_t limit) const {
  typed = typed.substr(0, query_bytes);
  limit = std::clamp<std::size_t>(limit, 1, 50);
  const auto in = now();
  std::vector<suggestion> out;
  auto titles = in->titles.find(language);
  if (titles == in->titles.end()) titles = in->titles.find("en");
  if (titles == in->titles.end()) return out;
  auto take = [&](std::string_view keys, completions::spelling how, bool hangul) {
    if (keys.empty()) return;
    for (const auto number : titles->second.find(keys, how, hangul, in->boosts, limit)) {
      const auto& d = in->documents[number];
      if (out.size() >= limit) return;
      if (std::any_of(out.begin(), out.end(), [&](const auto& s) { return s.key == d.key; }))
        continue;
      const auto& title = d.title.in(titles->first);
      const auto spelt = how == completions::spelling::keys ? strike(title) : initials(title);
      out.push_back({d.key, title, matched_part(spelt, keys)});
    }
  };
  const auto struck = strike(typed);
  if (only_consonants(typed)) take(initials(typed).keys, completions::spelling::initials, true);
  take(struck.keys, completions::spelling::keys, struck.has_hangul);
  if (struck.keys.size() > 1) take(struck.keys, completions::spelling::keys, !struck.has_hangul);
  return out;
}

std::size_t index::size() const { return now()->documents.size(); }
std::size_t index::bytes() const { return now()->bytes(); }

}  // namespace madang::search
