#include "madang/identity/accounts.hpp"

#include <algorithm>

#include "session_row.hpp"

namespace madang::identity {

BOOST_DESCRIBE_STRUCT(account_request, (),
                      (key, person, act, grounds, proof, drafter, drafter_name, drafted, expires,
                       decider, decider_name, decided, state))

namespace {

constexpr std::pair<account_act, std::string_view> names[] = {
    {account_act::one_time_password, "one_time_password"},
    {account_act::drop_factors, "drop_factors"},
    {account_act::end_sessions, "end_sessions"},
    {account_act::close, "close"},
    {account_act::reopen, "reopen"}};

outcome stated(std::string_view said, const char* code, const char* field) {
  if (text::trim(said).empty() || text::length(said) > accounts::longest)
    return refuse(kind::invalid, code, field, {{"limit", std::to_string(accounts::longest)}});
  return nothing{};
}

int leave_all(store::write& tx, id person) {
  const auto all = tx.all<std::string>("select token_hash from session where person = ?1", person);
  for (const auto& hash : all) leave(tx, hash);
  return static_cast<int>(all.size());
}

void tell(store::write& tx, id person, account_act act, std::string_view grounds) {
  tx.emit("account.helped", person.str(),
          json::object{{"act", name_of(act)}, {"grounds", grounds}});
}

}  // namespace

std::string_view name_of(account_act a) {
  return std::ranges::find(names, a, &std::pair<account_act, std::string_view>::first)->second;
}

std::optional<account_act> account_act_named(std::string_view name) {
  for (const auto& [act, said] : names)
    if (said == name) return act;
  return {};
}

bool is_closed(store::read& r, id person) {
  return r.one<std::int64_t>("select 1 from closed_account where person = ?1", person).has_value();
}

std::optional<instant> accounts::closed_since(id person) {
  return db_.reading([&](store::read& r) {
    return r.one<instant>("select at from closed_account where person = ?1", person);
  });
}

outcome accounts::close(const audit::access& why, id person, std::string_view grounds) {
  if (!people_.find_account(person)) return refuse(kind::not_found, "account.unknown");
  if (auto good = stated(grounds, "account.grounds", "grounds"); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    if (is_closed(tx, person)) return refuse(kind::conflict, "account.closed");
    tx.run("insert into closed_account (person, at, by_person, reason) values (?1, ?2, ?3, ?4)",
           person, now(), why.who.person, text::trim(grounds));
    leave_all(tx, person);
    audit::append(tx, why, audit::action::changed, person, "account", "", "closed");
    tell(tx, person, account_act::close, grounds);
    return nothing{};
  });
}

outcome accounts::reopen(const audit::access& why, id person, std::string_view grounds) {
  if (!people_.find_account(person)) return refuse(kind::not_found, "account.unknown");
  if (auto good = stated(grounds, "account.grounds", "grounds"); !good) return good;
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from closed_account where person = ?1", person))
      return refuse(kind::conflict, "account.open");
    audit::append(tx, why, audit::action::changed, person, "account", "", "reopened");
    tell(tx, person, account_act::reopen, grounds);
    return nothing{};
  });
}

result<int> accounts::end_sessions(const audit::access& why, id person, std::string_view grounds) {
  if (!people_.find_account(person)) return refuse(kind::not_found, "account.unknown");
  if (auto good = stated(grounds, "account.grounds", "grounds"); !good) return good.why();
  return db_.writing([&](store::write& tx) {
    const int ended = leave_all(tx, person);
    audit::append(tx, why, audit::action::changed, person, "session", "", "ended by an official");
    tell(tx, person, account_act::end_sessions, grounds);
    return ended;
  });
}

outcome accounts::helped(const audit::access& why, id person, account_act act,
                         std::string_view grounds) {
  return db_.writing([&](store::write& tx) -> outcome {
    leave_all(tx, person);
    audit::append(tx, why, audit::action::changed, person, "account", "", name_of(act));
    tell(tx, person, act, grounds);
    return nothing{};
  });
}

bool accounts::needs_second(id person, account_act act) {
  return act != account_act::end_sessions && !people_.posts_of(person).empty();
}

outcome accounts::may(const audit::access& why, id person, account_act act,
                      std::string_view grounds, std::string_view proof) {
  if (!people_.find_account(person)) return refuse(kind::not_found, "account.unknown");
  if (why.who.person == person) return refuse(kind::forbidden, "account.own");
  if (auto good = stated(grounds, "account.grounds", "grounds"); !good) return good;
  const bool gives_a_way_in = act == account_act::one_time_password ||
                              act == account_act::drop_factors || act == account_act::reopen;
  if (gives_a_way_in) return stated(proof, "account.proof", "proof");
  return nothing{};
}

result<id> accounts::ask(const audit::access& why, id person, account_act act,
                         std::string_view grounds, std::string_view proof) {
  if (auto good = may(why, person, act, grounds, proof); !good) return good.why();
  const account_request row{new_id(),
                            person,
                            std::string(name_of(act)),
                            std::string(text::trim(grounds)),
                            std::string(text::trim(proof)),
                            why.who.person,
                            why.who.name,
                            now(),
                            now().plus(waits),
                            {},
                            "",
                            {},
                            "waiting"};
  return db_.writing([&](store::write& tx) -> result<id> {
    if (tx.one<std::int64_t>("select 1 from account_request where person = ?1 and act = ?2 and "
                             "state = 'waiting' and expires > ?3",
                             person, row.act, now()))
      return refuse(kind::conflict, "account.waits");
    tx.insert("account_request", row);
    audit::append(tx, why, audit::action::changed, person, "account", row.key.str(),
                  "asked: " + row.act);
    return row.key;
  });
}

std::vector<account_request> accounts::waiting() {
  return db_.reading([&](store::read& r) {
    return r.all<account_request>("select " + store::columns<account_request>() +
                                      " from account_request where state = 'waiting' and "
                                      "expires > ?1 order by drafted limit 200",
                                  now());
  });
}

std::vector<account_request> accounts::of_person(id person, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<account_request>("select " + store::columns<account_request>() +
                                      " from account_request where person = ?1 "
                                      "order by key desc limit ?2",
                                  person, limit);
  });
}

std::optional<account_request> accounts::find(id key) {
  return db_.reading([&](store::read& r) {
    return r.one<account_request>(
        "select " + store::columns<account_request>() + " from account_request where key = ?1",
        key);
  });
}

result<account_request> accounts::decide(const audit::access& why, id key, bool good) {
  return db_.writing([&](store::write& tx) -> result<account_request> {
    auto row = tx.one<account_request>(
        "select " + store::columns<account_request>() + " from account_request where key = ?1",
        key);
    if (!row) return refuse(kind::not_found, "account.no_request");
    if (row->state != "waiting") return refuse(kind::conflict, "account.decided");
    if (now() >= row->expires) return refuse(kind::gone, "account.expired");
    // The person decides, in whichever post: two posts of one are not two people.
    if (why.who.person == row->drafter || why.who.person == row->person)
      return refuse(kind::forbidden, "account.four_eyes");
    row->state = good ? "done" : "refused";
    row->decider = why.who.person;
    row->decider_name = why.who.name;
    row->decided = now();
    tx.run(
        "update account_request set state = ?1, decider = ?2, decider_name = ?3, decided = ?4 "
        "where key = ?5",
        row->state, row->decider, row->decider_name, row->decided, key);
    audit::append(tx, why, audit::action::decided, row->person, "account", key.str(),
                  row->state + ": " + row->act);
    return *row;
  });
}

}  // namespace madang::identity
