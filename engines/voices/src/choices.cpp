// Choices on a ballot paper: given, opened at the end, counted.
#include "inside.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::voices {
namespace {

void write_choice(store::write& tx, id ask, char sign, const given_choice& of, bool sealed,
                  instant at) {
  write_leaf(tx, {ask, saying::choice, sign, of.pseudonym, "all", {}, slot_of(at),
                  sealed ? commitment_of(ask, of.pseudonym, of.chosen, of.salt) : of.chosen});
}

}  // namespace

std::optional<paper> paper_in(store::read& q, id ask) {
  const auto said = q.one<std::string>("select said from paper where ask = ?1", ask);
  if (!said) return {};
  const auto v = json::parse(*said);
  check(v.ok(), "a paper that was written here");
  return read_paper(*v);
}

std::optional<given_choice> choice_in(store::read& q, id ask, std::string_view pseudonym) {
  return q.one<given_choice>(
      "select pseudonym, chosen, salt from voice where ask = ?1 and pseudonym = ?2 and "
      "saying = 'choice' and state = 1",
      ask, pseudonym);
}

void book::set_paper(store::write& tx, id key, const paper& p) {
  check(voices::judge(p).ok(), "a paper that was judged");
  tx.run("insert into paper (ask, said) values (?1, ?2) on conflict (ask) do update set said = ?2",
         key, json::print(written(p)));
}

std::optional<paper> book::paper_of(id ask) const {
  return db_.reading([&](store::read& q) { return paper_in(q, ask); });
}

outcome book::choose(id person, const ask& a, const chosen& c, std::string_view group,
                     instant at) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto p = paper_in(tx, a.key);
    if (!p) return refuse(kind::conflict, "voices.closed");
    const auto said = write_chosen(*p, c);
    if (!said) return said.why();
    return put(tx, person, a, saying::choice, group, at, *said);
  });
}

std::optional<chosen> book::chosen_by(id person, const ask& a) const {
  const std::string who = pseudonym(person, a.key);
  const auto found =
      db_.reading([&](store::read& q) { return choice_in(q, a.key, who); });
  return found ? parse_chosen(found->chosen) : std::optional<chosen>();
}

void give_choice(store::write& tx, id ask, const paper& p, const std::string& pseudonym,
                 std::string_view group, const std::string& chosen, instant at) {
  if (const auto before = choice_in(tx, ask, pseudonym)) {
    if (before->chosen == chosen) return;
    write_choice(tx, ask, '-', *before, p.sealed, at);
  }
  const given_choice now{pseudonym, chosen,
                         p.sealed ? text::hex(trust::random_bytes(16)) : std::string()};
  tx.run("insert into voice (ask, pseudonym, saying, bucket, at, state, chosen, salt) "
         "values (?1, ?2, 'choice', ?3, ?4, 1, ?5, ?6) on conflict (ask, pseudonym, saying) do "
         "update set state = 1, bucket = ?3, at = ?4, chosen = ?5, salt = ?6",
         ask, pseudonym, group, slot_of(at), now.chosen, now.salt);
  write_choice(tx, ask, '+', now, p.sealed, at);
}

void withdraw_choice(store::write& tx, id ask, const std::string& pseudonym, instant at) {
  const auto before = choice_in(tx, ask, pseudonym);
  const auto p = paper_in(tx, ask);
  if (!before || !p) return;
  write_choice(tx, ask, '-', *before, p->sealed, at);
  tx.run("update voice set state = 0, chosen = '', salt = '' "
         "where ask = ?1 and pseudonym = ?2 and saying = 'choice'",
         ask, pseudonym);
}

// In the order of the pseudonyms, which says nothing about the order in which they came.
void book::open_choices(store::write& tx, const ask& a, instant at) const {
  const auto p = paper_in(tx, a.key);
  if (!p || !p->sealed) return;
  for (const auto& v : tx.all<given_choice>(
           "select pseudonym, chosen, salt from voice where ask = ?1 and saying = 'choice' and "
           "state = 1 order by pseudonym",
           a.key))
    write_leaf(tx, {a.key, saying::choice, '=', v.pseudonym, "all", {}, slot_of(at),
                    v.chosen + ":" + v.salt});
}

// ---- counting ----
ballots book::chosen_counts(id ask) const {
  ballots out;
  db_.reading([&](store::read& q) {
    q.each_row("select chosen, counted from chosen_tally where ask = ?1 and counted > 0",
               std::array{store::parameter(ask)},
               [&](const store::row& r) { out[std::string(r.text(0))] = r.integer(1); });
  });
  return out;
}

std::int64_t book::version(id ask) const {
  return db_
      .reading([&](store::read& q) {
        return q.one<std::int64_t>(
            "select coalesce(max(number), 0) from leaf where ask = ?1 and number <= "
            "(select number from reached where reader = 'count')",
            ask);
      })
      .value_or(0);
}

std::map<std::string, ballots> book::chosen_by_group(id ask) const {
  std::map<std::string, ballots> out;
  db_.reading([&](store::read& q) {
    q.each_row("select bucket, chosen, count(*) from voice where ask = ?1 and saying = 'choice' "
               "and state = 1 group by bucket, chosen",
               std::array{store::parameter(ask)}, [&](const store::row& r) {
                 out[std::string(r.text(0))][std::string(r.text(1))] = r.integer(2);
               });
  });
  return out;
}

}  // namespace madang::voices
