#pragma once
#include <functional>
#include <string>

#include "madang/platform/house.hpp"
#include "madang/voices/passes.hpp"
#include "madang/voices/tokens.hpp"

// What the browser does in one's own country, done here for the people of an invented one: a token
// or a pass is made, signed unseen by the house, and finished. Nobody else may use it: a house that
// makes the token of a person knows it.
namespace madang::assembly {

// `why` is of who gets it, and `at` when she asks. Refusals of key_for() and issue().
result<voices::token> invented_token(voices::token_office& office, const audit::access& why,
                                     const voices::ask& a, const std::string& bucket, instant at);
// The voice of a new pass, given at the time at which it was made.
result<voices::shown_pass> invented_pass(voices::pass_office& office, const audit::access& why,
                                         const voices::ask& a, voices::saying s, instant at);

// Tells by the gauge madang_SYSTEM_demonstration_waiting (1 or 0) whether the people of the
// demonstration are still speaking: it goes on for seconds after a new house has opened.
void watch_invented(platform::house& h, const std::string& system, std::function<bool()> done);

}  // namespace madang::assembly
