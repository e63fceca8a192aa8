#include "madang/scim/filter.hpp"

#include <algorithm>

namespace madang::scim {
namespace inside {

enum class what { all, any, none, each, compare };

struct node {
  inside::what what = inside::what::compare;
  std::vector<node> parts;  // all, any, none, each
  path where;               // each, compare
  std::string op;           // "eq" ... "pr"
  json::value value;
};

}  // namespace inside

namespace {

using inside::node;
using inside::what;

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '$';
}

bool holds_text(std::string_view op, const std::string& is, const std::string& wanted) {
  if (op == "co") return is.find(wanted) != std::string::npos;
  if (op == "sw") return is.starts_with(wanted);
  if (op == "ew") return is.ends_with(wanted);
  if (op == "gt") return is > wanted;
  if (op == "ge") return is >= wanted;
  if (op == "lt") return is < wanted;
  return is <= wanted;
}

template <class T>
bool holds_order(std::string_view op, T is, T wanted) {
  return op == "gt"   ? is > wanted
         : op == "ge" ? is >= wanted
         : op == "lt" ? is < wanted
         : op == "le" ? is <= wanted
                      : is == wanted;
}

bool holds(const node& n, const attribute& a, const json::value& is) {
  if (a.type == "dateTime" && is.is_string() && n.value.is_string()) {
    auto x = instant::parse(std::string_view(is.get_string()));
    auto y = instant::parse(std::string_view(n.value.get_string()));
    return x && y && holds_order(n.op, x->micros, y->micros);
  }
  if (n.op == "eq") return same(is, n.value, a.case_exact);
  if (is.is_number() && n.value.is_number())
    return holds_order(n.op, is.to_number<double>(), n.value.to_number<double>());
  if (!is.is_string() || !n.value.is_string()) return false;
  const std::string_view x(is.get_string()), y(n.value.get_string());
  return a.case_exact ? holds_text(n.op, std::string(x), std::string(y))
                      : holds_text(n.op, text::fold(x), text::fold(y));
}

bool is_there(const json::value& v) {
  if (v.is_string()) return !v.get_string().empty();
  if (v.is_array()) return !v.get_array().empty();
  if (v.is_object()) return !v.get_object().empty();
  return !v.is_null();
}

// Of what values are compared: those of the sub-attribute, or `value` of a complex one.
const attribute& compared(const path& p) {
  if (p.sub) return *p.sub;
  const auto* value = p.first->complex() ? p.first->sub("value") : nullptr;
  return value ? *value : *p.first;
}

bool met(const node& n, const json::object& resource) {
  switch (n.what) {
    case what::all:
      for (const auto& one : n.parts)
        if (!met(one, resource)) return false;
      return true;
    case what::any:
      for (const auto& one : n.parts)
        if (met(one, resource)) return true;
      return false;
    case what::none:
      return !met(n.parts.front(), resource);
    case what::each: {
      const auto* list = member(resource, n.where.first->name);
      if (!list) return false;
      if (list->is_object()) return met(n.parts.front(), list->get_object());
      if (!list->is_array()) return false;
      for (const auto& one : list->get_array())
        if (one.is_object() && met(n.parts.front(), one.get_object())) return true;
      return false;
    }
    case what::compare:
      break;
  }
  const auto found = n.where.values(resource);
  if (n.op == "pr") {
    for (const auto* one : found)
      if (is_there(*one)) return true;
    return false;
  }
  // Null is the absence of a value (RFC 7643 section 2.5).
  if (n.value.is_null()) return found.empty() == (n.op == "eq");
  if (n.op == "ne") {
    node equal = n;
    equal.op = "eq";
    return !met(equal, resource);
  }
  for (const auto* one : found)
    if (holds(n, compared(n.where), *one)) return true;
  return false;
}

}  // namespace

bool filter::matches(const json::object& resource) const { return met(*root_, resource); }

// A reader that goes down with the grammar of RFC 7644 figure 1; `within` is the complex attribute
// whose brackets it is in.
struct path_reader {
  std::string_view text;
  const shape& of;
  std::size_t at = 0;
  int comparisons = 0;
  bool wrong = false;

