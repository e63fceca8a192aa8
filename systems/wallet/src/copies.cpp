// From a document to the copies in a wallet: what is in them, for whose keys, and where their
// status stands.
#include <algorithm>
#include <map>

#include "issuing.hpp"
#include "madang/credentials/status_office.hpp"

namespace madang::wallet {

BOOST_DESCRIBE_STRUCT(issuing::batch, (),
                      (key, document, person, wallet, copies, made, expires, notification, told,
                       told_at))

namespace {

using credentials::status_office;

constexpr const char* proof_type = "openid4vci-proof+jwt";
constexpr int proof_minutes = 10;

refusal no(const char* error, std::string field = {}) {
  return refuse(kind::invalid, std::string("vci.") + error, std::move(field));
}

const json::value* at_place(const json::value& data, std::string_view pointer) {
  boost::system::error_code missing;
  return data.find_pointer(pointer, missing);
}

// A claim can be shown without the others, and each of its parts without the rest of it.
void hide(const json::value& v, const std::string& place, credentials::concealed& hidden) {
  hidden.places.push_back(place);
  if (v.is_object()) {
    for (const auto& m : v.get_object())
      hide(m.value(), place + "/" + credentials::escape_pointer(m.key()), hidden);
  } else if (v.is_array()) {
    for (std::size_t i = 0; i < v.get_array().size(); ++i)
      hide(v.get_array()[i], place + "/" + std::to_string(i), hidden);
  }
}

// The statuses of a list are handed out at random, so that neighbours say nothing of each other.
std::int64_t random_place() {
  const auto octets = trust::random_bytes(4);
  std::uint32_t n = 0;
  for (const auto o : octets) n = n << 8 | o;
  return n % status_office::list_size;
}

// A list is left when half of its places are taken: random places are then still found at once.
std::int64_t list_for(store::write& tx) {
  const auto last = tx.one<std::int64_t>("select coalesce(max(list), 1) from copy");
  const auto taken =
      tx.one<std::int64_t>("select count(*) from copy where list = ?1", *last).value_or(0);
  return taken * 2 < static_cast<std::int64_t>(status_office::list_size) ? *last : *last + 1;
}

struct proof {
  trust::jose::jwk key;
  std::string nonce;
};

result<proof> read_proof(const json::value& v, const std::string& issuer) {
  if (!v.is_string()) return no("invalid_proof", "proofs");
  auto m = trust::jose::read(v.get_string());
  if (!m) return no("invalid_proof", "proofs");
  const auto* said = m->header.if_contains("jwk");
  if (m->type != proof_type || !said) return no("invalid_proof", "proofs");
  auto key = trust::jose::jwk::read(*said);
  if (!key || !trust::jose::verify(*m, *key)) return no("invalid_proof", "proofs");
  auto claims = trust::jose::claims(
      *m, {.audience = issuer, .at = now(), .must_expire = false});
  if (!claims) return no("invalid_proof", "proofs");
  const json::value all(std::move(*claims));
  const auto made = json::num(all, "iat") * 1'000'000;
  if (made < now().plus(std::chrono::minutes(-proof_minutes)).micros)
    return no("invalid_proof", "iat");
  return proof{std::move(*key), std::string(json::str(all, "nonce"))};
}

}  // namespace

// One key a copy: whoever sees two copies must not see that one person holds both.
result<std::vector<trust::jose::jwk>> issuing::proven(const json::value& asked) {
  const auto& jwts = json::at(json::at(asked, "proofs"), "jwt");
  if (!jwts.is_array() || jwts.get_array().empty()) return no("invalid_proof", "proofs");
  if (jwts.get_array().size() > static_cast<std::size_t>(plan_.copies))
    return no("invalid_proof", "proofs");
  std::vector<trust::jose::jwk> keys;
  std::vector<std::string> nonces, names;
  for (const auto& one : jwts.get_array()) {
    auto p = read_proof(one, issuer_);
    if (!p) return p.why();
    if (!is_nonce(p->nonce)) return no("invalid_nonce", "nonce");
    nonces.push_back(std::move(p->nonce));
    names.push_back(p->key.thumbprint());
    keys.push_back(std::move(p->key));
  }
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) return no("invalid_proof", "proofs");
  std::ranges::sort(nonces);
  nonces.erase(std::unique(nonces.begin(), nonces.end()), nonces.end());
  if (auto good = spend_nonces(nonces); !good) return good.why();
  return keys;
}

