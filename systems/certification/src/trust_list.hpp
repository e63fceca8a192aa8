#pragma once
#include <string>

#include "registrar.hpp"

// Cross-recognition by a list of trusted authorities in the form of ETSI TS 119 612 v2.1.1, signed
// (XAdES baseline B, section 5.7) under the root of whoever runs the scheme. Refusals: those of the
// signatures room.
namespace madang::certification {

result<std::string> trust_list_of(const registrar& o, const pki::authorities& all, instant at);

}  // namespace madang::certification
