// What is wrong with one text.
#include "madang/rules/assistance.hpp"

#include <algorithm>

#include "assistance_inside.hpp"
#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

using weight = finding::weight;

// Syntax and names. False: it does not compile, so that nothing else can be said.
bool check_words(const compiled_text& made, std::vector<remark>& out) {
  if (made.wrong) {
    out.push_back({"cell.syntax", weight::mistake, static_cast<int>(made.wrong->at),
                   {{"near", made.wrong->near}}});
    return false;
  }
  for (const auto& [name, at] : made.unknown)
    out.push_back({"cell.unknown_name", weight::mistake, at, {{"name", name}}});
  return true;
}

bool is_literal(const simple_test& t) { return t.low.symbol < 0 && t.high.symbol < 0; }

void add_points(const cell& c, kind k, std::vector<value>& out) {
  for (const auto& t : c.tests)
    for (const bound* b : {&t.low, &t.high})
      if (b->symbol < 0 && b->literal.is(k)) out.push_back(b->literal);
}

// What the condition can hold for, beside what the column allows.
void check_values(const studied_column& column, kind k, const cell& c, std::vector<remark>& out) {
  std::vector<value> points;
  add_points(c, k, points);
  for (const auto& limit : column.allowed) add_points(limit, k, points);
  if (!comparable(points)) return;
  const axis a(k, is_ordered(k), points);
  bits allowed = a.there();
  std::string said;
  for (const auto& limit : column.allowed) {
    said += (said.empty() ? "" : "; ") + limit.text;
    if (limit.is == cell::form::opaque || !std::ranges::all_of(limit.tests, is_literal)) return;
    allowed &= a.of(limit, {});
  }
  for (const auto& t : c.tests) {
    const bool asks_null = t.is == simple_test::form::null || t.is == simple_test::form::not_null;
    if (!is_literal(t) || asks_null || axis::misfit(t, k)) continue;
    const bits holds = a.of(t, {});
    const auto found = c.text.find(t.text);
    const int at = found == std::string::npos ? 0 : static_cast<int>(found);
    if (!holds.any())
      out.push_back({"cell.never", weight::mistake, at, {{"test", t.text}}});
    else if (!holds.meets(allowed))
      out.push_back(
          {"cell.not_allowed", weight::mistake, at, {{"test", t.text}, {"allowed", said}}});
  }
}

const logic_site* find_site(const model::inside& in, const logic_place& place, bool tables,
                            inspected& seen) {
  int element = -1;
  const std::string name = normal_name(place.element);
  for (std::size_t i = 0; i < in.elements.size() && element < 0; ++i)
    if (in.elements[i].id == place.element && in.elements[i].space == in.files.front()->space)
      element = static_cast<int>(i);
  if (element < 0) element = in.find(name, {});
  if (element < 0) return nullptr;
  seen = inspect(in, element);
  for (const auto& site : tables ? seen.tables : seen.literals)
    if (site.number == place.number) return &site;
  return nullptr;
}

}  // namespace

assistant::assistant(std::unique_ptr<inside> i) : inside_(std::move(i)) {}
assistant::assistant(assistant&&) noexcept = default;
assistant& assistant::operator=(assistant&&) noexcept = default;
assistant::~assistant() = default;

result<assistant> assistant::of_table(std::shared_ptr<const model> m, const logic_place& place) {
  inspected seen;
  const logic_site* site = find_site(m->in(), place, true, seen);
  if (!site)
    return refuse(madang::kind::not_found, "grid.no_such_logic", "", {{"element", place.element}});
  auto made = std::make_unique<inside>(std::move(m), *site);
  made->table.emplace(study(made->desk));
  return assistant(std::move(made));
}

result<assistant> assistant::of_literal(std::shared_ptr<const model> m, const logic_place& place) {
  inspected seen;
  const logic_site* site = find_site(m->in(), place, false, seen);
  if (!site)
    return refuse(madang::kind::not_found, "grid.no_such_logic", "", {{"element", place.element}});
  return assistant(std::make_unique<inside>(std::move(m), *site));
}

