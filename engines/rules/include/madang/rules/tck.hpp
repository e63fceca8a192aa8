#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "madang/rules/value.hpp"

// Runs a Technology Compatibility Kit of DMN: a tree of folders, each with a model and files of
// test cases (github.com/dmn-tck/tck, TestCases/testCases.xsd).
namespace madang::rules {

struct tck_case {
  std::string folder, file, id;
  bool passed = false;
  std::string message;             // what was expected and what came; empty when passed
};

struct tck_sum {
  int passed = 0, all = 0;
};

// Calls `told` for each case in the order of folders and files. A result marked as an error must be
// null and leave a diagnostic; numbers are equal within 1e-8.
tck_sum run_tck(const std::filesystem::path& tree,
                const std::function<void(const tck_case&)>& told);

}  // namespace madang::rules
