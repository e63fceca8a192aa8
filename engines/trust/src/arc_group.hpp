#pragma once
#include <openssl/bn.h>
#include <openssl/ec.h>

#include <string_view>
#include <utility>
#include <vector>

#include "madang/trust/arc.hpp"
#include "openssl.hpp"

// Internal: the group of ARC(P-256) and its proofs (sections 3.1, 5.1 and 6.1 of the draft).
namespace madang::trust::arc {

using owned_context = owned<BN_CTX, BN_CTX_free>;
using scalar = owned<BIGNUM, BN_clear_free>;
using element = owned<EC_POINT, EC_POINT_clear_free>;

const EC_GROUP* group();
BN_CTX* numbers();                 // of this thread

scalar number(view octets);
scalar random_scalar();
scalar product(const BIGNUM* a, const BIGNUM* b);
scalar sum(const BIGNUM* a, const BIGNUM* b);
scalar negative(const BIGNUM* a);
scalar inverse(const BIGNUM* a);
bytes octets_of(const BIGNUM* s);

const EC_POINT* generator_g();
const EC_POINT* generator_h();
element times(const BIGNUM* s, const EC_POINT* p);
element sum(const EC_POINT* a, const EC_POINT* b);
element difference(const EC_POINT* a, const EC_POINT* b);
bytes octets_of(const EC_POINT* p);

element group_of(view message, std::string_view info);        // HashToGroup
scalar scalar_of(view message, std::string_view info);        // HashToScalar

// Reads one after the other; whatever is wrong makes everything wrong.
class reader {
 public:
  explicit reader(view all) : left_(all) {}
  element next_element();
  scalar next_scalar();
  bool good() const { return good_ && left_.empty(); }

 private:
  view left_;
  bool good_ = true;
};
void put(bytes& out, const EC_POINT* p);
void put(bytes& out, const BIGNUM* s);

// What is proved of elements: that some are sums of others by the same secret scalars.
struct statement {
  std::string_view label;
  std::vector<const EC_POINT*> elements;
  struct constraint {
    std::size_t result;
    std::vector<std::pair<std::size_t, std::size_t>> terms;   // scalar, element
  };
  std::vector<constraint> constraints;
  view message = {};

  // Challenge, then one response for each scalar.
  std::vector<scalar> prove(const std::vector<const BIGNUM*>& scalars) const;
  bool holds(const std::vector<scalar>& proof) const;
};

}  // namespace madang::trust::arc
