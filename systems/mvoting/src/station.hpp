#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "audience.hpp"
#include "madang/assembly/hearing.hpp"
#include "madang/assembly/recording.hpp"
#include "madang/platform/context.hpp"
#include "madang/voices/book.hpp"
#include "madang/voices/tokens.hpp"
#include "presence.hpp"

namespace madang::mvoting {

using platform::context;
using platform::house;
using platform::needs;
using voices::ask;
using voices::paper;
using voices::saying;

inline constexpr const char* organiser = "vote_organiser";
inline constexpr const char* moderator = "voice_moderator";

// What is known of a number of people who may vote, where it is no number: groups below
// `fewest_told` are told apart nowhere.
inline constexpr std::int64_t electorate_few = 0, electorate_unknown = -1, electorate_awaited = -2;
inline constexpr std::int64_t fewest_told = 20;
inline constexpr std::int64_t most_films = 20;        // of one vote

// A vote beside its ask.
struct vote {
  id ask;
  std::string agency;              // whose officials ask; empty: a citizen's poll
  std::string audience;            // JSON of it
  std::string presence;            // "", "venue", "place"
  std::int64_t lat = 0, lon = 0, radius = 0;
  instant opens, closes;           // opens 0: when it is published
  std::string ended_why;           // why it ended early, for all to read
  std::int64_t eligible = -1;      // how many may vote, or one of `electorate`
  std::string came, came_by, came_link;      // what came of it, by whom, where it is written
  instant came_at;

  bool poll() const { return agency.empty(); }
  spot where() const { return {lat, lon, radius}; }
};

// What is filed of a vote, judged as a whole before anything is kept.
struct plan {
  voices::filing text;
  voices::paper paper;
  mvoting::audience audience;
  std::string presence;
  spot where;
  instant opens, closes;
};

// The place at work: its book, the thread that counts and tells the log, and who waits for news.
class station {
 public:
  station(house& h, std::vector<voices::rule> rules);
  ~station() { stop(); }
  station(const station&) = delete;

  house& home() const { return house_; }
  voices::book& book() { return book_; }
  voices::token_office& tokens() { return tokens_; }
  const voices::rule& rule_of(bool poll) const { return book_.rules()[poll ? 1 : 0]; }
  const std::string& key() const { return venue_key_; }
  void start();
  void stop();
  // The demonstration, if there is one, has voted, and it is counted.
  bool invented() const { return invented_; }

  // ---- looking ----
  // By the number in the address.
  std::optional<ask> find(const context& c) const;
  vote vote_of(id ask) const;
  std::vector<vote> with_outcome(int limit) const;
  std::vector<ask> of_agency(std::string_view agency) const;
  audience audience_of(const vote& v) const;
  std::optional<std::pair<std::string, std::string>> picture(id key) const;   // type, octets
  const assembly::recordings& recordings() const { return recordings_; }
  // Whose the recordings are, by the number of the option; 0: of what is asked.
  std::map<std::size_t, id> films_of(id ask, const paper& p) const;
  audit::access why(const context& c, const std::string& reference = {}) const;
  // The author of a poll; officials of the agency that asks.
  bool may_manage(const context& c, const ask& a, const vote& v) const;
  bool moderates(const context& c) const { return c.actor.has_role(moderator); }
  // The day as of which ages count.
  date day_of(const vote& v) const;

