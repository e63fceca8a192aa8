#include "station.hpp"

#include "madang/assembly/token_room.hpp"
#include "madang/html/html.hpp"
#include "madang/pictures/picture.hpp"
#include "madang/platform/passphrase.hpp"
#include "rows.hpp"

namespace madang::mvoting {

std::span<const store::migration> migrations();

namespace {

constexpr const char* system_name = "mvoting";
constexpr auto pause = std::chrono::milliseconds(200);
constexpr auto longest_wait = std::chrono::seconds(8);
constexpr std::size_t most_waiting = 5'000;

const std::string& select_vote() {
  static const std::string text = "select " + store::columns<vote>() + " from vote ";
  return text;
}

}  // namespace

station::station(house& h, std::vector<voices::rule> rules)
    : house_(h),
      db_(h.database(system_name)),
      book_(assembly::book_of(h, system_name, std::move(rules))),
      tokens_(db_, book_, platform::passphrase_of(h.chosen())),
      log_(h, system_name, book_.rules().front().law),
      recordings_(db_),
      venue_key_(assembly::secret_of(h, system_name, "venue")) {
  db_.migrate(system_name, migrations());
  for (const char* name : {"voices.stage", "voices.hidden", "voices.shown", "voices.stays_hidden"})
    house_.hub().listen(system_name, name, [this](const exchange::event& e) { tell(e); });
}

// ---- the thread ----
void station::start() {
  stopping_ = false;
  thread_ = std::thread([this] { work(); });
  counting_ = std::thread([this] { count_aside(); });
}

void station::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (counting_.joinable()) counting_.join();
  let_go(true);
}

void station::work() {
  try {
    speak_first();
  } catch (const std::exception& e) {
    log::warn("mvoting.demonstration", {{"what", e.what()}});
  }
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    try {
      book_.turn(now());
      let_go(false);
      log_.enter(book_);
      count_eligible();
      invented_ = true;
    } catch (const std::exception& e) {      // the store or the log cannot be reached: later
      log::warn("mvoting.turn", {{"what", e.what()}});
    }
    lock.lock();
    wake_.wait_for(lock, pause, [&] { return stopping_; });
  }
}

// ---- news ----
std::int64_t station::version_of(id ask) const { return book_.version(ask); }

void station::when_changed(id ask, std::int64_t known, http::response::release go) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_.size() < most_waiting) {
      waiting_.push_back({ask, known, now().plus(longest_wait), std::move(go)});
      return;
    }
  }
  go(nullptr);
}

void station::let_go(bool all) {
  std::vector<waiting> now_free;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) return;
    now_free.swap(waiting_);
  }
  std::map<id, std::int64_t> versions;
  const instant at = now();
  std::vector<waiting> still;
  for (auto& w : now_free) {
    if (!all && !versions.contains(w.ask)) versions[w.ask] = version_of(w.ask);
    if (all || versions[w.ask] != w.known || w.until <= at) w.go(nullptr);
    else still.push_back(std::move(w));
  }
  std::lock_guard lock(mutex_);
  for (auto& w : still) waiting_.push_back(std::move(w));
}

// ---- looking ----
std::optional<ask> station::find(const context& c) const {
  const auto number = c.request.capture("number");
  const auto& rules = book_.rules();
  return book_.find(number.starts_with(rules[1].prefix) ? rules[1].id : rules[0].id, number);
}

vote station::vote_of(id ask) const {
  auto found = db_.reading(
      [&](store::read& q) { return q.one<vote>(select_vote() + "where ask = ?1", ask); });
  check(found.has_value(), "an ask of this place has its vote");
  return std::move(*found);
}

std::vector<vote> station::with_outcome(int limit) const {
  return db_.reading([&](store::read& q) {
    return q.all<vote>(select_vote() + "where came_at > 0 order by came_at desc, ask desc limit ?1",
                       std::int64_t{limit});
  });
}

std::vector<ask> station::of_agency(std::string_view agency) const {
  const auto keys = db_.reading([&](store::read& q) {
    return q.all<id>("select ask from vote where agency = ?1 order by ask desc limit 200", agency);
  });
  std::vector<ask> out;
  for (const id key : keys)
    if (auto a = book_.find(key)) out.push_back(std::move(*a));
  return out;
}

audience station::audience_of(const vote& v) const {
  audience a;
  const auto read = json::parse(v.audience);
  check(read.ok() && !json::read_into(a, *read, ""), "an audience that was written here");
  return a;
}

std::optional<std::pair<std::string, std::string>> station::picture(id key) const {
  return db_.reading([&](store::read& q) -> std::optional<std::pair<std::string, std::string>> {
    const auto type = q.one<std::string>("select type from picture where key = ?1", key);
    const auto octets = q.one<store::bytes>("select octets from picture where key = ?1", key);
    if (!type || !octets) return {};
    return std::pair(*type, std::string(octets->begin(), octets->end()));
  });
}

audit::access station::why(const context& c, const std::string& reference) const {
  const auto& r = book_.rules().front();
  return c.access(r.name, house_.said(r.law), reference);
}

bool station::may_manage(const context& c, const ask& a, const vote& v) const {
  if (!c.actor.signed_in()) return false;
  if (v.poll()) return a.author == c.actor.person;
  return c.actor.has_role(organiser) && c.actor.agency == v.agency;
}

date station::day_of(const vote& v) const {
  return in_zone(v.opens.micros ? v.opens : now(), house_.pack().zone()).date;
}

// ---- voting ----
outcome station::may_vote(const context& c, const ask& a, const vote& v) {
  const audience who = audience_of(v);
  if (who.everybody()) return nothing{};
  return may(who, facts_of(house_.hub(), why(c, a.number), c.actor.person, who, day_of(v)));
}

