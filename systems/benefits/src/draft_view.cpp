#include "draft_view.hpp"

#include <algorithm>
#include <charconv>

namespace madang::benefits {
namespace {

constexpr std::size_t most_trial_facts = 100;

std::string cell_name(std::size_t table, std::size_t rule, const char* kind, std::size_t column) {
  return "t" + std::to_string(table) + "." + std::to_string(rule) + "." + kind +
         std::to_string(column);
}

void take_cells(const context& c, std::size_t table, rules::grid& g) {
  const auto take = [&](std::vector<std::string>& cells, std::size_t rule, const char* kind) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string name = cell_name(table, rule, kind, i);
      for (const auto& [key, value] : c.form())
        if (key == name) cells[i] = text::trim(value);
    }
  };
  for (std::size_t r = 0; r < g.rules.size(); ++r) {
    take(g.rules[r].conditions, r, "c");
    take(g.rules[r].outputs, r, "o");
    take(g.rules[r].annotations, r, "a");
  }
}

struct row_act {
  std::size_t table = 0, rule = 0;
  std::string what;
};
std::optional<row_act> act_in(std::string_view text) {
  const auto parts = text::split(text, '.');
  if (parts.size() != 3) return {};
  row_act out;
  for (int i = 0; i < 2; ++i) {
    auto& to = i == 0 ? out.table : out.rule;
    const auto& part = parts[static_cast<std::size_t>(i)];
    const auto [end, bad] = std::from_chars(part.data(), part.data() + part.size(), to);
    if (bad != std::errc{} || end != part.data() + part.size()) return {};
  }
  out.what = parts[2];
  return out;
}

void do_act(rules::grid& g, const row_act& a) {
  if (a.rule >= g.rules.size()) return;
  const auto at = g.rules.begin() + static_cast<std::ptrdiff_t>(a.rule);
  if (a.what == "add") {
    rules::grid_rule fresh;
    fresh.conditions.assign(g.inputs.size(), "-");
    fresh.outputs.assign(g.outputs.size(), "null");
    fresh.annotations.assign(g.annotations.size(), "");
    g.rules.insert(at + 1, std::move(fresh));
  } else if (a.what == "delete" && g.rules.size() > 1) {
    g.rules.erase(at);
  } else if (a.what == "up" && a.rule > 0) {
    std::iter_swap(at, at - 1);
  } else if (a.what == "down" && a.rule + 1 < g.rules.size()) {
    std::iter_swap(at, at + 1);
  }
}

bool same_rule(const rules::grid_rule& a, const rules::grid_rule& b) {
  return a.conditions == b.conditions && a.outputs == b.outputs && a.annotations == b.annotations;
}

// The longest sequence of rules that both tables have: which rule of `after` each of `before` is;
// -1: it is gone or changed. (Myers' problem; tables are short, so the plain table of lengths.)
std::vector<int> kept_rules(const rules::grid& before, const rules::grid& after) {
  const std::size_t n = before.rules.size(), m = after.rules.size();
  std::vector<std::vector<int>> length(n + 1, std::vector<int>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;)
    for (std::size_t j = m; j-- > 0;)
      length[i][j] = same_rule(before.rules[i], after.rules[j])
                         ? length[i + 1][j + 1] + 1
                         : std::max(length[i + 1][j], length[i][j + 1]);
  std::vector<int> out(n, -1);
  for (std::size_t i = 0, j = 0; i < n && j < m;) {
    if (same_rule(before.rules[i], after.rules[j])) out[i++] = static_cast<int>(j++);
    else if (length[i + 1][j] >= length[i][j + 1]) ++i;
    else ++j;
  }
  return out;
}

class difference_teller {
 public:
  difference_teller(const context& c, const rules::grid& before, const rules::grid& after)
      : c_(c), before_(before), after_(after) {}

  // Between two rules that stayed, what went and what came are paired in their order.
  std::vector<std::string> tell() {
    const auto kept = kept_rules(before_, after_);
    std::size_t i = 0, j = 0;
    while (i < before_.rules.size() || j < after_.rules.size()) {
      if (i < kept.size() && kept[i] == static_cast<int>(j)) {
        ++i;
        ++j;
        continue;
      }
      const bool went = i < kept.size() && kept[i] < 0;
      const bool came = j < after_.rules.size() &&
                        std::ranges::find(kept, static_cast<int>(j)) == kept.end();
      if (went && came) changed(i++, j++);
      else if (went) say("diff_gone", {{"n", std::to_string(++i)}});
      else say("diff_new", {{"n", std::to_string(++j)}});
    }
    return std::move(out_);
  }

 private:
  void say(const char* key, const html::texts::facts& facts) {
    out_.push_back(c_.fill("benefits." + std::string(key), facts));
  }
  void changed(std::size_t i, std::size_t j) {
    const auto& was = before_.rules[i];
    const auto& is = after_.rules[j];
    const std::string n = std::to_string(j + 1);
    const auto column = [&](const std::string& name, const std::string& a, const std::string& b) {
      if (a != b) say("diff_cell", {{"n", n}, {"column", name}, {"was", a}, {"is", b}});
    };
    for (std::size_t k = 0; k < std::min(was.conditions.size(), is.conditions.size()); ++k)
      column(after_.inputs[k].expression, was.conditions[k], is.conditions[k]);
    for (std::size_t k = 0; k < std::min(was.outputs.size(), is.outputs.size()); ++k)
      column(after_.outputs[k].name, was.outputs[k], is.outputs[k]);
    for (std::size_t k = 0; k < std::min(was.annotations.size(), is.annotations.size()); ++k)
      column(after_.annotations[k].name, was.annotations[k], is.annotations[k]);
  }

  const context& c_;
  const rules::grid& before_;
  const rules::grid& after_;
  std::vector<std::string> out_;
};

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
  const auto act = act_in(c.field("act"));
  for (std::size_t t = 0; t < logic->grids.size(); ++t) {
    rules::grid& g = logic->grids[t];
    take_cells(c, t, g);
    if (act && act->table == t) do_act(g, *act);
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

std::vector<std::string> differences(const context& c, const std::string& before,
                                     const std::string& after) {
  auto was = read_logic(before), is = read_logic(after);
  std::vector<std::string> out;
  if (!was || !is) return out;
  for (std::size_t t = 0; t < std::min(was->grids.size(), is->grids.size()); ++t)
    for (auto& line : difference_teller(c, was->grids[t], is->grids[t]).tell())
      out.push_back(is->tables[t].element + ": " + std::move(line));
  for (std::size_t l = 0; l < std::min(was->texts.size(), is->texts.size()); ++l)
    if (was->texts[l] != is->texts[l])
      out.push_back(is->literals[l].element + ": " +
                    c.fill("benefits.diff_text", {{"was", was->texts[l]}, {"is", is->texts[l]}}));
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
