#pragma once
#include "madang/rules/assistance.hpp"
#include "proof_table.hpp"

// Internal: what an assistant holds.
namespace madang::rules {

struct assistant::inside {
  inside(std::shared_ptr<const model> m, logic_site s)
      : kept(std::move(m)), site(std::move(s)), desk(kept->in(), site) {}

  const std::shared_ptr<const model> kept;
  const logic_site site;
  const text_desk desk;
  std::optional<studied_table> table;        // none: it is a literal
};

// What may be written at a place of a text: names, functions, and the values that stand before all.
std::vector<completion> completions_at(const text_desk& desk, std::string_view text,
                                       std::size_t position, const std::vector<value>& values);

}  // namespace madang::rules
