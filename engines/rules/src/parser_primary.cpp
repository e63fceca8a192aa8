// Literals, names, paths, calls (DMN 1.5, 10.3.1.2 rules 21 to 43, 52 to 62).
#include <algorithm>

#include "builtins.hpp"
#include "java.hpp"
#include "parsing.hpp"

namespace madang::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

node_ptr as_literal(node_ptr n) {
  n->literal = true;
  return n;
}

value literal_value(const std::string& s) {
  if (auto d = calendar_date::parse(s)) return *d;
  if (s.find('T') != npos || s.find('P') == npos)
    if (auto t = date_time::parse(s)) return *t;
  if (auto t = clock_time::parse(s)) return *t;
  if (auto n = parse_months(s)) return value::months(*n);
  if (auto n = parse_duration(s)) return value::duration(*n);
  return {};
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string parser::string_literal() {
  need('"');
  std::string out;
  std::uint32_t high = 0;                    // first half of a pair of surrogates
  const auto hex = [&](std::size_t digits) -> std::uint32_t {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      if (at_ >= text_.size() || !std::isxdigit(static_cast<unsigned char>(text_[at_]))) fail();
      const char c = static_cast<char>(std::tolower(text_[at_]));
      code = code * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    return code;
  };
  for (;;) {
    if (at_ >= text_.size()) fail();
    const char c = text_[at_++];
    if (c == '"') return out;
    if (c != '\\') {
      out += c;
      continue;
    }
    if (at_ >= text_.size()) fail();
    switch (const char escaped = text_[at_++]) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case '"':
      case '\'':
      case '\\': out += escaped; break;
      case 'u':
      case 'U': {
        std::uint32_t code = hex(escaped == 'u' ? 4 : 6);
        if (code >= 0xD800 && code < 0xDC00) {
          high = code;
          break;
        }
        if (high && code >= 0xDC00 && code < 0xE000)
          code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00);
        high = 0;
        if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) fail();
        append_utf8(out, code);
        break;
      }
      default:                               // of a regular expression, most likely
        out += '\\';
        out += escaped;
    }
  }
}

node_ptr parser::number_literal() {
  const int at = here();
  std::size_t end = at_;
  while (end < text_.size() && is_digit(text_[end])) ++end;
  if (end + 1 < text_.size() && text_[end] == '.' && is_digit(text_[end + 1])) {
    ++end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
  }
  if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
    std::size_t e = end + 1;
    if (e < text_.size() && (text_[e] == '+' || text_[e] == '-')) ++e;
    if (e < text_.size() && is_digit(text_[e])) {
      while (e < text_.size() && is_digit(text_[e])) ++e;
      end = e;
    }
  }
  const auto n = decimal::parse(text_.substr(at_, end - at_));
  if (!n) fail();
  at_ = end;
  return as_literal(make_constant(at, *n));
}

node_ptr parser::at_literal() {
  const int at = here();
  need('@');
  blank();
  value v = literal_value(string_literal());
  if (v.is_null()) return make_failed(at, "feel.literal", {});
  return as_literal(make_constant(at, std::move(v)));
}

node_ptr parser::primary() {
  deeper guard(*this);
  blank();
  if (at_ >= text_.size()) fail();
  const int at = here();
  const char c = text_[at_];
  if (c == '"') return as_literal(make_constant(at, string_literal()));
  if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
    return number_literal();
  if (c == '[') return bracket();
  if (c == ']') return open_interval();
  if (c == '(') return parenthesis();
  if (c == '{') return context_literal();
  if (c == '@') return at_literal();
  if (!is_name_start(text_, at_)) fail();
  if (at_word("function")) {
    const std::size_t begins = at_;
    take_word("function");
    const bool literal = looking_at('(');
    at_ = begins;
    if (literal) return function_literal();
  }
  return name_or_call();
}

node_ptr parser::bracket() {
  const int at = here();
  need('[');
  std::vector<node_ptr> items;
  if (take(']')) return make_list(at, std::move(items));
  items.push_back(expression());
  if (looking_at("..")) return interval_rest(at, std::move(items.front()), true);
  while (take(',')) items.push_back(expression());
  need(']');
  return make_list(at, std::move(items));
}

node_ptr parser::open_interval() {
  const int at = here();
  need(']');
  return interval_rest(at, expression(), false);
}

node_ptr parser::interval_rest(int at, node_ptr low, bool low_closed) {
  need("..");
  node_ptr high = expression();
  range_shape s;
  s.low_closed = low_closed;
  if (take(']')) s.high_closed = true;
  else if (take(')') || take('[')) s.high_closed = false;
  else fail();
  return make_range(at, std::move(low), std::move(high), s);
}

// "(a)", "(a..b]", and "(< 5)": an interval without the other end.
node_ptr parser::parenthesis() {
  const int at = here();
  need('(');
  if (const auto r = take_relation()) {
    node_ptr end = expression();
    need(')');
    range_shape s;
    if (*r == relation::equal || *r == relation::not_equal) {
      const value* v = end->constant();
      if (!v) return make_failed(at, "feel.range", {});
      s.is = *r == relation::equal ? range::form::only : range::form::all_but;
      return make_range(at, make_constant(at, *v), make_constant(at, *v), s);
    }
    const bool below = *r == relation::less || *r == relation::less_equal;
    const bool closed = *r == relation::less_equal || *r == relation::greater_equal;
    (below ? s.low_there : s.high_there) = false;
    (below ? s.low_closed : s.high_closed) = false;
    (below ? s.high_closed : s.low_closed) = closed;
    return below ? make_range(at, nullptr, std::move(end), s)
                 : make_range(at, std::move(end), nullptr, s);
  }
  node_ptr inner = expression();
  if (looking_at("..")) return interval_rest(at, std::move(inner), false);
  need(')');
  return inner;
}

