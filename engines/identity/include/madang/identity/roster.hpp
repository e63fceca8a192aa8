#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/identity/identity.hpp"

// Who holds what and why, for the question "who can do what": one line for each person who may act
// in a post today, by holding it or by standing in for its holder. Nothing is kept: it is what
// directory::roles_in says, turned round.
namespace madang::identity {

struct standing {
  identity::post post;
  id person;
  std::string name, latin, login;
  std::vector<std::string> roles;  // that she has there
  bool holds = true;               // else she stands in for the holder
  std::string own_post;            // by which of her posts she stands in
  date until;                      // the last day of standing in
  std::string by_order;  // number; empty: since the house was set up, or the holder's word
  instant since;         // of holding; 0: since the house was set up
};

class roster {
 public:
  roster(store::database& db, directory& people) : db_(db), people_(people) {}

  // Names, logins and codes are compared as they are written, without regard to case where letters
  // have one; a query matches what it is a part of. `limit` posts at most.
  std::vector<account> persons_called(std::string_view query, int limit);
  std::vector<post> posts_called(std::string_view query, int limit);
  std::vector<post> posts_with_role(std::string_view role, int limit);
  std::vector<post> posts_of_agency(std::string_view agency, int limit);
  // Everybody who may act in that post today.
  std::vector<standing> in_post(const post& p);
  // Every post in which that person may act today.
  std::vector<standing> of_person(id person);

 private:
  standing held(const post& p);
  store::database& db_;
  directory& people_;
};

}  // namespace madang::identity
