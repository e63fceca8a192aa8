#include "madang/signatures/record.hpp"

#include <algorithm>

#include "cades.hpp"

namespace madang::signatures {
namespace {

constexpr std::size_t most_stamps = 256, most_hashes = 10'000, longest_record = 16u << 20;

using hashes = std::vector<bytes>;

// Hashes are concatenated in ascending order (section 4.2); one alone stands for itself.
bytes joined(const std::string& digest, hashes all) {
  if (all.size() == 1) return all.front();
  std::sort(all.begin(), all.end());
  bytes content;
  for (const bytes& h : all) der::append(content, h);
  return digest_over(digest, content);
}

struct archive_stamp_of_record {
  view whole, stamp;             // the ArchiveTimeStamp; its ContentInfo
  std::string digest;            // digestAlgorithm, else that of the stamp
  std::vector<hashes> tree;      // reducedHashtree; empty: there is none
  std::optional<token> said;
};
using stamp_chain = std::vector<archive_stamp_of_record>;

struct evidence_record {
  std::vector<std::pair<view, stamp_chain>> chains;   // each with its octets
};

std::optional<hashes> read_hashes(view content, std::size_t& budget) {
  auto each = der::all_of(content, most_hashes);
  if (!each || each->size() > budget) return {};
  budget -= each->size();
  hashes out;
  for (const auto& e : *each) {
    if (e.tag != der::octet_string) return {};
    out.push_back(der::copy(e.content));
  }
  return out;
}

std::optional<archive_stamp_of_record> read_stamp(const der::element& e, std::size_t& budget) {
  if (e.tag != der::sequence) return {};
  archive_stamp_of_record out;
  out.whole = e.whole;
  view rest = e.content;
  if (auto algorithm = der::take(rest, der::context_0)) {   // IMPLICIT: the sequence's content
    view inner = algorithm->content;
    auto id = der::take(inner, der::object_id);
    if (!id || (out.digest = digest_named(der::dotted(id->content))).empty()) return {};
  }
  (void)der::take(rest, der::context_1);   // attributes, of which none is defined
  if (auto tree = der::take(rest, der::context_2)) {
    auto parts = der::all_of(tree->content, 64);
    if (!parts || parts->empty()) return {};
    for (const auto& part : *parts) {
      auto list = part.tag == der::sequence ? read_hashes(part.content, budget) : std::nullopt;
      if (!list || list->empty()) return {};
      out.tree.push_back(std::move(*list));
    }
  }
  auto stamp = der::only(rest, der::sequence);
  if (!stamp) return {};
  out.stamp = stamp->whole;
  out.said = token::read(stamp->whole);
  if (out.digest.empty() && out.said) out.digest = out.said->digest;
  return out;
}

std::optional<evidence_record> read_record(view octets) {
  if (octets.size() > longest_record) return {};
  auto outer = der::only(octets, der::sequence);
  if (!outer) return {};
  view rest = outer->content;
  auto version = der::take(rest, der::integer), digests = der::take(rest, der::sequence);
  if (!version || version->content.size() != 1 || version->content[0] != 1 || !digests) return {};
  (void)der::take(rest, der::context_0);
  if (der::take(rest, der::context_1)) return {};   // over encrypted documents: not read here
  auto sequence = der::only(rest, der::sequence);
  auto chains = sequence ? der::all_of(sequence->content, most_stamps) : std::nullopt;
  if (!chains || chains->empty()) return {};
  evidence_record out;
  std::size_t stamps = 0, budget = most_hashes;
  for (const auto& c : *chains) {
    auto each = c.tag == der::sequence ? der::all_of(c.content, most_stamps) : std::nullopt;
    if (!each || each->empty() || (stamps += each->size()) > most_stamps) return {};
    stamp_chain chain;
    for (const auto& e : *each) {
      auto one = read_stamp(e, budget);
      if (!one) return {};
      chain.push_back(std::move(*one));
    }
    out.chains.emplace_back(c.whole, std::move(chain));
  }
  return out;
}

// ArchiveTimeStampSequence of the first `count` chains.
bytes sequence_of(const evidence_record& r, std::size_t count) {
  bytes content;
  for (std::size_t i = 0; i < count; ++i) der::append(content, r.chains[i].first);
  return der::node(der::sequence, content);
}

// What a chain is about: the documents, with all chains before it (section 5.2).
hashes subjects(const evidence_record& r, std::size_t chain, const std::string& digest,
                const std::vector<std::string_view>& group) {
  hashes out;
  const bytes before = chain == 0 ? bytes() : digest_over(digest, sequence_of(r, chain));
  for (const auto d : group) {
    bytes h = digest_over(digest, trust::view_of(d));
    if (chain > 0) {
      der::append(h, before);
      h = digest_over(digest, h);
    }
    out.push_back(std::move(h));
  }
  return out;
}

// Do these hashes, all of them, lead to the stamp? Those of a group are alone in the first list,
// unless it is a group of one (section 4.3).
bool leads_to(const archive_stamp_of_record& s, hashes from) {
  if (!s.said || s.digest != s.said->digest) return false;
  std::sort(from.begin(), from.end());
  if (s.tree.empty()) return joined(s.digest, from) == s.said->imprint;
  hashes list = s.tree.front();
  std::sort(list.begin(), list.end());
  const bool there = from.size() == 1
                         ? std::binary_search(list.begin(), list.end(), from.front())
                         : list == from;
  if (!there) return false;
  for (std::size_t i = 1; i < s.tree.size(); ++i) {
    const bytes up = joined(s.digest, list);
    list = s.tree[i];
    list.push_back(up);
  }
  return joined(s.digest, list) == s.said->imprint;
}

bytes stamp_of(const bytes& token, const std::string& digest, const std::vector<hashes>& tree) {
  const bytes algorithm = identifier_of_digest(digest);
  bytes lists;
  for (const hashes& list : tree) {
    bytes content;
    for (const bytes& h : list) der::append(content, der::node(der::octet_string, h));
    der::append(lists, der::node(der::sequence, content));
  }
  return der::node(der::sequence,
                   {der::node(der::context_0, der::only(algorithm, der::sequence)->content),
                    tree.empty() ? bytes() : der::node(der::context_2, lists), token});
}

bytes record_of(const std::vector<std::string>& digests, view sequence) {
  bytes names;
  for (const auto& d : digests) der::append(names, identifier_of_digest(d));
  return der::node(der::sequence, {der::number(1), der::node(der::sequence, names), sequence});
}

std::vector<std::string> digests_of(const evidence_record& r) {
  std::vector<std::string> out;
  for (const auto& [whole, chain] : r.chains)
    for (const auto& s : chain)
      if (std::find(out.begin(), out.end(), s.digest) == out.end()) out.push_back(s.digest);
  return out;
}

refusal broken() { return refuse(kind::invalid, "signatures.record"); }

}  // namespace

result<std::vector<bytes>> make_records(const std::vector<std::vector<std::string_view>>& groups,
                                        const stamping& authority, const std::string& digest) {
  if (groups.empty() || identifier_of_digest(digest).empty()) return broken();
  std::vector<std::vector<hashes>> trees(groups.size());
  struct node {
    bytes hash;
    std::vector<std::size_t> below;   // groups
  };
  std::vector<node> level;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) return broken();
    hashes own;
    for (const auto d : groups[g]) own.push_back(digest_over(digest, trust::view_of(d)));
    level.push_back({joined(digest, own), {g}});
    trees[g].push_back(own);
  }
  while (level.size() > 1) {
    std::vector<node> above;
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
      const auto add = [&](const node& to, const bytes& sibling) {
        for (const std::size_t g : to.below) {
          // A group of one stands in a list with its sibling: alone it would be hashed once more.
          if (trees[g].size() == 1 && trees[g][0].size() == 1) trees[g][0].push_back(sibling);
          else trees[g].push_back({sibling});
        }
      };
      add(level[i], level[i + 1].hash);
      add(level[i + 1], level[i].hash);
      node up{joined(digest, {level[i].hash, level[i + 1].hash}), level[i].below};
      up.below.insert(up.below.end(), level[i + 1].below.begin(), level[i + 1].below.end());
      above.push_back(std::move(up));
    }
    if (level.size() % 2) above.push_back(std::move(level.back()));
    level = std::move(above);
  }
  auto token = stamp_hash(authority, level.front().hash, digest);
  if (!token) return token.why();
  std::vector<bytes> out;
  for (auto& tree : trees) {
    const bool alone = tree.size() == 1 && tree[0].size() == 1;
    const bytes one = stamp_of(*token, digest, alone ? std::vector<hashes>() : tree);
    out.push_back(
        record_of({digest}, der::node(der::sequence, der::node(der::sequence, one))));
  }
  return out;
}

