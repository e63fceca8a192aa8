#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "madang/documents/layout.hpp"

// What a layout is once it is compiled: blocks with their templates taken apart.
namespace madang::documents {

enum class align { left, center, right };

struct path {
  bool from_row = false;              // ".name" instead of "person.name"
  std::vector<std::string> members;   // "#" alone counts rows
  std::string written;
};

enum class format { plain, date, short_date, number, mask, yes_no };

struct piece {
  std::string literal;                // when there is no path
  std::optional<documents::path> path;
  bool optional = false;
  documents::format format = documents::format::plain;
  int keep = 0;                       // mask:N
  std::string yes, no;                // yesno:A/B
};
using text_template = std::vector<piece>;

// By language; "" is for every language that has none of its own.
struct phrase {
  std::map<std::string, text_template, std::less<>> said;
  bool empty() const { return said.empty(); }
  const text_template& in(const std::string& language) const;
};

struct condition {
  documents::path path;
  bool negated = false;
};

struct text_style {
  double size = 9.5;
  documents::align align = documents::align::left;
  bool bold = false;
  bool grey = false;
  double spacing = 0;
};

struct heading_block {
  phrase text;
  text_style style;
};
struct text_block {
  phrase text;
  text_style style;
  bool wraps = false;
};
struct facts_row {
  phrase label;
  text_template value;
  int span = 1;
  std::optional<condition> when;
};
struct facts_block {
  int columns = 2;
  double label_width = 76;
  std::vector<facts_row> rows;
};
struct table_column {
  phrase label;
  std::vector<text_template> lines;
  double width = 1;
  documents::align align = documents::align::left;
};
struct table_block {
  documents::path rows;
  std::vector<table_column> columns;
  phrase empty;
};
struct seal_block {
  phrase statement;
};
struct code_block {
  phrase beside;
};
struct pictures_block {
  documents::path rows;
  phrase above;
};
struct rule_block {
  double thickness = 0.5;
};
struct space_block {
  double height = 8;
};

struct block {
  std::variant<heading_block, text_block, facts_block, table_block, pictures_block, seal_block,
               code_block, rule_block, space_block>
      is;
  std::optional<condition> when;
  bool at_bottom = false;
};

struct layout::inside {
  std::string name, version;
  words title;
  std::array<double, 4> margins{56, 57, 56, 57};   // top, right, bottom, left
  std::vector<block> body;
  phrase footer;
};

}  // namespace madang::documents
