// Writing a grid back: the smallest changes of the file that make it read as wished.
#include <algorithm>
#include <map>
#include <set>

#include "grid_inside.hpp"
#include "madang/base/text.hpp"
#include "scope.hpp"

namespace madang::rules {
namespace {

using source::edits;
using source::element;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string trimmed(const std::string& s) { return std::string(text::trim(s)); }

// One of several elements of a kind, in their new order.
struct member {
  const element* old = nullptr;              // null: it is new
  std::string text;                          // the whole of it
};

struct writer {
  std::string_view file;
  const element& table;
  const grid before;
  const grid& after;
  std::set<std::string, std::less<>> ids;
  std::map<std::string, int> last_number;    // of ids that were made, by their beginning

  std::string_view whole(const element& e) const { return file.substr(e.begin, e.end - e.begin); }
  std::string tag(const char* name, const std::string& inside, std::string attributes = {}) const {
    const std::string n = table.named(name);
    return "<" + n + attributes + ">" + inside + "</" + n + ">";
  }
  std::string texted(const char* name, const std::string& s) const {
    return tag(name, tag("text", source::as_text(trimmed(s))));
  }
  // The end of line and the blanks before an element; nothing when it stands behind another.
  std::string line_before(const element& e) const {
    std::size_t begin = e.begin;
    while (begin > 0 && is_space(file[begin - 1])) --begin;
    const std::string_view blanks = file.substr(begin, e.begin - begin);
    const std::size_t line = blanks.rfind('\n');
    return line == std::string_view::npos ? std::string() : std::string(blanks.substr(line));
  }

  // ---- parts of an element ----

  void set_attribute(const element& e, const char* name, const std::string& is,
                     const std::string& wanted, edits& changes) const {
    if (trimmed(is) == trimmed(wanted)) return;
    const source::attribute* a = e.find(name);
    if (!a)
      changes.insert(e.begin + 1 + e.named(e.name).size(),
                     source::as_attribute(name, trimmed(wanted)));
    else if (trimmed(wanted).empty())
      changes.replace(a->begin, a->end, "");
    else
      changes.replace(a->begin, a->end, source::as_attribute(name, trimmed(wanted)));
  }

  // Puts children into an element, behind one of those it has (null: before all).
  void put(const element& e, const element* behind, const std::string& what, edits& changes) const {
    if (what.empty()) return;
    if (e.one_tag) {
      changes.replace(e.end - 2, e.end, ">" + what + "</" + e.named(e.name) + ">");
      return;
    }
    changes.insert(behind ? behind->end : e.inside, what);
  }

  void remove(const element& e, edits& changes) const {
    std::size_t begin = e.begin;
    while (begin > 0 && is_space(file[begin - 1])) --begin;
    changes.replace(begin, e.end, "");
  }

  // ---- elements of one kind, in their new order ----

  static bool same_order(const std::vector<const element*>& old, const std::vector<member>& now) {
    return std::ranges::equal(old, now, {}, {}, [](const member& m) { return m.old; });
  }

  std::string lines_between(const std::vector<const element*>& old,
                            const std::vector<member>& now) const {
    std::string out;
    const std::string line = line_before(*old.front());
    std::map<const element*, std::size_t> behind;      // where the one before it ends
    for (std::size_t i = 1; i < old.size(); ++i) behind[old[i]] = old[i - 1]->end;
    for (std::size_t i = 0; i < now.size(); ++i) {
      std::string before_it = line;
      // What stands before it, comments most of all, goes with it.
      if (const auto begin = behind.find(now[i].old); begin != behind.end())
        before_it = file.substr(begin->second, now[i].old->begin - begin->second);
      if (i == 0) {                          // its line is there already
        before_it = std::string(text::trim(before_it));
        if (!before_it.empty()) before_it += line;
      }
      out += before_it + now[i].text;
    }
    return out;
  }

