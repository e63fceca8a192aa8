#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model_inside.hpp"

// Internal: a model looked at once more. Which elements a piece of logic names and which names
// nobody knows, where its tables stand, and a desk there at which further texts can be compiled and
// tried: what the proof, the editor's diagnostics and its completions need.
namespace madang::rules {

struct seen_text {
  std::string text;
  int line = 0;                              // of the file
};

struct unknown_name {
  std::string name;
  seen_text where;
  int at = 0;                                // octets in the text
};

// "date + duration" whose sum may fall on a day that its month lacks.
struct month_sum {
  seen_text where;
  int at = 0;
  bool back = false;                         // it is a difference
  std::optional<calendar_date> from;         // when it is written there
  std::optional<std::int64_t> months;
};

// A decision table or a literal expression, and what may be named where it stands.
struct logic_site {
  int element = -1;
  int number = 0;                            // among those of its kind in the element
  const xml::element* source = nullptr;
  const model_file* home = nullptr;
  std::vector<named> names;                  // outermost first; locals have slots from 1 on
  int slots = 1;                             // slot 0 is for "?"
};

struct inspected {
  std::set<int> uses;                        // elements
  std::vector<unknown_name> unknown;
  std::vector<month_sum> sums;
  std::vector<logic_site> tables, literals;  // in the order of the file
};
inspected inspect(const model::inside& m, int element);

// What came of a text at a desk.
struct compiled_text {
  node_ptr node;                             // null: it is no FEEL
  std::optional<syntax_error> wrong;
  int frame_size = 0;
  std::set<std::size_t> uses;                // names of the site
  bool asks = false;                         // it names "?"
  std::vector<std::pair<std::string, int>> unknown;

  const value* constant() const { return node ? node->constant() : nullptr; }
};

class text_desk {
 public:
  text_desk(const model::inside& m, const logic_site& s);

  compiled_text expression(std::string_view text) const;
  compiled_text tests(std::string_view text, const type_ptr& of) const;
  type_ptr type(std::string_view reference) const;
  const logic_site& site() const { return site_; }
  const model::inside& in() const { return in_; }

  // `given`: of each name of the site; what is missing is null. Functions are known anyway.
  value run(const compiled_text& t, evaluation& e, const std::vector<value>& given,
            const value& asked = {}) const;

 private:
  template <class F>
  compiled_text compiled(std::string_view text, const type_ptr* asked, F parse) const;

  const model::inside& in_;
  const logic_site& site_;
};

// Runs of blanks as one, none at the ends; what stands in quotation marks is kept.
std::string squeezed(std::string_view text);
// Of a child "text"; empty when there is none.
std::string text_within(const xml::element* x);

}  // namespace madang::rules
