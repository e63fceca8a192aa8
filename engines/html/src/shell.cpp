#include "madang/html/shell.hpp"

#include "madang/base/check.hpp"

namespace madang::html {

std::string_view shell::say(std::string_view key) const {
  check(texts != nullptr, "a shell without texts");
  return (*texts)(key, language);
}

std::string shell::fill(std::string_view key, const texts::facts& facts) const {
  check(texts != nullptr, "a shell without texts");
  return texts->fill(key, language, facts);
}

std::string shell::site_name() const {
  if (!site.empty()) return site(language);
  return std::string(say(official ? "shell.desk_site" : "shell.site"));
}

std::string shell::with(std::string_view parameter, std::string_view value) const {
  std::string_view rest = path;
  std::size_t mark = rest.find('?');
  std::string out(rest.substr(0, mark));
  char between = '?';
  while (mark != std::string_view::npos) {
    rest.remove_prefix(mark + 1);
    mark = rest.find('&');
    std::string_view pair = rest.substr(0, mark);
    if (pair.empty() || pair.substr(0, pair.find('=')) == parameter) continue;
    out += between;
    out += pair;
    between = '&';
  }
  out += between;
  out += parameter;
  out += '=';
  out += value;
  return out;
}

node shell::csrf_field() const { return input(type_("hidden"), name_("_csrf"), value_(csrf)); }

}  // namespace madang::html
