#include "draft_view.hpp"

#include <algorithm>

#include "draft_form.hpp"

namespace madang::benefits {
namespace {

constexpr std::size_t most_trial_facts = 100;

}  // namespace

result<draft_logic> read_logic(const std::string& model) {
  auto places = rules::logic_in(model);
  if (!places) return places.why();
  draft_logic out{std::move(places->tables), std::move(places->literals), {}, {}};
  for (const auto& one : out.tables) {
    auto g = rules::read_grid(model, one);
    if (!g) return g.why();
    out.grids.push_back(std::move(*g));
  }
  for (const auto& one : out.literals) {
    auto t = rules::read_literal(model, one);
    if (!t) return t.why();
    out.texts.push_back(std::move(*t));
  }
  return out;
}

result<std::string> written_logic(const context& c, const std::string& model) {
  auto logic = read_logic(model);
  if (!logic) return logic.why();
  std::string out = model;
  for (std::size_t t = 0; t < logic->grids.size(); ++t) {
    rules::grid& g = logic->grids[t];
    take_form(c, t, g);
    auto next = rules::write_grid(out, logic->tables[t], g);
    if (!next) return next.why();
    out = std::move(*next);
  }
  for (std::size_t l = 0; l < logic->literals.size(); ++l) {
    const std::string name = "l" + std::to_string(l);
    const bool sent = std::ranges::any_of(c.form(), [&](const auto& f) { return f.first == name; });
    if (!sent) continue;
    auto next = rules::write_literal(out, logic->literals[l], std::string(c.field(name)));
    if (!next) return next.why();
    out = std::move(*next);
  }
  return out;
}

result<json::value> facts_written(std::string_view lines) {
  json::object out;
  int number = 0;
  for (const auto& line : text::split(lines, '\n')) {
    ++number;
    const auto one = text::trim(line);
    if (one.empty()) continue;
    const auto equals = one.find('=');
    const auto wrong = refuse(kind::invalid, "draft.facts", "given",
                              {{"line", std::to_string(number)}});
    if (equals == std::string_view::npos || out.size() >= most_trial_facts) return wrong;
    const std::string name(text::trim(one.substr(0, equals)));
    const std::string literal(text::trim(one.substr(equals + 1)));
    const auto v = rules::value_of_literal(literal);
    if (name.empty() || (v.is_null() && literal != "null")) return wrong;
    out[text::replace_all(name, " ", "_")] = rules::to_json(v);
  }
  return json::value(out);
}

std::string facts_as_lines(const json::value& given) {
  std::vector<std::string> lines;
  if (given.is_object())
    for (const auto& m : given.get_object())
      lines.push_back(std::string(m.key()) + " = " + rules::of_json(m.value()).literal());
  return text::join(lines, "\n");
}

}  // namespace madang::benefits
