#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "madang/base/result.hpp"

// XML 1.0 with namespaces, as plain values that lose nothing a canonical form keeps: what was read
// is written again with the same elements, attributes, prefixes, text, comments and processing
// instructions. For files that others made and will read again (BPMN, exchange messages).
//
// Nothing is fetched and no entity is expanded; a document type declaration is refused.
namespace madang::xml {

struct attribute {
  std::string prefix, name, space, value;    // space: namespace; empty: none
};

struct node {
  enum class what : std::uint8_t { element, text, cdata, comment, instruction };
  what kind = what::element;
  // ---- of an element ----
  std::string prefix, name, space;           // name: local name, or the target of an instruction
  std::vector<std::pair<std::string, std::string>> declares;   // prefix -> namespace, in order
  std::vector<attribute> attributes;
  std::vector<node> children;
  int line = 0;
  // ---- of anything else ----
  std::string text;

  bool is(std::string_view wanted_space, std::string_view wanted) const {
    return kind == what::element && name == wanted && space == wanted_space;
  }
  // Empty: it is not there. Attributes without a prefix have no namespace.
  std::string_view get(std::string_view wanted, std::string_view in_space = {}) const;
  bool has(std::string_view wanted, std::string_view in_space = {}) const;
  void set(std::string_view wanted, std::string value);        // one without a namespace
  // The first child element; null: there is none.
  const node* child(std::string_view in_space, std::string_view wanted) const;
  node* child(std::string_view in_space, std::string_view wanted);
  // All text within, of descendants too.
  std::string all_text() const;
};

struct document {
  std::vector<node> before, after;           // comments and instructions around the root
  node root;
};

struct limits_of_reading {
  std::size_t octets = 16u << 20;
  int depth = 200;
  std::size_t nodes = 500'000;
};

// Refusals xml.too_large, xml.malformed {line}, xml.doctype, xml.too_deep.
result<document> parse(std::string_view octets, const limits_of_reading& l = {});
// UTF-8 with an XML declaration. What is written reads back to an equal document.
std::string write(const document& d);

}  // namespace madang::xml
