#pragma once
#include <string>
#include <vector>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"

namespace madang::desk {

using platform::context;
using platform::house;
using platform::needs;

void inbox_pages(house& h);
void register_pages(house& h);
void audit_pages(house& h);
void office_pages(house& h);       // the finder of offices

// The places at the left of every desk page, with what waits there.
html::desk_view frame(const context& c, std::string_view active, std::string_view title);

// Cases that this official may handle.
std::vector<cases::matter> inbox(const context& c, const cases::wanted& filter);
cases::wanted own(const context& c);
// The town that is meant by a choice from the finder, a code or a name; empty: none, or several.
std::string office_meant(const context& c, std::string_view chosen, std::string_view typed);

}  // namespace madang::desk
