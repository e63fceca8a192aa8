#include "madang/signon/outside.hpp"

#include <algorithm>

#include "madang/http/message.hpp"
#include "foreign.hpp"
#include "outgoing.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

constexpr std::chrono::minutes good_for{10};
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

refusal unreachable() { return refuse(kind::unavailable, "outside.unreachable"); }

}  // namespace

result<std::vector<outside_provider>> read_providers(const json::value& v,
                                                     std::string_view name) {
  std::vector<outside_provider> out;
  const auto& list = json::at(v, name);
  if (list.is_null()) return out;
  if (!list.is_array()) return refuse(kind::invalid, "signon.provider", std::string(name));
  for (const auto& one : list.get_array()) {
    const std::string where = std::string(name) + "[" + std::to_string(out.size()) + "].";
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
    if (!is_foreign_address(p.issuer) || p.issuer.ends_with('/')) return wrong("issuer");
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

result<outside::begun> outside::begin(std::string_view provider, std::string_view next, id person) {
  const auto* p = find(provider);
  if (!p) return refuse(kind::not_found, "outside.unknown", "provider");
  auto at = known_.look(*p, false);
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
  auto at = known_.look(*p, false);
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
  auto said = judged_token(*p, *at, id_token, attempt->nonce);
  // Its key may be newer than what we know of it.
  if (!said && said.why().field == "kid") {
    auto anew = known_.look(*p, true);
    if (!anew) return anew.why();
    said = judged_token(*p, *anew, id_token, attempt->nonce);
  }
  if (!said) return said.why();
  const json::value all(*said);
  return arrival{p->issuer, std::string(json::str(all, "sub")),
                 std::string(text::head(json::str(all, "name"), longest_name)), attempt->next,
                 attempt->person};
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
