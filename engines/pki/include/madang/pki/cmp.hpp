#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "madang/pki/authority.hpp"

// An authority's side of the Certificate Management Protocol (RFC 9810, which replaces RFC 4210):
// ir, cr, p10cr, kur, rr and certConf, without polling and without general messages.
namespace madang::pki {

// Who speaks, proven by the protection of the message (RFC 9810 section 5.1.3).
struct cmp_sender {
  std::string reference;  // PasswordBasedMac under the secret of this reference; else empty
  std::string key_id;     // signature by a certificate of ours with this subjectKeyIdentifier, hex
};

struct cmp_wish {
  cmp_sender from;
  trust::bytes key;  // SubjectPublicKeyInfo, whose possession has been proven
  std::string common_name;
  std::vector<std::string> dns;  // subjectAltName, lower case
  std::string replaces;          // kur: serial of the certificate that it renews; else empty
};

// Answers the messages of one authority. Safe for many threads.
class cmp_responder {
 public:
  // What only the owner of the books can do. They are called at most once a message, after its
  // protection was verified, except `secret`, which is what it is verified with.
  struct duties {
    std::function<std::optional<trust::bytes>(const std::string& reference)> secret;
    // DER of the certificate. A refusal is told to the sender as `rejection`, with its code.
    std::function<result<trust::bytes>(const cmp_wish&)> issue;
    std::function<outcome(const cmp_sender&, const std::string& serial, const std::string& reason)>
        revoke;
  };
  cmp_responder(const authority& a, duties d);
  ~cmp_responder();

  // The answer in DER, an error message where the standard wants one; nothing when `message` (64
  // KiB at most) is no PKIMessage. What a sender did not accept (certConf with another status or
  // hash) is revoked. Between a certificate and its certConf a transaction is remembered here, in
  // memory, for ten minutes; whoever asks for implicit confirmation needs no second message.
  std::optional<trust::bytes> answer(trust::view message);

  static constexpr std::size_t longest_message = 64u << 10;

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace madang::pki
