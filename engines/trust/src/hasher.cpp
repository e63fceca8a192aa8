#include "madang/trust/hasher.hpp"

#include <openssl/evp.h>

#include "madang/base/check.hpp"

namespace madang::trust {

struct hasher::inside {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

hasher::hasher() : in_(std::make_unique<inside>()) {
  check(EVP_DigestInit_ex(in_->context.get(), EVP_sha256(), nullptr) == 1, "SHA-256 begins");
}
hasher::~hasher() = default;

void hasher::add(view piece) {
  check(EVP_DigestUpdate(in_->context.get(), piece.data(), piece.size()) == 1, "SHA-256 goes on");
}

digest hasher::done() {
  digest out{};
  check(EVP_DigestFinal_ex(in_->context.get(), out.data(), nullptr) == 1, "SHA-256 ends");
  return out;
}

}  // namespace madang::trust
