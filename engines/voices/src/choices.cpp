// Choices on a ballot paper: given, opened at the end, counted.
#include "inside.hpp"

namespace madang::voices {

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

void book::write_choice(store::write& tx, const ask& a, char sign, std::string_view pseudonym,
                        std::string_view chosen, std::string_view salt, bool sealed,
                        instant at) const {
  write_leaf(tx, {a.key, saying::choice, sign, std::string(pseudonym), "all", {}, at,
                  sealed ? commitment_of(a.key, pseudonym, chosen, salt) : std::string(chosen)});
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
