#include "builtins.hpp"

#include <algorithm>
#include <unordered_map>

#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};

struct catalogue {
  std::vector<std::shared_ptr<const builtin>> all;
  std::unordered_map<std::string, std::vector<named_builtin>, text_hash, std::equal_to<>>
      by_first_word;
};

const catalogue& every_builtin() {
  static const catalogue c = [] {
    builtin_list list;
    add_conversions(list);
    add_text_functions(list);
    add_list_functions(list);
    add_number_functions(list);
    add_temporal_functions(list);
    add_context_functions(list);
    add_range_functions(list);
    catalogue out;
    for (auto& one : list) {
      const std::string& name = one->name;
      out.by_first_word[name.substr(0, name.find(' '))].push_back({name, value::of(one)});
      out.all.push_back(one);
    }
    return out;
  }();
  return c;
}

}  // namespace

std::span<const named_builtin> builtins_beginning(std::string_view word) {
  const auto& words = every_builtin().by_first_word;
  const auto found = words.find(word);
  if (found == words.end()) return {};
  return found->second;
}

const std::vector<std::shared_ptr<const builtin>>& all_builtins() { return every_builtin().all; }

value builtin::call(evaluation& e, std::span<value> arguments) const {
  return invoke(e, 0, arguments, {});
}

// What is given may be looked at from end to end, and what comes out may be larger.
value builtin::invoke(evaluation& e, int at, std::span<value> arguments,
                      const std::vector<std::string>& names) const {
  for (const auto& one : arguments)
    if (!e.look_at(one)) return {};
  return e.bounded(invoke_unbounded(e, at, arguments, names), at);
}

value builtin::invoke_unbounded(evaluation& e, int at, std::span<value> arguments,
                                const std::vector<std::string>& names) const {
  constexpr std::size_t most = 8;
  value ordered[most];
  for (const auto& s : signatures) {
    if (names.empty()) {
      if (arguments.size() < s.required) continue;
      if (s.variadic || arguments.size() == s.parameters.size()) {
        builtin_call c{e, at, arguments, arguments.size()};
        return s.run(c);
      }
      if (arguments.size() > s.parameters.size()) continue;
      for (std::size_t i = 0; i < arguments.size(); ++i) ordered[i] = std::move(arguments[i]);
      builtin_call c{e, at, {ordered, s.parameters.size()}, arguments.size()};
      return s.run(c);
    }
    std::size_t placed = 0, required = 0, given = 0;
    std::size_t where[most] = {};
    for (std::size_t i = 0; i < names.size() && i < most; ++i) {
      auto found = std::ranges::find(s.parameters, names[i]);
      if (found == s.parameters.end()) break;
      where[i] = static_cast<std::size_t>(found - s.parameters.begin());
      ++placed;
      given = std::max(given, where[i] + 1);
      required += where[i] < s.required;
    }
    if (placed != names.size() || required < std::min(s.required, s.required_by_name)) continue;
    for (std::size_t i = 0; i < names.size(); ++i) ordered[where[i]] = std::move(arguments[i]);
    builtin_call c{e, at, {ordered, s.variadic ? given : s.parameters.size()}, given};
    return s.run(c);
  }
  return e.fail(names.empty() ? "feel.argument_count" : "feel.argument_name", at,
                {{"name", name}});
}

}  // namespace madang::rules
