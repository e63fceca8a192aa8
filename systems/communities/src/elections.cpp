// An election from its list of voters to its result. What is costly (proofs) is judged before the
// transaction, what others may change meanwhile (state, place in the chain) within it.
#include "hall.hpp"

namespace madang::communities {
namespace {

const std::string of_poll = "select " + std::string(store::columns<poll>()) + " from poll ";
constexpr const char* of_trustee = "select poll, n, token, person, public_key, share from trustee ";
constexpr std::size_t most_open = 16;  // elections kept ready in memory

refusal state_refusal() { return refuse(kind::conflict, "communities.state"); }

// As it is now; refused when another act was quicker.
std::optional<poll> locked(store::write& tx, const poll& p, std::string_view state) {
  // The row is written first, so that on PostgreSQL too one act waits for the other.
  if (!tx.run("update poll set members = members where key = ?1 and state = ?2", p.key,
              std::string(state)))
    return {};
  return tx.one<poll>(of_poll + "where key = ?1", p.key);
}

}  // namespace

std::vector<poll> hall::polls(id community) {
  return db_.reading([&](store::read& r) {
    return r.all<poll>(of_poll + "where community = ?1 order by number desc", community);
  });
}

std::vector<poll> hall::polls_in(const std::string& state, std::size_t most) {
  settle();
  return db_.reading([&](store::read& r) {
    return r.all<poll>(of_poll + "where state = ?1 order by number desc limit ?2", state,
                       std::int64_t(most));
  });
}

std::optional<poll> hall::find_poll(std::int64_t number) {
  settle();
  return db_.reading(
      [&](store::read& r) { return r.one<poll>(of_poll + "where number = ?1", number); });
}

std::optional<poll> hall::poll_of(const trustee& t) {
  return db_.reading(
      [&](store::read& r) { return r.one<poll>(of_poll + "where key = ?1", t.poll); });
}

std::vector<choice_row> hall::choices(id poll) {
  return db_.reading([&](store::read& r) {
    return r.all<choice_row>(
        "select n, proposal, title from poll_choice where poll = ?1 order by n", poll);
  });
}

std::vector<trustee> hall::trustees(id poll) {
  return db_.reading([&](store::read& r) {
    return r.all<trustee>(std::string(of_trustee) + "where poll = ?1 order by n", poll);
  });
}

std::optional<trustee> hall::with_token(const std::string& token) {
  return db_.reading([&](store::read& r) {
    return r.one<trustee>(std::string(of_trustee) + "where token = ?1", token);
  });
}

std::string hall::credential_of(id poll, id person) {
  return db_.reading([&](store::read& r) {
    return r
        .one<std::string>("select credential from voter where poll = ?1 and person = ?2", poll,
                          person)
        .value_or("");
  });
}

std::int64_t hall::voters(id poll) {
  return db_.reading([&](store::read& r) {
    return *r.one<std::int64_t>("select count(*) from voter where poll = ?1", poll);
  });
}

bool hall::has_ballot(id poll, const std::string& credential) {
  return db_.reading([&](store::read& r) {
    return r
        .one<std::int64_t>("select 1 from ballot where poll = ?1 and credential = ?2 limit 1", poll,
                           credential)
        .has_value();
  });
}

// ---- before it is open ----

result<std::int64_t> hall::begin(const context& c, const community& of, const new_poll& n) {
  if (of.manager != c.actor.person) return refuse(kind::forbidden, "communities.not_manager");
  const auto length = text::length(n.title);
  if (length < 2 || length > 60) return refuse(kind::invalid, "communities.title", "title");
  if (n.proposals.size() < 2 || n.proposals.size() > most_choices)
    return refuse(kind::invalid, "communities.proposals", "proposals");
  if (n.most < 1 || n.most > std::int64_t(n.proposals.size()))
    return refuse(kind::invalid, "communities.figures", "most");
  if (n.days < 1 || n.days > 60) return refuse(kind::invalid, "communities.figures", "days");
  if (n.trustees < 2 || n.trustees > 7)
    return refuse(kind::invalid, "communities.figures", "trustees");
  poll p;
  p.key = new_id();
  p.community = of.key;
  p.title = n.title;
  p.uuid = elections::new_uuid();
  p.state = "registering";
  p.most = n.most;
  p.blank = n.blank;
  p.days = n.days;
  return db_.writing([&](store::write& tx) -> result<std::int64_t> {
    p.number = 1 + tx.one<std::int64_t>("select coalesce(max(number), 0) from poll").value_or(0);
    tx.insert("poll", p);
    std::int64_t at = 0;
    for (const auto& key : n.proposals) {
      const auto title = tx.one<std::string>(
          "select title from proposal where key = ?1 and community = ?2 and withdrawn = 0", key,
          of.key);
      if (!title) return refuse(kind::invalid, "communities.proposals", "proposals");
      tx.run(
          "insert into poll_choice (poll, n, proposal, title) values (?1, ?2, ?3, ?4) on "
          "conflict do nothing",
          p.key, at++, key, *title);
    }
    for (std::int64_t i = 1; i <= n.trustees; ++i)
      tx.insert("trustee",
                trustee{p.key, i, elections::new_uuid() + elections::new_uuid(), {}, "", ""});
    audit::append(tx, why(c), audit::action::changed, {}, "election", p.uuid, "begun");
    tx.emit("communities.poll_begun", p.key.str(), {{"number", p.number}});
    return p.number;
  });
}

outcome hall::put_key(const context& c, const trustee& t, const std::string& public_key) {
  auto key = json::parse_as<elections::trustee_key>(public_key);
  if (!key || !elections::check_trustee_key(*key))
    return refuse(kind::invalid, "elections.trustee_key", "key");
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update poll set members = members where key = ?1 and state = 'registering'",
                t.poll))
      return state_refusal();
    if (tx.one<std::int64_t>("select 1 from trustee where poll = ?1 and (person = ?2 and n <> ?3 "
                             "or public_key = ?4)",
                             t.poll, c.actor.person, t.n, elections::print(*key)))
      return refuse(kind::conflict, "communities.trustee_taken");
    if (!tx.run("update trustee set person = ?1, public_key = ?2 where poll = ?3 and n = ?4 and "
                "(public_key = '' or person = ?1)",
                c.actor.person, elections::print(*key), t.poll, t.n))
      return refuse(kind::conflict, "communities.trustee_taken");
    audit::append(tx, why(c), audit::action::changed, c.actor.person, "election_trustee",
                  t.poll.str(), "key");
    return nothing{};
  });
}

