// Somebody is asked who does not sit at the client: a device without a keyboard shows her a code
// (RFC 8628), or a client that knows who she is puts it before her (CIBA Core 1.0).
#include <algorithm>

#include "madang/http/message.hpp"
#include "said.hpp"

namespace madang::signon {
namespace {

enum state : std::int64_t { waiting_state, agreed_state, denied_state, taken_state };

struct decoupled_row {
  id key;
  std::string hash;
  std::int64_t device = 0;
  std::string client, scope, user_code;
  id person;
  std::string binding;
  std::int64_t level = 0, state = waiting_state;
  id connection;
  std::int64_t pause = 5;
  instant polled, asked, expires;
};
BOOST_DESCRIBE_STRUCT(decoupled_row, (),
                      (key, hash, device, client, scope, user_code, person, binding, level, state,
                       connection, pause, polled, asked, expires))

constexpr std::int64_t pause_seconds = 5;  // RFC 8628 section 3.2
constexpr int device_seconds = 600, backchannel_seconds = 300, longest_seconds = 600;
constexpr std::size_t longest_binding = 100;  // code points: it is shown on a small screen
// Nobody is worn out by asking until she presses yes.
constexpr std::int64_t most_waiting = 3, most_of_one_client = 5;
constexpr std::chrono::minutes worn_out_within{10};
constexpr std::chrono::minutes pushes_for{10}, no_time{0};  // what was not taken is sent again

// RFC 8628 section 6.1: no vowels, so no words; nothing that looks like something else.
constexpr std::string_view code_letters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t code_length = 8;

std::string new_user_code() {
  std::string out;
  while (out.size() < code_length)
    for (const std::uint8_t octet : trust::random_bytes(2 * code_length)) {
      // 240 is the largest multiple of 20 in an octet: each letter is as likely as the others.
      if (octet >= 240 || out.size() == code_length) continue;
      out += code_letters[octet % code_letters.size()];
    }
  return out;
}

// As people type it: small letters, with and without the line in the middle.
std::string letters_of(std::string_view typed) {
  std::string out;
  for (char c : typed.substr(0, 40)) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (code_letters.find(c) != std::string_view::npos) out += c;
    else if (c != '-' && c != ' ') return {};
  }
  return out.size() == code_length ? out : std::string();
}

std::string columns() { return "select " + store::columns<decoupled_row>() + " from decoupled "; }

decoupled_request told(const decoupled_row& row) {
  return {row.key,    row.client, row.scope,
          row.binding, row.device != 0, row.person,
          static_cast<int>(row.level), row.asked, row.expires};
}

// RFC 6750 section 2.1: what may stand after "Bearer".
bool is_bearer_token(std::string_view s) {
  return !s.empty() && s.size() <= 1024 &&
         std::ranges::all_of(s, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("-._~+/=").find(c) != std::string_view::npos;
         });
}

