#include "proofs.hpp"

namespace madang::elections {
namespace {

struct response {
  number challenge;
  number answer;
};

std::optional<response> read(const proof& p) {
  auto challenge = read_scalar(p.challenge);
  auto answer = read_scalar(p.response);
  if (!challenge || !answer) return {};
  return response{std::move(*challenge), std::move(*answer)};
}

proof write(const response& r) { return {r.challenge.decimal(), r.answer.decimal()}; }

void append(std::string& out, const element& a, const element& b) {
  if (out.back() != '|') out += ',';
  out += a.decimal() + ',' + b.decimal();
}

// A = g^response alpha^challenge, B = y^response (beta / g^value)^challenge
void append_commitment(std::string& out, const statement& s, const response& r,
                       const fixed_base& y) {
  const auto& g = generator_powers();
  element b = y.to(r.answer) * s.about->beta.to(r.challenge);
  if (s.value != 0) b = b * g.to(difference(number(0), product(r.challenge, number(s.value))));
  append(out, g.to(r.answer) * s.about->alpha.to(r.challenge), b);
}

}  // namespace

std::optional<encrypted> read(const ciphertext& c) {
  auto alpha = element::read(c.alpha);
  auto beta = element::read(c.beta);
  if (!alpha || !beta) return {};
  return encrypted{std::move(*alpha), std::move(*beta)};
}

ciphertext write(const encrypted& c) { return {c.alpha.decimal(), c.beta.decimal()}; }

std::vector<proof> prove_one_of(const std::string& prefix, const std::vector<statement>& all,
                                std::size_t true_one, const number& randomness, const fixed_base& y,
                                const element& public_element) {
  const number w = random_scalar();
  std::vector<response> made(all.size());
  number others;
  std::string hashed = prefix;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == true_one) {
      append(hashed, generator().to_secret(w), public_element.to_secret(w));
      continue;
    }
    made[i] = {random_scalar(), random_scalar()};
    others = sum(others, made[i].challenge);
    append_commitment(hashed, all[i], made[i], y);
  }
  made[true_one].challenge = difference(hash_to_scalar(hashed), others);
  made[true_one].answer = difference(w, product(randomness, made[true_one].challenge));
  std::vector<proof> out;
  for (const auto& r : made) out.push_back(write(r));
  return out;
}

bool check_one_of(const std::string& prefix, const std::vector<statement>& all,
                  const std::vector<proof>& proofs, const fixed_base& y) {
  if (proofs.size() != all.size()) return false;
  number challenges;
  std::string hashed = prefix;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto r = read(proofs[i]);
    if (!r) return false;
    challenges = sum(challenges, r->challenge);
    append_commitment(hashed, all[i], *r, y);
  }
  return hash_to_scalar(hashed) == challenges;
}

proof prove_exponent(const std::vector<element>& bases, const number& secret,
                     const challenge_of& hash) {
  const number w = random_scalar();
  std::vector<element> commitments;
  for (const auto& base : bases) commitments.push_back(base.to_secret(w));
  const number challenge = hash(commitments);
  return write({challenge, difference(w, product(secret, challenge))});
}

bool check_exponent(const proof& p, const std::vector<const powers*>& bases,
                    const std::vector<const powers*>& images, const challenge_of& hash) {
  auto r = read(p);
  if (!r) return false;
  std::vector<element> commitments;
  for (std::size_t i = 0; i < bases.size(); ++i) {
    // No base given means the generator, which has its table.
    const element first = bases[i] ? bases[i]->to(r->answer) : generator_powers().to(r->answer);
    commitments.push_back(first * images[i]->to(r->challenge));
  }
  return hash(commitments) == r->challenge;
}

}  // namespace madang::elections
