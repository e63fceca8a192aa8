#pragma once
#include "finding.hpp"
#include "madang/documents/office.hpp"

// Internal: applications, their file, and the record of the decision that lies in it.
namespace madang::benefits {

inline constexpr const char* procedure_id = "benefit";

struct evaluation {
  id matter, person;
  std::string benefit;
  bool entitled = false;
  std::string record;              // canonical JSON (RFC 8785), which is what is signed
  store::bytes signature;          // CMS, detached
  instant at;

  json::value read() const;        // null when it cannot be read
};
struct award {
  id key, person;
  std::string benefit, amount;
  date starts;
  std::optional<date> ends;
  id matter;
};

std::optional<evaluation> evaluation_of(house& h, id matter);
std::vector<award> awards_of(house& h, id person);

// How officials handle applications (Social Security Benefits Act arts. 5 to 9).
void handle_claims(house& h, std::shared_ptr<const office> o);
// Reports about households in need (art. 13).
void handle_neighbours(house& h);
// Circumstances as other authorities tell them (arts. 7 and 23): the command
// benefits.circumstances {person, from, facts: {item: value}}.
void offer_circumstances(house& h);
http::response show_application(context& c, const office& o);
http::response apply(context& c, const office& o);
http::response show_record(context& c, const office& o);
http::response record_file(context& c, bool signature);
http::response show_mine(context& c, const office& o, finding& f);

// Facts of a decision and where each was taken from, as a list to read.
struct used_fact {
  std::string name, value, source;
};
BOOST_DESCRIBE_STRUCT(used_fact, (), (name, value, source))
std::vector<used_fact> used_facts(const context& c, const office& o, const json::value& record);

}  // namespace madang::benefits
