#include "madang/assembly/hearing.hpp"

#include "madang/platform/passphrase.hpp"
#include "madang/trust/box.hpp"

namespace madang::assembly {

std::span<const store::migration> migrations();

namespace {
constexpr int at_once = 2'000;
}  // namespace

std::string secret_of(platform::house& h, const std::string& system, const std::string& name) {
  store::database& db = h.database(system);
  db.migrate("assembly", migrations());
  const auto box = trust::key_for(trust::view_of(platform::passphrase_of(h.chosen())), "voices");
  return db.writing([&](store::write& tx) {
    const auto kept = tx.one<std::string>("select kept from secret where name = ?1", name);
    if (kept) {
      auto key = trust::take_out(box, *kept, name);
      if (!key) throw std::runtime_error("the key of voices opens with another passphrase");
      return *key;
    }
    const auto fresh = trust::random_bytes(32);
    const std::string key(fresh.begin(), fresh.end());
    tx.run("insert into secret (name, kept) values (?1, ?2)", name,
           trust::put_away(box, key, name));
    return key;
  });
}

voices::book book_of(platform::house& h, const std::string& system,
                     std::vector<voices::rule> rules) {
  const audit::access by_itself{audit::system_actor(system), h.said("purpose.voices"),
                                h.said(rules.front().law), ""};
  const auto deadline = [&h](instant from, std::int64_t days) {
    const auto zone = h.pack().zone();
    const date last = h.pack().calendar().add_working_days(in_zone(from, zone).date,
                                                           static_cast<int>(days));
    return from_civil({last, 23, 59, 59}, zone);
  };
  return {h.database(system), {secret_of(h, system, system), deadline}, std::move(rules),
          by_itself};
}

void log_of_votes::enter(const voices::book& b) {
  for (;;) {
    const auto all = b.leaves_after(entered_, at_once);
    if (all.empty()) return;
    json::array entries;
    for (const auto& l : all) entries.emplace_back(text::base64(trust::view_of(l.said)));
    // The log remembers what it has of this source; what is sent again is not entered again.
    const auto done = house_.hub().tell(
        "log.append",
        audit::access{audit::system_actor(system_), house_.said("purpose.voices"),
                      house_.said(law_), ""},
        json::object{{"log", name},
                     {"source", system_},
                     {"first", all.front().number},
                     {"entries", std::move(entries)}},
        std::to_string(all.back().number));
    if (!done && done.why().code == "exchange.unknown") return;
    if (!done) throw std::runtime_error("the log of votes refuses: " + done.why().code);
    entered_ = all.back().number;
  }
}

}  // namespace madang::assembly
