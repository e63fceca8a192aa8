#include "madang/rules/answer.hpp"

#include "scope.hpp"

namespace madang::rules {
namespace {

template <class T>
value read(const json::value& v, std::optional<T> (*parse)(std::string_view)) {
  const auto read = parse(std::string_view(v.get_string()));
  return read ? value(*read) : of_json(v);
}

void append(std::string& out, const value& v) {
  if (v.is(kind::number)) {
    out += v.number().str();
  } else if (v.is(kind::list)) {
    out += '[';
    for (const value& item : v.items()) {
      if (out.back() != '[') out += ',';
      append(out, item);
    }
    out += ']';
  } else if (v.is(kind::context)) {
    out += '{';
    for (const auto& [key, member] : v.members()) {
      if (out.back() != '{') out += ',';
      json::append_string(out, key);
      out += ':';
      append(out, member);
    }
    out += '}';
  } else {
    out += json::print(to_json(v));
  }
}

json::object facts_of(const std::map<std::string, std::string>& facts) {
  json::object out;
  for (const auto& [key, fact] : facts) out[key] = fact;
  return out;
}

json::array all_of(const std::vector<diagnostic>& diagnostics) {
  json::array out;
  for (const auto& d : diagnostics)
    out.push_back(json::object{
        {"code", d.code}, {"place", d.place}, {"at", d.at}, {"facts", facts_of(d.facts)}});
  return out;
}

json::array mistakes_of(const model& m) {
  json::array out;
  for (const auto& element : m.elements())
    for (const auto& wrong : element.mistakes)
      out.push_back(json::object{
          {"element", element.name}, {"code", wrong.code}, {"facts", facts_of(wrong.facts)}});
  return out;
}

}  // namespace

value of_json(const json::value& v, const type& t) {
  using how = type::how;
  if (t.kind == how::list) {
    if (!v.is_array()) return of_json(v, *t.element);
    std::vector<value> items;
    for (const auto& one : v.get_array()) items.push_back(of_json(one, *t.element));
    return value::list(std::move(items));
  }
  if (t.kind == how::context && v.is_object()) {
    entries members;
    for (const auto& m : v.get_object()) {
      std::string key(m.key());
      const type_ptr* field = t.field(key);
      members.emplace_back(std::move(key), of_json(m.value(), field ? **field : *any_type()));
    }
    return value::context(std::move(members));
  }
  if (!v.is_string()) return of_json(v);
  if (t.kind == how::date) return read(v, &calendar_date::parse);
  if (t.kind == how::time) return read(v, &clock_time::parse);
  if (t.kind == how::date_time) return read(v, &date_time::parse);
  if (t.kind == how::months)
    if (const auto n = parse_months(std::string_view(v.get_string()))) return value::months(*n);
  if (t.kind == how::duration)
    if (const auto n = parse_duration(std::string_view(v.get_string()))) return value::duration(*n);
  return of_json(v);
}

result<answer> ask(const model& m, const question& q) {
  decision_run run(m);
  for (const auto& fact : q.facts) {
    const std::string name = normal_name(std::string_view(fact.key()));
    const int n = m.find(name);
    const auto* element = n < 0 ? nullptr : &m.elements()[std::size_t(n)];
    if (!element || element->kind > drg_element::what::decision)
      return refuse(madang::kind::invalid, "dmn.no_such_input", "", {{"name", name}});
    run.set(n, of_json(fact.value(), *element->type));
  }
  answer out;
  evaluation e(q.now);
  if (q.explain) e.told = &out.how;
  for (std::size_t i = 0; i < m.elements().size(); ++i) {
    const drg_element& element = m.elements()[i];
    const bool wanted = q.decision.empty() || element.name == q.decision;
    if (element.kind != drg_element::what::decision || element.space != m.space() || !wanted)
      continue;
    out.decisions.emplace_back(element.name, run.get(e, static_cast<int>(i)));
  }
  if (!q.decision.empty() && out.decisions.empty())
    return refuse(madang::kind::invalid, "dmn.no_such_decision", "", {{"name", q.decision}});
  out.diagnostics = std::move(e.diagnostics);
  return out;
}

std::string json_text(const model& m, const answer& a, bool with_explanation) {
  std::string out = R"({"decisions":)";
  append(out, value::context(a.decisions));
  out += R"(,"diagnostics":)" + json::print(all_of(a.diagnostics));
  out += R"(,"mistakes":)" + json::print(mistakes_of(m));
  if (with_explanation) out += R"(,"explanation":)" + json::print(to_json(a.how));
  return out + "}";
}

}  // namespace madang::rules
