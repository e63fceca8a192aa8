#include "madang/scim/answer.hpp"

#include <algorithm>
#include <charconv>

namespace madang::scim {
namespace {

constexpr std::string_view list_urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
constexpr std::string_view search_urn = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
constexpr std::string_view error_urn = "urn:ietf:params:scim:api:messages:2.0:Error";
constexpr std::size_t most_named = 50;  // attributes asked for

refusal wrong(std::string_view what, std::string_view field) {
  std::string code = "scim." + std::string(what);
  return refuse(kind::invalid, std::move(code), std::string(field));
}

std::optional<std::int64_t> number(std::string_view s) {
  std::int64_t n = 0;
  const auto [end, bad] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (bad != std::errc() || end != s.data() + s.size()) return {};
  return n;
}

std::optional<refusal> read_paths(std::string_view said, const shape& of, std::vector<path>& out) {
  for (const auto& one : text::split(said, ',')) {
    auto p = path::read(text::trim(one), of);
    if (!p) return p.why();
    if (p->where || out.size() == most_named) return wrong("path", "attributes");
    out.push_back(std::move(*p));
  }
  return {};
}

std::optional<refusal> take(wish& w, std::string_view name, const std::string& value,
                            const shape& of) {
  if (name == "filter") {
    auto f = filter::read(value, of);
    if (!f) return f.why();
    w.filter = std::move(*f);
  } else if (name == "sortBy") {
    auto p = path::read(value, of);
    if (!p || !p->first || p->where) return wrong("path", "sortBy");
    w.sort = std::move(*p);
  } else if (name == "sortOrder") {
    if (value != "ascending" && value != "descending") return wrong("value", "sortOrder");
    w.descending = value == "descending";
  } else if (name == "startIndex" || name == "count") {
    const auto n = number(value);
    if (!n) return wrong("value", name);
    // Less than the least means the least (RFC 7644 section 3.4.2.4).
    if (name == "startIndex") w.start = std::max<std::int64_t>(*n, 1);
    else w.count = std::clamp<std::int64_t>(*n, 0, most_listed);
  } else if (name == "attributes") {
    return read_paths(value, of, w.attributes);
  } else if (name == "excludedAttributes") {
    return read_paths(value, of, w.excluded);
  }
  return {};
}

// Is the attribute, or a part of it, among those that are named?
bool named(const std::vector<path>& all, const std::string& urn, const attribute& a) {
  return std::ranges::any_of(
      all, [&](const path& p) { return p.urn == urn && (!p.first || p.first == &a); });
}
bool named_whole(const std::vector<path>& all, const std::string& urn, const attribute& a) {
  return std::ranges::any_of(
      all, [&](const path& p) { return p.urn == urn && (!p.first || (p.first == &a && !p.sub)); });
}

// The parts of one complex value that are wanted.
json::value parts_of(const json::value& v, const std::string& urn, const attribute& a,
                     const wish& w) {
  if (!v.is_object()) return v;
  const bool whole = w.attributes.empty() || named_whole(w.attributes, urn, a);
  auto is = [&](const std::vector<path>& all, const attribute& sub) {
    return std::ranges::any_of(
        all, [&](const path& p) { return p.urn == urn && p.first == &a && p.sub == &sub; });
  };
  json::object out;
  for (const auto& one : v.get_object()) {
    const auto* sub = a.sub(one.key());
    if (sub && ((!whole && !is(w.attributes, *sub)) || is(w.excluded, *sub))) continue;
    out[one.key()] = one.value();
  }
  return out;
}

void show(const json::object& from, const std::string& urn, const wish& w, json::object& out,
          const std::function<const attribute*(std::string_view)>& find) {
  for (const auto& one : from) {
    const auto* a = find(one.key());
    if (!a || a->returned == "never") continue;
    bool wanted = a->returned == "always";
    if (!wanted)
      wanted = w.attributes.empty() ? a->returned == "default" : named(w.attributes, urn, *a);
    if (!wanted || (a->returned != "always" && named_whole(w.excluded, urn, *a))) continue;
    if (one.value().is_array()) {
      json::array list;
      for (const auto& v : one.value().get_array()) list.push_back(parts_of(v, urn, *a, w));
      out[one.key()] = std::move(list);
    } else {
      out[one.key()] = parts_of(one.value(), urn, *a, w);
    }
  }
}

// What a resource is sorted by; of a list, the value that is primary or the first
// (section 3.4.2.3).
std::string sort_key(const json::object& resource, const path& by) {
  const auto found = by.values(resource);
  if (found.empty()) return {};
  const auto& v = *found.front();
  if (!v.is_string()) return json::print(v);
  const std::string_view said(v.get_string());
  const bool exact = (by.sub ? by.sub : by.first)->case_exact;
  return exact ? std::string(said) : text::fold(said);
}

}  // namespace

result<wish> read_wish(const parameters& said, const shape& of) {
  wish w;
  for (const auto& [name, value] : said)
    if (auto bad = take(w, name, value, of)) return *bad;
  if (!w.attributes.empty() && !w.excluded.empty()) return wrong("value", "excludedAttributes");
  return w;
}

result<parameters> search_request(const json::value& message) {
  if (!message.is_object()) return wrong("syntax", "");
  const auto& o = message.get_object();
  const auto* schemas = member(o, "schemas");
  if (!schemas || !schemas->is_array() || schemas->get_array().size() != 1 ||
      !same(schemas->get_array()[0], json::value(search_urn), false))
    return wrong("syntax", "schemas");
  parameters out;
  for (const auto& one : o) {
    const std::string name(one.key());
    const auto& v = one.value();
    if (v.is_string()) {
      out.emplace_back(name, v.get_string().c_str());
    } else if (v.is_int64()) {
      out.emplace_back(name, std::to_string(v.get_int64()));
    } else if (v.is_array() && name != "schemas") {
      std::vector<std::string> list;
      for (const auto& part : v.get_array()) {
        if (!part.is_string()) return wrong("syntax", name);
        list.emplace_back(part.get_string());
      }
      if (!list.empty()) out.emplace_back(name, text::join(list, ","));
    } else if (name != "schemas" && !v.is_null()) {
      return wrong("syntax", name);
    }
  }
  return out;
}

json::object shown(const json::object& resource, const wish& w, const shape& of) {
  json::object out;
  static const std::string base;
  show(resource, base, w, out, [&](std::string_view name) { return of.find(name); });
  for (const auto& extension : of.extensions) {
    const auto* v = member(resource, extension.id);
    if (!v || !v->is_object()) continue;
    json::object part;
    show(v->get_object(), extension.id, w, part,
         [&](std::string_view name) { return extension.find(name); });
    if (!part.empty()) out[extension.id] = std::move(part);
  }
  return out;
}

std::vector<const json::object*> chosen(const std::vector<json::object>& all, const wish& w) {
  std::vector<const json::object*> out;
  for (const auto& one : all)
    if (!w.filter || w.filter->matches(one)) out.push_back(&one);
  if (!w.sort) return out;
  std::vector<std::pair<std::string, const json::object*>> keyed;
  for (const auto* one : out) keyed.emplace_back(sort_key(*one, *w.sort), one);
  std::ranges::stable_sort(keyed, [&](const auto& a, const auto& b) {
    // Those without the value come last when it ascends, first when it descends (section 3.4.2.3).
    if (a.first.empty() != b.first.empty()) return a.first.empty() == w.descending;
    return w.descending ? a.first > b.first : a.first < b.first;
  });
  std::ranges::transform(keyed, out.begin(), [](const auto& one) { return one.second; });
  return out;
}

json::object listed(const std::vector<const json::object*>& all, const wish& w, const shape& of) {
  json::array page;
  const auto total = static_cast<std::int64_t>(all.size());
  for (std::int64_t i = w.start - 1; i < total && i - w.start + 1 < w.count; ++i)
    page.push_back(shown(*all[static_cast<std::size_t>(i)], w, of));
  json::object out{{"schemas", json::array{list_urn}},
                   {"totalResults", total},
                   {"startIndex", w.start},
                   {"itemsPerPage", static_cast<std::int64_t>(page.size())}};
  if (!page.empty()) out["Resources"] = std::move(page);
  return out;
}

std::string stamp_version(json::object& resource) {
  auto& meta = resource["meta"].get_object();
  meta.erase("version");
  // FNV-1a: it tells versions apart, and guards nothing.
  std::uint64_t h = 14695981039346656037u;
  for (const unsigned char c : json::print(resource)) h = (h ^ c) * 1099511628211u;
  std::array<std::uint8_t, 8> octets;
  for (auto& one : octets) one = static_cast<std::uint8_t>(h & 255), h >>= 8;
  std::string tag = "W/\"" + text::hex(octets) + "\"";
  meta["version"] = tag;
  return tag;
}

json::object error(int status, std::string_view word, std::string_view detail) {
  json::object out{
      {"schemas", json::array{error_urn}}, {"status", std::to_string(status)}, {"detail", detail}};
  if (!word.empty()) out["scimType"] = word;
  return out;
}

}  // namespace madang::scim
