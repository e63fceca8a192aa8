#include "madang/signon/logout_sender.hpp"

#include <array>

#include "madang/signon/pings.hpp"
#include "madang/signon/signals.hpp"
#include "outgoing.hpp"
#include "said.hpp"

namespace madang::signon {

struct logout_sender::due {
  id key;
  std::string client, subject, sid;
  std::int64_t tries = 0;
};

namespace {

constexpr std::int64_t second = 1'000'000;
// Between one try and the next; after the last it is given up.
constexpr std::int64_t pauses[] = {5 * second, 60 * second, 600 * second, 3600 * second,
                                   6 * 3600 * second, 16 * 3600 * second};
constexpr std::int64_t claimed_for = 60 * second;
}  // namespace

std::optional<std::string> logout_sender::tell(const due& d) {
  const auto* by = provider_.find_client(d.client);
  if (!by || by->back_channel.empty()) return {};
  const auto answer =
      post_to({by->back_channel,
               "application/x-www-form-urlencoded",
               "logout_token=" + provider_.logout_token(*by, d.subject, d.sid),
               {}});
  if (answer.status == 200 || answer.status == 204) return {};
  return answer.problem.empty() ? "status " + std::to_string(answer.status) : answer.problem;
}

int logout_sender::send_due(instant at) {
  std::vector<due> all;
  db_.writing([&](store::write& tx) {
    all.clear();
    tx.each_row("select key, client, subject, sid, tries from logout_notice where next_try <= ?1 "
                "order by next_try limit 50",
                std::array{store::parameter(at)}, [&](const store::row& r) {
                  all.push_back({id{r.integer(0)}, std::string(r.text(1)), std::string(r.text(2)),
                                 std::string(r.text(3)), r.integer(4)});
                });
    for (const auto& d : all)
      tx.run("update logout_notice set next_try = ?1 where key = ?2",
             instant{at.micros + claimed_for}, d.key);
  });
  int told = 0;
  for (const auto& d : all) {
    const auto wrong = tell(d);
    const auto tries = static_cast<std::size_t>(d.tries);
    db_.writing([&](store::write& tx) {
      if (!wrong || tries >= std::size(pauses))
        tx.run("delete from logout_notice where key = ?1", d.key);
      else
        tx.run("update logout_notice set next_try = ?1, tries = ?2, problem = ?3 where key = ?4",
               instant{at.micros + pauses[tries]}, d.tries + 1, *wrong, d.key);
    });
    if (wrong) log::warn("signon.logout_not_told", {{"client", d.client}, {"what", *wrong}});
    else ++told;
  }
  return told;
}

void logout_sender::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { turn(); });
}

void logout_sender::stop() {
  {
    std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void logout_sender::wake() {
  {
    std::lock_guard hold(mutex_);
    woken_ = true;
  }
  wake_.notify_all();
}

void logout_sender::turn() {
  std::unique_lock hold(mutex_);
  while (!stopping_) {
    wake_.wait_for(hold, std::chrono::seconds(5), [this] { return stopping_ || woken_; });
    if (stopping_) return;
    woken_ = false;
    hold.unlock();
    try {
      send_due();
      signals(db_, provider_).push_due();
      pings(db_, provider_).send_due();
    } catch (const std::exception& e) {
      log::warn("signon.logout_waits", {{"what", e.what()}});
    }
    hold.lock();
  }
}

}  // namespace madang::signon
