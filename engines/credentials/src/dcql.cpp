#include "madang/credentials/dcql.hpp"

#include <algorithm>

#include "madang/credentials/sd_jwt.hpp"

namespace madang::credentials {
namespace {

constexpr std::size_t most_credentials = 20, most_claims = 100, longest_path = 16;

refusal malformed(std::string where) {
  return refuse(kind::invalid, "dcql.malformed", std::move(where));
}

bool is_id(std::string_view s) {
  return !s.empty() && s.size() <= 64 &&
         std::ranges::all_of(s, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

std::optional<std::vector<path_step>> read_path(const json::value& v) {
  if (!v.is_array() || v.get_array().empty() || v.get_array().size() > longest_path) return {};
  std::vector<path_step> out;
  for (const auto& step : v.get_array()) {
    if (step.is_string()) out.emplace_back(std::string(step.get_string()));
    else if (step.is_null()) out.emplace_back(every_element{});
    else if (step.is_int64() && step.get_int64() >= 0)
      out.emplace_back(static_cast<std::size_t>(step.get_int64()));
    else return {};
  }
  return out;
}

std::optional<std::vector<std::vector<std::string>>> read_options(const json::value& v) {
  if (!v.is_array() || v.get_array().empty() || v.get_array().size() > most_claims) return {};
  std::vector<std::vector<std::string>> out;
  for (const auto& option : v.get_array()) {
    if (!option.is_array() || option.get_array().size() > most_claims) return {};
    out.emplace_back();
    for (const auto& one : option.get_array()) {
      if (!one.is_string()) return {};
      out.back().emplace_back(one.get_string());
    }
  }
  return out;
}

result<std::vector<claim_query>> read_claims(const json::value& v, const std::string& where) {
  std::vector<claim_query> out;
  if (v.is_null()) return out;
  if (!v.is_array() || v.get_array().empty() || v.get_array().size() > most_claims)
    return malformed(where);
  for (const auto& one : v.get_array()) {
    const std::string at = where + "/" + std::to_string(out.size());
    claim_query c;
    c.id = json::str(one, "id");
    if (!json::at(one, "id").is_null() && !is_id(c.id)) return malformed(at + "/id");
    for (const auto& before : out)
      if (!c.id.empty() && before.id == c.id) return malformed(at + "/id");
    auto path = read_path(json::at(one, "path"));
    if (!path) return malformed(at + "/path");
    c.path = std::move(*path);
    if (const auto& values = json::at(one, "values"); !values.is_null()) {
      if (!values.is_array() || values.get_array().empty()) return malformed(at + "/values");
      c.values.assign(values.get_array().begin(), values.get_array().end());
    }
    out.push_back(std::move(c));
  }
  return out;
}

result<credential_query> read_credential(const json::value& v, const std::string& where) {
  credential_query q;
  q.id = json::str(v, "id");
  q.format = json::str(v, "format");
  if (!is_id(q.id)) return malformed(where + "/id");
  if (q.format != "dc+sd-jwt") return malformed(where + "/format");
  const auto& types = json::at(json::at(v, "meta"), "vct_values");
  if (!types.is_array() || types.get_array().empty()) return malformed(where + "/meta/vct_values");
  for (const auto& t : types.get_array()) {
    if (!t.is_string()) return malformed(where + "/meta/vct_values");
    q.types.emplace_back(t.get_string());
  }
  auto claims = read_claims(json::at(v, "claims"), where + "/claims");
  if (!claims) return claims.why();
  q.claims = std::move(*claims);
  if (const auto& sets = json::at(v, "claim_sets"); !sets.is_null()) {
    auto read = read_options(sets);
    if (!read) return malformed(where + "/claim_sets");
    for (const auto& set : *read)
      for (const auto& id : set)
        if (std::ranges::find(q.claims, id, &claim_query::id) == q.claims.end())
          return malformed(where + "/claim_sets");
    q.claim_sets = std::move(*read);
  }
  q.multiple = json::flag(v, "multiple");
  q.bound = json::flag(v, "require_cryptographic_holder_binding", true);
  return q;
}

void select(const json::value& v, const std::vector<path_step>& path, std::size_t step,
            const std::string& place, std::vector<std::string>& out) {
  if (step == path.size()) {
    out.push_back(place);
    return;
  }
  if (const auto* name = std::get_if<std::string>(&path[step])) {
    if (!v.is_object()) return;
    if (const auto* member = v.get_object().if_contains(*name))
      select(*member, path, step + 1, place + "/" + escape_pointer(*name), out);
    return;
  }
  if (!v.is_array()) return;
  const auto* only = std::get_if<std::size_t>(&path[step]);
  for (std::size_t i = 0; i < v.get_array().size(); ++i)
    if (!only || *only == i)
      select(v.get_array()[i], path, step + 1, place + "/" + std::to_string(i), out);
}

// The places of one claim, by its values too; empty: it is not there.
std::vector<std::string> matched(const json::object& claims, const claim_query& c) {
  auto places = selected(claims, c.path);
  if (c.values.empty()) return places;
  const json::value whole(claims);
  std::erase_if(places, [&](const std::string& place) {
    boost::system::error_code missing;
    const auto* found = whole.find_pointer(place, missing);
    return !found || std::ranges::find(c.values, *found) == c.values.end();
  });
  return places;
}

bool has_type(const credential_query& q, const json::object& claims) {
  const auto* type = claims.if_contains("vct");
  return type && type->is_string() &&
         std::ranges::find(q.types, std::string(type->get_string())) != q.types.end();
}

std::optional<std::vector<std::string>> all_of(const credential_query& q,
                                               const json::object& claims,
                                               const std::vector<std::string>* ids) {
  std::vector<std::string> out;
  for (const auto& c : q.claims) {
    if (ids && std::ranges::find(*ids, c.id) == ids->end()) continue;
    auto places = matched(claims, c);
    if (places.empty()) return {};
    out.insert(out.end(), places.begin(), places.end());
  }
  return out;
}

}  // namespace

result<dcql_query> read_dcql(const json::value& v) {
  dcql_query out;
  const auto& all = json::at(v, "credentials");
  if (!all.is_array() || all.get_array().empty() || all.get_array().size() > most_credentials)
    return malformed("/credentials");
  for (const auto& one : all.get_array()) {
    auto q = read_credential(one, "/credentials/" + std::to_string(out.credentials.size()));
    if (!q) return q.why();
    if (std::ranges::find(out.credentials, q->id, &credential_query::id) != out.credentials.end())
      return malformed("/credentials");
    out.credentials.push_back(std::move(*q));
  }
  const auto& sets = json::at(v, "credential_sets");
  if (sets.is_null()) return out;
  if (!sets.is_array() || sets.get_array().empty() || sets.get_array().size() > most_credentials)
    return malformed("/credential_sets");
  for (const auto& one : sets.get_array()) {
    auto options = read_options(json::at(one, "options"));
    if (!options) return malformed("/credential_sets");
    for (const auto& option : *options)
      for (const auto& id : option)
        if (std::ranges::find(out.credentials, id, &credential_query::id) ==
            out.credentials.end())
          return malformed("/credential_sets");
    out.sets.push_back({std::move(*options), json::flag(one, "required", true)});
  }
  return out;
}

std::vector<std::string> selected(const json::object& claims,
                                  const std::vector<path_step>& path) {
  std::vector<std::string> out;
  select(json::value(claims), path, 0, "", out);
  return out;
}

std::optional<std::vector<std::string>> places_for(const credential_query& q,
                                                   const json::object& claims) {
  if (!has_type(q, claims)) return {};
  if (q.claim_sets.empty()) return all_of(q, claims, nullptr);
  for (const auto& set : q.claim_sets)
    if (auto places = all_of(q, claims, &set)) return places;
  return {};
}

outcome judge(const dcql_query& q,
              const std::map<std::string, std::vector<json::object>>& presented) {
  for (const auto& [id, all] : presented) {
    const auto query = std::ranges::find(q.credentials, id, &credential_query::id);
    if (query == q.credentials.end()) return refuse(kind::invalid, "dcql.unasked", id);
    if (all.empty() || (all.size() > 1 && !query->multiple))
      return refuse(kind::invalid, "dcql.unfit", id);
    for (const auto& claims : all)
      if (!places_for(*query, claims)) return refuse(kind::invalid, "dcql.unfit", id);
  }
  const auto is_there = [&](const std::string& id) { return presented.contains(id); };
  if (q.sets.empty()) {
    for (const auto& c : q.credentials)
      if (!is_there(c.id)) return refuse(kind::invalid, "dcql.missing", c.id);
    return nothing{};
  }
  for (const auto& set : q.sets)
    if (set.required && std::ranges::none_of(set.options, [&](const auto& option) {
          return std::ranges::all_of(option, is_there);
        }))
      return refuse(kind::invalid, "dcql.missing", text::join(set.options.front(), " "));
  return nothing{};
}

}  // namespace madang::credentials
