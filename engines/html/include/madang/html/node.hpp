#pragma once
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Markup that escapes by construction (HTML Living Standard, section 13.1). There is no way from a
// string to markup but through escaping: text and attribute values are escaped, names of tags and
// attributes are literals checked by the compiler, addresses are refused unless their scheme is
// harmless, and raw() takes only literals of the program. Script and style cannot be written at
// all.
//
//   node card = div(cls("card"), h2(person.name), p("..."), a(href(url), say("open")));
//
// Arguments may come in any order: attributes go into the tag, the rest becomes its content.
namespace madang::html {

// A piece of well-formed markup. Owns its text; cheap to move. A string that becomes a node is
// escaped: it is text.
class node {
 public:
  node() = default;
  node(std::string_view text);
  node(const std::string& text) : node(std::string_view(text)) {}
  node(const char* text) : node(text ? std::string_view(text) : std::string_view()) {}
  const std::string& markup() const& { return markup_; }
  std::string markup() && { return std::move(markup_); }
  bool empty() const { return markup_.empty(); }

 private:
  std::string markup_;
  friend struct maker;
};

namespace detail {
// Letters, digits and hyphens, from a letter on: what we allow tags and attributes to be called.
consteval bool is_name(std::string_view s) {
  if (s.empty() || s[0] < 'a' || s[0] > 'z') return false;
  for (char c : s)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  return true;
}
consteval bool is_one_of(std::string_view s, std::initializer_list<std::string_view> names) {
  for (std::string_view n : names)
    if (s == n) return true;
  return false;
}
}  // namespace detail

// The name of a tag: a literal; scripts, styles and frames do not compile.
struct tag {
  std::string_view name;
  consteval tag(const char* literal) : name(literal) {
    using namespace std::string_view_literals;
    if (!detail::is_name(name) ||
        detail::is_one_of(name, {"script"sv, "style"sv, "iframe"sv, "object"sv, "embed"sv, "base"sv,
                                 "template"sv}))
      throw "not a tag of ours";
  }
};

// The name of an attribute: a literal; event handlers, inline style and srcdoc do not compile.
struct attribute_name {
  std::string_view name;
  bool address = false;  // its value is a URL and is filtered
  consteval attribute_name(const char* literal) : name(literal) {
    using namespace std::string_view_literals;
    if (!detail::is_name(name) || name.starts_with("on") ||
        detail::is_one_of(name, {"style"sv, "srcdoc"sv, "srcset"sv}))
      throw "not an attribute of ours";
    address = detail::is_one_of(name, {"href"sv, "src"sv, "action"sv, "formaction"sv, "poster"sv,
                                       "cite"sv, "data-href"sv, "data-source"sv});
  }
};

// One attribute, already escaped. Owns its text, so it may be kept and passed about.
class attribute {
 public:
  attribute() = default;  // none: writes nothing
  bool is_class() const { return is_class_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool is_class_ = false;
  friend struct maker;
};

attribute attr(attribute_name name, std::string_view value);
attribute attr(attribute_name name, std::int64_t value);
attribute cls(std::string_view names);                        // several in one tag are joined
attribute flag(attribute_name name, bool on = true);          // boolean attribute
attribute aria(attribute_name name, std::string_view value);  // aria("label", ..) -> aria-label
attribute data(attribute_name name, std::string_view value);  // data("id", ..)    -> data-id

inline attribute id_(std::string_view v) { return attr("id", v); }
inline attribute href(std::string_view v) { return attr("href", v); }
inline attribute src(std::string_view v) { return attr("src", v); }
inline attribute action(std::string_view v) { return attr("action", v); }
inline attribute name_(std::string_view v) { return attr("name", v); }
inline attribute value_(std::string_view v) { return attr("value", v); }
inline attribute type_(std::string_view v) { return attr("type", v); }
inline attribute for_(std::string_view v) { return attr("for", v); }
inline attribute role(std::string_view v) { return attr("role", v); }
inline attribute method(std::string_view v) { return attr("method", v); }
inline attribute lang_(std::string_view v) { return attr("lang", v); }

// Whether a browser may be sent there: relative, "#..", "?..", http, https, mailto, tel. Refused
// are other schemes, "//host" and its disguises, control characters and leading spaces (WHATWG URL,
// section 4.4, strips those, which is how "java\tscript:" hides). A refused address becomes "#".
bool is_safe_address(std::string_view url);

// Appends `s` with & < > " ' written as references; control characters other than tab and line
// ends become U+FFFD.
void append_escaped(std::string& out, std::string_view s);

// A literal of the program that is markup: our own drawings and nothing else.
struct trusted {
  std::string_view markup;
  consteval trusted(const char* literal) : markup(literal) {}
};
node raw(trusted literal);
node join(const std::vector<node>& nodes, const node& between = {});
// Nodes one after the other without a tag round them.
template <class... A>
node all(const A&... arguments);

// One argument of a tag, seen for the length of the call: a view, never stored.
class piece {
 public:
  piece() = default;
  piece(std::string_view s) : is_(what::text), text_(s) {}
  piece(const std::string& s) : piece(std::string_view(s)) {}
  piece(const char* s) : piece(s ? std::string_view(s) : std::string_view()) {}
  template <std::integral I>
  requires(!std::same_as<I, bool> && !std::same_as<I, char>) piece(I number)
      : is_(what::number), number_(static_cast<std::int64_t>(number)) {}
  piece(const node& n) : is_(what::markup), text_(n.markup()) {}
  piece(const attribute& a) : is_(what::attributes), of_{.attributes = &a}, size_(1) {}
  piece(const std::vector<node>& v) : is_(what::nodes), of_{.nodes = v.data()}, size_(v.size()) {}
  piece(const std::vector<attribute>& v)
      : is_(what::attributes), of_{.attributes = v.data()}, size_(v.size()) {}
  template <class T>
  requires std::constructible_from<piece, const T&> piece(const std::optional<T>& o)
      : piece(o ? piece(*o) : piece()) {}