result<bytes> renew_stamp(view record, const stamping& authority) {
  const auto r = read_record(record);
  if (!r) return broken();
  const auto& [whole, chain] = r->chains.back();
  const std::string& digest = chain.back().digest;
  auto token = stamp_hash(authority, digest_over(digest, chain.back().stamp), digest);
  if (!token) return token.why();
  bytes longer = der::copy(der::only(whole, der::sequence)->content);
  der::append(longer, stamp_of(*token, digest, {}));
  bytes content;
  for (std::size_t i = 0; i + 1 < r->chains.size(); ++i) der::append(content, r->chains[i].first);
  der::append(content, der::node(der::sequence, longer));
  return record_of(digests_of(*r), der::node(der::sequence, content));
}

result<bytes> renew_hashes(view record, const std::vector<std::string_view>& group,
                           const stamping& authority, const std::string& digest) {
  const auto r = read_record(record);
  if (!r || group.empty() || identifier_of_digest(digest).empty()) return broken();
  const hashes own = subjects(*r, r->chains.size(), digest, group);
  auto token = stamp_hash(authority, joined(digest, own), digest);
  if (!token) return token.why();
  std::vector<hashes> tree;
  if (own.size() > 1) tree.push_back(own);
  bytes content;
  for (const auto& c : r->chains) der::append(content, c.first);
  der::append(content, der::node(der::sequence, stamp_of(*token, digest, tree)));
  auto digests = digests_of(*r);
  if (std::find(digests.begin(), digests.end(), digest) == digests.end())
    digests.push_back(digest);
  return record_of(digests, der::node(der::sequence, content));
}