  // `behind`: where the first ones go when there were none.
  void set_all(const element& parent, const std::vector<const element*>& old,
               const std::vector<member>& now, const element* behind, edits& changes) const {
    if (same_order(old, now)) {
      for (const auto& m : now)
        if (m.text != whole(*m.old)) changes.replace(m.old->begin, m.old->end, m.text);
      return;
    }
    if (!old.empty()) {
      if (now.empty())
        for (const auto* e : old) remove(*e, changes);
      else
        changes.replace(old.front()->begin, old.back()->end, lines_between(old, now));
      return;
    }
    const std::string line = behind ? line_before(*behind)
                             : parent.children.empty() ? std::string()
                                                       : line_before(parent.children.front());
    std::string all;
    for (const auto& m : now) all += line + m.text;
    put(parent, behind, all, changes);
  }

  // The last of the children that stand before a kind by the standard's schema.
  static const element* last_of(const element& e, std::initializer_list<const char*> kinds) {
    const element* out = nullptr;
    for (const auto& c : e.children)
      if (std::ranges::find(kinds, c.name) != kinds.end()) out = &c;
    return out;
  }

  // ---- ids ----

  std::string id_of(const std::string& wanted, const char* prefix, bool needed) {
    if (!wanted.empty() && ids.insert(wanted).second) return source::as_attribute("id", wanted);
    if (!needed && wanted.empty()) return {};
    for (int& n = last_number[prefix];;)
      if (std::string id = std::string(prefix) + "-" + std::to_string(++n); ids.insert(id).second)
        return source::as_attribute("id", id);
  }

  // Which of the old ones each new one is; the second of the same is new.
  template <class T>
  std::vector<const element*> olds(const std::vector<T>& now,
                                   const std::vector<const element*>& old) const {
    std::vector<const element*> out;
    std::vector<bool> taken(old.size());
    for (const auto& one : now) {
      const auto was = static_cast<std::size_t>(one.was);
      const bool known = one.was >= 0 && was < old.size() && !taken[was];
      if (known) taken[was] = true;
      out.push_back(known ? old[was] : nullptr);
    }
    return out;
  }

  static bool have_ids(const std::vector<const element*>& all) {
    return std::ranges::any_of(all, [](const element* e) { return e->find("id") != nullptr; });
  }

  // ---- columns ----

  // A child with a text that is there, is not there, or is to go: order by the standard's schema.
  void set_holder(const element& e, const char* name, const std::string& is,
                  const std::string& wanted, const element* behind, edits& changes) const {
    if (is == trimmed(wanted)) return;
    const element* holder = e.child(name);
    if (!holder) return put(e, behind, texted(name, wanted), changes);
    if (trimmed(wanted).empty()) return remove(*holder, changes);
    set_grid_text(*holder, is, trimmed(wanted), changes);
  }

  void inputs(edits& changes) {
    const auto old = table.all("input");
    const auto known = olds(after.inputs, old);
    std::vector<member> now;
    for (std::size_t i = 0; i < after.inputs.size(); ++i) {
      const grid_input& in = after.inputs[i];
      const std::string type =
          in.type.empty() ? "" : source::as_attribute("typeRef", trimmed(in.type));
      const std::string asks =
          tag("inputExpression", tag("text", source::as_text(trimmed(in.expression))), type);
      const std::string values =
          trimmed(in.allowed).empty() ? "" : texted("inputValues", in.allowed);
      if (!known[i]) {
        const std::string inside = asks + values;
        std::string attributes = id_of(in.id, "input", have_ids(old));
        if (!in.label.empty()) attributes += source::as_attribute("label", trimmed(in.label));
        now.push_back({nullptr, tag("input", inside, attributes)});
        continue;
      }
      const element& e = *known[i];
      const grid_input& was = before.inputs[static_cast<std::size_t>(in.was)];
      edits own;
      set_attribute(e, "label", was.label, in.label, own);
      const element* asked = e.child("inputExpression");
      const bool asks_something = !trimmed(in.expression + in.type).empty();
      if (e.one_tag) {
        put(e, nullptr, (asks_something ? asks : "") + values, own);
        now.push_back({&e, own.apply(file, e.begin, e.end)});
        continue;
      }
      if (!asked) {
        if (asks_something)
          put(e, last_of(e, {"description", "extensionElements"}), asks, own);
      } else {
        set_attribute(*asked, "typeRef", was.type, in.type, own);
        set_grid_text(*asked, was.expression, trimmed(in.expression), own);
      }
      set_holder(e, "inputValues", was.allowed, in.allowed,
                 last_of(e, {"description", "extensionElements", "inputExpression"}), own);
      now.push_back({&e, own.apply(file, e.begin, e.end)});
    }
    set_all(table, old, now, last_of(table, {"description", "extensionElements"}), changes);
  }

