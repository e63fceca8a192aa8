#pragma once
#include <set>

#include "madang/pki/jws.hpp"
#include "programs.hpp"

// What ACME keeps: accounts, orders and proofs.
namespace madang::certification {

struct acme_account {
  id key;
  std::string thumbprint;
  json::value jwk;
  std::string contact, state;  // valid, deactivated, revoked
  id admitted;
  instant made;
};

struct acme_order {
  id key, account;
  std::string names, state, serial, error;
  instant expires;
};

struct acme_authorization {
  id key, owner, account;
  std::string name, token, state, error;
  std::optional<instant> validated;
  instant expires;
};

// Numbers that are good once, for an hour (RFC 8555 section 6.5). Those given out are told from
// others by a MAC, so only those used are remembered.
class nonces {
 public:
  std::string make();
  bool use(std::string_view nonce);

 private:
  const trust::bytes secret_ = trust::random_bytes(32);
  std::mutex gate_;
  std::map<std::string, instant> used_;
};

// What stands at http://NAME:PORT/.well-known/acme-challenge/TOKEN: 1 KiB at most, five seconds at
// most, no redirection followed, no proxy asked. Empty when there is no such answer.
std::string fetch_proof(const std::string& name, int port, const std::string& token);

BOOST_DESCRIBE_STRUCT(acme_account, (), (key, thumbprint, jwk, contact, state, admitted, made))
BOOST_DESCRIBE_STRUCT(acme_order, (), (key, account, names, state, serial, error, expires))
BOOST_DESCRIBE_STRUCT(acme_authorization, (),
                      (key, owner, account, name, token, state, error, validated, expires))

}  // namespace madang::certification
