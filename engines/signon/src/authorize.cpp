// The authorization endpoint and PAR: what a client asks for, until a person has said yes or no.
#include <algorithm>

#include "madang/http/message.hpp"
#include "madang/identity/sessions.hpp"
#include "madang/signon/claims.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr std::size_t longest_value = 2000;

// RFC 7636 section 4.2: base64url of a SHA-256; RFC 9449 section 10: a thumbprint is one too.
bool is_digest(std::string_view s) {
  auto octets = trust::jose::from_base64url(s);
  return octets && octets->size() == 32;
}

// What is wrong with it, as the standards call it; the first thing found.
std::optional<refusal> wrong_in(const parameters& p) {
  for (const auto& [name, value] : p)
    if (value.size() > longest_value && name != "authorization_details" && name != "request")
      return invalid("oauth.invalid_request", name);
  if (auto name = twice(p)) return invalid("oauth.invalid_request", *name);
  if (!value_of(p, "request").empty()) return invalid("oauth.request_not_supported", "request");
  if (value_of(p, "response_type") != "code")
    return invalid(value_of(p, "response_type").empty() ? "oauth.invalid_request"
                                                        : "oauth.unsupported_response_type",
                   "response_type");
  if (auto mode = value_of(p, "response_mode"); !mode.empty() && mode != "query")
    return invalid("oauth.invalid_request", "response_mode");
  if (value_of(p, "code_challenge_method") != "S256")
    return invalid("oauth.invalid_request", "code_challenge_method");
  if (!is_digest(value_of(p, "code_challenge")))
    return invalid("oauth.invalid_request", "code_challenge");
  if (auto jkt = value_of(p, "dpop_jkt"); !jkt.empty() && !is_digest(jkt))
    return invalid("oauth.invalid_request", "dpop_jkt");
  const auto prompts = words_in(value_of(p, "prompt"));
  const bool none = std::ranges::find(prompts, "none") != prompts.end();
  if (none && prompts.size() > 1) return invalid("oauth.invalid_request", "prompt");
  return {};
}

std::optional<std::int64_t> seconds_in(std::string_view s) {
  if (s.empty()) return -1;
  if (s.size() > 9 || s.find_first_not_of("0123456789") != std::string_view::npos) return {};
  std::int64_t out = 0;
  for (char c : s) out = out * 10 + (c - '0');
  return out;
}

// Each claim is of a scope, by which a client is registered and a person agrees.
void add_scopes(const asked_claims& asked, std::vector<std::string>& scopes) {
  static constexpr std::pair<std::string_view, std::string_view> of_claim[] = {
      {"name", "profile"}, {"birthdate", "birthdate"}, {"address", "address"}, {"post", "post"}};
  static constexpr std::pair<std::string_view, std::string_view> of_verified[] = {
      {"phone_number", "phone"}, {"ci", "ci"}};
  auto add = [&](std::string_view scope) {
    if (std::ranges::find(scopes, scope) == scopes.end()) scopes.emplace_back(scope);
  };
  for (const auto& [claim, scope] : of_claim)
    if (std::ranges::find(asked.plain, claim) != asked.plain.end()) add(scope);
  if (asked.verified.empty()) return;
  add("verified");
  const auto names = asked.verified_names();
  for (const auto& [claim, scope] : of_verified)
    if (std::ranges::find(names, claim) != names.end()) add(scope);
}

struct asked_row {
  std::string client, request;
};
BOOST_DESCRIBE_STRUCT(asked_row, (), (client, request))

}  // namespace

std::vector<std::string> words_in(std::string_view list) {
  std::vector<std::string> out;
  for (auto& word : text::split(list, ' '))
    if (!word.empty() && std::ranges::find(out, word) == out.end()) out.push_back(std::move(word));
  return out;
}

std::optional<std::string> twice(const parameters& p) {
  for (auto one = p.begin(); one != p.end(); ++one)
    if (std::any_of(p.begin(), one, [&](const auto& before) { return before.first == one->first; }))
      return one->first;
  return {};
}

int least_level(std::string_view acr_values) {
  int out = 0;
  for (const auto& one : words_in(acr_values))
    if (const int level = identity::level_of(one); level >= 0)
      out = out == 0 ? level : std::min(out, level);
  return out;
}

bool request::prompts(std::string_view word) const {
  const auto all = words_in(prompt);
  return std::ranges::find(all, word) != all.end();
}

std::string provider::back(const request& r, parameters with) const {
  if (!r.state.empty()) with.emplace_back("state", r.state);
  with.emplace_back("iss", options_.issuer);
  std::string out = r.redirect_uri;
  for (const auto& [name, value] : with)
    out += (out.find('?') == std::string::npos ? "?" : "&") + name + "=" +
           http::percent_encode(value);
  return out;
}

