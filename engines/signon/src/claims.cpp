#include "madang/signon/claims.hpp"

#include <algorithm>

namespace madang::signon {
namespace {

constexpr std::size_t longest = 2000;  // octets of the parameter
constexpr std::size_t most_verified = 10;

refusal wrong() { return refuse(kind::invalid, "oauth.invalid_request", "claims"); }

bool is_request(const json::value& v) {
  const auto& how = json::at(v, "verification");
  const auto& what = json::at(v, "claims");
  return how.is_object() && how.get_object().contains("trust_framework") && what.is_object() &&
         !what.get_object().empty();
}

bool is_constraint(const json::object& asked) {
  return std::ranges::any_of(asked, [](const auto& member) {
    const std::string_view name = member.key();
    return name == "value" || name == "values" || name == "max_age" || name == "essential" ||
           name == "purpose";
  });
}

bool meets(const json::object& asked, const json::value& there, instant at) {
  if (const auto* one = asked.if_contains("value"); one && *one != there) return false;
  if (const auto* all = asked.if_contains("values")) {
    if (!all->is_array()) return false;
    if (std::ranges::find(all->get_array(), there) == all->get_array().end()) return false;
  }
  if (const auto* age = asked.if_contains("max_age")) {
    const auto time = there.is_string() ? instant::parse(there.get_string()) : std::nullopt;
    if (!age->is_int64() || age->get_int64() < 0 || !time) return false;
    const auto seconds = (at.micros - time->micros) / 1'000'000;
    if (seconds > age->get_int64()) return false;
  }
  return true;
}

std::optional<json::value> of_list(const json::array& asked, const json::value& there,
                                   instant at) {
  json::array out;
  if (there.is_array())
    for (const auto& element : there.get_array())
      for (const auto& wish : asked)
        if (auto part = as_asked(wish, element, at)) {
          out.push_back(std::move(*part));
          break;
        }
  if (out.empty() && !asked.empty()) return {};
  return json::value(std::move(out));
}

}  // namespace

std::vector<std::string> asked_claims::verified_names() const {
  std::vector<std::string> out;
  for (const auto& one : verified)
    for (const auto& member : json::at(one, "claims").get_object())
      if (std::string name(member.key()); std::ranges::find(out, name) == out.end())
        out.push_back(std::move(name));
  return out;
}

result<asked_claims> read_claims(std::string_view text) {
  asked_claims out;
  if (text.size() > longest) return wrong();
  auto parsed = json::parse(text);
  if (!parsed || !parsed->is_object()) return wrong();
  const auto& userinfo = json::at(*parsed, "userinfo");
  if (userinfo.is_null()) return out;
  if (!userinfo.is_object()) return wrong();
  for (const auto& member : userinfo.get_object()) {
    if (member.key() != "verified_claims") {
      out.plain.emplace_back(member.key());
      continue;
    }
    out.several = member.value().is_array();
    if (out.several)
      out.verified.assign(member.value().get_array().begin(), member.value().get_array().end());
    else
      out.verified.push_back(member.value());
    if (out.verified.empty() || out.verified.size() > most_verified ||
        !std::ranges::all_of(out.verified, is_request))
      return wrong();
  }
  return out;
}

std::optional<json::value> as_asked(const json::value& asked, const json::value& there,
                                    instant at) {
  if (asked.is_array()) return of_list(asked.get_array(), there, at);
  if (!asked.is_object()) return there;
  const auto& wishes = asked.get_object();
  if (is_constraint(wishes)) return meets(wishes, there, at) ? std::optional(there) : std::nullopt;
  json::object out;
  for (const auto& member : wishes) {
    const auto& has = json::at(there, member.key());
    // What is not there is left out; what it must be cannot be met.
    if (has.is_null()) {
      if (member.value().is_object() && !as_asked(member.value(), has, at)) return {};
      if (member.value().is_array()) return {};
      continue;
    }
    auto part = as_asked(member.value(), has, at);
    if (!part) return {};
    out[member.key()] = std::move(*part);
  }
  return json::value(std::move(out));
}

}  // namespace madang::signon
