// What follows a value (filters, members, arguments) and how types are written (DMN 1.5, 10.3.1.2
// rules 40 to 54).
#include <algorithm>
#include <array>

#include "parsing.hpp"

namespace madang::rules {
namespace {

// Members whose names have blanks.
constexpr std::array<std::string_view, 3> known_members = {"time offset", "start included",
                                                           "end included"};

}  // namespace

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
  need('[');
  scope inner;
  within enter(*this, inner);
  inner.filters(list->type);
  node_ptr condition = expression();
  need(']');
  return make_filter(at, std::move(list), inner.item_slot, std::move(condition));
}

node_ptr parser::member(node_ptr of) {
  const int at = here();
  need('.');
  blank();
  const type_ptr& whole = of->type;
  const type& t = whole->kind == type::how::list ? *whole->element : *whole;
  std::size_t best = 0;
  std::string_view known;
  const auto try_one = [&](std::string_view name) {
    if (at_ >= text_.size() || name.empty() || name.front() != text_[at_]) return;
    const auto end = match_name(name, text_, at_);
    if (end == npos || end <= best) return;
    best = end;
    known = name;
  };
  for (const auto& [field, ignored] : t.fields) try_one(field);
  for (const auto& name : known_members) try_one(name);
  std::string name(known);
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
  need('(');
  std::vector<node_ptr> given;
  std::vector<std::string> names;
  if (take(')')) return make_call(at, std::move(callee), std::move(given), std::move(names));
  const auto named_argument = [&]() -> std::optional<std::string> {
    if (!colons_) return {};
    blank();
    const std::size_t begins = at_;
    if (!is_name_start(text_, at_)) return {};
    // A word that "(" or "." follows is no name of an argument, whatever else it is.
    const std::size_t after = skip_blank(text_, word_end(text_, at_));
    if (after < text_.size() && std::string_view("(.,)[").find(text_[after]) != npos) return {};
    const std::size_t ends = at_ = key_end();
    if (take(':')) return normal_name(text_.substr(begins, ends - begins));
    at_ = begins;
    return {};
  };
  auto first = named_argument();
  const bool by_name = first.has_value();
  for (;;) {
    if (by_name) names.push_back(std::move(*first));
    given.push_back(expression());
    if (!take(',')) break;
    if (!by_name) continue;
    first = named_argument();
    if (!first) fail();
  }
  need(')');
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
    need('<');
    one();
    need('>');
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
        need(':');
        made->fields.emplace_back(std::move(name), type_name());
      } while (take(','));
    });
    return made;
  }
  if (parametric("function")) {
    made->kind = type::how::function;
    inside([&] {
      if (looking_at('>')) return;
      do made->parameters.push_back(type_name());
      while (take(','));
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
