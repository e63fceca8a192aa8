#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/base.hpp"

// What roles let people do, as a country's pack says it (access/rights.yaml): role gives right,
// right opens pages and a class of data, under a condition. Nothing here looks at persons.
namespace madang::identity {

struct right {
  std::string id;  // "orders.approve"
  words name, law;
  std::string data;                // public, internal, personal, sensitive, secret
  std::string condition;           // id of one; empty: none
  int level = 1;                   // of the sign-in: 2: two factors
  std::vector<std::string> pages;  // paths of routes, with all that lie below
};

struct role {
  std::string id;
  words name;
  bool lent = true;  // a substitute has it too
  std::vector<std::string> gives;
};

struct condition {
  std::string id;
  words name;
  std::vector<std::string> refusals;  // codes by which pages say that it is not met
};

struct rights {
  std::vector<role> roles;
  std::vector<right> all;
  std::vector<condition> conditions;
  std::vector<std::string> everywhere;
  std::vector<std::string> fresh;  // pages whose forms ask for a sign-in of the last minutes
  std::map<std::string, int, std::less<>> levels;  // of the sign-in, by class of data; others: 1

  const right* find(std::string_view id) const;
  const role* find_role(std::string_view id) const;
  const condition* find_condition(std::string_view id) const;
  // The right that a route needs, "POST /desk/orders/{order}/approve"; the longest path that holds
  // it. Null: none is asked for.
  const right* of_route(std::string_view route) const;
  bool give(const std::vector<std::string>& roles, std::string_view right) const;
  std::vector<const role*> givers(std::string_view right) const;
  bool asks_fresh(std::string_view route) const;
  // Of the sign-in that a right asks for: its own, or that of its data.
  int level_of(const right& r) const;
  // The highest that the rights of these roles ask for by their data.
  int level_of(const std::vector<std::string>& roles) const;
};

inline constexpr std::string_view data_classes[] = {"public", "internal", "personal", "sensitive",
                                                    "secret"};

// Refusal access.rights: field names the entry and member that is wrong.
result<rights> read_rights(const json::value& v);

}  // namespace madang::identity
