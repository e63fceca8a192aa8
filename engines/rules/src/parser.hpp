#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scope.hpp"

// Internal: from text to nodes in one pass. Names may contain blanks and operators, so what a word
// is depends on which names are known where it stands; members of contexts become known by type.
namespace madang::rules {

struct syntax_error {
  std::size_t at;
  std::string near;
};

// Types by name: item definitions of the model.
using type_finder = std::function<type_ptr(std::string_view)>;

class parser {
 public:
  parser(std::string_view text, const scope& outside, const type_finder* types = nullptr)
      : text_(text), scope_(&outside), types_(types) {}

  // The whole text; throws syntax_error.
  node_ptr whole_expression();
  // Comma-separated tests of the value in `slot`; "-" is any.
  node_ptr whole_tests(int slot);
  type_ptr whole_type();

 private:
  // ---- characters ----
  void blank() { at_ = skip_blank(text_, at_); }
  char next() {                                  // 0 at the end
    blank();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool looking_at(char sign) { return next() == sign; }
  bool looking_at(std::string_view sign) {
    return next() == sign.front() && text_.compare(at_, sign.size(), sign) == 0;
  }
  bool take(char sign) {
    if (next() != sign) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view sign) {
    if (!looking_at(sign)) return false;
    at_ += sign.size();
    return true;
  }
  void need(char sign) {
    if (!take(sign)) fail();
  }
  void need(std::string_view sign) {
    if (!take(sign)) fail();
  }
  bool at_word(std::string_view word) {          // whole word
    return looking_at(word) && word_end(text_, at_ + word.size()) == at_ + word.size();
  }
  bool take_word(std::string_view word);
  [[noreturn]] void fail() const;
  int here() const { return static_cast<int>(at_); }

  // ---- by rising precedence ----
  node_ptr expression();
  node_ptr disjunction();
  node_ptr conjunction();
  node_ptr comparison();
  node_ptr sum();
  node_ptr product();
  node_ptr power();
  node_ptr unary();
  node_ptr instance();
  node_ptr postfix();
  node_ptr primary();

  node_ptr if_expression();
  node_ptr for_expression();
  node_ptr quantified(quantifier q);
  node_ptr function_literal();
  node_ptr external_function(int at, std::vector<function::parameter> parameters);
  node_ptr name_or_call();
  node_ptr number_literal();
  node_ptr at_literal();
  std::string string_literal();
  node_ptr bracket();                            // list or interval
  node_ptr parenthesis();                        // (expression), interval, (< 5), (tests)
  node_ptr open_interval();                      // ]a..b[
  node_ptr context_literal();
  node_ptr interval_rest(int at, node_ptr low, bool low_closed);
  node_ptr filter(node_ptr list);
  node_ptr member(node_ptr of);
  node_ptr arguments(node_ptr callee);
  std::vector<iterator_node> iterators(scope& inner);
  node_ptr in_tests(int at, node_ptr v);

  node_ptr test(int slot);                       // one positive unary test
  node_ptr comparison_test(int slot);            // "< 5"; null: none stands here
  std::optional<relation> take_relation();

  type_ptr type_name();
  type_ptr type_in_words(std::string_view words);
  std::string text_until(std::string_view stops);
  std::string key();
  std::size_t key_end() const;                   // of a name that any sign may be in

  std::string_view text_;
  std::size_t at_ = 0;
  const scope* scope_;
  const type_finder* types_;
  int depth_ = 0;
  bool asked_ = false;                           // "?" was named
  const bool colons_ = text_.find(':') != std::string_view::npos;

  friend struct deeper;
  friend struct within;
};

// 10.3.1.2 rule 33: strings without escapes that are not there.
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace madang::rules
