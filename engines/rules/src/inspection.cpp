#include "inspection.hpp"

#include <algorithm>

#include "madang/base/text.hpp"

namespace madang::rules {
namespace {

bool is_day(type::how k) { return k == type::how::date || k == type::how::date_time; }

// The scopes around, from the outermost on, with slots of one frame.
std::vector<named> names_around(const scope& s, int& slots) {
  std::vector<const scope*> chain;
  for (const scope* one = &s; one; one = one->outer) chain.push_back(one);
  std::vector<named> out;
  for (auto one = chain.rbegin(); one != chain.rend(); ++one)
    for (named n : (*one)->names) {
      if (n.lies != named::where::global) {
        n.lies = named::where::local;
        n.index = slots++;
      }
      out.push_back(std::move(n));
    }
  return out;
}

struct looking final : model_watch {
  explicit looking(inspected& o, int e, const model_file* h) : out(o), element(e), home(h) {}

  void text(std::string_view t, int line) override {
    now = {std::string(t), line};
    sums.clear();
  }
  void logic(const xml::element& x, const scope& s) override {
    logic_site site;
    site.element = element;
    site.source = &x;
    site.home = home;
    site.names = names_around(s, site.slots);
    (x.name == "decisionTable" ? out.tables : out.literals).push_back(std::move(site));
  }
  void uses(const named& n) override {
    if (n.lies == named::where::global) out.uses.insert(n.index);
  }
  void unknown(const std::string& name, int at) override {
    // "not(x)" may be read twice.
    const bool again = std::ranges::any_of(out.unknown, [&](const auto& u) {
      return u.name == name && u.at == at && u.where.line == now.line && u.where.text == now.text;
    });
    if (!again) out.unknown.push_back({name, now, at});
  }
  node_ptr calculation(int at, operation op, node_ptr a, node_ptr b) override {
    const auto x = kind_of(*a), y = kind_of(*b);
    const bool turned = op == operation::add && is_day(y) && x == type::how::months;
    const node &day = turned ? *b : *a, &by = turned ? *a : *b;
    const bool moves = turned || (is_day(x) && y == type::how::months);
    if (moves) note(day, by, op, at);
    const bool shifted = turned || (is_day(x) && (y == type::how::months ||
                                                  y == type::how::duration));
    const auto is = turned ? y : x;
    node_ptr n = make_calculation(at, op, std::move(a), std::move(b));
    if (shifted) sums[n.get()] = is;
    return n;
  }

 private:
  type::how kind_of(const node& n) const {
    const auto known = sums.find(&n);
    return known == sums.end() || n.type->kind != type::how::any ? n.type->kind : known->second;
  }
  void note(const node& day, const node& by, operation op, int at) {
    month_sum s{now, at, op == operation::subtract, {}, {}};
    const bool again = std::ranges::any_of(out.sums, [&](const auto& one) {
      return one.at == at && one.where.line == now.line && one.where.text == now.text;
    });
    if (again) return;
    if (const value* v = day.constant(); v && v->is(kind::date)) s.from = v->date();
    if (const value* v = day.constant(); v && v->is(kind::date_time)) s.from = v->moment().date;
    if (const value* v = by.constant(); v && v->is(kind::months)) s.months = v->months_count();
    out.sums.push_back(std::move(s));
  }

