#include "madang/vault/vault.hpp"

#include <algorithm>

#include "madang/trust/cipher.hpp"
#include "madang/trust/hasher.hpp"
#include "said.hpp"

namespace madang::vault {

std::span<const store::migration> migrations();

namespace {

struct chunk_row {
  std::int64_t n = 0;
  std::string hash;
  std::int64_t size = 0;
};
BOOST_DESCRIBE_STRUCT(chunk_row, (), (n, hash, size))

std::string key_about(id record) { return "record " + record.str(); }
std::string chunk_about(id record, std::int64_t n) {
  return "chunk " + record.str() + " " + std::to_string(n);
}

refusal unknown() { return refuse(kind::not_found, "vault.unknown"); }

bool is_name(std::string_view s, std::size_t most) {
  return !s.empty() && text::length(s) <= most && s.find_first_of("\r\n\t\0") == std::string::npos;
}

}  // namespace

vault::vault(store::database& db, std::vector<std::filesystem::path> folders, trust::view secret)
    : db_(db), places_(std::move(folders)), secret_(trust::key_for(secret, "vault records")) {
  audit::prepare(db_);
  db_.migrate("vault", migrations());
}

// ---- putting in ----
result<record> vault::begin(const audit::access& why, id holder, std::string_view folder,
                            std::string_view name, std::string_view type) {
  if (auto stated = why.stated(); !stated) return stated.why();
  if (!is_name(name, 200)) return refuse(kind::invalid, "vault.name", "name");
  if (!folder.empty() && !is_name(folder, 100))
    return refuse(kind::invalid, "vault.folder", "folder");
  record r;
  r.key = new_id();
  r.holder = holder;
  r.folder = folder;
  r.name = name;
  r.type = type.empty() || type.size() > 100 ? "application/octet-stream" : std::string(type);
  r.begun = now();
  const auto key = trust::random_bytes(trust::cipher_key_size);
  r.sealed_key = trust::seal_text(secret_, key, trust::view_of(key_about(r.key)));
  db_.writing([&](store::write& tx) { tx.insert("record", r); });
  return r;
}

std::optional<record> vault::find_of(store::read& r, id key, id holder) const {
  return r.one<record>("select " + store::columns<record>() +
                           " from record where key = ?1 and holder = ?2",
                       key, holder);
}

std::optional<trust::bytes> vault::key_of(const record& r) const {
  if (r.sealed_key.empty()) return {};
  return trust::open_text(secret_, r.sealed_key, trust::view_of(key_about(r.key)));
}

outcome vault::add(id key, id holder, std::int64_t offset, std::string_view octets) {
  const auto r = db_.reading([&](store::read& q) { return find_of(q, key, holder); });
  if (!r || r->state != state::uploading) return unknown();
  if (octets.empty() || octets.size() > part_size) return refuse(kind::invalid, "vault.part");
  const auto wrong_offset = [](std::int64_t at) {
    return refuse(kind::conflict, "vault.offset", "offset", {{"offset", std::to_string(at)}});
  };
  if (offset != r->size) return wrong_offset(r->size);
  // A chunk that is not whole was the last.
  if (r->size % static_cast<std::int64_t>(chunk_size) != 0)
    return refuse(kind::conflict, "vault.part");
  if (r->size > largest_record - static_cast<std::int64_t>(octets.size()))
    return refuse(kind::too_large, "vault.too_large");
  const auto secret = key_of(*r);
  if (!secret) return refuse(kind::gone, "vault.lost");
  std::vector<chunk_row> made;
  for (std::size_t from = 0; from < octets.size(); from += chunk_size) {
    const auto part = octets.substr(from, chunk_size);
    const auto n = r->chunks + static_cast<std::int64_t>(made.size());
    const auto sealed =
        trust::seal_text(*secret, trust::view_of(part), trust::view_of(chunk_about(key, n)));
    const auto kept = places_.keep(sealed);
    if (kept.copies == 0) return refuse(kind::unavailable, "vault.no_place");
    made.push_back({n, kept.hash, static_cast<std::int64_t>(part.size())});
  }
  // Until here nothing points to the chunks: whoever breaks in leaves strays, which are found.
  return db_.writing([&](store::write& tx) -> outcome {
    const auto is = find_of(tx, key, holder);
    if (!is || is->state != state::uploading) return unknown();
    if (is->size != offset) return wrong_offset(is->size);
    for (const auto& c : made)
      tx.run("insert into chunk (record, n, hash, size) values (?1, ?2, ?3, ?4)", key, c.n, c.hash,
             c.size);
    tx.run("update record set size = ?1, chunks = ?2 where key = ?3",
           offset + static_cast<std::int64_t>(octets.size()),
           is->chunks + static_cast<std::int64_t>(made.size()), key);
    return nothing{};
  });
}

result<trust::bytes> vault::chunk_of(id record, trust::view key, std::int64_t n,
                                     std::string_view hash) const {
  const auto lost = refuse(kind::gone, "vault.lost");
  const auto sealed = places_.fetch(hash);
  if (!sealed) return lost;
  auto plain = trust::open_text(key, *sealed, trust::view_of(chunk_about(record, n)));
  if (!plain) return lost;
  return std::move(*plain);
}

result<record> vault::finish(const audit::access& why, id key, id holder,
                             std::string_view sha256) {
  const auto r = db_.reading([&](store::read& q) { return find_of(q, key, holder); });
  if (!r || r->state != state::uploading) return unknown();
  if (r->size == 0) return refuse(kind::invalid, "vault.empty");
  const auto secret = key_of(*r);
  if (!secret) return refuse(kind::gone, "vault.lost");
  const auto chunks = db_.reading([&](store::read& q) {
    return q.all<chunk_row>("select n, hash, size from chunk where record = ?1 order by n", key);
  });
  trust::hasher whole;
  int copies = static_cast<int>(places_.count());
  for (const auto& c : chunks) {
    auto plain = chunk_of(key, *secret, c.n, c.hash);
    if (!plain) return plain.why();
    whole.add(*plain);
    copies = std::min(copies, places_.examine(c.hash).copies);
  }
  const std::string found = text::hex(whole.done());
  if (!sha256.empty() && sha256 != found) return refuse(kind::conflict, "vault.changed");
  return db_.writing([&](store::write& tx) -> result<record> {
    auto is = find_of(tx, key, holder);
    if (!is || is->state != state::uploading || is->size != r->size) return unknown();
    is->state = state::kept;
    is->sha256 = found;
    is->kept = is->verified = now();
    is->copies = copies;
    tx.run("update record set state = ?1, sha256 = ?2, kept = ?3, verified = ?3, copies = ?4 "
           "where key = ?5",
           is->state, found, is->kept, copies, key);
    say(tx, key, "kept",
        {{"at", is->kept.str()},
         {"record", key.str()},
         {"sha256", found},
         {"size", is->size},
         {"what", "kept"}},
        {});
    audit::append(tx, why, audit::action::issued, holder, "vault", key.str(), "kept");
    return std::move(*is);
  });
}

outcome vault::abandon(id key, id holder) {
  std::vector<std::string> hashes;
  auto done = db_.writing([&](store::write& tx) -> outcome {
    const auto is = find_of(tx, key, holder);
    if (!is || is->state != state::uploading) return unknown();
    hashes = tx.all<std::string>("select hash from chunk where record = ?1", key);
    tx.run("delete from chunk where record = ?1", key);
    tx.run("delete from record where key = ?1", key);
    return nothing{};
  });
  if (done)
    for (const auto& h : hashes) places_.drop(h);
  return done;
}

// ---- taking out ----
std::optional<record> vault::find(id key) const {
  return db_.reading([&](store::read& q) {
    return q.one<record>("select " + store::columns<record>() + " from record where key = ?1", key);
  });
}

std::vector<record> vault::of_holder(id holder, int limit) const {
  return db_.reading([&](store::read& q) {
    return q.all<record>("select " + store::columns<record>() +
                             " from record where holder = ?1 order by folder, key desc limit ?2",
                         holder, limit);
  });
}

std::vector<record> vault::shared_with(id person, int limit) const {
  return db_.reading([&](store::read& q) {
    return q.all<record>(
        "select " + store::columns<record>() +
            " from record where state = 1 and key in (select record from looker "
            "where person = ?1 and (ends = 0 or ends > ?2)) order by key desc limit ?3",
        person, now(), limit);
  });
}

std::vector<id> vault::begun_before(id holder, instant before, id after, int limit) const {
  return db_.reading([&](store::read& q) {
    return q.all<id>("select key from record where holder = ?1 and state <> 2 and begun < ?2 and "
                     "key > ?3 order by key limit ?4",
                     holder, before, after, limit);
  });
}

bool vault::may_see(const record& r, id person) const {
  if (!person) return false;
  if (r.holder == person) return true;
  return db_.reading([&](store::read& q) {
    return q
        .one<std::int64_t>("select 1 from looker where record = ?1 and person = ?2 "
                           "and (ends = 0 or ends > ?3)",
                           r.key, person, now())
        .has_value();
  });
}

result<std::string> vault::read(const record& r, std::int64_t offset, std::int64_t length) const {
  if (r.state == state::erased) return refuse(kind::gone, "vault.erased");
  const auto secret = key_of(r);
  if (!secret || r.state != state::kept) return refuse(kind::gone, "vault.lost");
  offset = std::clamp<std::int64_t>(offset, 0, r.size);
  const auto end = offset + std::clamp<std::int64_t>(length, 0, r.size - offset);
  constexpr auto each = static_cast<std::int64_t>(chunk_size);
  const auto chunks = db_.reading([&](store::read& q) {
    return q.all<chunk_row>("select n, hash, size from chunk where record = ?1 and n >= ?2 "
                            "and n <= ?3 order by n",
                            r.key, offset / each, end == offset ? -1 : (end - 1) / each);
  });
  std::string out;
  out.reserve(static_cast<std::size_t>(end - offset));
  for (const auto& c : chunks) {
    auto plain = chunk_of(r.key, *secret, c.n, c.hash);
    if (!plain) return plain.why();
    const auto begins = c.n * each;
    const auto from = std::max<std::int64_t>(offset - begins, 0);
    const auto until = std::min<std::int64_t>(end - begins, c.size);
    out.append(text::chars_of(*plain).substr(static_cast<std::size_t>(from),
                                             static_cast<std::size_t>(until - from)));
  }
  if (static_cast<std::int64_t>(out.size()) != end - offset)
    return refuse(kind::gone, "vault.lost");
  return out;
}

void vault::looked(const audit::access& why, const record& r) {
  db_.writing([&](store::write& tx) {
    audit::append(tx, why, audit::action::read, r.holder, "vault", r.key.str());
  });
}

}  // namespace madang::vault
