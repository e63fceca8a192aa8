#include "madang/tlog/witness.hpp"

#include <algorithm>

#include "base64.hpp"

namespace madang::tlog {
namespace {

constexpr std::size_t most_hashes = 63;

struct last_row {
  std::int64_t size = 0;
  trust::bytes root;
};
BOOST_DESCRIBE_STRUCT(last_row, (), (size, root))
struct checkpoint_row {
  std::string origin, checkpoint;
};
BOOST_DESCRIBE_STRUCT(checkpoint_row, (), (origin, checkpoint))

witness_answer plain(int status, std::string_view code) {
  return {status, "text/plain; charset=utf-8", std::string(code) + "\n"};
}

// Does the checkpoint follow from what was seen? 422 else.
bool follows(const add_checkpoint_request& q, const hash& last_root) {
  const checkpoint& c = q.grown.tree;
  if (c.size == 0 && c.root != empty_root()) return false;
  if (q.old_size == 0) return q.path.empty();
  return verify_consistency(q.old_size, c.size, q.path, last_root, c.root);
}

}  // namespace

std::string add_checkpoint_request::str() const {
  std::string out = "old " + std::to_string(old_size) + "\n";
  for (const auto& h : path) out += text::base64(h) + "\n";
  return out + "\n" + grown.signed_note.str();
}

result<add_checkpoint_request> parse_add_checkpoint(std::string_view body) {
  const auto bad = refuse(kind::invalid, "tlog.witness_request");
  if (body.size() > longest_note + 8192) return bad;
  add_checkpoint_request out;
  bool first = true;
  while (true) {
    const std::size_t end = body.find('\n');
    if (end == std::string_view::npos) return bad;
    const auto line = body.substr(0, end);
    body.remove_prefix(end + 1);
    if (first) {
      const auto n = line.starts_with("old ") ? plain_decimal(line.substr(4)) : std::nullopt;
      if (!n) return bad;
      out.old_size = *n;
      first = false;
      continue;
    }
    if (line.empty()) break;
    const auto h = hash_of_base64(line);
    if (!h || out.path.size() == most_hashes) return bad;
    out.path.push_back(*h);
  }
  auto grown = parse_signed_checkpoint(body);
  if (!grown) return grown.why();
  out.grown = std::move(*grown);
  return out;
}

witness::witness(store::database& db, note_signer signer, std::vector<verifier> logs)
    : db_(db), signer_(std::move(signer)), logs_(std::move(logs)) {
  check(signer_.who().type == signature_type::cosignature, "a witness makes cosignatures");
  prepare(db);
}

witness_answer witness::add_checkpoint(std::string_view body) {
  auto q = parse_add_checkpoint(body);
  if (!q) return plain(400, q.why().code);
  const checkpoint& c = q->grown.tree;
  std::vector<verifier> keys;
  std::ranges::copy_if(logs_, std::back_inserter(keys),
                       [&](const verifier& v) { return v.name == c.origin; });
  if (keys.empty()) return plain(404, "tlog.unknown_log");
  const auto signed_by = verify(q->grown.signed_note, keys);
  if (!signed_by || signed_by->empty()) return plain(403, "tlog.unsigned");
  if (q->old_size > c.size) return plain(400, "tlog.witness_request");
  // Looking and keeping are one transaction: two requests cannot pass each other.
  return db_.writing([&](store::write& tx) -> witness_answer {
    const auto last = tx.one<last_row>(
        "select size, root from tlog_witnessed where witness = ?1 and origin = ?2", key().name,
        c.origin);
    const auto size = last ? static_cast<std::uint64_t>(last->size) : 0;
    if (q->old_size != size)
      return {409, "text/x.tlog.size", std::to_string(size) + "\n"};
    hash root = empty_root();
    if (last) std::ranges::copy(last->root, root.begin());
    if (!follows(*q, root)) return plain(422, "tlog.inconsistent");
    const instant when = now();
    const auto cosignature = signer_.cosign(q->grown.signed_note.text, when);
    note kept{q->grown.signed_note.text, {}};
    for (const auto& s : q->grown.signed_note.signatures)
      if (std::ranges::any_of(keys, [&](const verifier& v) {
            return v.name == s.name && v.id == s.id;
          }))
        kept.signatures.push_back(s);
    kept.signatures.push_back(cosignature);
    tx.run("insert into tlog_witnessed (witness, origin, size, root, checkpoint, at) "
           "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (witness, origin) do update set "
           "size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint, "
           "at = excluded.at",
           key().name, c.origin, c.size, trust::bytes(c.root.begin(), c.root.end()), kept.str(),
           when);
    return {200, "text/plain; charset=utf-8", cosignature.line()};
  });
}

std::optional<std::string> witness::checkpoint_of(std::string_view origin_hash) const {
  const auto rows = db_.reading([&](store::read& r) {
    return r.all<checkpoint_row>(
        "select origin, checkpoint from tlog_witnessed where witness = ?1", key().name);
  });
  for (const auto& row : rows)
    if (trust::sha256_hex(row.origin) == origin_hash) return row.checkpoint;
  return {};
}

BOOST_DESCRIBE_STRUCT(witness::seen, (), (origin, size, at))

std::vector<witness::seen> witness::all() const {
  return db_.reading([&](store::read& r) {
    return r.all<seen>(
        "select origin, size, at from tlog_witnessed where witness = ?1 order by origin",
        key().name);
  });
}

namespace {

refusal refused_by(const witness_link& w, const witness_answer& a) {
  return refuse(kind::conflict, "tlog.witness_refused", w.key.name,
                {{"status", std::to_string(a.status)},
                 {"said", std::string(text::trim(a.body.substr(0, 100)))}});
}

result<witness_answer> submit(const tiled_log& l, const signed_checkpoint& newest,
                              const witness_link& w) {
  auto path = l.at(newest.tree.size).consistency(w.known);
  if (!path) return path.why();
  return w.post(add_checkpoint_request{w.known, std::move(*path), newest}.str());
}

}  // namespace

result<note_signature> ask(const tiled_log& l, const signed_checkpoint& newest, witness_link& w) {
  auto answer = submit(l, newest, w);
  if (!answer) return answer.why();
  if (answer->status == 409) {
    // It knows another size: that is asked for once more, unless the log never was so large.
    const auto size = plain_decimal(text::trim(answer->body));
    if (!size || *size > newest.tree.size) return refused_by(w, *answer);
    w.known = *size;
    answer = submit(l, newest, w);
    if (!answer) return answer.why();
  }
  if (answer->status != 200) return refused_by(w, *answer);
  auto lines = parse_signatures(answer->body);
  if (!lines) return lines.why();
  for (auto& s : *lines) {
    const note one{newest.signed_note.text, {s}};
    const auto good = verify(one, {&w.key, 1});
    if (!good) return good.why();
    if (good->empty()) continue;
    w.known = newest.tree.size;
    return std::move(s);
  }
  return refuse(kind::invalid, "tlog.signature", w.key.name);
}

}  // namespace madang::tlog
