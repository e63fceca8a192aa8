// What can be said of each condition and each output by itself.
#include <algorithm>

#include "proof_table.hpp"

namespace madang::rules {
namespace {

using what = finding::what;
using weight = finding::weight;

std::string kind_name(kind k) { return std::string(name_of(k)); }

void check_column(findings_of_table& f, std::size_t c) {
  const studied_column& column = f.t.columns[c];
  const kind k = f.t.axes[column.axis].kind;
  bool all_any = !f.t.rules.empty();
  for (std::size_t r = 0; r < f.t.rules.size(); ++r) {
    const cell& one = f.t.at(r, c);
    all_any = all_any && one.is == cell::form::any;
    const auto say = [&](what w, weight h, const char* code,
                         std::map<std::string, std::string> facts) {
      if (f.full(w)) return;
      facts["input"] = column.name;
      facts["rule"] = std::to_string(r + 1);
      finding& out = f.add(w, h, code, std::move(facts));
      out.rules = {static_cast<int>(r) + 1};
      out.input = static_cast<int>(c) + 1;
    };
    for (const auto& test : one.tests) {
      bool wrong = axis::misfit(test, k);
      for (const bound* b : {&test.low, &test.high}) {
        if (b->symbol < 0) continue;
        const kind is = f.t.symbols[std::size_t(b->symbol)].kind;
        wrong = wrong || (is != k && is != kind::null && k != kind::null);
      }
      if (wrong)
        say(what::wrong_type, weight::mistake, "proof.wrong_type",
            {{"test", test.text}, {"wanted", kind_name(k)}});
    }
    if (one.is == cell::form::opaque && one.compiled.node)
      say(what::opaque, weight::information, "proof.opaque", {{"test", one.text}});
  }
  if (!all_any) return;
  finding& out = f.add(what::unused, weight::warning, "proof.unused_column",
                       {{"input", column.name}});
  out.input = static_cast<int>(c) + 1;
}

void check_output(findings_of_table& f, std::size_t rule, std::size_t o) {
  const studied_output& column = f.t.outputs[o];
  const studied_cell& one = f.t.rules[rule].outputs[o];
  auto fault = fault_of(f.t.desk, column, one);
  if (!fault || f.full(what::wrong_type)) return;
  fault->facts["rule"] = std::to_string(rule + 1);
  fault->facts["output"] = column.name.empty() ? f.decision : column.name;
  finding& out = f.add(what::wrong_type, fault->how, "proof." + fault->code, fault->facts);
  out.rules = {static_cast<int>(rule) + 1};
  out.output = static_cast<int>(o) + 1;
}

}  // namespace

std::optional<output_fault> fault_of(const text_desk& desk, const studied_output& column,
                                     const studied_cell& one) {
  if (one.text.empty()) return output_fault{weight::warning, "output_empty", {}};
  if (!one.compiled.node) return {};
  const type& wanted = column.type ? *column.type : *any_type();
  const output_fault wrong{weight::mistake, "output_type",
                           {{"text", one.text}, {"wanted", wanted.str()}}};
  const value* v = one.compiled.constant();
  if (!v) {
    const type& is = *one.compiled.node->type;
    const bool known =
        kind_of(one.compiled.node->type) != kind::null && kind_of(column.type) != kind::null;
    const bool midnight = is.kind == type::how::date && wanted.kind == type::how::date_time;
    return known && !conforms(is, wanted) && !midnight ? std::optional(wrong) : std::nullopt;
  }
  if (v->is_null()) return {};
  // A table that collects has the type of all that it gives; a cell is one of them.
  const bool listed = wanted.kind == type::how::list && !v->is(kind::list);
  const type& single = listed ? *wanted.element : wanted;
  evaluation e(date_time{{2026, 1, 1}, {0, zone::utc()}});
  if (!conforms(e, *v, single, false) &&
      !(v->is(kind::date) && single.kind == type::how::date_time))
    return wrong;
  const auto not_among = [&](const std::string& allowed) {
    return output_fault{weight::mistake, "output_not_allowed",
                        {{"text", one.text}, {"allowed", allowed}}};
  };
  if (!conforms(e, *v, single)) return not_among(single.allowed_text);
  if (column.allowed.node && !desk.run(column.allowed, e, {}, *v).is_true())
    return not_among(column.allowed_text);
  return {};
}

void check_conditions(findings_of_table& f) {
  for (std::size_t c = 0; c < f.t.columns.size(); ++c) check_column(f, c);
}

void check_outputs(findings_of_table& f) {
  for (std::size_t r = 0; r < f.t.rules.size(); ++r)
    for (std::size_t o = 0; o < f.t.outputs.size(); ++o) check_output(f, r, o);
  const bool ordered = f.t.policy == "PRIORITY" || f.t.policy == "OUTPUT ORDER";
  const bool none = std::ranges::all_of(f.t.outputs, [](const auto& o) {
    return o.priorities.empty();
  });
  if (ordered && none && f.t.rules.size() > 1)
    f.add(what::no_priority, weight::mistake, "proof.no_priority");
}

}  // namespace madang::rules
