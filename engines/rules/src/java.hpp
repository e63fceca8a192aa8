#pragma once
#include <memory>
#include <string>
#include <vector>

#include "madang/rules/function.hpp"

namespace madang::rules {

// Internal: one of the methods that the conformance kit binds; null: it is not one of them.
std::shared_ptr<const function> java_method(const std::string& class_name,
                                            const std::string& signature,
                                            std::vector<function::parameter> parameters);

}  // namespace madang::rules
