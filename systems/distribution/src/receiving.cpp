// The receiver's side: taking, opening, refusing, and what is stated about it.
#include <array>

#include "madang/documents/press.hpp"
#include "office.hpp"

namespace madang::distribution {
namespace {

std::string columns() { return store::columns<arrival>(); }
constexpr auto open_for = std::chrono::hours(8);

json::value as_json(const receipt& r) {
  return json::object{{"statement", r.statement}, {"signature", text::base64(r.signature)}};
}

}  // namespace

std::optional<arrival> office::found(const std::string& number) {
  return db_.reading([&](store::read& r) {
    return r.one<arrival>("select " + columns() + " from arrival where number = ?1", number);
  });
}

std::vector<arrival> office::come_to(const std::string& code) {
  return db_.reading([&](store::read& r) {
    return r.all<arrival>("select " + columns() +
                              " from arrival where receiver = ?1 order by changed desc limit 200",
                          code);
  });
}

// A statement about what came, signed by the receiving agency, in the transaction that makes it so.
result<receipt> office::state_that(const arrival& a, const std::string& what,
                                   const std::string& post, const std::string& reason) {
  receipt r{a.number, "come", what, {}, {}, now()};
  r.statement = documents::canonical(json::object{{"at", r.at.str()},
                                                  {"by", a.receiver},
                                                  {"manifest", trust::sha256_hex(a.manifest)},
                                                  {"number", a.number},
                                                  {"post", post},
                                                  {"reason", reason},
                                                  {"what", what}});
  auto signature = sealed_by(a.receiver, r.statement);
  if (!signature) return signature.why();
  r.signature = *signature;
  return db_.writing([&](store::write& tx) -> result<receipt> {
    set_state(tx, reason, r);
    audit::append(tx, by_itself(a.reference), audit::action::changed, a.subject, "distribution",
                  a.number, what);
    return r;
  });
}

void office::set_state(store::write& tx, const std::string& reason, const receipt& r) {
  const bool fresh = tx.run("insert into receipt (number, side, what, statement, signature, at) "
                            "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
                            r.number, r.side, r.what, r.statement, r.signature, r.at) == 1;
  if (!fresh) return;
  tx.run("update arrival set state = case when ?1 = 'destroyed' then 'expired' else ?1 end, "
         "reason = ?2, changed = ?3 where number = ?4",
         r.what, reason, r.at, r.number);
  tx.emit("distribution.stated", r.number, json::object{{"what", r.what}});
}

void office::report(const std::string& number, const std::string& what) {
  for (const auto& r : receipts(number, "come")) {
    if (r.what != what) continue;
    const auto told =
        house_.hub().tell("distribution.receipt", by_itself(number), as_json(r), number + what);
    if (!told && told.why().kind == kind::unavailable)
      throw std::runtime_error("receipt of " + number + ": " + told.why().code);
    if (!told) log::warn("distribution.receipt", {{"code", told.why().code}});
  }
}

result<json::value> office::take(const audit::access& by, const json::value& in) {
  const auto malformed = refuse(kind::invalid, "distribution.malformed");
  const std::string manifest(json::str(in, "manifest"));
  const auto signature = text::from_base64(json::str(in, "signature"));
  const auto v = json::parse(manifest);
  const auto& sealed = json::at(in, "files");
  if (!v || !signature || !sealed.is_array() || !json::at(*v, "files").is_array())
    return malformed;
  const auto& listed = json::at(*v, "files").get_array();
  const auto until = date::parse(json::str(*v, "until"));
  arrival a{std::string(json::str(*v, "number")), "delivered", std::string(json::str(*v, "from")),
            std::string(json::str(*v, "to")), std::string(json::str(*v, "title")),
            std::string(json::str(*v, "purpose")), std::string(json::str(*v, "law")),
            std::string(json::str(*v, "reference")),
            id::parse(json::str(*v, "subject")).value_or(id{}), until.value_or(date{}), now(), {},
            manifest, *signature};
  if (a.number.empty() || !until || listed.empty() || listed.size() > most_files ||
      listed.size() != sealed.get_array().size())
    return malformed;
  // Told twice it is there once, with the receipt of the first time.
  if (const auto before = found(a.number)) {
    if (before->manifest != manifest) return refuse(kind::conflict, "distribution.changed");
    for (const auto& r : receipts(a.number, "come"))
      if (r.what == "delivered") return as_json(r);
  }
  if (auto box = own_box(a.receiver); !box) return box.why();
  if (auto good = signed_by(a.sender, manifest, *signature); !good) return good.why();
  std::vector<enclosed> all;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const auto octets = text::from_base64(
        sealed.get_array()[i].is_string() ? std::string_view(sealed.get_array()[i].get_string())
                                          : std::string_view());
    enclosed e{a.number, "come", static_cast<std::int64_t>(i),
               std::string(json::str(listed[i], "name")), json::num(listed[i], "size"),
               std::string(json::str(listed[i], "sha256")),
               std::string(json::str(listed[i], "envelope")), {}};
    if (!octets || trust::sha256_hex(text::chars_of(*octets)) != e.envelope)
      return refuse(kind::conflict, "distribution.changed");
    auto record = put(by, a.number + "." + std::to_string(i), text::chars_of(*octets));
    if (!record) return record.why();
    e.record = *record;
    all.push_back(std::move(e));
  }
  db_.writing([&](store::write& tx) {
    if (tx.one<std::string>("select number from arrival where number = ?1", a.number)) return;
    tx.insert("arrival", a);
    for (const auto& e : all) tx.insert("enclosed", e);
    audit::append(tx, by, audit::action::changed, a.subject, "distribution", a.number, "arrived");
  });
  auto said = state_that(a, "delivered", {}, {});
  if (!said) return said.why();
  for (const auto& r : receipts(a.number, "come"))
    if (r.what == "delivered") return as_json(r);
  return as_json(*said);
}

