#pragma once
#include <string>
#include <vector>

#include "madang/platform/house.hpp"
#include "madang/voices/book.hpp"

// What every system that hears voices needs beneath its pages: its book, with a key of its own, and
// the way of its leaves to the public log.
namespace madang::assembly {

// The secret of a system, made once and put away under the house's passphrase: whoever takes the
// disk without it has nothing. Throws std::runtime_error when it opens with another passphrase.
std::string secret_of(platform::house& h, const std::string& system, const std::string& name);

// The book of a system, by rules of one law (key of a text). Working days end with the day.
voices::book book_of(platform::house& h, const std::string& system,
                     std::vector<voices::rule> rules);

// Tells the log "votes" what is new in a book. One thread at a time.
class log_of_votes {
 public:
  static constexpr const char* name = "votes";
  log_of_votes(platform::house& h, std::string system, std::string law)
      : house_(h), system_(std::move(system)), law_(std::move(law)) {}
  // Throws std::runtime_error when the log refuses; a country without one keeps its leaves all the
  // same.
  void enter(const voices::book& b);

 private:
  platform::house& house_;
  std::string system_, law_;
  std::int64_t entered_ = 0;       // the last leaf that the log has
};

}  // namespace madang::assembly
