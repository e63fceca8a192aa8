// The archive of an election, step by step, and the board that everybody reads.
#include "hall.hpp"

namespace madang::communities {

// An event of the archive with the data it stands on; the last data is its payload.
void hall::append(store::write& tx, poll& p, std::vector<std::string> data, std::string_view type,
                  std::optional<std::string> payload) {
  const auto put = [&](bool is_event, const std::string& text) {
    tx.run("insert into board (poll, n, is_event, text) values (?1, ?2, ?3, ?4)", p.key,
           p.members++, is_event, text);
  };
  for (const auto& text : data) put(false, text);
  elections::event e;
  if (p.height > 0) e.parent = p.last_event;
  e.height = std::uint64_t(p.height++);
  e.type = type;
  e.payload = std::move(payload);
  const std::string text = elections::print(e);
  put(true, text);
  p.last_event = elections::reference(text);
  tx.run(
      "update poll set height = ?1, last_event = ?2, members = ?3, state = ?4, begun = ?5, closes "
      "= ?6, election = ?7, trustees = ?8, credentials = ?9, tally = ?10, result = ?11 where key "
      "= ?12",
      p.height, p.last_event, p.members, p.state, p.begun, p.closes, p.election, p.trustees,
      p.credentials, p.tally, p.result, p.key);
}

void hall::set_up(store::write& tx, poll& p) {
  const std::string setup = elections::print(
      elections::setup_data{elections::reference(p.election), elections::reference(p.trustees),
                            elections::reference(p.credentials)});
  append(tx, p, {p.election, p.trustees, p.credentials, setup}, "Setup",
         elections::reference(setup));
}

void hall::put_ballot(store::write& tx, poll& p, const std::string& credential,
                      const std::string& ballot) {
  tx.run("insert into ballot (poll, n, tracker, credential) values (?1, ?2, ?3, ?4)", p.key,
         p.members, elections::fingerprint(ballot), credential);
  append(tx, p, {ballot}, "Ballot", elections::reference(ballot));
}

void hall::end_ballots(store::write& tx, poll& p, std::uint64_t ballots, std::uint64_t weight,
                       const elections::tally& sum) {
  p.state = "closed";
  append(tx, p, {}, "EndBallots", {});
  p.tally = elections::print(sum);
  const std::string sized =
      elections::print(elections::sized_tally{ballots, weight, elections::reference(p.tally)});
  append(tx, p, {p.tally, sized}, "EncryptedTally", elections::reference(sized));
}

void hall::append_share(store::write& tx, poll& p, int owner, const std::string& share) {
  const std::string by = elections::print(elections::owned{owner, elections::reference(share)});
  append(tx, p, {share, by}, "PartialDecryption", elections::reference(by));
}

void hall::put_result(store::write& tx, poll& p, const elections::poll& about) {
  const auto shares = tx.all<std::string>(
      "select share from trustee where poll = ?1 and share <> '' order by n", p.key);
  if (shares.size() < about.trustees().size()) return;
  std::vector<elections::partial_decryption> all;
  for (const auto& s : shares) all.push_back(*json::parse_as<elections::partial_decryption>(s));
  auto found =
      about.open_tally(*json::parse_as<elections::tally>(p.tally), all, about.voters().size());
  check(found.ok(), "a result of shares that were checked");
  p.state = "finished";
  p.result = elections::print(*found);
  append(tx, p, {p.result}, "Result", elections::reference(p.result));
  tx.emit("communities.poll_finished", p.key.str(), {{"number", p.number}});
}

std::vector<hall::board_line> hall::board(id poll) {
  struct line {
    std::string tracker, credential;
  };
  const auto lines = db_.reading([&](store::read& r) {
    std::vector<line> out;
    r.each_row("select tracker, credential from ballot where poll = ?1 order by n",
               std::vector<store::parameter>{poll}, [&](const store::row& row) {
                 out.push_back({std::string(row.text(0)), std::string(row.text(1))});
               });
    return out;
  });
  std::map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < lines.size(); ++i) last[lines[i].credential] = i;
  std::vector<board_line> out;
  for (std::size_t i = 0; i < lines.size(); ++i)
    out.push_back({lines[i].tracker, last[lines[i].credential] == i});
  return out;
}

std::string hall::archive(const poll& p) {
  elections::archive out;
  out.begun = p.begun ? p.begun->micros / 1'000'000 : 0;
  db_.reading([&](store::read& r) {
    r.each_row("select is_event, text from board where poll = ?1 order by n",
               std::vector<store::parameter>{p.key}, [&](const store::row& row) {
                 out.members.push_back({row.integer(0) != 0, std::string(row.text(1))});
               });
  });
  return out.str();
}

}  // namespace madang::communities
