#pragma once
#include <memory>
#include <string_view>

#include "madang/scim/shape.hpp"

// Filters and attribute paths (RFC 7644 sections 3.4.2.2, 3.5.2, 3.10), which strangers write.
namespace madang::scim {

namespace inside {
struct node;
}

// A condition on a resource or, within brackets, on one value of a complex attribute.
class filter {
 public:
  static constexpr std::size_t longest = 2000;  // octets
  static constexpr int deepest = 20;            // brackets within brackets
  static constexpr int most = 100;              // comparisons

  // Refusal scim.filter: the field names the octet at which it is wrong.
  static result<filter> read(std::string_view text, const shape& of);
  bool matches(const json::object& resource) const;

 private:
  friend struct path_reader;
  explicit filter(std::shared_ptr<const inside::node> root) : root_(std::move(root)) {}
  std::shared_ptr<const inside::node> root_;
};

// Where in a resource: "name.familyName", "members[value eq \"x\"].display", an URN before either,
// or an URN alone. Attributes belong to the shape, which must outlive the path.
struct path {
  std::string urn;                   // of an extension, as its schema writes it; empty: the base
  const attribute* first = nullptr;  // null: the whole extension
  const attribute* sub = nullptr;
  std::optional<filter> where;

  // Refusal scim.path.
  static result<path> read(std::string_view text, const shape& of);
  // What lies there, the values of a list one by one. Without `sub` a complex value stands for its
  // `value`, as filters and sorting want it.
  std::vector<const json::value*> values(const json::object& resource) const;
};

}  // namespace madang::scim
