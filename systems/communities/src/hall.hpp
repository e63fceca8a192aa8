#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/elections/audit.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

namespace madang::communities {

using platform::context;
using platform::house;
using platform::needs;

struct community {
  id key;
  std::int64_t number = 0;
  words name;
  std::string town;
  std::string code;  // who has it may join; the manager's screen shows it as a QR code
  id manager;
};
BOOST_DESCRIBE_STRUCT(community, (), (key, number, name, town, code, manager))

struct proposal {
  id key, community, author;
  std::string title, body, video;
  instant at;
  bool withdrawn = false;
};
BOOST_DESCRIBE_STRUCT(proposal, (), (key, community, author, title, body, video, at, withdrawn))

struct poll {
  id key;
  std::int64_t number = 0;
  id community;
  std::string title, uuid, state;
  std::int64_t most = 1;
  bool blank = false;
  std::int64_t days = 7;
  std::optional<instant> begun, closes;
  std::string election, trustees, credentials, tally, result;
  std::int64_t height = 0;
  std::string last_event;
  std::int64_t members = 0;  // of the archive
};
BOOST_DESCRIBE_STRUCT(poll, (),
                      (key, number, community, title, uuid, state, most, blank, days, begun, closes,
                       election, trustees, credentials, tally, result, height, last_event, members))

struct choice_row {
  std::int64_t n = 0;
  id proposal;
  std::string title;
};
BOOST_DESCRIBE_STRUCT(choice_row, (), (n, proposal, title))

struct trustee {
  id poll;
  std::int64_t n = 0;
  std::string token;
  id person;
  std::string public_key, share;
};
BOOST_DESCRIBE_STRUCT(trustee, (), (poll, n, token, person, public_key, share))

struct new_poll {
  std::string title;
  std::vector<id> proposals;
  std::int64_t most = 1, days = 7, trustees = 2;
  bool blank = false;
};

struct receipt {
  std::string tracker;
  bool again = false;  // it takes the place of an earlier one
};

// Everything the communities keep. Acts are one transaction each with their entry of the audit and
// their event (communities.joined, .proposed, .poll_*, .ballot).
//
// Refusals: communities.unknown (404), communities.not_resident (403), communities.not_manager
// (403), communities.code (the code is not of this community), communities.address (the register
// says otherwise), communities.title, .body, .video, .proposals, .figures, .trustee_taken (409),
// .state (409: the election is at another step), .no_voters, .early (409: not before the hour),
// .over (409), .ballot_twice (409), .registered (409: another credential stands for her),
// .not_in_list (403), and those of engines/elections for what browsers send.
class hall {
 public:
  static constexpr std::size_t most_choices = 8;

  explicit hall(house& h);

  house& home() { return house_; }
  store::database& db() { return db_; }
  audit::access why(const context& c, const std::string& reference = {}) const;

  // ---- communities ----
  std::vector<community> list(const std::string& words, std::size_t from, std::size_t most,
                              std::size_t& all);
  std::optional<community> find(std::int64_t number);
  std::optional<community> find(id key);
  bool is_resident(id community, id person);
  std::int64_t residents(id community);
  std::vector<community> of_person(id person);
  outcome join(const context& c, const community& to, const std::string& code);
  outcome leave(const context& c, const community& from);
  outcome renew_code(const context& c, const community& of);
  std::string town_name(const context& c, const std::string& town) const;

  // ---- proposals ----
  std::vector<proposal> proposals(id community);
  result<id> propose(const context& c, const community& to, proposal p);
  outcome withdraw(const context& c, const community& of, id proposal);

  // ---- elections (elections.cpp) ----
  std::vector<poll> polls(id community);
  std::vector<poll> polls_in(const std::string& state, std::size_t most);
  std::optional<poll> find_poll(std::int64_t number);
  std::vector<choice_row> choices(id poll);
  std::vector<trustee> trustees(id poll);
  std::optional<trustee> with_token(const std::string& token);
  std::optional<poll> poll_of(const trustee& t);
  std::string credential_of(id poll, id person);
  std::int64_t voters(id poll);
  bool has_ballot(id poll, const std::string& credential);
  result<std::int64_t> begin(const context& c, const community& of, const new_poll& p);
  outcome put_key(const context& c, const trustee& t, const std::string& public_key);
  outcome enter(const context& c, const poll& p, const std::string& credential);
  outcome open(const context& c, const poll& p);
  result<receipt> cast(const context& c, const poll& p, const std::string& ballot);
  outcome close(const context& c, const poll& p);
  outcome put_share(const context& c, const trustee& t, const std::string& share);

  // Trackers of the ballots that count and those replaced since, in the order they came.
  struct board_line {
    std::string tracker;
    bool counts = true;
  };
  std::vector<board_line> board(id poll);
  std::string archive(const poll& p);

 private:
  using opened = std::shared_ptr<const elections::poll>;
  result<opened> open_poll(const poll& p);
  elections::election text_of(const poll& p, const std::string& public_key);
  void append(store::write& tx, poll& p, std::vector<std::string> data, std::string_view type,
              std::optional<std::string> payload);
  // The archive step by step; `p` is as it will be, and is stored with each.
  void set_up(store::write& tx, poll& p);
  void put_ballot(store::write& tx, poll& p, const std::string& credential,
                  const std::string& ballot);
  void end_ballots(store::write& tx, poll& p, std::uint64_t ballots, std::uint64_t weight,
                   const elections::tally& sum);
  void append_share(store::write& tx, poll& p, int owner, const std::string& share);
  void put_result(store::write& tx, poll& p, const elections::poll& about);
  void settle();  // what a demonstration begins with, when somebody first looks
  void make_demonstration();
  void vote_first(const json::value& said, const community& at, std::vector<id> proposals);
  void finish_first(store::write& tx, poll& p, const elections::poll& about,
                    const elections::counting& counted,
                    const std::vector<elections::number>& trustees);

  house& house_;
  store::database& db_;
  std::once_flag settled_;
  std::mutex mutex_;
  std::map<id, opened> open_;
};
using shared_hall = std::shared_ptr<hall>;

void community_pages(house& h, shared_hall l);
void poll_pages(house& h, shared_hall l);
void trustee_pages(house& h, shared_hall l);
void archive_pages(house& h, shared_hall l);

std::string path_of(const community& c);
std::string path_of(const poll& p);
html::node state_badge(const context& c, const std::string& state);
// The community and the poll that the address names, or the refusal.
result<community> community_here(const context& c, hall& l);
result<poll> poll_here(const context& c, hall& l);
std::vector<html::link> way_to(const context& c, hall& l, const poll& p);
// <madang-election data-act=KIND>: what is done in the browser, with its words (texts
// communities.island_KEY) and facts; `inside` is the form that carries its outcome to the house.
html::node island(const context& c, const char* kind, const std::vector<std::string>& texts,
                  const std::vector<std::pair<std::string, std::string>>& facts,
                  const html::node& inside);

}  // namespace madang::communities
