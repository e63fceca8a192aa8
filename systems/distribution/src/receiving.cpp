// The receiver's side: opening, refusing, and what is stated about it.
#include <algorithm>

#include "madang/documents/press.hpp"
#include "office.hpp"

namespace madang::distribution {
namespace {

std::string columns() { return store::columns<arrival>(); }
constexpr auto open_for = std::chrono::hours(8);

bool is_there(const std::string& state) { return state == "delivered" || state == "opened"; }

bool within(const std::string& s, std::size_t least, std::size_t most) {
  const auto n = text::length(s);
  return n >= least && n <= most;
}

}  // namespace

std::optional<arrival> office::found(const std::string& number) {
  return db_.reading([&](store::read& r) {
    return r.one<arrival>("select " + columns() + " from arrival where number = ?1", number);
  });
}

std::vector<arrival> office::come_to(const std::string& code, std::int64_t from, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<arrival>("select " + columns() +
                              " from arrival where receiver = ?1 order by changed desc, key desc "
                              "limit ?2 offset ?3",
                          code, limit, from);
  });
}

std::int64_t office::count_come(const std::string& code) {
  return db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select count(*) from arrival where receiver = ?1", code)
        .value_or(0);
  });
}

std::int64_t office::waiting_at(const std::string& code) {
  return db_.reading([&](store::read& r) {
    return r
        .one<std::int64_t>(
            "select count(*) from arrival where receiver = ?1 and state = 'delivered'", code)
        .value_or(0);
  });
}

// ---- statements ----

result<receipt> office::statement_of(const arrival& a, const std::string& what,
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
  return r;
}

// What it says becomes so in the same transaction, and `together` with it. Said again, or of what
// is refused or destroyed already, it changes nothing: refusal distribution.state.
outcome office::state_that(const audit::access& by, const arrival& a, const receipt& r,
                           const std::string& reason,
                           const std::function<void(store::write&)>& together) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto is = tx.one<std::string>("select state from arrival where number = ?1", a.number);
    if (!is || !is_there(*is)) return refuse(kind::conflict, "distribution.state");
    if (together) together(tx);
    const bool fresh = tx.run("insert into receipt (number, side, what, statement, signature, at) "
                              "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
                              r.number, r.side, r.what, r.statement, r.signature, r.at) == 1;
    if (!fresh) return nothing{};
    tx.run("update arrival set state = ?1, reason = ?2, changed = ?3 where number = ?4",
           r.what == "destroyed" ? "expired" : r.what, reason, r.at, r.number);
    audit::append(tx, by, audit::action::changed, a.subject, "distribution", a.number, r.what);
    tx.emit("distribution.stated", r.number, json::object{{"what", r.what}});
    return nothing{};
  });
}

void office::report(const std::string& number, const std::string& what) {
  for (const auto& r : receipts(number, "come")) {
    if (r.what != what) continue;
    const auto a = found(number);
    if (!a) return;
    auto said = as_json(r);
    said["agency"] = a->sender;
    const auto told = house_.hub().tell("distribution.receipt", by_itself(a->reference), said,
                                        number + what);
    if (!told && told.why().kind == kind::unavailable) throw undelivered(told.why());
    if (!told) log::warn("distribution.receipt", {{"code", told.why().code}});
  }
}

// ---- opening ----

outcome office::open(const audit::actor& who, const arrival& a, const std::string& purpose) {
  if (!within(purpose, 5, 300))
    return refuse(kind::invalid, "distribution.say_purpose", "purpose");
  if (a.until < today(house_.pack().zone())) return refuse(kind::gone, "distribution.destroyed");
  const auto said = statement_of(a, "opened", who.post, {});
  if (!said) return said.why();
  const auto by = why(who, purpose, a.law, a.reference);
  return state_that(by, a, *said, {}, [&](store::write& tx) {
    tx.run("insert into opening (key, number, person, purpose, at) values (?1, ?2, ?3, ?4, ?5)",
           new_id(), a.number, who.person, purpose, now());
    audit::append(tx, by, audit::action::read, a.subject, "distribution", a.number, "opened");
  });
}

std::optional<std::string> office::opened_for(const audit::actor& who, const arrival& a) {
  return db_.reading([&](store::read& r) {
    return r.one<std::string>("select purpose from opening where number = ?1 and person = ?2 and "
                              "at > ?3 order by at desc limit 1",
                              a.number, who.person, now().plus(-open_for));
  });
}

// By whichever key of the agency it was sealed to.
result<std::string> office::opened(const arrival& a, const enclosed& f) {
  const auto r = vault_.find(f.record);
  const auto sealed = r ? vault_.read(*r, 0, r->size)
                        : result<std::string>(refuse(kind::gone, "vault.lost"));
  if (!sealed) return sealed.why();
  if (trust::sha256_hex(*sealed) != f.envelope)
    return refuse(kind::conflict, "distribution.changed");
  const auto boxes = boxes_of(a.receiver);
  if (!boxes) return boxes.why();
  refusal last = refuse(kind::invalid, "envelope.malformed");
  for (const auto& box : *boxes) {
    const auto plain = trust::disclose(trust::view_of(*sealed), box, passphrase_);
    if (!plain) {
      last = plain.why();
      continue;
    }
    std::string out(text::chars_of(*plain));
    if (trust::sha256_hex(out) == f.sha256) return out;
    return refuse(kind::conflict, "distribution.changed");
  }
  return last;
}

result<std::string> office::take_out(const audit::actor& who, const arrival& a,
                                     const enclosed& f) {
  const auto purpose = opened_for(who, a);
  if (!purpose) return refuse(kind::forbidden, "distribution.not_opened");
  // The night may not have come to it yet.
  if (!f.record || !is_there(a.state) || a.until < today(house_.pack().zone()))
    return refuse(kind::gone, "distribution.destroyed");
  auto octets = opened(a, f);
  const auto by = why(who, *purpose, a.law, a.reference);
  db_.writing([&](store::write& tx) {
    audit::append(tx, by, octets ? audit::action::read : audit::action::refused, a.subject,
                  "distribution", a.number, octets ? f.name : octets.why().code);
  });
  if (octets) return octets;
  log::error("distribution.damaged", {{"number", a.number}, {"code", octets.why().code}});
  return refuse(kind::conflict, "distribution.damaged");
}

outcome office::refuse_it(const audit::actor& who, const arrival& a, const std::string& reason) {
  if (!within(reason, 5, 1000)) return refuse(kind::invalid, "distribution.reason", "reason");
  const auto said = statement_of(a, "refused", who.post, reason);
  if (!said) return said.why();
  const auto by = why(who, house_.said("distribution.title")("ko"), a.law, a.reference);
  if (auto done = state_that(by, a, *said, reason); !done) return done;
  // Cut off here, the night goes on.
  return destroy(a.number, "come", a.receiver);
}

}  // namespace madang::distribution
