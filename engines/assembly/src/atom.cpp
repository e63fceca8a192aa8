#include "madang/assembly/atom.hpp"

#include <algorithm>

namespace madang::assembly {
namespace {

// XML 1.0 section 2.2: control characters other than tab and line ends are in no document.
std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
  }
  return out;
}

std::string tagged(std::string_view tag, std::string_view text) {
  return "<" + std::string(tag) + ">" + escaped(text) + "</" + std::string(tag) + ">\n";
}

std::string page_link(std::string_view to) {
  return "<link rel=\"alternate\" type=\"text/html\" href=\"" + escaped(to) + "\"/>\n";
}

std::string written(const atom_entry& e) {
  std::string out = "<entry>\n" + tagged("id", e.id) + tagged("title", e.title) +
                    tagged("updated", e.updated.str()) + tagged("published", e.published.str()) +
                    page_link(e.link);
  for (const auto& one : e.enclosures)
    out += "<link rel=\"enclosure\" type=\"" + escaped(one.type) + "\" length=\"" +
           std::to_string(one.size) + "\" href=\"" + escaped(one.address) + "\"/>\n";
  if (!e.term.empty())
    out += "<category term=\"" + escaped(e.term) + "\" label=\"" + escaped(e.label) + "\"/>\n";
  if (!e.summary.empty()) out += tagged("summary", e.summary);
  if (!e.content.empty()) out += "<content type=\"text\">" + escaped(e.content) + "</content>\n";
  return out + "</entry>\n";
}

}  // namespace

std::string written(const atom_feed& f) {
  instant newest{};
  for (const auto& e : f.entries) newest = std::max(newest, e.updated);
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"" +
      escaped(f.language) + "\">\n" + tagged("id", f.page) + tagged("title", f.title) +
      tagged("updated", newest.str()) + "<author>" + tagged("name", f.author) +
      "</author>\n<link rel=\"self\" href=\"" + escaped(f.self) + "\"/>\n" + page_link(f.page);
  for (const auto& e : f.entries) out += written(e);
  return out + "</feed>\n";
}

}  // namespace madang::assembly
