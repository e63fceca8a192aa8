#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "categories.hpp"
#include "madang/platform/house.hpp"
#include "madang/pictures/picture.hpp"

// The business of Eungdapso behind its pages, its verbs and Open311. Each act is one transaction
// with its audit entry and events. A report is a case of `cases::files`; what the file does not
// know of it stands in `report`.
namespace madang::eungdapso {

using madang::pictures::clean_picture;
using madang::pictures::cleaned;
using madang::pictures::picture_octets;

inline constexpr const char* crew_role = "street_crew";      // with crew_<department>
inline constexpr const char* center_role = "street_center";  // takes calls down, releases pictures
inline constexpr const char* procedure_id = "street-report";
inline constexpr int reopen_days = 30;

struct place {
  double latitude = 0, longitude = 0;
};

struct report {
  id matter;
  std::string number, category, department, office, town;
  std::int64_t lat = 0, lon = 0;  // millionths of a degree
  bool exact = false;             // else: the middle of the town that was named
  std::string place, words;       // as the reporter says it
  json::value answers;
  std::string language, channel;
  id program;                 // that filed it; 0: none
  std::string name, contact;  // may be empty
  std::string secret;
  std::string state;  // open, work, done, declined, withdrawn
  int urgency = 3;
  instant filed, promised;
  std::optional<instant> taken, closed;
  std::optional<bool> kept;  // closed within what was promised
  std::int64_t voices = 1, passed = 0, reopened = 0;
  bool words_open = false;  // an official released them
  std::string result;       // what the crew said when it closed it
  instant updated;

  bool is_open() const { return !closed; }
  eungdapso::place at() const { return {double(lat) / 1e6, double(lon) / 1e6}; }
};

struct picture {
  id key, matter;
  std::string part;  // report, before, after
  std::string type;
  int width = 0, height = 0;
  std::int64_t size = 0;
  bool open = false;
  std::optional<std::int64_t> lat, lon;
  std::string made, author;
  instant at;
};

struct update {
  id key, matter;
  std::string state, words;
  bool open = false;   // everybody may read the words
  std::string author;  // crew, center, reporter
  instant at;
};

struct program {
  id key;
  std::string name, contact;
  instant made;
  std::string author;
  std::optional<instant> ended;
};

// What somebody tells, from whatever channel.
struct telling {
  std::string category;
  forms::fields answers;  // of the category's questions
  std::optional<eungdapso::place> at;
  std::string town;  // where no place is given: code of a town or a municipality
  std::string place, words;
  std::string name, contact, language, channel = "web";
  bool keep_picture_place = false, keep_picture_time = false;
  std::vector<std::string> pictures;  // octets as they came
  id program;
  std::string once;  // the same key files once
};

struct filed {
  report row;
  std::string code;  // shown once; empty when it was filed before
  bool again = false;
};

// Which reports a list shows; limits are the caller's.
struct wanted_reports {
  std::string office, category, state;  // prefix of the district; "" any
  std::optional<instant> from, until;   // filed
  std::optional<instant> updated_from, updated_until;
  bool open_only = false;
  std::size_t limit = 1000, skip = 0;
};

struct near_report {
  report row;
  double metres = 0;
};

struct tally {
  std::string office, category;
  std::int64_t filed = 0, open = 0, closed = 0, kept = 0, overdue = 0, voices = 0;
};

class center {
 public:
  explicit center(platform::house& h);

  platform::house& home;
  cases::files& files;
  const categories kinds;

  // ---- filing ----
  // Refusals: report.no_category, report.no_place, report.outside, those of forms and of pictures,
  // report.many_pictures {limit}, report.words {limit}, report.contact.
  result<filed> file(const audit::access& why, const telling& t);
  // One more who says the same: counted once a person and a key. Refusals: report.unknown,
  // report.closed.
  result<std::int64_t> join(const audit::access& why, id matter, std::string_view words,
                            std::string_view contact, const std::string& once);
  // Open reports within so many metres, those of the category first, then the nearest.
  std::vector<near_report> near(eungdapso::place at, std::string_view category, double metres = 150,
                                std::size_t most = 5);

