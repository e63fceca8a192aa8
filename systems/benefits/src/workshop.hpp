#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "finder.hpp"
#include "whatif.hpp"

// Internal: where officials see what the law says and what a change of it would do.
namespace madang::benefits {

// One trial of a change at a time, over the whole register, with progress; it may be called off.
class trial_run {
 public:
  explicit trial_run(platform::house& h) : house_(h) {}
  ~trial_run();

  struct change {
    std::string provision, parameter;        // parameter: empty when a model is tried
    rules::value becomes;
    std::string model;                       // DMN; empty when a parameter is tried
    date day;
  };
  // Refusals: benefits.running, rules.no_provision, rules.no_parameter, those of amend.
  outcome start(const rules::statutes& law, const audit::access& why, change what);
  void call_off() { stop_ = true; }

  struct state {
    bool running = false;
    double done = 0;
    std::optional<change> what;
    std::optional<whatif_report> report;
    std::optional<refusal> failed;
    std::string by;                          // post of who began it
  };
  state now() const;

 private:
  platform::house& house_;
  mutable std::mutex mutex_;
  std::thread worker_;
  std::atomic<bool> stop_{false}, running_{false};
  std::atomic<double> done_{0};
  std::optional<change> what_;
  std::optional<whatif_report> report_;
  std::optional<refusal> failed_;
  std::string by_;
};

bool may_write_rules(const context& c);
class lawbook;
void whatif_pages(house& h, std::shared_ptr<const office> o, std::shared_ptr<trial_run> t,
                  std::shared_ptr<lawbook> book);
void decision_pages(house& h, std::shared_ptr<const office> o);
// OpenAPI 3.1 of one decision.
http::response decision_openapi(context& c, const office& o);
void offer_whatif(house& h, std::shared_ptr<const office> o);

json::value to_json(const whatif_report& r);

}  // namespace madang::benefits
