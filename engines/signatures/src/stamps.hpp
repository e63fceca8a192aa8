#pragma once
#include "signer_check.hpp"

// Time stamp tokens (RFC 3161), and the process that goes from the newest of them inwards.
namespace madang::signatures {

struct token {
  std::shared_ptr<signed_data> cms;
  std::string digest;             // of the imprint
  bytes imprint;
  instant at;

  static std::optional<token> read(view der);
  bool covers(std::span<const view> data) const;
  bool covers(view data) const {
    const view spans[] = {data};
    return covers(spans);
  }
};

struct found_stamp {
  stamp_seen::what kind = stamp_seen::what::signature;
  std::optional<token> said;      // empty: unreadable
  bool covers = false;            // the imprint is of what it should be
  bool covers_evidence = false;   // and that includes the material for validation
};

struct stamp_judgement {
  bool good = false;
  stamp_seen seen;
  std::vector<reason> reasons;
  std::vector<revocation_seen> revocations;
};
// Does it hold at `control`?
stamp_judgement judge_stamp(const found_stamp& s, const policy& p, const pool& embedded,
                            instant control);

// A signature whose cryptography holds, as the general process gets it from any format.
struct presented {
  bytes certificate;
  std::string digest, key;
  bool bound = false;
  pool embedded;
  std::vector<found_stamp> on_signature, over_all;
};
// Fills indication, level, time and reasons (EN 319 102-1 section 5.6).
void judge(const presented& what, const policy& p, signature& out);

// Names of the certificate for the report.
void name_signer(const bytes& certificate, signature& out);
void settle(signature& out, indication is, std::string sub, reason why);
// What check_signer found, when it is not good: settled, and true is given back.
bool settle_crypto(const signer_check& c, signature& out);

}  // namespace madang::signatures
