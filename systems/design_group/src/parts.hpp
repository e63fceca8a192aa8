#pragma once
#include "madang/html/html.hpp"
#include "studio.hpp"

// What the public page and the working page of a project share.
namespace madang::design_group {

html::node map_part(const context& c, const project& p, const item& i, bool working);
html::node item_words(const context& c, const project& p, const item& i, bool working);
html::node stage_line(const context& c, const studio& s, const project& p);
html::node came_part(const context& c, const studio& s, const project& p);
std::string stage_words(const context& c, const studio& s, std::string_view stage);
std::string kind_words(const context& c, std::string_view kind);
inline std::string at(const project& p, const std::string& then = {}) {
  return "/design/" + p.number + then;
}
html::link list_link(const context& c);
// Of the number in the address; refusal design.unknown.
result<project> project_in(const context& c, studio& s);

}  // namespace madang::design_group
