#pragma once
#include <string_view>

#include "madang/html/node.hpp"

namespace madang::html {

// A page of another site within ours, not shown: the one use is to tell that site's part of this
// browser that a session is over (OpenID Connect Front-Channel Logout). In a sandbox that lets its
// script run and reach what is its own, and nothing of ours. The page's policy must allow its
// origin (frame-src); an address that is no http or https one gives nothing.
node hidden_frame(std::string_view address, std::string_view title);

// A broadcast of another site within ours: in a sandbox that lets its player run and show itself
// whole, and neither lead the page away nor send a form. As above the page's policy must allow its
// origin, and an address that is no http or https one gives nothing.
node video_frame(std::string_view address, std::string_view title);

}  // namespace madang::html
