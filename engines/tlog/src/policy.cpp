#include "madang/tlog/policy.hpp"

#include <algorithm>

#include "base64.hpp"

namespace madang::tlog {
namespace {

constexpr std::size_t longest_policy = 256 * 1024, most_of_a_kind = 1000;
constexpr std::string_view nobody = "none";

refusal bad(const std::string& what = {}) {
  return refuse(kind::invalid, "tlog.policy", {}, {{"what", what}});
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  for (char c : line) {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      out.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

bool allowed(std::string_view file) {
  return std::ranges::none_of(file, [](unsigned char c) {
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
  });
}

}  // namespace

outcome policy::read_group(const std::vector<std::string>& words,
                           std::map<std::string, bool>& used) {
  if (words.size() < 4) return bad("group");
  group g;
  g.members.assign(words.begin() + 3, words.end());
  for (const auto& m : g.members) {
    auto known = used.find(m);
    if (known == used.end() || known->second) return bad(m);
    known->second = true;          // a witness counts once
  }
  const auto k = plain_decimal(words[2]);
  g.least = words[2] == "any" ? 1 : words[2] == "all" ? g.members.size() : k.value_or(0);
  if (g.least < 1 || g.least > g.members.size()) return bad(words[2]);
  if (words[1] == nobody || !used.emplace(words[1], false).second) return bad(words[1]);
  group_names_.push_back(words[1]);
  groups_.emplace(words[1], std::move(g));
  return nothing{};
}

outcome policy::read_line(const std::vector<std::string>& words,
                          std::map<std::string, bool>& used) {
  const auto same_key = [](const verifier& a, const verifier& b) {
    return a.key.raw() == b.key.raw();
  };
  const std::string& what = words[0];
  if (what == "log" && (words.size() == 2 || words.size() == 3)) {
    auto key = parse_verifier(words[1]);
    if (!key || key->type != signature_type::ed25519) return bad(words[1]);
    for (const auto& l : logs_)
      if (same_key(l.key, *key)) return bad(words[1]);
    logs_.push_back({std::move(*key), words.size() == 3 ? words[2] : ""});
    return nothing{};
  }
  if (what == "witness" && (words.size() == 3 || words.size() == 4)) {
    auto key = parse_verifier(words[2]);
    if (!key || key->type != signature_type::cosignature) return bad(words[2]);
    for (const auto& w : witnesses_)
      if (same_key(w.key, *key)) return bad(words[2]);
    if (words[1] == nobody || !used.emplace(words[1], false).second) return bad(words[1]);
    witnesses_.push_back({words[1], std::move(*key), words.size() == 4 ? words[3] : ""});
    return nothing{};
  }
  if (what == "group") return read_group(words, used);
  if (what == "quorum" && words.size() == 2 && quorum_.empty()) {
    if (words[1] != nobody && !used.contains(words[1])) return bad(words[1]);
    quorum_ = words[1];
    return nothing{};
  }
  return bad(what);
}

result<policy> policy::parse(std::string_view file) {
  if (file.size() > longest_policy || !allowed(file)) return bad();
  policy out;
  std::map<std::string, bool> used;   // name -> is in a group already
  int number = 0;
  for (const auto& line : text::split(file, '\n')) {
    ++number;
    const auto words = words_of(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (auto good = out.read_line(words, used); !good) {
      refusal why = good.why();
      why.field = std::to_string(number);
      return why;
    }
    if (std::max({out.logs_.size(), out.witnesses_.size(), out.groups_.size()}) > most_of_a_kind)
      return bad();
  }
  if (out.quorum_.empty()) return bad("quorum");
  return out;
}

policy policy::k_of(std::size_t k, std::vector<policy_log> logs,
                    std::vector<policy_witness> witnesses) {
  check(k <= witnesses.size(), "a quorum of more witnesses than there are");
  policy out;
  out.logs_ = std::move(logs);
  out.witnesses_ = std::move(witnesses);
  if (k == 0) {
    out.quorum_ = nobody;
    return out;
  }
  group g{k, {}};
  for (const auto& w : out.witnesses_) g.members.push_back(w.name);
  out.quorum_ = "quorum-of-witnesses";
  out.group_names_ = {out.quorum_};
  out.groups_.emplace(out.quorum_, std::move(g));
  return out;
}

std::string policy::str() const {
  const auto with = [](const std::string& url) { return (url.empty() ? "" : " " + url) + "\n"; };
  std::string out;
  for (const auto& l : logs_) out += "log " + l.key.str() + with(l.url);
  for (const auto& w : witnesses_)
    out += "witness " + w.name + " " + w.key.str() + with(w.url);
  for (const auto& name : group_names_) {
    const group& g = groups_.at(name);
    out += "group " + name + " " + std::to_string(g.least) + " " + text::join(g.members, " ") +
           "\n";
  }
  return out + "quorum " + quorum_ + "\n";
}

bool policy::witnessed(const std::string& name, const std::vector<verified>& seen) const {
  if (auto g = groups_.find(name); g != groups_.end())
    return static_cast<std::size_t>(std::ranges::count_if(
               g->second.members, [&](const std::string& m) { return witnessed(m, seen); })) >=
           g->second.least;
  return std::ranges::any_of(
      seen, [&](const verified& v) { return witnesses_[v.who].name == name; });
}

bool policy::is_quorum(const std::vector<verified>& seen) const {
  return quorum_ == nobody || witnessed(quorum_, seen);
}

result<judged_checkpoint> policy::signers(const signed_checkpoint& c) const {
  judged_checkpoint out;
  bool known = false, is_signed = false;
  for (std::size_t i = 0; i < logs_.size(); ++i) {
    if (logs_[i].key.name != c.tree.origin) continue;
    known = true;
    auto found = tlog::verify(c.signed_note, {&logs_[i].key, 1});
    if (!found) return found.why();
    if (found->empty()) continue;
    out.log = i;
    is_signed = true;
  }
  if (!known) return refuse(kind::not_found, "tlog.unknown_log", c.tree.origin);
  if (!is_signed) return refuse(kind::forbidden, "tlog.unsigned", c.tree.origin);
  std::vector<verifier> keys;
  for (const auto& w : witnesses_) keys.push_back(w.key);
  auto seen = tlog::verify(c.signed_note, keys);
  if (!seen) return seen.why();
  out.witnesses = std::move(*seen);
  return out;
}

result<judged_checkpoint> policy::judge(const signed_checkpoint& c) const {
  auto out = signers(c);
  if (out && !is_quorum(out->witnesses)) return refuse(kind::forbidden, "tlog.quorum");
  return out;
}

}  // namespace madang::tlog
