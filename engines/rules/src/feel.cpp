#include "madang/rules/feel.hpp"

#include <algorithm>

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
                                        std::span<const variable> names, F parse,
                                        compile_watch* watch = nullptr) {
  frame_layout layout;
  layout.watch = watch;
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

struct name_watch final : compile_watch {
  std::vector<std::string> names;
  void uses(const named&) override {}
  void unknown(const std::string& name, int) override {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  void function_as_value(std::string_view name, int at) override { unknown(std::string(name), at); }
  node_ptr calculation(int at, operation op, node_ptr a, node_ptr b) override {
    return make_calculation(at, op, std::move(a), std::move(b));
  }
};

}  // namespace

result<std::vector<std::string>> unknown_names(std::string_view text,
                                               std::span<const variable> names) {
  name_watch watch;
  auto made = parsed(text, nullptr, names, [](parser& p) { return p.whole_expression(); }, &watch);
  if (!made) return made.why();
  return std::move(watch.names);
}

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
