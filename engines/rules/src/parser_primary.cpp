// Literals, names, paths, calls (DMN 1.5, 10.3.1.2 rules 21 to 43, 52 to 62).
#include <algorithm>
#include <array>

#include "builtins.hpp"
#include "java.hpp"
#include "parsing.hpp"

namespace madang::rules {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::array<std::string_view, 15> reserved = {
    "and", "or",     "in",        "between", "then", "else",     "return", "satisfies",
    "if",  "for",    "instance",  "some",    "every", "function", "of"};

bool is_reserved(std::string_view w) {
  return std::find(reserved.begin(), reserved.end(), w) != reserved.end();
}

// Members whose names have blanks.
constexpr std::array<std::string_view, 3> known_members = {"time offset", "start included",
                                                           "end included"};

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
  need("\"");
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
  need("@");
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
    const bool literal = looking_at("(");
    at_ = begins;
    if (literal) return function_literal();
  }
  return name_or_call();
}

node_ptr parser::bracket() {
  const int at = here();
  need("[");
  std::vector<node_ptr> items;
  if (take("]")) return make_list(at, std::move(items));
  items.push_back(expression());
  if (looking_at("..")) return interval_rest(at, std::move(items.front()), true);
  while (take(",")) items.push_back(expression());
  need("]");
  return make_list(at, std::move(items));
}

node_ptr parser::open_interval() {
  const int at = here();
  need("]");
  return interval_rest(at, expression(), false);
}

node_ptr parser::interval_rest(int at, node_ptr low, bool low_closed) {
  need("..");
  node_ptr high = expression();
  range_shape s;
  s.low_closed = low_closed;
  if (take("]")) s.high_closed = true;
  else if (take(")") || take("[")) s.high_closed = false;
  else fail();
  return make_range(at, std::move(low), std::move(high), s);
}

