#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"
#include "madang/tlog/proof.hpp"
#include "madang/trust/bytes.hpp"
#include "madang/vault/places.hpp"

// Documents and images of signatures of any size, kept for ever and unreadable to whoever has the
// disks. Each record has a random key of its own, sealed by the house's; it is cut into chunks of
// 1 MiB, each sealed (AES-256-GCM, bound to record and number) and kept in all places under the
// hash of what is kept. That something was kept, and that it was erased, are statements for a log:
// SHA-256(salt, statement) enters, so the log says nothing about anybody.
//
// Erasure destroys the key and the salt: chunks on tapes and disks of others stay noise for ever,
// the commitment in the log can never be opened again, and a further statement, which can, proves
// that it was done.
namespace madang::vault {

inline constexpr std::size_t chunk_size = 1u << 20;
inline constexpr std::size_t part_size = 4u << 20;           // of an upload: whole chunks
inline constexpr std::int64_t largest_record = std::int64_t{1} << 40;

enum class state { uploading = 0, kept = 1, erased = 2 };

struct record {
  id key, holder;
  std::string folder, name, type;
  vault::state state = vault::state::uploading;
  std::int64_t size = 0, chunks = 0;
  store::bytes sealed_key;
  std::string sha256;                        // of the whole, hexadecimal; when it is kept
  instant begun, kept, erased;
  int copies = 0;                            // of the chunk with the fewest, last examined
  instant verified;                          // 0: never since it was kept
};

struct said {
  std::int64_t number = 0;                   // in the log's source: from 1 on, no gaps
  id record;
  std::string what;                          // "kept", "erased"
  store::bytes salt, commitment;
  std::string said;                          // JSON, members sorted; empty once erased
  store::bytes signature;                    // of an erasure: detached CMS over `said`
  instant at;
};

struct looker {
  id record, person;
  std::string name;
  instant given, ends;                       // ends 0: until it is taken back
};

struct scrub_result {
  id key;
  instant begun, ended;
  std::int64_t chunks = 0, mended = 0, lost = 0, strays = 0;
};

class vault {
 public:
  // `secret` seals the records' keys. The event "vault.said" is emitted with each statement.
  vault(store::database& db, std::vector<std::filesystem::path> folders, trust::view secret);

  const madang::vault::places& where() const { return places_; }

  // ---- putting in: begin, add parts in order, finish ----
  // Refusals vault.name, vault.folder.
  result<record> begin(const audit::access& why, id holder, std::string_view folder,
                       std::string_view name, std::string_view type);
  // At `offset` of the whole; all parts but the last are whole chunks. What is acknowledged is on
  // disk in at least one place. Refusals: vault.unknown, vault.offset (fact "offset": where to go
  // on), vault.part, vault.too_large, vault.no_place.
  outcome add(id key, id holder, std::int64_t offset, std::string_view octets);
  // Reads back all that was put in, and says that it is kept. Refusals vault.unknown, vault.empty,
  // vault.lost, vault.changed (it is not the `sha256` that was said; empty: not looked at).
  result<record> finish(const audit::access& why, id key, id holder, std::string_view sha256 = {});
  // An upload that was broken off and is not gone on with.
  outcome abandon(id key, id holder);

  // ---- taking out ----
  std::optional<record> find(id key) const;
  std::vector<record> of_holder(id holder, int limit = 500) const;
  std::vector<record> shared_with(id person, int limit = 500) const;
  bool may_see(const record& r, id person) const;
  // Keys of a holder's records that were begun before `before` and are not erased, in the order of
  // keys after `after`: for whoever keeps them and looks for those that it does not know.
  std::vector<id> begun_before(id holder, instant before, id after, int limit = 500) const;
  // Octets from `offset` on, `length` at most; the reader writes the entry of the audit. Refusals
  // vault.erased, vault.lost.
  result<std::string> read(const record& r, std::int64_t offset, std::int64_t length) const;
  // One look, before anything is handed out.
  void looked(const audit::access& why, const record& r);

  // ---- whom the holder lets look ----
  outcome let(const audit::access& why, id key, id holder, id person, std::string_view name,
              instant ends);
  outcome take_back(const audit::access& why, id key, id holder, id person);
  std::vector<looker> lookers_of(id key) const;

  // ---- putting in order, erasing ----
  outcome move(id key, id holder, std::string_view folder, std::string_view name);
  // `sign` makes the signature of the statement. Refusals vault.unknown, vault.erased.
  outcome erase(const audit::access& why, id key, id holder,
                const std::function<result<store::bytes>(std::string_view)>& sign);

  // ---- statements ----
  std::vector<said> said_after(std::int64_t number, int limit = 500) const;
  std::vector<said> said_of(id key) const;

  // Reads every copy of every chunk, mends what it can, and throws away what belongs to nobody
  // and is older than a day. `stop` is asked between chunks.
  scrub_result scrub(const std::function<bool()>& stop = {});
  std::optional<scrub_result> last_scrub() const;

 private:
  std::optional<record> find_of(store::read& r, id key, id holder) const;
  std::optional<trust::bytes> key_of(const record& r) const;
  result<trust::bytes> chunk_of(id record, trust::view key, std::int64_t n,
                                std::string_view hash) const;
  void say(store::write& tx, id record, std::string_view what, const json::object& statement,
           store::bytes signature);
  std::int64_t drop_strays(const std::function<bool()>& stop);

  store::database& db_;
  madang::vault::places places_;
  trust::bytes secret_;
};

}  // namespace madang::vault
