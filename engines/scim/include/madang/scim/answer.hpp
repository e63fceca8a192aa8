#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/scim/filter.hpp"

// Lists, what of a resource is shown, versions and errors (RFC 7644 sections 3.4, 3.9, 3.12, 3.14).
namespace madang::scim {

inline constexpr std::size_t most_listed = 200;  // resources a page

struct wish {
  std::optional<scim::filter> filter;
  std::optional<path> sort;
  bool descending = false;
  std::int64_t start = 1, count = most_listed;
  std::vector<path> attributes, excluded;
};

// Parameters of the address, or members of a SearchRequest, by name. Refusals: scim.filter,
// scim.path (sortBy, attributes), scim.value (startIndex, count, sortOrder, both lists at once).
using parameters = std::vector<std::pair<std::string, std::string>>;
result<wish> read_wish(const parameters& said, const shape& of);
result<parameters> search_request(const json::value& message);

// The part that is asked for; `schemas` and `id` always, what is never returned never.
json::object shown(const json::object& resource, const wish& w, const shape& of);
// Those that match, in order; all of them, so that the caller pages.
std::vector<const json::object*> chosen(const std::vector<json::object>& all, const wish& w);
// ListResponse of a page of `chosen`.
json::object listed(const std::vector<const json::object*>& chosen, const wish& w, const shape& of);

// Sets meta.version, which is a weak entity tag of all the rest, and gives it.
std::string stamp_version(json::object& resource);

// The message of an error; `word` may be empty.
json::object error(int status, std::string_view word, std::string_view detail);

}  // namespace madang::scim
