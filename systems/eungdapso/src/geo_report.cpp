#include "geo_report.hpp"

#include <map>

#include "madang/xml/xml.hpp"

namespace madang::eungdapso {
namespace {

std::string singular(std::string_view list) {
  static const std::map<std::string, std::string, std::less<>> of{
      {"services", "service"},
      {"endpoints", "endpoint"},
      {"formats", "format"},
      {"attributes", "attribute"},
      {"values", "value"},
      {"service_requests", "request"},
      {"errors", "error"},
      {"service_requests_updates", "request_update"},
      {"service_request_updates", "request_update"}};
  const auto found = of.find(list);
  return found == of.end() ? "item" : found->second;
}

// What XML 1.0 (section 2.2) cannot hold at all is left out.
std::string allowed(std::string_view s) {
  std::string out;
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0x20 || c == '\t' || c == '\n' || c == '\r') out += c;
  }
  return text::replace_all(text::replace_all(out, "\xef\xbf\xbe", ""), "\xef\xbf\xbf", "");
}

xml::node element_of(const json::value& v, std::string_view name) {
  xml::node out;
  out.name = name;
  if (v.is_array()) {
    for (const auto& one : v.get_array()) out.children.push_back(element_of(one, singular(name)));
  } else if (v.is_object()) {
    for (const auto& m : v.get_object()) out.children.push_back(element_of(m.value(), m.key()));
  } else if (!v.is_null()) {
    xml::node said;
    said.kind = xml::node::what::text;
    said.text = v.is_string() ? allowed(v.get_string()) : json::print(v);
    out.children.push_back(std::move(said));
  }
  return out;
}

std::optional<instant> time_of(std::string_view s) {
  // A plus that was sent unescaped in the query has become a space.
  if (auto t = instant::parse(text::replace_all(std::string(s), " ", "+"))) return t;
  if (auto d = date::parse(s)) return from_civil({*d, 0, 0, 0});
  return {};
}

}  // namespace

std::string as_xml(const json::value& v, std::string_view root) {
  xml::document out;
  out.root = element_of(v, root);
  return xml::write(out);
}

std::string w3c_time(instant t) { return t.str().substr(0, 19) + "Z"; }

std::string_view attribute_code(std::string_view field) {
  constexpr std::string_view begins = "attribute[";
  if (!field.starts_with(begins)) return {};
  field.remove_prefix(begins.size());
  if (field.ends_with("[]")) field.remove_suffix(2);
  if (!field.ends_with("]")) return {};
  field.remove_suffix(1);
  return field;
}

result<span_of_days> span_of(std::string_view start, std::string_view end, instant at) {
  const auto days = std::chrono::hours(24 * most_days);
  const auto from = time_of(start), until = time_of(end);
  if (!start.empty() && !from) return refuse(kind::invalid, "open311.date", "start_date");
  if (!end.empty() && !until) return refuse(kind::invalid, "open311.date", "end_date");
  span_of_days out;
  out.until = until ? *until : from ? from->plus(days) : at;
  out.from = from ? *from : out.until.plus(-days);
  if (out.until < out.from || out.until > out.from.plus(days))
    return refuse(kind::invalid, "open311.span", "end_date", {{"days", std::to_string(most_days)}});
  return out;
}

}  // namespace madang::eungdapso
