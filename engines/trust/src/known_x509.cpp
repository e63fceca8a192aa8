#include "madang/trust/known_x509.hpp"

#include <openssl/x509v3.h>

#include <map>
#include <mutex>

namespace madang::trust {

owned_x509 known_x509(view der) {
  constexpr std::size_t most = 1'000, longest = 64u << 10;
  static std::mutex mutex;
  static std::map<digest, owned_x509> all;
  if (der.size() > longest) return nullptr;
  const digest name = sha256(der);
  {
    std::lock_guard lock(mutex);
    if (const auto found = all.find(name); found != all.end()) {
      X509_up_ref(found->second.get());
      return owned_x509(found->second.get());
    }
  }
  auto made = whole<owned_x509>(der, d2i_X509);
  if (!made) return made;
  // Extensions are read now: OpenSSL does so at the first look, which is a change.
  X509_check_purpose(made.get(), -1, 0);
  std::lock_guard lock(mutex);
  if (all.size() >= most) all.clear();
  X509_up_ref(made.get());
  all[name] = owned_x509(made.get());
  return made;
}

}  // namespace madang::trust
