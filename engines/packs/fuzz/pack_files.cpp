#include "madang/packs/packs.hpp"

// A pack file is written by a person; whatever it holds, reading it ends with a value or a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    madang::packs::parse_yaml(text, "fuzz.yaml");
  } catch (const madang::packs::broken_pack&) {
  }
  try {
    madang::packs::table::parse(text, "fuzz.csv");
  } catch (const madang::packs::broken_pack&) {
  }
  return 0;
}
