#include "cells.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

using form = simple_test::form;

std::string_view trimmed(std::string_view s) {
  const std::size_t begin = skip_blank(s, 0);
  s.remove_prefix(std::min(begin, s.size()));
  while (!s.empty() && (s.back() == ' ' || s.back() == '\n' || s.back() == '\t' ||
                        s.back() == '\r'))
    s.remove_suffix(1);
  return s;
}

std::optional<form> comparison(std::string_view& s) {
  constexpr std::pair<std::string_view, form> signs[] = {
      {"<=", form::less_equal}, {">=", form::greater_equal}, {"!=", form::not_equal},
      {"<", form::less},        {">", form::greater},        {"=", form::equal}};
  for (const auto& [sign, f] : signs)
    if (s.starts_with(sign)) {
      s.remove_prefix(sign.size());
      return f;
    }
  return {};
}

bool calls_the_clock(std::string_view text) {
  return text.find("today") != std::string_view::npos || text.find("now") != std::string_view::npos;
}

}  // namespace

kind kind_of(const type_ptr& t) {
  using how = type::how;
  switch (t ? t->kind : how::any) {
    case how::boolean: return kind::boolean;
    case how::number: return kind::number;
    case how::string: return kind::string;
    case how::date: return kind::date;
    case how::time: return kind::time;
    case how::date_time: return kind::date_time;
    case how::months: return kind::months;
    case how::duration: return kind::duration;
    default: return kind::null;
  }
}

bool is_ordered(kind k) { return k != kind::boolean && k != kind::null; }

cell cell_reader::read(std::string_view text, const type_ptr& of) {
  cell out;
  const std::string_view t = trimmed(text);
  out.text = t;
  if (t.empty() || t == "-") return out;
  out.compiled = desk_.tests(t, of);
  out.is = cell::form::opaque;
  if (!out.compiled.node) return out;
  if (t.starts_with("not")) {
    std::string_view inner = trimmed(t.substr(3));
    if (inner.starts_with("(") && inner.ends_with(")")) {
      inner.remove_prefix(1);
      inner.remove_suffix(1);
      if (parts(inner, of, out.tests)) {
        out.is = cell::form::negated;
        return out;
      }
      out.tests.clear();
    }
  }
  if (parts(t, of, out.tests)) out.is = cell::form::positive;
  else out.tests.clear();
  return out;
}

// Parted by the commas that stand in no bracket: a part is what compiles as a test by itself.
bool cell_reader::parts(std::string_view text, const type_ptr& of,
                        std::vector<simple_test>& out) {
  std::size_t begin = 0;
  for (;;) {
    std::size_t end = begin;
    for (;;) {
      end = std::min(text.find(',', end), text.size());
      if (desk_.tests(text.substr(begin, end - begin), of).node) break;
      if (end == text.size()) return false;
      ++end;
    }
    if (!part(trimmed(text.substr(begin, end - begin)), of, out)) return false;
    if (end == text.size()) return true;
    begin = end + 1;
  }
}

bool cell_reader::part(std::string_view text, const type_ptr& of,
                       std::vector<simple_test>& out) {
  if (text.empty() || text == "-") return false;
  simple_test t;
  t.text = text;
  std::string_view rest = text;
  if (const auto sign = comparison(rest)) {
    t.is = *sign;
    if (!end(trimmed(rest), t.low)) return false;
    if (t.low.symbol < 0 && t.low.literal.is_null()) {
      if (t.is == form::equal) t.is = form::null;
      else if (t.is == form::not_equal) t.is = form::not_null;
    }
    out.push_back(std::move(t));
    return true;
  }
  compiled_text made = desk_.expression(text);
  if (made.constant()) return constant(*made.constant(), text, out);
  if (interval(text, t) || point(std::move(made), text, of, t)) {
    out.push_back(std::move(t));
    return true;
  }
  return false;
}

