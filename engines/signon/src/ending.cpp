// How sign-on ends: by the person, by the client, by the end of a session of the house.
#include <algorithm>

#include "madang/http/message.hpp"
#include "said.hpp"
#include "signal_row.hpp"

namespace madang::signon {
namespace {

struct connected_row {
  std::string client, scope;
  instant given;
};
BOOST_DESCRIBE_STRUCT(connected_row, (), (client, scope, given))

struct leaving_row {
  std::string frames, location;
};
BOOST_DESCRIBE_STRUCT(leaving_row, (), (frames, location))

std::vector<connection> living_of(store::read& r, std::string_view where, const auto&... values) {
  return r.all<connection>("select " + store::columns<connection>() +
                               " from connection where ended = 0 and " + std::string(where),
                           values...);
}

}  // namespace

void provider::end(store::write& tx, const connection& k, std::string_view initiator) {
  if (!tx.run("update connection set ended = ?1 where key = ?2 and ended = 0", now(), k.key))
    return;
  tx.run("delete from refresh_token where connection = ?1 and used = 0", k.key);
  const auto* by = find_client(k.client);
  if (by && !by->signals.empty() && k.person)
    signal_ended(tx, *by, subject_of(tx, *by, k.person), k, initiator);
  if (!by || by->back_channel.empty()) return;
  tx.run("insert into logout_notice (key, client, subject, sid, next_try, tries, problem) "
         "values (?1, ?2, ?3, ?4, ?5, 0, '')",
         new_id(), k.client, subject_of(tx, *by, k.person), k.sid, now());
}

std::vector<connected> provider::connected_of(id person) {
  return db_.reading([&](store::read& r) {
    std::vector<connected> out;
    for (const auto& row : r.all<connected_row>(
             "select client, scope, given from consent where person = ?1 order by given desc",
             person)) {
      auto last = r.one<instant>("select begun from connection where person = ?1 and client = ?2 "
                                 "order by begun desc limit 1",
                                 person, row.client);
      out.push_back({row.client, row.scope, row.given, last.value_or(instant{}),
                     r.all<std::string>("select details_name from connection where person = ?1 and "
                                        "client = ?2 and details <> ''",
                                        person, row.client)});
    }
    return out;
  });
}

outcome provider::withdraw(const audit::access& why, id person, std::string_view client_id) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from consent where person = ?1 and client = ?2", person, client_id))
      return refuse(kind::not_found, "oauth.not_connected", "client");
    for (const auto& k : living_of(tx, "person = ?1 and client = ?2", person, client_id))
      end(tx, k, "user");
    audit::append(tx, why, audit::action::changed, person, "consent", client_id, "");
    return nothing{};
  });
}

// Front-Channel Logout section 3: issuer and session in the address of each frame.
std::optional<std::string> provider::begin_leaving(std::string_view sid,
                                                   const std::string& location) {
  const auto living = db_.reading([&](store::read& r) { return living_of(r, "sid = ?1", sid); });
  std::vector<std::string> frames;
  for (const auto& k : living) {
    const auto* by = find_client(k.client);
    if (!by || by->front_channel.empty()) continue;
    std::string at = by->front_channel;
    at += at.find('?') == std::string::npos ? '?' : '&';
    at += "iss=" + http::percent_encode(options_.issuer) + "&sid=" + http::percent_encode(k.sid);
    if (std::ranges::find(frames, at) == frames.end()) frames.push_back(std::move(at));
  }
  if (frames.empty()) return {};
  std::string ticket = random_token(24);
  db_.writing([&](store::write& tx) {
    tx.run("delete from leaving where expires < ?1", now());
    tx.run("insert into leaving (hash, frames, location, expires) values (?1, ?2, ?3, ?4)",
           hashed(ticket), text::join(frames, " "), location,
           now().plus(std::chrono::minutes(2)));
  });
  return ticket;
}

std::optional<provider::leave_page> provider::leaving(std::string_view ticket) {
  auto row = db_.reading([&](store::read& r) {
    return r.one<leaving_row>("select frames, location from leaving where hash = ?1 and "
                              "expires > ?2",
                              hashed(ticket), now());
  });
  if (!row) return {};
  return leave_page{words_in(row->frames), row->location};
}

void provider::session_ended(std::string_view sid) {
  db_.writing([&](store::write& tx) {
    for (const auto& k : living_of(tx, "sid = ?1", sid))
      if (!k.may("offline_access")) end(tx, k, "system");
  });
}

void provider::powers_changed(id person) {
  db_.writing([&](store::write& tx) {
    for (const auto& k : living_of(tx, "person = ?1", person))
      if (k.may("post")) end(tx, k, "admin");
  });
}

// The hint may have expired; it must be one of ours (RP-Initiated Logout section 2).
result<provider::sign_out> provider::end_session(const parameters& asked) {
  sign_out out;
  if (auto hint = value_of(asked, "id_token_hint"); !hint.empty()) {
    auto m = trust::jose::read(hint);
    const auto keys = keys_.verifiers();
    const auto* k = m ? trust::jose::choose(keys, *m) : nullptr;
    auto parsed = m ? json::parse(text::chars_of(m->payload)) : result<json::value>(json::value());
    if (!k || !trust::jose::verify(*m, *k) || m->type != "JWT" ||
        json::str(*parsed, "iss") != options_.issuer)
      return invalid("oauth.invalid_request", "id_token_hint");
    out.client = json::str(*parsed, "aud");
    out.sid = json::str(*parsed, "sid");
  }
  if (auto named = value_of(asked, "client_id"); !named.empty()) {
    if (!out.client.empty() && out.client != named)
      return invalid("oauth.invalid_request", "client_id");
    out.client = named;
  }
  const auto to = value_of(asked, "post_logout_redirect_uri");
  if (to.empty()) return out;
  const auto* by = find_client(out.client);
  if (!by || std::ranges::find(by->after_sign_out, to) == by->after_sign_out.end())
    return invalid("oauth.invalid_request", "post_logout_redirect_uri");
  out.location = to;
  if (auto state = value_of(asked, "state"); !state.empty())
    out.location += (out.location.find('?') == std::string::npos ? "?state=" : "&state=") +
                    http::percent_encode(state);
  return out;
}

std::string provider::logout_token(const client& c, std::string_view subject,
                                   std::string_view sid) {
  const auto at = now();
  const auto signer = keys_.current(at);
  const json::object claims{
      {"iss", options_.issuer},
      {"aud", c.id},
      {"sub", subject},
      {"sid", sid},
      {"iat", seconds_of(at)},
      {"exp", seconds_of(at) + 120},
      {"jti", random_token(12)},
      {"events",
       json::object{{"http://schemas.openid.net/event/backchannel-logout", json::object{}}}}};
  return trust::jose::sign(signer.key, signer.kid, "logout+jwt", json::print(claims));
}

}  // namespace madang::signon
