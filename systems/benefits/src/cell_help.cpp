// Help while a cell of a draft is written: what is wrong with it, and what could stand there. The
// page works without; the browser asks when typing pauses.
#include <charconv>

#include "draft_view.hpp"
#include "madang/rules/assistance.hpp"

namespace madang::benefits {
namespace {

constexpr std::size_t longest_cell = 2000, most_completions = 30;

struct cell_view {
  std::vector<std::string> remarks, completions;   // sentences; the whole text of the cell
  bool mistake = false;
};
BOOST_DESCRIBE_STRUCT(cell_view, (), (remarks, completions, mistake))

// "t0.c1": the second condition of the first table; "t0.o0"; "l2": the third expression.
struct cell_place {
  char of = 0, kind = 0;
  std::size_t number = 0, column = 0;
};
std::optional<cell_place> place_in(std::string_view at) {
  const auto number = [](std::string_view digits, std::size_t& to) {
    const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), to);
    return !digits.empty() && bad == std::errc{} && end == digits.data() + digits.size();
  };
  cell_place out;
  if (at.size() < 2) return {};
  out.of = at.front();
  const auto dot = at.find('.');
  if (out.of == 'l') return number(at.substr(1), out.number) ? std::optional(out) : std::nullopt;
  if (out.of != 't' || dot == std::string_view::npos || at.size() < dot + 3) return {};
  out.kind = at[dot + 1];
  if (out.kind != 'c' && out.kind != 'o') return {};
  if (!number(at.substr(1, dot - 1), out.number)) return {};
  return number(at.substr(dot + 2), out.column) ? std::optional(out) : std::nullopt;
}

cell_view help(const context& c, const rules::assistant& a, const cell_place& at,
               const std::string& text, std::size_t position) {
  cell_view out;
  const bool condition = at.kind == 'c', output = at.kind == 'o';
  const auto remarks = condition ? a.check_condition(at.column, text)
                       : output  ? a.check_output(at.column, text) : a.check_expression(text);
  for (const auto& r : remarks) {
    out.remarks.push_back(c.fill("rules." + r.code, r.facts));
    out.mistake = out.mistake || r.how == rules::finding::weight::mistake;
  }
  const auto next = condition ? a.complete_condition(at.column, text, position)
                    : output  ? a.complete_output(at.column, text, position)
                              : a.complete_expression(text, position);
  for (const auto& one : next) {
    if (out.completions.size() >= most_completions) break;
    const auto from = static_cast<std::size_t>(one.from), to = static_cast<std::size_t>(one.to);
    if (from > to || to > text.size()) continue;
    out.completions.push_back(text.substr(0, from) + one.text + text.substr(to));
  }
  return out;
}

}  // namespace

http::response cell_help(context& c, const lawbook& book, const draft& d) {
  const auto at = place_in(c.request.param("at"));
  const std::string text(c.request.param("text"));
  if (!at || !text::is_utf8(text) || text.size() > longest_cell)
    return c.refuse(refuse(kind::invalid, "draft.cell", "at"));
  auto logic = read_logic(d.model);
  auto would_be = book.with(d);
  if (!logic || !would_be) return c.with_privacy(http::json_response(json::write(cell_view{})));
  const auto& places = at->of == 't' ? logic->tables : logic->literals;
  if (at->number >= places.size()) return c.refuse(refuse(kind::invalid, "draft.cell", "at"));
  const auto model = would_be->find(d.provision)->at(d.starts)->logic;
  auto a = at->of == 't' ? rules::assistant::of_table(model, places[at->number])
                         : rules::assistant::of_literal(model, places[at->number]);
  if (!a) return c.refuse(a.why());
  std::size_t position = text.size();
  const std::string_view said = c.request.param("position");
  std::from_chars(said.data(), said.data() + said.size(), position);
  return c.with_privacy(http::json_response(
      json::write(help(c, *a, *at, text, std::min(position, text.size())))));
}

}  // namespace madang::benefits
