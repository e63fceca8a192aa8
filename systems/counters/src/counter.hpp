#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "madang/cases/cases.hpp"
#include "madang/platform/house.hpp"
#include "madang/process/outline.hpp"
#include "madang/rules/statutes.hpp"
#include "permit.hpp"

namespace madang::counters {

// A step that rules decided.
struct made_decision {
  const rules::provision* what = nullptr;
  bool met = false;
  words reason;
  json::value record;
};

class draftbook;

// What the pages and the module share: permits, their cases, processes and the register.
class counter {
 public:
  counter(platform::house& h, std::vector<permit> permits);

  const std::vector<permit>& permits() const { return permits_; }
  const permit* find(std::string_view id) const;
  platform::house& home() const { return home_; }
  process::engine& processes() const { return processes_; }
  cases::files& files() const { return files_; }
  registers::registry& register_of() const { return registry_; }
  store::database& database() const { return files_.database(); }

  // The command counters.apply: a case and its process, in one transaction.
  result<json::value> apply(const audit::access& why, const json::value& in, std::string_view once);
  // The process of a case; none: it has not begun or is unknown.
  std::optional<id> process_of(store::read& r, const std::string& number);

  // Rules that decide steps of permits; null: the pack has none.
  const rules::statutes* law() const { return law_ ? &*law_ : nullptr; }
  process::work_answer decide(const process::work_request& r) const;
  std::vector<made_decision> decisions_in(const process::instance& i) const;
  // Local work that models may ask for.
  static constexpr std::string_view works[] = {"licence.enter", "licence.close", "licence.renew"};
  draftbook& drafts() const { return *drafts_; }

  // What every change of a licence says why by.
  audit::access access_of(const audit::access& who, const permit& p, std::string reference) const;

 private:
  void handle(const permit& p);
  void do_work();
  result<cases::review> review(const permit& p, const audit::access& why, const cases::matter& m);
  outcome accept(const permit& p, store::write& tx, const audit::access& why,
                 const cases::matter& m, cases::procedure::consequences& follow);
  process::work_answer enter(store::write& tx, const audit::access& why,
                             const process::work_request& r);
  using licence_change = std::function<std::pair<json::object, date>(const registers::record&,
                                                                     const json::value& answers)>;
  process::work_answer change(store::write& tx, const audit::access& why,
                              const process::work_request& r, const licence_change& how);
  struct application {
    const permit* what = nullptr;
    id holder;
    std::string number, holder_name, office, address;
    json::value answers;
  };
  std::optional<application> application_of(const process::work_request& r) const;
  // An answer in words, as the form shows it.
  std::string shown(const permit& p, const std::string& question, const json::value& answers,
                    std::string_view language) const;

  platform::house& home_;
  std::vector<permit> permits_;
  process::engine& processes_;
  cases::files& files_;
  registers::registry& registry_;
  std::optional<rules::statutes> law_;
  std::shared_ptr<draftbook> drafts_;
};

// Whoever ends a case otherwise than by accepting it ends its process.
inline constexpr std::string_view closed_message = "case closed";

void task_pages(platform::house& h, std::shared_ptr<counter> c);
void procedure_pages(platform::house& h, std::shared_ptr<counter> c);
void licence_pages(platform::house& h, std::shared_ptr<counter> c);
void incident_pages(platform::house& h, std::shared_ptr<counter> c);
void model_pages(platform::house& h, std::shared_ptr<counter> c);
void draft_pages(platform::house& h, std::shared_ptr<counter> c);
void migration_pages(platform::house& h, std::shared_ptr<counter> c);
void analytics_pages(platform::house& h, std::shared_ptr<counter> c);
html::node decisions_part(const platform::context& c, const std::vector<made_decision>& all);
html::node all_of_rule(const platform::context& c, std::int64_t number, bool hit);
// Who looks after procedures: writes their models, or approves them.
bool keeps_procedures(const audit::actor& who);
html::node outline_of(const platform::context& c, const std::vector<process::outline_line>& lines);

}  // namespace madang::counters
