#pragma once
#include <string>
#include <vector>

#include "madang/forms/forms.hpp"
#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

namespace madang::platform {

// Does it choose among options, so that the answer is one of them?
bool chooses(forms::ask how);

// The control of a question with what was answered before, or what was just sent and is wrong
// (`error` is not empty). `heading`: the question is the page's h1.
html::node control(const context& c, const forms::question& q,
                   const std::vector<forms::option>& options, const json::value& answer,
                   const std::string& error, bool heading);

// The id of the control to which an error about the question leads.
std::string control_id(const context& c, const forms::question& q);

}  // namespace madang::platform
