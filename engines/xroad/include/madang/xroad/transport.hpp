#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/xroad/container.hpp"

// A message between two nodes (PR-MESSTRANSP section 3.1): multipart/mixed with the answers of OCSP
// about the sender's server, the head, the body, hash chains and the signature, in that order.
namespace madang::xroad {

struct transport_message {
  std::vector<trust::bytes> answers;  // of requests only
  bool response = false;
  std::string head;  // octets of the REST message
  std::optional<std::string> body;
  std::string chain_result, chain, signature;

  signed_message as_signed() const;
};
struct encoded {
  std::string content_type, body;
};
encoded encode(const transport_message& m);
// Refusals InvalidContentType, MimeParsingFailed, MissingRest, MissingSignature; the fault that the
// other node sent instead of a signature, as it says it.
result<transport_message> decode(std::string_view content_type, std::string_view body);

// What a node says when it refuses before it answers: a SOAP fault (section 3.1).
std::string write_fault(const refusal& why, const std::string& detail);
refusal read_fault(std::string_view xml);

}  // namespace madang::xroad
