#include "madang/signon/phone.hpp"

#include <algorithm>

#include "foreign.hpp"
#include "madang/base/telephone.hpp"
#include "madang/http/message.hpp"
#include "outgoing.hpp"
#include "said.hpp"

namespace madang::signon {

BOOST_DESCRIBE_STRUCT(phone::linked, (), (issuer, subject, number, ci_hash, since))

namespace {

struct attempt_row {
  std::string hash, carrier, number;
  std::int64_t purpose = 0;
  id person;
  std::string next, binding, auth_req_id;
  std::int64_t pause = 5;
  instant polled, expires;
};
BOOST_DESCRIBE_STRUCT(attempt_row, (),
                      (hash, carrier, number, purpose, person, next, binding, auth_req_id, pause,
                       polled, expires))

constexpr int seconds_to_answer = 180;
constexpr std::string_view scope = "openid profile birthdate phone verified ci";

// Two letters and two digits: enough to tell one's own request from another's.
std::string new_binding() {
  static constexpr std::string_view letters = "BCDFGHJKLMNPQRSTVWXZ";
  std::string out;
  for (const std::uint8_t octet : trust::random_bytes(2)) out += letters[octet % letters.size()];
  for (const std::uint8_t octet : trust::random_bytes(2))
    out += static_cast<char>('0' + octet % 10);
  return out;
}

outgoing_answer ask(const carrier& by, const std::string& address, const parameters& form) {
  std::string body;
  for (const auto& [name, value] : form)
    body += (body.empty() ? "" : "&") + name + "=" + http::percent_encode(value);
  const std::string who = http::percent_encode(by.at.client_id) + ":" +
                          http::percent_encode(by.at.client_secret);
  return post_to({address,
                  "application/x-www-form-urlencoded",
                  body,
                  {"Authorization: Basic " + text::base64(text::bytes_of(who))}});
}

json::value said_in(const outgoing_answer& answer) {
  auto parsed = json::parse(answer.body);
  return parsed && parsed->is_object() ? *parsed : json::value(json::object{});
}

refusal no_proof(std::string claim) {
  return refuse(kind::forbidden, "phone.proof", std::move(claim));
}

}  // namespace

result<std::vector<carrier>> read_carriers(const json::value& v) {
  auto read = read_providers(v, "carriers");
  if (!read) return read.why();
  std::vector<carrier> out;
  const auto& list = json::at(v, "carriers");
  for (auto& one : *read) {
    const auto& said = list.get_array()[out.size()];
    const std::string where = "carriers[" + std::to_string(out.size()) + "].";
    carrier c{std::move(one), std::string(json::str(said, "country_code")),
              std::string(json::str(said, "trust_framework"))};
    if (c.country_code.empty() || c.country_code.size() > 3 ||
        c.country_code.find_first_not_of("0123456789") != std::string::npos)
      return refuse(kind::invalid, "signon.provider", where + "country_code");
    if (c.trust_framework.empty())
      return refuse(kind::invalid, "signon.provider", where + "trust_framework");
    out.push_back(std::move(c));
  }
  return out;
}

const carrier* phone::named(std::string_view id) const {
  auto found = std::ranges::find_if(all_, [&](const carrier& c) { return c.at.id == id; });
  return found == all_.end() ? nullptr : &*found;
}

result<std::string> phone::begin(std::string_view carrier_id, std::string_view typed, purpose what,
                                 id person, std::string_view next) {
  const auto* by = named(carrier_id);
  if (!by) return refuse(kind::not_found, "outside.unknown", "carrier");
  const auto number = telephone_number(typed, by->country_code);
  if (!number) return refuse(kind::invalid, "phone.number", "number");
  auto at = known_.look(by->at, false);
  if (!at) return at.why();
  if (!is_foreign_address(at->backchannel) || !is_foreign_address(at->userinfo))
    return refuse(kind::unavailable, "outside.unreachable");
  const std::string binding = new_binding();
  const auto answer = ask(*by, at->backchannel,
                          {{"scope", std::string(scope)},
                           {"login_hint", "tel:" + *number},
                           {"binding_message", binding},
                           {"requested_expiry", std::to_string(seconds_to_answer)}});
  const auto said = said_in(answer);
  std::string request(json::str(said, "auth_req_id"));
  const auto error = json::str(said, "error");
  if (answer.status == 403 && error == "access_denied")
    return refuse(kind::too_many, "phone.too_many", "", {{"seconds", "600"}});
  if (answer.status == 400 && error == "unknown_user_id") request.clear();
  else if (answer.status != 200 || request.empty() || request.size() > 1000)
    return refuse(kind::unavailable, "outside.unreachable");
  const std::string ticket = random_token(32);
  const attempt_row row{hashed(ticket), by->at.id, *number, static_cast<std::int64_t>(what),
                        person, std::string(next), binding, request,
                        std::clamp<std::int64_t>(json::num(said, "interval", 5), 1, 60), now(),
                        now().plus(std::chrono::seconds(seconds_to_answer))};
  db_.writing([&](store::write& tx) {
    tx.run("delete from phone_attempt where expires < ?1", now());
    tx.insert("phone_attempt", row);
  });
  return ticket;
}

std::optional<phone::attempt> phone::find(std::string_view ticket) {
  if (ticket.empty() || ticket.size() > 100) return {};
  auto row = db_.reading([&](store::read& r) {
    return r.one<attempt_row>("select " + store::columns<attempt_row>() +
                                  " from phone_attempt where hash = ?1 and expires > ?2",
                              hashed(ticket), now());
  });
  if (!row || !named(row->carrier)) return {};
  return attempt{row->carrier, row->number,  static_cast<purpose>(row->purpose), row->person,
                 row->next,    row->binding, row->expires};
}

result<std::optional<phone::proof>> phone::look(std::string_view ticket) {
  const std::string hash = hashed(ticket);
  std::optional<attempt_row> row;
  // Whoever asks first takes the turn; a page that is open twice does not ask twice as often.
  const bool due = db_.writing([&](store::write& tx) {
    row = tx.one<attempt_row>("select " + store::columns<attempt_row>() +
                                  " from phone_attempt where hash = ?1 and expires > ?2",
                              hash, now());
    if (!row || row->auth_req_id.empty() ||
        now() < row->polled.plus(std::chrono::seconds(row->pause)))
      return false;
    return tx.run("update phone_attempt set polled = ?1 where hash = ?2", now(), hash) == 1;
  });
  const auto* by = row ? named(row->carrier) : nullptr;
  if (!by) return refuse(kind::gone, "phone.over");
  if (!due) return std::optional<proof>();
  auto at = known_.look(by->at, false);
  if (!at) return std::optional<proof>();
  const auto answer = ask(*by, at->token,
                          {{"grant_type", std::string(ciba_grant)},
                           {"auth_req_id", row->auth_req_id}});
  const auto said = said_in(answer);
  const std::string error(json::str(said, "error"));
  if (error == "slow_down")
    db_.writing([&](store::write& tx) {
      tx.run("update phone_attempt set pause = pause + 5 where hash = ?1", hash);
    });
  const bool answered = answer.status == 200 || answer.status == 400 || answer.status == 403;
  if (!answered || error == "authorization_pending" || error == "slow_down")
    return std::optional<proof>();
  db_.writing([&](store::write& tx) {
    tx.run("delete from phone_attempt where hash = ?1", hash);
  });
  if (error == "access_denied") return refuse(kind::forbidden, "phone.refused");
  if (answer.status != 200) return refuse(kind::gone, "phone.over");
  return judge(*by, *at, row->number, said);
}

// The ID token says that it is she and now; what she is comes from userinfo, for the same name.
result<std::optional<phone::proof>> phone::judge(const carrier& by, const discovered& at,
                                                 std::string_view number,
                                                 const json::value& tokens) {
  auto claims = judged_token(by.at, at, json::str(tokens, "id_token"), {});
  if (!claims && claims.why().field == "kid") {
    auto anew = known_.look(by.at, true);
    if (!anew) return anew.why();
    claims = judged_token(by.at, *anew, json::str(tokens, "id_token"), {});
  }
  if (!claims) return claims.why();
  const json::value token(*claims);
  const std::string access(json::str(tokens, "access_token"));
  if (access.empty() || access.size() > trust::jose::longest ||
      access.find_first_of("\r\n") != std::string::npos)
    return no_proof("access_token");
  const auto answer = post_to({at.userinfo, {}, {}, {"Authorization: Bearer " + access}});
  if (answer.status != 200) return refuse(kind::unavailable, "outside.unreachable");
  const auto about = said_in(answer);
  if (json::str(about, "sub") != json::str(token, "sub")) return no_proof("sub");
  const auto& verified = json::at(about, "verified_claims");
  const auto& how = json::at(verified, "verification");
  const auto& what = json::at(verified, "claims");
  if (json::str(how, "trust_framework") != by.trust_framework) return no_proof("trust_framework");
  proof out{by.at.issuer, std::string(json::str(about, "sub")), std::string(number),
            std::string(json::str(what, "name")), std::string(json::str(what, "birthdate")),
            std::string(json::str(what, "ci"))};
  if (json::str(what, "phone_number") != number) return no_proof("phone_number");
  if (out.name.empty() || out.name.size() > 200) return no_proof("name");
  if (!date::parse(out.birthdate)) return no_proof("birthdate");
  if (out.ci.empty() || out.ci.size() > 200) return no_proof("ci");
  return std::optional(std::move(out));
}

std::optional<phone::linked> phone::of_person(id person) {
  return db_.reading([&](store::read& r) {
    return r.one<linked>("select issuer, subject, number, ci_hash, since from phone where "
                         "person = ?1",
                         person);
  });
}

std::optional<id> phone::person_of(const proof& p) {
  return db_.reading([&](store::read& r) {
    return r.one<id>("select person from phone where issuer = ?1 and subject = ?2 and "
                     "ci_hash = ?3",
                     p.issuer, p.subject, hashed(p.ci));
  });
}

outcome phone::remember(const audit::access& why, const proof& p, id person) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select 1 from phone where person <> ?1 and (ci_hash = ?2 or "
                             "(issuer = ?3 and subject = ?4))",
                             person, hashed(p.ci), p.issuer, p.subject))
      return refuse(kind::conflict, "phone.taken");
    tx.run("delete from phone where person = ?1", person);
    tx.run("insert into phone (person, issuer, subject, number, ci_hash, since) values (?1, ?2, "
           "?3, ?4, ?5, ?6)",
           person, p.issuer, p.subject, p.number, hashed(p.ci), now());
    audit::append(tx, why, audit::action::changed, person, "phone", p.issuer, "");
    return nothing{};
  });
}

outcome phone::forget(const audit::access& why, id person) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from phone where person = ?1", person))
      return refuse(kind::not_found, "phone.none");
    audit::append(tx, why, audit::action::changed, person, "phone", "", "removed");
    return nothing{};
  });
}

}  // namespace madang::signon