  // ---- making ----
  // Refusals of judge() and book::file; vote.window, vote.presence, vote.place at their fields,
  // vote.presence_unseen where nobody may find who votes: a place would narrow it down.
  outcome judge(bool poll, const plan& p, instant at) const;
  result<ask> draft(const audit::access& why, const std::string& agency, const plan& p,
                    instant at);
  outcome redraft(const audit::access& why, const ask& a, const plan& p, instant at);
  // One option's picture and video. Refusals of pictures::cleaned, paper.alt, paper.video.
  struct shown {
    std::string octets, alt, video;          // octets empty: the picture stays as it is
    bool no_picture = false;
  };
  outcome set_shown(const audit::access& why, const ask& a, std::size_t option, const shown& s);
  // The film of an option, or of what is asked (option 0). Refusals of recordings::judge, at their
  // fields; shared_file.recording where there is none yet and none comes, vote.films.
  outcome put_film(const audit::access& why, const ask& a, std::size_t option,
                   const assembly::uploaded& u);
  outcome drop_film(const audit::access& why, const ask& a, std::size_t option);
  outcome publish(const audit::access& why, const ask& a, instant at);
  outcome discard(const audit::access& why, const ask& a);
  // Refusals vote.reason (field reason), voices.closed.
  outcome end_early(const audit::access& why, const ask& a, std::string_view reason, instant at);
  // What came of it. Refusals vote.not_ended, vote.came (field came), vote.link (field link).
  struct result_of_it {
    std::string came, by, link;
  };
  outcome tell_what_came(const audit::access& why, const ask& a, const result_of_it& r,
                         instant at);

  // ---- voting ----
  // What is posted with a choice, as far as presence asks for it.
  struct proof {
    std::string admission, cell;
  };
  // Why this person may not vote now, or nothing.
  outcome may_vote(const context& c, const ask& a, const vote& v);
  // Refusals of may_vote and book::choose; vote.not_present, vote.not_there, voices.by_token.
  outcome choose(const context& c, const ask& a, const vote& v, const voices::chosen& chosen,
                 const proof& p, instant at);
  bool was_present(id person, const ask& a) const;

  // ---- news ----
  // Changes with each count of the ask.
  std::int64_t version_of(id ask) const;
  // Calls `go` once when the version is another than `known`, or after some seconds.
  void when_changed(id ask, std::int64_t known, http::response::release go);

 private:
  struct waiting {
    id ask;
    std::int64_t known = 0;
    instant until;
    http::response::release go;
  };
  void work();
  void speak_first();
  void speak_unseen(const audit::access& by, const ask& a,
                    std::span<const voices::book::given> all);
  void tell(const exchange::event& e);
  void let_go(bool all);
  void count_eligible();
  void count_narrowed();
  void count_aside();
  void keep(store::write& tx, const ask& a, const std::string& agency, const plan& p);
  // Enters a change of a draft; voices.published where it is one no more.
  outcome touch(store::write& tx, const audit::access& why, const ask& a);
  // Those of options that are none of `left`; all of them where there is no paper.
  static void drop_films(store::write& tx, id ask, const paper* left);

  house& house_;
  store::database& db_;
  voices::book book_;
  voices::token_office tokens_;
  assembly::log_of_votes log_;
  assembly::recordings recordings_;
  std::string venue_key_;
  std::thread thread_, counting_;            // the second looks at whole registers
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, stirred_ = false;
  std::atomic<bool> invented_{false};
  std::vector<waiting> waiting_;
};
using shared_station = std::shared_ptr<station>;

// ---- pages by subject; each function moves its pages in ----
void list_pages(const shared_station& s);
void vote_pages(const shared_station& s);
// Tokens of votes whose category is of level 1 (assembly/token_room.hpp).
void unseen_pages(const shared_station& s);
void making_pages(const shared_station& s);
// What an option shows, as its draft is made; and its film, for everybody.
void shown_pages(const shared_station& s);
void result_pages(const shared_station& s);
void screen_pages(const shared_station& s);
void desk_pages(const shared_station& s);

// ---- for all of them ----
// A vote of who asks; voices.unknown for others, whose look is entered.
struct own {
  ask a;
  vote v;
};
result<own> own_of(context& c, station& s);
std::string option_path(const ask& a, std::size_t option);
// Every film with what is said in it; nothing without one. The page lets media in.
html::node films_part(const context& c, station& s, const ask& a, const paper& p);
std::string path_of(const ask& a, std::string_view then = {});
std::string asker_of(const context& c, const ask& a, const vote& v);
std::string audience_words(const context& c, const audience& a);
std::string eligible_words(const context& c, std::int64_t eligible);       // 0 or more
html::tone tone_of(const ask& a);
html::node stage_badge(const context& c, station& s, const ask& a);

}  // namespace madang::mvoting
