#include <chrono>

#include "madang/egress/egress.hpp"
#include "madang/notices/email.hpp"

namespace madang::notices {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t pauses[] = {minute, 5 * minute, 30 * minute, 120 * minute, 720 * minute};
constexpr int at_once = 50;
// A sending that was begun and never ended (a crash) is tried again.
constexpr std::int64_t claimed_for = 10 * minute;

std::string base64(std::string_view s) {
  return text::base64({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
}

// RFC 2047: words of at most 75 octets, cut between characters.
std::string encoded_words(std::string_view s) {
  constexpr std::size_t most = 42;           // 42 octets are 56 in base64, and 12 around them
  std::string out;
  while (!s.empty()) {
    std::size_t n = std::min(most, s.size());
    while (n < s.size() && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) --n;
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(s.substr(0, n)) + "?=";
    s.remove_prefix(n);
  }
  return out;
}

std::string rfc5322_date(instant at) {
  const std::time_t seconds = at.micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000", days[utc.tm_wday], utc.tm_mday,
                     months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

}  // namespace

std::string message_of(const std::string& from, const std::string& to, const letter& l,
                       std::string_view message_id, instant at) {
  const std::string domain = from.substr(from.rfind('@') + 1);
  std::string out = "Date: " + rfc5322_date(at) + "\r\nFrom: <" + from + ">\r\nTo: <" + to +
                    ">\r\nMessage-ID: <" + std::string(message_id) + "@" + domain +
                    ">\r\nSubject: " + encoded_words(l.subject) +
                    "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n";
  const std::string body = base64(text::replace_all(l.body, "\n", "\r\n"));
  for (std::size_t i = 0; i < body.size(); i += 76) out += body.substr(i, 76) + "\r\n";
  return out;
}

struct mailer::due {
  id key, person;
  std::string address, language, code;
  std::int64_t tries = 0;
};

std::optional<std::string> mailer::hand_in(const due& d) const {
  return egress::hand_in(
      {server_.url, server_.user, server_.password, server_.trusted, server_.from, d.address,
       message_of(server_.from, d.address, write_(d.language, d.code), d.key.str(), now())});
}

int mailer::send_due(instant at) {
  std::vector<due> all;
  db_.writing([&](store::write& tx) {
    all.clear();
    tx.each_row("select key, person, address, language, code, tries from dispatch "
                "where next_try <= ?1 order by next_try limit " + std::to_string(at_once),
                std::array{store::parameter(at)}, [&](const store::row& r) {
                  all.push_back({id{r.integer(0)}, id{r.integer(1)}, std::string(r.text(2)),
                                 std::string(r.text(3)), std::string(r.text(4)), r.integer(5)});
                });
    for (const auto& d : all) {
      tx.run("update dispatch set next_try = ?1 where key = ?2",
             instant{at.micros + claimed_for}, d.key);
      audit::append(tx, why_, audit::action::read, d.person, "email_channel", "", "address");
    }
  });
  int sent = 0;
  for (const auto& d : all) {
    const auto wrong = hand_in(d);
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
    if (wrong) log::warn("email.not_sent", {{"what", *wrong}});   // never the address
    else ++sent;
  }
  return sent;
}

void mailer::start() {
  if (!server_.there() || thread_.joinable()) return;
  stopping_ = false;
  thread_ = std::thread([this] { turn(); });
}

void mailer::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void mailer::turn() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    int sent = 0;
    try {
      sent = send_due(now());
    } catch (const std::exception& e) {      // the store cannot be reached
      log::error("email.store", {{"what", e.what()}});
    }
    lock.lock();
    if (sent == at_once) continue;
    wake_.wait_for(lock, std::chrono::seconds(2), [&] { return stopping_; });
  }
}

}  // namespace madang::notices
