#pragma once
#include <optional>
#include <string>

#include "layout_model.hpp"
#include "madang/base/json.hpp"
#include "madang/documents/press.hpp"

// "{person.name} ({person.number|mask:8})": taken apart once, filled for each document.
namespace madang::documents {

// Refusals: layout.template, layout.format (fact "known").
result<text_template> compile_template(std::string_view text);
std::optional<path> compile_path(std::string_view text);
std::string text_of_number(double v);   // "12", "0.5"

// Where a template looks for its values.
struct values {
  const json::value& data;
  const documents::issue& issue;
  const json::value* row = nullptr;
  std::size_t row_number = 0;
};

// Refusals: document.missing, document.format; the field is the path.
result<std::string> fill(const text_template& t, const values& v);
bool holds(const condition& c, const values& v);
// The array a table walks over; nothing when the path leads nowhere, a refusal when it is no array.
result<const json::array*> rows_at(const path& p, const values& v);

}  // namespace madang::documents
