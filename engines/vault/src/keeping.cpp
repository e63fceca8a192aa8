// What happens to a record while it is kept: who may look, what was said of it, whether it is still
// whole, and its end.
#include <algorithm>
#include <set>

#include "said.hpp"

namespace madang::vault {
namespace {

refusal unknown() { return refuse(kind::not_found, "vault.unknown"); }

constexpr auto stray_after = std::chrono::hours(24);

}  // namespace

// ---- whom the holder lets look ----
outcome vault::let(const audit::access& why, id key, id holder, id person, std::string_view name,
                   instant ends) {
  if (auto stated = why.stated(); !stated) return stated;
  return db_.writing([&](store::write& tx) -> outcome {
    const auto r = find_of(tx, key, holder);
    if (!r || r->state != state::kept) return unknown();
    if (person == holder) return refuse(kind::invalid, "vault.own", "person");
    tx.run("insert into looker (record, person, name, given, ends) values (?1, ?2, ?3, ?4, ?5) "
           "on conflict (record, person) do update set ends = excluded.ends",
           key, person, name, now(), ends);
    audit::append(tx, why, audit::action::changed, holder, "vault", key.str(), "looker");
    return nothing{};
  });
}

outcome vault::take_back(const audit::access& why, id key, id holder, id person) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (!find_of(tx, key, holder)) return unknown();
    if (tx.run("delete from looker where record = ?1 and person = ?2", key, person) != 0)
      audit::append(tx, why, audit::action::changed, holder, "vault", key.str(), "looker");
    return nothing{};
  });
}

std::vector<looker> vault::lookers_of(id key) const {
  return db_.reading([&](store::read& q) {
    return q.all<looker>("select " + store::columns<looker>() +
                             " from looker where record = ?1 order by given, person",
                         key);
  });
}

outcome vault::move(id key, id holder, std::string_view folder, std::string_view name) {
  if (name.empty() || text::length(name) > 200) return refuse(kind::invalid, "vault.name", "name");
  if (text::length(folder) > 100) return refuse(kind::invalid, "vault.folder", "folder");
  return db_.writing([&](store::write& tx) -> outcome {
    const auto r = find_of(tx, key, holder);
    if (!r || r->state == state::erased) return unknown();
    tx.run("update record set folder = ?1, name = ?2 where key = ?3", folder, name, key);
    return nothing{};
  });
}

// ---- the end ----
outcome vault::erase(const audit::access& why, id key, id holder,
                     const std::function<result<store::bytes>(std::string_view)>& sign) {
  if (auto stated = why.stated(); !stated) return stated;
  const auto r = db_.reading([&](store::read& q) { return find_of(q, key, holder); });
  if (!r) return unknown();
  if (r->state == state::erased) return refuse(kind::gone, "vault.erased");
  if (r->state == state::uploading) return abandon(key, holder);
  const instant at = now();
  const json::object statement{{"at", at.str()}, {"record", key.str()}, {"what", "erased"}};
  auto signature = sign(json::print(statement));
  if (!signature) return signature.why();
  std::vector<std::string> hashes;
  auto done = db_.writing([&](store::write& tx) -> outcome {
    const auto is = find_of(tx, key, holder);
    if (!is || is->state != state::kept) return unknown();
    hashes = tx.all<std::string>("select hash from chunk where record = ?1", key);
    // Key and salts first and for ever; name and hash of the whole say what it was.
    tx.run("update record set state = ?1, sealed_key = ?2, name = '', folder = '', sha256 = '', "
           "erased = ?3 where key = ?4",
           state::erased, store::bytes{}, at, key);
    tx.run("update statement set salt = ?1, said = '' where record = ?2", store::bytes{}, key);
    tx.run("delete from chunk where record = ?1", key);
    tx.run("delete from looker where record = ?1", key);
    say(tx, key, "erased", statement, *signature);
    audit::append(tx, why, audit::action::changed, holder, "vault", key.str(), "erased");
    return nothing{};
  });
  // What cannot be dropped now (a place is away) is a stray without a key, dropped later.
  if (done)
    for (const auto& h : hashes) places_.drop(h);
  return done;
}

// ---- statements ----
void vault::say(store::write& tx, id record, std::string_view what, const json::object& statement,
                store::bytes signature) {
  said s;
  s.number = tx.one<std::int64_t>("select coalesce(max(number), 0) + 1 from statement").value();
  s.record = record;
  s.what = what;
  s.salt = trust::random_bytes(tlog::salt_size);
  s.said = json::print(statement);
  const auto c = tlog::commitment(s.salt, s.said);
  s.commitment.assign(c.begin(), c.end());
  s.signature = std::move(signature);
  s.at = now();
  tx.insert("statement", s);
  tx.emit("vault.said", record.str(), json::object{{"number", s.number}});
}

std::vector<said> vault::said_after(std::int64_t number, int limit) const {
  return db_.reading([&](store::read& q) {
    return q.all<said>("select " + store::columns<said>() +
                           " from statement where number > ?1 order by number limit ?2",
                       number, limit);
  });
}

std::vector<said> vault::said_of(id key) const {
  return db_.reading([&](store::read& q) {
    return q.all<said>("select " + store::columns<said>() +
                           " from statement where record = ?1 order by number",
                       key);
  });
}

// ---- is it still whole ----
scrub_result vault::scrub(const std::function<bool()>& stop) {
  scrub_result out{new_id(), now(), {}, 0, 0, 0, 0};
  const auto stopped = [&] { return stop && stop(); };
  id last;
  while (!stopped()) {
    const auto next = db_.reading([&](store::read& q) {
      return q.one<id>("select key from record where state = 1 and key > ?1 order by key limit 1",
                       last);
    });
    if (!next) break;
    last = *next;
    const auto hashes = db_.reading([&](store::read& q) {
      return q.all<std::string>("select hash from chunk where record = ?1 order by n", last);
    });
    int copies = static_cast<int>(places_.count());
    for (const auto& h : hashes) {
      if (stopped()) return out;
      const auto e = places_.examine(h);
      copies = std::min(copies, e.copies);
      ++out.chunks;
      out.mended += e.mended;
      out.lost += e.copies == 0;
    }
    db_.writing([&](store::write& tx) {
      tx.run("update record set copies = ?1, verified = ?2 where key = ?3 and state = 1", copies,
             now(), last);
    });
  }
  out.strays = drop_strays(stop);
  out.ended = now();
  db_.writing([&](store::write& tx) {
    tx.insert("scrub", out);
    tx.run("delete from scrub where begun < ?1", now().plus(-std::chrono::hours(24 * 366)));
  });
  return out;
}

// What a broken upload or an erasure without one of the places left behind.
std::int64_t vault::drop_strays(const std::function<bool()>& stop) {
  std::int64_t dropped = 0;
  for (const auto& hash : places_.all()) {
    if (stop && stop()) break;
    const auto owned = db_.reading([&](store::read& q) {
      return q.one<std::int64_t>("select 1 from chunk where hash = ?1", hash).has_value();
    });
    if (owned || !places_.older_than(hash, stray_after)) continue;
    dropped += places_.drop(hash);
  }
  return dropped;
}

std::optional<scrub_result> vault::last_scrub() const {
  return db_.reading([&](store::read& q) {
    return q.one<scrub_result>("select " + store::columns<scrub_result>() +
                               " from scrub order by key desc limit 1");
  });
}

}  // namespace madang::vault
