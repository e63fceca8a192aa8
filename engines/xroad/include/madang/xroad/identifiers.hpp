#pragma once
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/xroad/fault.hpp"

// Names of X-Road (PR-MESS section 2.1, PR-REST sections 4.1 and 4.3, identifiers.xsd): members,
// subsystems, services, security servers and groups. In addresses and headers a name is its parts,
// each percent-encoded, with "/" between.
namespace madang::xroad {

// A member, or a subsystem of one: who asks and who offers.
struct client_id {
  std::string instance, member_class, member_code, subsystem;  // subsystem may be empty

  auto operator<=>(const client_id&) const = default;
  client_id member() const { return {instance, member_class, member_code, {}}; }
  std::string str() const;  // "KR/GOV/1741000/residents"
};
struct service_id {
  client_id provider;
  std::string code, version;  // version: of SOAP services only

  auto operator<=>(const service_id&) const = default;
  std::string str() const;
};
struct server_id {
  client_id owner;  // a member
  std::string code;

  auto operator<=>(const server_id&) const = default;
  std::string str() const;
};
struct group_id {
  std::string instance, code;  // instance: empty for a local group
  auto operator<=>(const group_id&) const = default;
};

// What a part may be: 1 to 255 octets of UTF-8 without control characters, "/", "\", ":", ";" and
// "%", which break paths, XML and lists, and neither "." nor "..".
bool is_part(std::string_view s);

// "INSTANCE/CLASS/CODE[/SUBSYSTEM]", percent-encoded parts. Refusals InvalidClientIdentifier.
result<client_id> read_client(std::string_view s);
// Five parts: a REST service belongs to a subsystem. Refusals InvalidRest.
result<service_id> read_service(std::string_view s);
result<server_id> read_server(std::string_view s);
// "[CLASS/]CODE" of X-Road-Represented-Party.
struct represented_party {
  std::string party_class, party_code;
};
result<represented_party> read_represented_party(std::string_view s);

// An element of the type XRoadIdentifierType, whatever its name. Refusals InvalidXml (no XML, no
// type, a part too many or too few, or in another order than the schema has).
struct xml_identifier {
  std::string type;           // "MEMBER" "SUBSYSTEM" "SERVER" "GLOBALGROUP" "LOCALGROUP"
                              // "SERVICE"
  client_id client;           // of MEMBER, SUBSYSTEM, SERVICE (provider), SERVER (owner)
  std::string code, version;  // of SERVICE, SERVER, groups
};
result<xml_identifier> read_identifier(std::string_view xml);
std::string write_identifier(const xml_identifier& id, std::string_view element,
                             std::string_view element_space);

}  // namespace madang::xroad