// The private part of a credential is made in the voter's browser and stays there. Until the list
// is closed she may replace it: she lost it, say.
outcome hall::enter(const context& c, const poll& p, const std::string& credential) {
  if (!is_resident(p.community, c.actor.person))
    return refuse(kind::forbidden, "communities.not_resident");
  if (!elections::is_public_credential(credential))
    return refuse(kind::invalid, "elections.credentials", "credential");
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update poll set members = members where key = ?1 and state = 'registering'",
                p.key))
      return state_refusal();
    if (tx.one<std::int64_t>(
            "select 1 from voter where poll = ?1 and credential = ?2 and person <> "
            "?3",
            p.key, credential, c.actor.person))
      return refuse(kind::invalid, "elections.credentials", "credential");
    tx.run(
        "insert into voter (poll, person, credential) values (?1, ?2, ?3) on conflict (poll, "
        "person) do update set credential = ?3",
        p.key, c.actor.person, credential);
    audit::append(tx, why(c, p.uuid), audit::action::changed, c.actor.person, "election", p.uuid,
                  "registered");
    return nothing{};
  });
}

elections::election hall::text_of(const poll& p, const std::string& public_key) {
  elections::election e;
  const auto at = find(p.community);
  e.description = at ? at->name(house_.pack().language()) : "";
  e.name = p.title;
  e.group = elections::group_name;
  e.public_key = public_key;
  e.uuid = p.uuid;
  elections::question q;
  for (const auto& choice : choices(p.key)) q.answers.push_back(choice.title);
  if (p.blank) q.blank = true;
  q.min = 1;
  q.max = int(p.most);
  q.question = p.title;
  e.questions.push_back(std::move(q));
  e.administrator = e.description;
  e.credential_authority = "each voter for herself";
  return e;
}

outcome hall::open(const context& c, const poll& asked) {
  const auto at = find(asked.community);
  if (!at || at->manager != c.actor.person)
    return refuse(kind::forbidden, "communities.not_manager");
  std::vector<elections::trustee_key> keys;
  for (const auto& t : trustees(asked.key)) {
    auto key = json::parse_as<elections::trustee_key>(t.public_key);
    if (!key) return refuse(kind::conflict, "communities.no_trustees");
    keys.push_back(std::move(*key));
  }
  const auto public_key = elections::public_key_of(keys);
  if (!public_key) return public_key.why();
  const std::string election = elections::print(text_of(asked, *public_key));
  return db_.writing([&](store::write& tx) -> outcome {
    auto p = locked(tx, asked, "registering");
    if (!p) return state_refusal();
    // In the order of the numbers, which says nothing of persons.
    const auto list = tx.all<std::string>(
        "select credential from voter where poll = ?1 order by credential", p->key);
    if (list.size() < 2) return refuse(kind::conflict, "communities.no_voters");
    p->state = "open";
    p->begun = now();
    p->closes = p->begun->plus(std::chrono::hours(24 * p->days));
    p->election = election;
    p->trustees = elections::print_trustees(keys);
    p->credentials = elections::print_credentials(list);
    set_up(tx, *p);
    audit::append(tx, why(c, p->uuid), audit::action::decided, {}, "election", p->uuid, "opened");
    tx.emit("communities.poll_opened", p->key.str(), {{"number", p->number}});
    return nothing{};
  });
}

