#include "keeper.hpp"

#include "madang/platform/passphrase.hpp"
#include "post.hpp"

namespace madang::transparency {
namespace {

constexpr int at_once = 2000;      // entries in one transaction
constexpr auto pause = std::chrono::milliseconds(500);
// A key is made before its transaction ends, so that one with a smaller key may appear after one
// with a greater. What was numbered is looked at again so far back; wider from time to time, for
// transactions that take long and clocks that are set.
constexpr auto usual_look_back = std::chrono::seconds(10);
constexpr auto wide_look_back = std::chrono::minutes(30);
constexpr auto between_wide = std::chrono::minutes(1);
constexpr std::int64_t late_micros = 60'000'000;

bool sealed_here(const std::string& database) {
  return database != "transparency" && !database.starts_with("witness_");
}

}  // namespace

keeper::keeper(platform::house& h)
    : house_(h),
      plan_(read_plan(h)),
      passphrase_(platform::passphrase_of(h.chosen())),
      db_(h.database("transparency")),
      alerts_(h) {
  make_logs();
  make_witnesses();
}

tlog::note_signer keeper::signer_of(const std::string& file, std::string name,
                                    tlog::signature_type type) const {
  auto key = trust::ed25519_key::load_or_make(
      std::filesystem::path(house_.chosen().data) / "keys" / (file + ".key.pem"), passphrase_);
  if (!key) throw std::runtime_error("key " + file + ": " + key.why().code);
  return {std::move(name), type, std::move(*key)};
}

void keeper::make_logs() {
  for (const char* name : {"audit", "documents", "votes"})
    logs_.push_back(std::make_unique<tlog::tiled_log>(
        db_, name,
        signer_of("log-" + std::string(name), plan_.origin + "/" + name,
                  tlog::signature_type::ed25519)));
}

void keeper::make_witnesses() {
  std::vector<tlog::policy_log> logs;
  std::vector<tlog::verifier> keys;
  const std::string& at = house_.chosen().public_url;
  for (const auto& l : logs_) {
    logs.push_back({l->key(), at + "/transparency/" + l->name()});
    keys.push_back(l->key());
  }
  std::vector<tlog::policy_witness> believed;
  for (const auto& w : plan_.witnesses) {
    std::unique_ptr<tlog::witness> here;
    std::optional<tlog::verifier> key;
    if (w.url.empty()) {
      here = std::make_unique<tlog::witness>(
          house_.database("witness_" + w.id),
          signer_of("witness-" + w.id, w.id + "." + plan_.origin,
                    tlog::signature_type::cosignature),
          keys);
      key = here->key();
    } else {
      auto parsed = tlog::parse_verifier(w.key);
      if (!parsed || parsed->type != tlog::signature_type::cosignature)
        throw std::runtime_error("the key of witness " + w.id + " is no key of a cosignature");
      key = *parsed;
    }
    believed.push_back({w.id, *key, w.url.empty() ? at + "/witness/" + w.id : w.url});
    auto made = std::make_unique<watcher>(watcher{w, std::move(here), *key, {}, {}, {}});
    for (const auto& l : logs_) {
      tlog::witness* local = made->here.get();
      made->links.emplace(
          l->name(), tlog::witness_link{*key,
                                        [local, url = w.url](const std::string& body)
                                            -> result<tlog::witness_answer> {
                                          if (local) return local->add_checkpoint(body);
                                          return post_to_witness(url, body);
                                        },
                                        0});
    }
    watchers_.push_back(std::move(made));
  }
  policy_ = tlog::policy::k_of(plan_.quorum, std::move(logs), std::move(believed));
}

const tlog::tiled_log* keeper::find_log(std::string_view name) const {
  for (const auto& l : logs_)
    if (l->name() == name) return l.get();
  return nullptr;
}

outcome keeper::enter(std::string_view log, const tlog::batch& b) {
  // The first is the audit's own: nobody else enters anything there.
  for (auto it = logs_.begin() + 1; it != logs_.end(); ++it) {
    if ((*it)->name() != log) continue;
    auto entered = (*it)->append(b);
    if (!entered) return entered.why();
    wake_.notify_all();
    return nothing{};
  }
  return refuse(kind::not_found, "transparency.no_log");
}

tlog::witness* keeper::find_witness(std::string_view id) const {
  for (const auto& w : watchers_)
    if (w->plan.id == id) return w->here.get();
  return nullptr;
}

void keeper::start() {
  for (auto* db : house_.databases())
    if (sealed_here(db->name())) sources_.push_back({db, {}, false});
  last_round_ = now().micros;
  thread_ = std::thread([this] { work(); });
}

void keeper::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void keeper::work() {
  while (true) {
    bool more = false;
    try {
      more = round();
      last_round_ = now().micros;
    } catch (const std::exception& e) {
      log::error("transparency", {{"what", e.what()}});
    }
    std::unique_lock lock(mutex_);
    if (more && !stopping_) continue;
    if (wake_.wait_for(lock, pause, [this] { return stopping_; })) return;
  }
}

bool keeper::round() {
  const instant begun = now();
  const bool wide =
      now().micros - last_wide_.micros > std::chrono::microseconds(between_wide).count();
  bool more = false;
  for (auto& s : sources_) {
    more = number_new(s, wide) || more;
    more = enter_new(s) || more;
  }
  if (wide) alerts_.look();
  if (wide) last_wide_ = now();
  std::optional<instant> oldest;
  for (auto& l : logs_) {
    publish(*l);
    if (auto since = l->waiting_since(); since && (!oldest || *since < *oldest)) oldest = since;
  }
  waiting_since_ = oldest ? oldest->micros : 0;
  if (!oldest && !more) sealed_until_ = begun.micros - 1'000'000;   // a moment to be committed in
  return more;
}

bool keeper::number_new(source& s, bool wide) {
  id from = s.reached;
  if (s.swept) {
    const auto back = wide ? std::chrono::microseconds(wide_look_back)
                           : std::chrono::microseconds(usual_look_back);
    from = std::min(from, audit::first_key_at(now().plus(-back)));
  }
  const auto done = audit::seal_new(*s.db, from, at_once,
                                    [] { return trust::random_bytes(tlog::salt_size); });
  s.reached = std::max(s.reached, done.reached);
  if (done.count < at_once) {
    s.swept = true;
    return false;
  }
  return true;
}

bool keeper::enter_new(const source& s) {
  tlog::tiled_log& l = *logs_.front();
  const auto last = l.last_of(s.db->name());
  const auto found = audit::sealed_after(*s.db, static_cast<std::int64_t>(last), at_once);
  if (found.empty()) return false;
  tlog::batch b{s.db->name(), static_cast<std::uint64_t>(found.front().number), {}};
  for (const auto& e : found) {
    const auto c = tlog::commitment(e.salt, e.statement);
    b.entries.emplace_back(c.begin(), c.end());
  }
  if (auto good = l.append(b); !good)
    log::error("transparency", {{"database", s.db->name()}, {"refused", good.why().code}});
  return found.size() == at_once;
}

void keeper::publish(tlog::tiled_log& l) {
  const auto s = l.now();
  if (!s.published.empty() && s.published_size >= s.size) return;
  auto newest = tlog::parse_signed_checkpoint(s.checkpoint);
  check(newest.ok(), "our own checkpoint can be read");
  std::vector<tlog::note_signature> seen;
  for (auto& w : watchers_) {
    auto cosigned = tlog::ask(l, *newest, w->links.at(l.name()));
    std::lock_guard lock(mutex_);
    const std::string trouble = cosigned ? "" : cosigned.why().code;
    if (!trouble.empty() && trouble != w->trouble)
      log::warn("transparency", {{"witness", w->plan.id}, {"refused", trouble}});
    w->trouble = trouble;
    if (!cosigned) continue;
    w->last = now();
    seen.push_back(std::move(*cosigned));
  }
  for (auto& c : seen) newest->signed_note.signatures.push_back(std::move(c));
  if (!policy_->judge(*newest)) return;
  if (auto good = l.publish(*newest, now()); !good)
    log::error("transparency", {{"log", l.name()}, {"refused", good.why().code}});
}

result<keeper::entry_proof> keeper::prove(id entry) const {
  for (auto* db : house_.databases()) {
    if (!sealed_here(db->name())) continue;
    std::optional<audit::sealed> seal;
    auto found = db->reading([&](store::read& r) {
      seal = audit::seal_of(r, db->name(), entry);
      return audit::find(r, entry);
    });
    if (!found) continue;
    entry_proof out{db->name(), std::move(*found), {}};
    if (!seal) return out;
    const tlog::tiled_log& l = *logs_.front();
    const auto position =
        l.position_of(db->name(), static_cast<std::uint64_t>(seal->number));
    if (!position) return out;
    if (auto p = l.prove(*position)) {
      p->extra = tlog::extra_of({seal->salt, seal->statement});
      out.proof = std::move(*p);
    }
    return out;
  }
  return refuse(kind::not_found, "transparency.no_entry");
}

std::optional<instant> keeper::waiting_since() const {
  const std::int64_t waiting = waiting_since_, round = last_round_;
  // A round that does not end hides what waits: then it is what counts.
  const std::int64_t oldest = waiting != 0 ? std::min(waiting, round) : round;
  if (waiting == 0 && now().micros - round < late_micros) return {};
  return instant{oldest};
}

outcome keeper::may_write() const {
  const auto since = waiting_since();
  if (!since) return nothing{};
  const std::int64_t limit = plan_.limit_seconds * std::int64_t{1'000'000};
  if (now().micros - since->micros <= limit) return nothing{};
  return refuse(kind::unavailable, "transparency.stopped", "",
                {{"since", since->str()}, {"seconds", "60"}});
}

platform::house::watched keeper::state() const {
  const auto since = waiting_since();
  const double waits = since ? static_cast<double>(now().micros - since->micros) / 1e6 : 0;
  platform::house::watched out{"log", "up", {}};
  if (!may_write()) out.state = "stopped";
  else if (waits * 1e6 > static_cast<double>(late_micros)) out.state = "late";
  double size = 0, published = 0;
  for (const auto& l : logs_) {
    const auto s = l->now();
    size += static_cast<double>(s.size);
    published += static_cast<double>(s.published_size);
  }
  out.gauges = {{"madang_log_entries", "Entries in the logs.", size, true},
                {"madang_log_published", "Entries that witnesses have confirmed.", published, true},
                {"madang_log_waiting_seconds", "How long the oldest entry waits for its seal.",
                 waits}};
  return out;
}

std::vector<keeper::seen_witness> keeper::witnesses() const {
  std::lock_guard lock(mutex_);
  std::vector<seen_witness> out;
  for (const auto& w : watchers_)
    out.push_back({w->plan.id, w->plan.name, w->key, !w->here, w->last, w->trouble});
  return out;
}

}  // namespace madang::transparency
