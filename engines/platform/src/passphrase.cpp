#include "madang/platform/passphrase.hpp"

#include <fstream>
#include <stdexcept>

namespace madang::platform {

std::string passphrase_of(const settings& s) {
  if (!s.passphrase.empty()) return s.passphrase;
  std::ifstream in(s.data + "/passphrase");
  std::string kept;
  std::getline(in, kept);
  if (kept.empty()) throw std::runtime_error("the passphrase of the house is missing");
  return kept;
}

}  // namespace madang::platform
