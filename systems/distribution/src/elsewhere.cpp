// Agencies that other nodes serve: whose seals are believed, and what is on its way there.
//
// A node vouches for the root of its seals, and says which of its agencies receive, in an answer
// that its member signs by the key that the configuration of the network names (docs/exchange.md).
// Which agencies are its own says node.yaml of this house, so no node speaks for another's.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "madang/exchange/elsewhere.hpp"
#include "office.hpp"

namespace madang::distribution {
namespace {

constexpr auto ask_again = std::chrono::seconds(60), ask_soon = std::chrono::seconds(3);
constexpr auto longest_pause = std::chrono::seconds(300);
constexpr std::size_t most_receivers = 2'000, most_revoked = 10'000;

struct seal_row {
  store::bytes root, authority;
  std::string revoked;
};
BOOST_DESCRIBE_STRUCT(seal_row, (), (root, authority, revoked))

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::optional<trust::certificate> certificate_in(const json::value& v, const char* name) {
  const auto der = text::from_base64(json::str(v, name));
  if (!der) return {};
  auto c = trust::certificate::from_der(*der);
  return c ? std::optional(*c) : std::nullopt;
}

// "serial reason instant", as trust/hierarchy.hpp keeps them.
std::optional<trust::revocation> revocation_of(std::string_view line) {
  const auto parts = text::split(std::string(line), ' ');
  const auto when = parts.size() == 3 ? instant::parse(parts[2]) : std::nullopt;
  if (!when) return {};
  return trust::revocation{parts[0], parts[1], *when};
}

const json::array& list_in(const json::value& v, const char* name) {
  static const json::array none;
  const auto& found = json::at(v, name);
  return found.is_array() ? found.get_array() : none;
}

std::string said(const refusal& r) {
  const auto why = r.facts.find("why");
  return why == r.facts.end() ? r.code : r.code + " (" + why->second + ")";
}

}  // namespace

undelivered::undelivered(const refusal& r) : std::runtime_error(said(r)) {}

// ---- whom we believe ----

trust::cms_report office::report_of(const std::string& code, std::string_view octets,
                                    trust::view signature) {
  const auto keeper = exchange::keeper_of(code);
  if (!keeper) return house_.documents().verify(octets, signature);
  const auto seals = db_.reading([&](store::read& r) {
    return r.all<seal_row>(
        "select root, authority, revoked from far_seal where keeper = ?1 order by since", *keeper);
  });
  trust::anchors believed;
  for (const auto& s : seals) {
    const auto root = trust::certificate::from_der(s.root);
    const auto authority = trust::certificate::from_der(s.authority);
    if (!root || !authority) continue;
    believed.add_root(*root);
    for (const auto& line : text::split(s.revoked, '\n'))
      if (const auto r = revocation_of(line)) believed.add_revocation(*authority, *r);
  }
  const trust::view spans[] = {trust::view_of(octets)};
  return trust::verify_cms(signature, spans, believed, now());
}

// Whoever is not known yet is asked at once.
bool office::knows_seals_of(const std::string& code) {
  const auto keeper = exchange::keeper_of(code);
  if (!keeper) return true;
  const bool known = db_.reading([&](store::read& r) {
    return r.one<std::int64_t>("select 1 from far_seal where keeper = ?1 limit 1", *keeper)
        .has_value();
  });
  if (known) return true;
  db_.writing([&](store::write& tx) {
    tx.run("update far_office set asked = 0 where keeper = ?1", *keeper);
  });
  if (wake_) wake_();
  return false;
}

outcome office::comes_from(const audit::access& by, const std::string& code) {
  const auto keeper = exchange::keeper_of(code);
  // A node is named as whom it signed; nobody of this house has such a name.
  const bool of_a_node = by.who.agency.find('/') != std::string::npos;
  if (keeper ? by.who.agency == *keeper : !of_a_node) return nothing{};
  return refuse(kind::forbidden, "distribution.member");
}

// What somebody tried under a name that is not its own stays on record.
refusal office::tried(const audit::access& by, const std::string& number, const refusal& why) {
  db_.writing([&](store::write& tx) {
    audit::append(tx, by, audit::action::refused, {}, "distribution",
                  std::string(text::head(number, 40)),
                  by.who.agency.empty() ? why.code : why.code + " from " + by.who.agency);
  });
  log::warn("distribution.refused", {{"from", by.who.agency}, {"code", why.code}});
  return why;
}

// ---- what nodes say of their offices ----

result<json::value> office::about_us(const json::value&) {
  const std::filesystem::path keys = std::filesystem::path(house_.chosen().data) / "keys";
  const auto root = trust::certificate::from_pem(read_file(keys / "root.cert.pem"));
  const auto authority = trust::certificate::from_pem(read_file(keys / "government.cert.pem"));
  if (!root || !authority) return refuse(kind::unavailable, "distribution.office_unknown");
  json::array revoked, all;
  for (const auto& line : text::split(read_file(keys / "revoked.txt"), '\n'))
    if (!line.empty() && revoked.size() < most_revoked) revoked.emplace_back(line);
  for (const auto& code : receivers())
    all.push_back(json::object{{"agency", code}, {"name", json::from_words(agency(code))}});
  return json::value(json::object{{"root", text::base64(root->der())},
                                  {"authority", text::base64(authority->der())},
                                  {"revoked", std::move(revoked)},
                                  {"receivers", std::move(all)}});
}

std::vector<std::string> office::keepers_due() {
  std::set<std::string> all;
  for (const auto& [code, keeper] : exchange::agencies_elsewhere()) all.insert(keeper);
  std::vector<std::string> due;
  for (const auto& keeper : all) {
    const auto asked = db_.reading([&](store::read& r) {
      return r.one<instant>("select asked from far_office where keeper = ?1", keeper);
    });
    const auto problem = db_.reading([&](store::read& r) {
      return r.one<std::string>("select problem from far_office where keeper = ?1", keeper);
    });
    // Who does not let us ask is not asked every few seconds.
    const bool shut = problem && (problem->find("AccessDenied") != std::string::npos ||
                                  problem->find("UnknownService") != std::string::npos ||
                                  problem->find("not_offered") != std::string::npos);
    const auto pause = problem && !problem->empty() && !shut ? ask_soon : ask_again;
    if (!asked || *asked < now().plus(-pause)) due.push_back(keeper);
  }
  return due;
}

void office::ask_office(const std::string& keeper) {
  std::string agency;
  for (const auto& [code, by] : exchange::agencies_elsewhere())
    if (by == keeper) agency = code;
  const auto answer = house_.hub().ask("distribution.office", by_itself("distribution.office"),
                                       json::object{{"agency", agency}});
  if (answer) return know_office(keeper, *answer);
  db_.writing([&](store::write& tx) {
    tx.run("insert into far_office (keeper, asked, heard, problem) values (?1, ?2, 0, ?3) on "
           "conflict (keeper) do update set asked = excluded.asked, problem = excluded.problem",
           keeper, now(), said(answer.why()));
  });
}

void office::know_office(const std::string& keeper, const json::value& v) {
  const auto root = certificate_in(v, "root"), authority = certificate_in(v, "authority");
  if (!root || !authority || !root->is_authority() || !authority->signed_by(*root)) {
    db_.writing([&](store::write& tx) {
      tx.run("insert into far_office (keeper, asked, heard, problem) values (?1, ?2, 0, ?3) on "
             "conflict (keeper) do update set asked = excluded.asked, problem = excluded.problem",
             keeper, now(), "distribution.malformed");
    });
    return;
  }
  std::string revoked;
  for (const auto& line : list_in(v, "revoked"))
    if (line.is_string() && revocation_of(line.get_string()))
      revoked += std::string(line.get_string()) + "\n";
  const auto away = exchange::agencies_elsewhere();
  std::map<std::string, words> receive;
  for (const auto& one : list_in(v, "receivers")) {
    const std::string code(json::str(one, "agency"));
    // Only for those that are its own.
    if (const auto found = away.find(code);
        found != away.end() && found->second == keeper && receive.size() < most_receivers)
      receive[code] = json::words_of(json::at(one, "name"));
  }
  const std::string print = text::hex(root->fingerprint());
  db_.writing([&](store::write& tx) {
    if (tx.run("insert into far_seal (keeper, fingerprint, root, authority, revoked, since) values "
               "(?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing",
               keeper, print, root->der(), authority->der(), revoked, now()) == 1)
      audit::append(tx, by_itself("distribution.office"), audit::action::changed, {},
                    "distribution", keeper, "seals of " + print);
    tx.run("update far_seal set authority = ?1, revoked = ?2 where keeper = ?3 and fingerprint = "
           "?4",
           authority->der(), revoked, keeper, print);
    tx.run("delete from far_receiver where keeper = ?1", keeper);
    for (const auto& [code, name] : receive) {
      tx.run("delete from far_receiver where agency = ?1", code);
      tx.run("insert into far_receiver (agency, keeper, name_ko, name_en) values (?1, ?2, ?3, ?4)",
             code, keeper, std::string(text::head(name("ko"), 200)),
             std::string(text::head(name("en"), 200)));
    }
    const auto was =
        tx.one<std::string>("select problem from far_office where keeper = ?1", keeper);
    tx.run("insert into far_office (keeper, asked, heard, problem) values (?1, ?2, ?2, '') on "
           "conflict (keeper) do update set asked = excluded.asked, heard = excluded.heard, "
           "problem = ''",
           keeper, now());
    // It is back: what waits for it goes at once.
    if (was && !was->empty())
      for (const auto& [code, by] : away)
        if (by == keeper) tx.run("update parcel set due = 0 where agency = ?1", code);
  });
}

std::vector<far_agency> office::far_receivers() {
  std::vector<far_agency> out;
  const auto away = exchange::agencies_elsewhere();
  for (const auto& [code, keeper] : away) {
    const auto listed = db_.reading([&](store::read& r) {
      return r.one<std::string>("select keeper from far_receiver where agency = ?1", code);
    });
    if (!listed || *listed != keeper) continue;
    far_agency f{code, keeper, agency(code), {}, {}};
    db_.reading([&](store::read& r) {
      f.heard = r.one<instant>("select heard from far_office where keeper = ?1", keeper)
                    .value_or(instant{});
      f.problem = r.one<std::string>("select problem from far_office where keeper = ?1", keeper)
                      .value_or("");
    });
    out.push_back(std::move(f));
  }
  return out;
}

// ---- on the way ----

void office::go_out(const std::string& number, const std::string& what) {
  const bool is_letter = what == "letter";
  const auto l = is_letter ? find(number) : std::nullopt;
  const auto a = is_letter ? std::nullopt : found(number);
  const std::string to = l ? l->receiver : a ? a->sender : std::string();
  if (!exchange::keeper_of(to)) return is_letter ? deliver(number) : report(number, what);
  db_.writing([&](store::write& tx) {
    tx.run("insert into parcel (number, what, agency, made, tries, tried, due, why) values (?1, "
           "?2, ?3, ?4, 0, 0, ?4, '') on conflict do nothing",
           number, what, to, now());
  });
  if (wake_) wake_();
}

std::vector<std::string> office::agencies_due() {
  return db_.reading([&](store::read& r) {
    return r.all<std::string>("select distinct agency from parcel where due <= ?1", now());
  });
}

std::optional<parcel> office::on_its_way(const std::string& number) {
  return db_.reading([&](store::read& r) {
    return r.one<parcel>("select " + store::columns<parcel>() +
                             " from parcel where number = ?1 and what = 'letter'",
                         number);
  });
}

void office::arrived(const parcel& p) {
  db_.writing([&](store::write& tx) {
    tx.run("delete from parcel where number = ?1 and what = ?2", p.number, p.what);
    // The way is open: what was put off for it goes too.
    tx.run("update parcel set due = 0 where agency = ?1", p.agency);
  });
}

// Twice as long each time; the others for the same agency wait with it.
void office::failed(const parcel& p, const std::string& why) {
  const auto pause = std::min<std::chrono::seconds>(
      longest_pause, std::chrono::seconds(1LL << std::min<std::int64_t>(p.tries + 1, 9)));
  const instant next = now().plus(pause);
  log::info("distribution.waits", {{"number", p.number}, {"what", p.what}, {"why", why}});
  db_.writing([&](store::write& tx) {
    tx.run("update parcel set tries = tries + 1, tried = ?1, why = ?2 where number = ?3 and what "
           "= ?4",
           now(), std::string(text::head(why, 300)), p.number, p.what);
    tx.run("update parcel set due = ?1 where agency = ?2 and due < ?1", next, p.agency);
    // Whoever chooses a receiver reads it, and its node is asked every few seconds from now on.
    if (const auto keeper = exchange::keeper_of(p.agency))
      tx.run("update far_office set problem = ?1, asked = ?2 where keeper = ?3",
             std::string(text::head(why, 300)), now(), *keeper);
  });
}

void office::carry(const std::string& code, const std::atomic<bool>& stop) {
  const auto due = db_.reading([&](store::read& r) {
    return r.all<parcel>("select " + store::columns<parcel>() +
                             " from parcel where agency = ?1 and due <= ?2 order by made limit 50",
                         code, now());
  });
  for (const auto& p : due) {
    if (stop) return;
    try {
      if (p.what == "letter") deliver(p.number);
      else report(p.number, p.what);
    } catch (const std::exception& e) {
      return failed(p, e.what());
    }
    arrived(p);
  }
}

}  // namespace madang::distribution
