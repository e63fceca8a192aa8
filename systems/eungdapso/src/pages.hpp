#pragma once
#include <memory>
#include <string>
#include <vector>

#include "center.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

// The pages by subject; each function moves its pages in.
namespace madang::eungdapso {

using platform::context;
using platform::needs;
using office = std::shared_ptr<center>;

void report_pages(office o);   // the entry, the form, what is near, filing
void follow_pages(office o);   // one report: for everybody, and more for its reporter
void open_pages(office o);     // map, list, statistics, pictures
void crew_pages(office o);     // the crew's phone
void center_pages(office o);   // what comes by telephone and letter, releases, programs
void open311_pages(office o);  // GeoReport v2
void offer(office o);          // verbs over the exchange

// ---- for all of them ----

html::link home_link(const context& c);
audit::access why_of(const context& c, std::string reference = {});
std::string category_name(const context& c, const center& o, std::string_view id);
std::string department_name(const context& c, const center& o, std::string_view id);
std::string district_name(const context& c, std::string_view code);
// "서울특별시 종로구 청운효자동": what everybody may know of the place.
std::string place_name(const context& c, const report& r);
html::node state_badge(const context& c, const report& r);
std::string when_of(const context& c, instant t);
// Octets of the pictures that came with the form under that name.
std::vector<std::string> pictures_of(const context& c, std::string_view name);
std::optional<place> place_of(std::string_view latitude, std::string_view longitude);
forms::fields fields_of(const context& c);

// The map of the districts as an island round what serves without it. `source`: where its points
// come from (GeoJSON), `field`: names of the fields it fills with a chosen place; both may be
// empty.
struct map_view {
  std::string label = {}, source = {}, latitude_field = {}, longitude_field = {};
  std::optional<place> middle = {};
  int zoom = 6;
};
html::node map_island(const context& c, const center& o, const map_view& v,
                      const html::node& otherwise);

}  // namespace madang::eungdapso
