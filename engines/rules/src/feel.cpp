#include "madang/rules/feel.hpp"

#include "parser.hpp"

namespace madang::rules {

struct expression::inside {
  int frame_size = 0;
  std::size_t variables = 0;
  node_ptr body;
};

expression::expression() = default;
expression::~expression() = default;
expression::expression(expression&&) noexcept = default;
expression& expression::operator=(expression&&) noexcept = default;

value expression::run(evaluation& e, std::span<const value> values) const {
  evaluation::frame frame(e, inside_->frame_size);
  for (std::size_t i = 0; i < std::min(values.size(), inside_->variables); ++i)
    e.local(static_cast<int>(i)) = values[i];
  return inside_->body->run(e);
}

const type_ptr& expression::type() const { return inside_->body->type; }

namespace {

template <class F>
result<std::pair<node_ptr, int>> parsed(std::string_view text, const variable* tested,
                                        std::span<const variable> names, F parse) {
  frame_layout layout;
  scope outside;
  outside.layout = &layout;
  if (tested) outside.add("?", named::where::local, layout.allocate(), tested->type);
  for (const auto& one : names)
    outside.add(one.name, named::where::local, layout.allocate(), one.type);
  try {
    parser p(text, outside);
    node_ptr body = parse(p);
    return std::pair(std::move(body), layout.used);
  } catch (const syntax_error& e) {
    return refuse(madang::kind::invalid, "feel.syntax", "",
                  {{"at", std::to_string(e.at)}, {"near", e.near}});
  }
}

}  // namespace

result<expression> compile(std::string_view text, std::span<const variable> names) {
  auto made = parsed(text, nullptr, names, [](parser& p) { return p.whole_expression(); });
  if (!made) return made.why();
  expression out;
  out.inside_ = std::make_unique<expression::inside>();
  out.inside_->body = std::move(made->first);
  out.inside_->frame_size = made->second;
  out.inside_->variables = names.size();
  return out;
}

result<expression> compile_tests(std::string_view text, const type_ptr& of,
                                 std::span<const variable> names) {
  const variable tested{"?", of};
  auto made = parsed(text, &tested, names, [](parser& p) { return p.whole_tests(0); });
  if (!made) return made.why();
  expression out;
  out.inside_ = std::make_unique<expression::inside>();
  out.inside_->body = std::move(made->first);
  out.inside_->frame_size = made->second;
  out.inside_->variables = names.size() + 1;
  return out;
}

}  // namespace madang::rules