outcome office::open(const context& c, const arrival& a, const std::string& purpose) {
  if (text::length(purpose) < 5 || text::length(purpose) > 300)
    return refuse(kind::invalid, "distribution.say_purpose", "purpose");
  if (a.state != "delivered" && a.state != "opened")
    return refuse(kind::conflict, "distribution.state");
  db_.writing([&](store::write& tx) {
    tx.run("insert into opening (key, number, person, purpose, at) values (?1, ?2, ?3, ?4, ?5)",
           new_id(), a.number, c.actor.person, purpose, now());
    audit::append(tx, why(c, purpose, a.law, a.reference), audit::action::read, a.subject,
                  "distribution", a.number, "opened");
  });
  if (const auto stated = state_that(a, "opened", c.actor.post, {}); !stated) return stated.why();
  return nothing{};
}

std::optional<std::string> office::opened_for(const context& c, const arrival& a) {
  return db_.reading([&](store::read& r) {
    return r.one<std::string>("select purpose from opening where number = ?1 and person = ?2 and "
                              "at > ?3 order by at desc limit 1",
                              a.number, c.actor.person, now().plus(-open_for));
  });
}

result<std::string> office::take_out(const context& c, const arrival& a, const enclosed& f) {
  const auto purpose = opened_for(c, a);
  if (!purpose) return refuse(kind::forbidden, "distribution.not_opened");
  const auto r = f.record ? vault_.find(f.record) : std::nullopt;
  if (!r) return refuse(kind::gone, "distribution.destroyed");
  const auto box = own_box(a.receiver);
  if (!box) return box.why();
  const auto sealed = vault_.read(*r, 0, r->size);
  if (!sealed) return sealed.why();
  const auto plain = trust::disclose(trust::view_of(*sealed), *box, passphrase_);
  if (!plain) return plain.why();
  const std::string out(text::chars_of(*plain));
  if (trust::sha256_hex(out) != f.sha256) return refuse(kind::conflict, "distribution.changed");
  db_.writing([&](store::write& tx) {
    audit::append(tx, why(c, *purpose, a.law, a.reference), audit::action::read, a.subject,
                  "distribution", a.number, f.name);
  });
  return out;
}

outcome office::refuse_it(const context& c, const arrival& a, const std::string& reason) {
  if (text::length(reason) < 5 || text::length(reason) > 1000)
    return refuse(kind::invalid, "distribution.reason", "reason");
  if (a.state != "delivered" && a.state != "opened")
    return refuse(kind::conflict, "distribution.state");
  if (const auto stated = state_that(a, "refused", c.actor.post, reason); !stated)
    return stated.why();
  return destroy(a.number, "come", a.receiver);
}

}  // namespace madang::distribution