  inspected& out;
  const int element;
  const model_file* home;
  seen_text now;
  std::map<const node*, type::how> sums;     // what they are, which the node does not say
};

// The names of a site on a desk: who asks for which.
struct listening final : compile_watch {
  listening(compiled_text& o, const scope& s) : out(o), base(s) {}
  void uses(const named& n) override {
    const named* first = base.names.data();
    if (&n >= first && &n < first + base.names.size())
      out.uses.insert(static_cast<std::size_t>(&n - first));
    else if (n.name == "?")
      out.asks = true;
  }
  void unknown(const std::string& name, int at) override {
    const std::pair one(name, at);
    if (std::ranges::find(out.unknown, one) == out.unknown.end()) out.unknown.push_back(one);
  }
  node_ptr calculation(int at, operation op, node_ptr a, node_ptr b) override {
    return make_calculation(at, op, std::move(a), std::move(b));
  }
  compiled_text& out;
  const scope& base;
};

struct given_values final : globals {
  given_values(const model::inside& i, const logic_site& s, const std::vector<value>& g)
      : in(i), site(s), given(g) {}
  value get(evaluation&, int index) override {
    const auto i = static_cast<std::size_t>(index);
    if (!in.functions[i].is_null()) return in.functions[i];
    for (std::size_t n = 0; n < std::min(site.names.size(), given.size()); ++n)
      if (site.names[n].lies == named::where::global && site.names[n].index == index)
        return given[n];
    return {};
  }
  const model::inside& in;
  const logic_site& site;
  const std::vector<value>& given;
};

}  // namespace

namespace {

void collect(const xml::element& x, std::string_view kind, std::vector<const xml::element*>& out) {
  if (x.name == kind) out.push_back(&x);
  for (const auto& c : x.children) collect(c, kind, out);
}

void number(std::vector<logic_site>& sites, const xml::element& home, std::string_view kind) {
  std::vector<const xml::element*> all;
  collect(home, kind, all);
  std::map<const xml::element*, int> numbers;
  for (std::size_t i = 0; i < all.size(); ++i) numbers[all[i]] = static_cast<int>(i);
  for (auto& site : sites) site.number = numbers[site.source];
  std::ranges::sort(sites, {}, &logic_site::number);
}

}  // namespace

inspected inspect(const model::inside& m, int element) {
  inspected out;
  looking w(out, element, m.homes[std::size_t(element)]);
  watch_element(m, element, w);
  const xml::element& home = *m.sources[std::size_t(element)];
  number(out.tables, home, "decisionTable");
  number(out.literals, home, "literalExpression");
  return out;
}

text_desk::text_desk(const model::inside& m, const logic_site& s) : in_(m), site_(s) {}

type_ptr text_desk::type(std::string_view reference) const {
  // Types are known since the model was read: nothing is changed.
  return type_of(const_cast<model::inside&>(in_), *const_cast<model_file*>(site_.home), reference);
}

template <class F>
compiled_text text_desk::compiled(std::string_view text, const type_ptr* asked, F parse) const {
  compiled_text out;
  frame_layout layout;
  layout.used = site_.slots;
  scope base;
  base.layout = &layout;
  base.names = site_.names;
  scope inner;
  inner.outer = &base;
  inner.layout = &layout;
  if (asked) inner.add("?", named::where::local, 0, *asked);
  listening ears(out, base);
  layout.watch = &ears;
  const type_finder types = [this](std::string_view name) -> type_ptr {
    type_ptr t = type(name);
    return t->kind == type::how::any && name != "Any" ? nullptr : t;
  };
  try {
    parser p(text, inner, &types);
    out.node = parse(p);
  } catch (const syntax_error& e) {
    out.wrong = e;
  }
  out.frame_size = layout.used;
  return out;
}

compiled_text text_desk::expression(std::string_view text) const {
  return compiled(text, nullptr, [](parser& p) { return p.whole_expression(); });
}

compiled_text text_desk::tests(std::string_view text, const type_ptr& of) const {
  return compiled(text, &of, [](parser& p) { return p.whole_tests(0); });
}

value text_desk::run(const compiled_text& t, evaluation& e, const std::vector<value>& given,
                     const value& asked) const {
  given_values outside(in_, site_, given);
  globals* before = std::exchange(e.outside, &outside);
  value out;
  {
    evaluation::frame frame(e, t.frame_size);
    e.local(0) = asked;
    for (std::size_t n = 0; n < std::min(site_.names.size(), given.size()); ++n)
      if (site_.names[n].lies == named::where::local) e.local(site_.names[n].index) = given[n];
    out = t.node->run(e);
  }
  e.outside = before;
  return out;
}

std::string squeezed(std::string_view text) {
  std::string out;
  bool quoted = false, blank = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!quoted && is_blank) {
      blank = true;
      continue;
    }
    if (blank && !out.empty()) out += ' ';
    blank = false;
    out += c;
    if (quoted && c == '\\' && i + 1 < text.size()) out += text[++i];
    else if (c == '"') quoted = !quoted;
  }
  return out;
}

std::string text_within(const xml::element* x) {
  const xml::element* t = x ? x->child("text") : nullptr;
  return t ? t->text : std::string();
}

}  // namespace madang::rules
