#pragma once
#include <string>
#include <string_view>

#include "madang/base/base.hpp"

// The two forms of an answer of Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), made from one
// tree: JSON as it is, XML with an element for each member. What is null is an empty element.
namespace madang::eungdapso {

// `root` names the outermost element. Members of a list are called by the singular that the
// specification gives: services/service, service_requests/request, attributes/attribute and so on.
std::string as_xml(const json::value& v, std::string_view root);

// A moment as the examples of the specification write it, to the second and in UTC.
std::string w3c_time(instant t);

// "attribute[CODE]" or "attribute[CODE][]" -> "CODE"; empty: it is no attribute.
std::string_view attribute_code(std::string_view field);

// Which requests a list holds, by its start and end (section "GET Service Requests"): 90 days at
// most, the last 90 where neither is given. Refusals open311.date, open311.span at the parameter.
struct span_of_days {
  instant from, until;
};
inline constexpr int most_days = 90;
inline constexpr std::size_t most_rows = 1000;
result<span_of_days> span_of(std::string_view start, std::string_view end, instant at);

}  // namespace madang::eungdapso
