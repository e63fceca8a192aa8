// The sender's side: a draft, its files, sending, and what comes back.
#include <algorithm>
#include <array>

#include "madang/documents/office.hpp"
#include "madang/documents/press.hpp"
#include "madang/exchange/elsewhere.hpp"
#include "office.hpp"

namespace madang::distribution {
namespace {

std::string columns() { return store::columns<letter>(); }

// How long a key that was asked for may be sealed to without asking again.
constexpr auto box_is_good = std::chrono::hours(24 * 30);

bool said(const std::string& s, std::size_t least, std::size_t most) {
  const auto n = text::length(s);
  return n >= least && n <= most;
}

bool is_draft(store::read& r, const std::string& number) {
  return r
      .one<std::int64_t>("select 1 from letter where number = ?1 and state = 'draft'", number)
      .has_value();
}

// What a letter becomes by a statement of its receiver: never back to something earlier.
std::string state_by(const std::string& was, const std::string& what) {
  if (what == "delivered") return was == "sent" ? "delivered" : was;
  if (what == "opened") return was == "refused" || was == "expired" ? was : "opened";
  if (what == "refused") return "refused";
  return was == "opened" || was == "refused" ? was : "expired";
}

}  // namespace

// Unicode's controls of direction turn a name round.
bool is_file_name(const std::string& s) {
  if (!said(s, 1, 200) || s == "." || s == ".." || s.find_first_of("/\\") != std::string::npos)
    return false;
  for (const char c : s)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  for (const char* turn : {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067",
                           "\u2068", "\u2069", "\u200e", "\u200f"})
    if (s.find(turn) != std::string::npos) return false;
  return true;
}

result<letter> office::begin(const audit::actor& who, const std::string& receiver) {
  if (receiver == who.agency) return refuse(kind::not_found, "distribution.receiver", "receiver");
  if (exchange::keeper_of(who.agency)) return refuse(kind::forbidden, "distribution.elsewhere");
  letter l;
  l.key = new_id();
  const date day = today(house_.pack().zone());
  l.number = documents::new_document_number(day);
  if (auto asked = certificate_of(writing(who, l.number), receiver); !asked) return asked.why();
  l.state = "draft";
  l.sender = who.agency;
  l.post = who.post;
  l.writer = who.person;
  l.writer_name = who.name;
  l.receiver = receiver;
  l.until = day.plus(30);
  l.changed = now();
  db_.writing([&](store::write& tx) {
    tx.insert("letter", l);
    audit::append(tx, writing(who, l.number), audit::action::changed, {}, "distribution", l.number,
                  "draft");
  });
  return l;
}

std::optional<letter> office::find(const std::string& number) {
  return db_.reading([&](store::read& r) {
    return r.one<letter>("select " + columns() + " from letter where number = ?1", number);
  });
}

std::vector<letter> office::sent_by(const audit::actor& who, std::int64_t from, int limit) {
  return db_.reading([&](store::read& r) {
    return r.all<letter>("select " + columns() + " from letter where sender = ?1 and "
                         "(state <> 'draft' or writer = ?2) order by changed desc, key desc "
                         "limit ?3 offset ?4",
                         who.agency, who.person, limit, from);
  });
}

std::int64_t office::count_sent(const audit::actor& who) {
  return db_.reading([&](store::read& r) {
    return r
        .one<std::int64_t>("select count(*) from letter where sender = ?1 and (state <> 'draft' or "
                           "writer = ?2)",
                           who.agency, who.person)
        .value_or(0);
  });
}

outcome office::keep(const audit::actor& who, const letter& d) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto n = tx.run("update letter set title = ?1, purpose = ?2, law = ?3, reference = ?4, "
                          "subject = ?5, until = ?6, changed = ?7 where number = ?8 and "
                          "state = 'draft'",
                          d.title, d.purpose, d.law, d.reference, d.subject, d.until, now(),
                          d.number);
    if (n == 0) return refuse(kind::conflict, "distribution.state");
    audit::append(tx, writing(who, d.number), audit::action::changed, d.subject, "distribution",
                  d.number, "draft");
    return nothing{};
  });
}

