#include "madang/tlog/log.hpp"

#include <algorithm>
#include <stdexcept>

namespace madang::tlog {

std::span<const store::migration> migrations();

namespace {

constexpr std::size_t kept_tiles = 2048;   // 16 KB each

struct state_row {
  std::string origin;
  std::int64_t size = 0;
  trust::bytes root;
  std::string checkpoint;
  instant grown_at;
  std::string published;
  std::int64_t published_size = 0;
  instant published_at;
};
BOOST_DESCRIBE_STRUCT(state_row, (),
                      (origin, size, root, checkpoint, grown_at, published, published_size,
                       published_at))

struct batch_row {
  std::string source;
  std::int64_t first = 0, count = 0, position = 0;
};
BOOST_DESCRIBE_STRUCT(batch_row, (), (source, first, count, position))

trust::bytes bytes_of(const hash& h) { return {h.begin(), h.end()}; }

hash hash_of(const trust::bytes& b) {
  if (b.size() != 32) throw std::runtime_error("a hash in the store is no hash");
  hash out;
  std::ranges::copy(b, out.begin());
  return out;
}

// One level of tiles while a batch is entered: the last tile, and those that became full.
class growing {
 public:
  growing(store::write& tx, const std::string& log, int level, std::uint64_t width)
      : tx_(tx), log_(log), level_(level), n_(width / tile_width) {
    if (width % tile_width != 0)
      hashes_ = tx.one<trust::bytes>(
                      "select hashes from tlog_tile where log = ?1 and level = ?2 and n = ?3", log,
                      level, n_)
                    .value_or(trust::bytes());
    if (hashes_.size() != width % tile_width * 32)
      throw std::runtime_error("the last tile of the log is not as large as the log");
  }

  // Returns the root of the tile that this hash filled.
  std::optional<hash> add(const hash& h) {
    hashes_.insert(hashes_.end(), h.begin(), h.end());
    if (hashes_.size() != tile_width * 32) return {};
    const open_tile full(*parse_tile(hashes_));
    save();
    ++n_;
    hashes_.clear();
    return full.at(tile_height, 0);
  }

  void save() {
    if (hashes_.empty()) return;
    tx_.run("insert into tlog_tile (log, level, n, hashes) values (?1, ?2, ?3, ?4) "
            "on conflict (log, level, n) do update set hashes = excluded.hashes",
            log_, level_, n_, hashes_);
  }

