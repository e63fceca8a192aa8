#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "districts.hpp"
#include "madang/assembly/assembly.hpp"
#include "madang/assembly/hearing.hpp"
#include "madang/assembly/recording.hpp"
#include "madang/assembly/token_room.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/effort.hpp"
#include "madang/search/index.hpp"
#include "madang/voices/book.hpp"

namespace madang::assembly {

using platform::context;
using platform::house;
using platform::needs;
using voices::ask;
using voices::saying;

// One place at work: its book, the search for similar asks, and the thread that counts and tells
// the log.
class forum {
 public:
  forum(house& h, place p, voices::rule r);
  ~forum() { stop(); }
  forum(const forum&) = delete;

  house& home() const { return house_; }
  const place& where() const { return place_; }
  const voices::rule& rule() const { return book_.rules().front(); }
  voices::book& book() { return book_; }
  voices::token_office& tokens() { return tokens_; }
  voices::pass_office& passes() { return passes_; }
  const district_watch& districts() const { return districts_; }
  // Of answers, by the key of the reply.
  const recordings& answers() const { return answers_; }
  // Adds to an answer, or changes, what was recorded of it. Refusals of recordings::judge,
  // voices.unknown.
  outcome record_answer(const audit::access& why, const ask& a, id reply, const uploaded& u);

  void start();
  void stop();
  // The people of the demonstration, if there are any, have said what they say, and it is counted.
  bool invented() const { return invented_; }

  // The province of who speaks, as code; "none" when no register knows her. The look is entered in
  // her trail.
  std::string bucket_of(const context& c) { return bucket_of(why(c), c.actor.person); }
  std::string bucket_of(const audit::access& why, id person);
  // What is sent by text message to join an ask, with its {number}; empty: nothing is taken so.
  const words& by_text() const { return by_text_; }
  // How many numbers a post may look up that stand on paper.
  platform::effort& on_paper() { return on_paper_; }
  // Listed asks that are like a text, the most alike first.
  std::vector<ask> similar(std::string_view text, std::string_view language) const;
  audit::access why(const context& c, const std::string& reference = {}) const;
  // Found by number; hidden ones too.
  std::optional<ask> find(const context& c) const;
  // An agency owes for its units too: "molit" for "molit-roads".
  bool owes(const audit::actor& who, const ask& a) const;
  bool gives_verdicts() const;
  bool moderates(const context& c) const { return c.actor.has_role(place_.moderator); }

  // ---- words ----
  std::string key(std::string_view text) const { return place_.system + "." + std::string(text); }
  std::string path_of(const ask& a, std::string_view then = {}) const {
    return place_.path + "/" + a.number + std::string(then);
  }

 private:
  void work();
  void speak_first();
  int speak_unseen(const audit::access& by, const ask& a,
                   std::span<const voices::book::given> all);
  void find_anew();
  void tell(const exchange::event& e);
  void tell_excess(const ask& a, const exchange::event& e);

  house& house_;
  place place_;
  voices::book book_;
  voices::token_office tokens_;
  voices::pass_office passes_;
  recordings answers_;
  log_of_votes log_;
  district_watch districts_;
  platform::effort on_paper_;
  words by_text_;
  search::index index_;
  std::atomic<bool> changed_{true}, invented_{false};
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_{false};
};
using shared_forum = std::shared_ptr<forum>;

// ---- pages by subject; each function moves its pages in ----
void list_pages(const shared_forum& f);
void filing_pages(const shared_forum& f);
void ask_pages(const shared_forum& f);
// Voices of levels 1 and 2, where a category has them.
void unseen_pages(const shared_forum& f);
void unusual_pages(const shared_forum& f);
void open_data_pages(const shared_forum& f);
void desk_pages(const shared_forum& f);
void adoption_pages(const shared_forum& f);
void paper_pages(const shared_forum& f);
void strike_pages(const shared_forum& f);
// What was recorded of answers: by everybody, and added by who answers.
void answer_pages(const shared_forum& f);
html::node answer_recording(const context& c, const forum& f, const std::string& ask, id reply);
std::string answer_address(const std::string& ask, id reply);
// Voices that were struck out, as all may read them.
struct strike_line {
  std::string pseudonym, reason, objection, state;
  instant at;
};
BOOST_DESCRIBE_STRUCT(strike_line, (), (pseudonym, reason, objection, state, at))
std::vector<strike_line> struck_lines(forum& f, const ask& a);
html::node struck_table(const context& c, const std::vector<strike_line>& all);
std::string short_of(std::string_view pseudonym);
// What the reader hears of her own voice when it was struck out, with her way to object.
html::node own_strike(const context& c, forum& f, const ask& a);
// What may be said on paper of an ask as it stands; nothing: it takes nothing, or nothing so plain.
std::optional<saying> said_on_paper(forum& f, const ask& a);
// As SYSTEM.adoption says it.
json::value adoption_said(forum& f);
// What other systems ask and tell by name.
void offer(const shared_forum& f);

// ---- for all of them ----

struct ask_line {
  std::string number, title, category, category_name, stage, stage_name, href;
  instant filed;
  std::optional<instant> ends;
  std::int64_t count = 0, goal = 0;          // of the saying that leads on; goal 0: nothing does
};
BOOST_DESCRIBE_STRUCT(ask_line, (), (number, title, category, category_name, stage, stage_name,
                                     href, filed, ends, count, goal))
ask_line line_of(const context& c, forum& f, const ask& a, std::int64_t count);
// The saying that the place counts first: what its first stage takes.
saying main_saying(const forum& f);
html::tone tone_of(const voices::stage& s);
html::node ask_list(const context& c, const forum& f, const std::vector<ask_line>& lines);

}  // namespace madang::assembly
