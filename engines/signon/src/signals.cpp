#include "madang/signon/signals.hpp"

#include <algorithm>

#include "outgoing.hpp"
#include "signal_row.hpp"

namespace madang::signon {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t pauses[] = {5 * second,        60 * second,       600 * second,
                                   3600 * second,     6 * 3600 * second, 24 * 3600 * second,
                                   40 * 3600 * second};
constexpr std::int64_t most_at_once = 100;
constexpr std::chrono::hours kept_for{24 * 30};  // by who polls and does not acknowledge

const std::string& select() {
  static const std::string text = "select " + store::columns<signal_row>() + " from signal ";
  return text;
}

}  // namespace

void signal_ended(store::write& tx, const client& by, std::string_view subject, const connection& k,
                  std::string_view initiator) {
  const auto at = now();
  const std::string jti = random_token(16);
  json::object event{{"event_timestamp", seconds_of(at)}, {"initiating_entity", initiator}};
  // SSF section 3: the session as one part of who is meant, beside the person.
  json::object subject_id{
      {"format", "complex"},
      {"user", json::object{{"format", "iss_sub"}, {"iss", ""}, {"sub", subject}}}};
  if (!k.sid.empty()) subject_id["session"] = json::object{{"format", "opaque"}, {"id", k.sid}};
  const json::object claims{{"jti", jti},
                            {"aud", by.id},
                            {"iat", seconds_of(at)},
                            {"txn", k.key.str()},
                            {"sub_id", std::move(subject_id)},
                            {"events", json::object{{session_revoked, std::move(event)}}}};
  tx.insert("signal", signal_row{jti, by.id, json::print(claims), at,
                                 by.signals == "poll" ? forever : at, 0});
  if (by.signals == "poll")
    tx.run("delete from signal where client = ?1 and at < ?2", by.id, at.plus(-kept_for));
}

json::object signals::configuration() const {
  const auto& us = provider_.chosen().issuer;
  return {{"spec_version", "1_0"},
          {"issuer", us},
          {"jwks_uri", us + "/oauth/keys"},
          {"delivery_methods_supported", json::array{"urn:ietf:rfc:8935", "urn:ietf:rfc:8936"}},
          {"authorization_schemes", json::array{json::object{{"spec_urn", "urn:ietf:rfc:6749"}}}},
          {"default_subjects", "ALL"},
          {"events_supported", json::array{session_revoked}},
          {"poll_endpoint", us + "/ssf/poll"}};
}

std::string signals::signed_event(std::string_view claims) {
  auto parsed = json::parse(claims);
  check(parsed.ok() && parsed->is_object(), "claims of a security event");
  json::object all = parsed->get_object();
  all["iss"] = provider_.chosen().issuer;
  all["sub_id"].get_object()["user"].get_object()["iss"] = provider_.chosen().issuer;
  const auto signer = provider_.keys().current();
  return trust::jose::sign(signer.key, signer.kid, "secevent+jwt", json::print(all));
}

result<json::object> signals::poll(const client& by, const json::value& asked) {
  if (by.signals != "poll") return refuse(kind::forbidden, "oauth.invalid_scope", "signals");
  if (!asked.is_object()) return refuse(kind::invalid, "ssf.malformed", "");
  std::int64_t most = most_at_once;
  if (const auto& n = json::at(asked, "maxEvents"); !n.is_null()) {
    if (!n.is_int64() || n.get_int64() < 0)
      return refuse(kind::invalid, "ssf.malformed", "maxEvents");
    most = std::min(most, n.get_int64());
  }
  std::vector<std::string> taken;
  if (const auto& ack = json::at(asked, "ack"); !ack.is_null()) {
    if (!ack.is_array() || ack.get_array().size() > 1000)
      return refuse(kind::invalid, "ssf.malformed", "ack");
    for (const auto& one : ack.get_array()) {
      if (!one.is_string()) return refuse(kind::invalid, "ssf.malformed", "ack");
      taken.emplace_back(one.get_string());
    }
  }
  // What the receiver could not read would come for ever: it is told to the log and not again.
  if (const auto& bad = json::at(asked, "setErrs"); !bad.is_null()) {
    if (!bad.is_object() || bad.get_object().size() > 1000)
      return refuse(kind::invalid, "ssf.malformed", "setErrs");
    for (const auto& one : bad.get_object()) {
      log::warn("signals.refused", {{"client", by.id}});
      taken.emplace_back(one.key());
    }
  }
  if (!taken.empty())
    db_.writing([&](store::write& tx) {
      for (const auto& jti : taken)
        tx.run("delete from signal where jti = ?1 and client = ?2", jti, by.id);
    });
  auto waiting = db_.reading([&](store::read& r) {
    return r.all<signal_row>(select() + "where client = ?1 order by at, jti limit ?2", by.id,
                             most + 1);
  });
  const bool more = static_cast<std::int64_t>(waiting.size()) > most;
  if (more) waiting.pop_back();
  json::object sets;
  for (const auto& one : waiting) sets[one.jti] = signed_event(one.claims);
  return json::object{{"sets", std::move(sets)}, {"moreAvailable", more}};
}

int signals::push_due(instant at) {
  const auto due = db_.reading([&](store::read& r) {
    return r.all<signal_row>(select() + "where next_try <= ?1 order by next_try limit 50", at);
  });
  int taken = 0;
  for (const auto& one : due) {
    const auto* by = provider_.find_client(one.client);
    const bool pushes = by && !by->signals.empty() && by->signals != "poll";
    const auto sent =
        pushes ? post_to({by->signals, "application/secevent+jwt", signed_event(one.claims), {}})
               : outgoing_answer{202, {}, {}};
    const bool good = sent.status == 202 || sent.status == 200;
    if (good && pushes) ++taken;
    const auto tries = static_cast<std::size_t>(one.tries);
    db_.writing([&](store::write& tx) {
      if (good || tries >= std::size(pauses)) tx.run("delete from signal where jti = ?1", one.jti);
      else
        tx.run("update signal set next_try = ?1, tries = ?2 where jti = ?3",
               instant{at.micros + pauses[tries]}, one.tries + 1, one.jti);
    });
    if (!good) log::warn("signals.not_taken", {{"client", one.client}, {"what", sent.problem}});
  }
  return taken;
}

}  // namespace madang::signon