bool station::was_present(id person, const ask& a) const {
  return db_.reading([&](store::read& q) {
    return q.one<std::int64_t>("select 1 from present where ask = ?1 and pseudonym = ?2", a.key,
                               book_.pseudonym(person, a.key))
        .has_value();
  });
}

outcome station::choose(const context& c, const ask& a, const vote& v,
                        const voices::chosen& chosen, const proof& p, instant at) {
  if (a.level != 0) return refuse(kind::conflict, "voices.by_token");
  const audience who = audience_of(v);
  const facts f = facts_of(house_.hub(), why(c, a.number), c.actor.person, who, day_of(v));
  if (auto good = may(who, f); !good) return good;
  if (v.presence == "place" && !touches(v.where(), p.cell))
    return refuse(kind::forbidden, "vote.not_there");
  if (v.presence == "venue" && !was_present(c.actor.person, a)) {
    if (!is_admission(venue_key_, a.key, p.admission, at))
      return refuse(kind::forbidden, "vote.not_present");
    db_.writing([&](store::write& tx) {
      tx.run("insert into present (ask, pseudonym) values (?1, ?2) "
             "on conflict (ask, pseudonym) do nothing",
             a.key, book_.pseudonym(c.actor.person, a.key));
    });
  }
  return book_.choose(c.actor.person, a, chosen, group_of(f), at);
}

// ---- voices that nobody can trace ----
// One key for a vote and everybody: the registers said that she may, and nothing else goes with it.
void unseen_pages(const shared_station& s) {
  assembly::token_room r;
  r.home = &s->home();
  r.path = "/votes";
  r.title = "votes.title";
  r.lead = "votes.tokens_lead";
  r.limits = "votes.tokens_limits";
  r.main = saying::choice;
  r.tokens = &s->tokens();
  r.find = [s](const context& c) -> std::optional<ask> {
    auto a = s->find(c);
    if (!a || a->stage == "draft") return {};
    return a;
  };
  r.why = [s](const context& c, const std::string& reference) { return s->why(c, reference); };
  r.bucket_of = [s](const context& c, const ask& a) -> result<std::string> {
    if (auto good = s->may_vote(c, a, s->vote_of(a.key)); !good) return good.why();
    return std::string(voices::one_bucket);
  };
  assembly::token_pages(std::move(r));
}

// ---- who is told ----
void station::tell(const exchange::event& e) {
  const auto key = id::parse(e.subject);
  const auto a = key ? book_.find(*key) : std::optional<ask>();
  // The authors of a demonstration are nobody.
  if (!a || !house_.people().find_account(a->author)) return;
  notices::notice n;
  n.person = a->author;
  n.link = path_of(*a);
  n.reference = a->number;
  if (e.name == "voices.stage") {
    const auto* s = book_.find_rule(a->rule)->find_stage(json::str(e.payload, "to"));
    if (!s || !s->ended.empty()) return;      // that it opens she knows; that it ended is news
    for (const auto& language : house_.pack().languages())
      n.title.set(language,
                  house_.texts().fill("assembly.told_stage", language,
                                      {{"title", a->title}, {"stage", s->name(language)}}));
    n.body = s->says;
  } else {
    n.title = house_.said("assembly.told_" + e.name.substr(e.name.find('.') + 1),
                          {{"title", a->title}});
    if (!a->hidden.empty()) n.body = house_.said("assembly.told_reason", {{"reason", a->hidden}});
  }
  house_.box().put(std::move(n), e.key.str());
}

// ---- for all pages ----
std::string path_of(const ask& a, std::string_view then) {
  return "/votes/" + a.number + std::string(then);
}

std::string asker_of(const context& c, const ask& a, const vote& v) {
  if (v.poll()) return std::string(c.say("votes.by_citizen"));
  const auto& pack = c.home.pack();
  const auto name = pack.full_name(a.agency)(c.language);
  return name.empty() ? a.agency : name;
}

std::string audience_words(const context& c, const audience& a) {
  if (a.everybody()) return std::string(c.say("votes.everybody"));
  const auto& pack = c.home.pack();
  std::vector<std::string> parts;
  std::vector<std::string> areas;
  for (const auto& code : a.areas) areas.push_back(pack.full_name(code)(c.language));
  if (!areas.empty()) parts.push_back(text::join(areas, ", "));
  const auto years = [](std::int64_t n) { return std::to_string(n); };
  if (a.from && a.to)
    parts.push_back(c.fill("votes.ages", {{"from", years(a.from)}, {"to", years(a.to)}}));
  else if (a.from) parts.push_back(c.fill("votes.ages_from", {{"from", years(a.from)}}));
  else if (a.to) parts.push_back(c.fill("votes.ages_to", {{"to", years(a.to)}}));
  const auto code = [&](const char* list, const std::string& value) {
    const auto& all = pack.codes(list);
    const auto found = all.find(value);
    if (found != all.end()) parts.push_back(found->second(c.language));
  };
  if (!a.sex.empty()) code("sexes", a.sex);
  if (!a.work.empty()) code("work_states", a.work);
  return text::join(parts, " · ");
}

std::string eligible_words(const context& c, std::int64_t eligible) {
  if (eligible == electorate_few)
    return c.fill("votes.few_eligible", {{"n", std::to_string(fewest_told)}});
  return c.fill("votes.n_eligible", {{"n", text::grouped(eligible)}});
}

html::tone tone_of(const ask& a) {
  if (a.stage == "open") return html::tone::good;
  return a.stage == "ended" ? html::tone::neutral : html::tone::info;
}

html::node stage_badge(const context& c, station& s, const ask& a) {
  return html::badge(tone_of(a), s.book().stage_of(a).name(c.language));
}

}  // namespace madang::mvoting
