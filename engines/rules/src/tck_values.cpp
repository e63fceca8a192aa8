#include "tck_values.hpp"

#include <algorithm>

#include "madang/base/text.hpp"
#include "source.hpp"

namespace madang::rules {
namespace {

value typed_value(std::string_view type, const std::string& raw) {
  if (const auto colon = type.find(':'); colon != std::string_view::npos)
    type.remove_prefix(colon + 1);
  if (type == "string" || type.empty()) return raw;
  const std::string s = std::string(text::trim(raw));
  if (type == "boolean") return s == "true" || s == "1";
  if (type == "decimal" || type == "double" || type == "integer" || type == "float") {
    const auto n = decimal::parse(s.starts_with('+') ? s.substr(1) : s);
    return n ? value(*n) : value();
  }
  if (type == "date") {
    const auto d = calendar_date::parse(s);
    return d ? value(*d) : value();
  }
  if (type == "time") {
    const auto t = clock_time::parse(s);
    return t ? value(*t) : value();
  }
  if (type == "dateTime") {
    const auto t = date_time::parse(s);
    return t ? value(*t) : value();
  }
  if (type == "duration") {
    if (const auto n = parse_months(s)) return value::months(*n);
    if (const auto n = parse_duration(s)) return value::duration(*n);
  }
  return {};
}

}  // namespace

value read_tck_value(const xml::element& x) {
  if (const auto* list = x.child("list")) {
    std::vector<value> items;
    if (list->attribute("nil") == "true") return {};
    for (const auto* item : list->all("item")) items.push_back(read_tck_value(*item));
    return value::list(std::move(items));
  }
  if (const auto parts = x.all("component"); !parts.empty()) {
    entries members;
    for (const auto* p : parts)
      members.emplace_back(std::string(p->attribute("name")), read_tck_value(*p));
    return value::context(std::move(members));
  }
  const auto* v = x.child("value");
  if (!v || v->attribute("nil") == "true") return {};
  return typed_value(v->attribute("type"), v->text);
}

bool equal_enough(const value& expected, const value& is) {
  if (expected.is(kind::number) && is.is(kind::number)) {
    const decimal apart = (expected.number() - is.number()).abs();
    return apart.finite() && apart < *decimal::parse("1e-8");
  }
  if (expected.is(kind::list) && is.is(kind::list)) {
    const auto &a = expected.items(), &b = is.items();
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), equal_enough);
  }
  if (expected.is(kind::context) && is.is(kind::context)) {
    if (expected.members().size() != is.members().size()) return false;
    return std::ranges::all_of(expected.members(), [&](const auto& m) {
      const value* other = is.member(m.first);
      return other && equal_enough(m.second, *other);
    });
  }
  return same(expected, is);
}

std::string write_tck_value(const value& v) {
  const auto simple = [](const char* type, const std::string& text) {
    return std::string("<value xsi:type=\"xsd:") + type + "\">" + source::as_text(text) +
           "</value>";
  };
  switch (v.kind()) {
    case kind::boolean: return simple("boolean", v.str());
    case kind::number: return simple("decimal", v.str());
    case kind::string: return simple("string", v.text());
    case kind::date: return simple("date", v.str());
    case kind::time: return simple("time", v.str());
    case kind::date_time: return simple("dateTime", v.str());
    case kind::months:
    case kind::duration: return simple("duration", v.str());
    case kind::list: {
      std::string out = "<list>";
      for (const auto& item : v.items()) out += "<item>" + write_tck_value(item) + "</item>";
      return out + "</list>";
    }
    case kind::context: {
      std::string out;
      for (const auto& [name, member] : v.members())
        out += "<component" + source::as_attribute("name", name) + ">" + write_tck_value(member) +
               "</component>";
      return out;
    }
    default: return "<value xsi:nil=\"true\"/>";
  }
}

}  // namespace madang::rules
