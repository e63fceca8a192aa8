#include "asking.hpp"

#include <charconv>
#include <map>

namespace madang::wallet {

BOOST_DESCRIBE_STRUCT(asking::asked, (),
                      (key, secret_hash, official, question, nonce, state, seal, asker, made,
                       expires, outcome, because, shown, answered))

namespace {

constexpr auto kept_for = std::chrono::hours(24);
constexpr std::size_t longest_answer = 128 * 1024;

refusal no(const char* error, std::string field = {}) {
  return refuse(kind::invalid, std::string("vp.") + error, std::move(field));
}

std::string_view value_of(const http::pairs& form, std::string_view name) {
  for (const auto& [key, value] : form)
    if (key == name) return value;
  return {};
}

}  // namespace

asking::asking(platform::house& h, const plan& p, keyholder& keys, status_source statuses)
    : house_(h),
      plan_(p),
      keys_(keys),
      statuses_(std::move(statuses)),
      db_(h.database("wallet")),
      at_(h.chosen().public_url) {
  while (at_.ends_with('/')) at_.pop_back();
}

// OpenID4VP section 5.9.3: the client is known by the hash of its certificate.
std::string asking::client_id(const words& seal) const {
  const auto& print = keys_.of(seal)->certificate.fingerprint();
  return "x509_hash:" + text::base64url(print);
}

std::string asking::response_uri(id key) const { return at_ + "/proofs/" + key.str() + "/answer"; }

asking::begun asking::begin(const question_plan& q, const words& seal,
                             const words& asker, id official) {
  begun out;
  out.secret = random_token(24);
  const instant at = now();
  out.row = {new_id(), trust::sha256_hex(out.secret), official, q.id, random_token(24),
             random_token(16), seal, asker, at, at.plus(std::chrono::minutes(minutes)), "", "",
             json::object{}, {}};
  db_.writing([&](store::write& tx) {
    tx.run("delete from asked where made < ?1", at.plus(-kept_for));
    tx.insert("asked", out.row);
  });
  const std::string tail = "client_id=" + http::percent_encode(client_id(seal)) +
                           "&request_uri=" +
                           http::percent_encode(at_ + "/proofs/" + out.row.key.str() + "/request");
  out.link = "openid4vp://?" + tail;
  out.here = "/wallet#" + tail;
  return out;
}

std::optional<asking::asked> asking::find(id key) {
  return db_.reading([&](store::read& r) {
    return r.one<asked>("select " + store::columns<asked>() + " from asked where key = ?1", key);
  });
}

bool asking::knows(const asked& a, std::string_view secret) const {
  const std::string hash = trust::sha256_hex(secret);
  return trust::equal_in_constant_time(trust::view_of(hash), trust::view_of(a.secret_hash));
}

std::optional<std::string> asking::request_object(id key) {
  const auto a = find(key);
  const auto* q = a ? plan_.find_question(a->question) : nullptr;
  if (!q || a->expires < now() || !a->outcome.empty()) return {};
  const auto seal = keys_.of(a->seal);
  json::object claims{
      {"iss", client_id(a->seal)},
      {"aud", "https://self-issued.me/v2"},
      {"client_id", client_id(a->seal)},
      {"response_type", "vp_token"},
      {"response_mode", "direct_post"},
      {"response_uri", response_uri(key)},
      {"nonce", a->nonce},
      {"state", a->state},
      {"iat", now().micros / 1'000'000},
      {"exp", a->expires.micros / 1'000'000},
      {"dcql_query", query_of(*q)},
      {"client_metadata",
       json::object{
           {"client_name", a->asker("en")},
           {"client_name#ko", a->asker("ko")},
           {"purpose", q->purpose("en") + " (" + q->law("en") + ")"},
           {"purpose#ko", q->purpose("ko") + " (" + q->law("ko") + ")"},
           {"vp_formats_supported",
            json::object{{"dc+sd-jwt", json::object{{"sd-jwt_alg_values", json::array{"ES256"}},
                                                    {"kb-jwt_alg_values",
                                                     json::array{"ES256", "EdDSA"}}}}}}}}};
  return trust::jose::sign(seal->key, keyholder::key_id(seal->key.verifier()),
                           "oauth-authz-req+jwt", json::print(claims),
                           keyholder::header_of(*seal));
}

result<credentials::verified_sd_jwt> asking::judge_one(
    std::string_view presentation, const std::optional<credentials::wanted_binding>& wanted) {
  auto s = credentials::read_sd_jwt(presentation);
  if (!s) return s.why();
  auto m = trust::jose::read(s->jwt);
  if (!m) return m.why();
  if (m->type != "dc+sd-jwt") return refuse(kind::invalid, "wallet.issuer", "typ");
  auto key = keys_.believed(m->key_id);
  if (!key) return key.why();
  auto seen = credentials::verify_sd_jwt(*s, {*key}, now(), wanted);
  if (!seen) return seen;
  const auto missing = refuse(kind::unavailable, "wallet.no_status");
  const auto place = credentials::status_place_of(seen->claims);
  const std::string base = at_ + "/status/";
  if (!place || !place->uri.starts_with(base)) return missing;
  std::int64_t list = 0;
  const auto digits = std::string_view(place->uri).substr(base.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), list);
  const auto token = statuses_(list);
  const auto agency = keys_.of(plan_.status_name);
  auto statuses = credentials::verify_status_list(
      token.value_or(""), place->uri, {trust::jose::jwk::of(agency->key.verifier())}, now());
  if (!statuses) return missing;
  const auto status = statuses->list.get(place->index);
  if (!status) return missing;
  if (*status != 0) return refuse(kind::conflict, "wallet.revoked");
  return seen;
}

