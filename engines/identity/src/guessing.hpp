#pragma once
#include "madang/identity/identity.hpp"

// Wrong passwords of one login, whoever asks for the password: each makes the next wait longer.
namespace madang::identity {

// Of what was typed as a login, hashed. Refusal sign_in.wait {minutes}.
outcome may_guess(store::database& db, const options& o, const std::string& login_hash);
void missed(store::database& db, const std::string& login_hash);
void forgive(store::database& db, const std::string& login_hash);
// Takes the same time for an account that is not there.
bool is_password_of(const std::optional<account>& a, std::string_view typed);

}  // namespace madang::identity
