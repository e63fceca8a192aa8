#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

// X-Road's own test material, whose verdicts are those of its tests:
// https://github.com/nordic-institute/X-Road, commit fcd16216c481f53582cb433a0b62095601769241.
namespace madang::xroad::suite {

inline std::filesystem::path root() {
  const char* suites = std::getenv("MADANG_SUITES");
  return suites ? std::filesystem::path(suites) / "xroad/src" : std::filesystem::path();
}
inline std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in.good()) << file;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace madang::xroad::suite

#define NEEDS_SUITE()                                                             \
  if (!std::filesystem::exists(madang::xroad::suite::root() / "common"))          \
  GTEST_SKIP() << "X-Road's test material is not here: set MADANG_SUITES; it is " \
                  "https://github.com/nordic-institute/X-Road, commit "           \
                  "fcd16216c481f53582cb433a0b62095601769241"
