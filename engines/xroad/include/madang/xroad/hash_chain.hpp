#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/trust/bytes.hpp"
#include "madang/xroad/fault.hpp"

// Hash chains (Cybernetica T-4-20 and T-4-23, hashchain.xsd): one signature or one time stamp over
// many messages. Hashes are the leaves of a tree; each step is the digest of the DER of
//   DigestList ::= SEQUENCE OF SEQUENCE { OCTET STRING, UTF8String uri, SEQUENCE {} transforms }.
namespace madang::xroad {

struct digest_value {
  std::string method;  // URI of XML Signature
  trust::bytes value;
};

// What a verifier brings. `inputs`: those that must be referred to, with their digest if it is
// known. `resolve`: octets of a name; nothing: there is none. `trusts`: may a name that cannot be
// resolved stand with the digest that the chain gives (an attachment that was not kept)?
struct chain_question {
  std::string result;  // HashChainResult
  std::function<std::optional<std::string>(const std::string& uri)> resolve;
  std::function<bool(const std::string& uri)> trusts;
  std::map<std::string, std::optional<digest_value>> inputs;
};
// Refusals MalformedHashChain, InvalidReference, InvalidHashChainRef, InvalidHashChain,
// HashChainUnusedInputs. At most 1,024 steps, 64 deep, 10,000 values; a ring is malformed.
outcome verify_chain(const chain_question& q);

// A tree over hashes of SHA-512, each input one message, or a message with its attachments.
class chain_builder {
 public:
  void add(std::vector<trust::bytes> parts);
  // The result, and a chain for each input; files are named as their readers will find them. One
  // input of one part has neither: it is signed as it is.
  struct made {
    std::string result;
    std::vector<std::string> chains;
  };
  made build(const std::string& chain_file, const std::string& data_file) const;

 private:
  std::vector<std::vector<trust::bytes>> inputs_;
};

inline constexpr const char* sha512_uri = "http://www.w3.org/2001/04/xmlenc#sha512";

}  // namespace madang::xroad
