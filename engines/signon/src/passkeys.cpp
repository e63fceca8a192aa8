#include "madang/signon/passkeys.hpp"

#include <algorithm>

#include "said.hpp"

namespace madang::signon {
namespace {

using trust::bytes;
using trust::view;

constexpr std::chrono::minutes challenge_life{5};
constexpr std::int64_t timeout_milliseconds = 5 * 60 * 1000;
constexpr std::size_t longest_label = 60, longest_credential = 1023, most_passkeys = 20;
constexpr std::size_t longest_value = 16 * 1024;

struct passkey_row {
  std::string credential;
  id person;
  std::string label, public_key;
  std::int64_t sign_count = 0, synced = 0;
  instant created, used;
};
BOOST_DESCRIBE_STRUCT(passkey_row, (),
                      (credential, person, label, public_key, sign_count, synced, created, used))

const std::string& select() {
  static const std::string text = "select " + store::columns<passkey_row>() + " from passkey ";
  return text;
}

passkey shown(const passkey_row& r) {
  return {r.credential, r.person, r.label, r.created, r.used, r.synced != 0};
}

refusal no(std::string code) { return refuse(kind::invalid, std::move(code)); }

std::optional<bytes> octets_of(std::string_view encoded) {
  if (encoded.size() > longest_value) return {};
  return trust::jose::from_base64url(encoded);
}

result<std::string> label_of(std::string_view said) {
  const auto plain = text::trim(said);
  if (plain.empty() || !text::is_utf8(plain) || text::length(plain) > longest_label)
    return refuse(kind::invalid, "passkey.label", "label",
                  {{"limit", std::to_string(longest_label)}});
  return std::string(plain);
}

// The attestation statement is passed over: none was asked for (section 7.1 step 21).
result<authenticator_data> data_of(std::string_view attestation) {
  auto octets = octets_of(attestation);
  if (!octets) return no("passkey.malformed");
  auto read = trust::cbor::read(*octets);
  if (!read) return no("passkey.malformed");
  const auto* inner = trust::cbor::find(*read, "authData");
  const auto* data = inner ? inner->as<bytes>() : nullptr;
  if (!data) return no("passkey.malformed");
  auto out = read_authenticator_data(*data);
  if (out && !out->key) return no("passkey.malformed");
  return out;
}

}  // namespace

// WebAuthn section 6.1.
result<authenticator_data> read_authenticator_data(view d) {
  constexpr std::uint8_t present = 1, verified = 4, synced = 16, attested = 64, extended = 128;
  constexpr std::size_t head = 37, before_credential = 16;
  if (d.size() < head || d.size() > longest_value) return no("passkey.malformed");
  authenticator_data out;
  out.relying_party_hash.assign(d.begin(), d.begin() + 32);
  const std::uint8_t flags = d[32];
  out.present = flags & present;
  out.verified = flags & verified;
  out.synced = flags & synced;
  for (std::size_t i = 33; i < head; ++i) out.count = out.count << 8 | d[i];
  d = d.subspan(head);
  // No extension is asked for, so that there is none.
  if (flags & extended) return no("passkey.malformed");
  if (!(flags & attested))
    return d.empty() ? result<authenticator_data>(std::move(out)) : no("passkey.malformed");
  if (d.size() < before_credential + 2) return no("passkey.malformed");
  const std::size_t size = std::size_t{d[before_credential]} << 8 | d[before_credential + 1];
  d = d.subspan(before_credential + 2);
  if (size == 0 || size > longest_credential || size > d.size()) return no("passkey.malformed");
  out.credential.assign(d.begin(), d.begin() + static_cast<std::ptrdiff_t>(size));
  auto item = trust::cbor::read(d.subspan(size));
  if (!item) return no("passkey.malformed");
  auto key = trust::jose::jwk::from_cose(*item);
  if (!key) return no("passkey.key");
  out.key = std::move(*key);
  return out;
}

passkeys::passkeys(store::database& db, std::string origin)
    : db_(db), origin_(std::move(origin)) {
  const auto begin = origin_.find("//") + 2;
  host_ = origin_.substr(begin, origin_.find_first_of(":/", begin) - begin);
}

std::string passkeys::new_challenge(std::string_view use, id person) {
  std::string made = random_token(32);
  db_.writing([&](store::write& tx) {
    tx.run("delete from challenge where expires < ?1", now());
    tx.run("insert into challenge (hash, use, person, expires) values (?1, ?2, ?3, ?4)",
           hashed(made), use, person, now().plus(challenge_life));
  });
  return made;
}

// Spent whatever comes of it: a challenge answers one attempt.
outcome passkeys::spend(std::string_view challenge, std::string_view use, id person) {
  const bool good = db_.writing([&](store::write& tx) {
    auto there = tx.one<std::int64_t>("select 1 from challenge where hash = ?1 and use = ?2 and "
                                      "person = ?3 and expires > ?4",
                                      hashed(challenge), use, person, now());
    tx.run("delete from challenge where hash = ?1", hashed(challenge));
    return there.has_value();
  });
  if (!good) return refuse(kind::conflict, "passkey.challenge");
  return nothing{};
}

std::string passkeys::handle_of(id person) {
  return db_.writing([&](store::write& tx) {
    tx.run("insert into user_handle (person, handle) values (?1, ?2) "
           "on conflict (person) do nothing",
           person, random_token(32));
    return tx.one<std::string>("select handle from user_handle where person = ?1", person).value();
  });
}

json::object passkeys::creation_options(id person, std::string_view name,
                                        std::string_view display) {
  json::array known, kinds;
  for (const auto& p : of_person(person))
    known.push_back(json::object{{"type", "public-key"}, {"id", p.credential}});
  for (const int alg : {-7, -8, -257})
    kinds.push_back(json::object{{"type", "public-key"}, {"alg", alg}});
  return {{"challenge", new_challenge("create", person)},
          {"rp", json::object{{"id", host_}, {"name", host_}}},
          {"user", json::object{{"id", handle_of(person)},
                                {"name", name},
                                {"displayName", display}}},
          {"pubKeyCredParams", std::move(kinds)},
          {"timeout", timeout_milliseconds},
          {"excludeCredentials", std::move(known)},
          {"authenticatorSelection", json::object{{"residentKey", "required"},
                                                  {"requireResidentKey", true},
                                                  {"userVerification", "required"}}},
          {"attestation", "none"}};
}

json::object passkeys::request_options() {
  return {{"challenge", new_challenge("get", {})},
          {"rpId", host_},
          {"timeout", timeout_milliseconds},
          {"userVerification", "required"}};
}

// Section 5.8.1; the octets themselves are what the signature is over.
result<std::string> passkeys::client_data(std::string_view encoded, std::string_view type,
                                          std::string_view use, id person) {
  auto octets = octets_of(encoded);
  if (!octets) return no("passkey.malformed");
  std::string plain(text::chars_of(*octets));
  auto parsed = json::parse(plain);
  if (!parsed || json::str(*parsed, "type") != type) return no("passkey.malformed");
  if (auto good = spend(json::str(*parsed, "challenge"), use, person); !good) return good.why();
  if (json::str(*parsed, "origin") != origin_ || json::flag(*parsed, "crossOrigin"))
    return no("passkey.origin");
  return plain;
}

outcome passkeys::add(const audit::access& why, id person, const registration& r,
                      std::string_view label) {
  auto called = label_of(label);
  if (!called) return called.why();
  auto said = client_data(r.client_data, "webauthn.create", "create", person);
  if (!said) return said.why();
  auto data = data_of(r.attestation);
  if (!data) return data.why();
  if (!std::ranges::equal(data->relying_party_hash, trust::sha256(host_)))
    return no("passkey.origin");
  if (!data->present || !data->verified) return no("passkey.not_verified");
  const passkey_row row{text::base64url(data->credential),
                        person,
                        *called,
                        json::print(data->key->write()),
                        data->count,
                        data->synced,
                        now(),
                        {}};
  return db_.writing([&](store::write& tx) -> outcome {
    if (tx.one<std::int64_t>("select 1 from passkey where credential = ?1", row.credential))
      return refuse(kind::conflict, "passkey.known");
    if (tx.one<std::int64_t>("select count(*) from passkey where person = ?1", person)
            .value_or(0) >= static_cast<std::int64_t>(most_passkeys))
      return refuse(kind::conflict, "passkey.too_many", "",
                    {{"limit", std::to_string(most_passkeys)}});
    tx.insert("passkey", row);
    audit::append(tx, why, audit::action::changed, person, "passkey", row.credential, "");
    return nothing{};
  });
}

result<passkey> passkeys::use(const assertion& a) {
  auto said = client_data(a.client_data, "webauthn.get", "get", {});
  if (!said) return said.why();
  auto row = db_.reading([&](store::read& r) {
    return r.one<passkey_row>(select() + "where credential = ?1", a.credential);
  });
  if (!row) return refuse(kind::unauthenticated, "passkey.unknown");
  // Discoverable credentials say whose they are (section 7.2 step 6).
  const auto handle = db_.reading([&](store::read& r) {
    return r.one<std::string>("select handle from user_handle where person = ?1", row->person);
  });
  if (!handle || *handle != a.user_handle) return refuse(kind::unauthenticated, "passkey.unknown");
  auto octets = octets_of(a.authenticator_data);
  auto signature = octets_of(a.signature);
  if (!octets || !signature) return no("passkey.malformed");
  auto data = read_authenticator_data(*octets);
  if (!data) return data.why();
  if (!std::ranges::equal(data->relying_party_hash, trust::sha256(host_)))
    return no("passkey.origin");
  if (!data->present || !data->verified) return no("passkey.not_verified");
  auto key = json::parse(row->public_key);
  auto k = trust::jose::jwk::read(*key);
  check(k.ok(), "a key that was kept is one");
  const auto algorithm = *trust::jose::algorithm_of(json::str(*key, "alg"));
  if (algorithm == trust::jose::algorithm::es256)
    signature = trust::jose::raw_signature(*signature);
  bytes text = *octets;
  const auto hash = trust::sha256(*said);
  text.insert(text.end(), hash.begin(), hash.end());
  if (!signature || !k->verify(algorithm, text, *signature))
    return refuse(kind::unauthenticated, "passkey.signature");
  // Of two who come with the same count at once, one is refused.
  const bool counts = data->count > 0 || row->sign_count > 0;
  const auto moved = db_.writing([&](store::write& tx) {
    return tx.run("update passkey set sign_count = ?1, synced = ?2, used = ?3 "
                  "where credential = ?4 and (?5 = 0 or sign_count < ?1)",
                  data->count, std::int64_t{data->synced}, now(), row->credential,
                  std::int64_t{counts});
  });
  if (!moved) return refuse(kind::unauthenticated, "passkey.copied");
  return shown(*row);
}

std::vector<passkey> passkeys::of_person(id person) {
  std::vector<passkey> out;
  db_.reading([&](store::read& r) {
    for (const auto& row :
         r.all<passkey_row>(select() + "where person = ?1 order by created", person))
      out.push_back(shown(row));
  });
  return out;
}

outcome passkeys::rename(const audit::access& why, id person, std::string_view credential,
                         std::string_view label) {
  auto called = label_of(label);
  if (!called) return called.why();
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("update passkey set label = ?1 where credential = ?2 and person = ?3", *called,
                credential, person))
      return refuse(kind::not_found, "passkey.unknown");
    audit::append(tx, why, audit::action::changed, person, "passkey", std::string(credential), "");
    return nothing{};
  });
}

outcome passkeys::remove(const audit::access& why, id person, std::string_view credential,
                         bool other_ways) {
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.run("delete from passkey where credential = ?1 and person = ?2", credential, person))
      return refuse(kind::not_found, "passkey.unknown");
    if (!other_ways &&
        !tx.one<std::int64_t>("select 1 from passkey where person = ?1 limit 1", person))
      return refuse(kind::conflict, "passkey.last");
    audit::append(tx, why, audit::action::changed, person, "passkey", std::string(credential), "");
    return nothing{};
  });
}

}  // namespace madang::signon