  char here() const { return at < text.size() ? text[at] : '\0'; }
  bool done() const { return at == text.size(); }
  void blanks() {
    while (here() == ' ') ++at;
  }
  bool take(char c) {
    if (here() != c || done()) return false;
    ++at;
    return true;
  }
  void fail() { wrong = true; }

  // The next word in small letters, not taken.
  std::string word() const {
    std::size_t end = at;
    while (end < text.size() && is_name_letter(text[end])) ++end;
    std::string out(text.substr(at, end - at));
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
  }
  std::string_view name() {
    const std::size_t from = at;
    while (is_name_letter(here())) ++at;
    if (from == at) fail();
    return text.substr(from, at - from);
  }

  // The schema whose URN stands here, with the colon after it; null: none does.
  const schema* urn() {
    const auto fits = [&](const schema& s) {
      const auto rest = text.substr(at);
      const bool ends =
          rest.size() == s.id.size() || (rest.size() > s.id.size() && rest[s.id.size()] == ':');
      return ends && of.find_schema(rest.substr(0, s.id.size())) == &s;
    };
    if (fits(of.base)) return at += of.base.id.size(), &of.base;
    for (const auto& one : of.extensions)
      if (fits(one)) return at += one.id.size(), &one;
    return nullptr;
  }

  path attribute_path(const attribute* within) {
    path p;
    if (within) {
      p.first = within->sub(name());
      if (!p.first) fail();
      return p;
    }
    const schema* in = urn();
    if (in && in != &of.base) p.urn = in->id;
    if (in && done()) {
      if (p.urn.empty()) fail();  // all of the base is no place
      return p;
    }
    if (in && !take(':')) fail();
    const auto first = name();
    if (wrong) return p;
    p.first = p.urn.empty() ? of.find(first) : in->find(first);
    if (!p.first) return fail(), p;
    if (take('.')) sub_of(p);
    return p;
  }

  void sub_of(path& p) {
    p.sub = p.first->sub(name());
    if (!p.sub) fail();
  }

  json::value literal() {
    const auto w = word();
    for (const auto& [said, is] : {std::pair<std::string_view, json::value>{"true", true},
                                   {"false", false},
                                   {"null", nullptr}})
      if (w == said) return at += said.size(), is;
    std::size_t end = at;
    if (here() == '"') {
      for (++end; end < text.size() && text[end] != '"'; ++end)
        if (text[end] == '\\') ++end;
      if (end >= text.size()) return fail(), nullptr;
      ++end;
    } else {
      while (end < text.size() && text[end] != ' ' && text[end] != ')' && text[end] != ']') ++end;
    }
    auto parsed = json::parse(text.substr(at, end - at));
    at = end;
    if (!parsed || parsed->is_object() || parsed->is_array()) return fail(), nullptr;
    return *parsed;
  }

  // Orders have no meaning for truths, nor parts of a text for numbers (section 3.4.2.2).
  bool fits(const node& n) const {
    static constexpr std::string_view equality[] = {"eq", "ne"};
    static constexpr std::string_view order[] = {"gt", "ge", "lt", "le"};
    static constexpr std::string_view parts[] = {"co", "sw", "ew"};
    auto is = [&](const auto& all) {
      return std::find(std::begin(all), std::end(all), n.op) != std::end(all);
    };
    if (n.op == "pr" || is(equality)) return true;
    const auto& a = compared(n.where);
    if (a.complex() || a.type == "boolean" || n.value.is_bool() || n.value.is_null()) return false;
    return is(order) || (is(parts) && n.value.is_string());
  }

  node comparison(const attribute* within, int depth) {
    node n;
    if (++comparisons > filter::most) return fail(), n;
    n.where = attribute_path(within);
    if (wrong || !n.where.first) return fail(), n;
    if (here() == '[') {
      // Brackets belong to a complex attribute of the resource itself.
      if (within || n.where.sub || !n.where.urn.empty() || !n.where.first->complex())
        return fail(), n;
      ++at;
      n.what = what::each;
      n.parts.push_back(any(n.where.first, depth + 1));
      blanks();
      if (!take(']')) fail();
      return n;
    }
    if (here() != ' ') return fail(), n;
    blanks();
    n.op = word();
    at += n.op.size();
    if (n.op != "pr") {
      if (here() != ' ') return fail(), n;
      blanks();
      n.value = literal();
    }
    if (!wrong && !fits(n)) fail();
    return n;
  }

