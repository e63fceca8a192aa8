#pragma once
#include <string>
#include <utility>
#include <vector>

#include "madang/html/fields.hpp"
#include "madang/html/page.hpp"
#include "madang/html/parts.hpp"

namespace madang::html {

shell gallery_shell(const texts& t, const assets* a, const char* language);
std::vector<std::pair<std::string, std::string>> gallery_pages(const shell& s);
std::string gallery_desk(const shell& s);

}  // namespace madang::html
