#pragma once
#include "madang/html/fields.hpp"
#include "personnel.hpp"

namespace madang::access {

// Drafting: which kind of order, then its one page of questions.
void order_form_pages(shared_personnel p);

}  // namespace madang::access