// "[a..b)": the ends stand at the ".." at which both compile.
bool cell_reader::interval(std::string_view text, simple_test& out) {
  constexpr std::string_view opening = "[(]", closing = "])[";
  if (text.size() < 5 || opening.find(text.front()) == std::string_view::npos ||
      closing.find(text.back()) == std::string_view::npos)
    return false;
  const std::string_view inner = text.substr(1, text.size() - 2);
  for (std::size_t at = inner.find(".."); at != std::string_view::npos;
       at = inner.find("..", at + 1)) {
    const std::string_view low = trimmed(inner.substr(0, at)), high = trimmed(inner.substr(at + 2));
    if (!desk_.expression(low).node || !desk_.expression(high).node) continue;
    out.is = form::interval;
    out.low_closed = text.front() == '[';
    out.high_closed = text.back() == ']';
    return end(low, out.low) && end(high, out.high);
  }
  return false;
}

bool cell_reader::end(std::string_view text, bound& out) {
  compiled_text made = desk_.expression(text);
  if (!made.node) return false;
  if (const value* v = made.constant()) {
    out.literal = *v;
    return !v->is(kind::list) && !v->is(kind::context) && !v->is(kind::range) &&
           !v->is(kind::function);
  }
  const auto known = made.node->type->kind;
  if (!made.unknown.empty() || (known != type::how::any && kind_of(made.node->type) == kind::null))
    return false;
  out.symbol = symbol_of(text, std::move(made));
  return true;
}

// An expression alone is a point when its value is surely one: a list or an interval would be asked
// for what it holds, and true or false in a column of something else decides by itself.
bool cell_reader::point(compiled_text made, std::string_view text, const type_ptr& of,
                        simple_test& out) {
  if (!made.node || !made.unknown.empty()) return false;
  const kind k = kind_of(made.node->type);
  if (k == kind::null || (k == kind::boolean && kind_of(of) != kind::boolean)) return false;
  out.is = form::equal;
  out.low.symbol = symbol_of(text, std::move(made));
  return true;
}

bool cell_reader::constant(const value& v, std::string_view text,
                           std::vector<simple_test>& out) {
  if (v.is(kind::list))
    return std::ranges::all_of(v.items(), [&](const value& item) {
      return !item.is(kind::list) && constant(item, item.literal(), out);
    });
  if (v.is(kind::context) || v.is(kind::function)) return false;
  simple_test t;
  t.text = text;
  if (v.is_null()) {
    t.is = form::null;
  } else if (v.is(kind::range)) {
    const range& r = v.interval();
    if ((r.low_there && r.low.is_null()) || (r.high_there && r.high.is_null())) return false;
    if (r.is == range::form::only) t.is = form::equal;
    else if (r.is == range::form::all_but) t.is = form::not_equal;
    else if (!r.low_there) t.is = r.high_closed ? form::less_equal : form::less;
    else if (!r.high_there) t.is = r.low_closed ? form::greater_equal : form::greater;
    else t.is = form::interval;
    t.low.literal = r.low_there ? r.low : r.high;
    t.high.literal = r.high;
    t.low_closed = r.low_closed;
    t.high_closed = r.high_closed;
  } else {
    t.low.literal = v;
  }
  out.push_back(std::move(t));
  return true;
}

int cell_reader::symbol_of(std::string_view text, compiled_text made) {
  std::string key = squeezed(text);
  for (std::size_t i = 0; i < symbols.size(); ++i)
    if (symbols[i].text == key) return static_cast<int>(i);
  symbol s;
  s.kind = kind_of(made.node->type);
  const bool name = made.uses.size() == 1 &&
                    desk_.site().names[*made.uses.begin()].name == normal_name(key);
  s.plain = name || key == "today()" || key == "now()" ||
            (made.uses.empty() && !calls_the_clock(key));
  s.text = std::move(key);
  s.compiled = std::move(made);
  symbols.push_back(std::move(s));
  return static_cast<int>(symbols.size()) - 1;
}

}  // namespace madang::rules