std::vector<remark> assistant::check_condition(std::size_t input, std::string_view text) const {
  std::vector<remark> out;
  const auto& table = inside_->table;
  const studied_column* column =
      table && input < table->columns.size() ? &table->columns[input] : nullptr;
  const type_ptr type = column ? column->type : any_type();
  cell_reader reader(inside_->desk);
  const cell c = reader.read(text, type);
  if (c.is == cell::form::any) return out;
  const auto begins = static_cast<int>(text.find(c.text));     // blanks before it
  if (!check_words(c.compiled, out)) {
    out.back().at += begins;
    return out;
  }
  const kind k = column ? table->axes[column->axis].kind : kind::null;
  for (const auto& t : c.tests) {
    bool wrong = axis::misfit(t, k);
    for (const bound* b : {&t.low, &t.high}) {
      if (b->symbol < 0) continue;
      const kind is = reader.symbols[static_cast<std::size_t>(b->symbol)].kind;
      wrong = wrong || (is != k && is != kind::null && k != kind::null);
    }
    const auto at = c.text.find(t.text);
    if (wrong)
      out.push_back({"cell.wrong_type", weight::mistake,
                     at == std::string::npos ? 0 : static_cast<int>(at),
                     {{"test", t.text}, {"wanted", std::string(name_of(k))}}});
  }
  if (c.is == cell::form::opaque) {
    if (out.empty()) out.push_back({"cell.opaque", weight::information, 0, {}});
  } else if (column && k != kind::null) {
    check_values(*column, k, c, out);
  }
  for (auto& r : out) r.at += begins;
  std::ranges::stable_sort(out, {}, &remark::at);
  return out;
}

std::vector<remark> assistant::check_output(std::size_t output, std::string_view text) const {
  std::vector<remark> out;
  studied_cell one{squeezed(text), {}};
  if (one.text.empty()) return out;
  one.compiled = inside_->desk.expression(text);
  if (!check_words(one.compiled, out)) return out;
  const auto& table = inside_->table;
  if (!table || output >= table->outputs.size()) return out;
  if (auto fault = fault_of(inside_->desk, table->outputs[output], one))
    out.push_back({"cell." + fault->code, fault->how, 0, std::move(fault->facts)});
  return out;
}

std::vector<remark> assistant::check_expression(std::string_view text) const {
  std::vector<remark> out;
  if (!squeezed(text).empty()) check_words(inside_->desk.expression(text), out);
  return out;
}

std::vector<completion> assistant::complete_condition(std::size_t input, std::string_view text,
                                                      std::size_t position) const {
  std::vector<value> values;
  const auto& table = inside_->table;
  if (table && input < table->columns.size()) {
    const studied_column& column = table->columns[input];
    for (const auto& limit : column.allowed)
      for (const auto& t : limit.tests)
        if (limit.is == cell::form::positive && t.is == simple_test::form::equal && is_literal(t))
          values.push_back(t.low.literal);
    const studied_axis& a = table->axes[column.axis];
    if (a.kind == kind::boolean) values = {value(true), value(false)};
    // Without a list those that other rules name are the likeliest.
    if (values.empty() && a.kind == kind::string) values = a.literals;
  }
  return completions_at(inside_->desk, text, position, values);
}

std::vector<completion> assistant::complete_output(std::size_t output, std::string_view text,
                                                   std::size_t position) const {
  std::vector<value> values;
  const auto& table = inside_->table;
  if (table && output < table->outputs.size()) {
    const studied_output& column = table->outputs[output];
    values = column.priorities;
    if (kind_of(column.type) == kind::boolean) values = {value(true), value(false)};
    for (const auto& rule : table->rules)
      if (const value* v = rule.outputs[output].compiled.constant();
          column.priorities.empty() && v && v->is(kind::string))
        values.push_back(*v);
  }
  std::erase_if(values, [](const value& v) { return v.is(kind::range); });
  return completions_at(inside_->desk, text, position, values);
}

std::vector<completion> assistant::complete_expression(std::string_view text,
                                                       std::size_t position) const {
  return completions_at(inside_->desk, text, position, {});
}

}  // namespace madang::rules
