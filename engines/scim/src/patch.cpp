#include "madang/scim/patch.hpp"

#include <algorithm>

#include "madang/scim/filter.hpp"

namespace madang::scim {
namespace {

constexpr std::string_view patch_urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

refusal wrong(std::string_view what, std::string_view field = {}) {
  std::string code = "scim." + std::string(what);
  return refuse(kind::invalid, std::move(code), std::string(field));
}

bool is_fixed(const attribute& a) { return a.change == mutability::read_only; }

bool is_empty(const json::value& v) {
  return v.is_null() || (v.is_array() && v.get_array().empty());
}

// ---- values as the schema wants them ----

result<json::value> taken(const attribute& a, const json::value& v);

result<json::value> taken_complex(const attribute& a, const json::value& v) {
  if (!v.is_object()) return wrong("value", a.name);
  json::object out;
  for (const auto& sub : a.subs) {
    const auto* said = is_fixed(sub) ? nullptr : member(v.get_object(), sub.name);
    if (!said || is_empty(*said)) {
      if (sub.required) return wrong("value", a.name + "." + sub.name);
      continue;
    }
    auto part = taken(sub, *said);
    if (!part) return part.why();
    out[sub.name] = std::move(*part);
  }
  return json::value(std::move(out));
}

// One value of it. Some clients write truths as texts, in either case.
result<json::value> taken(const attribute& a, const json::value& v) {
  if (a.complex()) return taken_complex(a, v);
  if (a.type == "boolean") {
    if (v.is_bool()) return v;
    const std::string said = v.is_string() ? text::fold(std::string_view(v.get_string())) : "";
    if (said == "true" || said == "false") return json::value(said == "true");
    return wrong("value", a.name);
  }
  if (a.type == "integer") return v.is_int64() ? result<json::value>(v) : wrong("value", a.name);
  if (a.type == "decimal") return v.is_number() ? result<json::value>(v) : wrong("value", a.name);
  if (!v.is_string()) return wrong("value", a.name);
  if (a.type == "dateTime" && !instant::parse(std::string_view(v.get_string())))
    return wrong("value", a.name);
  return v;
}

result<json::array> taken_list(const attribute& a, const json::value& v) {
  json::array out;
  auto add = [&](const json::value& one) -> std::optional<refusal> {
    auto good = taken(a, one);
    if (!good) return good.why();
    out.push_back(std::move(*good));
    return {};
  };
  if (!v.is_array()) {
    if (auto bad = add(v)) return *bad;
    return out;
  }
  for (const auto& one : v.get_array())
    if (auto bad = add(one)) return *bad;
  return out;
}

// What makes a value of a list the same as another: its `value` where it has one.
bool same_entry(const attribute& a, const json::value& x, const json::value& y) {
  if (!x.is_object() || !y.is_object()) return same(x, y, a.case_exact);
  const auto* value = a.sub("value");
  const auto* left = value ? member(x.get_object(), value->name) : nullptr;
  const auto* right = value ? member(y.get_object(), value->name) : nullptr;
  return left && right ? same(*left, *right, value->case_exact) : x == y;
}

// ---- single operations ----

enum class act { add, replace, remove };

void merge(json::object& into, const json::value& from) {
  for (const auto& one : from.get_object()) into[one.key()] = one.value();
}

std::optional<refusal> set_list(json::object& in, const attribute& a, act what,
                                const json::value& v) {
  auto list = taken_list(a, v);
  if (!list) return list.why();
  auto* there = member(in, a.name);
  if (what == act::replace || !there || !there->is_array()) {
    in[a.name] = std::move(*list);
    return {};
  }
  auto& all = there->get_array();
  for (auto& one : *list)
    if (std::ranges::none_of(all, [&](const auto& is) { return same_entry(a, is, one); }))
      all.push_back(std::move(one));
  return {};
}

std::optional<refusal> set_one(json::object& in, const attribute& a, const json::value& v) {
  auto good = taken(a, v);
  if (!good) return good.why();
  auto* there = member(in, a.name);
  if (a.change == mutability::immutable && there && *there != *good)
    return wrong("mutability", a.name);
  // Of a complex one those parts change that are named (RFC 7644 section 3.5.2.3).
  if (a.complex() && there && there->is_object()) merge(there->get_object(), *good);
  else in[a.name] = std::move(*good);
  return {};
}

std::optional<refusal> set(json::object& in, const attribute& a, act what, const json::value& v) {
  if (is_empty(v)) {
    if (a.required) return wrong("mutability", a.name);
    if (what == act::replace) in.erase(a.name);
    return {};
  }
  return a.multi ? set_list(in, a, what, v) : set_one(in, a, v);
}

std::optional<refusal> drop(json::object& in, const attribute& a, const json::value& v) {
  if (a.required || a.change == mutability::immutable) return wrong("mutability", a.name);
  auto* there = member(in, a.name);
  if (!there) return {};
  // Not of the standard, but what the largest clients send: the values that go are named.
  if (a.multi && !v.is_null() && there->is_array()) {
    auto list = taken_list(a, v);
    if (!list) return list.why();
    auto& all = there->get_array();
    for (const auto& gone : *list)
      for (auto one = all.begin(); one != all.end();)
        one = same_entry(a, *one, gone) ? all.erase(one) : one + 1;
    if (!all.empty()) return {};
  }
  in.erase(a.name);
  return {};
}

// On the values of a complex attribute: all, or those that a filter finds.
std::optional<refusal> within(json::object& in, const path& p, act what, const json::value& v) {
  const attribute& a = *p.first;
  auto* there = member(in, a.name);
  if (!a.multi) {
    if (what == act::remove)
      return there && there->is_object() ? drop(there->get_object(), *p.sub, {}) : std::nullopt;
    if (!there || !there->is_object()) there = &(in[a.name] = json::object());
    return set(there->get_object(), *p.sub, what, v);
  }
  bool found = false;
  if (there && there->is_array()) {
    auto& all = there->get_array();
    for (auto one = all.begin(); one != all.end();) {
      const bool meant = one->is_object() && (!p.where || p.where->matches(one->get_object()));
      found = found || meant;
      if (meant && what == act::remove && !p.sub) {
        one = all.erase(one);
        continue;
      }
      std::optional<refusal> bad;
      if (meant && p.sub)
        bad = what == act::remove ? drop(one->get_object(), *p.sub, {})
                                  : set(one->get_object(), *p.sub, what, v);
      if (meant && !p.sub) {
        auto good = taken(a, v);
        if (good) merge(one->get_object(), *good);
        else bad = good.why();
      }
      if (bad) return bad;
      ++one;
    }
    if (all.empty()) in.erase(a.name);
  }
  if (!found && what != act::remove) return wrong("target", a.name);
  return {};
}

std::optional<refusal> at_path(json::object& resource, const path& p, act what,
                               const json::value& v, const shape& of);

// Without a path, the members of the value are where (section 3.5.2.1); what only the house may
// change, and what nobody knows, is passed over as in a PUT.
std::optional<refusal> members(json::object& resource, const json::value& v, act what,
                               std::string_view prefix, const shape& of) {
  if (what == act::remove) return wrong("target");
  if (!v.is_object()) return wrong("value");
  for (const auto& one : v.get_object()) {
    auto p = path::read(std::string(prefix) + std::string(one.key()), of);
    if (!p || (p->first && is_fixed(*p->first)) || (p->sub && is_fixed(*p->sub))) continue;
    if (auto bad = at_path(resource, *p, what, one.value(), of)) return bad;
  }
  return {};
}

std::optional<refusal> at_path(json::object& resource, const path& p, act what,
                               const json::value& v, const shape& of) {
  if (!p.first) {
    if (what != act::remove) return members(resource, v, what, p.urn + ":", of);
    for (const auto& a : of.find_schema(p.urn)->attributes)
      if (is_fixed(a)) return wrong("mutability", a.name);
    resource.erase(p.urn);
    return {};
  }
  if (is_fixed(*p.first) || (p.sub && is_fixed(*p.sub)))
    return wrong("mutability", (p.sub ? p.sub : p.first)->name);
  json::object* in = &resource;
  if (!p.urn.empty()) {
    auto& extension = resource[p.urn];
    if (!extension.is_object()) extension = json::object();
    in = &extension.get_object();
  }
  auto bad = p.sub || p.where      ? within(*in, p, what, v)
             : what == act::remove ? drop(*in, *p.first, v)
                                   : set(*in, *p.first, what, v);
  if (!p.urn.empty() && in->empty()) resource.erase(p.urn);
  return bad;
}

std::optional<refusal> operate(json::object& resource, const json::value& one, const shape& of) {
  if (!one.is_object()) return wrong("syntax", "Operations");
  const auto& o = one.get_object();
  const auto* op = member(o, "op");
  const std::string name =
      op && op->is_string() ? text::fold(std::string_view(op->get_string())) : "";
  if (name != "add" && name != "replace" && name != "remove") return wrong("syntax", "op");
  const act what = name == "add" ? act::add : name == "replace" ? act::replace : act::remove;
  const auto* value = member(o, "value");
  if (!value && what != act::remove) return wrong("value", "value");
  static const json::value none;
  const json::value& v = value ? *value : none;
  const auto* where = member(o, "path");
  if (!where || where->is_null()) return members(resource, v, what, {}, of);
  if (!where->is_string()) return wrong("path");
  auto p = path::read(std::string_view(where->get_string()), of);
  if (!p) return p.why();
  return at_path(resource, *p, what, v, of);
}

bool has_schema(const json::value& message, std::string_view urn) {
  const auto* all = message.is_object() ? member(message.get_object(), "schemas") : nullptr;
  return all && all->is_array() && std::ranges::any_of(all->get_array(), [&](const auto& one) {
           return same(one, json::value(urn), false);
         });
}

std::optional<refusal> take_all(json::object& out, const json::object& before,
                                const json::object& said, const std::vector<attribute>& all) {
  for (const auto& a : all) {
    const auto* old = member(before, a.name);
    if (is_fixed(a)) {
      if (old) out[a.name] = *old;
      continue;
    }
    const auto* v = member(said, a.name);
    if (!v || is_empty(*v)) {
      if (a.required) return wrong("value", a.name);
      if (old && a.change == mutability::immutable) out[a.name] = *old;
      continue;
    }
    if (auto bad = set(out, a, act::replace, *v)) return bad;
    if (old && a.change == mutability::immutable && out[a.name] != *old)
      return wrong("mutability", a.name);
  }
  return {};
}

}  // namespace

result<json::object> patched(const json::object& resource, const json::value& message,
                             const shape& of) {
  if (!has_schema(message, patch_urn)) return wrong("syntax", "schemas");
  const auto* all = member(message.get_object(), "Operations");
  if (!all || !all->is_array() || all->get_array().empty()) return wrong("syntax", "Operations");
  if (all->get_array().size() > most_operations) return wrong("too_many", "Operations");
  json::object out = resource;
  for (const auto& one : all->get_array())
    if (auto bad = operate(out, one, of)) return *bad;
  return out;
}

result<json::object> replaced(const json::object& before, const json::value& said,
                              const shape& of) {
  if (!has_schema(said, of.base.id)) return wrong("syntax", "schemas");
  const auto& o = said.get_object();
  json::object out;
  for (const char* common : {"schemas", "id", "meta"})
    if (const auto* v = member(before, common)) out[common] = *v;
  if (auto bad = take_all(out, before, o, {*of.find("externalId")})) return *bad;
  if (auto bad = take_all(out, before, o, of.base.attributes)) return *bad;
  static const json::object empty;
  for (const auto& extension : of.extensions) {
    auto part = [&](const json::object& in) -> const json::object& {
      const auto* v = member(in, extension.id);
      return v && v->is_object() ? v->get_object() : empty;
    };
    json::object made;
    if (auto bad = take_all(made, part(before), part(o), extension.attributes)) return *bad;
    if (!made.empty()) out[extension.id] = std::move(made);
  }
  return out;
}

}  // namespace madang::scim
