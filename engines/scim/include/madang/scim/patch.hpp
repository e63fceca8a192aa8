#pragma once
#include "madang/scim/shape.hpp"

// What a client wants a resource to become. Both give the whole resource as it would be; what is
// then done about the difference is the caller's matter. Nothing that only the house may change
// differs in what they give.
namespace madang::scim {

inline constexpr std::size_t most_operations = 100;

// PatchOp (RFC 7644 section 3.5.2). Refusals: scim.syntax, scim.path, scim.target, scim.value,
// scim.mutability, scim.too_many.
result<json::object> patched(const json::object& resource, const json::value& message,
                             const shape& of);

// PUT (section 3.5.1) and POST (section 3.3, `before` empty): what is left out is cleared, what
// only the house may change is as it was. Refusals: scim.syntax, scim.value, scim.mutability.
result<json::object> replaced(const json::object& before, const json::value& said, const shape& of);

}  // namespace madang::scim