// The receiver's key, if its seal says that it is. While its node is away it is the one that was
// asked for last.
result<trust::bytes> office::certificate_of(const audit::access& by, const std::string& receiver) {
  const bool is_far = exchange::keeper_of(receiver).has_value();
  const auto box =
      house_.hub().ask("distribution.box", by, json::object{{"agency", receiver}});
  if (!box && is_far && box.why().kind == kind::unavailable)
    if (const auto kept = db_.reading([&](store::read& r) {
          return r.one<store::bytes>(
              "select certificate from far_box where agency = ?1 and at > ?2", receiver,
              now().plus(-box_is_good));
        }))
      return *kept;
  if (!box) return box.why();
  const auto certificate = text::from_base64(json::str(*box, "certificate"));
  const auto signature = text::from_base64(json::str(*box, "signature"));
  if (!certificate || !signature) return refuse(kind::conflict, "distribution.signature");
  if (auto good = signed_by(receiver, text::chars_of(*certificate), *signature); !good)
    return good.why();
  if (is_far)
    db_.writing([&](store::write& tx) {
      tx.run("insert into far_box (agency, certificate, signature, at) values (?1, ?2, ?3, ?4) on "
             "conflict (agency) do update set certificate = excluded.certificate, signature = "
             "excluded.signature, at = excluded.at",
             receiver, store::bytes(certificate->begin(), certificate->end()),
             store::bytes(signature->begin(), signature->end()), now());
    });
  return *certificate;
}

outcome office::attach(const audit::actor& who, const letter& l, const http::part& file) {
  const auto many = refuse(kind::too_large, "distribution.many_files", "files",
                           {{"most", std::to_string(most_files)}});
  if (files(l.number, "sent").size() >= most_files) return many;
  const std::string name = file.filename.empty() ? "file" : file.filename;
  if (file.body.empty() || file.body.size() > limits::upload_bytes || !is_file_name(name))
    return refuse(kind::invalid, "distribution.file", "files");
  const auto by = writing(who, l.number);
  const auto certificate = certificate_of(by, l.receiver);
  if (!certificate) return certificate.why();
  const auto sealed = trust::enclose(trust::view_of(file.body), *certificate);
  if (!sealed) return sealed.why();
  const auto record = put(by, l.sender, l.number, text::chars_of(*sealed));
  if (!record) return record.why();
  const enclosed e{l.number, "sent", 0, name, static_cast<std::int64_t>(file.body.size()),
                   trust::sha256_hex(file.body), trust::sha256_hex(text::chars_of(*sealed)),
                   *record};
  auto done = db_.writing([&](store::write& tx) -> outcome {
    if (!is_draft(tx, l.number)) return refuse(kind::conflict, "distribution.state");
    const auto there = tx.all<std::int64_t>(
        "select n from enclosed where number = ?1 and side = 'sent' order by n", l.number);
    if (there.size() >= most_files) return many;
    enclosed row = e;
    row.n = there.empty() ? 0 : there.back() + 1;
    tx.insert("enclosed", row);
    tx.run("update letter set changed = ?1 where number = ?2", now(), l.number);
    audit::append(tx, by, audit::action::changed, l.subject, "distribution", l.number, name);
    return nothing{};
  });
  if (!done) (void)forget(by, *record, l.sender);
  return done;
}

// First nobody knows of the envelope, then it goes: cut off in between, it is swept.
outcome office::remove(const audit::actor& who, const letter& l, std::int64_t n) {
  const auto all = files(l.number, "sent");
  const auto f = std::ranges::find(all, n, &enclosed::n);
  if (f == all.end()) return refuse(kind::not_found, "distribution.unknown");
  const auto by = writing(who, l.number);
  auto done = db_.writing([&](store::write& tx) -> outcome {
    if (!is_draft(tx, l.number)) return refuse(kind::conflict, "distribution.state");
    tx.run("delete from enclosed where number = ?1 and side = 'sent' and n = ?2", l.number, n);
    audit::append(tx, by, audit::action::changed, l.subject, "distribution", l.number,
                  "without " + f->name);
    return nothing{};
  });
  if (!done) return done;
  return forget(by, f->record, l.sender);
}

outcome office::discard(const audit::access& by, const letter& l) {
  const auto all = files(l.number, "sent");
  auto done = db_.writing([&](store::write& tx) -> outcome {
    if (!is_draft(tx, l.number)) return refuse(kind::conflict, "distribution.state");
    tx.run("delete from enclosed where number = ?1 and side = 'sent'", l.number);
    tx.run("delete from letter where number = ?1", l.number);
    audit::append(tx, by, audit::action::changed, l.subject, "distribution", l.number,
                  "discarded");
    return nothing{};
  });
  for (const auto& f : all)
    if (done) done = forget(by, f.record, l.sender);
  return done;
}