  void outputs(edits& changes) {
    const auto old = table.all("output");
    const auto known = olds(after.outputs, old);
    std::vector<member> now;
    for (std::size_t i = 0; i < after.outputs.size(); ++i) {
      const grid_output& o = after.outputs[i];
      std::string values = trimmed(o.allowed).empty() ? "" : texted("outputValues", o.allowed);
      std::string otherwise =
          trimmed(o.otherwise).empty() ? "" : texted("defaultOutputEntry", o.otherwise);
      if (!known[i]) {
        std::string attributes = id_of(o.id, "output", have_ids(old));
        for (const auto& [name, s] : {std::pair("name", &o.name), std::pair("label", &o.label),
                                      std::pair("typeRef", &o.type)})
          if (!s->empty()) attributes += source::as_attribute(name, trimmed(*s));
        now.push_back({nullptr, tag("output", values + otherwise, attributes)});
        continue;
      }
      const element& e = *known[i];
      const grid_output& was = before.outputs[static_cast<std::size_t>(o.was)];
      edits own;
      set_attribute(e, "name", was.name, o.name, own);
      set_attribute(e, "label", was.label, o.label, own);
      set_attribute(e, "typeRef", was.type, o.type, own);
      if (e.one_tag) {
        put(e, nullptr, values + otherwise, own);
      } else {
        set_holder(e, "outputValues", was.allowed, o.allowed,
                   last_of(e, {"description", "extensionElements"}), own);
        set_holder(e, "defaultOutputEntry", was.otherwise, o.otherwise,
                   last_of(e, {"description", "extensionElements", "outputValues"}), own);
      }
      now.push_back({&e, own.apply(file, e.begin, e.end)});
    }
    set_all(table, old, now, last_of(table, {"description", "extensionElements", "input"}),
            changes);
  }

  void annotations(edits& changes) const {
    const auto old = table.all("annotation");
    const auto known = olds(after.annotations, old);
    std::vector<member> now;
    for (std::size_t i = 0; i < after.annotations.size(); ++i) {
      const grid_annotation& a = after.annotations[i];
      if (!known[i]) {
        const std::string name = table.named("annotation");
        now.push_back({nullptr, "<" + name + source::as_attribute("name", trimmed(a.name)) + "/>"});
        continue;
      }
      edits own;
      const auto& was = before.annotations[static_cast<std::size_t>(a.was)];
      set_attribute(*known[i], "name", was.name, a.name, own);
      now.push_back({known[i], own.apply(file, known[i]->begin, known[i]->end)});
    }
    set_all(table, old, now,
            last_of(table, {"description", "extensionElements", "input", "output"}), changes);
  }

  // ---- rules ----

  template <class C>
  void cells(const element& rule, const char* kind, const std::vector<C>& columns,
             std::size_t columns_before, const std::vector<std::string>& is,
             const std::vector<std::string>& wanted, const element* behind, edits& changes) const {
    auto old = rule.all(kind);
    if (old.size() > columns_before) old.resize(columns_before);
    const auto known = olds(columns, old);
    std::vector<member> now;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!known[i]) {
        now.push_back({nullptr, texted(kind, wanted[i])});
        continue;
      }
      edits own;
      const auto n = static_cast<std::size_t>(columns[i].was);
      set_grid_text(*known[i], is[n], trimmed(wanted[i]), own);
      now.push_back({known[i], own.apply(file, known[i]->begin, known[i]->end)});
    }
    // Cells that were left out at the end stay left out as long as they are empty.
    for (std::size_t i = now.size(); i-- > 0 && old.size() < columns_before;) {
      if (now[i].old || !trimmed(wanted[i]).empty()) break;
      now.pop_back();
    }
    set_all(rule, old, now, behind, changes);
  }