bool is_binding(std::string_view s) {
  return text::is_utf8(s) && text::head(s, longest_binding) == s &&
         std::ranges::none_of(
             s, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

void forget_old(store::write& tx) {
  tx.run("delete from decoupled where expires < ?1", now().plus(-std::chrono::hours(24)));
  tx.run("delete from ping_notice where expires < ?1", now());
}

// Seconds that a request waits; nothing when what was asked for is none (CIBA section 7.1).
std::optional<int> lasting(std::string_view asked) {
  if (asked.empty()) return backchannel_seconds;
  int out = 0;
  if (asked.size() > 6) return {};
  for (char c : asked) {
    if (c < '0' || c > '9') return {};
    out = out * 10 + (c - '0');
  }
  return out > 0 ? std::optional(std::min(out, longest_seconds)) : std::nullopt;
}

decoupled_row row_for(const decoupled_request& r, const std::string& secret) {
  decoupled_row out;
  out.key = r.key;
  out.hash = hashed(secret);
  out.device = r.device;
  out.client = r.client;
  out.scope = r.scope;
  out.person = r.person;
  out.binding = r.binding;
  out.level = r.level;
  out.pause = pause_seconds;
  out.asked = r.asked;
  out.expires = r.expires;
  return out;
}

}  // namespace

// What both ways have in common: scope and assurance.
result<decoupled_request> provider::asked_elsewhere(const call& c, const client& by) {
  if (auto name = twice(c.form)) return invalid("oauth.invalid_request", *name);
  if (!value_of(c.form, "request").empty())
    return invalid("oauth.invalid_request", "request");
  // No type of ours can be agreed to on these ways, and none is passed over (RFC 9396 section 5).
  if (!value_of(c.form, "authorization_details").empty())
    return invalid("oauth.invalid_authorization_details", "authorization_details");
  std::vector<std::string> scopes;
  for (auto& scope : words_in(value_of(c.form, "scope")))
    if (by.may_ask(scope)) scopes.push_back(std::move(scope));
  if (std::ranges::find(scopes, "openid") == scopes.end())
    return invalid("oauth.invalid_scope", "scope");
  decoupled_request r;
  r.key = new_id();
  r.client = by.id;
  r.scope = text::join(scopes, " ");
  r.level = least_level(value_of(c.form, "acr_values"));
  r.asked = now();
  return r;
}

result<json::object> provider::device_authorization(const call& c) {
  auto by = authenticate(c);
  if (!by) return by.why();
  if (!(*by)->devices) return invalid("oauth.unauthorized_client", "client_id");
  auto r = asked_elsewhere(c, **by);
  if (!r) return r.why();
  r->device = true;
  r->expires = r->asked.plus(std::chrono::seconds(device_seconds));
  const std::string secret = random_token(32), code = new_user_code();
  db_.writing([&](store::write& tx) {
    forget_old(tx);
    auto row = row_for(*r, secret);
    row.user_code = hashed(code);
    tx.insert("decoupled", row);
  });
  const std::string shown = code.substr(0, 4) + "-" + code.substr(4);
  const std::string at = options_.issuer + "/device";
  return json::object{{"device_code", secret},
                      {"user_code", shown},
                      {"verification_uri", at},
                      {"verification_uri_complete", at + "?user_code=" + shown},
                      {"expires_in", device_seconds},
                      {"interval", pause_seconds}};
}

// CIBA section 7.1: exactly one hint.
result<id> provider::person_hinted(const call& c, const client& by) {
  const auto hint = value_of(c.form, "login_hint"), token = value_of(c.form, "id_token_hint");
  if (!value_of(c.form, "login_hint_token").empty())
    return invalid("oauth.invalid_request", "login_hint_token");
  if (hint.empty() == token.empty()) return invalid("oauth.invalid_request", "login_hint");
  const auto unknown = invalid("oauth.unknown_user_id", hint.empty() ? "id_token_hint"
                                                                     : "login_hint");
  if (!hint.empty()) {
    auto person = options_.person_called ? options_.person_called(hint) : std::nullopt;
    return person ? result<id>(*person) : result<id>(unknown);
  }
  auto m = trust::jose::read(token);
  const auto keys = keys_.verifiers();
  const auto* k = m ? trust::jose::choose(keys, *m) : nullptr;
  if (!k || m->type != "JWT" || !trust::jose::verify(*m, *k)) return unknown;
  auto said = json::parse(text::chars_of(m->payload));
  if (!said || json::str(*said, "iss") != options_.issuer || json::str(*said, "aud") != by.id)
    return unknown;
  auto person = person_of(by, json::str(*said, "sub"));
  return person ? result<id>(*person) : result<id>(unknown);
}

result<provider::backchannel_begun> provider::backchannel(const call& came) {
  auto by = authenticate(came);
  if (!by) return by.why();
  if ((*by)->asks.empty()) return invalid("oauth.unauthorized_client", "client_id");
  call c = came;
  if (const bool is_signed = !value_of(came.form, "request").empty();
      is_signed || (*by)->signs) {
    if (auto name = twice(came.form)) return invalid("oauth.invalid_request", *name);
    auto inside = signed_request(**by, came.form);
    if (!inside) return inside.why();
    c.form = std::move(*inside);
  }
  auto r = asked_elsewhere(c, **by);
  if (!r) return r.why();
  const bool pinged = (*by)->asks != "poll";
  const auto token = value_of(c.form, "client_notification_token");
  if (pinged && !is_bearer_token(token))
    return invalid("oauth.invalid_request", "client_notification_token");
  r->binding = value_of(c.form, "binding_message");
  if (!is_binding(r->binding)) return invalid("oauth.invalid_binding_message", "binding_message");
  const auto seconds = lasting(value_of(c.form, "requested_expiry"));
  if (!seconds) return invalid("oauth.invalid_request", "requested_expiry");
  auto person = person_hinted(c, **by);
  if (!person) return person.why();
  r->person = *person;
  r->expires = r->asked.plus(std::chrono::seconds(*seconds));
  const std::string secret = random_token(32);
  const bool taken = db_.writing([&](store::write& tx) {
    forget_old(tx);
    const auto waits = tx.one<std::int64_t>(
        "select count(*) from decoupled where person = ?1 and state = 0 and expires > ?2",
        r->person, r->asked);
    const auto of_client = tx.one<std::int64_t>(
        "select count(*) from decoupled where person = ?1 and device = 0 and client = ?2 and "
        "asked > ?3",
        r->person, r->client, r->asked.plus(-worn_out_within));
    if (waits.value_or(0) >= most_waiting || of_client.value_or(0) >= most_of_one_client)
      return false;
    tx.insert("decoupled", row_for(*r, secret));
    // One that is pushed also tells that time is over; a ping would have nothing to say then.
    const auto over = (*by)->asks_push ? r->expires : r->expires.plus(std::chrono::minutes(1));
    if (pinged)
      tx.run("insert into ping_notice (key, client, auth_req_id, token, next_try, tries, expires) "
             "values (?1, ?2, ?3, ?4, ?5, 0, ?6)",
             r->key, r->client, secret, token, over, over.plus((*by)->asks_push ? pushes_for
                                                                               : no_time));
    return true;
  });
  if (!taken) return refuse(kind::forbidden, "oauth.access_denied", "login_hint");
  json::object answer{{"auth_req_id", secret}, {"expires_in", *seconds}};
  if (!(*by)->asks_push) answer["interval"] = pause_seconds;
  return backchannel_begun{std::move(answer), *r};
}

std::optional<decoupled_request> provider::with_user_code(std::string_view typed) {
  const std::string code = letters_of(typed);
  if (code.empty()) return {};
  auto row = db_.reading([&](store::read& r) {
    return r.one<decoupled_row>(
        columns() + "where user_code = ?1 and device = 1 and state = 0 and expires > ?2",
        hashed(code), now());
  });
  return row ? std::optional(told(*row)) : std::nullopt;
}

std::vector<decoupled_request> provider::waiting_for(id person) {
  std::vector<decoupled_request> out;
  for (const auto& row : db_.reading([&](store::read& r) {
         return r.all<decoupled_row>(
             columns() + "where person = ?1 and state = 0 and expires > ?2 order by asked desc",
             person, now());
       }))
    out.push_back(told(row));
  return out;
}

std::optional<decoupled_request> provider::waiting(id key, id person) {
  auto all = waiting_for(person);
  auto found = std::ranges::find(all, key, &decoupled_request::key);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

outcome provider::decide(const audit::access& why, id key, const presence& who, bool agrees) {
  return db_.writing([&](store::write& tx) -> outcome {
    auto row = tx.one<decoupled_row>(columns() + "where key = ?1", key);
    if (!row || row->state != waiting_state || now() >= row->expires ||
        (row->person && row->person != who.person))
      return refuse(madang::kind::not_found, "oauth.unknown_request", "request");
    connection k;
    if (agrees) {
      k = {new_id(),  row->client, who.person, row->scope, random_token(16), who.since,
           who.acr,   text::join(who.amr, " "), "", "",   now(),            {}};
      tx.insert("connection", k);
      keep_consent(tx, why, row->client, row->scope, who.person);
      audit::append(tx, why, audit::action::issued, who.person, "sign_on", row->client, "");
    } else {
      audit::append(tx, why, audit::action::refused, who.person, "sign_on", row->client, "");
    }
    tx.run("update decoupled set state = ?1, person = ?2, connection = ?3 where key = ?4",
           agrees ? agreed_state : denied_state, who.person, k.key, key);
    tx.run("update ping_notice set next_try = ?1 where key = ?2", now(), key);
    return nothing{};
  });
}

std::optional<json::object> provider::pushed(id key, std::string_view auth_req_id) {
  json::object out{{"auth_req_id", auth_req_id}};
  std::optional<connection> k;
  std::string refresh;
  const bool there = db_.writing([&](store::write& tx) {
    auto row = tx.one<decoupled_row>(columns() + "where key = ?1", key);
    if (!row || row->state == taken_state) return false;
    if (row->state == waiting_state && now() < row->expires) return false;
    if (row->state != agreed_state) {
      out["error"] = row->state == denied_state ? "access_denied" : "expired_token";
      return true;
    }
    k = living(tx, row->connection);
    const auto* by = k ? find_client(k->client) : nullptr;
    if (!by) return false;
    refresh = by->lasts ? new_refresh(tx, *k) : std::string();
    return true;
  });
  if (!there) return {};
  if (k)
    for (auto& one : tokens_for(*find_client(k->client), *k, k->scope, refresh, auth_req_id))
      out[one.key()] = one.value();
  return out;
}

void provider::pushed_done(id key) {
  db_.writing([&](store::write& tx) {
    tx.run("update decoupled set state = ?1 where key = ?2", std::int64_t{taken_state}, key);
  });
}

void provider::take_back(const json::object& pushed) {
  const auto* refresh = pushed.if_contains("refresh_token");
  if (!refresh) return;
  db_.writing([&](store::write& tx) {
    tx.run("delete from refresh_token where hash = ?1",
           hashed(std::string_view(refresh->get_string())));
  });
}

// RFC 8628 section 3.5, CIBA section 11.
result<json::object> provider::by_decoupled(const call& c, const client& by,
                                            const std::string& jkt, bool device) {
  // Who is pushed to does not fetch (CIBA section 5).
  if (device ? !by.devices : by.asks.empty() || by.asks_push)
    return invalid("oauth.unauthorized_client", "grant_type");
  const std::string name = device ? "device_code" : "auth_req_id";
  const std::string hash = hashed(value_of(c.form, name));
  struct turn {
    std::optional<connection> good;
    std::string error, refresh;
  };
  const turn t = db_.writing([&](store::write& tx) -> turn {
    auto row = tx.one<decoupled_row>(columns() + "where hash = ?1", hash);
    if (!row || row->client != by.id || (row->device != 0) != device)
      return {{}, "invalid_grant", {}};
    auto k = living(tx, row->connection);
    if (row->state == taken_state) {
      // Somebody has it a second time: what the first got is taken back.
      if (k) end(tx, *k, "policy");
      return {{}, "invalid_grant", {}};
    }
    if (now() >= row->expires) return {{}, "expired_token", {}};
    if (row->state == denied_state) return {{}, "access_denied", {}};
    if (row->state == waiting_state) {
      // A second of grace, as messages take different times.
      const bool early = now() < row->polled.plus(std::chrono::seconds(row->pause - 1));
      tx.run("update decoupled set polled = ?1, pause = ?2 where key = ?3", now(),
             row->pause + (early ? pause_seconds : 0), row->key);
      return {{}, early ? "slow_down" : "authorization_pending", {}};
    }
    if (!k) return {{}, "invalid_grant", {}};
    bind_tokens(tx, *k, jkt, x5t_of(c, by));
    tx.run("update decoupled set state = ?1 where key = ?2", std::int64_t{taken_state}, row->key);
    return {k, {}, by.lasts ? new_refresh(tx, *k) : std::string()};
  });
  if (!t.good) return invalid("oauth." + t.error, name);
  return tokens_for(by, *t.good, t.good->scope, t.refresh);
}

}  // namespace madang::signon