  // ---- looking ----
  std::optional<report> find(id matter);
  std::optional<report> find_number(std::string_view number);
  std::vector<report> list(const wanted_reports& w);
  std::vector<picture> pictures(id matter);
  std::optional<std::pair<picture, std::string>> octets(id key);
  std::vector<update> updates(id matter);
  std::vector<update> updates_between(instant from, instant until, std::size_t most);
  std::vector<tally> figures();
  std::vector<report> work_of(const audit::actor& who, std::size_t most = 200);
  // Those that she filed with her account or joined, newest first.
  std::vector<report> of_person(id person);
  // Is it hers: by her account, or by the code that she was given?
  bool is_hers(const report& r, const audit::actor& who, std::string_view code);

  // ---- acts of a crew (case.not_found for whoever may not handle it) ----
  outcome take(const audit::access& why, id matter);
  // To another department or municipality; counted. Refusals: report.no_department,
  // report.same_unit, those of cases.
  outcome pass_on(const audit::access& why, id matter, std::string_view department,
                  std::string_view office, std::string_view reason);
  outcome put_picture(const audit::access& why, id matter, std::string_view part,
                      std::string_view octets);
  // Done, with words and perhaps a picture of how it is now.
  outcome finish(const audit::access& why, id matter, std::string_view words,
                 std::string_view after = {});
  outcome decline(const audit::access& why, id matter, std::string_view words);

  // ---- acts of the centre ----
  // What everybody may see of it: the words, and each picture. Refusal: report.unknown.
  outcome release(const audit::access& why, id matter, bool words, const std::vector<id>& pictures);

  // ---- acts of the reporter; the caller has made sure that it is hers ----
  outcome reopen(const audit::access& why, id matter, std::string_view words);
  outcome withdraw(const audit::access& why, id matter);
  outcome add_words(const audit::access& why, id matter, std::string_view words);

  // ---- programs ----
  // The key is shown once. Refusal: report.program at "name".
  result<std::string> admit(const audit::access& why, std::string_view name,
                            std::string_view contact);
  outcome dismiss(const audit::access& why, id program);
  std::vector<program> programs();
  std::optional<program> program_of(std::string_view key);

  // ---- places ----
  // The town that holds a place; null: none, it is outside the country.
  const packs::district* town_at(eungdapso::place p) const;
  // Refusals report.no_place, report.outside.
  struct settled {
    eungdapso::place at;
    bool exact = false;
    std::string town, office;
  };
  result<settled> settle(const telling& t) const;
  // The district that an address in words names: the longest name of one that it begins with, town
  // before municipality. Null: none.
  const packs::district* named_in(std::string_view address) const;

  bool may_release(const audit::actor& who, const report& r) const;

  // Whoever files without end is made to wait, by the address she comes from.
  platform::throttle filings{60, std::chrono::minutes(10)};

 private:
  void handle();
  void listen();
  bool barred(const audit::actor& who, const cases::matter& m);
  result<cases::review> look(const audit::access& why, const cases::matter& m);
  void put_update(store::write& tx, const report& r, std::string_view state, std::string_view words,
                  bool open, std::string_view author);
  void keep(store::write& tx, id matter, std::string_view part, const clean_picture& p, bool open,
            bool with_place, bool with_time, std::string_view author);
  result<report> reach(const audit::actor& who, id matter);
  void outline_towns() const;

  struct outline {
    const packs::district* who;
    spatial::box box;
    const spatial::shape* shape;
  };
  mutable std::once_flag outlined_;
  mutable std::vector<outline> outlines_;
};

// Metres between two places on the sphere of the earth's mean radius.
double metres_between(place a, place b);

BOOST_DESCRIBE_STRUCT(report, (),
                      (matter, number, category, department, office, town, lat, lon, exact, place,
                       words, answers, language, channel, program, name, contact, secret, state,
                       urgency, filed, promised, taken, closed, kept, voices, passed, reopened,
                       words_open, result, updated))
BOOST_DESCRIBE_STRUCT(picture, (),
                      (key, matter, part, type, width, height, size, open, lat, lon, made, author,
                       at))
BOOST_DESCRIBE_STRUCT(update, (), (key, matter, state, words, open, author, at))
BOOST_DESCRIBE_STRUCT(program, (), (key, name, contact, made, author, ended))
BOOST_DESCRIBE_STRUCT(tally, (), (office, category, filed, open, closed, kept, overdue, voices))

}  // namespace madang::eungdapso
