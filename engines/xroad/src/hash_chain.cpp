#include "madang/xroad/hash_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "madang/base/text.hpp"
#include "madang/signatures/parts.hpp"
#include "madang/trust/der.hpp"
#include "madang/xml/xml.hpp"

namespace madang::xroad {
namespace {

using trust::bytes;
using trust::view;

constexpr const char *space = "http://cyber.ee/hashchain",
                     *ds = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::size_t most_depth = 64, most_steps = 1024, most_values = 10'000;

refusal malformed(const std::string& what) { return fault("MalformedHashChain", what); }

// ---- reading ----

struct value {
  enum class what { hash, step, data } kind;
  std::string method, uri, transform;  // transform: the only one, a canonical form
  bytes digest;
};
struct chain {
  std::string method;  // DefaultDigestMethod
  std::map<std::string, std::vector<value>> steps;
};

std::optional<bytes> digest_in(const xml::node& n) {
  std::string plain;
  for (const char c : n.all_text())
    if (!std::isspace(static_cast<unsigned char>(c))) plain += c;
  return text::from_base64(plain);
}

std::vector<const xml::node*> elements(const xml::node& n) {
  std::vector<const xml::node*> out;
  for (const auto& c : n.children)
    if (c.kind == xml::node::what::element) out.push_back(&c);
  return out;
}

bool read_transforms(const xml::node& n, value& out) {
  const auto all = elements(n);
  if (all.size() != 1 || !all[0]->is(ds, "Transform") || !elements(*all[0]).empty()) return false;
  out.transform = all[0]->get("Algorithm");
  return !out.transform.empty();
}

// HashValue, StepRef and DataRef of the schema, elements in its order and no other.
std::optional<value> read_value(const xml::node& n) {
  value out{};
  if (n.is(space, "HashValue")) out.kind = value::what::hash;
  else if (n.is(space, "StepRef")) out.kind = value::what::step;
  else if (n.is(space, "DataRef")) out.kind = value::what::data;
  else return {};
  out.uri = n.get("URI");
  if (out.kind != value::what::hash && out.uri.empty()) return {};
  const auto all = elements(n);
  std::size_t at = 0;
  if (at < all.size() && all[at]->is(ds, "DigestMethod")) out.method = all[at++]->get("Algorithm");
  if (out.kind == value::what::step) {
    if (at != all.size()) return {};
    return out;
  }
  if (at < all.size() && all[at]->is(ds, "Transforms") && !read_transforms(*all[at++], out))
    return {};
  if (at + 1 != all.size() || !all[at]->is(ds, "DigestValue")) return {};
  const auto digest = digest_in(*all[at]);
  if (!digest) return {};
  out.digest = *digest;
  return out;
}

std::optional<chain> read_chain(std::string_view octets) {
  const auto d = xml::parse(octets, {.octets = 4u << 20, .depth = 12, .nodes = 60'000});
  if (!d || !d->root.is(space, "HashChain")) return {};
  chain out;
  bool first = true;
  for (const auto* n : elements(d->root)) {
    if (n->is(space, "DefaultDigestMethod") && first) {
      out.method = n->get("Algorithm");
    } else if (n->is(space, "HashStep")) {
      std::vector<value> values;
      for (const auto* v : elements(*n)) {
        auto one = read_value(*v);
        if (!one) return {};
        values.push_back(std::move(*one));
      }
      const std::string id(n->get("id"));
      if (!id.empty() && !out.steps.emplace(id, std::move(values)).second) return {};
    } else {
      return {};
    }
    first = false;
  }
  return out;
}

// DigestList; a method as its URI, so that steps of one digest cannot stand for those of another.
bytes digest_list(const std::vector<digest_value>& all) {
  bytes list;
  using namespace trust::der;
  constexpr std::uint8_t utf8 = 0x0c;
  for (const auto& one : all) {
    const bytes value = node(octet_string, one.value);
    const bytes method = node(utf8, trust::view_of(one.method)),
                transforms = node(sequence, view{});
    append(list, node(sequence, {view(value), view(method), view(transforms)}));
  }
  return node(sequence, list);
}

class verifier {
 public:
  explicit verifier(const chain_question& q) : q_(q) {}

  outcome run() {
    const auto d = xml::parse(q_.result, {.octets = 64u << 10, .depth = 8, .nodes = 100});
    if (!d || !d->root.is(space, "HashChainResult")) return malformed("Parsing hash chain failed");
    const auto all = elements(d->root);
    if (all.size() != 2 || !all[0]->is(ds, "DigestMethod") || !all[1]->is(ds, "DigestValue"))
      return malformed("Parsing hash chain failed");
    auto step = resolve_step(std::string(d->root.get("URI")), {});
    if (!step) return step.why();
    const auto said = digest_in(*all[1]);
    const bytes made = signatures::digest_by(all[0]->get("Algorithm"), *step);
    if (!said || made.empty() || made != *said)
      return fault("InvalidHashChain", "Hash chain result does not match hash chain calculation");
    for (const auto& [name, given] : q_.inputs)
      if (!used_.contains(name))
        return fault("HashChainUnusedInputs",
                     "Some inputs were not referenced by hash chain: " + name);
    return nothing{};
  }

 private:
  const chain_question& q_;
  std::map<std::string, chain> chains_;
  std::map<std::string, bytes> done_;
  std::set<std::string> path_, used_;
  std::size_t steps_ = 0, values_ = 0;

  result<const chain*> chain_of(const std::string& file) {
    if (const auto found = chains_.find(file); found != chains_.end()) return &found->second;
    const auto octets = q_.resolve(file);
    if (!octets) return fault("InvalidReference", "Cannot resolve URI: " + file);
    auto made = read_chain(*octets);
    if (!made) return malformed("Parsing hash chain failed");
    return &chains_.emplace(file, std::move(*made)).first->second;
  }

  result<bytes> resolve_step(const std::string& uri, const std::string& current) {
    const auto hash = uri.find('#');
    if (hash == std::string::npos || hash + 1 == uri.size())
      return malformed("Invalid hash step URI: " + uri);
    const std::string file = hash == 0 ? current : uri.substr(0, hash), id = uri.substr(hash + 1);
    const std::string whole = file + "#" + id;
    if (const auto found = done_.find(whole); found != done_.end()) return found->second;
    if (path_.contains(whole)) return malformed("Cycle detected in hash chain at step: " + whole);
    if (path_.size() >= most_depth || ++steps_ > most_steps)
      return malformed("Hash chain exceeds maximum depth or step count");
    const auto chain = chain_of(file);
    if (!chain) return chain.why();
    const auto found = (*chain)->steps.find(id);
    if (found == (*chain)->steps.end()) return malformed("Invalid hash step URI: " + uri);
    path_.insert(whole);
    std::vector<digest_value> all;
    for (const value& v : found->second) {
      if (++values_ > most_values) return malformed("Hash chain exceeds maximum value count");
      auto one = resolve_value(v, **chain, file);
      if (!one) return one.why();
      all.push_back(std::move(*one));
    }
    path_.erase(whole);
    return done_.emplace(whole, digest_list(all)).first->second;
  }

  result<digest_value> resolve_value(const value& v, const chain& of, const std::string& file) {
    const std::string method = v.method.empty() ? of.method : v.method;
    if (signatures::digest_by(method, {}).empty())
      return fault("UnsupportedAlgorithm", "Unknown digest: " + method);
    if (v.kind == value::what::hash) return digest_value{method, v.digest};
    if (v.kind == value::what::data) return resolve_data(v, method);
    const auto step = resolve_step(v.uri, file);
    if (!step) return step.why();
    return digest_value{method, signatures::digest_by(method, *step)};
  }

  result<digest_value> resolve_data(const value& v, const std::string& method) {
    if (const auto given = q_.inputs.find(v.uri); given != q_.inputs.end()) {
      used_.insert(v.uri);
      if (given->second && given->second->method == method) return *given->second;
    }
    auto octets = q_.resolve(v.uri);
    if (!octets) {
      if (q_.trusts && q_.trusts(v.uri)) return digest_value{method, v.digest};
      return fault("InvalidReference", "Cannot resolve URI: " + v.uri);
    }
    if (!v.transform.empty()) octets = signatures::canonical_form(*octets, v.transform);
    if (!octets) return fault("InvalidReference", "Cannot transform: " + v.uri);
    bytes made = signatures::digest_by(method, trust::view_of(*octets));
    if (made != v.digest)
      return fault("InvalidHashChainRef",
                   "Invalid digest value in hash chain reference to " + v.uri);
    return digest_value{method, std::move(made)};
  }
};

// ---- making ----

bytes step_digest(const std::vector<bytes>& parts) {
  std::vector<digest_value> all;
  for (const bytes& p : parts) all.push_back({sha512_uri, p});
  return signatures::digest_by("SHA512", digest_list(all));
}

std::string hash_text(const bytes& digest) {
  return fmt::format("<HashValue><ds:DigestValue>{}</ds:DigestValue></HashValue>",
                     text::base64(digest));
}

std::string data_text(const std::string& uri, const bytes& digest) {
  return fmt::format("<DataRef URI=\"{}\"><ds:DigestValue>{}</ds:DigestValue></DataRef>", uri,
                     text::base64(digest));
}

std::string step_text(std::size_t number, const std::string& inside) {
  return fmt::format("<HashStep id=\"STEP{}\">{}</HashStep>", number, inside);
}

std::string refer(std::size_t number) { return fmt::format("<StepRef URI=\"#STEP{}\"/>", number); }

}  // namespace

outcome verify_chain(const chain_question& q) { return verifier(q).run(); }

void chain_builder::add(std::vector<bytes> parts) { inputs_.push_back(std::move(parts)); }

chain_builder::made chain_builder::build(const std::string& chain_file,
                                         const std::string& data_file) const {
  check(inputs_.size() > 1 || (inputs_.size() == 1 && inputs_[0].size() > 1),
        "a chain is over more than one hash");
  // levels[0]: leaves; an odd one at the end of a level goes up as it is.
  std::vector<std::vector<bytes>> levels(1);
  for (const auto& parts : inputs_)
    levels[0].push_back(parts.size() == 1 ? parts[0] : step_digest(parts));
  while (levels.back().size() > 1) {
    const auto& below = levels.back();
    std::vector<bytes> up;
    for (std::size_t i = 0; i + 1 < below.size(); i += 2)
      up.push_back(step_digest({below[i], below[i + 1]}));
    if (below.size() % 2 == 1) up.push_back(below.back());
    levels.push_back(std::move(up));
  }
  made out;
  out.result = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<HashChainResult URI=\"{}"
      "#STEP0\" xmlns=\"{}\" xmlns:ds=\"{}\"><ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{}"
      "</ds:DigestValue></HashChainResult>",
      chain_file, space, ds, sha512_uri, text::base64(levels.back().front()));
  for (std::size_t leaf = 0; leaf < inputs_.size(); ++leaf) {
    // The siblings on the way from the top to the leaf, each with its side.
    std::vector<std::pair<const bytes*, bool>> way;  // second: it stands left of us
    for (std::size_t level = 0, i = leaf; level + 1 < levels.size(); ++level, i /= 2)
      if ((i ^ 1) < levels[level].size()) way.emplace_back(&levels[level][i ^ 1], i % 2 == 1);
    std::reverse(way.begin(), way.end());
    const bool many = inputs_[leaf].size() > 1;
    std::string steps;
    std::size_t number = 0;
    for (std::size_t k = 0; k < way.size(); ++k, ++number) {
      const bool last = k + 1 == way.size();
      const std::string own =
          !last || many ? refer(number + 1) : data_text(data_file, inputs_[leaf][0]);
      const std::string other = hash_text(*way[k].first);
      steps += step_text(number, way[k].second ? other + own : own + other);
    }
    if (many) {
      std::string parts = data_text(data_file, inputs_[leaf][0]);
      for (std::size_t i = 1; i < inputs_[leaf].size(); ++i)
        parts += data_text(fmt::format("/attachment{}", i), inputs_[leaf][i]);
      steps += step_text(number, parts);
    }
    out.chains.push_back(fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<HashChain xmlns=\"{}\" "
        "xmlns:ds=\"{}\"><DefaultDigestMethod Algorithm=\"{}\"/>{}</HashChain>",
        space, ds, sha512_uri, steps));
  }
  return out;
}

}  // namespace madang::xroad
