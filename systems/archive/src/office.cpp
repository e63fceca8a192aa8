#include "office.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "madang/archive/archive.hpp"
#include "madang/platform/passphrase.hpp"

namespace madang::archive {

std::span<const store::migration> migrations();

namespace {

constexpr const char* log_name = "documents";
constexpr const char* source = "vault";
constexpr int at_once = 500;

std::vector<std::filesystem::path> folders_of(const platform::settings& s) {
  const std::filesystem::path data = s.data, file = data / "vault.yaml";
  std::vector<std::filesystem::path> out;
  if (std::ifstream in(file, std::ios::binary); in) {
    std::ostringstream bytes;
    bytes << in.rdbuf();
    const auto v = packs::parse_yaml(bytes.str(), file.string());
    if (const auto& all = json::at(v, "places"); all.is_array())
      for (const auto& one : all.get_array()) out.emplace_back(std::string(one.as_string()));
    if (out.size() < 2)
      throw packs::broken_pack({file.string(), 0, "places: names two folders at least"});
    return out;
  }
  return {data / "vault" / "a", data / "vault" / "b"};
}

struct invitation {
  id record, holder;
  instant expires;
  bool used = false;
};
BOOST_DESCRIBE_STRUCT(invitation, (), (record, holder, expires, used))

}  // namespace

office::office(house& h)
    : house_(h),
      db_(h.database("vault")),
      vault_(db_, folders_of(h.chosen()), trust::view_of(platform::passphrase_of(h.chosen()))) {
  db_.migrate("archive", migrations());
}

audit::access office::why(const context& c, const vault::record& r) const {
  return c.access(house_.said("purpose.archive"), house_.said("law.e_government"), r.key.str());
}

void office::enter() {
  std::lock_guard lock(entering_);
  const audit::access why{audit::system_actor("archive"), house_.said("purpose.archive"),
                          house_.said("law.e_government"), ""};
  // The log itself remembers what it has; what is sent again is not entered again.
  for (std::int64_t last = 0;;) {
    const auto all = vault_.said_after(last, at_once);
    if (all.empty()) return;
    json::array entries;
    for (const auto& s : all) entries.emplace_back(text::base64(s.commitment));
    auto done = house_.hub().tell("log.append", why,
                                  json::object{{"log", log_name},
                                               {"source", source},
                                               {"first", all.front().number},
                                               {"entries", std::move(entries)}},
                                  std::to_string(all.back().number));
    if (!done) throw std::runtime_error("the log of documents refuses: " + done.why().code);
    last = all.back().number;
  }
}

std::optional<office::proof> office::prove(const vault::record& r, std::string_view what) {
  for (const auto& s : vault_.said_of(r.key)) {
    if (s.what != what || s.salt.empty()) continue;
    const audit::access why{audit::system_actor("archive"), house_.said("purpose.archive"),
                            house_.said("law.e_government"), r.key.str()};
    auto asked = house_.hub().ask(
        "log.prove", why,
        json::object{{"log", log_name},
                     {"source", source},
                     {"number", s.number},
                     {"extra", text::base64(tlog::extra_of({s.salt, s.said}))}});
    if (!asked) return {};
    return proof{std::string(json::str(*asked, "proof")), s.said, json::num(*asked, "index"),
                 std::string(what)};
  }
  return {};
}

outcome office::erase(const context& c, const vault::record& r) {
  return vault_.erase(why(c, r), r.key, c.actor.person, [&](std::string_view said) {
    return house_.documents().sign(said, house_.said("archive.seal"));
  });
}

std::string office::invite(const context& c, const vault::record& r) {
  constexpr auto good_for = std::chrono::hours(24 * 7);
  const std::string token = random_token(24);
  db_.writing([&](store::write& tx) {
    tx.run("delete from invitation where expires < ?1", now());
    tx.run("insert into invitation (token_hash, record, holder, given, expires, used) "
           "values (?1, ?2, ?3, ?4, ?5, 0)",
           trust::sha256_hex(token), r.key, c.actor.person, now(), now().plus(good_for));
    audit::append(tx, why(c, r), audit::action::changed, r.holder, "vault", r.key.str(),
                  "invitation");
  });
  return token;
}

std::optional<vault::record> office::invited(std::string_view token) {
  const auto found = db_.reading([&](store::read& q) {
    return q.one<invitation>("select " + store::columns<invitation>() +
                                 " from invitation where token_hash = ?1",
                             trust::sha256_hex(token));
  });
  if (!found || found->used || found->expires < now()) return {};
  auto r = vault_.find(found->record);
  if (!r || r->state != vault::state::kept) return {};
  return r;
}

result<vault::record> office::accept(const context& c, std::string_view token) {
  auto r = invited(token);
  if (!r) return refuse(kind::gone, "vault.invitation");
  if (r->holder == c.actor.person) return refuse(kind::conflict, "vault.own");
  const auto mine = db_.writing([&](store::write& tx) {
    return tx.run("update invitation set used = 1 where token_hash = ?1 and used = 0",
                  trust::sha256_hex(token));
  });
  if (mine == 0) return refuse(kind::gone, "vault.invitation");
  if (auto let = vault_.let(why(c, *r), r->key, r->holder, c.actor.person, c.actor.name, {}); !let)
    return let.why();
  return std::move(*r);
}

house::watched office::state() {
  house::watched out{"vault", "up", {}};
  int writable = 0;
  for (const auto& p : vault_.where().look()) writable += p.writable;
  const auto last = vault_.last_scrub();
  if (writable < 2 || (last && last->lost > 0)) out.state = writable == 0 ? "down" : "late";
  out.gauges = {
      {"madang_vault_places", "Places of the document store that can be written.",
       static_cast<double>(writable)},
      {"madang_vault_lost", "Chunks without a whole copy, when last examined.",
       last ? static_cast<double>(last->lost) : 0}};
  return out;
}

outcome office::scrub(const std::atomic<bool>& stop) {
  enter();
  const auto found = vault_.scrub([&] { return stop.load(); });
  if (found.lost > 0 || found.mended > 0)
    log::warn("archive", {{"mended", std::to_string(found.mended)},
                          {"lost", std::to_string(found.lost)}});
  return nothing{};
}

std::string size_words(std::int64_t octets) {
  if (octets < 1000) return fmt::format("{} B", octets);
  const char* const units[] = {"kB", "MB", "GB", "TB"};
  double n = static_cast<double>(octets) / 1000;
  int unit = 0;
  while (n >= 1000 && unit < 3) n /= 1000, ++unit;
  return fmt::format("{:.{}f} {}", n, n < 10 ? 1 : 0, units[unit]);
}

result<vault::record> seen_by(context& c, office& o) {
  const auto unknown = refuse(kind::not_found, "vault.unknown");
  const auto key = id::parse(c.request.capture("record"));
  auto r = key ? o.store().find(*key) : std::nullopt;
  if (!r) return unknown;
  if (!o.store().may_see(*r, c.actor.person)) return c.hidden(unknown, "vault", *key);
  return std::move(*r);
}

result<vault::record> held_by(context& c, office& o) {
  auto r = seen_by(c, o);
  if (r && r->holder != c.actor.person) return refuse(kind::forbidden, "vault.not_yours");
  return r;
}

void join(house& h) {
  auto o = std::make_shared<office>(h);
  store_pages(h, o);
  record_pages(h, o);
  h.hub().listen("archive", "vault.said", [o](const exchange::event&) { o->enter(); });
  h.watch("vault", [o] { return o->state(); });
  h.each_night({"vault",
                [o]() -> std::optional<date> {
                  const auto last = o->store().last_scrub();
                  if (!last) return {};
                  return in_zone(last->begun, o->home().pack().zone()).date;
                },
                [o](const std::atomic<bool>& stop) { return o->scrub(stop); }});
}

}  // namespace madang::archive
