// The receiver's side: what comes, part by part, and is taken when all of it is there.
#include <algorithm>

#include "office.hpp"

namespace madang::distribution {
namespace {

// What sealing adds to a file is below this.
constexpr auto largest_sealed = static_cast<std::int64_t>(limits::upload_bytes) + (64 << 10);

// What of one agency may wait here for its end.
constexpr std::int64_t most_waiting = 512 << 20;

struct piece_row {
  std::int64_t start = 0;
  store::bytes octets;
};
BOOST_DESCRIBE_STRUCT(piece_row, (), (start, octets))

bool within(const std::string& s, std::size_t least, std::size_t most) {
  const auto n = text::length(s);
  return n >= least && n <= most;
}

// What its sender signed, if it is as our own pages let one write it.
std::optional<arrival> arrival_of(const std::string& manifest, const trust::bytes& signature) {
  const auto v = json::parse(manifest);
  if (!v || !v->is_object()) return {};
  const auto said = [&](const char* name) { return std::string(json::str(*v, name)); };
  const auto until = date::parse(said("until"));
  arrival a{new_id(), said("number"), "delivered", said("from"), said("to"), said("title"),
            said("purpose"), said("law"), said("reference"),
            id::parse(said("subject")).value_or(id{}), until.value_or(date{}), now(), {},
            manifest, signature};
  const auto& files = json::at(*v, "files");
  if (!until || !within(a.number, 1, 40) || !within(a.title, 2, 200) ||
      !within(a.purpose, 5, 300) || !within(a.law, 3, 300) || !within(a.reference, 1, 60) ||
      !files.is_array() || files.get_array().empty() || files.get_array().size() > most_files)
    return {};
  for (const auto& f : files.get_array())
    if (const auto size = json::num(f, "size");
        !is_file_name(std::string(json::str(f, "name"))) || size < 1 ||
        size > static_cast<std::int64_t>(limits::upload_bytes))
      return {};
  return a;
}

}  // namespace

result<arrival> office::announced(const audit::access& by, const json::value& in) {
  const auto signature = text::from_base64(json::str(in, "signature"));
  const auto a = signature ? arrival_of(std::string(json::str(in, "manifest")), *signature)
                           : std::nullopt;
  if (!a || json::str(in, "agency") != a->receiver)
    return refuse(kind::invalid, "distribution.malformed");
  if (auto good = comes_from(by, a->sender); !good) return tried(by, a->number, good.why());
  if (const auto before = found(a->number)) {
    if (before->manifest == a->manifest) return *before;
    return tried(by, a->number, refuse(kind::conflict, "distribution.changed"));
  }
  const date day = today(house_.pack().zone());
  if (a->until < day || a->until > day.plus(longest_days + 1))
    return refuse(kind::conflict, "distribution.until");
  if (auto boxes = boxes_of(a->receiver); !boxes) return boxes.why();
  if (auto good = signed_by(a->sender, a->manifest, *signature); !good)
    return good.why().kind == kind::unavailable ? good.why() : tried(by, a->number, good.why());
  return *a;
}

// A part that does not go on where the last one ended is not taken: the answer says where that was.
result<json::value> office::take_part(const audit::access& by, const json::value& in) {
  const auto a = announced(by, in);
  if (!a) return a.why();
  if (found(a->number)) return json::value(json::object{{"there", true}});
  const auto octets = text::from_base64(json::str(in, "octets"));
  const auto n = json::num(in, "n", -1), start = json::num(in, "start", -1);
  const auto listed = json::at(*json::parse(a->manifest), "files").as_array().size();
  if (!octets || octets->empty() || octets->size() > piece_size || n < 0 ||
      n >= static_cast<std::int64_t>(listed))
    return refuse(kind::invalid, "distribution.malformed");
  const std::string letter = trust::sha256_hex(a->manifest);
  const store::bytes kept(octets->begin(), octets->end());
  return db_.writing([&](store::write& tx) -> result<json::value> {
    const auto have = tx.one<std::int64_t>(
        "select coalesce(sum(size), 0) from piece where letter = ?1 and n = ?2", letter, n);
    const auto size = static_cast<std::int64_t>(kept.size());
    if (start != have.value()) return json::value(json::object{{"have", have.value()}});
    if (start + size > largest_sealed) return refuse(kind::too_large, "distribution.file");
    const auto waits = tx.one<std::int64_t>(
        "select coalesce(sum(size), 0) from piece where sender = ?1", a->sender);
    if (waits.value() + size > most_waiting)
      return refuse(kind::unavailable, "distribution.busy");
    tx.run("insert into piece (letter, sender, n, start, size, octets, at) values (?1, ?2, ?3, ?4, "
           "?5, ?6, ?7)",
           letter, a->sender, n, start, size, kept, now());
    return json::value(json::object{{"have", start + size}});
  });
}

result<id> office::kept_file(const audit::access& by, const arrival& a, const enclosed& e) {
  const std::string letter = trust::sha256_hex(a.manifest);
  const auto parts = db_.reading([&](store::read& r) {
    return r.all<piece_row>("select start, octets from piece where letter = ?1 and n = ?2 order by "
                            "start",
                            letter, e.n);
  });
  std::string octets;
  for (const auto& p : parts)
    if (p.start == static_cast<std::int64_t>(octets.size())) octets += text::chars_of(p.octets);
  if (octets.empty()) return refuse(kind::unavailable, "distribution.incomplete");
  if (trust::sha256_hex(octets) != e.envelope) {
    // Sent again it would be put to the same.
    db_.writing([&](store::write& tx) { tx.run("delete from piece where letter = ?1", letter); });
    return tried(by, a.number, refuse(kind::conflict, "distribution.changed"));
  }
  return put(by, a.receiver, a.number, octets);
}

// Each is what the sender listed, or none is kept.
result<std::vector<enclosed>> office::kept_files(const audit::access& by, const arrival& a) {
  const auto listed = json::at(*json::parse(a.manifest), "files").as_array();
  std::vector<enclosed> all;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    enclosed e{a.number, "come", static_cast<std::int64_t>(i),
               std::string(json::str(listed[i], "name")), json::num(listed[i], "size"),
               std::string(json::str(listed[i], "sha256")),
               std::string(json::str(listed[i], "envelope")), {}};
    const auto record = kept_file(by, a, e);
    if (!record) {
      for (const auto& before : all) (void)forget(by, before.record, a.receiver);
      return record.why();
    }
    e.record = *record;
    all.push_back(std::move(e));
  }
  return all;
}

