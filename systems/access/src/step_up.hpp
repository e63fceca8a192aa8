#pragma once
#include "pages.hpp"

// More assurance for what needs it: the sign-in is repeated with a second factor, and what was
// being done goes on where it was.
namespace madang::access {

// 0: an account of another provider; 1: a password or the demonstration; 2: two factors.
int level_of(const context& c, bureau& b);

// Where to go on after signing in: `next` when it is a path of this house, else "/".
std::string ours(std::string_view next);

// Where a page needs more than she has: programs are told (RFC 9470 section 3), people are led to
// /sign-in/again and back. A form that was sent is kept for her for ten minutes.
http::response ask_for_step_up(context& c, bureau& b, int level);

// Whoever found a session open must not change the locks: who has an app, or a telephone that did
// not let her in, is asked for it before a way in is added or taken away. Nothing: go on.
std::optional<http::response> must_show_first(context& c, bureau& b);

void step_up_pages(house& h, shared_bureau b);

}  // namespace madang::access
