#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "finder.hpp"
#include "crowd.hpp"
#include "madang/rules/sitting.hpp"

// Internal: who is entitled to what, of everybody, each night; and at once of whom something has
// happened to.
namespace madang::benefits {

struct standing {
  id person;
  std::string benefit, amount, because;
  date since;
};

struct run_report {
  id key;
  date day;
  instant began;
  std::optional<instant> ended;              // none: it is on, or was broken off
  std::int64_t persons = 0, entitled = 0;    // looked at; standings that hold
  std::int64_t found = 0, told = 0;          // standings that are new; notices about them
  std::int64_t losing = 0;                   // awards that the law ends, told to who has them
  std::string problem;                       // why it was broken off; code of a refusal
};

class finding {
 public:
  finding(platform::house& house, std::shared_ptr<const office> o);

  // Looks at everybody as of a day and tells who has something new, or will lose something. May be
  // broken off; what was found until then is kept, and told once. One at a time: refusal
  // benefits.running. Further refusals: those of registers::sweep.
  result<run_report> everybody(date day, const std::atomic<bool>& stop = never());
  // The same for the household of one person, for something that has happened.
  result<run_report> household_of(id person, date day);
  double done() const { return done_; }      // of the run that is on: 0 to 1

  // What is known of one person.
  std::vector<standing> of(id person);
  std::optional<run_report> last_run();
  std::optional<date> last_day();            // of a run that went to its end
  bool wants_to_be_told(id person);
  // Her choice, with its entry; being left alone also forgets what was found.
  outcome choose(const audit::access& why, bool told);

  static const std::atomic<bool>& never();

 private:
  class docket;
  void keep(const batch& b, const docket& d, run_report& r, id run);
  notices::notice notice_of(id person, const std::vector<standing>& fresh, const docket& d) const;
  void warn_of_loss(const batch& b, const docket& d, run_report& r);
  void note(const run_report& r);
  audit::access why(const char* purpose) const;

  platform::house& house_;
  std::shared_ptr<const office> office_;
  store::database& db_;
  std::atomic<double> done_{0};
  std::mutex running_;
  std::mutex counting_;
};

}  // namespace madang::benefits