// Told twice it is there once, with the receipt of the first time.
result<json::value> office::first_receipt(const std::string& number) {
  for (const auto& r : receipts(number, "come"))
    if (r.what == "delivered") return json::value(as_json(r));
  return refuse(kind::unavailable, "distribution.state");
}

result<json::value> office::take(const audit::access& by, const json::value& in) {
  const auto a = announced(by, in);
  if (!a) return a.why();
  if (found(a->number)) return first_receipt(a->number);
  const auto all = kept_files(by, *a);
  if (!all) return all.why();
  const auto said = statement_of(*a, "delivered", {}, {});
  if (!said) return said.why();
  const bool fresh = db_.writing([&](store::write& tx) {
    if (tx.one<std::string>("select number from arrival where number = ?1", a->number))
      return false;
    tx.insert("arrival", *a);
    for (const auto& e : *all) tx.insert("enclosed", e);
    tx.insert("receipt", *said);
    tx.run("delete from piece where letter = ?1", trust::sha256_hex(a->manifest));
    audit::append(tx, by, audit::action::changed, a->subject, "distribution", a->number,
                  "delivered");
    tx.emit("distribution.stated", a->number, json::object{{"what", "delivered"}});
    return true;
  });
  if (!fresh)
    for (const auto& e : *all)
      if (auto done = forget(by, e.record, a->receiver); !done) return done.why();
  return first_receipt(a->number);
}

}  // namespace madang::distribution
