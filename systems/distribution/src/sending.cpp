// The sender's side: a draft, its files, sending, and what comes back.
#include "madang/documents/office.hpp"
#include "madang/documents/press.hpp"
#include "office.hpp"

namespace madang::distribution {
namespace {

std::string columns() { return store::columns<letter>(); }

bool said(const std::string& s, std::size_t least, std::size_t most) {
  const auto n = text::length(s);
  return n >= least && n <= most;
}

}  // namespace

result<letter> office::begin(const context& c, const std::string& receiver) {
  auto asked = house_.hub().ask("distribution.box", by_itself(receiver),
                                json::object{{"agency", receiver}});
  if (!asked) return asked.why();
  letter l;
  l.key = new_id();
  const date day = today(house_.pack().zone());
  l.number = documents::new_document_number(day);
  l.state = "draft";
  l.sender = c.actor.agency;
  l.post = c.actor.post;
  l.writer = c.actor.person;
  l.writer_name = c.actor.name;
  l.receiver = receiver;
  l.until = day.plus(30);
  l.changed = now();
  db_.writing([&](store::write& tx) { tx.insert("letter", l); });
  return l;
}

std::optional<letter> office::find(const std::string& number) {
  return db_.reading([&](store::read& r) {
    return r.one<letter>("select " + columns() + " from letter where number = ?1", number);
  });
}

std::vector<letter> office::sent_by(const audit::actor& who) {
  return db_.reading([&](store::read& r) {
    return r.all<letter>("select " + columns() + " from letter where sender = ?1 and "
                         "(state <> 'draft' or writer = ?2) order by changed desc limit 200",
                         who.agency, who.person);
  });
}

outcome office::keep(const letter& d) {
  return db_.writing([&](store::write& tx) -> outcome {
    const auto n = tx.run("update letter set title = ?1, purpose = ?2, law = ?3, reference = ?4, "
                          "subject = ?5, until = ?6, changed = ?7 where number = ?8 and "
                          "state = 'draft'",
                          d.title, d.purpose, d.law, d.reference, d.subject, d.until, now(),
                          d.number);
    if (n == 0) return refuse(kind::conflict, "distribution.state");
    return nothing{};
  });
}

outcome office::attach(const context& c, const letter& l, const http::part& file) {
  const auto n = static_cast<std::int64_t>(files(l.number, "sent").size());
  if (n >= static_cast<std::int64_t>(most_files))
    return refuse(kind::too_large, "distribution.many_files", "files",
                  {{"most", std::to_string(most_files)}});
  const std::string name = file.filename.empty() ? "file" : file.filename;
  if (file.body.empty() || file.body.size() > limits::upload_bytes || !said(name, 1, 200) ||
      name.find_first_of("\r\n\t/\\") != std::string::npos)
    return refuse(kind::invalid, "distribution.file", "files");
  const auto by = why(c, c.home.said("distribution.title")("ko"), "전자정부법 제25조", l.number);
  auto box = house_.hub().ask("distribution.box", by, json::object{{"agency", l.receiver}});
  if (!box) return box.why();
  const auto certificate = text::from_base64(json::str(*box, "certificate"));
  const auto signature = text::from_base64(json::str(*box, "signature"));
  if (!certificate || !signature) return refuse(kind::conflict, "distribution.signature");
  if (auto good = signed_by(l.receiver, text::chars_of(*certificate), *signature); !good)
    return good;
  const auto sealed = trust::enclose(trust::view_of(file.body), *certificate);
  if (!sealed) return sealed.why();
  auto record = put(by, l.number + "." + std::to_string(n), text::chars_of(*sealed));
  if (!record) return record.why();
  const enclosed e{l.number, "sent", n, name, static_cast<std::int64_t>(file.body.size()),
                   trust::sha256_hex(file.body), trust::sha256_hex(text::chars_of(*sealed)),
                   *record};
  return db_.writing([&](store::write& tx) -> outcome {
    if (!tx.one<std::int64_t>("select 1 from letter where number = ?1 and state = 'draft'",
                              l.number))
      return refuse(kind::conflict, "distribution.state");
    tx.insert("enclosed", e);
    return nothing{};
  });
}

outcome office::discard(const context&, const letter& l) {
  if (l.state != "draft") return refuse(kind::conflict, "distribution.state");
  if (auto done = destroy(l.number, "sent", l.sender); !done) return done;
  db_.writing([&](store::write& tx) {
    tx.run("delete from enclosed where number = ?1 and side = 'sent'", l.number);
    tx.run("delete from letter where number = ?1 and state = 'draft'", l.number);
  });
  return nothing{};
}

outcome office::send(const context& c, const letter& l) {
  const date day = today(house_.pack().zone());
  if (l.state != "draft") return refuse(kind::conflict, "distribution.state");
  if (!said(l.title, 2, 200)) return refuse(kind::invalid, "distribution.name_it", "title_");
  if (!said(l.purpose, 5, 300)) return refuse(kind::invalid, "distribution.say_purpose", "purpose");
  if (!said(l.law, 3, 300)) return refuse(kind::invalid, "distribution.law", "law");
  if (!said(l.reference, 1, 60))
    return refuse(kind::invalid, "distribution.reference", "reference");
  if (l.until <= day || l.until > day.plus(longest_days))
    return refuse(kind::invalid, "distribution.until", "until");
  const auto all = files(l.number, "sent");
  if (all.empty()) return refuse(kind::invalid, "distribution.no_file", "files");
  json::array list;
  for (const auto& f : all)
    list.push_back(json::object{{"envelope", f.envelope},
                                {"name", f.name},
                                {"sha256", f.sha256},
                                {"size", f.size}});
  const std::string manifest = documents::canonical(
      json::object{{"files", std::move(list)},
                   {"from", l.sender},
                   {"law", l.law},
                   {"number", l.number},
                   {"post", c.actor.post},
                   {"purpose", l.purpose},
                   {"reference", l.reference},
                   {"sent", now().str()},
                   {"subject", l.subject ? l.subject.str() : std::string()},
                   {"title", l.title},
                   {"to", l.receiver},
                   {"until", l.until.str()}});
  const auto signature = sealed_by(l.sender, manifest);
  if (!signature) return signature.why();
  return db_.writing([&](store::write& tx) -> outcome {
    if (tx.run("update letter set state = 'sent', manifest = ?1, signature = ?2, changed = ?3 "
               "where number = ?4 and state = 'draft'",
               manifest, *signature, now(), l.number) == 0)
      return refuse(kind::conflict, "distribution.state");
    audit::append(tx, why(c, l.purpose, l.law, l.reference), audit::action::issued, l.subject,
                  "distribution", l.number, "sent");
    tx.emit("distribution.sent", l.number, json::object{});
    return nothing{};
  });
}

void office::deliver(const std::string& number) {
  const auto l = find(number);
  if (!l || l->state != "sent") return;
  json::array octets;
  for (const auto& f : files(number, "sent")) {
    const auto r = vault_.find(f.record);
    const auto sealed = r ? vault_.read(*r, 0, r->size)
                          : result<std::string>(refuse(kind::gone, "vault.lost"));
    if (!sealed) throw std::runtime_error("a file of " + number + ": " + sealed.why().code);
    octets.emplace_back(text::base64(trust::view_of(*sealed)));
  }
  auto by = by_itself(l->reference);
  const auto told = house_.hub().tell(
      "distribution.deliver", by,
      json::object{{"manifest", l->manifest},
                   {"signature", text::base64(l->signature)},
                   {"files", std::move(octets)}},
      number);
  // Who is away is tried again; who says no has refused it.
  if (!told && told.why().kind == kind::unavailable)
    throw std::runtime_error(number + " was not delivered: " + told.why().code);
  if (told) {
    if (const auto heard = hear(by, *told); !heard)
      throw std::runtime_error("receipt of " + number + ": " + heard.why().code);
  } else {
    db_.writing([&](store::write& tx) {
      tx.run("update letter set state = 'refused', reason = ?1, changed = ?2 where number = ?3 "
             "and state = 'sent'",
             told.why().code, now(), number);
      audit::append(tx, by, audit::action::refused, l->subject, "distribution", number,
                    told.why().code);
    });
  }
  // The receiver has it; nobody else could read what was kept here.
  if (auto done = destroy(number, "sent", l->sender); !done)
    throw std::runtime_error("files of " + number + ": " + done.why().code);
}

namespace {

// What a letter becomes by a statement of its receiver: never back to something earlier.
std::string state_by(const std::string& was, const std::string& what) {
  if (what == "delivered") return was == "sent" ? "delivered" : was;
  if (what == "opened") return was == "refused" || was == "expired" ? was : "opened";
  if (what == "refused") return "refused";
  return was == "opened" || was == "refused" ? was : "expired";
}

}  // namespace

result<json::value> office::hear(const audit::access& by, const json::value& in) {
  const std::string statement(json::str(in, "statement"));
  const auto signature = text::from_base64(json::str(in, "signature"));
  const auto v = json::parse(statement);
  const auto l = v ? find(std::string(json::str(*v, "number"))) : std::nullopt;
  if (!l || !signature) return refuse(kind::not_found, "distribution.unknown");
  if (auto good = signed_by(l->receiver, statement, *signature); !good) return good.why();
  if (json::str(*v, "manifest") != trust::sha256_hex(l->manifest))
    return refuse(kind::conflict, "distribution.changed");
  const receipt r{l->number, "sent", std::string(json::str(*v, "what")), statement, *signature,
                  now()};
  const std::string reason(json::str(*v, "reason"));
  return db_.writing([&](store::write& tx) -> result<json::value> {
    const auto is = tx.one<std::string>("select state from letter where number = ?1", l->number);
    const auto fresh = tx.run(
        "insert into receipt (number, side, what, statement, signature, at) "
        "values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
        r.number, r.side, r.what, r.statement, r.signature, r.at);
    if (fresh == 0 || !is) return json::value(true);
    tx.run("update letter set state = ?1, reason = ?2, changed = ?3 where number = ?4",
           state_by(*is, r.what), reason.empty() ? l->reason : reason, now(), r.number);
    audit::append(tx, by, audit::action::changed, l->subject, "distribution", r.number, r.what);
    return json::value(true);
  });
}

}  // namespace madang::distribution
