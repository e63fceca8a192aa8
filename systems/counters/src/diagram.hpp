#pragma once
#include <string>
#include <vector>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/process/drawing.hpp"
#include "madang/process/outline.hpp"

// Internal: procedures as drawings on a page, beside their outline in words.
namespace madang::counters {

// The drawing at `source` (BPMN with diagram interchange) with what became of its elements. Absent
// without script; the outline beside it says the same.
html::node diagram_of(const platform::context& c, std::string_view source,
                      const std::vector<process::drawing_mark>& marks);
// BPMN for a page of ours to draw.
http::response bpmn_response(const platform::context& c, std::string bpmn);
// Sentences of the islands, as JSON.
std::string diagram_words(const platform::context& c);

}  // namespace madang::counters
