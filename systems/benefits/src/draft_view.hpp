#pragma once
#include <string>
#include <vector>

#include "lawbook.hpp"
#include "madang/rules/grid.hpp"

// Internal: a draft as the page shows it and as its form sends it back.
namespace madang::benefits {

struct draft_logic {
  std::vector<rules::logic_place> tables, literals;
  std::vector<rules::grid> grids;            // of the tables
  std::vector<std::string> texts;            // of the literals
};
// Refusals: those of rules::read_grid.
result<draft_logic> read_logic(const std::string& model);
// What the form sent, put into the model (draft_form.hpp). Refusals: those of rules::write_grid.
result<std::string> written_logic(const context& c, const std::string& model);

// The form itself; fixed: what it says, to be read only.
html::node editor(const context& c, const office& o, const lawbook& book, const draft& d,
                  const draft_logic& logic, bool fixed);

// What has changed since the version it was begun from, one sentence each.
std::vector<std::string> differences(const context& c, const std::string& before,
                                     const std::string& after);
// "age = 67", a line each, FEEL literals. Refusal draft.facts {line}.
result<json::value> facts_written(std::string_view lines);
std::string facts_as_lines(const json::value& given);

}  // namespace madang::benefits
