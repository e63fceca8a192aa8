#pragma once
#include <string>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

// The pages of the portal by subject; each function moves its pages in.
namespace madang::gov24 {

using platform::context;
using platform::house;
using platform::needs;

void home_pages(house& h);         // the front page, search, completion
void catalogue_pages(house& h);    // services, categories, life events, exports
void apply_pages(house& h);        // questions, check, filing
void channel_pages(house& h);      // message box alone, or e-mail too
void text_message_pages(house& h);  // what comes in by text message
void my_pages(house& h);           // what I have to do, my cases, consents, notices, bundles
void my_case_pages(house& h);      // one case: what was said, decided, and what may be done now
void document_pages(house& h);     // my documents, downloads
void data_pages(house& h);         // who looked at my data; my data
void verify_pages(house& h);       // anyone verifies
void account_pages(house& h);      // sign in and out, acting in a post, language
// An address typed without choosing from the list, where its words say which town it is in.
struct settled_address {
  std::string text, town;
};
std::optional<settled_address> settle_address(context& c, std::string_view typed);

void address_pages(house& h);      // the address finder
void easy_pages(house& h);         // how parts of the portal work, easy to read
void information_pages(house& h);  // agencies, news, policies, about
void region_pages(house& h);       // districts: maps, lists, GeoJSON
void tile_pages(house& h);         // districts as vector tiles
void machine_pages(house& h);      // health, metrics, OpenAPI
void listen(house& h);             // notices and bundles from events

// What a service shows in a list.
struct service_line {
  std::string id, name, summary, agency, agency_name, category, fee;
  bool works = false;
};
BOOST_DESCRIBE_STRUCT(service_line, (),
                      (id, name, summary, agency, agency_name, category, fee, works))
service_line line_of(const context& c, const services::entry& e);
html::// `heading`: the level of the names, one below what stands over the list.
node service_list(const context& c, const std::vector<service_line>& lines, int heading);

// A bundle and where each of its services stands for its person.
struct bundle_item {
  std::string service, name, state, href;
};
BOOST_DESCRIBE_STRUCT(bundle_item, (), (service, name, state, href))
struct bundle {
  id key;
  std::string event, reference;
  instant begun;
  std::vector<bundle_item> items;
};
BOOST_DESCRIBE_STRUCT(bundle, (), (key, event, reference, begun, items))
std::vector<bundle> bundles_of(const context& c);

// A case and where it lies, for whoever is concerned in it.
struct found_case {
  cases::files* files = nullptr;
  cases::matter m;
};
audit::access about_case(const context& c, const found_case& f);

struct case_item {
  std::string key, number, procedure, name, state, due, opened;
};
BOOST_DESCRIBE_STRUCT(case_item, (), (key, number, procedure, name, state, due, opened))
case_item case_item_of(const context& c, const cases::matter& m);

html::tone tone_of(cases::state s);
std::string state_words(const context& c, const cases::matter& m);

}  // namespace madang::gov24
