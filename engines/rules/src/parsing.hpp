#pragma once
#include "parser.hpp"

// Internal: what the two halves of the parser share.
namespace madang::rules {

inline constexpr std::size_t npos = std::string_view::npos;

// Words that are no names where an operator may stand.
bool is_reserved(std::string_view word);

// Expressions within expressions, up to a depth that the stack can bear.
struct deeper {
  static constexpr int most = 250;
  explicit deeper(parser& p) : p_(p) {
    if (++p_.depth_ > most) p_.fail();
  }
  ~deeper() { --p_.depth_; }
  parser& p_;
};

// Names that hold inside.
struct within {
  within(parser& p, scope& inner, frame_layout* layout = nullptr) : p_(p), before_(p.scope_) {
    inner.outer = before_;
    inner.layout = layout ? layout : before_->layout;
    p_.scope_ = &inner;
  }
  ~within() { p_.scope_ = before_; }
  parser& p_;
  const scope* before_;
};

}  // namespace madang::rules
