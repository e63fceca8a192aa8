#include "madang/rules/trial.hpp"

#include <algorithm>
#include <map>

#include "model_inside.hpp"
#include "source.hpp"
#include "tck_values.hpp"

namespace madang::rules {
namespace {

constexpr std::size_t most = 2'000;

// ---- values ----

value temporal(std::string_view s) {
  if (auto d = calendar_date::parse(s)) return *d;
  if (s.find('P') == std::string_view::npos)
    if (auto t = date_time::parse(s)) return *t;
  if (auto t = clock_time::parse(s)) return *t;
  if (auto n = parse_months(s)) return value::months(*n);
  if (auto n = parse_duration(s)) return value::duration(*n);
  return {};
}

type::how how_of(const value& v) {
  using how = type::how;
  constexpr how of[] = {how::null, how::boolean, how::number, how::string, how::date, how::time,
                        how::date_time, how::months, how::duration, how::list, how::context,
                        how::range, how::function};
  return of[static_cast<std::size_t>(v.kind())];
}

bool is_temporal(type::how k) {
  using how = type::how;
  return k == how::date || k == how::time || k == how::date_time || k == how::months ||
         k == how::duration;
}

// None: it cannot be read as the type. `like`: what it is to be compared with, where no type is
// known.
std::optional<value> value_of(const json::value& v, const type& t, const value* like = nullptr) {
  using how = type::how;
  const how kind = t.kind == how::any && like ? how_of(*like) : t.kind;
  if (v.is_string()) {
    const std::string_view s(v.get_string());
    if (t.kind == how::any && s.starts_with("@"))
      if (value found = temporal(s.substr(1)); !found.is_null()) return found;
    if (kind == how::number) {
      const auto n = decimal::parse(s);
      return n ? std::optional(value(*n)) : std::nullopt;
    }
    if (!is_temporal(kind)) return value(std::string(s));
    value found = temporal(s);
    if (kind == how::date_time && found.is(kind::date)) found = date_time{found.date(), {}};
    return how_of(found) == kind ? std::optional(found) : std::nullopt;
  }
  if (v.is_array()) {
    std::vector<value> items;
    for (std::size_t i = 0; i < v.get_array().size(); ++i) {
      const bool there = like && like->is(kind::list) && i < like->items().size();
      auto item = value_of(v.get_array()[i], t.element ? *t.element : *any_type(),
                           there ? &like->items()[i] : nullptr);
      if (!item) return {};
      items.push_back(std::move(*item));
    }
    return value::list(std::move(items));
  }
  if (v.is_object()) {
    entries members;
    for (const auto& m : v.get_object()) {
      const type_ptr* field = t.field(m.key());
      const value* other = like && like->is(kind::context) ? like->member(m.key()) : nullptr;
      auto member = value_of(m.value(), field ? **field : *any_type(), other);
      if (!member) return {};
      members.emplace_back(std::string(m.key()), std::move(*member));
    }
    return value::context(std::move(members));
  }
  return of_json(v);
}

// The same back: what the type does not tell is marked.
json::value json_of(const value& v, const type& t) {
  switch (v.kind()) {
    case kind::list: {
      json::array out;
      for (const auto& item : v.items())
        out.push_back(json_of(item, t.element ? *t.element : *any_type()));
      return out;
    }
    case kind::context: {
      json::object out;
      for (const auto& [name, member] : v.members()) {
        const type_ptr* field = t.field(name);
        out[name] = json_of(member, field ? **field : *any_type());
      }
      return out;
    }
    case kind::number: {
      // As a text where a binary number would not say the same.
      const json::value plain = to_json(v);
      const value again = of_json(plain);
      const bool same = again.is(kind::number) && again.number() == v.number();
      return same || t.kind != type::how::number ? plain : json::value(v.str());
    }
    default:
      if (is_temporal(how_of(v)) && t.kind == type::how::any) return json::value("@" + v.str());
      return to_json(v);
  }
}

// ---- running ----

struct running {
  const model& m;
  std::span<const parameter> parameters;
  const trial& what;
  const date day;
  trial_result out{};

  const drg_element& element(int n) const { return m.elements()[static_cast<std::size_t>(n)]; }
  void give_up(refusal why) { out.why = std::move(why); }

  void set(decision_run& run, int n, value v) {
    out.inputs.emplace_back(element(n).name, v);
    run.set(n, std::move(v));
  }

  bool set_given(decision_run& run) {
    if (!what.given.is_object()) return true;
    for (const auto& one : what.given.get_object()) {
      const int n = m.find(one.key());
      if (n < 0) {
        give_up(refuse(madang::kind::invalid, "trial.no_such_name", "",
                       {{"name", std::string(one.key())}}));
        return false;
      }
      const type& t = element(n).type ? *element(n).type : *any_type();
      auto v = value_of(one.value(), t);
      if (!v) {
        give_up(refuse(madang::kind::invalid, "trial.value", "",
                       {{"name", std::string(one.key())}, {"wanted", t.str()}}));
        return false;
      }
      set(run, n, std::move(*v));
    }
    return true;
  }

  bool set_parameters(decision_run& run) {
    for (std::size_t n = 0; n < m.elements().size(); ++n) {
      const drg_element& e = m.elements()[n];
      const bool given = std::ranges::find(out.inputs, e.name, &entries::value_type::first) !=
                         out.inputs.end();
      const auto known = std::ranges::find(parameters, e.name, &parameter::id);
      if (e.kind != drg_element::what::input || given || known == parameters.end()) continue;
      const auto* held = known->at(day);
      if (!held) {
        give_up(refuse(madang::kind::not_found, "rules.not_in_force", e.name));
        return false;
      }
      set(run, static_cast<int>(n), held->is);
    }
    return true;
  }