// Who asks, and where the answer goes, must be sure before anything is sent there.
result<request> provider::checked(const parameters& p, bool pushed, const client* known) {
  const auto* by = known ? known : find_client(value_of(p, "client_id"));
  if (!by || (known && !value_of(p, "client_id").empty() && value_of(p, "client_id") != known->id))
    return invalid("oauth.unknown_client", "client_id");
  request r;
  r.client = by->id;
  r.redirect_uri = value_of(p, "redirect_uri");
  if (!by->may_redirect_to(r.redirect_uri))
    return invalid("oauth.unknown_redirect", "redirect_uri");
  r.state = value_of(p, "state");
  r.nonce = value_of(p, "nonce");
  r.challenge = value_of(p, "code_challenge");
  r.jkt = value_of(p, "dpop_jkt");
  r.prompt = value_of(p, "prompt");
  r.pushed = pushed;
  r.asked = now();
  auto wrong = wrong_in(p);
  auto age = seconds_in(value_of(p, "max_age"));
  if (!wrong && !age) wrong = invalid("oauth.invalid_request", "max_age");
  if (!wrong && by->pushes && !pushed) wrong = invalid("oauth.invalid_request", "request_uri");
  auto wanted = words_in(value_of(p, "scope"));
  if (auto claims = value_of(p, "claims"); !wrong && !claims.empty()) {
    auto asked = read_claims(claims);
    if (!asked) wrong = asked.why();
    else add_scopes(*asked, wanted);
    if (asked && !asked->verified.empty()) r.claims = claims;
  }
  if (auto details = value_of(p, "authorization_details"); !wrong && !details.empty()) {
    auto good = details_asked(*by, details);
    if (!good) wrong = good.why();
    else r.details = std::move(*good);
  }
  std::vector<std::string> scopes;
  for (auto& scope : wanted)
    if (by->may_ask(scope)) scopes.push_back(std::move(scope));
  // Who asks for details alone need not ask who somebody is (RFC 9396 section 3).
  if (!wrong && r.details.empty() && std::ranges::find(scopes, "openid") == scopes.end())
    wrong = invalid("oauth.invalid_scope", "scope");
  if (wrong) {
    wrong->facts["location"] = back(r, {{"error", wrong->code.substr(6)}});
    return *wrong;
  }
  r.scope = text::join(scopes, " ");
  r.max_age = *age;
  r.level = least_level(value_of(p, "acr_values"));
  return r;
}

std::string provider::keep(const request& r, int seconds) {
  std::string ticket = random_token(32);
  db_.writing([&](store::write& tx) {
    tx.run("delete from asked where expires < ?1", now());
    tx.run("insert into asked (ticket_hash, client, request, expires) values (?1, ?2, ?3, ?4)",
           hashed(ticket), r.client, json::write(r), now().plus(std::chrono::seconds(seconds)));
  });
  return ticket;
}

result<json::object> provider::push(const call& c) {
  auto by = authenticate(c);
  if (!by) return by.why();
  if (!value_of(c.form, "request_uri").empty())
    return invalid("oauth.invalid_request", "request_uri");
  auto form = c.form;
  if (!value_of(form, "request").empty() && !(*by)->request_keys.empty()) {
    auto inside = request_object(**by, form);
    if (!inside) return inside.why();
    form = std::move(*inside);
  }
  auto r = checked(form, true, *by);
  if (!r) {
    auto why = r.why();
    why.facts.erase("location");
    return why;
  }
  if (!c.proofs.empty()) {
    auto jkt = proof_key(c, {});
    if (!jkt) return jkt.why();
    if (!r->jkt.empty() && r->jkt != *jkt) return invalid("oauth.invalid_dpop_proof", "dpop_jkt");
    r->jkt = *jkt;
  }
  const int seconds = 90;
  return json::object{{"request_uri", std::string(ticket_prefix) + keep(*r, seconds)},
                      {"expires_in", seconds}};
}

result<std::string> provider::begin(const parameters& p) {
  const auto uri = value_of(p, "request_uri");
  if (uri.empty()) {
    const auto* by = find_client(value_of(p, "client_id"));
    parameters inside;
    if (by && !by->request_keys.empty() && !value_of(p, "request").empty()) {
      auto said = request_object(*by, p);
      if (!said) return said.why();
      inside = std::move(*said);
    }
    auto r = checked(inside.empty() ? p : inside, false, nullptr);
    if (!r) return r.why();
    return keep(*r, options_.request_minutes * 60);
  }
  // RFC 9126 section 4: only what was pushed counts, and only for whom it was pushed.
  if (!uri.starts_with(ticket_prefix)) return invalid("oauth.unknown_request", "request_uri");
  const auto pushed = uri.substr(ticket_prefix.size());
  auto r = find(pushed);
  if (!r || r->client != value_of(p, "client_id"))
    return invalid("oauth.unknown_request", "request_uri");
  db_.writing([&](store::write& tx) {
    tx.run("delete from asked where ticket_hash = ?1", hashed(pushed));
  });
  return keep(*r, options_.request_minutes * 60);
}

