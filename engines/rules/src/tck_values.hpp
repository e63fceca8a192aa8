#pragma once
#include "madang/rules/value.hpp"
#include "xml.hpp"

// Internal: values as the Technology Compatibility Kit writes them (TestCases/testCases.xsd), and
// when two of them are the same to it.
namespace madang::rules {

// What stands in inputNode, expected, component or item.
value read_tck_value(const xml::element& x);
// The inside of such an element: <value>, <component> or <list>.
std::string write_tck_value(const value& v);

// Numbers within 1e-8, contexts by their names, lists in their order; null only as null.
bool equal_enough(const value& expected, const value& is);

}  // namespace madang::rules
