#pragma once
#include <memory>
#include <string>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "registrar.hpp"

// The pages and protocols by subject; each function moves its routes in.
namespace madang::certification {

using platform::context;
using platform::needs;
using platform::house;
using office = std::shared_ptr<registrar>;

void protocol_routes(office o);  // certificates, lists, OCSP, time stamps, trust list
void acme_routes(office o);      // RFC 8555
void enrolment_routes(office o); // EST and CMP
void open_pages(office o);       // what it is, checking a certificate
void holder_pages(office o);     // applying, my certificates
void desk_pages(office o);       // the authority's officials
void program_pages(office o);    // theirs for keys of programs
void recovery_pages(office o);   // encryption keys that two officers give back
void holder_query(office o);     // whom a certificate names, for other systems
// Checking what others have signed; `o` is null in a country without authorities of its own.
void signature_pages(house& h, office o);

// ---- for all of them ----

html::link home_link(const context& c);
audit::access why_of(const context& c, const char* purpose, std::string reference = {});
outcome only_officers(const context& c);  // refusal: certification.officers
std::string authority_name(const context& c, const registrar& o, std::string_view id);
html::node state_badge(const context& c, const std::string& state);
html::node story(const context& c, registrar& o, const std::string& serial);
std::string pretty(std::string_view serial);  // in groups of four
html::node certificate_facts(const context& c, const registrar& o, const certificate& row);

}  // namespace madang::certification
