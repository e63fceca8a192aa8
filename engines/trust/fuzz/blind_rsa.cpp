// What somebody wants signed unseen, what she shows as a signature, and a public key of others.
#include "madang/base/base.hpp"
#include "madang/trust/blind_rsa.hpp"

namespace {
using namespace madang::trust;
const blind_rsa::signer& key() {
  static const auto& one = *new blind_rsa::signer(blind_rsa::signer::generate(2048));
  return one;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using madang::check;
  const view in(data, size);
  const auto by = key().public_half();
  bytes whole(in.begin(), in.end());
  whole.resize(by.size());
  for (const view asked : {in, view(whole)})
    if (const auto signed_ = key().blind_sign(asked)) {
      check(signed_->size() == by.size(), "a signature is as long as the modulus");
      check(*key().blind_sign(asked) == *signed_, "the same gives the same");
    }
  check(!by.verify(in, whole), "nobody guesses a signature");
  const bytes one(by.size(), 1);
  check(!blind_rsa::finalize(by, in, whole, one), "nor a blind one");
  if (auto other = blind_rsa::verifier::from_der(in)) {
    check(blind_rsa::verifier::from_der(other->der()).ok(), "a key that is written is a key");
    (void)other->verify(in, one);
  }
  return 0;
}
