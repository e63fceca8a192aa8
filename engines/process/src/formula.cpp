#include "madang/process/formula.hpp"

#include "madang/base/text.hpp"
#include "madang/rules/statutes.hpp"

namespace madang::process {

struct formula::inside {
  std::string text;
  std::vector<std::string> names;
  std::vector<rules::value> otherwise;  // what a name is when it is no variable: null, or the
                                        // built-in function of that name
  rules::expression compiled;
  rules::value constant;
  bool is_constant = false;
};

result<formula> formula::of(std::string_view text) {
  std::string_view feel = text::trim(text);
  if (feel.starts_with("${") || feel.starts_with("#{"))
    return refuse(kind::invalid, "process.foreign_expression", "", {{"text", std::string(feel)}});
  if (feel.starts_with('=')) feel.remove_prefix(1);
  auto names = rules::unknown_names(feel);
  if (!names) return names.why();
  auto made = std::make_shared<inside>();
  made->text = text::trim(text);
  made->names = std::move(*names);
  std::vector<rules::variable> variables;
  for (const auto& n : made->names) {
    variables.push_back({n, rules::any_type()});
    made->otherwise.push_back(rules::value_of_literal(n));
  }
  auto compiled = rules::compile(feel, variables);
  if (!compiled) return compiled.why();
  made->compiled = std::move(*compiled);
  formula out;
  out.inside_ = std::move(made);
  return out;
}

result<formula> formula::text_or_feel(std::string_view text) {
  const std::string_view bare = text::trim(text);
  if (bare.starts_with('=') || bare.starts_with("${") || bare.starts_with("#{")) return of(text);
  auto made = std::make_shared<inside>();
  made->text = bare;
  made->constant = rules::value(bare);
  made->is_constant = true;
  formula out;
  out.inside_ = std::move(made);
  return out;
}

rules::value formula::run(rules::evaluation& e, const variables& v) const {
  if (inside_->is_constant) return inside_->constant;
  rules::value given[16];
  std::vector<rules::value> many;
  const std::size_t n = inside_->names.size();
  std::span<rules::value> all(given, std::min<std::size_t>(n, 16));
  if (n > 16) {
    many.resize(n);
    all = many;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const rules::value* found = v.find(inside_->names[i]);
    all[i] = found ? *found : inside_->otherwise[i];
  }
  return inside_->compiled.run(e, all);
}

const std::string& formula::text() const { return inside_->text; }
const std::vector<std::string>& formula::names() const { return inside_->names; }

}  // namespace madang::process