// A document of hers by what the wallet asks for; the newest when the token names none.
result<documents::issued> issuing::wanted(const grant& g, const json::value& asked,
                                          const credential_plan*& c) const {
  c = plan_.find(json::str(asked, "credential_configuration_id"));
  if (!c) return no("unknown_credential_configuration", "credential_configuration_id");
  auto& office = house_.documents();
  std::optional<documents::issued> found;
  if (g.document) {
    found = office.find(g.document, g.person);
  } else {
    for (auto& d : office.of_person(g.person))
      if (!found && !d.revoked && d.layout == c->layout) found = std::move(d);
  }
  if (!found || found->layout != c->layout || found->revoked)
    return no("credential_request_denied");
  return std::move(*found);
}

result<issuing::contents> issuing::contents_of(const documents::issued& d,
                                               const credential_plan& c, const grant& g) {
  const date day = in_zone(now(), house_.pack().zone()).date;
  std::optional<registers::record> holder;
  std::vector<std::string> items;
  for (const auto& claim : c.claims) {
    if (!claim.person.empty()) items.push_back(claim.person);
    if (!claim.ages.empty()) items.emplace_back("born");
  }
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  if (auto* reg = house_.hub().registry_of("persons"); reg && !items.empty()) {
    const audit::access why{audit::system_actor(g.wallet.empty() ? "wallet" : g.wallet),
                            house_.said("purpose.wallet"), house_.said("law.e_government"),
                            d.number};
    auto found = reg->get(why, "persons", d.person.str(), registers::present(), items);
    if (!found) return found.why();
    holder = std::move(*found);
  }
  // Times of a whole day: those of the second would tell which copies were made together.
  const auto from = from_civil({day}, house_.pack().zone());
  contents out;
  out.claims = {{"iss", issuer_},
                {"iat", from.micros / 1'000'000},
                {"exp", from.plus(std::chrono::hours(24 * (plan_.days + 1))).micros / 1'000'000},
                {"vct", c.type}};
  for (const auto& claim : c.claims) {
    json::value v;
    if (!claim.from.empty()) {
      const auto* found = at_place(d.data, claim.from);
      if (!found || found->is_null()) continue;
      v = *found;
    } else if (!claim.person.empty()) {
      if (!holder || holder->text(claim.person).empty()) continue;
      v = holder->text(claim.person);
    } else {
      const auto born = holder ? date::parse(holder->text("born")) : std::nullopt;
      if (!born) continue;
      json::object each;
      for (const int years : claim.ages) each[std::to_string(years)] = age(*born, day) >= years;
      v = std::move(each);
    }
    hide(v, "/" + credentials::escape_pointer(claim.id), out.hidden);
    out.claims[claim.id] = std::move(v);
  }
  return out;
}

