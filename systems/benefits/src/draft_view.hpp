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
// What the form sent, put into the model; `act` is a row's button: "0.3.add", "0.3.delete",
// "0.3.up", "0.3.down" (table, rule). Refusals: those of rules::write_grid.
result<std::string> written_logic(const context& c, const std::string& model);

// What has changed since the version it was begun from, one sentence each.
std::vector<std::string> differences(const context& c, const std::string& before,
                                     const std::string& after);
// "age = 67", a line each, FEEL literals. Refusal draft.facts {line}.
result<json::value> facts_written(std::string_view lines);
std::string facts_as_lines(const json::value& given);

}  // namespace madang::benefits
