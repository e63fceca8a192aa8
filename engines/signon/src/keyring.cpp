#include "madang/signon/keyring.hpp"

#include <algorithm>
#include <stdexcept>

namespace madang::signon {
namespace {

using std::chrono::hours;

constexpr hours signs_for{24 * 30}, shown_before{24}, shown_after{24 * 31};
constexpr std::chrono::minutes look_again{10};

struct key_row {
  std::string kid, sealed;
  instant created;
};
BOOST_DESCRIBE_STRUCT(key_row, (), (kid, sealed, created))

}  // namespace

keyring::keyring(store::database& db, std::string passphrase)
    : db_(db), passphrase_(std::move(passphrase)) {
  load();
  if (keys_.empty()) add(now());
}

keyring::~keyring() { std::ranges::fill(passphrase_, '\0'); }

void keyring::load() {
  const auto rows = db_.reading([](store::read& r) {
    return r.all<key_row>("select " + store::columns<key_row>() +
                          " from signing_key order by created, kid");
  });
  for (const auto& row : rows) {
    if (std::ranges::any_of(keys_, [&](const entry& e) { return e.kid == row.kid; })) continue;
    auto opened = trust::key::open(row.sealed, passphrase_);
    if (!opened) throw std::runtime_error("a key of sign-on cannot be opened: " + row.kid);
    keys_.push_back(
        {row.kid, *opened, trust::jose::jwk::of(opened->verifier(), row.kid), row.created});
  }
  std::ranges::sort(keys_, {}, &entry::created);
}

// Two nodes may do so at once; both keys are then there, and the later one signs.
void keyring::add(instant at) {
  trust::key made = trust::key::generate();
  const std::string kid = trust::jose::jwk::of(made.verifier()).thumbprint();
  db_.writing([&](store::write& tx) {
    tx.insert("signing_key", key_row{kid, made.seal(passphrase_), at});
    tx.run("delete from signing_key where created < ?1",
           at.plus(-signs_for - shown_after - shown_before));
  });
  keys_.push_back({kid, made, trust::jose::jwk::of(made.verifier(), kid), at});
}

void keyring::refresh(instant at) {
  if (at < looked_.plus(look_again)) return;
  looked_ = at;
  load();
  if (at >= keys_.back().created.plus(signs_for)) add(at);
}

std::vector<const keyring::entry*> keyring::shown(instant at) const {
  std::vector<const entry*> out;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const bool old = i + 1 < keys_.size() &&
                     at >= keys_[i + 1].created.plus(shown_before + shown_after);
    if (!old) out.push_back(&keys_[i]);
  }
  return out;
}

keyring::signer keyring::current(instant at) {
  std::lock_guard hold(mutex_);
  refresh(at);
  const entry* found = &keys_.front();
  for (const auto& e : keys_)
    if (at >= e.created.plus(shown_before)) found = &e;
  return {found->kid, found->key};
}

json::object keyring::published(instant at) {
  json::array out;
  for (const auto& k : verifiers(at)) out.push_back(k.write());
  return {{"keys", std::move(out)}};
}

std::vector<trust::jose::jwk> keyring::verifiers(instant at) {
  std::lock_guard hold(mutex_);
  refresh(at);
  std::vector<trust::jose::jwk> out;
  for (const auto* e : shown(at)) out.push_back(e->verifier);
  return out;
}

}  // namespace madang::signon
