#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// What a client asks to be allowed beyond scopes: `authorization_details`, Rich Authorization
// Requests (RFC 9396). Which types there are and which members each has is data of the country;
// what stands in them is judged here by form, and by the system that owns the type by right.
namespace madang::signon {

// What may stand in one member of a type.
struct detail_field {
  enum class form { words, text, day };  // list of strings; string; "2026-12-31"
  std::string name;
  form is = form::text;
  bool required = false;
  std::size_t most = 0;             // words of the list, or characters of the text
  std::vector<std::string> one_of;  // words that may stand in the list; empty: any
};
struct detail_type {
  std::string name;                 // "type" of RFC 9396 section 2
  std::string owner;                // the system that is asked about it
  std::vector<detail_field> fields;
};

inline constexpr std::size_t longest_details = 8'000;  // octets of the parameter
inline constexpr std::size_t most_details = 10;        // elements

// {types: [{type, owner, fields: [{name, form, required, most, one_of}]}]}; "{issuer}" in one_of is
// the house's own address. Refusal signon.details: field names the entry that is wrong.
result<std::vector<detail_type>> read_detail_types(const json::value& v, std::string_view issuer);

// What came, when every element is of one of `types` whose name is among `allowed`, with members of
// that type and no others (section 5). Refusal oauth.invalid_authorization_details: field is a JSON
// pointer to what is wrong.
result<json::array> read_details(std::string_view text, const std::vector<detail_type>& types,
                                 const std::vector<std::string>& allowed);

// Whether each element asked for is within one of those that were granted (section 6): of the same
// type, its lists no longer, its days no later, its texts the same. Both have been read.
bool within(const json::array& granted, const json::array& asked,
            const std::vector<detail_type>& types);

}  // namespace madang::signon
