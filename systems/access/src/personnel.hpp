#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "limits.hpp"
#include "madang/identity/orders.hpp"
#include "madang/identity/rights.hpp"
#include "madang/identity/roster.hpp"
#include "pages.hpp"

// Access that follows the post: personnel orders, their clock, and the questions who may do what
// and why not.
namespace madang::access {

class personnel {
 public:
  // Throws packs::broken_pack when the rights of the pack are wrong.
  personnel(house& h, shared_bureau b);
  ~personnel() { stop(); }

  house& home;
  shared_bureau bureau;
  const identity::rights rights;
  identity::orders orders;
  identity::roster roster;
  store::database& kept;  // refusals
  access::limits limits;

  // The clock of the orders: looks each second whether one is due.
  void start();
  void stop();

  audit::access by_clock() const;
  audit::access why(const context& c) const;  // of personnel work

 private:
  void turn();
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
};
using shared_personnel = std::shared_ptr<personnel>;

void order_pages(shared_personnel p);       // drafting and deciding
void who_pages(shared_personnel p);         // who can do what, and why
void keep_periods(shared_personnel p);      // what is deleted when its period ends
void account_desk(shared_personnel p);      // helping people into their accounts, and closing them
void refusal_pages(shared_personnel p);     // why was I refused; the gate before pages
void listen_to_orders(shared_personnel p);  // notices, and what a post leaves behind

// ---- words that these pages share ----
std::string post_words(const context& c, const identity::post& p);
std::string person_words(const context& c, id person);
std::string order_words(const context& c, const personnel& p, const identity::order& o);
std::string roles_words(const context& c, const personnel& p,
                        const std::vector<std::string>& roles);

}  // namespace madang::access
