#pragma once
#include "madang/xml/xml.hpp"
#include "madang/xroad/identifiers.hpp"

namespace madang::xroad {

inline constexpr const char* identifiers_space = "http://x-road.eu/xsd/identifiers";
inline constexpr const char* xroad_space = "http://x-road.eu/xsd/xroad.xsd";

result<xml_identifier> identifier_of(const xml::node& n);
// XRoadClientIdentifierType as a schema alone judges it: configurations of the wild call a
// subsystem a member.
result<client_id> client_in(const xml::node& n);
// The children alone, with the prefix "id".
std::string identifier_parts(const xml_identifier& id);
std::string escaped(std::string_view s);  // text and attribute values of XML

}  // namespace madang::xroad
