#pragma once
#include <memory>

#include "madang/trust/bytes.hpp"

namespace madang::trust {

// SHA-256 (FIPS 180-4) of what comes piece by piece.
class hasher {
 public:
  hasher();
  ~hasher();
  void add(view piece);
  digest done();                   // once

 private:
  struct inside;
  std::unique_ptr<inside> in_;
};

}  // namespace madang::trust
