#include "madang/signon/outside.hpp"

#include <algorithm>

#include "madang/http/message.hpp"
#include "outgoing.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr std::chrono::minutes good_for{10};
constexpr std::chrono::hours discovery_for{1};
constexpr std::size_t longest_subject = 255;  // OpenID Connect Core section 2
constexpr std::size_t longest_name = 100;

struct attempt_row {
  std::string provider, nonce, verifier, next;
  id person;
};
BOOST_DESCRIBE_STRUCT(attempt_row, (), (provider, nonce, verifier, next, person))
struct linked_row {
  std::string issuer;
  instant since;
};
BOOST_DESCRIBE_STRUCT(linked_row, (), (issuer, since))

// Elsewhere only by TLS; a provider on this machine is one for trying.
bool is_good_address(std::string_view s) {
  const bool local = s.starts_with("http://127.0.0.1:") || s.starts_with("http://localhost:");
  return (s.starts_with("https://") || local) && s.size() < 1000 &&
         s.find_first_of("#\\ \t\r\n\"<>") == std::string_view::npos;
}

refusal unreachable() { return refuse(kind::unavailable, "outside.unreachable"); }
refusal bad_token(std::string claim) {
  return refuse(kind::forbidden, "outside.token", std::move(claim));
}

result<json::value> fetched(const std::string& address) {
  const auto answer = post_to({address, {}, {}, {}});
  if (answer.status != 200) return unreachable();
  auto parsed = json::parse(answer.body);
  if (!parsed || !parsed->is_object()) return unreachable();
  return *parsed;
}

}  // namespace

result<std::vector<outside_provider>> read_providers(const json::value& v) {
  std::vector<outside_provider> out;
  const auto& list = json::at(v, "providers");
  if (list.is_null()) return out;
  if (!list.is_array()) return refuse(kind::invalid, "signon.provider", "providers");
  for (const auto& one : list.get_array()) {
    const std::string where = "providers[" + std::to_string(out.size()) + "].";
    auto wrong = [&](const char* member) {
      return refuse(kind::invalid, "signon.provider", where + member);
    };
    outside_provider p;
    p.id = json::str(one, "id");
    if (p.id.empty() || p.id.size() > 64 ||
        p.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos ||
        std::ranges::any_of(out, [&](const auto& before) { return before.id == p.id; }))
      return wrong("id");
    p.name = json::words_of(json::at(one, "name"));
    if (p.name.empty()) return wrong("name");
    p.issuer = json::str(one, "issuer");
    if (!is_good_address(p.issuer) || p.issuer.ends_with('/')) return wrong("issuer");
    p.client_id = json::str(one, "client_id");
    if (p.client_id.empty()) return wrong("client_id");
    p.client_secret = json::str(one, "client_secret");
    if (p.client_secret.empty()) return wrong("client_secret");
    p.scope = json::str(one, "scope", p.scope);
    out.push_back(std::move(p));
  }
  return out;
}

outside::outside(store::database& db, std::vector<outside_provider> all, std::string back)
    : db_(db), all_(std::move(all)), back_(std::move(back)) {}

const outside_provider* outside::find(std::string_view id) const {
  auto found = std::ranges::find(all_, id, &outside_provider::id);
  return found == all_.end() ? nullptr : &*found;
}

// OpenID Connect Discovery section 4.3: it must say the issuer that we asked.
result<outside::about> outside::look(const outside_provider& p, bool anew) {
  {
    std::lock_guard hold(mutex_);
    auto known = known_.find(p.id);
    if (!anew && known != known_.end() && now() < known->second.looked.plus(discovery_for))
      return known->second;
  }
  auto said = fetched(p.issuer + "/.well-known/openid-configuration");
  if (!said) return said.why();
  about out;
  out.authorize = json::str(*said, "authorization_endpoint");
  out.token = json::str(*said, "token_endpoint");
  out.says_issuer = json::flag(*said, "authorization_response_iss_parameter_supported");
  const std::string keys_at(json::str(*said, "jwks_uri"));
  if (json::str(*said, "issuer") != p.issuer || !is_good_address(out.authorize) ||
      !is_good_address(out.token) || !is_good_address(keys_at))
    return unreachable();
  auto set = fetched(keys_at);
  if (!set) return set.why();
  // Keys of kinds that we do not know are none of ours to refuse.
  if (const auto& list = json::at(*set, "keys"); list.is_array())
    for (const auto& one : list.get_array())
      if (auto k = trust::jose::jwk::read(one)) out.keys.push_back(std::move(*k));
  if (out.keys.empty()) return unreachable();
  out.looked = now();
  std::lock_guard hold(mutex_);
  known_[p.id] = out;
  return out;
}

result<outside::begun> outside::begin(std::string_view provider, std::string_view next, id person) {
  const auto* p = find(provider);
  if (!p) return refuse(kind::not_found, "outside.unknown", "provider");
  auto at = look(*p, false);
  if (!at) return at.why();
  const std::string state = random_token(24), nonce = random_token(24), verifier = random_token(48);
  db_.writing([&](store::write& tx) {
    tx.run("delete from outside_attempt where expires < ?1", now());
    tx.run(
        "insert into outside_attempt (state_hash, provider, nonce, verifier, next, person, "
        "expires) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        hashed(state), p->id, nonce, verifier, next, person, now().plus(good_for));
  });
  const std::string challenge = text::base64url(trust::sha256(trust::view_of(verifier)));
  std::string to = at->authorize;
  char sign = to.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] :
       {std::pair<const char*, std::string>("response_type", "code"),
        {"client_id", p->client_id},
        {"redirect_uri", back_},
        {"scope", p->scope},
        {"state", state},
        {"nonce", nonce},
        {"code_challenge", challenge},
        {"code_challenge_method", "S256"}}) {
    to += sign + std::string(name) + "=" + http::percent_encode(value);
    sign = '&';
  }
  return begun{to, state};
}

