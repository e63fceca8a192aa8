#include "spending.hpp"

namespace madang::voices {
namespace {

leaf told(id ask, std::string_view what, std::string_view bucket, std::string value, instant at) {
  leaf l;
  l.ask = ask;
  l.told = what;
  l.bucket = bucket;
  l.value = std::move(value);
  l.at = slot_of(at);
  return l;
}

}  // namespace

std::optional<key_row> key_in(store::read& q, id ask, std::string_view bucket) {
  return q.one<key_row>("select " + store::columns<key_row>() +
                            " from token_key where ask = ?1 and bucket = ?2",
                        ask, bucket);
}

void put_key(store::write& tx, id ask, const key_row& k, trust::view shown, instant at) {
  tx.run("insert into token_key (ask, bucket, spki, kept, issued, spent, told) "
         "values (?1, ?2, ?3, ?4, ?5, 0, 0)",
         ask, k.bucket, text::base64url(shown), k.kept, k.issued);
  write_leaf(tx, told(ask, "key", k.bucket, text::hex(trust::sha256(shown)), at));
}

outcome judge_open(const std::optional<ask>& a, const book& b, std::int64_t level,
                   std::optional<saying> s, instant at) {
  if (!a || a->level != level || !a->hidden.empty() || a->ends <= at ||
      (s ? !b.stage_of(*a).takes_any(*s) : b.stage_of(*a).takes.empty()))
    return refuse(kind::conflict, "voices.closed");
  return nothing{};
}

std::optional<kept_voice> voice_in(store::read& q, id ask, std::string_view pseudonym) {
  return q.one<kept_voice>("select " + store::columns<kept_voice>() +
                               " from voice where ask = ?1 and pseudonym = ?2",
                           ask, pseudonym);
}

void put_voice(store::write& tx, const leaf& l, std::int64_t told) {
  if (l.sign == '+')
    tx.run("insert into voice (ask, pseudonym, saying, bucket, at, state, told) "
           "values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (ask, pseudonym, saying) do update "
           "set state = ?6, at = ?5, told = ?7",
           l.ask, l.pseudonym, name_of(*l.said), l.bucket, l.at, counts, told);
  else
    tx.run("update voice set state = ?4, told = ?5 "
           "where ask = ?1 and pseudonym = ?2 and saying = ?3",
           l.ask, l.pseudonym, name_of(*l.said), taken_back, told);
  write_leaf(tx, l);
}

outcome spend(store::write& tx, id ask, const std::string& bucket, instant at) {
  const auto k = key_in(tx, ask, bucket);
  if (!k || k->spent >= k->issued) return refuse(kind::conflict, "voices.token_excess");
  const bool tell = k->told <= k->spent;
  if (tell)
    write_leaf(tx, told(ask, "issued", bucket, std::to_string(k->issued), at));
  tx.run("update token_key set spent = spent + 1, told = ?3 where ask = ?1 and bucket = ?2", ask,
         bucket, tell ? k->issued : k->told);
  return nothing{};
}

}  // namespace madang::voices
