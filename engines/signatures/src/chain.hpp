#pragma once
#include <set>

#include "algorithms.hpp"
#include "madang/pki/path.hpp"
#include "madang/signatures/verify.hpp"

// Certificates and what is known of them at a time.
namespace madang::signatures {

// Material for validation: what the asker has and what the file brings.
struct pool {
  std::vector<bytes> certificates, lists, answers;
  void add_certificate(view der);
  void add_list(view der);
  void add_answer(view der);   // OCSPResponse or BasicOCSPResponse
};

enum class purpose { sign, stamp };

struct chain_result {
  bool good = false;
  std::string sub;              // sub-indication when it is not
  indication is = indication::indeterminate;
  std::vector<reason> reasons;
  std::vector<revocation_seen> revocations;
  bool all_embedded = true;     // the file brings everything about revocation that was needed

  chain_result& fail(std::string with, reason why,
                     indication as = indication::indeterminate) {
    sub = std::move(with);
    is = as;
    reasons.push_back(std::move(why));
    return *this;
  }
};

// Is a certificate good at `when` (RFC 5280 section 6, EN 319 102-1 section 5.2.6)? `known_by`: the
// instant by whose algorithms it is judged, not before `when`. `proven`: that what it signed was
// there at `when`.
struct asked_of {
  purpose what = purpose::sign;
  instant when, known_by;
  bool proven = false, revocation_needed = true;
};

class chains {
 public:
  chains(const policy& p, const pool& embedded) : policy_(p), embedded_(embedded) {}

  chain_result look(const bytes& certificate, const asked_of& q) const;
  // The reason when a name is dead at that instant.
  std::optional<reason> dead(const std::string& name, instant at) const;

 private:
  pki::path_answer path_of(const bytes& certificate, instant when) const;
  bool look_at(X509* x, X509* issuer, const asked_of& q, const pool& held, bool is_end,
               chain_result& out) const;

  const policy& policy_;
  const pool& embedded_;
};

}  // namespace madang::signatures
