#pragma once
#include <deque>

#include "madang/nodes/authority.hpp"
#include "madang/pki/authority.hpp"

namespace madang::nodes {

struct authority::inside {
  place at;
  std::string instance;
  std::shared_ptr<pki::authorities> keys;

  std::mutex mutex;  // of what was published lately: a client may still read yesterday's files
  std::deque<std::map<std::string, std::string>> published;
  instant published_at;

  const pki::authority& certifier() const { return *keys->find("nodes"); }
  xroad::shared_parameters parameters() const;
};

inline constexpr const char* hierarchy = "exchange";

}  // namespace madang::nodes