namespace {

outcome complete(const letter& l, date day) {
  if (l.state != "draft") return refuse(kind::conflict, "distribution.state");
  if (!said(l.title, 2, 200)) return refuse(kind::invalid, "distribution.name_it", "title_");
  if (!said(l.purpose, 5, 300)) return refuse(kind::invalid, "distribution.say_purpose", "purpose");
  if (!said(l.law, 3, 300)) return refuse(kind::invalid, "distribution.law", "law");
  if (!said(l.reference, 1, 60))
    return refuse(kind::invalid, "distribution.reference", "reference");
  if (l.until <= day || l.until > day.plus(longest_days))
    return refuse(kind::invalid, "distribution.until", "until");
  return nothing{};
}

std::string manifest_of(const letter& l, const std::vector<enclosed>& all,
                        const std::string& post) {
  json::array list;
  for (const auto& f : all)
    list.push_back(json::object{{"envelope", f.envelope},
                                {"name", f.name},
                                {"sha256", f.sha256},
                                {"size", f.size}});
  return documents::canonical(
      json::object{{"files", std::move(list)},
                   {"from", l.sender},
                   {"law", l.law},
                   {"number", l.number},
                   {"post", post},
                   {"purpose", l.purpose},
                   {"reference", l.reference},
                   {"sent", now().str()},
                   {"subject", l.subject ? l.subject.str() : std::string()},
                   {"title", l.title},
                   {"to", l.receiver},
                   {"until", l.until.str()}});
}

}  // namespace

outcome office::send(const audit::actor& who, const letter& l) {
  if (auto good = complete(l, today(house_.pack().zone())); !good) return good;
  const auto all = files(l.number, "sent");
  if (all.empty()) return refuse(kind::invalid, "distribution.no_file", "files");
  const std::string manifest = manifest_of(l, all, who.post);
  const auto signature = sealed_by(l.sender, manifest);
  if (!signature) return signature.why();
  return db_.writing([&](store::write& tx) -> outcome {
    const auto is = tx.all<std::string>(
        "select envelope from enclosed where number = ?1 and side = 'sent' order by n", l.number);
    // Somebody with the same draft open in another window took a file out or added one.
    if (!std::ranges::equal(is, all, {}, {}, &enclosed::envelope))
      return refuse(kind::conflict, "distribution.state");
    if (tx.run("update letter set state = 'sent', title = ?1, purpose = ?2, law = ?3, "
               "reference = ?4, subject = ?5, until = ?6, manifest = ?7, signature = ?8, "
               "changed = ?9 where number = ?10 and state = 'draft'",
               l.title, l.purpose, l.law, l.reference, l.subject, l.until, manifest, *signature,
               now(), l.number) == 0)
      return refuse(kind::conflict, "distribution.state");
    audit::append(tx, why(who, l.purpose, l.law, l.reference), audit::action::issued, l.subject,
                  "distribution", l.number, "sent");
    tx.emit("distribution.sent", l.number, json::object{});
    return nothing{};
  });
}

// A letter that was on its way and will not arrive.
void office::end(const letter& l, const std::string& state, const std::string& reason) {
  db_.writing([&](store::write& tx) {
    if (tx.run("update letter set state = ?1, reason = ?2, changed = ?3 where number = ?4 and "
               "state = 'sent'",
               state, reason, now(), l.number) == 0)
      return;
    audit::append(tx, by_itself(l.reference), audit::action::changed, l.subject, "distribution",
                  l.number, reason.empty() ? state : reason);
    tx.emit("distribution.heard", l.number, json::object{{"what", state}});
  });
}

// Part by part, from where the receiver says that it has got to.
outcome office::hand_over(const letter& l, std::int64_t n, const enclosed& f) {
  const auto r = vault_.find(f.record);
  if (!r) return refuse(kind::gone, "distribution.damaged");
  int in_vain = 0;
  for (std::int64_t start = 0; start < r->size;) {
    const auto octets = vault_.read(*r, start, static_cast<std::int64_t>(piece_size));
    if (!octets) return refuse(kind::gone, "distribution.damaged");
    const auto told = house_.hub().tell("distribution.part", by_itself(l.reference),
                                        json::object{{"agency", l.receiver},
                                                     {"manifest", l.manifest},
                                                     {"signature", text::base64(l.signature)},
                                                     {"n", n},
                                                     {"start", start},
                                                     {"octets", text::base64(
                                                                    trust::view_of(*octets))}},
                                        l.number + "-" + std::to_string(n) + "-" +
                                            std::to_string(start));
    if (!told) return told.why();
    if (json::flag(*told, "there")) return nothing{};
    const auto have = json::num(*told, "have", -1);
    if (have < 0 || (have <= start && ++in_vain > 3))
      return refuse(kind::unavailable, "distribution.incomplete");
    start = have;
  }
  return nothing{};
}