// "(a)", "(a..b]", and "(< 5)": an interval without the other end.
node_ptr parser::parenthesis() {
  const int at = here();
  need("(");
  if (const auto r = take_relation()) {
    node_ptr end = expression();
    need(")");
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
  need(")");
  return inner;
}

// A key of a context or the name of an argument: what stands before ":".
std::string parser::key() {
  blank();
  if (at_ < text_.size() && text_[at_] == '"') return string_literal();
  const std::size_t begins = at_;
  for (;;) {
    blank();
    const std::size_t end = word_end(text_, at_);
    if (end != at_) at_ = end;
    else if (at_ < text_.size() && at_ > begins &&
             std::string_view("./-'+*").find(text_[at_]) != npos)
      ++at_;
    else break;
  }
  if (at_ == begins) fail();
  return normal_name(text_.substr(begins, at_ - begins));
}

node_ptr parser::context_literal() {
  const int at = here();
  need("{");
  scope inner;
  within enter(*this, inner);
  std::vector<entry_node> members;
  bool twice = false;
  if (!take("}")) {
    do {
      std::string name = key();
      need(":");
      node_ptr made = expression();
      twice = twice || std::ranges::any_of(members, [&](const auto& m) { return m.key == name; });
      const int slot = inner.layout->allocate();
      inner.add(name, named::where::local, slot, made->type);
      members.push_back({std::move(name), slot, std::move(made)});
    } while (take(","));
    need("}");
  }
  if (twice) return make_failed(at, "feel.duplicate_key", {});
  return make_context(at, std::move(members));
}

node_ptr parser::function_literal() {
  const int at = here();
  take_word("function");
  need("(");
  auto written = std::make_shared<written_function>();
  frame_layout layout;
  layout.outer = scope_->layout;
  scope inner;
  within enter(*this, inner, &layout);
  if (!take(")")) {
    do {
      std::string name = key();
      type_ptr t = take(":") ? type_name() : any_type();
      written->slots.push_back(layout.allocate());
      inner.add(name, named::where::local, written->slots.back(), t);
      written->parameters.push_back({std::move(name), std::move(t)});
    } while (take(","));
    need(")");
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
  const std::shared_ptr<const builtin>* function = nullptr;
  for (const auto& name : builtins_beginning(first)) {
    const auto end = match_words(words_of_name(name), text_, begins);
    if (end == npos || end <= builtin_end) continue;
    builtin_end = end;
    function = find_builtin(name);
  }
  if (!function)
    if (const auto* one = find_builtin(first)) {
      function = one;
      builtin_end = word;
    }
  const auto called = [&](std::size_t end) {
    const std::size_t next = skip_blank(text_, end);
    return next < text_.size() && text_[next] == '(';
  };
  if (function && called(builtin_end)) {
    const bool hidden = found.what && found.end >= builtin_end &&
                        (found.what->type->kind == type::how::function || !called(builtin_end));
    if (!hidden && builtin_end >= found.end) found.what = nullptr;
    if (!found.what) {
      at_ = builtin_end;
      return make_constant(at, value::of(*function));
    }
  }
  if (!found.what) {
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
  if (found.what) {
    name = found.what->name;
    at_ = found.end;
    if (name == "?") asked_ = true;
    out = node_of(*scope_, *found.in, *found.what, at);
  } else if (function) {
    at_ = builtin_end;
    out = make_constant(at, value::of(*function));
  } else {
    at_ = word;
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

// ---- what follows a value ----

node_ptr parser::postfix() {
  node_ptr out = primary();
  for (;;) {
    blank();
    if (at_ >= text_.size()) return out;
    const char c = text_[at_];
    if (c == '[') {
      // The end of an interval that is open above: "]1..3[".
      const std::size_t next = skip_blank(text_, at_ + 1);
      const bool closes = next >= text_.size() ||
                          std::string_view(")],}=<>!").find(text_[next]) != npos ||
                          (text_[next] == '.' && is_name_start(text_, next + 1)) ||
                          is_reserved(text_.substr(next, word_end(text_, next) - next));
      if (closes) return out;
      out = filter(std::move(out));
    } else if (c == '.' && !text_.substr(at_).starts_with("..")) {
      out = member(std::move(out));
    } else if (c == '(') {
      out = arguments(std::move(out));
    } else {
      return out;
    }
  }
}

node_ptr parser::filter(node_ptr list) {
  const int at = here();
  need("[");
  scope inner;
  within enter(*this, inner);
  const int slot = inner.layout->allocate();
  const type_ptr item = list->type->kind == type::how::list ? list->type->element : list->type;
  inner.item_slot = slot;
  inner.item_open = item->kind == type::how::any || (item->kind == type::how::context &&
                                                     item->fields.empty());
  for (const auto& [name, t] : item->fields) inner.add(name, named::where::member, 0, t);
  if (!item->field("item")) inner.add("item", named::where::local, slot, item);
  node_ptr condition = expression();
  need("]");
  return make_filter(at, std::move(list), slot, std::move(condition));
}

node_ptr parser::member(node_ptr of) {
  const int at = here();
  need(".");
  blank();
  const type_ptr& whole = of->type;
  const type& t = whole->kind == type::how::list ? *whole->element : *whole;
  std::size_t best = 0;
  std::string name;
  const std::string_view rest = text_.substr(at_);
  for (const auto& [field, ignored] : t.fields) {
    if (rest.empty() || field.empty() || field.front() != rest.front()) continue;
    const auto end = match_words(words_of_name(field), text_, at_);
    if (end != npos && end > best) {
      best = end;
      name = field;
    }
  }
  for (const auto& known : known_members) {
    if (!rest.starts_with(known.substr(0, known.find(' ')))) continue;
    const auto end = match_words(words_of_name(known), text_, at_);
    if (end != npos && end > best) {
      best = end;
      name = known;
    }
  }
  if (best == 0) {
    if (!is_name_start(text_, at_)) fail();
    const std::size_t begins = at_;
    best = word_end(text_, at_);
    // Nothing is known of it: as many words as stand there.
    for (;;) {
      const std::size_t next = skip_blank(text_, best);
      if (!is_name_start(text_, next)) break;
      const std::size_t end = word_end(text_, next);
      if (is_reserved(text_.substr(next, end - next))) break;
      best = end;
    }
    name = normal_name(text_.substr(begins, best - begins));
  }
  at_ = best;
  return make_path(at, std::move(of), std::move(name));
}

node_ptr parser::arguments(node_ptr callee) {
  const int at = here();
  need("(");
  std::vector<node_ptr> given;
  std::vector<std::string> names;
  if (take(")")) return make_call(at, std::move(callee), std::move(given), std::move(names));
  const auto named_argument = [&]() -> std::optional<std::string> {
    // A word that "(" or "." follows is no name of an argument, whatever else it is.
    const std::size_t begins = at_;
    blank();
    if (!is_name_start(text_, at_)) return {};
    const std::size_t after = skip_blank(text_, word_end(text_, at_));
    if (after < text_.size() && std::string_view("(.,)[").find(text_[after]) == npos) {
      std::string name = key();
      if (take(":")) return name;
    }
    at_ = begins;
    return {};
  };
  auto first = named_argument();
  const bool by_name = first.has_value();
  for (;;) {
    if (by_name) names.push_back(std::move(*first));
    given.push_back(expression());
    if (!take(",")) break;
    if (!by_name) continue;
    first = named_argument();
    if (!first) fail();
  }
  need(")");
  return make_call(at, std::move(callee), std::move(given), std::move(names));
}

// ---- types ----

type_ptr parser::type_in_words(std::string_view words) {
  const std::string name = normal_name(words);
  if (type_ptr t = builtin_type(name)) return t;
  return types_ && *types_ ? (*types_)(name) : nullptr;
}

type_ptr parser::type_name() {
  deeper guard(*this);
  blank();
  const auto inside = [&](auto&& one) {
    need("<");
    one();
    need(">");
  };
  const auto parametric = [&](std::string_view word) {
    if (!at_word(word)) return false;
    const std::size_t next = skip_blank(text_, at_ + word.size());
    if (next >= text_.size() || text_[next] != '<') return false;
    return take_word(word);
  };
  auto made = std::make_shared<type>();
  if (parametric("list") || parametric("range")) {
    made->kind = text_[at_ - 1] == 't' ? type::how::list : type::how::range;
    inside([&] { made->element = type_name(); });
    return made;
  }
  if (parametric("context")) {
    made->kind = type::how::context;
    inside([&] {
      do {
        std::string name = key();
        need(":");
        made->fields.emplace_back(std::move(name), type_name());
      } while (take(","));
    });
    return made;
  }
  if (parametric("function")) {
    made->kind = type::how::function;
    inside([&] {
      if (looking_at(">")) return;
      do made->parameters.push_back(type_name());
      while (take(","));
    });
    need("->");
    made->result = type_name();
    return made;
  }
  // The longest run of words that names a type.
  type_ptr best;
  std::size_t end = at_, best_end = 0;
  for (int words = 0; words < 8; ++words) {
    std::size_t next = skip_blank(text_, end);
    if (words > 0 && next < text_.size() && text_[next] == '.') next = skip_blank(text_, next + 1);
    if (!is_name_start(text_, next)) break;
    end = word_end(text_, next);
    if (auto t = type_in_words(text_.substr(at_, end - at_))) {
      best = std::move(t);
      best_end = end;
    }
  }
  if (!best) fail();
  at_ = best_end;
  return best;
}

type_ptr parser::whole_type() {
  type_ptr out = type_name();
  blank();
  if (at_ != text_.size()) fail();
  return out;
}

}  // namespace madang::rules
