#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "madang/base/time.hpp"
#include "madang/signatures/make.hpp"
#include "madang/xroad/certificates.hpp"
#include "madang/xroad/message.hpp"

// A signed message as it is kept and handed out: ASiC-E (EN 319 162-1) with the message, its
// signature, hash chains and the batch time stamp (PR-SIGDOC).
namespace madang::xroad {

// A message with its signature, as it passed between two nodes or lies in the log.
struct signed_message {
  std::string message;                   // octets of message.xml
  std::vector<std::string> attachments;  // /attachment1 ...
  std::string signature;                 // META-INF/signatures.xml
  std::string chain_result, chain;       // of a batch signature; both empty: none
};

struct time_stamp {
  std::string chain_result, chain;  // of a batch; both empty: over the signature value
  trust::bytes token;               // RFC 3161
};

// Signs the message and its attachments, each by its own reference.
struct message_signer {
  signatures::signer who;
  std::vector<trust::bytes> answers;  // of OCSP about the certificate, now
};
std::string sign_message(const std::string& message, const std::vector<std::string>& attachments,
                         const message_signer& by, instant at);

// By the rules of the verifier of the origin: references, hash chain, name of the signer, value,
// certificate at `at` with the answers in the signature. Refusals as they say: MalformedSignature,
// MalformedSignature.<hash chain>, IncorrectCertificate, InvalidSignatureValue, and those of
// verify_certificate.
// `files`: of the container that it lies in, for chains that name some besides.
outcome verify_message(const signed_message& m, const client_id& sender, const shared_parameters& p,
                       instant at, const std::map<std::string, std::string>& files = {});

std::string write_container(const signed_message& m, const time_stamp& stamp);

struct container {
  signed_message signed_part;
  time_stamp stamp;
  std::map<std::string, std::string> files;  // name -> octets
};
// Refusals AsicMimeTypeNotFound, AsicInvalidMimeType, AsicMessageNotFound, AsicSignatureNotFound,
// AsicHashChainNotFound, AsicHashChainResultNotFound, AsicInvalidContainer.
result<container> read_container(std::string_view zip);

struct container_report {
  message_head head;
  std::string signer, stamper;       // subjects
  std::optional<instant> signed_at;  // claimed
  instant stamped_at;
};
// The instant that counts is the time stamp's. Besides the refusals above: AsicTimestampNotFound,
// TimestampValidation, MalformedSignature (the stamp's hash chain), InvalidMessage.
result<container_report> verify_container(std::string_view zip, const configuration& c);

}  // namespace madang::xroad