  std::string inside_rule(const grid_rule& r, const std::string& line) const {
    const std::string inner = line.empty() ? "" : line + "  ";
    std::string inside;
    if (!trimmed(r.description).empty())
      inside += inner + tag("description", source::as_text(trimmed(r.description)));
    for (const auto& s : r.conditions) inside += inner + texted("inputEntry", s);
    for (const auto& s : r.outputs) inside += inner + texted("outputEntry", s);
    for (const auto& s : r.annotations) inside += inner + texted("annotationEntry", s);
    return inside + line;
  }

  static bool says_something(const grid_rule& r) {
    const auto any = [](const auto& list) {
      return std::ranges::any_of(list, [](const auto& s) { return !trimmed(s).empty(); });
    };
    return !trimmed(r.description).empty() || any(r.conditions) || any(r.outputs) ||
           any(r.annotations);
  }

  std::string changed_rule(const element& e, const grid_rule& r, const std::string& line) const {
    const grid_rule& was = before.rules[static_cast<std::size_t>(r.was)];
    edits own;
    if (e.one_tag) {
      if (says_something(r)) put(e, nullptr, inside_rule(r, line), own);
      return own.apply(file, e.begin, e.end);
    }
    if (const element* d = e.child("description"); d && was.description != trimmed(r.description)) {
      if (trimmed(r.description).empty()) remove(*d, own);
      else
        own.replace(d->begin, d->end,
                    tag("description", source::as_text(trimmed(r.description))));
    } else if (!d && !trimmed(r.description).empty()) {
      put(e, nullptr, tag("description", source::as_text(trimmed(r.description))), own);
    }
    cells(e, "inputEntry", after.inputs, before.inputs.size(), was.conditions, r.conditions,
          last_of(e, {"description", "extensionElements"}), own);
    cells(e, "outputEntry", after.outputs, before.outputs.size(), was.outputs, r.outputs,
          last_of(e, {"description", "extensionElements", "inputEntry"}), own);
    cells(e, "annotationEntry", after.annotations, before.annotations.size(), was.annotations,
          r.annotations,
          last_of(e, {"description", "extensionElements", "inputEntry", "outputEntry"}), own);
    return own.apply(file, e.begin, e.end);
  }

  void rules(edits& changes) {
    const auto old = table.all("rule");
    const auto known = olds(after.rules, old);
    const element* behind = last_of(
        table, {"description", "extensionElements", "input", "output", "annotation"});
    const std::string line = !old.empty() ? line_before(*old.front())
                             : behind     ? line_before(*behind)
                                          : std::string();
    std::vector<member> now;
    for (std::size_t i = 0; i < after.rules.size(); ++i) {
      const grid_rule& r = after.rules[i];
      if (known[i]) {
        now.push_back({known[i], changed_rule(*known[i], r, line)});
        continue;
      }
      const std::string id = id_of(r.id, "rule", have_ids(old));
      now.push_back({nullptr, tag("rule", inside_rule(r, line), id)});
    }
    set_all(table, old, now, behind, changes);
  }

  std::string write() {
    edits changes;
    if (trimmed(before.policy) != trimmed(after.policy))
      set_attribute(table, "hitPolicy", std::string(table.value("hitPolicy")), after.policy,
                    changes);
    set_attribute(table, "aggregation", before.aggregation, after.aggregation, changes);
    inputs(changes);
    outputs(changes);
    annotations(changes);
    rules(changes);
    return changes.apply(file, 0, file.size());
  }
};

// ---- what can be written ----

void collect_ids(const element& e, std::set<std::string, std::less<>>& out) {
  if (const auto id = e.value("id"); !id.empty()) out.emplace(id);
  for (const auto& c : e.children) collect_ids(c, out);
}

bool is_name(std::string_view s) {
  if (s.empty() || (s[0] >= '0' && s[0] <= '9') || s[0] == '-' || s[0] == '.') return false;
  return std::ranges::all_of(s, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || std::isalnum(u) || c == '_' || c == '-' || c == '.';
  });
}

