#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/html/fields.hpp"

// What all kinds of question share: how label, hint and error are tied to the control.
namespace madang::html::detail {

std::vector<attribute> wiring(const field& f);
node hint_and_error(const shell& s, const field& f);
node label_text(const shell& s, const field& f);
node label_of(const shell& s, const field& f, const std::string& control);
node group(const shell& s, const field& f, const node& controls, std::string_view kind);
node wrap(const shell& s, const field& f, const node& control);

}  // namespace madang::html::detail
