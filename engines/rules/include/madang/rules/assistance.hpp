#pragma once
#include <boost/describe.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "madang/rules/grid.hpp"
#include "madang/rules/proof.hpp"

// Help while somebody writes in a cell or an expression: what is wrong with it at once, and what
// could be written next. Stands on a model that was compiled; a cell costs some microseconds.
namespace madang::rules {

struct remark {
  std::string code;                          // "cell.wrong_type": text "rules.cell.wrong_type"
  finding::weight how = finding::weight::mistake;
  int at = 0;                                // octets in the text
  std::map<std::string, std::string> facts;
};

// Puts `text` in place of what stands from `from` to `to`.
struct completion {
  std::string text;
  int from = 0, to = 0;
  std::string kind;        // value, input, decision, knowledge, name, member, function, word
  std::string detail;      // its type, or how it is called: "round up(n, scale)"
  std::string description; // key of a text, "rules.builtin.substring"; empty: there is none
};
BOOST_DESCRIBE_STRUCT(completion, (), (text, from, to, kind, detail, description))

class assistant {
 public:
  // Refusal grid.no_such_logic {element}. Columns are counted from 0, as in the grid.
  static result<assistant> of_table(std::shared_ptr<const model> m, const logic_place& place);
  static result<assistant> of_literal(std::shared_ptr<const model> m, const logic_place& place);
  assistant(assistant&&) noexcept;
  assistant& operator=(assistant&&) noexcept;
  ~assistant();

  // Remarks in the order of places. A column that is not there takes anything.
  std::vector<remark> check_condition(std::size_t input, std::string_view text) const;
  std::vector<remark> check_output(std::size_t output, std::string_view text) const;
  // Of a literal, or what an input asks.
  std::vector<remark> check_expression(std::string_view text) const;

  // `position`: octets before the cursor. At most 200, the likeliest first.
  std::vector<completion> complete_condition(std::size_t input, std::string_view text,
                                             std::size_t position) const;
  std::vector<completion> complete_output(std::size_t output, std::string_view text,
                                          std::size_t position) const;
  std::vector<completion> complete_expression(std::string_view text, std::size_t position) const;

 private:
  struct inside;
  explicit assistant(std::unique_ptr<inside> i);
  std::unique_ptr<inside> inside_;
};

}  // namespace madang::rules
