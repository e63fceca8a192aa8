#include "arc_group.hpp"

#include <algorithm>

namespace madang::trust::arc {
namespace {

constexpr std::string_view context_string = "ARCV1-P256";
constexpr std::size_t wide = 48, block = 64, hash_size = 32;

const BIGNUM* order() { return EC_GROUP_get0_order(group()); }

scalar fresh() {
  scalar out(BN_secure_new());
  must(out != nullptr, "BN_secure_new");
  return out;
}

element point() {
  element out(EC_POINT_new(group()));
  must(out != nullptr, "EC_POINT_new");
  return out;
}

void join(bytes& out, view more) { out.insert(out.end(), more.begin(), more.end()); }

// expand_message_xmd (RFC 9380 section 5.3.1).
bytes expand(view message, view dst, std::size_t length) {
  check(!dst.empty() && dst.size() <= 255, "a separation tag of 1 to 255 octets");
  bytes tail(dst.begin(), dst.end());
  tail.push_back(static_cast<std::uint8_t>(dst.size()));
  bytes first(block, 0);
  join(first, message);
  first.push_back(static_cast<std::uint8_t>(length >> 8));
  first.push_back(static_cast<std::uint8_t>(length));
  first.push_back(0);
  join(first, tail);
  const digest start = sha256(first);
  digest last{};
  bytes out;
  for (std::uint8_t i = 1; out.size() < length; ++i) {
    bytes next(hash_size);
    for (std::size_t at = 0; at < hash_size; ++at) next[at] = start[at] ^ last[at];
    next.push_back(i);
    join(next, tail);
    last = sha256(next);
    join(out, last);
  }
  out.resize(length);
  return out;
}

scalar reduced(view octets, const BIGNUM* by) {
  const auto n = number(octets);
  auto out = fresh();
  must(BN_nnmod(out.get(), n.get(), by, numbers()) == 1, "BN_nnmod");
  return out;
}

// Arithmetic modulo the prime of the curve, of public numbers.
struct field {
  scalar p = fresh(), a = fresh(), b = fresh();

