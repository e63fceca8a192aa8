#pragma once
#include "madang/identity/identity.hpp"

namespace madang::identity {

// As the table has it.
struct session_row {
  std::string token_hash;
  id person;
  std::string post, csrf, language;
  instant created, used;
};
BOOST_DESCRIBE_STRUCT(session_row, (), (token_hash, person, post, csrf, language, created, used))

std::string hashed(std::string_view token);
std::string sid_of_hash(std::string_view token_hash);
// Enters a session and that somebody signed in.
void enter(store::write& tx, const session& s, const account& a, audit::access why);
// Deletes it and tells that it ended.
void leave(store::write& tx, std::string_view token_hash);

}  // namespace madang::identity
