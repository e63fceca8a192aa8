#pragma once
#include "madang/identity/orders.hpp"

namespace madang::identity {

BOOST_DESCRIBE_STRUCT(order, (),
                      (key, number, sort, person, post, from_post, substitute, roles, begins, ends,
                       grounds, state, drafter, approver, drafter_name, approver_name, drafted,
                       approved, done, remark))
BOOST_DESCRIBE_STRUCT(tenure, (), (key, post, person, begins, ends, by_order, until_order))

inline const std::string& select_order() {
  static const std::string text = "select " + store::columns<order>() + " from personnel_order ";
  return text;
}

inline bool stands_in_for_another(const order& o) {
  return o.sort == sort::absence || o.sort == sort::delegation;
}

}  // namespace madang::identity