 private:
  store::write& tx_;
  const std::string& log_;
  int level_;
  std::uint64_t n_;
  trust::bytes hashes_;
};

void save_bundle(store::write& tx, const std::string& log, std::uint64_t n,
                 const trust::bytes& entries) {
  tx.run("insert into tlog_bundle (log, n, entries) values (?1, ?2, ?3) "
         "on conflict (log, n) do update set entries = excluded.entries",
         log, n, entries);
}

// The tree as the transaction sees it; nothing of it is kept, as the transaction may not happen.
tree_view within(store::read& r, const std::string& log, std::uint64_t size) {
  return {size, [&r, log](int level, std::uint64_t n, int) -> std::shared_ptr<const open_tile> {
            auto octets = r.one<trust::bytes>(
                "select hashes from tlog_tile where log = ?1 and level = ?2 and n = ?3", log, level,
                n);
            if (!octets) return nullptr;
            auto hashes = parse_tile(*octets);
            return hashes ? std::make_shared<open_tile>(std::move(*hashes)) : nullptr;
          }};
}

}  // namespace

void prepare(store::database& db) { db.migrate("tlog", migrations()); }

tiled_log::tiled_log(store::database& db, std::string name, note_signer signer)
    : db_(db), name_(std::move(name)), signer_(std::move(signer)) {
  prepare(db);
  const checkpoint none{origin(), 0, empty_root(), {}};
  note n{none.str(), {}};
  n.signatures.push_back(signer_.sign(n.text));
  const auto there = db_.writing([&](store::write& tx) {
    tx.run("insert into tlog_state (log, origin, size, root, checkpoint, grown_at, published, "
           "published_size, published_at) values (?1, ?2, 0, ?3, ?4, ?5, '', 0, 0) "
           "on conflict (log) do nothing",
           name_, origin(), bytes_of(none.root), n.str(), madang::now());
    return tx.one<std::string>("select origin from tlog_state where log = ?1", name_);
  });
  if (there != origin())
    throw std::runtime_error("the log " + name_ + " is called " + there.value_or("") + ", not " +
                             origin());
}

tiled_log::state tiled_log::read_state(store::read& r) const {
  const auto row = r.one<state_row>(
      "select " + store::columns<state_row>() + " from tlog_state where log = ?1", name_);
  if (!row) throw std::runtime_error("the log " + name_ + " is gone");
  return {static_cast<std::uint64_t>(row->size),
          hash_of(row->root),
          row->checkpoint,
          row->grown_at,
          row->published,
          static_cast<std::uint64_t>(row->published_size),
          row->published_at};
}

tiled_log::state tiled_log::now() const {
  return db_.reading([&](store::read& r) { return read_state(r); });
}

std::uint64_t tiled_log::last_of(store::read& r, const std::string& source) const {
  const auto last = r.one<batch_row>(
      "select source, first, count, position from tlog_batch where log = ?1 and source = ?2 "
      "order by first desc limit 1",
      name_, source);
  return last ? static_cast<std::uint64_t>(last->first + last->count - 1) : 0;
}

std::uint64_t tiled_log::last_of(const std::string& source) const {
  return db_.reading([&](store::read& r) { return last_of(r, source); });
}

void tiled_log::grow(store::write& tx, state& s, const std::vector<trust::bytes>& entries,
               std::size_t from) const {
  std::vector<growing> levels;
  const auto level = [&](std::size_t l) -> growing& {
    while (levels.size() <= l) {
      const int at = static_cast<int>(levels.size());
      levels.emplace_back(tx, name_, at, width_at(s.size, at));
    }
    return levels[l];
  };
  trust::bytes bundle;
  if (s.size % tile_width != 0)
    bundle = tx.one<trust::bytes>("select entries from tlog_bundle where log = ?1 and n = ?2",
                                  name_, s.size / tile_width)
                 .value_or(trust::bytes());
  std::uint64_t size = s.size;
  for (std::size_t i = from; i < entries.size(); ++i) {
    append_to_bundle(bundle, entries[i]);
    std::optional<hash> up = leaf_hash(entries[i]);
    for (std::size_t l = 0; up; ++l) up = level(l).add(*up);
    if (++size % tile_width == 0) {
      save_bundle(tx, name_, size / tile_width - 1, bundle);
      bundle.clear();
    }
  }
  for (auto& l : levels) l.save();
  if (!bundle.empty()) save_bundle(tx, name_, size / tile_width, bundle);
  s.size = size;
}

result<std::size_t> tiled_log::append(const batch& b) {
  return db_.writing([&](store::write& tx) -> result<std::size_t> {
    const std::uint64_t last = last_of(tx, b.source);
    if (last != 0 && b.first > last + 1) return refuse(kind::conflict, "tlog.gap", b.source);
    const std::size_t known =
        last < b.first ? 0 : static_cast<std::size_t>(last - b.first + 1);
    if (known >= b.entries.size()) return std::size_t{0};
    state s = read_state(tx);
    const std::uint64_t position = s.size;
    grow(tx, s, b.entries, known);
    const checkpoint grown{origin(), s.size, within(tx, name_, s.size).root(), {}};
    note n{grown.str(), {}};
    n.signatures.push_back(signer_.sign(n.text));
    const instant when = madang::now();
    tx.run("update tlog_state set size = ?2, root = ?3, checkpoint = ?4, grown_at = ?5 "
           "where log = ?1",
           name_, s.size, bytes_of(grown.root), n.str(), when);
    tx.run("insert into tlog_batch (log, source, first, count, position, at) "
           "values (?1, ?2, ?3, ?4, ?5, ?6)",
           name_, b.source, b.first + known, b.entries.size() - known, position, when);
    return b.entries.size() - known;
  });
}

std::optional<std::uint64_t> tiled_log::position_of(const std::string& source,
                                              std::uint64_t number) const {
  const auto row = db_.reading([&](store::read& r) {
    return r.one<batch_row>(
        "select source, first, count, position from tlog_batch where log = ?1 and source = ?2 and "
        "first <= ?3 order by first desc limit 1",
        name_, source, number);
  });
  if (!row || number >= static_cast<std::uint64_t>(row->first + row->count)) return {};
  return static_cast<std::uint64_t>(row->position) + number -
         static_cast<std::uint64_t>(row->first);
}

std::optional<tiled_log::origin_of_entry> tiled_log::entry_at(std::uint64_t position) const {
  const auto row = db_.reading([&](store::read& r) {
    return r.one<batch_row>(
        "select source, first, count, position from tlog_batch where log = ?1 and position <= ?2 "
        "order by position desc limit 1",
        name_, position);
  });
  if (!row || position >= static_cast<std::uint64_t>(row->position + row->count)) return {};
  return origin_of_entry{row->source, static_cast<std::uint64_t>(row->first) + position -
                                          static_cast<std::uint64_t>(row->position)};
}

namespace {

// The first `width` entries of a bundle.
std::optional<trust::bytes> head_of(trust::bytes bundle, int width) {
  std::size_t at = 0;
  for (int i = 0; i < width; ++i) {
    if (at + 2 > bundle.size()) return {};
    at += 2 + bundle[at] * 256u + bundle[at + 1];
  }
  if (at > bundle.size()) return {};
  bundle.resize(at);
  return bundle;
}

}  // namespace

std::optional<trust::bytes> tiled_log::tile(const tile_place& p) const {
  return db_.reading([&](store::read& r) -> std::optional<trust::bytes> {
    if (p.level == entries_level) {
      auto bundle = r.one<trust::bytes>(
          "select entries from tlog_bundle where log = ?1 and n = ?2", name_, p.index);
      return bundle ? head_of(std::move(*bundle), p.width) : std::nullopt;
    }
    auto hashes = r.one<trust::bytes>(
        "select hashes from tlog_tile where log = ?1 and level = ?2 and n = ?3", name_, p.level,
        p.index);
    const std::size_t octets = static_cast<std::size_t>(p.width) * 32;
    if (!hashes || hashes->size() < octets) return {};
    hashes->resize(octets);
    return hashes;
  });
}

tiled_log::opened tiled_log::open(int level, std::uint64_t n, int width) const {
  {
    std::lock_guard lock(mutex_);
    if (auto found = tiles_.find({level, n}); found != tiles_.end() &&
                                              found->second->width() >= width)
      return found->second;
  }
  auto octets = tile({level, n, width});
  if (!octets) return nullptr;
  auto hashes = parse_tile(*octets);
  if (!hashes) return nullptr;
  auto made = std::make_shared<const open_tile>(std::move(*hashes));
  std::lock_guard lock(mutex_);
  if (tiles_.size() >= kept_tiles) tiles_.clear();
  tiles_[{level, n}] = made;
  return made;
}

tree_view tiled_log::at(std::uint64_t size) const {
  return {size, [this](int level, std::uint64_t n, int width) { return open(level, n, width); }};
}

outcome tiled_log::publish(const signed_checkpoint& c, instant when) {
  const auto ours = verify(c.signed_note, {&signer_.who(), 1});
  if (c.tree.origin != origin() || !ours || ours->empty() || at(c.tree.size).root() != c.tree.root)
    return refuse(kind::forbidden, "tlog.unsigned", origin());
  db_.writing([&](store::write& tx) {
    tx.run("update tlog_state set published = ?2, published_size = ?3, published_at = ?4 "
           "where log = ?1 and published_size <= ?3",
           name_, c.signed_note.str(), c.tree.size, when);
  });
  return nothing{};
}

std::optional<instant> tiled_log::waiting_since() const {
  return db_.reading([&](store::read& r) -> std::optional<instant> {
    const state s = read_state(r);
    if (s.published_size >= s.size) return {};
    // A checkpoint ends where a batch ends.
    return r.one<instant>("select at from tlog_batch where log = ?1 and position >= ?2 "
                          "order by position limit 1",
                          name_, s.published_size);
  });
}

result<inclusion_proof> tiled_log::prove(std::uint64_t position) const {
  const state s = now();
  if (position >= s.published_size) return refuse(kind::not_found, "tlog.beyond");
  std::optional<signed_checkpoint> published;
  {
    std::lock_guard lock(mutex_);
    published = published_;
  }
  if (!published || published->signed_note.str() != s.published) {
    auto parsed = parse_signed_checkpoint(s.published);
    if (!parsed) return parsed.why();
    published = std::move(*parsed);
    std::lock_guard lock(mutex_);
    published_ = published;
  }
  auto path = at(s.published_size).inclusion(position);
  if (!path) return path.why();
  return inclusion_proof{{}, position, std::move(*path), std::move(*published)};
}

}  // namespace madang::tlog
