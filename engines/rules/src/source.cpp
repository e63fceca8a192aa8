#include "source.hpp"

#include <algorithm>

#include "madang/base/text.hpp"
#include "parser.hpp"
#include "xml.hpp"

namespace madang::rules::source {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// "&lt;", "&#10;", "&#xA;": the five names that need no declaration.
void append_reference(std::string& out, std::string_view name) {
  if (name.starts_with("#")) {
    const bool hex = name.size() > 1 && name[1] == 'x';
    const std::string digits(name.substr(hex ? 2 : 1));
    const auto code = std::strtoul(digits.c_str(), nullptr, hex ? 16 : 10);
    append_utf8(out, static_cast<std::uint32_t>(code));
    return;
  }
  constexpr std::pair<std::string_view, char> known[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [n, c] : known)
    if (n == name) out += c;
}

std::string decoded(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\r') {
      out += '\n';                           // 2.11: ends of lines
      if (i + 1 < raw.size() && raw[i + 1] == '\n') ++i;
    } else if (raw[i] == '&') {
      const std::size_t end = std::min(raw.find(';', i), raw.size());
      append_reference(out, raw.substr(i + 1, end - i - 1));
      i = end;
    } else {
      out += raw[i];
    }
  }
  return out;
}

// The document is known to be well-formed: only its parts are to be found.
struct reader {
  std::string_view text;
  std::size_t at = 0;

  std::string_view name() {
    const std::size_t begin = at;
    while (at < text.size() && !is_blank(text[at]) && text[at] != '=' && text[at] != '>' &&
           text[at] != '/')
      ++at;
    return text.substr(begin, at - begin);
  }
  void blanks() {
    while (at < text.size() && is_blank(text[at])) ++at;
  }
  // Past the mark that follows what is at hand: "<!-->" is no whole comment.
  void past(std::string_view mark, std::size_t opening = 0) {
    const std::size_t found = text.find(mark, at + opening);
    at = found == npos ? text.size() : found + mark.size();
  }

  attribute one_attribute(std::size_t begin) {
    attribute a;
    a.begin = begin;
    a.name = name();
    blanks();
    ++at;                                    // =
    blanks();
    const char quote = text[at++];
    const std::size_t value = at;
    at = std::min(text.find(quote, at), text.size());
    a.value = decoded(text.substr(value, at - value));
    for (char& c : a.value)
      if (c == '\n' || c == '\t') c = ' ';   // 3.3.3; references to them do not occur in names
    a.end = std::min(++at, text.size());
    return a;
  }

  // At "<" of a start tag.
  element one_element() {
    element e;
    e.begin = at++;
    const std::string_view whole = name();
    const std::size_t colon = whole.find(':');
    e.prefix = colon == npos ? std::string_view() : whole.substr(0, colon);
    e.name = colon == npos ? whole : whole.substr(colon + 1);
    for (;;) {
      const std::size_t before = at;
      blanks();
      if (at >= text.size() || text[at] == '>' || text[at] == '/') break;
      e.attributes.push_back(one_attribute(before));
    }
    e.one_tag = at < text.size() && text[at] == '/';
    past(">");
    e.inside = e.inside_end = e.end = at;
    if (!e.one_tag) content(e);
    return e;
  }

  void content(element& e) {
    while (at < text.size()) {
      const std::size_t tag = std::min(text.find('<', at), text.size());
      e.text += decoded(text.substr(at, tag - at));
      at = tag;
      const std::string_view rest = text.substr(at);
      if (rest.starts_with("</")) {
        e.inside_end = at;
        past(">");
        e.end = at;
        return;
      }
      if (rest.starts_with("<!--")) {
        past("-->", 4);
      } else if (rest.starts_with("<![CDATA[")) {
        const std::size_t begin = at + 9;
        past("]]>", 9);
        e.text += text::replace_all(std::string(text.substr(begin, at - 3 - begin)), "\r\n", "\n");
      } else if (rest.starts_with("<?")) {
        past("?>", 2);
      } else if (!rest.empty()) {
        e.children.push_back(one_element());
      }
    }
  }

  element root() {
    while (at < text.size()) {
      at = std::min(text.find('<', at), text.size());
      const std::string_view rest = text.substr(at);
      if (rest.starts_with("<?")) past("?>", 2);
      else if (rest.starts_with("<!--")) past("-->", 4);
      else break;
    }
    return at < text.size() ? one_element() : element();
  }
};

bool is_utf8_document(std::string_view text) {
  if (!text::is_utf8(text)) return false;
  const std::string_view head = text.substr(0, std::min<std::size_t>(text.find("?>"), 200));
  const std::size_t said = head.find("encoding");
  if (said == npos || text.find("<?xml") > 3) return true;
  const std::string name = text::lower_case(head.substr(said));
  return name.find("utf-8") != npos || name.find("us-ascii") != npos;
}

}  // namespace

const attribute* element::find(std::string_view wanted) const {
  for (const auto& a : attributes)
    if (a.name == wanted) return &a;
  return nullptr;
}

std::string_view element::value(std::string_view wanted) const {
  const attribute* a = find(wanted);
  return a ? std::string_view(a->value) : std::string_view();
}

const element* element::child(std::string_view wanted) const {
  for (const auto& c : children)
    if (c.name == wanted) return &c;
  return nullptr;
}

std::vector<const element*> element::all(std::string_view wanted) const {
  std::vector<const element*> out;
  for (const auto& c : children)
    if (c.name == wanted) out.push_back(&c);
  return out;
}

std::string element::named(std::string_view wanted) const {
  return prefix.empty() ? std::string(wanted) : prefix + ":" + std::string(wanted);
}

result<element> read(std::string_view text) {
  if (auto known = xml::parse(text); !known) return known.why();
  if (!is_utf8_document(text)) return refuse(madang::kind::unsupported, "grid.encoding");
  reader r{text};
  return r.root();
}

std::string as_text(std::string_view s) {
  std::string out;
  for (const char c : s) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '\r') out += "&#13;";
    else out += c;
  }
  return out;
}

std::string as_attribute(std::string name, std::string_view value) {
  std::string out = " " + std::move(name) + "=\"";
  for (const char c : value) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '"') out += "&quot;";
    else if (c == '\n' || c == '\t' || c == '\r') out += ' ';
    else out += c;
  }
  return out + "\"";
}

bool writable(std::string_view s) {
  if (!text::is_utf8(s)) return false;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c < 0x20 && !is_blank(s[i])) return false;
    if (s.substr(i).starts_with("\xEF\xBF\xBE") || s.substr(i).starts_with("\xEF\xBF\xBF"))
      return false;
  }
  return true;
}

std::string edits::apply(std::string_view text, std::size_t begin, std::size_t end) const {
  std::vector<const edit*> here;
  for (const auto& e : all_)
    if (e.begin >= begin && e.end <= end) here.push_back(&e);
  std::ranges::stable_sort(here, {}, [](const edit* e) { return e->begin; });
  std::string out;
  std::size_t at = begin;
  for (const edit* e : here) {
    out += text.substr(at, e->begin - at);
    out += e->with;
    at = e->end;
  }
  return out + std::string(text.substr(at, end - at));
}

}  // namespace madang::rules::source
