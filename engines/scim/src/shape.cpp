#include "madang/scim/shape.hpp"

#include <algorithm>

namespace madang::scim {
namespace {

bool equal(std::string_view a, std::string_view b) {
  // Names are ASCII (RFC 7643 section 2.1).
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

const attribute* find_in(const std::vector<attribute>& all, std::string_view name) {
  auto found = std::ranges::find_if(all, [&](const attribute& a) { return equal(a.name, name); });
  return found == all.end() ? nullptr : &*found;
}

std::optional<mutability> mutability_of(std::string_view word) {
  if (word == "readWrite") return mutability::read_write;
  if (word == "readOnly") return mutability::read_only;
  if (word == "immutable") return mutability::immutable;
  if (word == "writeOnly") return mutability::write_only;
  return {};
}

refusal wrong(std::string where) { return refuse(kind::invalid, "scim.schema", std::move(where)); }

result<attribute> read_attribute(const json::value& v, const std::string& where) {
  attribute a;
  a.name = json::str(v, "name");
  if (a.name.empty()) return wrong(where + "/name");
  a.type = json::str(v, "type", "string");
  a.multi = json::flag(v, "multiValued");
  a.required = json::flag(v, "required");
  a.case_exact = json::flag(v, "caseExact");
  a.returned = json::str(v, "returned", "default");
  auto change = mutability_of(json::str(v, "mutability", "readWrite"));
  if (!change) return wrong(where + "/mutability");
  a.change = *change;
  if (const auto& subs = json::at(v, "subAttributes"); subs.is_array())
    for (const auto& one : subs.get_array()) {
      auto sub = read_attribute(one, where + "/" + a.name);
      if (!sub) return sub.why();
      a.subs.push_back(std::move(*sub));
    }
  if (a.complex() == a.subs.empty()) return wrong(where + "/" + a.name + "/subAttributes");
  return a;
}

// RFC 7643 section 3.1: attributes of every resource, which no schema lists.
const std::vector<attribute>& common() {
  using m = mutability;
  static const std::vector<attribute> all{
      {"schemas", "reference", true, true, true, m::read_only, "always", {}},
      {"id", "string", false, false, true, m::read_only, "always", {}},
      {"externalId", "string", false, false, true, m::read_write, "default", {}},
      {"meta",
       "complex",
       false,
       false,
       false,
       m::read_only,
       "default",
       {{"resourceType", "string", false, false, true, m::read_only, "default", {}},
        {"created", "dateTime", false, false, false, m::read_only, "default", {}},
        {"lastModified", "dateTime", false, false, false, m::read_only, "default", {}},
        {"location", "reference", false, false, true, m::read_only, "default", {}},
        {"version", "string", false, false, true, m::read_only, "default", {}}}}};
  return all;
}

}  // namespace

const attribute* attribute::sub(std::string_view wanted) const { return find_in(subs, wanted); }
const attribute* schema::find(std::string_view wanted) const { return find_in(attributes, wanted); }

result<schema> read_schema(const json::value& v) {
  schema out;
  out.id = json::str(v, "id");
  if (!out.id.starts_with("urn:")) return wrong("id");
  const auto& list = json::at(v, "attributes");
  if (!list.is_array()) return wrong("attributes");
  for (const auto& one : list.get_array()) {
    auto a = read_attribute(one, "attributes");
    if (!a) return a.why();
    out.attributes.push_back(std::move(*a));
  }
  out.said = v.get_object();
  return out;
}

const attribute* shape::find(std::string_view wanted) const {
  const auto* own = base.find(wanted);
  return own ? own : find_in(common(), wanted);
}

const schema* shape::find_schema(std::string_view urn) const {
  if (equal(base.id, urn)) return &base;
  for (const auto& one : extensions)
    if (equal(one.id, urn)) return &one;
  return nullptr;
}

const json::value* member(const json::object& o, std::string_view name) {
  if (const auto* exact = o.if_contains(name)) return exact;
  for (const auto& one : o)
    if (equal(one.key(), name)) return &one.value();
  return nullptr;
}

json::value* member(json::object& o, std::string_view name) {
  return const_cast<json::value*>(member(std::as_const(o), name));
}

std::string_view word_of(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"scim.filter", "invalidFilter"},  {"scim.path", "invalidPath"},
      {"scim.syntax", "invalidSyntax"},  {"scim.target", "noTarget"},
      {"scim.value", "invalidValue"},    {"scim.mutability", "mutability"},
      {"scim.uniqueness", "uniqueness"}, {"scim.too_many", "tooMany"}};
  for (const auto& [is, word] : words)
    if (is == code) return word;
  return {};
}

bool same(const json::value& a, const json::value& b, bool case_exact) {
  if (!case_exact && a.is_string() && b.is_string())
    return text::fold(std::string_view(a.get_string())) ==
           text::fold(std::string_view(b.get_string()));
  return a == b;
}

}  // namespace madang::scim
