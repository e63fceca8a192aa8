#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/store/store.hpp"
#include "madang/tlog/checkpoint.hpp"
#include "madang/tlog/proof.hpp"
#include "madang/tlog/tiles.hpp"

// A log that is kept in a store. Leaves come in batches from sources that number what they have, so
// that a batch that is sent again after a crash is entered once. Leaves, tiles and the signed
// checkpoint of a batch are one transaction: whatever ends the program, the log is as it was before
// or as it is after, and no checkpoint is signed for a tree that is not kept.
namespace madang::tlog {

void prepare(store::database& db);     // tables of this room

// Numbers go up by one; where a source begins is its own matter.
struct batch {
  std::string source;
  std::uint64_t first = 1;             // number of the first entry
  std::vector<trust::bytes> entries;   // of 65,535 octets at most
};

class tiled_log {
 public:
  // `name` is how the store calls it; the signer's name is the origin. Throws store::error, and
  // std::runtime_error when the log there has another origin: a log is never renamed.
  tiled_log(store::database& db, std::string name, note_signer signer);

  const std::string& name() const { return name_; }
  const std::string& origin() const { return signer_.who().name; }
  const verifier& key() const { return signer_.who(); }

  struct state {
    std::uint64_t size = 0;
    hash root{};
    std::string checkpoint;            // note, signed by the log alone
    instant grown_at{};
    std::string published;             // note with cosignatures; empty: none has been yet
    std::uint64_t published_size = 0;
    instant published_at{};
  };
  state now() const;

  // Appends what the source has not sent before; returns how many that were. Refusal tlog.gap when
  // numbers between the last of the source and the first of the batch are missing.
  result<std::size_t> append(const batch& b);
  std::uint64_t last_of(const std::string& source) const;   // 0: nothing yet

  // Where the entry of a source stands; nothing while it has not been appended.
  std::optional<std::uint64_t> position_of(const std::string& source, std::uint64_t number) const;
  // Which entry of which source stands there.
  struct origin_of_entry {
    std::string source;
    std::uint64_t number = 0;
  };
  std::optional<origin_of_entry> entry_at(std::uint64_t position) const;

  // Octets of a tile or bundle as http serves them; nothing when it is not there (yet).
  std::optional<trust::bytes> tile(const tile_place& p) const;
  // The tree at an earlier or the present size; every proof is made from it.
  tree_view at(std::uint64_t size) const;

  // Makes a cosigned checkpoint the one that is served. Refusals: tlog.unsigned when it is not ours
  // or does not describe this tree; nothing happens when a larger one is published already.
  outcome publish(const signed_checkpoint& c, instant when);
  // When the oldest entry that is not in the published checkpoint was appended.
  std::optional<instant> waiting_since() const;
  // Proof of an entry at the published checkpoint; refusal tlog.beyond while it is not in it.
  result<inclusion_proof> prove(std::uint64_t position) const;

 private:
  using opened = std::shared_ptr<const open_tile>;
  opened open(int level, std::uint64_t n, int width) const;
  void grow(store::write& tx, state& s, const std::vector<trust::bytes>& entries,
            std::size_t from) const;
  state read_state(store::read& r) const;
  std::uint64_t last_of(store::read& r, const std::string& source) const;

  store::database& db_;
  std::string name_;
  note_signer signer_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<int, std::uint64_t>, opened> tiles_;   // what proofs asked for
  mutable std::optional<signed_checkpoint> published_;              // as last read
};

}  // namespace madang::tlog