// Whether it is there. Who is away is tried again; who says no has refused it.
bool office::go_over(const letter& l) {
  outcome done = nothing{};
  const auto all = files(l.number, "sent");
  for (std::size_t i = 0; done && i < all.size(); ++i)
    done = hand_over(l, static_cast<std::int64_t>(i), all[i]);
  const auto by = by_itself(l.reference);
  result<json::value> told = done ? house_.hub().tell("distribution.deliver", by,
                                                      json::object{{"agency", l.receiver},
                                                                   {"manifest", l.manifest},
                                                                   {"signature",
                                                                    text::base64(l.signature)}},
                                                      l.number)
                                  : result<json::value>(done.why());
  if (!told && told.why().kind == kind::unavailable) throw undelivered(told.why());
  if (!told) {
    // Nobody can read it any more: whoever wrote it sends it again.
    if (told.why().code == "distribution.damaged")
      log::error("distribution.damaged", {{"number", l.number}, {"code", "vault.lost"}});
    end(l, "refused", told.why().code);
    return true;
  }
  const auto heard = hear(by, *told);
  if (heard) return true;
  // It may be there all the same: until the last day nothing is destroyed.
  log::error("distribution.receipt", {{"number", l.number}, {"code", heard.why().code}});
  if (exchange::keeper_of(l.receiver)) throw undelivered(tried(by, l.number, heard.why()));
  return false;
}

void office::deliver(const std::string& number) {
  const auto l = find(number);
  if (!l || l->state == "draft") return;
  if (l->state == "sent" && !go_over(*l)) return;
  // The receiver has it; nobody else could read what was kept here.
  if (auto done = destroy(number, "sent", l->sender); !done)
    throw std::runtime_error("files of " + number + ": " + done.why().code);
}

result<json::value> office::heard_from(const audit::access& by, const json::value& in) {
  const auto v = json::parse(json::str(in, "statement"));
  const std::string number(v ? json::str(*v, "number") : std::string_view());
  const auto l = find(number);
  if (l && l->state != "draft")
    if (auto good = comes_from(by, l->receiver); !good) return tried(by, number, good.why());
  auto done = hear(by, in);
  if (!done && done.why().kind == kind::conflict) return tried(by, number, done.why());
  return done;
}

result<json::value> office::hear(const audit::access& by, const json::value& in) {
  const std::string statement(json::str(in, "statement"));
  const auto signature = text::from_base64(json::str(in, "signature"));
  const auto v = json::parse(statement);
  const auto l = v ? find(std::string(json::str(*v, "number"))) : std::nullopt;
  if (!l || !signature || l->state == "draft")
    return refuse(kind::not_found, "distribution.unknown");
  if (auto good = signed_by(l->receiver, statement, *signature); !good) return good.why();
  if (json::str(*v, "manifest") != trust::sha256_hex(l->manifest))
    return refuse(kind::conflict, "distribution.changed");
  const receipt r{l->number, "sent", std::string(json::str(*v, "what")), statement, *signature,
                  now()};
  constexpr std::array<std::string_view, 4> whats{"delivered", "opened", "refused", "destroyed"};
  if (std::ranges::find(whats, r.what) == whats.end())
    return refuse(kind::invalid, "distribution.malformed");
  const std::string reason(text::head(json::str(*v, "reason"), 1000));
  return db_.writing([&](store::write& tx) -> result<json::value> {
    const auto is = tx.one<std::string>("select state from letter where number = ?1", l->number);
    const auto fresh = tx.run(
        "insert into receipt (number, side, what, statement, signature, at) "
        "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
        r.number, r.side, r.what, r.statement, r.signature, r.at);
    if (fresh == 0 || !is) return json::value(true);
    const auto becomes = state_by(*is, r.what);
    tx.run("update letter set state = ?1, reason = ?2, changed = ?3 where number = ?4", becomes,
           reason.empty() ? l->reason : reason, now(), r.number);
    audit::append(tx, by, audit::action::changed, l->subject, "distribution", r.number, r.what);
    if (becomes != *is) tx.emit("distribution.heard", r.number, json::object{{"what", becomes}});
    return json::value(true);
  });
}

}  // namespace madang::distribution
