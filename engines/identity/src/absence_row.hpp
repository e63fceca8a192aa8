#pragma once
#include "madang/identity/identity.hpp"

namespace madang::identity {

// As the table has it.
BOOST_DESCRIBE_STRUCT(absence, (), (key, post, substitute, begins, ends, reason, roles, by_order))

}  // namespace madang::identity
