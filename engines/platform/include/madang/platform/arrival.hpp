#pragma once
#include "madang/identity/sessions.hpp"
#include "madang/platform/context.hpp"

namespace madang::platform {

// The end of every way in: the answer gets the cookie of the session and one by which this browser
// is known again; how she came in is kept; and whoever signs in from a browser that she never used
// before, having used others, is told in her message box. `tell`: false for invented people, whom
// many play from many browsers.
http::response arrive(context& c, const identity::session& s, const identity::method& how,
                      http::response to, bool tell = true);

}  // namespace madang::platform
