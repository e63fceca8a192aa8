// The fourteen languages: pages of e-People are read in the languages of the country and of its
// visitors; what a visitor's language does not say is said in English.
#include <algorithm>

#include "pages.hpp"

namespace madang::epeople {

using namespace html;

void speak(context& c) {
  const auto& tags = c.home.visitor_languages();
  const auto known = [&](std::string_view tag) {
    return std::ranges::find(tags, tag) != tags.end();
  };
  const auto own = c.home.pack().languages();
  const auto asked = c.request.param("lang");
  if (std::ranges::find(own, asked) != own.end()) return;
  if (known(asked)) {
    c.language = asked;
    return;
  }
  if (const auto kept = c.request.cookie("lang"); !kept.empty()) {
    if (known(kept)) c.language = kept;
    return;
  }
  // Nothing chosen yet: what the browser prefers, unless that is a language of the country.
  const auto preferred = c.request.header("accept-language");
  const auto first = text::trim(preferred.substr(0, preferred.find_first_of(",;-")));
  if (known(first)) c.language = first;
}

shell shell_of(const context& c) {
  shell s = c.shell("/epeople");
  // All fourteen have a place of their own on the first pages; the band has room for the country's.
  if (std::ranges::find(s.languages, c.language) == s.languages.end())
    s.languages.push_back(c.language);
  return s;
}

node language_choice(const context& c) {
  const shell s = shell_of(c);
  std::vector<node> items;
  for (const auto& tag : all_languages(c.home))
    items.push_back(
        li(a(href(s.with("lang", tag)), lang_(tag), attr("hreflang", tag),
             c.language == tag ? aria("current", "true") : attribute(), language_name(c, tag))));
  return nav(cls("filters"), aria("label", c.say("shell.language")), ul(items));
}

http::response page_of(context& c, std::string_view title, const std::vector<link>& where,
                       const node& body, page_options options) {
  if (c.session) options.noindex = true;
  return c.html_response(html::page(shell_of(c), title, where, body, options));
}

link home_link(const context& c) { return {"/epeople", std::string(c.say("epeople.name"))}; }

std::string date_of(const context& c, date d) {
  const auto own = c.home.pack().languages();
  return std::ranges::find(own, c.language) == own.end() ? d.str() : c.written(d);
}

node state_badge(const context& c, cases::state s) {
  const tone how = s == cases::state::accepted                                 ? tone::good
                   : s == cases::state::question                               ? tone::warn
                   : s == cases::state::returned || s == cases::state::refused ? tone::bad
                   : s == cases::state::withdrawn                              ? tone::neutral
                                                                               : tone::info;
  return badge(how, c.say("epeople.state_" + std::string(cases::name_of(s))));
}

std::string kind_name(const context& c, const bureau& o, std::string_view id) {
  const auto* k = o.kinds.find(id);
  return k ? k->name(c.language) : std::string(id);
}

std::string office_words(const context& c, std::string_view code) {
  return office_name(c.home.pack(), code)(c.language);
}

std::string language_name(const context& c, const std::string& tag) {
  const std::string key = "shell.language_" + tag;
  return c.home.texts().has(key) ? std::string(c.say(key)) : tag;
}

}  // namespace madang::epeople