// Ids of new columns and rules; those of old ones are not changed.
template <class T>
outcome check_ids(const std::vector<T>& all) {
  for (const auto& one : all)
    if (one.was < 0 && !one.id.empty() && !is_name(one.id))
      return refuse(madang::kind::invalid, "grid.id", "", {{"id", one.id}});
  return nothing{};
}

outcome can_be_written(const grid& g, const element& root) {
  if (auto fits = within_limits(g); !fits) return fits.why();
  constexpr const char* policies[] = {"UNIQUE",  "ANY",        "PRIORITY",    "FIRST",
                                      "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
  constexpr const char* aggregations[] = {"", "SUM", "COUNT", "MIN", "MAX"};
  if (std::ranges::find(policies, trimmed(g.policy)) == std::end(policies) ||
      std::ranges::find(aggregations, trimmed(g.aggregation)) == std::end(aggregations))
    return refuse(madang::kind::invalid, "grid.policy");
  for (std::size_t n = 0; n < g.rules.size(); ++n) {
    const auto& r = g.rules[n];
    if (r.conditions.size() != g.inputs.size() || r.outputs.size() != g.outputs.size() ||
        r.annotations.size() != g.annotations.size())
      return refuse(madang::kind::invalid, "grid.shape", "", {{"rule", std::to_string(n + 1)}});
  }
  int spoiled = -1;
  each_text(g, [&](const std::string& s, int rule) {
    if (!source::writable(s)) spoiled = rule;
  });
  if (spoiled >= 0)
    return refuse(madang::kind::invalid, "grid.characters", "",
                  {{"rule", std::to_string(spoiled)}});
  if (auto good = check_ids(g.inputs); !good) return good;
  if (auto good = check_ids(g.outputs); !good) return good;
  if (auto good = check_ids(g.rules); !good) return good;
  for (const auto& a : root.attributes)
    if (!g.annotations.empty() && a.value.find("/spec/DMN/20151101") != std::string::npos)
      return refuse(madang::kind::unsupported, "grid.no_annotations");
  return nothing{};
}

// Texts as they are read; ids and origins aside.
std::vector<std::string> said(const grid& g) {
  std::vector<std::string> out = {trimmed(g.policy), trimmed(g.aggregation)};
  for (const std::size_t n : {g.inputs.size(), g.outputs.size(), g.annotations.size(),
                              g.rules.size()})
    out.push_back(std::to_string(n));
  each_text(g, [&](const std::string& s, int) { out.push_back(trimmed(s)); });
  return out;
}

}  // namespace

void set_grid_text(const element& holder, const std::string& is, const std::string& wanted,
                   edits& changes) {
  if (is == wanted) return;
  const element* t = holder.child("text");
  const std::string tag = holder.named("text");
  const std::string whole = "<" + tag + ">" + source::as_text(wanted) + "</" + tag + ">";
  if (t && !t->one_tag) changes.replace(t->inside, t->inside_end, source::as_text(wanted));
  else if (t) changes.replace(t->begin, t->end, whole);
  else if (holder.one_tag)
    changes.replace(holder.end - 2, holder.end,
                    ">" + whole + "</" + holder.named(holder.name) + ">");
  else changes.insert(holder.inside_end, whole);
}

result<std::string> write_grid(std::string_view file, const logic_place& place, const grid& g) {
  auto root = read_model(file);
  if (!root) return root.why();
  const element* table = logic_at(*root, place, "decisionTable");
  if (!table)
    return refuse(madang::kind::not_found, "grid.no_such_logic", "", {{"element", place.element}});
  if (auto good = can_be_written(g, *root); !good) return good.why();
  if (table->one_tag) return refuse(madang::kind::unsupported, "grid.unwritable");
  writer w{file, *table, grid_of(*table), g, {}, {}};
  collect_ids(*root, w.ids);
  std::string out = w.write();
  // Whoever saves must be sure of what was saved.
  const auto again = read_grid(out, place);
  if (!again || said(*again) != said(g))
    return refuse(madang::kind::unsupported, "grid.unwritable");
  return out;
}

}  // namespace madang::rules
