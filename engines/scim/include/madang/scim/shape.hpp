#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// What resources of SCIM 2.0 look like (RFC 7643): schemas as data, resource types made of them.
// Nothing in this room knows who is behind a resource: resources are JSON objects.
//
// Refusals of the room are "scim.<what>", and word_of gives the scimType of RFC 7644 section 3.12.
namespace madang::scim {

enum class mutability { read_write, read_only, immutable, write_only };  // RFC 7643 section 7

struct attribute {
  std::string name;
  std::string type = "string";  // boolean, integer, decimal, dateTime, reference, complex
  bool multi = false, required = false, case_exact = false;
  scim::mutability change = mutability::read_write;
  std::string returned = "default";  // always, never, request
  std::vector<attribute> subs;       // of a complex one

  bool complex() const { return type == "complex"; }
  const attribute* sub(std::string_view name) const;  // without regard to case; null: none
};

struct schema {
  std::string id;
  std::vector<attribute> attributes;
  json::object said;  // as /Schemas shows it

  const attribute* find(std::string_view name) const;
};

// Member `attributes` as RFC 7643 section 7 writes it. Refusal scim.schema: field names the member.
result<schema> read_schema(const json::value& v);

// A resource type with the schemas that it is made of.
struct shape {
  std::string name, endpoint;  // "User", "/Users"
  schema base;
  std::vector<schema> extensions;

  // Of the base schema, or one that all resources have (RFC 7643 section 3.1); null: none.
  const attribute* find(std::string_view name) const;
  // The base or an extension, by its URN without regard to case; null: none.
  const schema* find_schema(std::string_view urn) const;
};

// The member of that name, without regard to case (RFC 7643 section 2.1); null: none.
const json::value* member(const json::object& o, std::string_view name);
json::value* member(json::object& o, std::string_view name);

// "invalidFilter" of "scim.filter"; empty where the standard has no word.
std::string_view word_of(std::string_view code);

// Two values of an attribute are the same: texts by its case_exact, all others as they stand.
bool same(const json::value& a, const json::value& b, bool case_exact);

}  // namespace madang::scim
