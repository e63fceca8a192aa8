// Operators and control (DMN 1.5, 10.3.1.2 rules 1 to 20, 44 to 51).
#include "parser.hpp"

#include <algorithm>
#include <array>

#include "builtins.hpp"
#include "parsing.hpp"

namespace madang::rules {

bool is_reserved(std::string_view w) {
  static constexpr std::array<std::string_view, 15> reserved = {
      "and", "or",     "in",        "between", "then", "else",     "return", "satisfies",
      "if",  "for",    "instance",  "some",    "every", "function", "of"};
  return std::ranges::find(reserved, w) != reserved.end();
}

void parser::fail() const {
  throw syntax_error{at_, std::string(text_.substr(std::min(at_, text_.size()), 20))};
}

bool parser::take_word(std::string_view word) {
  if (!at_word(word)) return false;
  at_ += word.size();
  return true;
}

node_ptr parser::whole_expression() {
  node_ptr out = expression();
  blank();
  if (at_ != text_.size()) fail();
  return out;
}

node_ptr parser::expression() {
  deeper guard(*this);
  switch (next()) {
    case 'i':
      if (at_word("if")) return if_expression();
      break;
    case 'f':
      if (at_word("for")) return for_expression();
      break;
    case 's':
      if (at_word("some")) return quantified(quantifier::some);
      break;
    case 'e':
      if (at_word("every")) return quantified(quantifier::every);
      break;
    default: break;
  }
  return disjunction();
}

node_ptr parser::disjunction() {
  node_ptr out = conjunction();
  for (int at = here(); next() == 'o' && take_word("or"); at = here())
    out = make_or(at, std::move(out), conjunction());
  return out;
}

node_ptr parser::conjunction() {
  node_ptr out = comparison();
  for (int at = here(); next() == 'a' && take_word("and"); at = here())
    out = make_and(at, std::move(out), comparison());
  return out;
}

std::optional<relation> parser::take_relation() {
  const char c = next();
  if (c != '!' && c != '<' && c != '>' && c != '=') return {};
  if (take("!=")) return relation::not_equal;
  if (take("<=")) return relation::less_equal;
  if (take(">=")) return relation::greater_equal;
  if (take('<')) return relation::less;
  if (take('>')) return relation::greater;
  if (take('=')) return relation::equal;
  return {};
}

node_ptr parser::comparison() {
  node_ptr out = sum();
  for (;;) {
    const char c = next();
    const int at = here();
    if (c == 'b' && take_word("between")) {
      node_ptr low = sum();
      if (!take_word("and")) fail();
      out = make_between(at, std::move(out), std::move(low), sum());
    } else if (c == 'i' && take_word("in")) {
      out = in_tests(at, std::move(out));
    } else if (auto r = take_relation()) {
      out = make_relation(at, *r, std::move(out), sum());
    } else {
      return out;
    }
  }
}

// "x in (1, < 5)", "x in [1..3]", "x in <= 10"
node_ptr parser::in_tests(int at, node_ptr v) {
  const int slot = scope_->layout->allocate();
  std::vector<node_ptr> tests;
  if (looking_at('(')) {
    const int open = here();
    take('(');
    node_ptr first = comparison_test(slot);
    if (!first) {
      node_ptr low = expression();
      if (looking_at("..")) {                // the parenthesis is the interval's
        tests.push_back(
            make_test_value(open, slot, interval_rest(open, std::move(low), false), false));
        return make_in(at, std::move(v), slot, std::move(tests));
      }
      first = make_test_value(open, slot, std::move(low), false);
    }
    tests.push_back(std::move(first));
    while (take(',')) tests.push_back(test(slot));
    need(')');
  } else if (node_ptr one = comparison_test(slot)) {
    tests.push_back(std::move(one));
  } else {
    const int begins = here();
    tests.push_back(make_test_value(begins, slot, sum(), false));
  }
  return make_in(at, std::move(v), slot, std::move(tests));
}

namespace {

node_ptr calculated(const scope& s, int at, operation op, node_ptr a, node_ptr b) {
  if (compile_watch* w = watch_of(*s.layout))
    return w->calculation(at, op, std::move(a), std::move(b));
  return make_calculation(at, op, std::move(a), std::move(b));
}

}  // namespace

node_ptr parser::sum() {
  node_ptr out = product();
  for (;;) {
    const char c = next();
    if (c != '+' && c != '-') return out;
    const int at = here();
    if (take('+')) out = calculated(*scope_, at, operation::add, std::move(out), product());
    else if (!looking_at("->") && take('-'))
      out = calculated(*scope_, at, operation::subtract, std::move(out), product());
    else return out;
  }
}

node_ptr parser::product() {
  node_ptr out = power();
  for (;;) {
    const char c = next();
    if (c != '*' && c != '/') return out;
    const int at = here();
    if (!looking_at("**") && take('*'))
      out = make_calculation(at, operation::multiply, std::move(out), power());
    else if (take('/')) out = make_calculation(at, operation::divide, std::move(out), power());
    else return out;
  }
}

node_ptr parser::power() {
  node_ptr out = unary();
  for (int at = here(); next() == '*' && take("**"); at = here())
    out = make_calculation(at, operation::power, std::move(out), unary());
  return out;
}

node_ptr parser::unary() {
  deeper guard(*this);
  blank();
  const int at = here();
  if (take('-')) return make_negation(at, unary());
  return instance();
}

node_ptr parser::instance() {
  node_ptr out = postfix();
  if (next() != 'i' || !at_word("instance")) return out;
  const int at = here();
  take_word("instance");
  if (!take_word("of")) fail();
  return make_instance_of(at, std::move(out), type_name());
}

node_ptr parser::if_expression() {
  const int at = here();
  take_word("if");
  node_ptr condition = expression();
  if (!take_word("then")) fail();
  node_ptr then = expression();
  if (!take_word("else")) fail();
  return make_if(at, std::move(condition), std::move(then), expression());
}

// "x in list, y in 1..n": each may use the names before it.
std::vector<iterator_node> parser::iterators(scope& inner) {
  std::vector<iterator_node> out;
  do {
    blank();
    const std::size_t begins = at_;
    for (;;) {
      blank();
      if (at_word("in") && at_ > begins) break;
      const std::size_t end = word_end(text_, at_);
      if (end != at_) at_ = end;
      else if (at_ < text_.size() && std::string_view("./-'+*").find(text_[at_]) != npos) ++at_;
      else fail();
    }
    const std::string_view name = text_.substr(begins, at_ - begins);
    take_word("in");
    iterator_node one{0, expression(), nullptr};
    if (take("..")) one.to = expression();
    one.slot = inner.layout->allocate();
    const type_ptr& t = one.from->type;
    inner.add(name, named::where::local, one.slot,
              one.to ? t : t->element ? t->element : any_type());
    out.push_back(std::move(one));
  } while (take(','));
  return out;
}

node_ptr parser::for_expression() {
  const int at = here();
  take_word("for");
  scope inner;
  within enter(*this, inner);
  auto over = iterators(inner);
  if (!take_word("return")) fail();
  const std::size_t begins = at_;
  const int partial = inner.layout->allocate();
  inner.add("partial", named::where::local, partial, list_of(any_type()));
  node_ptr body = expression();
  const bool read = text_.substr(begins, at_ - begins).find("partial") != npos;
  return make_for(at, std::move(over), read ? partial : -1, std::move(body));
}

node_ptr parser::quantified(quantifier q) {
  const int at = here();
  take_word(q == quantifier::some ? "some" : "every");
  scope inner;
  within enter(*this, inner);
  auto over = iterators(inner);
  if (!take_word("satisfies")) fail();
  return make_quantified(at, q, std::move(over), expression());
}

// ---- unary tests ----

node_ptr parser::comparison_test(int slot) {
  blank();
  const int at = here();
  const auto r = take_relation();
  if (!r) return nullptr;
  return make_test_relation(at, slot, *r, sum());
}

node_ptr parser::test(int slot) {
  if (node_ptr compared = comparison_test(slot)) return compared;
  const int at = here();
  const bool before = std::exchange(asked_, false);
  node_ptr v = expression();
  const bool asks = std::exchange(asked_, before);
  return make_test_value(at, slot, std::move(v), asks);
}

node_ptr parser::whole_tests(int slot) {
  blank();
  const auto rest_is_blank = [&] { return blank(), at_ == text_.size(); };
  if (const std::size_t begins = at_; take('-')) {
    if (rest_is_blank()) return make_test_any(0);
    at_ = begins;
  }
  if (const std::size_t begins = at_; take_word("not")) {
    const int at = static_cast<int>(begins);
    if (take('(')) {
      std::vector<node_ptr> tests;
      try {
        do tests.push_back(test(slot));
        while (take(','));
        need(')');
        if (rest_is_blank()) return make_test_not(at, std::move(tests));
      } catch (const syntax_error&) {
        // "not (a) or b" is an expression.
      }
    }
    at_ = begins;
  }
  std::vector<node_ptr> tests;
  do tests.push_back(test(slot));
  while (take(','));
  if (!rest_is_blank()) fail();
  return make_test_list(0, std::move(tests));
}

}  // namespace madang::rules
