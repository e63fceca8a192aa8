// How what is kept ends: destruction, what was left half done, and what belongs to nobody.
#include "office.hpp"

namespace madang::distribution {
namespace {

constexpr auto under_way = std::chrono::hours(24);
constexpr auto tried_for = std::chrono::hours(24 * (longest_days + 1));
// The oldest that can still be opened was sealed to a box of a year by a draft that was kept and
// then sent for the longest time.
constexpr auto box_life = std::chrono::hours(24 * (365 + draft_days + longest_days + 5));

}  // namespace

// Gone already where a run before this one was broken off in between.
outcome office::forget(const audit::access& by, id record, const std::string& code) {
  const auto done = vault_.erase(by, record, id{}, [&](std::string_view said) {
    return sealed_by(code, said);
  });
  if (!done && done.why().code != "vault.erased" && done.why().code != "vault.unknown")
    return done.why();
  return nothing{};
}

outcome office::destroy(const std::string& number, const std::string& side,
                        const std::string& code) {
  for (const auto& f : files(number, side)) {
    if (!f.record) continue;
    if (auto done = forget(by_itself(number), f.record, code); !done) return done;
    db_.writing([&](store::write& tx) {
      tx.run("update enclosed set record = 0 where number = ?1 and side = ?2 and n = ?3", number,
             side, f.n);
    });
  }
  return nothing{};
}

// Refused, expired or delivered, and cut off before the files were gone.
outcome office::destroy_rest() {
  const auto come = db_.reading([&](store::read& r) {
    return r.all<arrival>("select " + store::columns<arrival>() +
                          " from arrival where state in ('refused', 'expired') and exists (select "
                          "1 from enclosed e where e.number = arrival.number and e.side = 'come' "
                          "and e.record <> 0)");
  });
  for (const auto& a : come)
    if (auto done = destroy(a.number, "come", a.receiver); !done) return done;
  const auto sent = db_.reading([&](store::read& r) {
    return r.all<letter>("select " + store::columns<letter>() +
                         " from letter where state not in ('draft', 'sent') and exists (select 1 "
                         "from enclosed e where e.number = letter.number and e.side = 'sent' and "
                         "e.record <> 0)");
  });
  for (const auto& l : sent)
    if (auto done = destroy(l.number, "sent", l.sender); !done) return done;
  return nothing{};
}

outcome office::discard_old_drafts() {
  const auto old = db_.reading([&](store::read& r) {
    return r.all<letter>("select " + store::columns<letter>() +
                             " from letter where state = 'draft' and changed < ?1",
                         now().plus(-std::chrono::hours(24 * draft_days)));
  });
  for (const auto& l : old)
    if (auto done = discard(by_itself(l.number), l); !done) return done;
  return nothing{};
}

void office::forget_old_boxes() {
  db_.writing([&](store::write& tx) {
    const instant before = now().plus(-box_life);
    for (const auto& code : tx.all<std::string>(
             "select distinct agency from letter_box where made < ?1 order by agency", before))
      audit::append(tx, by_itself(code), audit::action::changed, {}, "distribution", code,
                    "key destroyed");
    tx.run("delete from letter_box where made < ?1", before);
  });
}

// Parts of what never came whole, and what was tried for a year.
void office::forget_the_way() {
  db_.writing([&](store::write& tx) {
    tx.run("delete from piece where letter in (select letter from piece group by letter having "
           "max(at) < ?1)",
           now().plus(-under_way));
    tx.run("delete from parcel where made < ?1", now().plus(-tried_for));
  });
}

outcome office::expire(date today) {
  const auto late = db_.reading([&](store::read& r) {
    return r.all<arrival>("select " + store::columns<arrival>() +
                              " from arrival where state in ('delivered', 'opened') and until < ?1",
                          today);
  });
  for (const auto& a : late) {
    if (auto done = destroy(a.number, "come", a.receiver); !done) return done;
    const auto said = statement_of(a, "destroyed", {}, {});
    if (!said) return said.why();
    // Who refused it meanwhile has said so.
    (void)state_that(by_itself(a.reference), a, *said, {});
  }
  const auto never = db_.reading([&](store::read& r) {
    return r.all<letter>("select " + store::columns<letter>() +
                             " from letter where state = 'sent' and until < ?1",
                         today);
  });
  for (const auto& l : never) {
    end(l, "expired", {});
    if (auto done = destroy(l.number, "sent", l.sender); !done) return done;
  }
  if (auto done = destroy_rest(); !done) return done;
  if (auto done = discard_old_drafts(); !done) return done;
  forget_old_boxes();
  forget_the_way();
  expired_ = today.days;
  return nothing{};
}

result<int> office::sweep(const std::atomic<bool>& stop) {
  int swept = 0;
  for (id last; !stop;) {
    const auto some = vault_.begun_before(id{}, now().plus(-under_way), last);
    if (some.empty()) break;
    last = some.back();
    for (const id key : some) {
      const bool known = db_.reading([&](store::read& r) {
        return r.one<std::int64_t>("select 1 from enclosed where record = ?1", key).has_value();
      });
      const auto r = known ? std::nullopt : vault_.find(key);
      if (!r) continue;
      if (auto done = forget(by_itself(r->name), key, r->folder); !done) return done.why();
      ++swept;
    }
  }
  if (swept) log::warn("distribution.swept", {{"records", std::to_string(swept)}});
  return swept;
}

outcome office::night(const std::atomic<bool>& stop) {
  // Before those that are due today are stated: what nobody knows is nobody's evidence.
  if (auto swept = sweep(stop); !swept) return swept.why();
  return expire(today(house_.pack().zone()));
}

outcome office::examine(const std::atomic<bool>& stop) {
  const auto found = vault_.scrub([&] { return stop.load(); });
  if (found.lost > 0 || found.mended > 0)
    log::warn("distribution.vault", {{"mended", std::to_string(found.mended)},
                                     {"lost", std::to_string(found.lost)}});
  return nothing{};
}

std::optional<date> office::examined_on() const {
  const auto last = vault_.last_scrub();
  if (!last) return {};
  return in_zone(last->begun, house_.pack().zone()).date;
}

}  // namespace madang::distribution
