#pragma once
#include "registrar.hpp"

// Programs of agencies that get certificates by themselves (ACME, EST, CMP), and the keys by which
// an official of the authority admits them.
namespace madang::certification {

struct program_key {
  id key;
  std::string kid;      // external account binding (RFC 8555 section 7.3.4), user name of EST,
                        // reference of CMP
  trust::bytes secret;  // 32 octets; EST and CMP know it as its base64url text
  std::string authority, agency, names;
  instant made;
  std::string made_by;
  id account;        // of ACME; 0: none yet
  std::string kind;  // "server", "device"

  std::string password() const { return text::base64url(secret); }
};

// Refusals: certification.authority at "authority", certification.agency at "agency",
// certification.kind at "kind", certification.dns or certification.number at "names".
result<program_key> admit_program(registrar& o, const audit::access& why, const program_key& wish);
std::vector<program_key> program_keys(registrar& o);
std::optional<program_key> program_with(registrar& o, std::string_view kid);
// May a program with this key ask for that name? A server's must be one of its names or lie below
// one; a device's number must be one of them or begin with one that ends in a hyphen.
bool may_ask(const program_key& k, std::string_view name);

// A wish in the words of a request that proved possession of its key, checked against what the
// program may ask. `names`: of DNS (common name and subjectAltName together) or a device's number.
// Refusals: certification.dns, certification.number.
result<program_wish> wish_for(const program_key& k, const trust::bytes& key,
                              const std::string& common_name, const std::vector<std::string>& dns);

// On behalf of the program: "EST, 종로구".
audit::access why_of_program(const registrar& o, const char* protocol, const program_key& k);

BOOST_DESCRIBE_STRUCT(program_key, (),
                      (key, kid, secret, authority, agency, names, made, made_by, account, kind))

}  // namespace madang::certification