// ---- while it is open ----

result<hall::opened> hall::open_poll(const poll& p) {
  {
    const std::scoped_lock lock(mutex_);
    if (const auto at = open_.find(p.key); at != open_.end()) return at->second;
  }
  auto made = elections::poll::open(p.election, p.trustees, p.credentials);
  if (!made) return made.why();
  auto shared = std::make_shared<const elections::poll>(std::move(*made));
  const std::scoped_lock lock(mutex_);
  if (open_.size() >= most_open) open_.clear();
  open_[p.key] = shared;
  return shared;
}

result<receipt> hall::cast(const context& c, const poll& asked, const std::string& ballot) {
  if (asked.state != "open" || now() >= *asked.closes)
    return refuse(kind::conflict,
                  asked.state == "registering" ? "communities.state" : "communities.over");
  const std::string credential = credential_of(asked.key, c.actor.person);
  if (credential.empty()) return refuse(kind::forbidden, "communities.not_in_list");
  auto about = open_poll(asked);
  if (!about) return about.why();
  auto judged = (*about)->judge(ballot);
  if (!judged) return judged.why();
  if (judged->ballot.credential != credential)
    return refuse(kind::invalid, "elections.credential", "ballot");
  return db_.writing([&](store::write& tx) -> result<receipt> {
    auto p = locked(tx, asked, "open");
    if (!p) return refuse(kind::conflict, "communities.over");
    if (tx.one<std::int64_t>("select 1 from ballot where poll = ?1 and tracker = ?2", p->key,
                             judged->tracker))
      return refuse(kind::conflict, "communities.ballot_twice");
    const bool again =
        tx.one<std::int64_t>("select 1 from ballot where poll = ?1 and credential = ?2 limit 1",
                             p->key, credential)
            .has_value();
    put_ballot(tx, *p, credential, ballot);
    audit::append(tx, why(c, p->uuid), audit::action::changed, c.actor.person, "election", p->uuid,
                  "ballot");
    tx.emit("communities.ballot", p->key.str(),
            {{"number", p->number}, {"tracker", judged->tracker}});
    return receipt{judged->tracker, again};
  });
}

// ---- afterwards ----

// At its hour; before it only when everybody in the list has voted.
outcome hall::close(const context& c, const poll& asked) {
  const auto at = find(asked.community);
  bool may = at && at->manager == c.actor.person;
  for (const auto& t : trustees(asked.key)) may = may || t.person == c.actor.person;
  if (!may) return refuse(kind::forbidden, "communities.not_manager");
  if (asked.state != "open") return state_refusal();
  auto about = open_poll(asked);
  if (!about) return about.why();
  return db_.writing([&](store::write& tx) -> outcome {
    auto p = locked(tx, asked, "open");
    if (!p) return state_refusal();
    elections::counting counted((*about)->about());
    tx.each<std::string>(
        "select b.text from ballot v join board b on b.poll = v.poll and b.n = v.n where v.poll = "
        "?1 order by v.n",
        [&](std::string&& text) {
          counted.add({*json::parse_as<elections::ballot>(text), "", 1});
        },
        p->key);
    if (now() < *p->closes && counted.ballots() < (*about)->voters().size())
      return refuse(kind::conflict, "communities.early");
    end_ballots(tx, *p, counted.ballots(), counted.weight(), counted.sum());
    audit::append(tx, why(c, p->uuid), audit::action::decided, {}, "election", p->uuid, "closed");
    tx.emit("communities.poll_closed", p->key.str(), {{"number", p->number}});
    return nothing{};
  });
}

outcome hall::put_share(const context& c, const trustee& t, const std::string& share) {
  const auto asked = poll_of(t);
  if (!asked || asked->state != "closed") return state_refusal();
  if (t.person != c.actor.person) return refuse(kind::forbidden, "communities.trustee_taken");
  auto about = open_poll(*asked);
  if (!about) return about.why();
  auto read = json::parse_as<elections::partial_decryption>(share);
  if (!read) return refuse(kind::invalid, "elections.decryption", "share");
  const auto sum = *json::parse_as<elections::tally>(asked->tally);
  if (auto good = (*about)->check_share(sum, std::size_t(t.n - 1), *read); !good)
    return refuse(kind::invalid, "elections.decryption", "share");
  return db_.writing([&](store::write& tx) -> outcome {
    auto p = locked(tx, *asked, "closed");
    if (!p) return state_refusal();
    const std::string text = elections::print(*read);
    if (!tx.run("update trustee set share = ?1 where poll = ?2 and n = ?3 and share = ''", text,
                p->key, t.n))
      return state_refusal();
    append_share(tx, *p, int(t.n), text);
    audit::append(tx, why(c, p->uuid), audit::action::changed, c.actor.person, "election_trustee",
                  p->uuid, "share");
    put_result(tx, *p, **about);
    return nothing{};
  });
}

}  // namespace madang::communities
