#pragma once
#include "madang/identity/identity.hpp"

namespace madang::identity {

// As the tables have them.
BOOST_DESCRIBE_STRUCT(account, (), (person, login, name, latin, password, persona, part))
BOOST_DESCRIBE_STRUCT(post, (), (code, title, agency, agency_name, office, roles, holder))

}  // namespace madang::identity