result<json::array> issuing::copies_of(const documents::issued& d, const credential_plan& c,
                                       const grant& g, const std::vector<trust::jose::jwk>& keys,
                                       batch& b) {
  auto made = contents_of(d, c, g);
  if (!made) return made.why();
  b = {new_id(), d.key, d.person, g.wallet, static_cast<int>(keys.size()), now(), {},
       random_token(16), "", {}};
  b.expires = {json::num(json::value(made->claims), "exp") * 1'000'000};
  struct place {
    std::int64_t list = 0, at = 0;
  };
  std::vector<place> places;
  auto kept = db_.writing([&](store::write& tx) -> outcome {
    places.clear();
    if (!g.token_hash.empty() &&
        tx.run("update grant_token set copies_left = copies_left - ?1 "
               "where token_hash = ?2 and copies_left >= ?1",
               static_cast<std::int64_t>(keys.size()), g.token_hash) == 0)
      return no("credential_request_denied", "proofs");
    tx.insert("batch", b);
    const auto list = list_for(tx);
    while (places.size() < keys.size()) {
      const place p{list, random_place()};
      if (tx.run("insert into copy (list, place, batch, document) values (?1, ?2, ?3, ?4) "
                 "on conflict (list, place) do nothing",
                 p.list, p.at, b.key, d.key) == 1)
        places.push_back(p);
    }
    audit::append(tx,
                  {audit::system_actor(g.wallet.empty() ? "wallet" : g.wallet),
                   house_.said("purpose.wallet"), house_.said("law.e_government"), d.number},
                  audit::action::issued, d.person, "credential", d.number,
                  std::to_string(keys.size()));
    return nothing{};
  });
  if (!kept) return kept.why();
  const audit::access why{audit::system_actor("wallet"), house_.said("purpose.wallet"),
                          house_.said("law.e_government"), d.number};
  for (const auto& p : places)
    if (auto open = house_.hub().tell("status.open", why, json::object{{"list", p.list}},
                                      "open-" + std::to_string(p.list));
        !open)
      return open.why();
  const auto seal = keys_.of(d.seal);
  json::array out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    auto claims = made->claims;
    auto key = keys[i].write();
    for (const char* member : {"kid", "use", "alg"}) key.erase(member);
    claims["cnf"] = json::object{{"jwk", std::move(key)}};
    claims["status"] = json::object{
        {"status_list",
         json::object{{"idx", places[i].at},
                      {"uri", issuer_ + "/status/" + std::to_string(places[i].list)}}}};
    auto s = credentials::issue_sd_jwt(seal->key, keyholder::key_id(seal->key.verifier()),
                                       "dc+sd-jwt", claims, made->hidden);
    if (!s) return s.why();
    out.push_back(json::object{{"credential", s->str()}});
  }
  return out;
}

result<json::object> issuing::credential(const grant& g, const json::value& asked) {
  if (!asked.is_object()) return no("invalid_credential_request");
  const credential_plan* c = nullptr;
  auto d = wanted(g, asked, c);
  if (!d) return d.why();
  auto keys = proven(asked);
  if (!keys) return keys.why();
  batch b;
  auto copies = copies_of(*d, *c, g, *keys, b);
  if (!copies) return copies.why();
  // A revocation between looking and keeping found no copies to end: look once more.
  const auto still = house_.documents().find(d->key, d->person);
  if (!still || still->revoked) {
    revoked(d->key, b.key.str());
    return no("credential_request_denied");
  }
  return json::object{{"credentials", std::move(*copies)}, {"notification_id", b.notification}};
}

outcome issuing::notified(const grant& g, const json::value& said) {
  const std::string event(json::str(said, "event"));
  if (event != "credential_accepted" && event != "credential_failure" &&
      event != "credential_deleted")
    return no("invalid_notification_request", "event");
  const auto changed = db_.writing([&](store::write& tx) {
    return tx.run("update batch set told = ?1, told_at = ?2 where notification = ?3 "
                  "and person = ?4",
                  event, now(), json::str(said, "notification_id"), g.person);
  });
  if (changed == 0) return no("invalid_notification_id", "notification_id");
  return nothing{};
}

std::vector<issuing::batch> issuing::batches_of(id person, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<batch>("select " + store::columns<batch>() +
                            " from batch where person = ?1 order by made desc, key desc limit ?2",
                        person, limit);
  });
}

void issuing::revoked(id document, std::string_view event) {
  std::map<std::int64_t, json::array> places;
  db_.reading([&](store::read& r) {
    const store::parameter given[] = {document};
    r.each_row("select list, place from copy where document = ?1 order by list, place", given,
               [&](const store::row& one) {
                 places[one.integer(0)].emplace_back(one.integer(1));
               });
  });
  const audit::access why{audit::system_actor("wallet"), house_.said("purpose.wallet"),
                          house_.said("law.e_government"), ""};
  for (auto& [list, all] : places) {
    auto done = house_.hub().tell(
        "status.set", why,
        json::object{{"list", list}, {"places", std::move(all)}, {"status", "invalid"}},
        std::string(event) + "-" + std::to_string(list));
    if (!done) throw std::runtime_error("a status could not be told: " + done.why().code);
  }
}

}  // namespace madang::wallet
