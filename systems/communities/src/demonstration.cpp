// What an invented nation begins with: a list of communities with invented names, some proposals,
// an election that is open and one that is finished. Made when somebody first looks, so that a
// house that nobody asks starts no later; the elections go the way of all elections.
#include "hall.hpp"

namespace madang::communities {
namespace {

constexpr const char* file = "communities.yaml";

const json::array& list_of(const json::value& v, std::string_view name) {
  static const json::array none;
  const auto& found = json::at(v, name);
  return found.is_array() ? found.get_array() : none;
}

// Towns of the province in turn, each time with the next name.
std::vector<community> invented(const packs::pack& pack, const json::value& said) {
  std::vector<const packs::district*> towns;
  const auto province = json::str(said, "province");
  for (const auto& t : pack.towns())
    if (t.code.starts_with(province)) towns.push_back(&t);
  const auto& names = list_of(said, "names");
  std::vector<community> out;
  if (towns.empty() || names.empty()) return out;
  for (std::int64_t i = 0; i < json::num(said, "count"); ++i) {
    const auto& town = *towns[std::size_t(i) % towns.size()];
    const auto more = json::words_of(names[std::size_t(i) * 7 % names.size()]);
    community c;
    c.key = new_id();
    c.number = i + 1;
    for (const auto& language : pack.languages())
      c.name.set(language, town.name(language) + " " + more(language));
    c.town = town.code;
    c.code = text::upper_case(elections::new_uuid().substr(0, 10));
    out.push_back(std::move(c));
  }
  return out;
}

}  // namespace

void hall::settle() {
  std::call_once(settled_, [&] {
    const bool has = db_.reading([](store::read& r) {
      return r.one<std::int64_t>("select 1 from community limit 1").has_value();
    });
    if (!has && house_.chosen().demonstration) make_demonstration();
  });
}

void hall::make_demonstration() {
  const json::value said = house_.pack().yaml(file);
  auto all = invented(house_.pack(), said);
  std::map<std::string, id, std::less<>> persons;
  for (const auto& a : house_.people().personas()) persons[a.login] = a.person;
  std::vector<std::pair<const json::value*, std::vector<id>>> elections_of;
  std::vector<proposal> proposals;
  std::vector<std::pair<id, id>> residents;
  std::size_t next = 0;
  for (const auto& one : list_of(said, "demonstration")) {
    if (next == all.size()) break;
    community& c = all[next++];
    const auto town = std::string(json::str(one, "town"));
    if (house_.pack().find_district(town)) c.town = town;
    c.name = json::words_of(json::at(one, "name"));
    if (const auto at = persons.find(json::str(one, "manager")); at != persons.end())
      c.manager = at->second;
    for (const auto& r : list_of(one, "residents"))
      if (const auto at = persons.find(std::string_view(r.as_string())); at != persons.end())
        residents.emplace_back(c.key, at->second);
    std::vector<id> keys;
    for (const auto& p : list_of(one, "proposals")) {
      proposals.push_back({new_id(), c.key, c.manager, std::string(json::str(p, "title")),
                           std::string(json::str(p, "body")), std::string(json::str(p, "video")),
                           now().plus(-std::chrono::hours(24 * (1 + std::int64_t(keys.size())))),
                           false});
      keys.push_back(proposals.back().key);
    }
    elections_of.emplace_back(&one, std::move(keys));
  }
  db_.writing([&](store::write& tx) {
    for (const auto& c : all) tx.insert("community", c);
    for (const auto& p : proposals) tx.insert("proposal", p);
    for (const auto& [c, person] : residents)
      tx.run("insert into resident (community, person, proof, since) values (?1, ?2, 'code', ?3)",
             c, person, now());
  });
  for (std::size_t i = 0; i < elections_of.size(); ++i)
    for (const auto& p : list_of(*elections_of[i].first, "polls"))
      vote_first(p, all[i], elections_of[i].second);
}

// An election of invented voters, with trustees whose keys are thrown away when it is opened.
void hall::vote_first(const json::value& said, const community& at, std::vector<id> proposals) {
  const bool finished = json::flag(said, "finished");
  poll p;
  p.key = new_id();
  p.community = at.key;
  p.title = json::str(said, "title");
  p.uuid = elections::new_uuid();
  p.state = "open";
  p.days = 14;
  p.begun = now().plus(-std::chrono::hours(finished ? 24 * 20 : 24));
  p.closes = p.begun->plus(std::chrono::hours(24 * p.days));
  std::vector<elections::number> trustees, voters;
  std::vector<elections::trustee_key> keys;
  for (int i = 0; i < 2; ++i)
    keys.push_back(elections::make_trustee_key(trustees.emplace_back(elections::random_scalar())));
  std::vector<std::string> list;
  const auto& votes = list_of(said, "votes");
  for (std::size_t i = 0; i < votes.size(); ++i)
    list.push_back(elections::public_credential(voters.emplace_back(elections::random_scalar())));
  auto public_list = list;
  std::ranges::sort(public_list);
  db_.writing([&](store::write& tx) {
    p.number = 1 + tx.one<std::int64_t>("select coalesce(max(number), 0) from poll").value_or(0);
    tx.insert("poll", p);
    for (std::size_t i = 0; i < proposals.size(); ++i)
      tx.run(
          "insert into poll_choice (poll, n, proposal, title) select ?1, ?2, key, title from "
          "proposal where key = ?3",
          p.key, std::int64_t(i), proposals[i]);
    for (std::size_t i = 0; i < keys.size(); ++i)
      tx.insert("trustee",
                trustee{p.key, std::int64_t(i + 1), elections::new_uuid() + elections::new_uuid(),
                        new_id(), elections::print(keys[i]), ""});
    for (const auto& credential : list)
      tx.run("insert into voter (poll, person, credential) values (?1, ?2, ?3)", p.key, new_id(),
             credential);
  });
  p.election = elections::print(text_of(p, *elections::public_key_of(keys)));
  p.trustees = elections::print_trustees(keys);
  p.credentials = elections::print_credentials(public_list);
  const auto about = elections::poll::open(p.election, p.trustees, p.credentials);
  check(about.ok(), "an election of our own");
  std::vector<std::pair<std::string, std::string>> ballots;  // credential, text
  elections::counting counted(about->about());
  for (std::size_t i = 0; i < votes.size(); ++i) {
    std::vector<int> choices(proposals.size(), 0);
    choices.at(std::size_t(votes[i].as_int64())) = 1;
    ballots.emplace_back(list[i], about->make_ballot(voters[i], {choices}));
    counted.add({*json::parse_as<elections::ballot>(ballots.back().second), "", 1});
  }
  db_.writing([&](store::write& tx) {
    set_up(tx, p);
    for (const auto& [credential, ballot] : ballots) put_ballot(tx, p, credential, ballot);
    if (finished) finish_first(tx, p, *about, counted, trustees);
  });
}

void hall::finish_first(store::write& tx, poll& p, const elections::poll& about,
                        const elections::counting& counted,
                        const std::vector<elections::number>& trustees) {
  const auto sum = counted.sum();
  end_ballots(tx, p, counted.ballots(), counted.weight(), sum);
  for (std::size_t i = 0; i < trustees.size(); ++i) {
    const std::string share = elections::print(about.decrypt(sum, trustees[i]));
    tx.run("update trustee set share = ?1 where poll = ?2 and n = ?3", share, p.key,
           std::int64_t(i + 1));
    append_share(tx, p, int(i + 1), share);
  }
  put_result(tx, p, about);
}

}  // namespace madang::communities
