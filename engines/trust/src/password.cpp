#include "madang/trust/password.hpp"

#include <argon2.h>

#include <stdexcept>

#include "madang/base/check.hpp"
#include "madang/base/text.hpp"
#include "madang/trust/bytes.hpp"

namespace madang::trust {
namespace {

constexpr std::uint32_t memory_kib = 19 * 1024, passes = 2, lanes = 1;
constexpr std::uint32_t most_memory_kib = 256 * 1024, most_passes = 16, most_lanes = 4;
constexpr std::size_t hash_octets = 32, salt_octets = 16, longest_phc = 256;

struct cost {
  std::uint32_t memory = 0, passes = 0, lanes = 0;
};

// "m=19456,t=2,p=1"
std::optional<cost> cost_of(std::string_view parameters) {
  cost c;
  auto parts = text::split(parameters, ',');
  if (parts.size() != 3) return {};
  std::uint32_t* into[] = {&c.memory, &c.passes, &c.lanes};
  const char* names[] = {"m=", "t=", "p="};
  for (int i = 0; i < 3; ++i) {
    const std::string& part = parts[i];
    if (part.compare(0, 2, names[i]) != 0 || part.size() < 3 || part.size() > 9) return {};
    for (char digit : std::string_view(part).substr(2)) {
      if (digit < '0' || digit > '9') return {};
      *into[i] = *into[i] * 10 + static_cast<std::uint32_t>(digit - '0');
    }
  }
  return c;
}

std::optional<cost> read_cost(std::string_view phc) {
  if (phc.size() > longest_phc) return {};
  auto parts = text::split(phc, '$');   // "", argon2id, v=19, m=..,t=..,p=.., salt, hash
  if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id" || parts[2] != "v=19")
    return {};
  auto c = cost_of(parts[3]);
  if (!c || c->memory > most_memory_kib || c->passes > most_passes || c->lanes > most_lanes)
    return {};
  return c;
}

}  // namespace

std::string hash_password(std::string_view password) {
  check(password.size() <= longest_password, "password longer than its limit");
  bytes salt = random_bytes(salt_octets);
  std::string out(longest_phc, '\0');
  int error = argon2id_hash_encoded(passes, memory_kib, lanes, password.data(), password.size(),
                                    salt.data(), salt.size(), hash_octets, out.data(), out.size());
  if (error != ARGON2_OK) throw std::runtime_error(argon2_error_message(error));
  out.resize(out.find('\0'));
  return out;
}

bool password_matches(std::string_view phc, std::string_view password) {
  if (password.size() > longest_password || !read_cost(phc)) return false;
  return argon2id_verify(std::string(phc).c_str(), password.data(), password.size()) == ARGON2_OK;
}

bool password_is_outdated(std::string_view phc) {
  auto c = read_cost(phc);
  return !c || c->memory < memory_kib || c->passes < passes;
}

}  // namespace madang::trust
