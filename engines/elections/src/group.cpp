#include "madang/elections/group.hpp"

#include <openssl/bn.h>

#include <algorithm>
#include <array>

#include "madang/base/base.hpp"

namespace madang::elections {
namespace {

constexpr std::string_view p_text =
    "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254"
    "49768433812906663313807895840496005438963628979639303877390572280360597374942767137677761889"
    "85898727358650490811670993105358677809800307904916540637771737641986785272734744763418356000"
    "35698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951"
    "13767265869358218004631792207366886005262718636338608879688212076943236614949100292344434637"
    "32221458841005864210502421203654335612013204811188524087310770141516662001623131771693721892"
    "48078507711827842317498073276598828825169183103125680162072880719";
constexpr std::string_view g_text =
    "24023526775018522092276877035323999327122876573783649165100753187876632741463532193202856761"
    "55269678799694668298749389095083896573425601900601068477164491735474137283104610458681314511"
    "78164675540052740288984613986453266121505579709716201616827031288643245666383486363578210615"
    "49184199825343151897406581868686511513585764101388822153960160432288436039309893336627728484"
    "06593138406010231675095763777982665103606822406635076697764025346253773085133173495194248967"
    "75405257365904949247763147599157519877517771148149092045660020547812705472823814097251863985"
    "8334115700568353695553423781475582491896050296680037745308460627";
constexpr std::string_view q_text =
    "78571733251071885079927659812671450121821421258408794611510081919805623223441";

constexpr int limit_digits = 620;
constexpr int digits = 64;   // of 4 bits, in a scalar
constexpr int windows = 43;  // of 6 bits, in a scalar
constexpr int window_bits = 6;
constexpr int window_size = 1 << window_bits;

BN_CTX* scratch() {
  thread_local std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> ctx(BN_CTX_new(), &BN_CTX_free);
  return ctx.get();
}

void must(int done) { check(done == 1, "arithmetic"); }

struct parameters {
  number p = *number::read(p_text), q = *number::read(q_text), g = *number::read(g_text);
  BN_MONT_CTX* mont = BN_MONT_CTX_new();
  parameters() { must(BN_MONT_CTX_set(mont, p.get(), scratch())); }
};

const parameters& group() {
  // Kept to the end: OpenSSL clears up before destructors of static objects run.
  static const auto& of_group = *new parameters;
  return of_group;
}

std::array<unsigned char, 32> octets_of(const number& scalar) {
  std::array<unsigned char, 32> out{};
  check(BN_bn2binpad(scalar.get(), out.data(), out.size()) == int(out.size()), "a scalar");
  return out;
}

}  // namespace

number::number() : bn_(BN_new()) { check(bn_ != nullptr, "memory"); }
number::number(std::uint64_t n) : number() { must(BN_set_word(bn_, n)); }
number::number(const number& other) : bn_(BN_dup(other.bn_)) { check(bn_ != nullptr, "memory"); }
number::number(number&& other) noexcept : bn_(std::exchange(other.bn_, nullptr)) {}
number& number::operator=(number other) noexcept {
  std::swap(bn_, other.bn_);
  return *this;
}
number::~number() { BN_clear_free(bn_); }

std::optional<number> number::read(std::string_view decimal) {
  const bool formed = !decimal.empty() && decimal.size() <= limit_digits &&
                      decimal.find_first_not_of("0123456789") == std::string_view::npos &&
                      (decimal.size() == 1 || decimal.front() != '0');
  if (!formed) return {};
  number out;
  check(BN_dec2bn(&out.bn_, std::string(decimal).c_str()) != 0, "digits");
  return out;
}

number number::of_octets(trust::view big_endian) {
  number out;
  check(BN_bin2bn(big_endian.data(), int(big_endian.size()), out.bn_) != nullptr, "memory");
  return out;
}

std::string number::decimal() const {
  char* text = BN_bn2dec(bn_);
  check(text != nullptr, "memory");
  std::string out = text;
  OPENSSL_free(text);
  return out;
}

bool number::operator==(const number& other) const { return BN_cmp(bn_, other.bn_) == 0; }

std::optional<number> read_scalar(std::string_view decimal) {
  auto n = decimal.size() <= q_text.size() ? number::read(decimal) : std::nullopt;
  if (!n || BN_cmp(n->get(), group().q.get()) >= 0) return {};
  return n;
}

number random_scalar() {
  number out;
  must(BN_priv_rand_range(out.get(), group().q.get()));
  return out;
}

number hash_to_scalar(std::string_view text) {
  const auto digest = trust::sha256(text);
  number out = number::of_octets(digest);
  must(BN_nnmod(out.get(), out.get(), group().q.get(), scratch()));
  return out;
}

number sum(const number& a, const number& b) {
  number out;
  must(BN_mod_add(out.get(), a.get(), b.get(), group().q.get(), scratch()));
  return out;
}

number difference(const number& a, const number& b) {
  number out;
  must(BN_mod_sub(out.get(), a.get(), b.get(), group().q.get(), scratch()));
  return out;
}

number product(const number& a, const number& b) {
  number out;
  must(BN_mod_mul(out.get(), a.get(), b.get(), group().q.get(), scratch()));
  return out;
}

element::element() : montgomery_(1) {
  must(BN_to_montgomery(montgomery_.get(), montgomery_.get(), group().mont, scratch()));
}

std::optional<element> element::read(std::string_view decimal) {
  auto n = number::read(decimal);
  if (!n || BN_is_zero(n->get()) || BN_cmp(n->get(), group().p.get()) >= 0) return {};
  element out;
  must(BN_to_montgomery(out.montgomery_.get(), n->get(), group().mont, scratch()));
  return out;
}

std::string element::decimal() const {
  number plain;
  must(BN_from_montgomery(plain.get(), montgomery_.get(), group().mont, scratch()));
  return plain.decimal();
}

element element::operator*(const element& other) const {
  element out(*this);
  must(BN_mod_mul_montgomery(out.montgomery_.get(), out.montgomery_.get(), other.montgomery_.get(),
                             group().mont, scratch()));
  return out;
}

element element::inverse() const {
  number plain;
  must(BN_from_montgomery(plain.get(), montgomery_.get(), group().mont, scratch()));
  check(BN_mod_inverse(plain.get(), plain.get(), group().p.get(), scratch()) != nullptr,
        "an inverse modulo a prime");
  element out;
  must(BN_to_montgomery(out.montgomery_.get(), plain.get(), group().mont, scratch()));
  return out;
}

element element::to_secret(const number& secret) const {
  number plain;
  must(BN_from_montgomery(plain.get(), montgomery_.get(), group().mont, scratch()));
  must(BN_mod_exp_mont_consttime(plain.get(), plain.get(), secret.get(), group().p.get(), scratch(),
                                 group().mont));
  element out;
  must(BN_to_montgomery(out.montgomery_.get(), plain.get(), group().mont, scratch()));
  return out;
}

powers::powers(const element& base) {
  squares_.reserve(digits);
  squares_.push_back(base);
  for (int i = 1; i < digits; ++i) {
    element next = squares_.back();
    auto* n = next.montgomery_.get();
    for (int twice = 0; twice < 4; ++twice)
      must(BN_mod_mul_montgomery(n, n, n, group().mont, scratch()));
    squares_.push_back(std::move(next));
  }
}

// Yao: the product over all digit values d of (product of the squares at whose place stands d)^d,
// by running products from the largest digit down.
element powers::to(const number& scalar) const {
  const auto octets = octets_of(scalar);
  std::array<std::array<int, digits>, 16> places;
  std::array<int, 16> count{};
  for (int i = 0; i < digits; ++i) {
    const int octet = octets[31 - i / 2];
    const int digit = i % 2 == 0 ? octet & 15 : octet >> 4;
    places[digit][count[digit]++] = i;
  }
  element running, out;
  auto* r = running.montgomery_.get();
  auto* o = out.montgomery_.get();
  bool any = false;
  for (int digit = 15; digit > 0; --digit) {
    for (int i = 0; i < count[digit]; ++i) {
      must(BN_mod_mul_montgomery(r, r, squares_[places[digit][i]].montgomery_.get(), group().mont,
                                 scratch()));
      any = true;
    }
    if (any) must(BN_mod_mul_montgomery(o, o, r, group().mont, scratch()));
  }
  return out;
}

bool powers::in_group() const { return to(group().q) == element(); }

fixed_base::fixed_base(const element& base) {
  table_.reserve(windows * window_size);
  element step = base;
  for (int w = 0; w < windows; ++w) {
    table_.emplace_back();
    for (int d = 1; d < window_size; ++d) table_.push_back(table_.back() * step);
    step = table_.back() * step;
  }
}

element fixed_base::to(const number& scalar) const {
  const auto octets = octets_of(scalar);
  element out;
  auto* o = out.montgomery_.get();
  for (int w = 0; w < windows; ++w) {
    const int bit = w * window_bits, octet = 31 - bit / 8;
    const int pair = octets[octet] | (octet > 0 ? octets[octet - 1] << 8 : 0);
    const int digit = (pair >> bit % 8) & (window_size - 1);
    if (digit != 0)
      must(BN_mod_mul_montgomery(o, o, table_[w * window_size + digit].montgomery_.get(),
                                 group().mont, scratch()));
  }
  return out;
}

const element& generator() {
  static const auto& g = *new element(*element::read(group().g.decimal()));
  return g;
}

const fixed_base& generator_powers() {
  static const auto& g = *new fixed_base(generator());
  return g;
}

}  // namespace madang::elections
