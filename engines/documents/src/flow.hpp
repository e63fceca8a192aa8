#pragma once
#include <optional>

#include "canvas.hpp"
#include "template.hpp"

// Lays the blocks of a layout out on pages.
namespace madang::documents {

struct laid_out {
  canvas pages;
  std::size_t seal_page = 0;
  rectangle seal;
};

// Refusals: document.missing, document.format, document.too_long, document.code_too_long.
result<laid_out> lay_out(const layout::inside& l, const values& v, const font& f);

}  // namespace madang::documents
