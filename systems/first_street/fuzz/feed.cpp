// Feeds from anybody: whatever the octets, what is kept is bounded UTF-8 with addresses of the web.
#include <cstdint>
#include <string_view>

#include "../src/feed.hpp"
#include "madang/base/check.hpp"
#include "madang/base/text.hpp"

using namespace madang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  (void)first_street::mail_date(octets);
  const auto read = first_street::read_feed(octets);
  if (!read) return 0;
  check(read->entries.size() <= first_street::most_entries, "bounded");
  for (const auto& e : read->entries) {
    check(e.link.starts_with("http://") || e.link.starts_with("https://"), "an address of the web");
    check(text::is_utf8(e.title) && text::is_utf8(e.summary), "text");
    check(!e.title.empty() && text::length(e.title) <= first_street::longest_title, "a title");
    check(text::length(e.summary) <= first_street::longest_summary, "a summary");
    check(!e.id.empty() && e.id.size() <= first_street::longest_address, "a name");
  }
  return 0;
}
