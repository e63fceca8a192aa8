#pragma once
#include <array>
#include <functional>

#include "madang/elections/format.hpp"
#include "madang/elections/group.hpp"

// Zero-knowledge proofs of section 4. They are all of one kind: one of several statements "this
// ciphertext holds this number" is true, and which one is not told.
namespace madang::elections {

struct encrypted {
  element alpha;
  element beta;
  encrypted operator*(const encrypted& o) const { return {alpha * o.alpha, beta * o.beta}; }
};
std::optional<encrypted> read(const ciphertext& c);
ciphertext write(const encrypted& c);

struct encrypted_powers {
  powers alpha;
  powers beta;
  explicit encrypted_powers(const encrypted& c) : alpha(c.alpha), beta(c.beta) {}
};

struct statement {
  const encrypted_powers* about;
  std::uint64_t value;
};

// `prefix` is what is hashed before the commitments, "prove|S|alpha,beta|" and the like.
std::vector<proof> prove_one_of(const std::string& prefix, const std::vector<statement>& all,
                                std::size_t true_one, const number& randomness,
                                const fixed_base& public_key, const element& public_element);
bool check_one_of(const std::string& prefix, const std::vector<statement>& all,
                  const std::vector<proof>& proofs, const fixed_base& public_key);

// Knowledge of the exponents of each (base, power): the commitments go into `hash`, which gives
// the challenge. Serves keys and signatures (one pair) and decryptions (two with one exponent).
using challenge_of = std::function<number(const std::vector<element>& commitments)>;
proof prove_exponent(const std::vector<element>& bases, const number& secret,
                     const challenge_of& hash);
bool check_exponent(const proof& p, const std::vector<const powers*>& bases,
                    const std::vector<const powers*>& images, const challenge_of& hash);

}  // namespace madang::elections
