#include <chrono>

#include "madang/notices/channels.hpp"

namespace madang::notices {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t pauses[] = {minute, 5 * minute, 30 * minute, 120 * minute, 720 * minute};
constexpr int at_once = 50;
// A sending that was begun and never ended (a crash) is tried again.
constexpr std::int64_t claimed_for = 10 * minute;

}  // namespace

struct messenger::due {
  id key, person;
  way by = way::email;
  std::string address, language, code;
  std::int64_t tries = 0;
};

std::vector<messenger::due> messenger::claim(instant at) {
  std::vector<due> all;
  std::string ways;
  for (const way w : every_way)
    if (w == way::email ? mail_.there() : texts_.there())
      ways += (ways.empty() ? "'" : ", '") + std::string(name_of(w)) + "'";
  if (ways.empty()) return all;
  db_.writing([&](store::write& tx) {
    all.clear();
    tx.each_row("select key, person, way, address, language, code, tries from dispatch "
                "where next_try <= ?1 and way in (" + ways + ") order by next_try limit " +
                    std::to_string(at_once),
                std::array{store::parameter(at)}, [&](const store::row& r) {
                  all.push_back({id{r.integer(0)}, id{r.integer(1)},
                                 way_named(r.text(2)).value_or(way::email), std::string(r.text(3)),
                                 std::string(r.text(4)), std::string(r.text(5)), r.integer(6)});
                });
    for (const auto& d : all) {
      tx.run("update dispatch set next_try = ?1 where key = ?2",
             instant{at.micros + claimed_for}, d.key);
      audit::append(tx, why_, audit::action::read, d.person, "channel", "", "address");
    }
  });
  return all;
}

std::optional<std::string> messenger::send(const due& d) const {
  const letter l = write_(d.by, d.language, d.code);
  return d.by == way::email ? hand_in(mail_, d.address, l, d.key.str())
                            : hand_in(texts_, d.address, l.body);
}

int messenger::send_due(instant at) {
  int sent = 0;
  for (const auto& d : claim(at)) {
    const auto wrong = send(d);
    const auto tries = static_cast<std::size_t>(d.tries);
    const bool again = wrong && tries < std::size(pauses);
    db_.writing([&](store::write& tx) {
      if (!wrong)
        tx.run("update dispatch set next_try = ?1, sent_at = ?2, tries = ?3, problem = '', "
               "address = '' where key = ?4",
               forever, now(), d.tries + 1, d.key);
      else
        tx.run("update dispatch set next_try = ?1, tries = ?2, problem = ?3 where key = ?4",
               again ? instant{at.micros + pauses[tries]} : forever, d.tries + 1, *wrong, d.key);
    });
    // Never the address.
    if (wrong) log::warn("message.not_sent", {{"way", name_of(d.by)}, {"what", *wrong}});
    else ++sent;
  }
  return sent;
}

void messenger::start() {
  if (!(mail_.there() || texts_.there()) || thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { turn(); });
}

void messenger::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void messenger::turn() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    int sent = 0;
    try {
      sent = send_due(now());
    } catch (const std::exception& e) {      // the store cannot be reached
      log::error("message.store", {{"what", e.what()}});
    }
    lock.lock();
    if (sent == at_once) continue;
    wake_.wait_for(lock, std::chrono::seconds(2), [&] { return stopping_; });
  }
}

}  // namespace madang::notices