  node one(const attribute* within, int depth) {
    if (depth > filter::deepest) return fail(), node();
    blanks();
    const bool no = word() == "not";
    const std::size_t before = at;
    if (no) {
      at += 3;
      blanks();
    }
    if (take('(')) {
      node inner = any(within, depth + 1);
      blanks();
      if (!take(')')) fail();
      if (!no) return inner;
      node n;
      n.what = what::none;
      n.parts.push_back(std::move(inner));
      return n;
    }
    at = before;  // an attribute may be called "not"
    return comparison(within, depth);
  }

  node joined(const attribute* within, int depth, std::string_view by) {
    const bool is_and = by == "and";
    node n;
    n.what = is_and ? what::all : what::any;
    for (;;) {
      n.parts.push_back(is_and ? one(within, depth) : joined(within, depth, "and"));
      if (wrong) return n;
      const std::size_t before = at;
      blanks();
      if (word() != by) return at = before, simple(std::move(n));
      if (at == before && !is_closing()) return fail(), n;
      at += by.size();
      if (here() != ' ' && here() != '(') return fail(), n;
    }
  }
  // After a bracket a word may follow at once: "(a pr)and(b pr)".
  bool is_closing() const { return at > 0 && (text[at - 1] == ')' || text[at - 1] == ']'); }
  static node simple(node n) {
    if (n.parts.size() > 1) return n;
    // By way of a copy: the only part is inside of what it replaces.
    node only = std::move(n.parts.front());
    return only;
  }
  node any(const attribute* within, int depth) { return joined(within, depth, "or"); }

  std::optional<filter> whole(const attribute* within) {
    node root = any(within, 0);
    if (wrong) return {};
    blanks();
    return filter(std::make_shared<const node>(std::move(root)));
  }
};

result<filter> filter::read(std::string_view text, const shape& of) {
  const auto no = [](std::size_t at) {
    return refuse(kind::invalid, "scim.filter", std::to_string(at));
  };
  if (text.size() > longest || !text::is_utf8(text)) return no(0);
  path_reader r{text, of};
  auto out = r.whole(nullptr);
  if (!out || !r.done()) return no(r.at);
  return std::move(*out);
}

result<path> path::read(std::string_view text, const shape& of) {
  const auto no = [&] { return refuse(kind::invalid, "scim.path"); };
  if (text.size() > filter::longest || !text::is_utf8(text)) return no();
  path_reader r{text, of};
  path p = r.attribute_path(nullptr);
  if (r.wrong) return no();
  if (r.here() == '[' && p.first && !p.sub) {
    if (!p.first->complex() || !p.urn.empty()) return no();
    ++r.at;
    p.where = r.whole(p.first);
    if (!p.where || !r.take(']')) return no();
    if (r.take('.')) r.sub_of(p);
  }
  if (r.wrong || !r.done()) return no();
  return p;
}

std::vector<const json::value*> path::values(const json::object& resource) const {
  std::vector<const json::value*> out;
  const json::object* in = &resource;
  if (!urn.empty()) {
    const auto* extension = member(resource, urn);
    if (!extension || !extension->is_object()) return out;
    in = &extension->get_object();
  }
  const json::value* found = first ? member(*in, first->name) : nullptr;
  if (!found) return out;
  auto add = [&](const json::value& v) {
    if (!v.is_object()) {
      if (!sub) out.push_back(&v);
      return;
    }
    if (where && !where->matches(v.get_object())) return;
    const auto* part = member(v.get_object(), sub ? std::string_view(sub->name) : "value");
    if (part) out.push_back(part);
    else if (!sub) out.push_back(&v);
  };
  if (found->is_array()) {
    for (const auto& one : found->get_array()) add(one);
  } else {
    add(*found);
  }
  return out;
}

}  // namespace madang::scim
