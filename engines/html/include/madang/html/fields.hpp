#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "madang/base/time.hpp"
#include "madang/html/node.hpp"
#include "madang/html/parts.hpp"
#include "madang/html/shell.hpp"

// Questions: a control with its label, hint and error wired for assistive technology (label for,
// aria-describedby, aria-invalid). The id of a control is its name, so that error_item.field is the
// name too; of choices it is the first choice's, of dates the year's: field_id() tells.
namespace madang::html {

struct field {
  std::string name = {};
  std::string label = {};
  std::string hint = {};
  std::string error = {};         // empty: none
  std::string value = {};         // what was answered before; not trusted, escaped
  bool heading = false;           // the label is the page's h1: one question per page
  bool optional = false;          // says so after the label
  std::string autocomplete = {};  // WCAG 2.2, 1.3.5: "name", "tel", "street-address"
  std::string input_mode = {};    // "numeric", "tel", "email"
  int width = 0;                  // characters; 0: as wide as the column
  int most = 0;                   // characters that may be typed; 0: limits::answer_bytes
};

struct choice {
  std::string value = {}, label = {}, hint = {};
};

node text_field(const shell&, const field&);
<<<<<<< HEAD
node password_field(const shell&, const field&);
node area_field(const shell&, const field&, int rows = 5);   // with `most`, counts what is left
=======
node area_field(const shell&, const field&, int rows = 5);  // with `most`, counts what is left
>>>>>>> web
node radio_field(const shell&, const field&, const std::vector<choice>&);
node checkbox_field(const shell&, const field&, const std::vector<choice>&,
                    const std::vector<std::string>& checked = {});
node select_field(const shell&, const field&, const std::vector<choice>&);
node yes_no_field(const shell&, const field&);  // values "yes" and "no"
node hidden_field(std::string_view name, std::string_view value);
// Text with the address finder as an island: asks `source` + "?q=" for {items: [{label, value}]}.
// A choice also fills the hidden field <name>_id with the value.
node address_field(const shell&, const field&, std::string_view source = "/addresses");
// A plain file input; the island adds dropping and checks size before sending.
node upload_field(const shell&, const field&, std::string_view accept, std::size_t most_bytes);

// A number printed on a document, with the island that reads it from the printed code by camera or
// from a picture. With `submit`, the form goes as soon as a code is read.
node scan_field(const shell&, const field&, bool submit = true);
// Wraps the form that checks a printed code, so that it also works without a network: the island
// (asset "paper.js", named in page_options::scripts) checks signatures itself and registers the
// service worker. `words`: ok, bad, keys, "reason.<code>", "fact.<name>".
node paper_check(const std::vector<std::pair<std::string, std::string>>& words, const node& form);

// A date as three text fields, never type=number or a calendar: <name>_year, _month, _day, in the
// order of the reader's language (ko: year first; else day first).
struct date_parts {
  std::string year = {}, month = {}, day = {};
};
node date_field(const shell&, const field&, const date_parts&);
date_parts parts_of(date d);
// What was typed, as a date: nothing when it is none (31 February, letters).
std::optional<date> date_of(const date_parts&);

// The id to which an error about a field links.
std::string date_field_id(const shell&, std::string_view name);
inline std::string choice_field_id(std::string_view name) { return std::string(name) + "-1"; }

// One question on one page. Posts `fields` and _csrf to `action`; pressing "save and come back
// later" sends _save=1 besides.
struct question {
  std::string title = {};         // of the document; and h1, unless a field is the heading
  std::string lead = {};          // below the h1
  bool field_is_heading = false;  // a field has heading = true
  std::string action = {};
  std::string back = {};     // href of the page before
  std::string journey = {};  // "Move-in report"
  int step = 0, steps = 0;   // 3 of 5; 0: not said
  bool saved = false;
  std::vector<error_item> errors = {};
  std::vector<node> fields = {};
  std::string continue_label = {};  // empty: "Continue"
  bool can_save = true;
  bool has_file = false;    // multipart/form-data
  node before_button = {};  // what pressing will do: data read, declaration
};
node question_form(const shell&, const question&);
std::string question_page(const shell&, const question&);

}  // namespace madang::html
