#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// Feeds of other sites: Atom (RFC 4287), RSS 2.0 and RSS 1.0, as they are found: dates of mail,
// text that holds markup, entries without a name of their own. What comes out is plain text,
// bounded, with addresses of the web only.
namespace madang::first_street {

struct feed_entry {
  std::string id;                  // the feed's own name for it, else its address
  std::string title, summary;      // plain text, `longest_title` and `longest_summary` characters
  std::string link;                // http or https
  std::optional<instant> at;       // nothing: it does not say
};

struct feed {
  std::string title;
  std::vector<feed_entry> entries; // as they stand; `most_entries` at most
};

inline constexpr std::size_t feed_octets = 2u << 20, most_entries = 100;
inline constexpr std::size_t longest_title = 200, longest_summary = 400, longest_address = 1000;

// Refusals feed.too_large, feed.broken (no XML, or with a document type, which may name entities),
// feed.unknown (XML, but no feed).
result<feed> read_feed(std::string_view octets);

// "Mon, 02 Mar 2026 09:00:00 +0900": RFC 5322 section 3.3, with the zones by name of RFC 822 that
// feeds still use (GMT, UT, Z, and KST).
std::optional<instant> mail_date(std::string_view s);

// Text without tags, references resolved, blanks joined.
std::string plain_text(std::string_view markup);

}  // namespace madang::first_street
