#pragma once
#include "madang/scim/answer.hpp"
#include "madang/scim/patch.hpp"

// The user and the group of the examples of RFC 7643 section 8 and RFC 7644 section 3.
namespace madang::scim {

inline shape user_shape() {
  auto read = [](const char* text) {
    auto parsed = json::parse(text);
    check(parsed.ok(), "schema of the test");
    auto schema = read_schema(*parsed);
    check(schema.ok(), "schema of the test");
    return *schema;
  };
  const char* value_type = R"([{"name": "value"}, {"name": "type"},
      {"name": "display", "mutability": "readOnly"}, {"name": "primary", "type": "boolean"}])";
  const std::string user = R"({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [
      {"name": "userName", "required": true}, {"name": "nickName"}, {"name": "title"},
      {"name": "userType"}, {"name": "active", "type": "boolean"},
      {"name": "code", "caseExact": true}, {"name": "level", "type": "integer"},
      {"name": "secret", "returned": "never"}, {"name": "costly", "returned": "request"},
      {"name": "born", "mutability": "immutable"},
      {"name": "displayName", "mutability": "readOnly"},
      {"name": "name", "type": "complex", "subAttributes": [{"name": "familyName"},
          {"name": "givenName"}, {"name": "formatted", "mutability": "readOnly"}]},
      {"name": "emails", "type": "complex", "multiValued": true, "subAttributes": )" +
                           std::string(value_type) + R"(},
      {"name": "ims", "type": "complex", "multiValued": true, "subAttributes": )" +
                           value_type + R"(},
      {"name": "members", "type": "complex", "multiValued": true, "subAttributes": )" +
                           value_type + R"(},
      {"name": "addresses", "type": "complex", "multiValued": true, "subAttributes": [
          {"name": "type"}, {"name": "streetAddress"}, {"name": "locality"}]}]})";
  return {"User",
          "/Users",
          read(user.c_str()),
          {read(R"({"id": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                    "attributes": [{"name": "employeeNumber"}, {"name": "department"}]})")}};
}

inline json::object user(const char* text) {
  auto parsed = json::parse(text);
  check(parsed.ok() && parsed->is_object(), "resource of the test");
  return parsed->get_object();
}

inline const char* const bjensen = R"({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "2819c223-7f76-453a-919d-413861904646", "userName": "bjensen", "title": "Tour Guide",
    "userType": "Employee", "active": true, "code": "Ab", "level": 7, "displayName": "Babs",
    "name": {"familyName": "Jensen", "givenName": "Barbara", "formatted": "Ms. Barbara Jensen"},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": true},
               {"value": "babs@jensen.org", "type": "home"}],
    "addresses": [{"type": "work", "streetAddress": "100 Universal City Plaza",
                   "locality": "Hollywood"}, {"type": "home", "locality": "Hollywood"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "701984"},
    "meta": {"resourceType": "User", "lastModified": "2011-05-13T04:42:34Z"}})";

}  // namespace madang::scim
