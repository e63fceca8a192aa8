#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/result.hpp"

// Internal: an XML document with the places of its parts, so that one of them can be written anew
// and every octet of the rest stays as it is: declarations, comments, diagrams, how quotation marks
// and blanks were set.
namespace madang::rules::source {

struct attribute {
  std::string name, value;                   // "xsi:type", decoded
  std::size_t begin = 0, end = 0;            // with the blank before it
};

struct element {
  std::string prefix, name;                  // "dmn", "rule"
  std::vector<attribute> attributes;
  std::vector<element> children;
  std::string text;                          // of this element alone, decoded
  std::size_t begin = 0, end = 0;            // the whole of it
  std::size_t inside = 0, inside_end = 0;    // between its tags; the same when it has one tag only
  bool one_tag = false;                      // <text/>

  const attribute* find(std::string_view name) const;
  std::string_view value(std::string_view name) const;       // empty: it is not there
  const element* child(std::string_view name) const;
  std::vector<const element*> all(std::string_view name) const;
  // The same name with the same prefix: "dmn:" + name.
  std::string named(std::string_view name) const;
};

// What libxml2 takes as well-formed, in UTF-8. Refusals: those of xml::parse, grid.encoding.
result<element> read(std::string_view text);

std::string as_text(std::string_view s);     // escaped
std::string as_attribute(std::string name, std::string_view value);     // ' name="value"'
// Characters that XML has no way to write.
bool writable(std::string_view s);

// Parts of a text that are replaced; they do not touch one another.
class edits {
 public:
  void replace(std::size_t begin, std::size_t end, std::string with) {
    all_.push_back({begin, end, std::move(with)});
  }
  void insert(std::size_t at, std::string what) { replace(at, at, std::move(what)); }
  bool empty() const { return all_.empty(); }
  // `text[begin, end)` with what was replaced in it.
  std::string apply(std::string_view text, std::size_t begin, std::size_t end) const;

 private:
  struct edit {
    std::size_t begin, end;
    std::string with;
  };
  std::vector<edit> all_;
};

}  // namespace madang::rules::source
