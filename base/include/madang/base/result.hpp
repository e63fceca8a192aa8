#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "madang/base/check.hpp"

namespace madang {

// Why something was refused, as HTTP will say it (RFC 9110 section 15.5).
enum class kind {
  invalid,          // 422: the input is wrong; `field` says where
  unauthenticated,  // 401: sign in first
  forbidden,        // 403: signed in, but not allowed
  not_found,        // 404: not there, or not for these eyes
  conflict,         // 409: the state does not allow it
  gone,             // 410: was there, is no more
  too_large,        // 413
  unsupported,      // 415
  too_many,         // 429
  unavailable,      // 503: try again later
};

// A refusal is a value: a stable code, the field it is about, and facts for the sentence that
// explains it. The sentence itself is a text of the pack, key "refusal.<code>", in the reader's
// language; problem documents (RFC 9457) are made from it at the edge only.
struct refusal {
  madang::kind kind = kind::invalid;
  std::string code;                           // "move.same_address"
  std::string field;                          // name of the question or JSON pointer, or empty
  std::map<std::string, std::string> facts;   // {"limit": "14"}; never personal data
};

inline refusal refuse(kind k, std::string code, std::string field = {},
                      std::map<std::string, std::string> facts = {}) {
  return {k, std::move(code), std::move(field), std::move(facts)};
}

// A value or a refusal. Failures of infrastructure are exceptions instead.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  result(refusal why) : state_(std::in_place_index<1>, std::move(why)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() {
    check(ok(), "value of a refused result");
    return std::get<0>(state_);
  }
  const T& value() const {
    check(ok(), "value of a refused result");
    return std::get<0>(state_);
  }
  const refusal& why() const {
    check(!ok(), "refusal of a good result");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, refusal> state_;
};

// A result without a value.
struct nothing {};
using outcome = result<nothing>;

}  // namespace madang