// A key of a context or the name of an argument: what stands before ":".
std::string parser::key() {
  if (next() == '"') return string_literal();
  const std::size_t begins = at_;
  at_ = key_end();
  if (at_ == begins) fail();
  return normal_name(text_.substr(begins, at_ - begins));
}

std::size_t parser::key_end() const {
  std::size_t end = at_;
  for (;;) {
    const std::size_t next = skip_blank(text_, end);
    const std::size_t word = word_end(text_, next);
    const bool sign = next < text_.size() && end > at_ &&
                      std::string_view("./-'+*").find(text_[next]) != npos;
    if (word == next && !sign) return end;
    end = sign ? next + 1 : word;
  }
}

node_ptr parser::context_literal() {
  const int at = here();
  need('{');
  scope inner;
  within enter(*this, inner);
  std::vector<entry_node> members;
  bool twice = false;
  if (!take('}')) {
    do {
      std::string name = key();
      need(':');
      node_ptr made = expression();
      twice = twice || std::ranges::any_of(members, [&](const auto& m) { return m.key == name; });
      const int slot = inner.layout->allocate();
      inner.add(name, named::where::local, slot, made->type);
      members.push_back({std::move(name), slot, std::move(made)});
    } while (take(','));
    need('}');
  }
  if (twice) return make_failed(at, "feel.duplicate_key", {});
  return make_context(at, std::move(members));
}

node_ptr parser::function_literal() {
  const int at = here();
  take_word("function");
  need('(');
  auto written = std::make_shared<written_function>();
  frame_layout layout;
  layout.outer = scope_->layout;
  scope inner;
  within enter(*this, inner, &layout);
  if (!take(')')) {
    do {
      std::string name = key();
      type_ptr t = take(':') ? type_name() : any_type();
      written->slots.push_back(layout.allocate());
      inner.add(name, named::where::local, written->slots.back(), t);
      written->parameters.push_back({std::move(name), std::move(t)});
    } while (take(','));
    need(')');
  }
  if (take_word("external")) return external_function(at, std::move(written->parameters));
  written->body = expression();
  written->frame_size = layout.used;
  written->captures = layout.captures;
  return make_function(at, std::move(written));
}

// external {java: {class: "...", method signature: "..."}}
node_ptr parser::external_function(int at, std::vector<function::parameter> parameters) {
  const node_ptr mapping = expression();
  evaluation once({});
  evaluation::frame frame(once, scope_->layout->used);
  const value said = mapping->run(once);
  const value* java = said.is(kind::context) ? said.member("java") : nullptr;
  if (!java || !java->is(kind::context)) return make_failed(at, "feel.external", {});
  const value *name = java->member("class"), *signature = java->member("method signature");
  if (!name || !signature || !name->is(kind::string) || !signature->is(kind::string))
    return make_failed(at, "feel.external", {});
  auto bound = java_method(name->text(), signature->text(), std::move(parameters));
  if (!bound) return make_failed(at, "feel.external", {});
  return make_constant(at, value::of(std::move(bound)));
}

node_ptr parser::name_or_call() {
  const int at = here();
  const std::size_t begins = at_;
  const std::size_t word = word_end(text_, at_);
  const std::string_view first = text_.substr(begins, word - begins);
  auto found = longest_name(*scope_, text_, begins);
  std::size_t builtin_end = 0;
  const value* function = nullptr;
  std::string_view function_name;
  for (const auto& one : builtins_beginning(first)) {
    const auto end = match_name(one.name, text_, begins);
    if (end == npos || end <= builtin_end) continue;
    builtin_end = end;
    function = &one.callee;
    function_name = one.name;
  }
  const auto called = [&](std::size_t end) {
    const std::size_t next = skip_blank(text_, end);
    return next < text_.size() && text_[next] == '(';
  };
  if (function && called(builtin_end)) {
    const bool hidden = found.in && found.end >= builtin_end &&
                        (*found.type)->kind == type::how::function;
    if (!hidden && builtin_end >= found.end) found.in = nullptr;
    if (!found.in) {
      at_ = builtin_end;
      return make_constant(at, *function);
    }
  }
  if (!found.in) {
    if (first == "true" || first == "false") {
      at_ = word;
      return make_constant(at, first == "true");
    }
    if (first == "null") {
      at_ = word;
      return make_constant(at, value());
    }
    if (is_reserved(first)) fail();
  }
  std::string name(first);
  node_ptr out;
  if (found.in) {
    name = found.name;
    at_ = found.end;
    if (name == "?") asked_ = true;
    out = node_of(*scope_, found, at);
  } else if (function) {
    at_ = builtin_end;
    if (compile_watch* w = watch_of(*scope_->layout)) w->function_as_value(function_name, at);
    out = make_constant(at, *function);
  } else {
    at_ = word;
    if (compile_watch* w = watch_of(*scope_->layout)) w->unknown(name, at);
    out = make_failed(at, "feel.unknown_name", {{"name", name}});
  }
  // An item of a filter in between may have a member of that name.
  std::vector<const scope*> open;
  for (const scope* s = scope_; s && s != found.in; s = s->outer)
    if (s->item_open) open.push_back(s);
  for (auto s = open.rbegin(); s != open.rend(); ++s)
    out = make_item_or(at, item_slot(*scope_, **s), name, std::move(out));
  return out;
}

}  // namespace madang::rules
