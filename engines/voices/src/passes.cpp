#include "madang/voices/passes.hpp"

#include "madang/trust/box.hpp"
#include "spending.hpp"

namespace madang::voices {
namespace {

namespace arc = trust::arc;

constexpr std::string_view version = "madang-voice/2";
constexpr std::int64_t micros_a_day = 86'400'000'000, micros_a_milli = 1'000;

struct pass_row {
  std::string quarter, shown, kept;
  std::int64_t issued = 0;
};
BOOST_DESCRIBE_STRUCT(pass_row, (), (quarter, shown, kept, issued))

std::optional<pass_row> pass_in(store::read& q, const quarter& of) {
  return q.one<pass_row>(
      "select " + store::columns<pass_row>() + " from pass_key where quarter = ?1", of.str());
}

std::string context_of(std::string_view what) { return fmt::format("{} {}", version, what); }

// The row of the ask as the quarter is now; the log is told of the key when it is the first.
void settle(store::write& tx, const ask& a, const pass_row& p, instant at) {
  if (key_in(tx, a.key, pass_office::bucket))
    tx.run("update token_key set issued = ?3 where ask = ?1 and bucket = ?2", a.key,
           pass_office::bucket, p.issued);
  else
    put_key(tx, a.key, {std::string(pass_office::bucket), {}, {}, p.issued},
            *text::from_base64(p.shown), at);
}

}  // namespace

quarter quarter::of(instant filed) {
  const date day{static_cast<std::int32_t>(filed.micros / micros_a_day)};
  return {day.year(), (day.month() - 1) / 3 + 1};
}

std::string quarter::str() const { return fmt::format("{}-{}", year, part); }

std::string shown_pass::message(id ask) const {
  return fmt::format("{} {} {} {} {}", version, ask.str(), name_of(said), sign, time);
}

// ---- keys ----
trust::bytes pass_office::box() const {
  return trust::key_for(trust::view_of(passphrase_), "passes");
}

std::optional<pass_office::quarter_key> pass_office::find(const ask& a) const {
  return db_.reading([&](store::read& q) -> std::optional<quarter_key> {
    const auto p = pass_in(q, quarter::of(a.filed));
    if (!p) return {};
    const auto used = key_in(q, a.key, bucket);
    return quarter_key{*text::from_base64(p->shown), p->issued, used ? used->spent : 0};
  });
}

result<pass_office::quarter_key> pass_office::key_for(const ask& a, instant at) {
  const quarter of = quarter::of(a.filed);
  const auto fresh = arc::issuer::generate();      // whoever is first keeps hers
  const auto plain = fresh.octets();
  const pass_row made{of.str(), text::base64url(fresh.public_key()),
                      trust::put_away(box(), text::chars_of(plain), of.str()), 0};
  return db_.writing([&](store::write& tx) -> result<quarter_key> {
    if (auto open = judge_open(find_in(tx, a.key), book_, 2, {}, at); !open) return open.why();
    auto p = pass_in(tx, of);
    if (!p) {
      tx.insert("pass_key", made);
      p = made;
    }
    settle(tx, a, *p, at);
    return quarter_key{*text::from_base64(p->shown), p->issued,
                       key_in(tx, a.key, bucket)->spent};
  });
}

std::optional<arc::issuer> pass_office::issuer_of(const quarter& of) {
  const std::string name = of.str();
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = open_.find(name); found != open_.end()) return found->second;
  }
  const auto kept = db_.reading([&](store::read& q) { return pass_in(q, of); });
  if (!kept) return {};
  const auto plain = trust::take_out(box(), kept->kept, name);
  auto opened = plain ? arc::issuer::from_octets(trust::view_of(*plain))
                      : result<arc::issuer>(refuse(kind::invalid, "trust.key_malformed"));
  if (!opened) throw std::runtime_error("the keys of passes open with another passphrase");
  const std::scoped_lock lock(mutex_);
  open_.emplace(name, *opened);
  return *opened;
}

std::string pass_office::holder(id person, const ask& a) const {
  return book_.pseudonym(person, quarter::of(a.filed).key());
}

// ---- step 1 ----
result<trust::bytes> pass_office::issue(const audit::access& why, const ask& given,
                                        trust::view request, instant at) {
  if (auto stated = why.stated(); !stated) return stated.why();
  check(why.who.signed_in(), "a person who asks for her pass");
  const quarter of = quarter::of(given.filed);
  const auto by = issuer_of(of);
  auto made = by ? by->respond(request)
                 : result<trust::bytes>(refuse(kind::invalid, "voices.pass_request"));
  // Before the right is used up: what cannot be answered costs nobody hers.
  if (!made) return refuse(kind::invalid, "voices.pass_request", "blinded");
  const std::string who = holder(why.who.person, given);
  const std::string asked = text::hex(trust::sha256(request));
  const outcome entered = db_.writing([&](store::write& tx) -> outcome {
    if (auto open = judge_open(find_in(tx, given.key), book_, 2, {}, at); !open) return open;
    const auto before = tx.one<std::string>(
        "select asked from pass_issue where quarter = ?1 and holder = ?2", of.str(), who);
    if (before == asked) return nothing{};
    if (before) return refuse(kind::conflict, "voices.pass_had");
    tx.run("insert into pass_issue (quarter, holder, asked) values (?1, ?2, ?3)", of.str(), who,
           asked);
    tx.run("update pass_key set issued = issued + 1 where quarter = ?1", of.str());
    audit::append(tx, why, audit::action::issued, why.who.person, "pass", of.str(), "pass");
    return nothing{};
  });
  if (!entered) return entered.why();
  return made;
}

// ---- step 2 ----
outcome pass_office::act(const ask& given, const shown_pass& shown, instant at) {
  const std::int64_t here = at.micros / micros_a_milli;
  if (shown.time < here - most_apart || shown.time > here + most_apart)
    return refuse(kind::invalid, "voices.pass_time", "time");
  const quarter of = quarter::of(given.filed);
  const auto by = issuer_of(of);
  const auto asked = context_of(of.str()), of_ask = context_of(given.key.str()),
             said = shown.message(given.key);
  const auto tag = by ? by->verify(trust::view_of(asked), trust::view_of(of_ask),
                                   shown.presentation, trust::view_of(said))
                      : result<trust::bytes>(refuse(kind::invalid, "voices.pass"));
  if (!tag) return refuse(kind::invalid, "voices.pass", "presentation");
  const std::string who = text::hex(trust::sha256(*tag));
  return db_.writing([&](store::write& tx) -> outcome {
    const auto a = find_in(tx, given.key);
    if (auto open = judge_open(a, book_, 2, shown.said, at); !open) return open;
    const auto before = voice_in(tx, a->key, who);
    const bool same = before && before->saying == name_of(shown.said);
    const bool counted = before && before->state == counts;
    if (shown.sign == '-' && !(same && counted)) return nothing{};
    if (shown.sign == '+' && before && (counted || !same))
      return refuse(kind::conflict, "voices.pass_spent");
    if (before && shown.time <= before->told) return refuse(kind::conflict, "voices.pass_old");
    if (!before) {
      settle(tx, *a, *pass_in(tx, of), at);
      if (auto good = spend(tx, a->key, std::string(bucket), at); !good) return good;
    }
    put_voice(tx, {a->key, shown.said, shown.sign, who, std::string(bucket), {}, slot_of(at), {}},
              shown.time);
    return nothing{};
  });
}

}  // namespace madang::voices