// INTEGER 1, then a SEQUENCE of algorithms: SignedData begins with an object identifier.
bool is_record(std::string_view file) {
  auto outer = der::only(trust::view_of(file), der::sequence);
  return outer && outer->content.size() > 4 && outer->content[0] == der::integer &&
         outer->content[1] == 1 && outer->content[3] == der::sequence;
}

report verify_record(std::string_view record, const policy& p,
                     const std::vector<std::string_view>& group) {
  report out;
  out.format = "evidence record";
  const auto r = read_record(trust::view_of(record));
  if (!r) {
    out.reasons.push_back({"format.malformed", {}});
    return out;
  }
  signature s;
  s.format = out.format;
  pool embedded;
  for (const auto& [whole, chain] : r->chains)
    for (const auto& one : chain)
      if (one.said) gather(*one.said->cms, embedded);
  const bool missing = group.empty() || std::any_of(group.begin(), group.end(), [](auto d) {
                         return d.data() == nullptr;
                       });
  s.is = indication::total_passed;
  instant control = p.at;
  for (std::size_t c = r->chains.size(); c-- > 0 && !missing;) {
    const stamp_chain& chain = r->chains[c].second;
    for (std::size_t i = chain.size(); i-- > 0;) {
      const hashes from = i == 0 ? subjects(*r, c, chain[i].digest, group)
                                 : hashes{digest_over(chain[i].digest, chain[i - 1].stamp)};
      found_stamp f{stamp_seen::what::archive, chain[i].said, leads_to(chain[i], from), false};
      const auto j = judge_stamp(f, p, embedded, control);
      s.stamps.insert(s.stamps.begin(), j.seen);
      s.revocations.insert(s.revocations.end(), j.revocations.begin(), j.revocations.end());
      if (j.good) {
        control = j.seen.at;
        s.proven = control;
        s.signer = j.seen.authority;
        continue;
      }
      s.reasons.insert(s.reasons.end(), j.reasons.begin(), j.reasons.end());
      const bool first = c == 0 && i == 0;
      if (!f.covers)
        settle(s, indication::total_failed, "HASH_FAILURE",
               {i == 0 && (first || r->chains.size() == c + 1) ? "digest" : "record.broken", {}});
      else
        settle(s, std::max(s.is, indication::indeterminate), "NO_POE", {"record.broken", {}});
    }
  }
  if (missing)
    settle(s, indication::indeterminate, "SIGNED_DATA_NOT_FOUND",
           {"original.missing", {{"name", ""}}});
  if (s.is != indication::total_passed) s.proven.reset();
  out.is = s.is;
  out.signatures.push_back(std::move(s));
  return out;
}

}  // namespace madang::signatures
