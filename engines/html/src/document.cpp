#include "document.hpp"

#include <utility>

#include "madang/html/icon.hpp"

namespace madang::html {
namespace {

std::string address_of(const shell& s, std::string_view name) {
  return s.assets ? s.assets->url(name) : "/assets/" + std::string(name);
}

// JSON inside <script>: "<" occurs in strings only, where it may be written as an escape, so that
// no "</script" or "<!--" can end the block (HTML, section 4.12.1.3).
void append_data_block(std::string& out, std::string_view json) {
  out += "<script type=\"application/ld+json\">";
  for (char c : json) {
    if (c == '<') out += "\\u003c";
    else out += c;
  }
  out += "</script>";
}

void append_attribute(std::string& out, std::string_view before, std::string_view value) {
  out += before;
  append_escaped(out, value);
  out += '"';
}

}  // namespace

void open_document(std::string& out, const shell& s, std::string_view title,
                   const page_options& options, std::initializer_list<std::string_view> styles,
                   std::string_view body_class) {
  append_attribute(out, "<!doctype html><html lang=\"", s.language);
  if (s.high_contrast) out += " data-contrast=\"high\"";
  out += "><head><meta charset=\"utf-8\"><title>";
  if (options.has_errors) append_escaped(out, s.say("shell.error_prefix"));
  append_escaped(out, title);
  out += " - ";
  append_escaped(out, s.site_name());
  out += "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
  if (!options.description.empty()) {
    append_attribute(out, "<meta name=\"description\" content=\"", options.description);
    out += '>';
  }
  if (options.noindex) out += "<meta name=\"robots\" content=\"noindex\">";
  append_attribute(out, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"",
                   address_of(s, "mark.svg"));
  out += '>';
  if (!options.web_manifest.empty()) {
    append_attribute(out, "<link rel=\"manifest\" href=\"", options.web_manifest);
    out += '>';
  }
  for (std::string_view style : styles) {
    append_attribute(out, "<link rel=\"stylesheet\" href=\"", address_of(s, style));
    out += '>';
  }
  append_attribute(out, "<script type=\"module\" src=\"", address_of(s, "islands.js"));
  out += "></script>";
  for (const std::string& script : options.scripts) {
    append_attribute(out, "<script type=\"module\" src=\"", address_of(s, script));
    out += "></script>";
  }
  if (!options.json_ld.empty()) append_data_block(out, options.json_ld);
  append_attribute(out, "</head><body class=\"", body_class);
  out += '>';
  out += a(cls("skip"), href("#main"), s.say("shell.skip")).markup();
}

void close_document(std::string& out) { out += "</body></html>\n"; }

node language_links(const shell& s) {
  if (s.languages.size() < 2) return {};
  std::vector<node> items;
  for (const auto& tag : s.languages)
    items.push_back(li(a(href(s.with("lang", tag)), lang_(tag), attr("hreflang", tag),
                         s.language == tag ? aria("current", "true") : attribute(),
                         s.say("shell.language_" + tag))));
  return ul(cls("languages"), aria("label", s.say("shell.language")), items);
}

node contrast_link(const shell& s) {
  return a(cls("contrast"), href(s.with("contrast", s.high_contrast ? "standard" : "high")),
           icon("contrast"),
           span(s.say(s.high_contrast ? "shell.standard_contrast" : "shell.high_contrast")));
}

}  // namespace madang::html
