// Counting what nobody can read, and opening the sum with everybody's share.
#include "madang/elections/poll.hpp"
#include "proofs.hpp"

namespace madang::elections {
namespace {

refusal bad_share() { return refuse(kind::invalid, "elections.decryption"); }

challenge_of share_challenge(const std::string& fingerprint, const std::string& public_key) {
  return [&](const std::vector<element>& c) {
    return hash_to_scalar("decrypt|" + fingerprint + "|" + public_key + "|" + c[0].decimal() + "," +
                          c[1].decimal());
  };
}

bool same_shape(const auto& a, const auto& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].size() != b[i].size()) return false;
  return true;
}

// The number n <= most with g^n = e.
std::optional<std::uint64_t> logarithm(const element& e, std::uint64_t most) {
  element power;
  for (std::uint64_t n = 0; n <= most; ++n) {
    if (power == e) return n;
    power = power * generator();
  }
  return {};
}

}  // namespace

counting::counting(const election& about) {
  for (const auto& q : about.questions)
    sizes_.push_back(q.answers.size() + q.blank.value_or(false));
}

void counting::add(const judged& cast) {
  const auto [at, first] = last_.insert_or_assign(cast.ballot.credential, cast);
  if (first) weight_ += cast.weight;
}

tally counting::sum() const {
  tally out;
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    std::vector<encrypted> sums(sizes_[i]);
    for (const auto& [credential, cast] : last_)
      for (std::size_t j = 0; j < sizes_[i]; ++j) {
        encrypted c = *read(cast.ballot.answers[i].choices[j]);
        if (cast.weight != 1) {
          const number weight(cast.weight);
          c = {powers(c.alpha).to(weight), powers(c.beta).to(weight)};
        }
        sums[j] = sums[j] * c;
      }
    auto& row = out.emplace_back();
    for (const auto& s : sums) row.push_back(write(s));
  }
  return out;
}

partial_decryption poll::decrypt(const elections::tally& sum, const number& private_key) const {
  const std::string public_key = generator().to_secret(private_key).decimal();
  partial_decryption out;
  for (const auto& row : sum) {
    auto& factors = out.decryption_factors.emplace_back();
    auto& proofs = out.decryption_proofs.emplace_back();
    for (const auto& c : row) {
      const auto alpha = element::read(c.alpha);
      check(alpha.has_value(), "a tally of ours");
      factors.push_back(alpha->to_secret(private_key).decimal());
      proofs.push_back(prove_exponent({generator(), *alpha}, private_key,
                                      share_challenge(fingerprint_, public_key)));
    }
  }
  return out;
}

outcome poll::check_share(const elections::tally& sum, std::size_t trustee,
                          const partial_decryption& share) const {
  if (trustee >= trustees_.size() || !same_shape(sum, share.decryption_factors) ||
      !same_shape(sum, share.decryption_proofs))
    return bad_share();
  const std::string& public_key = trustees_[trustee].public_key;
  const powers of_key(*element::read(public_key));
  for (std::size_t i = 0; i < sum.size(); ++i)
    for (std::size_t j = 0; j < sum[i].size(); ++j) {
      const auto alpha = element::read(sum[i][j].alpha);
      const auto factor = element::read(share.decryption_factors[i][j]);
      if (!alpha || !factor) return bad_share();
      const powers of_alpha(*alpha), of_factor(*factor);
      if (!of_factor.in_group() ||
          !check_exponent(share.decryption_proofs[i][j], {nullptr, &of_alpha},
                          {&of_key, &of_factor}, share_challenge(fingerprint_, public_key)))
        return bad_share();
    }
  return nothing{};
}

result<outcome_of_poll> poll::open_tally(const elections::tally& sum,
                                         const std::vector<partial_decryption>& shares,
                                         std::uint64_t most) const {
  if (shares.size() != trustees_.size()) return refuse(kind::conflict, "elections.incomplete");
  for (const auto& share : shares)
    if (!same_shape(sum, share.decryption_factors)) return bad_share();
  outcome_of_poll out;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    auto& row = out.result.emplace_back();
    for (std::size_t j = 0; j < sum[i].size(); ++j) {
      element factor;
      for (const auto& share : shares) {
        const auto one = element::read(share.decryption_factors[i][j]);
        if (!one) return bad_share();
        factor = factor * *one;
      }
      const auto beta = element::read(sum[i][j].beta);
      const auto n = beta ? logarithm(*beta * factor.inverse(), most) : std::nullopt;
      if (!n) return refuse(kind::conflict, "elections.incomplete");
      row.push_back(*n);
    }
  }
  return out;
}

}  // namespace madang::elections