// What was shown, claim by claim as it was asked for; nothing else of the presentation is kept.
result<json::object> asking::judged(const asked& a, std::string_view vp_token) {
  const auto* q = plan_.find_question(a.question);
  if (!q) return no("invalid_request");
  auto parsed = json::parse(vp_token);
  if (!parsed || !parsed->is_object()) return no("invalid_request", "vp_token");
  const auto query = credentials::read_dcql(json::value(query_of(*q)));
  check(query.ok(), "our own query can be read");
  std::map<std::string, std::vector<json::object>> presented;
  for (const auto& member : parsed->get_object()) {
    if (!member.value().is_array() || member.value().get_array().size() > 4)
      return no("invalid_request", "vp_token");
    for (const auto& one : member.value().get_array()) {
      if (!one.is_string()) return no("invalid_request", "vp_token");
      auto seen = judge_one(one.get_string(),
                            credentials::wanted_binding{client_id(a.seal), a.nonce});
      if (!seen) return seen.why();
      presented[std::string(member.key())].push_back(std::move(seen->claims));
    }
  }
  if (auto good = credentials::judge(*query, presented); !good) return good.why();
  const auto& claims = presented.begin()->second.front();
  const json::value whole(claims);
  json::object out;
  for (const auto& path : q->show) {
    std::string pointer;
    for (const auto& step : path) pointer += "/" + credentials::escape_pointer(step);
    boost::system::error_code missing;
    if (const auto* v = whole.find_pointer(pointer, missing)) out[text::join(path, ".")] = *v;
  }
  return out;
}

result<json::object> asking::answer(id key, const http::pairs& form) {
  const auto a = find(key);
  if (!a || a->expires < now()) return no("invalid_request", "request");
  if (!a->outcome.empty()) return no("invalid_request", "request");
  if (value_of(form, "state") != a->state) return no("invalid_request", "state");
  const auto token = value_of(form, "vp_token");
  if (token.size() > longest_answer) return no("invalid_request", "vp_token");
  std::string outcome = "refused", because;
  json::value shown = json::object{};
  std::optional<refusal> why;
  if (value_of(form, "error").empty()) {
    auto seen = judged(*a, token);
    if (seen) {
      outcome = "shown";
      shown = std::move(*seen);
    } else {
      outcome = "bad";
      because = seen.why().code;
      why = seen.why();
    }
  }
  const auto kept = db_.writing([&](store::write& tx) {
    return tx.run("update asked set outcome = ?1, because = ?2, shown = ?3, answered = ?4 "
                  "where key = ?5 and outcome = ''",
                  outcome, because, shown, now(), key);
  });
  if (kept == 0) return no("invalid_request", "request");
  if (why) return *why;
  return json::object{{"redirect_uri", at_ + "/proofs/" + key.str() + "/done"}};
}

}  // namespace madang::wallet
