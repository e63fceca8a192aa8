#pragma once
#include <string>
#include <vector>

#include "pages.hpp"

namespace madang::access {

// What a client asks by one element of `authorization_details`, in the words of the system that
// owns it: from which agency which items, for what, until when.
struct detail_choice {
  std::string value, label;
};
BOOST_DESCRIBE_STRUCT(detail_choice, (), (value, label))
struct detail_group {
  std::string agency, reg, law;
  std::vector<detail_choice> choices;
};
BOOST_DESCRIBE_STRUCT(detail_group, (), (agency, reg, law, choices))
struct detail_view {
  std::string purpose, until;
  std::vector<detail_group> groups;
  std::string owner, element;           // the element itself, as JSON
  std::string choices_in, day_in;       // its members that she may lessen
  std::string stops_at;                 // page where she stops it
};
BOOST_DESCRIBE_STRUCT(detail_view, (),
                      (purpose, until, groups, owner, element, choices_in, day_in, stops_at))

// The types of the pack (signon/authorization_details.yaml), and how their owners are asked.
// Throws packs::broken_pack.
void offer_details(house& h, signon::options& o);
// Refusals: of the owner, when it may not be asked for any more.
result<std::vector<detail_view>> details_in_words(const context& c, bureau& b,
                                                  const signon::request& r);
html::node details_part(const context& c, const std::vector<detail_view>& all,
                        const refusal* wrong = nullptr);
// What the form leaves of it. Refusals: signon.details_none, signon.details_until.
result<json::array> details_chosen(const context& c, const std::vector<detail_view>& all);
std::string details_name(std::string_view ticket, id person);
// Kept by the owners, under that name. Refusals: of the owner.
outcome grant_details(const context& c, bureau& b, const signon::client& by,
                      const std::string& name, const json::array& details);
void stop_details(const context& c, bureau& b, const std::vector<std::string>& names);
void details_doors(house& h, shared_bureau b);
// A call to another system, as it hands it on (access.bearer, access.granted).
signon::call call_in(const json::value& in);

}  // namespace madang::access
