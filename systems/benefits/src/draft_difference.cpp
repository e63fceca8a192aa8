// What has changed in a draft, in sentences. Rules are compared over the columns that both tables
// have; a column that came or went is said once, not in each rule.
#include <algorithm>

#include "draft_view.hpp"

namespace madang::benefits {
namespace {

// A column of either table, wherever it stands in it.
struct column {
  char kind = 'i';
  std::size_t number = 0;
  std::string id, name;                                       // name: what it asks or gives
  std::vector<std::pair<const char*, std::string>> parts;     // what else it says, by key of text
};

std::vector<column> columns_of(const rules::grid& g) {
  std::vector<column> out;
  for (std::size_t i = 0; i < g.inputs.size(); ++i) {
    const auto& one = g.inputs[i];
    out.push_back({'i', i, one.id, one.expression,
                   {{"column_label", one.label}, {"column_type", one.type},
                    {"column_allowed", one.allowed}}});
  }
  for (std::size_t i = 0; i < g.outputs.size(); ++i) {
    const auto& one = g.outputs[i];
    out.push_back({'o', i, one.id, one.name,
                   {{"column_type", one.type}, {"column_allowed", one.allowed},
                    {"column_otherwise", one.otherwise}}});
  }
  for (std::size_t i = 0; i < g.annotations.size(); ++i)
    out.push_back({'a', i, "", g.annotations[i].name, {}});
  return out;
}

// The same column among those of the other table that no other has: by its id, else by what it
// asks or gives. It is taken out.
std::optional<column> take_same(std::vector<column>& others, const column& c) {
  const auto take = [&](auto same) -> std::optional<column> {
    const auto at = std::ranges::find_if(
        others, [&](const column& o) { return o.kind == c.kind && same(o); });
    if (at == others.end()) return {};
    column out = std::move(*at);
    others.erase(at);
    return out;
  };
  if (!c.id.empty())
    if (auto found = take([&](const column& o) { return o.id == c.id; })) return found;
  return take([&](const column& o) { return (o.id.empty() || c.id.empty()) && o.name == c.name; });
}

const std::string& cell_of(const rules::grid_rule& r, const column& c) {
  const auto& cells = c.kind == 'i' ? r.conditions : c.kind == 'o' ? r.outputs : r.annotations;
  return cells[c.number];
}

using row = std::vector<std::string>;

std::vector<row> rows_of(const rules::grid& g, const std::vector<column>& columns) {
  std::vector<row> out;
  for (const auto& r : g.rules) {
    row one;
    for (const auto& c : columns) one.push_back(cell_of(r, c));
    out.push_back(std::move(one));
  }
  return out;
}

// The longest sequence of rules that both tables have: which rule of `after` each of `before` is;
// -1: it is gone or changed. (Myers' problem; tables are short, so the plain table of lengths.)
std::vector<int> kept_rules(const std::vector<row>& before, const std::vector<row>& after) {
  const std::size_t n = before.size(), m = after.size();
  std::vector<std::vector<int>> length(n + 1, std::vector<int>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;)
    for (std::size_t j = m; j-- > 0;)
      length[i][j] = before[i] == after[j] ? length[i + 1][j + 1] + 1
                                           : std::max(length[i + 1][j], length[i][j + 1]);
  std::vector<int> out(n, -1);
  for (std::size_t i = 0, j = 0; i < n && j < m;) {
    if (before[i] == after[j]) out[i++] = static_cast<int>(j++);
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
    tell_policy();
    tell_columns();
    const auto was = rows_of(before_, shared_before_), is = rows_of(after_, shared_after_);
    const auto kept = kept_rules(was, is);
    std::size_t i = 0, j = 0;
    while (i < was.size() || j < is.size()) {
      if (i < kept.size() && kept[i] == static_cast<int>(j)) {
        ++i;
        ++j;
        continue;
      }
      const bool went = i < kept.size() && kept[i] < 0;
      const bool came = j < is.size() &&
                        std::ranges::find(kept, static_cast<int>(j)) == kept.end();
      if (went && came) {
        tell_cells(was[i++], is[j], j + 1);
        ++j;
      } else if (went) {
        say("diff_gone", {{"n", std::to_string(++i)}});
      } else {
        say("diff_new", {{"n", std::to_string(++j)}});
      }
    }
    return std::move(out_);
  }

 private:
  void say(const char* key, const html::texts::facts& facts) {
    out_.push_back(c_.fill("benefits." + std::string(key), facts));
  }

  void tell_policy() {
    const auto policy = [](const rules::grid& g) {
      return g.aggregation.empty() ? g.policy : g.policy + " " + g.aggregation;
    };
    if (policy(before_) != policy(after_))
      say("diff_policy", {{"was", policy(before_)}, {"is", policy(after_)}});
  }

  void tell_columns() {
    auto were = columns_of(before_);
    for (const auto& is : columns_of(after_)) {
      const auto was = take_same(were, is);
      if (!was) {
        say("diff_column_new", {{"column", is.name}});
        continue;
      }
      shared_before_.push_back(*was);
      shared_after_.push_back(is);
      if (was->name != is.name) say("diff_column_name", {{"was", was->name}, {"is", is.name}});
      for (std::size_t k = 0; k < is.parts.size(); ++k)
        if (was->parts[k].second != is.parts[k].second)
          say("diff_column_part",
              {{"column", is.name},
               {"part", std::string(c_.say("benefits." + std::string(is.parts[k].first)))},
               {"was", was->parts[k].second},
               {"is", is.parts[k].second}});
    }
    for (const auto& was : were) say("diff_column_gone", {{"column", was.name}});
  }

  void tell_cells(const row& was, const row& is, std::size_t number) {
    for (std::size_t k = 0; k < is.size(); ++k)
      if (was[k] != is[k])
        say("diff_cell", {{"n", std::to_string(number)}, {"column", shared_after_[k].name},
                          {"was", was[k]}, {"is", is[k]}});
  }

  const context& c_;
  const rules::grid& before_;
  const rules::grid& after_;
  std::vector<column> shared_before_, shared_after_;   // in the order of the table that is
  std::vector<std::string> out_;
};

}  // namespace

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

}  // namespace madang::benefits