result<outside::arrival> outside::finish(const answered& came, std::string_view kept_state) {
  const auto no = refuse(kind::invalid, "outside.answer");
  if (came.state.empty() || came.state.size() > 200 ||
      !trust::equal_in_constant_time(trust::view_of(came.state), trust::view_of(kept_state)))
    return no;
  std::optional<attempt_row> attempt;
  db_.writing([&](store::write& tx) {
    attempt = tx.one<attempt_row>(
        "select provider, nonce, verifier, next, person from "
        "outside_attempt where state_hash = ?1 and expires > ?2",
        hashed(came.state), now());
    tx.run("delete from outside_attempt where state_hash = ?1", hashed(came.state));
  });
  const auto* p = attempt ? find(attempt->provider) : nullptr;
  if (!p) return no;
  auto at = look(*p, false);
  if (!at) return at.why();
  if ((at->says_issuer && came.issuer.empty()) ||
      (!came.issuer.empty() && came.issuer != p->issuer))
    return no;
  if (!came.error.empty() || came.code.empty()) return refuse(kind::forbidden, "outside.refused");
  std::string form = "grant_type=authorization_code";
  for (const auto& [name, value] : {std::pair<const char*, std::string>("code", came.code),
                                    {"redirect_uri", back_},
                                    {"code_verifier", attempt->verifier}})
    form += "&" + std::string(name) + "=" + http::percent_encode(value);
  const std::string who =
      http::percent_encode(p->client_id) + ":" + http::percent_encode(p->client_secret);
  const auto answer = post_to({at->token,
                               "application/x-www-form-urlencoded",
                               form,
                               {"Authorization: Basic " + text::base64(text::bytes_of(who))}});
  if (answer.status != 200) return unreachable();
  auto tokens = json::parse(answer.body);
  if (!tokens || !tokens->is_object()) return unreachable();
  const auto id_token = json::str(*tokens, "id_token");
  auto out = judge(*p, *at, id_token, attempt->nonce);
  // Its key may be newer than what we know of it.
  if (!out && out.why().field == "kid") {
    auto anew = look(*p, true);
    if (!anew) return anew.why();
    out = judge(*p, *anew, id_token, attempt->nonce);
  }
  if (!out) return out.why();
  out->next = attempt->next;
  out->linking = attempt->person;
  return out;
}

// OpenID Connect Core section 3.1.3.7.
result<outside::arrival> outside::judge(const outside_provider& p, const about& at,
                                        std::string_view id_token, std::string_view nonce) {
  auto m = trust::jose::read(id_token);
  if (!m) return bad_token("id_token");
  const auto* k = trust::jose::choose(at.keys, *m);
  if (!k) return bad_token("kid");
  if (!trust::jose::verify(*m, *k)) return bad_token("signature");
  auto said = trust::jose::claims(*m, {.issuer = p.issuer, .audience = p.client_id, .at = now()});
  if (!said) return bad_token(said.why().code);
  const json::value all(*said);
  if (json::str(all, "nonce") != nonce) return bad_token("nonce");
  const auto& audience = json::at(all, "aud");
  const auto party = json::str(all, "azp");
  if ((!party.empty() && party != p.client_id) ||
      (audience.is_array() && audience.get_array().size() > 1 && party.empty()))
    return bad_token("azp");
  const auto subject = json::str(all, "sub");
  if (subject.empty() || subject.size() > longest_subject) return bad_token("sub");
  std::string name(text::head(json::str(all, "name"), longest_name));
  return arrival{p.issuer, std::string(subject), std::move(name), {}, {}};
}

std::optional<id> outside::person_of(std::string_view issuer, std::string_view subject) {
  return db_.reading([&](store::read& r) {
    return r.one<id>("select person from outside_account where issuer = ?1 and subject = ?2",
                     issuer, subject);
  });
}

void outside::remember(const audit::access& why, const arrival& who, id person) {
  db_.writing([&](store::write& tx) {
    tx.run(
        "insert into outside_account (issuer, subject, person, since) values (?1, ?2, ?3, ?4) "
        "on conflict (issuer, subject) do update set person = excluded.person, "
        "since = excluded.since",
        who.issuer, who.subject, person, now());
    audit::append(tx, why, audit::action::changed, person, "outside_account", who.issuer, "");
  });
}

std::vector<outside::linked> outside::of_person(id person) {
  std::vector<linked> out;
  for (const auto& row : db_.reading([&](store::read& r) {
         return r.all<linked_row>(
             "select issuer, since from outside_account where person = ?1 order by issuer", person);
       }))
    out.push_back({row.issuer, row.since});
  return out;
}

outcome outside::forget(const audit::access& why, id person, std::string_view issuer) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from outside_account where person = ?1 and issuer = ?2", person, issuer))
      return refuse(kind::not_found, "outside.unknown", "issuer");
    audit::append(tx, why, audit::action::changed, person, "outside_account", issuer, "removed");
    return nothing{};
  });
}

}  // namespace madang::signon