 private:
  enum class what { none, text, number, markup, nodes, attributes };
  what is_ = what::none;
  std::string_view text_;
  union {
    const node* nodes;
    const attribute* attributes;
  } of_{.nodes = nullptr};
  std::size_t size_ = 0;
  std::int64_t number_ = 0;
  friend struct maker;
};

node element_of(tag name, std::span<const piece> pieces);
node all_of(std::span<const piece> pieces);

template <class... A>
node element(tag name, const A&... arguments) {
  const piece pieces[sizeof...(A) + 1] = {piece(arguments)...};
  return element_of(name, {pieces, sizeof...(A)});
}
template <class... A>
node all(const A&... arguments) {
  const piece pieces[sizeof...(A) + 1] = {piece(arguments)...};
  return all_of({pieces, sizeof...(A)});
}

// One function a tag, named like it; the macro is gone after the list.
#define MADANG_ELEMENT(function, literal)  \
  template <class... A>                    \
  node function(const A&... arguments) {   \
    return element(literal, arguments...); \
  }
MADANG_ELEMENT(a, "a")
MADANG_ELEMENT(abbr, "abbr")
MADANG_ELEMENT(address, "address")
MADANG_ELEMENT(article, "article")
MADANG_ELEMENT(aside, "aside")
MADANG_ELEMENT(br, "br")
MADANG_ELEMENT(button, "button")
MADANG_ELEMENT(caption, "caption")
MADANG_ELEMENT(code, "code")
MADANG_ELEMENT(dd, "dd")
MADANG_ELEMENT(details, "details")
MADANG_ELEMENT(dialog, "dialog")
MADANG_ELEMENT(div, "div")
MADANG_ELEMENT(dl, "dl")
MADANG_ELEMENT(dt, "dt")
MADANG_ELEMENT(em, "em")
MADANG_ELEMENT(fieldset, "fieldset")
MADANG_ELEMENT(figure, "figure")
MADANG_ELEMENT(figcaption, "figcaption")
MADANG_ELEMENT(footer, "footer")
MADANG_ELEMENT(form, "form")
MADANG_ELEMENT(h1, "h1")
MADANG_ELEMENT(h2, "h2")
MADANG_ELEMENT(h3, "h3")
MADANG_ELEMENT(h4, "h4")
MADANG_ELEMENT(header, "header")
MADANG_ELEMENT(hr, "hr")
MADANG_ELEMENT(img, "img")
MADANG_ELEMENT(input, "input")
MADANG_ELEMENT(kbd, "kbd")
MADANG_ELEMENT(label, "label")
MADANG_ELEMENT(legend, "legend")
MADANG_ELEMENT(li, "li")
MADANG_ELEMENT(main_, "main")
MADANG_ELEMENT(mark, "mark")
MADANG_ELEMENT(meter, "meter")
MADANG_ELEMENT(nav, "nav")
MADANG_ELEMENT(ol, "ol")
MADANG_ELEMENT(optgroup, "optgroup")
MADANG_ELEMENT(option, "option")
MADANG_ELEMENT(output, "output")
MADANG_ELEMENT(p, "p")
MADANG_ELEMENT(pre, "pre")
MADANG_ELEMENT(section, "section")
MADANG_ELEMENT(select, "select")
MADANG_ELEMENT(small, "small")
MADANG_ELEMENT(span, "span")
MADANG_ELEMENT(strong, "strong")
MADANG_ELEMENT(sub, "sub")
MADANG_ELEMENT(summary, "summary")
MADANG_ELEMENT(sup, "sup")
MADANG_ELEMENT(table, "table")
MADANG_ELEMENT(tbody, "tbody")
MADANG_ELEMENT(td, "td")
MADANG_ELEMENT(textarea, "textarea")
MADANG_ELEMENT(tfoot, "tfoot")
MADANG_ELEMENT(th, "th")
MADANG_ELEMENT(thead, "thead")
MADANG_ELEMENT(time, "time")
MADANG_ELEMENT(tr, "tr")
MADANG_ELEMENT(ul, "ul")
#undef MADANG_ELEMENT

}  // namespace madang::html
