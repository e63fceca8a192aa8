#pragma once
#include <optional>
#include <string>

#include "madang/html/html.hpp"
#include "calendar.hpp"
#include "madang/assembly/assembly.hpp"
#include "street.hpp"

// What several pages of this room show or read.
namespace madang::first_street {

// Day and time of a form: <name>_year, _month, _day, and <name>_time as "19:00".
std::optional<instant> moment_of(const context& c, const std::string& name);
std::optional<date> day_of(const context& c, const std::string& name);
html::date_parts parts_in(const context& c, const std::string& name);

html::node category_field(const context& c, const voices::rule& r, const std::string& chosen,
                          const refusal* why);
html::node alt_picture(const std::string& at, const upload& u);
// With the error of a refusal at this field.
html::field field_with(const context& c, const char* name, std::string_view label,
                       std::string value, const refusal* why, int most = 0);
std::string agency_words(const context& c, const street& s, std::string_view category);
html::link home_link(const context& c);
// What a reader may show of a file that somebody sent.
std::string_view octets_of_part(const context& c, std::string_view name);

// A proposal that a forum may be about.
struct candidate {
  std::string href, title, stage;
  std::int64_t likes = 0, wishes = 0;
  bool mine = false;               // wished for by who reads
};
BOOST_DESCRIBE_STRUCT(candidate, (), (href, title, stage, likes, wishes, mine))
// Those that the planning group wishes for most come first, then the most liked.
std::vector<candidate> candidates(const context& c, street& s);

// What a forum or an activity adds to the page of its ask.
assembly::shown forum_shown(context& c, street& s, const voices::ask& ask);
assembly::shown activity_shown(context& c, street& s, const voices::ask& ask);
html::node promise_list(const context& c, street& s, const std::vector<promise>& all);

happening happening_of(const context& c, const plan& p);
http::response calendar_file(const std::string& name,
                             const std::vector<happening>& all);

}  // namespace madang::first_street