  void check(decision_run& run, evaluation& e) {
    if (!what.expect.is_object()) return;
    out.passed = true;
    for (const auto& one : what.expect.get_object()) {
      const int n = m.find(one.key());
      if (n < 0) {
        out.passed = false;
        return give_up(refuse(madang::kind::invalid, "trial.no_such_name", "",
                              {{"name", std::string(one.key())}}));
      }
      trial_check c;
      c.decision = one.key();
      c.is = run.get(e, n);
      const type& t = element(n).type ? *element(n).type : *any_type();
      const auto expected = value_of(one.value(), t, &c.is);
      c.expected = expected ? *expected : of_json(one.value());
      c.passed = expected && equal_enough(c.expected, c.is);
      out.passed = out.passed && c.passed;
      out.checks.push_back(std::move(c));
    }
  }

  trial_result result() {
    out.name = what.name;
    decision_run run(m);
    if (!set_given(run) || !set_parameters(run)) return std::move(out);
    const auto today = calendar_date::of_days(day.days);
    evaluation e(date_time{today.value_or(calendar_date{}), {0, zone::utc()}});
    e.told = &out.how;
    check(run, e);
    out.diagnostics = e.diagnostics;
    return std::move(out);
  }
};

}  // namespace

result<std::vector<trial>> read_trials(const json::value& v) {
  std::vector<trial> out;
  if (v.is_null()) return out;
  if (auto bad = json::read_into(out, v, "")) return *bad;
  if (out.size() > most)
    return refuse(madang::kind::too_large, "trial.too_many", "", {{"most", std::to_string(most)}});
  return out;
}

std::vector<trial_result> run_trials(const model& m, std::span<const parameter> parameters,
                                     date today, std::span<const trial> all) {
  std::vector<trial_result> out;
  for (const auto& one : all)
    out.push_back(running{m, parameters, one, one.as_of.value_or(today)}.result());
  return out;
}

std::vector<tried_table> tried_tables(std::span<const trial_result> all) {
  std::vector<tried_table> out;
  std::map<std::string, std::map<int, bool>> rules;
  for (const auto& r : all)
    for (const auto& d : r.how.decisions)
      for (const auto& rule : d.rules) {
        bool& hit = rules[d.name][rule.number];
        hit = hit || rule.hit;
      }
  for (const auto& [name, numbers] : rules) {
    tried_table t{name, {}, {}};
    for (const auto& [n, hit] : numbers) (hit ? t.hit : t.never).push_back(n);
    out.push_back(std::move(t));
  }
  return out;
}

json::value to_json(const trial_result& r) {
  json::array checks;
  for (const auto& c : r.checks)
    checks.push_back(json::object{{"decision", c.decision},
                                  {"expected", to_json(c.expected)},
                                  {"is", to_json(c.is)},
                                  {"passed", c.passed}});
  json::object inputs;
  for (const auto& [name, v] : r.inputs) inputs[name] = to_json(v);
  json::object out{{"name", r.name},
                   {"passed", r.passed},
                   {"checks", std::move(checks)},
                   {"inputs", std::move(inputs)},
                   {"how", to_json(r.how)}};
  if (r.why) out["why"] = r.why->code;
  return out;
}

// ---- files of the kit ----

std::string write_tck(const model& m, const std::string& file, std::span<const trial> all) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\n  <modelName>" +
      source::as_text(file) + "</modelName>\n";
  const auto nodes = [&](const json::value& values, const char* tag, bool expected) {
    if (!values.is_object()) return;
    for (const auto& one : values.get_object()) {
      const int n = m.find(one.key());
      const type_ptr t = n < 0 ? nullptr : m.elements()[static_cast<std::size_t>(n)].type;
      const auto v = value_of(one.value(), t ? *t : *any_type());
      const std::string inside = write_tck_value(v.value_or(value()));
      out += std::string("    <") + tag + source::as_attribute("name", one.key()) + ">" +
             (expected ? "<expected>" + inside + "</expected>" : inside) + "</" + tag + ">\n";
    }
  };
  for (const auto& one : all) {
    out += "  <testCase" + source::as_attribute("id", one.name) + ">\n";
    if (one.note) out += "    <description>" + source::as_text(*one.note) + "</description>\n";
    nodes(one.given, "inputNode", false);
    nodes(one.expect, "resultNode", true);
    out += "  </testCase>\n";
  }
  return out + "</testCases>\n";
}

result<std::vector<trial>> read_tck(const model& m, std::string_view text) {
  auto root = xml::parse(text);
  if (!root) return root.why();
  if (root->name != "testCases") return refuse(madang::kind::invalid, "trial.not_tck");
  std::vector<trial> out;
  for (const auto* c : root->all("testCase")) {
    if (c->attribute("type") == "decisionService") continue;
    if (out.size() == most)
      return refuse(madang::kind::too_large, "trial.too_many", "",
                    {{"most", std::to_string(most)}});
    trial t;
    t.name = c->attribute("id");
    if (const auto* d = c->child("description"); d && !d->text.empty()) t.note = d->text;
    json::object given, expect;
    const auto put = [&](const xml::element& x, const value& v, json::object& to) {
      const int n = m.find(x.attribute("name"));
      const type_ptr type = n < 0 ? nullptr : m.elements()[static_cast<std::size_t>(n)].type;
      to[x.attribute("name")] = json_of(v, type ? *type : *any_type());
    };
    for (const auto* x : c->all("inputNode")) put(*x, read_tck_value(*x), given);
    for (const auto* x : c->all("resultNode")) {
      const auto* holder = x->child("expected");
      put(*x, holder ? read_tck_value(*holder) : value(), expect);
    }
    t.given = std::move(given);
    t.expect = std::move(expect);
    out.push_back(std::move(t));
  }
  return out;
}

}  // namespace madang::rules
