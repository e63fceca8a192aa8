#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "madang/base/result.hpp"
#include "madang/base/words.hpp"

// A layout says how one kind of official paper looks. It is text (YAML), belongs to a pack, holds
// no code, and is compiled once. The grammar, in full:
//
//   name: resident-certificate            letters, digits, '-'
//   title: {ko: .., en: ..}               also the document's title in its metadata
//   page: {margins: [top, right, bottom, left]}        A4; points (1/72 inch); 36 to 120 each
//   body:                                 blocks, drawn one below the other
//     - heading: PHRASE                   options: size (12..40), spacing (letter space, points)
//     - text: PHRASE                      options: size, align, bold, grey
//     - paragraph: PHRASE                 wraps, 1.6 line height; options as text
//     - facts:                            a grid of label and value
//         columns: 1..4
//         label_width: points
//         rows: [{label: PHRASE, value: TEMPLATE, span: n, when: PATH}]
//     - table:                            one row for each member of an array; flows over pages
//         rows: PATH                        with its header repeated
//         columns: [{label: PHRASE, value: TEMPLATE or list of them, width: share, align: ..}]
//         empty: PHRASE                   said when there is no row
//     - pictures: PATH                    a page for each member of an array of {columns, rows,
//         above: PHRASE                     grey, packed}: a picture (scan.hpp), packed in base64
//     - seal: PHRASE                      the statement above date, agency and seal; exactly one
//     - code: PHRASE                      the code on paper with the words beside it; at most one
//     - rule: 0.2..3                      a line of that thickness
//     - space: points
//   footer: PHRASE                        at the foot of each page, before "n / m"
//
// Every block may have `when: PATH` (or `when: not PATH`): drawn only if that is there and not
// false, empty or zero. Every block but a table and pictures may have `at: bottom`: it and all
// after it stand at the foot of the page.
// PHRASE is {ko: TEMPLATE, en: TEMPLATE} or one TEMPLATE for every language.
// TEMPLATE is text with {PATH}, {PATH|FORMAT}; a path that leads nowhere refuses the document
// unless it ends in '?'. "{{" is a brace.
// PATH is names joined by dots from the top of the data; inside a table from the row when it starts
// with a dot. `issue.number`, `issue.date`, `issue.time`, `issue.agency` are the issue's; `.#`
// counts rows from 1.
// FORMAT: date (ISO date in words), short (ISO date as 2026.11.23), number (1,234,567),
// mask:N (all but the first N characters as '*'), yesno:A/B (A when true).
namespace madang::documents {

class layout {
 public:
  struct inside;

  // Refusals, each with facts "line" and "found": layout.syntax, layout.too_large,
  // layout.unknown_key ("known"), layout.missing ("key"), layout.expected ("wanted"),
  // layout.template, layout.format ("known"), layout.no_seal, layout.twice ("key").
  static result<layout> compile(std::string_view yaml);

  const std::string& name() const;
  const words& title() const;
  // SHA-256 of the text in hex: what a record keeps, so that its document can be rebuilt with the
  // layout of its day.
  const std::string& version() const;

  const inside& raw() const { return *in_; }

 private:
  explicit layout(std::shared_ptr<const inside> in) : in_(std::move(in)) {}
  std::shared_ptr<const inside> in_;
};

}  // namespace madang::documents
