#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/store/store.hpp"
#include "madang/tlog/log.hpp"
#include "madang/tlog/policy.hpp"

// C2SP tlog-witness: somebody else who sees that a log only grows, and says so. A witness keeps the
// size and root it saw last, and nothing else of a log.
namespace madang::tlog {

// ---- the request ----
struct add_checkpoint_request {
  std::uint64_t old_size = 0;
  proof path;
  signed_checkpoint grown;
  std::string str() const;
};
// Refusals: tlog.witness_request, tlog.note, tlog.checkpoint.
result<add_checkpoint_request> parse_add_checkpoint(std::string_view body);

// What HTTP answers.
struct witness_answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class witness {
 public:
  // `signer` makes cosignatures; `logs` are the keys it trusts, each named as its log's origin.
  witness(store::database& db, note_signer signer, std::vector<verifier> logs);
  const verifier& key() const { return signer_.who(); }

  // Any octets. 200 with cosignatures; 400, 403, 404, 409 (with the size it knows), 422 as the
  // specification says. What is answered 200 is on disk.
  witness_answer add_checkpoint(std::string_view body);
  // The checkpoint cosigned last, by the SHA-256 of its log's origin in hexadecimal.
  std::optional<std::string> checkpoint_of(std::string_view origin_hash) const;

  struct seen {
    std::string origin;
    std::int64_t size = 0;
    instant at;
  };
  std::vector<seen> all() const;

 private:
  store::database& db_;
  note_signer signer_;
  std::vector<verifier> logs_;
};

// ---- the log's side ----
// Brings a request to a witness and its answer back; throws or refuses when it cannot be reached.
using witness_post = std::function<result<witness_answer>(const std::string& body)>;

struct witness_link {
  verifier key;
  witness_post post;
  std::uint64_t known = 0;         // what it is believed to have seen; corrected by its answers
};

// Asks one witness to cosign the newest checkpoint of the log. Refusals: what post refuses;
// tlog.witness_refused with its status (it has seen something this log has not: field "witness");
// tlog.signature when the answer is not signed by its key.
result<note_signature> ask(const tiled_log& l, const signed_checkpoint& newest, witness_link& w);

}  // namespace madang::tlog
