// The texts of an SD-JWT: apart and together again (RFC 9901 sections 4 and 8).
#include <algorithm>

#include "madang/credentials/sd_jwt.hpp"

namespace madang::credentials {
namespace {

refusal malformed() { return refuse(kind::invalid, "sdjwt.malformed"); }

bool is_base64url(std::string_view s) {
  return !s.empty() && trust::jose::from_base64url(s).has_value();
}

bool take_strings(const json::value& v, std::vector<std::string>& out) {
  if (v.is_null()) return true;
  if (!v.is_array() || v.get_array().size() > most_disclosures) return false;
  for (const auto& one : v.get_array()) {
    if (!one.is_string() || !is_base64url(one.get_string())) return false;
    out.emplace_back(one.get_string());
  }
  return true;
}

}  // namespace

std::string sd_jwt::bound_text() const {
  std::string out = jwt + "~";
  for (const auto& d : disclosures) (out += d) += '~';
  return out;
}

std::string sd_jwt::str() const { return bound_text() + key_binding; }

std::string sd_jwt::hash() const { return text::base64url(trust::sha256(bound_text())); }

result<sd_jwt> read_sd_jwt(std::string_view compact) {
  if (compact.size() > longest_sd_jwt)
    return refuse(kind::too_large, "sdjwt.too_large", "",
                  {{"limit", std::to_string(longest_sd_jwt)}});
  auto parts = text::split(compact, '~');
  if (parts.size() < 2 || parts.size() - 2 > most_disclosures) return malformed();
  sd_jwt out;
  out.jwt = std::move(parts.front());
  out.key_binding = std::move(parts.back());
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    if (!is_base64url(parts[i])) return malformed();
    out.disclosures.push_back(std::move(parts[i]));
  }
  const auto dots = [](const std::string& s) { return std::count(s.begin(), s.end(), '.'); };
  if (dots(out.jwt) != 2 || (!out.key_binding.empty() && dots(out.key_binding) != 2))
    return malformed();
  return out;
}

result<sd_jwt> read_sd_jwt(const json::value& v) {
  const json::value* one = &v;
  if (const auto& all = json::at(v, "signatures"); !all.is_null()) {
    // Of several signatures the first is the one with the disclosures, and the one that is read.
    if (!all.is_array() || all.get_array().empty()) return malformed();
    one = &all.get_array().front();
  }
  const auto payload = json::str(v, "payload"), signature = json::str(*one, "signature"),
             head = json::str(*one, "protected");
  if (payload.empty() || signature.empty() || head.empty()) return malformed();
  sd_jwt out;
  out.jwt = std::string(head) + "." + std::string(payload) + "." + std::string(signature);
  const auto& open = json::at(*one, "header");
  if (!take_strings(json::at(open, "disclosures"), out.disclosures)) return malformed();
  out.key_binding = json::str(open, "kb_jwt");
  if (out.str().size() > longest_sd_jwt) return refuse(kind::too_large, "sdjwt.too_large");
  return out;
}

json::object write_json(const sd_jwt& s) {
  const auto parts = text::split(s.jwt, '.');
  json::array all;
  for (const auto& d : s.disclosures) all.emplace_back(d);
  json::object open{{"disclosures", std::move(all)}};
  if (!s.key_binding.empty()) open["kb_jwt"] = s.key_binding;
  return {{"payload", parts[1]},
          {"protected", parts[0]},
          {"signature", parts[2]},
          {"header", std::move(open)}};
}

std::string escape_pointer(std::string_view member) {
  return text::replace_all(text::replace_all(std::string(member), "~", "~0"), "/", "~1");
}

std::optional<std::vector<std::string>> pointer_steps(std::string_view pointer) {
  if (pointer.empty()) return std::vector<std::string>{};
  if (pointer.front() != '/') return {};
  auto out = text::split(pointer.substr(1), '/');
  for (auto& step : out)
    step = text::replace_all(text::replace_all(std::move(step), "~1", "/"), "~0", "~");
  return out;
}

}  // namespace madang::credentials