std::optional<request> provider::find(std::string_view ticket) {
  if (ticket.empty() || ticket.size() > 100) return {};
  auto row = db_.reading([&](store::read& r) {
    return r.one<asked_row>("select client, request from asked where ticket_hash = ?1 and "
                            "expires > ?2",
                            hashed(ticket), now());
  });
  if (!row) return {};
  auto read = json::parse_as<request>(row->request);
  if (!read || !find_client(read->client)) return {};
  return *read;
}

provider::next provider::what_next(const request& r, const std::optional<presence>& who) {
  if (!who) return next::sign_in;
  const bool again = r.prompts("login") && who->since < r.asked;
  const bool stale = r.max_age >= 0 && now() > who->since.plus(std::chrono::seconds(r.max_age)) &&
                     who->since < r.asked;
  if (again || stale) return next::sign_in;
  if (identity::level_of(who->acr) < r.level) return next::step_up;
  // Each grant of details is a decision of its own: what she leaves of it, and until when.
  if (r.prompts("consent") || !r.details.empty()) return next::consent;
  auto given = db_.reading([&](store::read& tx) {
    return tx.one<std::string>("select scope from consent where person = ?1 and client = ?2",
                               who->person, r.client);
  });
  if (!given) return next::consent;
  const auto already = words_in(*given);
  for (const auto& scope : words_in(r.scope))
    if (std::ranges::find(already, scope) == already.end()) return next::consent;
  return next::done;
}

std::string provider::refused(std::string_view ticket, std::string_view error) {
  auto r = find(ticket);
  if (!r) return {};
  db_.writing([&](store::write& tx) {
    tx.run("delete from asked where ticket_hash = ?1", hashed(ticket));
  });
  return back(*r, {{"error", std::string(error)}});
}

void provider::keep_consent(store::write& tx, const audit::access& why,
                            const std::string& client_id, const std::string& scope, id person) {
  auto before = tx.one<std::string>("select scope from consent where person = ?1 and client = ?2",
                                    person, client_id);
  auto scopes = words_in(before.value_or("") + " " + scope);
  tx.run("insert into consent (person, client, scope, given) values (?1, ?2, ?3, ?4) "
         "on conflict (person, client) do update set scope = excluded.scope, "
         "given = excluded.given",
         person, client_id, text::join(scopes, " "), now());
  audit::append(tx, why, audit::action::changed, person, "consent", client_id, "");
}

void provider::agree(const audit::access& why, const request& r, id person) {
  db_.writing(
      [&](store::write& tx) { keep_consent(tx, why, r.client, r.scope, person); });
}

std::optional<std::string> provider::complete(const audit::access& why, std::string_view ticket,
                                              const presence& who, const json::array& details,
                                              const std::string& name) {
  auto r = find(ticket);
  if (!r) return {};
  check(r->details.empty() == details.empty(), "details are granted when they are asked for");
  const std::string code = random_token(32);
  const connection k{new_id(),  r->client, who.person,
                     r->scope,  who.sid,   who.since,
                     who.acr,   text::join(who.amr, " "), r->jkt,
                     r->nonce,  now(),     {},         r->claims, {},
                     details.empty() ? std::string() : json::print(details), name};
  const bool ours = db_.writing([&](store::write& tx) {
    if (!tx.run("delete from asked where ticket_hash = ?1", hashed(ticket))) return false;
    tx.insert("connection", k);
    tx.run("insert into authorization_code (hash, connection, redirect_uri, challenge, expires, "
           "used) values (?1, ?2, ?3, ?4, ?5, 0)",
           hashed(code), k.key, r->redirect_uri, r->challenge,
           now().plus(std::chrono::seconds(options_.code_seconds)));
    tx.run("delete from authorization_code where expires < ?1",
           now().plus(-std::chrono::hours(24)));
    tx.run("delete from refresh_token where expires < ?1", now());
    audit::append(tx, why, audit::action::issued, who.person, "sign_on", r->client, "");
    return true;
  });
  if (!ours) return {};
  return back(*r, {{"code", code}});
}

}  // namespace madang::signon