  field() {
    must(EC_GROUP_get_curve(group(), p.get(), a.get(), b.get(), numbers()) == 1, "curve");
  }
  scalar mul(const BIGNUM* x, const BIGNUM* y) const {
    auto out = fresh();
    must(BN_mod_mul(out.get(), x, y, p.get(), numbers()) == 1, "BN_mod_mul");
    return out;
  }
  scalar add(const BIGNUM* x, const BIGNUM* y) const {
    auto out = fresh();
    must(BN_mod_add(out.get(), x, y, p.get(), numbers()) == 1, "BN_mod_add");
    return out;
  }
  scalar inv(const BIGNUM* x) const {
    auto out = fresh();
    must(BN_mod_inverse(out.get(), x, p.get(), numbers()) != nullptr, "BN_mod_inverse");
    return out;
  }
  scalar neg(const BIGNUM* x) const {
    auto out = fresh();
    must(BN_mod_sub(out.get(), p.get(), x, p.get(), numbers()) == 1, "BN_mod_sub");
    return out;
  }
  scalar word(unsigned long n) const {
    auto out = fresh();
    must(BN_set_word(out.get(), n) == 1, "BN_set_word");
    return out;
  }
  scalar curve(const BIGNUM* x) const {
    const auto cube = mul(mul(x, x).get(), x), line = mul(a.get(), x);
    return add(add(cube.get(), line.get()).get(), b.get());
  }
  // Nothing when there is none.
  scalar root(const BIGNUM* x) const {
    scalar out(BN_mod_sqrt(nullptr, x, p.get(), numbers()));
    ERR_clear_error();
    return out;
  }
};

// Simplified SWU (RFC 9380 section 6.6.2), Z = -10.
element mapped(const field& f, const BIGNUM* u) {
  const auto z = f.neg(f.word(10).get());
  const auto zu = f.mul(z.get(), f.mul(u, u).get());
  const auto tv = f.add(f.mul(zu.get(), zu.get()).get(), zu.get());
  scalar x;
  if (BN_is_zero(tv.get())) {
    x = f.mul(f.b.get(), f.inv(f.mul(z.get(), f.a.get()).get()).get());
  } else {
    const auto one = f.add(f.word(1).get(), f.inv(tv.get()).get());
    const auto slope = f.mul(f.neg(f.b.get()).get(), f.inv(f.a.get()).get());
    x = f.mul(slope.get(), one.get());
  }
  auto y = f.root(f.curve(x.get()).get());
  if (!y) {
    x = f.mul(zu.get(), x.get());
    y = f.root(f.curve(x.get()).get());
  }
  must(y != nullptr, "one of the two is a square");
  if (BN_is_odd(u) != BN_is_odd(y.get())) y = f.neg(y.get());
  auto out = point();
  must(EC_POINT_set_affine_coordinates(group(), out.get(), x.get(), y.get(), numbers()) == 1,
       "a point of the curve");
  return out;
}

element hashed(view message, view dst) {
  const field f;
  const auto all = expand(message, dst, 2 * wide);
  const auto first = mapped(f, reduced(view(all).first(wide), f.p.get()).get());
  const auto second = mapped(f, reduced(view(all).subspan(wide), f.p.get()).get());
  return sum(first.get(), second.get());
}

std::string tag_of(std::string_view what, std::string_view info) {
  return std::string(what).append(context_string).append(info);
}

// ComposeChallenge.
scalar challenge_of(const statement& s, const std::vector<element>& blinded) {
  bytes all;
  const auto add = [&](view octets) {
    all.push_back(static_cast<std::uint8_t>(octets.size() >> 8));
    all.push_back(static_cast<std::uint8_t>(octets.size()));
    join(all, octets);
  };
  for (const auto* e : s.elements) add(octets_of(e));
  for (const auto& e : blinded) add(octets_of(e.get()));
  if (!s.message.empty()) add(s.message);
  return scalar_of(all, std::string(context_string).append(s.label));
}

}  // namespace

const EC_GROUP* group() {
  static const EC_GROUP* const one = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  must(one != nullptr, "P-256");
  return one;
}

BN_CTX* numbers() {
  thread_local const owned_context one(BN_CTX_secure_new());
  must(one != nullptr, "BN_CTX_secure_new");
  return one.get();
}

scalar number(view octets) {
  scalar n(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
  must(n != nullptr, "BN_bin2bn");
  return n;
}

scalar random_scalar() {
  auto out = fresh();
  do
    must(BN_priv_rand_range(out.get(), order()) == 1, "BN_priv_rand_range");
  while (BN_is_zero(out.get()));
  return out;
}

scalar product(const BIGNUM* a, const BIGNUM* b) {
  auto out = fresh();
  must(BN_mod_mul(out.get(), a, b, order(), numbers()) == 1, "BN_mod_mul");
  return out;
}

scalar sum(const BIGNUM* a, const BIGNUM* b) {
  auto out = fresh();
  must(BN_mod_add(out.get(), a, b, order(), numbers()) == 1, "BN_mod_add");
  return out;
}

scalar negative(const BIGNUM* a) {
  auto out = fresh();
  must(BN_mod_sub(out.get(), order(), a, order(), numbers()) == 1, "BN_mod_sub");
  return out;
}

scalar inverse(const BIGNUM* a) {
  auto out = fresh();
  scalar in(BN_dup(a));
  must(in != nullptr, "BN_dup");
  BN_set_flags(in.get(), BN_FLG_CONSTTIME);
  must(BN_mod_inverse(out.get(), in.get(), order(), numbers()) != nullptr, "BN_mod_inverse");
  return out;
}

bytes octets_of(const BIGNUM* s) {
  bytes out(scalar_size);
  must(BN_bn2binpad(s, out.data(), scalar_size) == static_cast<int>(scalar_size), "BN_bn2binpad");
  return out;
}

const EC_POINT* generator_g() { return EC_GROUP_get0_generator(group()); }

const EC_POINT* generator_h() {
  static const auto one = group_of(octets_of(generator_g()), "generatorH");
  return one.get();
}

element times(const BIGNUM* s, const EC_POINT* p) {
  auto out = point();
  const bool base = p == generator_g();
  must(EC_POINT_mul(group(), out.get(), base ? s : nullptr, base ? nullptr : p, base ? nullptr : s,
                    numbers()) == 1,
       "EC_POINT_mul");
  return out;
}

element sum(const EC_POINT* a, const EC_POINT* b) {
  auto out = point();
  must(EC_POINT_add(group(), out.get(), a, b, numbers()) == 1, "EC_POINT_add");
  return out;
}

element difference(const EC_POINT* a, const EC_POINT* b) {
  element less(EC_POINT_dup(b, group()));
  must(less && EC_POINT_invert(group(), less.get(), numbers()) == 1, "EC_POINT_invert");
  return sum(a, less.get());
}

// One octet of zero for infinity, which nothing here reads.
bytes octets_of(const EC_POINT* p) {
  bytes out(element_size);
  const auto size = EC_POINT_point2oct(group(), p, POINT_CONVERSION_COMPRESSED, out.data(),
                                       out.size(), numbers());
  must(size > 0, "EC_POINT_point2oct");
  out.resize(size);
  return out;
}

element group_of(view message, std::string_view info) {
  return hashed(message, view_of(tag_of("HashToGroup-", info)));
}

scalar scalar_of(view message, std::string_view info) {
  return number(hash_to_scalar(message, view_of(tag_of("HashToScalar-", info))));
}

bytes hash_to_curve(view message, view dst) { return octets_of(hashed(message, dst).get()); }

bytes hash_to_scalar(view message, view dst) {
  return octets_of(reduced(expand(message, dst, wide), order()).get());
}

// ---- octets ----
element reader::next_element() {
  auto out = point();
  good_ = good_ && left_.size() >= element_size && (left_[0] == 2 || left_[0] == 3) &&
          EC_POINT_oct2point(group(), out.get(), left_.data(), element_size, numbers()) == 1;
  ERR_clear_error();
  if (good_) left_ = left_.subspan(element_size);
  return out;
}

scalar reader::next_scalar() {
  scalar out = number(good_ && left_.size() >= scalar_size ? left_.first(scalar_size) : view());
  good_ = good_ && left_.size() >= scalar_size && BN_cmp(out.get(), order()) < 0;
  if (good_) left_ = left_.subspan(scalar_size);
  return out;
}

void put(bytes& out, const EC_POINT* p) { join(out, octets_of(p)); }
void put(bytes& out, const BIGNUM* s) { join(out, octets_of(s)); }

// ---- proofs ----
std::vector<scalar> statement::prove(const std::vector<const BIGNUM*>& scalars) const {
  std::vector<scalar> blindings, out;
  for (std::size_t i = 0; i < scalars.size(); ++i) blindings.push_back(random_scalar());
  std::vector<element> blinded;
  for (const auto& c : constraints) {
    auto one = point();
    must(EC_POINT_set_to_infinity(group(), one.get()) == 1, "infinity");
    for (const auto& [s, e] : c.terms)
      one = sum(one.get(), times(blindings[s].get(), elements[e]).get());
    blinded.push_back(std::move(one));
  }
  out.push_back(challenge_of(*this, blinded));
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    const auto less = negative(product(out[0].get(), scalars[i]).get());
    out.push_back(sum(blindings[i].get(), less.get()));
  }
  return out;
}

bool statement::holds(const std::vector<scalar>& proof) const {
  std::vector<element> blinded;
  for (const auto& c : constraints) {
    auto one = times(proof[0].get(), elements[c.result]);
    for (const auto& [s, e] : c.terms)
      one = sum(one.get(), times(proof[s + 1].get(), elements[e]).get());
    blinded.push_back(std::move(one));
  }
  return BN_cmp(challenge_of(*this, blinded).get(), proof[0].get()) == 0;
}

}  // namespace madang::trust::arc
