#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/html/html.hpp"
#include "madang/platform/case_file.hpp"
#include "madang/platform/context.hpp"
#include "madang/platform/viewer.hpp"

namespace madang::desk {

using platform::context;
using platform::house;
using platform::needs;

void inbox_pages(house& h);
void case_pages(house& h);
void bulk_pages(house& h);
void absence_pages(house& h);
void register_pages(house& h);
void audit_pages(house& h);
void office_pages(house& h);       // the finder of offices
void listen(house& h);             // the superior is told what is overdue

// The places at the left of every desk page, with what waits there.
html::desk_view frame(const context& c, std::string_view active, std::string_view title);

// The office that is meant by a choice from the finder, a code or a name; empty: none, or several.
// Finders: /desk/offices of towns, /desk/offices/all of municipalities and provinces too.
enum class reach { towns, all };
std::string office_meant(const context& c, std::string_view chosen, std::string_view typed,
                         reach how_far = reach::towns);

// ---- the inbox ----
// What is asked of it; all of it stands in the address.
struct inbox_choice {
  std::string part;                // "" open, closed, opinions
  std::string procedure, office, text, order;
  std::string whose;               // "", mine, nobody, written (the applicant has)
  std::string due;                 // "", overdue, today, week
  std::string state;               // "", received, question ...
  std::string after;               // where the page begins
};
inbox_choice chosen(const context& c);
std::string query_of(const inbox_choice& f);
cases::wanted wanted_of(const context& c, const inbox_choice& f);
// One page, and where the next begins; nothing when there is none.
struct inbox_page {
  std::vector<cases::matter> cases;
  std::string next;
};
inbox_page inbox(const context& c, const inbox_choice& f);
// Of one choice, as far as a thousand.
std::int64_t count_of(const context& c, const inbox_choice& f);
std::string count_words(std::int64_t n);
constexpr std::int64_t counted = 1000;
// The list beside whatever is open.
void fill_list(const context& c, html::desk_view& view, const inbox_choice& f, id open_case = {});

html::node due_badge(const context& c, const cases::matter& m);
std::string title_of(const context& c, const cases::matter& m);

struct case_line {
  std::string key, number, procedure, title, applicant, state, due, office, office_name, post;
  std::int64_t days_left = 0;
  int unheard = 0;
  bool overdue = false;
};
BOOST_DESCRIBE_STRUCT(case_line, (),
                      (key, number, procedure, title, applicant, state, due, office, office_name,
                       post, days_left, unheard, overdue))
case_line line_of(const context& c, const cases::matter& m);

// ---- one matter ----
struct opened {
  cases::files* files = nullptr;
  cases::matter m;
  audit::access why;
  bool lead = true;                // handles it; otherwise her office is asked for an opinion
};
result<opened> open_case(context& c);
// Posts that may handle the case.
std::vector<identity::post> posts_for(const context& c, const cases::files& files,
                                      const cases::matter& m);

// ---- letters ----
// Texts that an official begins with (letters/*.yaml of the pack).
struct letter {
  std::string id, use;             // use: ask, return, refuse, accept, extend, write
  words title, text;
  std::vector<std::string> procedures;   // empty: all
};
std::vector<letter> letters_for(const context& c, std::string_view use, std::string_view procedure);
std::string filled(const context& c, const letter& l, const cases::matter& m);
// The form that fetches one into the form below, without script.
html::node letter_choice(const context& c, const opened& o, std::string_view use);
// What was fetched for that use; empty: nothing.
std::string fetched_letter(const context& c, const opened& o, std::string_view use);

// What is said in a case besides its facts: correspondence, notes, opinions, clock, decisions.
html::node file_parts(const context& c, const opened& o, const platform::case_file& f,
                      const std::string& wrong_act, const std::string& error);

}  // namespace madang::desk
