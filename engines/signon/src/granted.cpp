// Rich authorization requests (RFC 9396) on their way through the provider: asked for, granted,
// narrowed, and looked at again each time a token is made or shown. What they mean, their owner
// knows; the provider never takes yesterday's answer.
#include "said.hpp"

namespace madang::signon {
namespace {

json::array list_of(std::string_view details) {
  auto parsed = json::parse(details);
  return parsed && parsed->is_array() ? std::move(parsed->get_array()) : json::array();
}

// What of it holds now. Nothing, too, where the country has no such types any more.
json::array held(const options& o, const client& by, std::string_view name,
                 const json::array& details) {
  return details.empty() || !o.details_now ? json::array() : o.details_now(by, name, details);
}

}  // namespace

result<std::string> provider::details_asked(const client& by, std::string_view said) {
  auto details = read_details(said, options_.detail_types, by.detail_types);
  if (!details) return details.why();
  auto may = options_.may_ask_details
                 ? options_.may_ask_details(by, *details)
                 : outcome(invalid("oauth.invalid_authorization_details", "authorization_details"));
  if (!may) return invalid("oauth.invalid_authorization_details", may.why().field);
  return json::print(*details);
}

provider::details_turn provider::details_for(const call& c, const client& by,
                                             const std::optional<connection>& k) {
  details_turn out;
  const auto said = value_of(c.form, "authorization_details");
  if (!k || k->client != by.id || (k->details.empty() && said.empty())) return out;
  const auto holds = held(options_, by, k->details_name, list_of(k->details));
  out.over = !k->details.empty() && holds.empty();
  if (out.over) return out;
  if (said.empty()) {
    out.details = json::print(holds);
    return out;
  }
  // Section 6: less may be asked for, never more.
  auto less = read_details(said, options_.detail_types, by.detail_types);
  if (!less) out.wrong = less.why();
  else if (!within(holds, *less, options_.detail_types))
    out.wrong = invalid("oauth.invalid_authorization_details", "authorization_details");
  else out.details = json::print(*less);
  return out;
}

// A token that was narrowed to what has been stopped is none, though its grant may live on.
std::optional<connection> provider::with_details_now(connection k, json::object& claims) {
  const auto* by = find_client(k.client);
  const auto* said = claims.if_contains("authorization_details");
  if (!by || !said || !said->is_array()) return {};
  auto holds = held(options_, *by, k.details_name, said->get_array());
  if (holds.empty()) {
    if (held(options_, *by, k.details_name, list_of(k.details)).empty())
      db_.writing([&](store::write& tx) { end(tx, k, "user"); });
    return {};
  }
  k.details = json::print(holds);
  claims["authorization_details"] = std::move(holds);
  return k;
}

}  // namespace madang::signon
