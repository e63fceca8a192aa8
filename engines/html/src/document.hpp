#pragma once
#include <string>
#include <string_view>

#include "madang/html/page.hpp"

namespace madang::html {

// From <!doctype> to <body>, with the classes of the body given.
void open_document(std::string& out, const shell& s, std::string_view title,
                   const page_options& options, std::initializer_list<std::string_view> styles,
                   std::string_view body_class);
void close_document(std::string& out);

node language_links(const shell& s);
node contrast_link(const shell& s);

}  // namespace madang::html
