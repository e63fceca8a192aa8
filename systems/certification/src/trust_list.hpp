#pragma once
#include <string>

#include "registrar.hpp"

// Cross-recognition by a list of trusted authorities in the form of ETSI TS 119 612 v2.1.1. It is
// not signed yet: it is worth what the connection it came over is worth.
namespace madang::certification {

std::string trust_list_of(const registrar& o, const pki::authorities& all, instant at);

}  // namespace madang::certification
