#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// What single claims a client asks for: the parameter `claims` (OpenID Connect Core 1.0 section
// 5.5) with `verified_claims` (OpenID Connect for Identity Assurance 1.0 section 6).
namespace madang::signon {

struct asked_claims {
  std::vector<std::string> plain;     // of userinfo: "name", "birthdate"
  std::vector<json::value> verified;  // of userinfo: {verification, claims} each, as they came
  bool several = false;               // verified_claims was a list, and is answered by one

  // Names of the claims in all of `verified`, each once.
  std::vector<std::string> verified_names() const;
};

// What stands under id_token is not read: claims of registers are never carried in tokens. Refusal
// oauth.invalid_request (field claims): no JSON object, or a verified_claims without verification,
// trust_framework or claims.
result<asked_claims> read_claims(std::string_view text);

// The part of `there` that is asked for; nothing when a value that was asked for is another
// (section 6.4.2: then all of it is left out). null asks for a member as it is; {value}, {values}
// for one of those; {max_age} for a time at most so many seconds before `at`; a list for those
// elements that are as any of its own.
std::optional<json::value> as_asked(const json::value& asked, const json::value& there,
                                    instant at);

}  // namespace madang::signon
