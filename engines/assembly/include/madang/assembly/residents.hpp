#pragma once
#include <functional>
#include <string>

#include "madang/exchange/exchange.hpp"

namespace madang::assembly {

struct resident {
  std::string town, sex;           // codes
  date born;
};

// Everybody in the register of residents as of today, for a number out of it. One entry about
// everybody says so in each resident's trail. `with_persons`: sex and day of birth are asked for
// too, else they are empty. `stopped` is asked now and then. False where the register lies
// elsewhere, or when it was stopped; what was looked at until then is then worth nothing.
bool each_resident(exchange::hub& hub, const audit::access& why, bool with_persons,
                   const std::function<bool()>& stopped,
                   const std::function<void(const resident&)>& look);

}  // namespace madang::assembly
