#pragma once
#include <optional>
#include <string>
#include <vector>

#include "madang/platform/settings.hpp"

namespace madang::platform {

// What an operator says of the guard of a house, in `guard.yaml` of the data folder:
//
//   outgoing: [mail.example.org:587, "acme=public:80", 10.1.0.0/16]
//   monitoring: local
//   limits: true
//   frames: ["https://video.example.org"]
struct guarding {
  // What other servers may be called (egress::rules). Not said: none, and in a demonstration this
  // machine, on which all its sides run.
  std::vector<std::string> outgoing;
  std::string monitoring = "open";  // who is told /health and /metrics: open | local | closed
  // Origins of other sites whose pages ours may embed (broadcasts); RFC 6454, no path.
  std::vector<std::string> frames;
  bool limits = true;               // what the pack's limits.yaml asks; false for measuring
};

// Throws packs::broken_pack naming what is wrong in the file.
guarding guarding_of(const settings& s);

}  // namespace madang::platform
