#pragma once
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "madang/base/base.hpp"

// Digital Credentials Query Language (OpenID for Verifiable Presentations 1.0, section 6): what a
// verifier asks for, and whether what came is that. For the format dc+sd-jwt.
namespace madang::credentials {

// A step of a claims path pointer (section 7): a member, all elements (null), or one element.
struct every_element {};
using path_step = std::variant<std::string, every_element, std::size_t>;

struct claim_query {
  std::string id;                              // may be empty when there are no claim_sets
  std::vector<path_step> path;
  std::vector<json::value> values;             // one of these; empty: any
};
struct credential_query {
  std::string id, format;
  std::vector<std::string> types;              // meta.vct_values
  std::vector<claim_query> claims;
  std::vector<std::vector<std::string>> claim_sets;   // in the order of preference
  bool multiple = false, bound = true;         // require_cryptographic_holder_binding
};
struct credential_set {
  std::vector<std::vector<std::string>> options;
  bool required = true;
};
struct dcql_query {
  std::vector<credential_query> credentials;
  std::vector<credential_set> sets;
};

// Refusal dcql.malformed; field: pointer to the place. 20 credentials, 100 claims each at most.
result<dcql_query> read_dcql(const json::value& v);

// Pointers (RFC 6901) to what a path selects; empty: nothing, or the path does not fit.
std::vector<std::string> selected(const json::object& claims, const std::vector<path_step>& path);

// Which places a credential with these claims has to show, by the first claim set it can satisfy.
// Nothing: it is not what is asked for. Its type (vct) counts too.
std::optional<std::vector<std::string>> places_for(const credential_query& q,
                                                   const json::object& claims);

// Whether what was presented, by the id of the credential query, answers the whole query. Refusals:
// dcql.missing (field: id that is wanted and not there), dcql.unasked, dcql.unfit (a presentation
// that does not show what its query wants).
outcome judge(const dcql_query& q,
              const std::map<std::string, std::vector<json::object>>& presented);

}  // namespace madang::credentials
