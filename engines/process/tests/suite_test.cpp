#include "madang/process/suite.hpp"

#include <gtest/gtest.h>

namespace madang::process {
namespace {

// The suite stands in tests/process, where others find it.
TEST(ProcessSuite, EveryCaseHolds) {
  const auto done = run_suite(std::filesystem::path(MADANG_SOURCE) / "tests/process");
  EXPECT_GE(done.cases, 100);
  for (const auto& f : done.failures)
    ADD_FAILURE() << f.file << ":" << f.line << ": " << f.name << ": " << f.what;
}

}  // namespace
}  // namespace madang::process
