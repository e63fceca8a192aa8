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

// Whoever found a session open must not change the locks: what is done to ways in asks for a
// sign-in of the last minutes, with the second factor of who has one (OWASP ASVS 5.0 V7.5.1).
std::optional<http::response> must_show_first(context& c, bureau& b);
int must_show(const context& c, bureau& b);  // the level that is asked for anew; 0: none
bool has_second_factor(bureau& b, id person);

// A session begun with a password that was handed out opens the page where another is chosen.
std::optional<http::response> once_gate(context& c, const signon::presence& who,
                                        const std::string& route);

// A line in the log for each way in that did not open; nothing of what was shown.
void refused_sign_in(std::string_view how, const refusal& why);

void step_up_pages(house& h, shared_bureau b);

}  // namespace madang::access
