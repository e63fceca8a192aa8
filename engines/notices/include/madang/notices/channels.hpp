#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// The ways by which a person may be told that something lies in her message box, never what: e-mail
// and text message. Neither network is ours. An address counts only after a code that was sent to
// it has come back.
namespace madang::notices {

enum class way : std::uint8_t { email, text };
inline constexpr std::array every_way{way::email, way::text};
std::string_view name_of(way w);             // "email", "text"
std::optional<way> way_named(std::string_view name);

// RFC 5321: at most 254 octets; atoms with dots before the @, a domain of two or more labels.
bool is_email_address(std::string_view s);

struct channel {
  std::string address;             // confirmed; empty: this way is not chosen
  std::string wanted;              // waits for its code; empty: none does
};

class channels {
 public:
  static constexpr int code_minutes = 30, most_tries = 5, most_codes_a_day = 5;

  // `country_code`: of telephone numbers as they are dialled within the country; may be empty.
  channels(store::database& notices, std::string country_code)
      : db_(notices), country_code_(std::move(country_code)) {}

  channel of(id person, way w);
  // Sends a code. Refusals, of field `address`: email.address, text_message.address; and
  // channel.too_often, as often as most_codes_a_day by both ways together.
  outcome ask(const audit::access& why, id person, way w, std::string_view address,
              std::string_view language);
  // Refusals: channel.code (field code; after most_tries no code is right), channel.expired.
  outcome confirm(const audit::access& why, id person, way w, std::string_view code);
  // Back to the message box; what has not been sent is not sent.
  void forget(const audit::access& why, id person, way w);
  std::int64_t waiting(way w);

 private:
  store::database& db_;
  std::string country_code_;
};

struct letter {
  std::string subject, body;       // UTF-8, one line; lines. A text message has no subject.
};

// Where mail is handed in: "smtp://host:587" (STARTTLS when the server offers it), or
// "smtps://host:465".
struct mail_server {
  std::string url, user, password, from;
  std::string trusted;             // PEM file of authorities instead of the system's; empty: those
  bool there() const { return !url.empty(); }
};

// Where text messages are handed in: the `sendsms` of Kannel's smsbox (user guide, "Using the HTTP
// interface to smsbox", POST with X-Kannel headers, so that neither password nor number stands in
// an address): "https://host:13013/cgi-bin/sendsms". A company's gateway that speaks SMPP is
// reached through it.
struct text_gateway {
  std::string url, user, password, from;
  std::string trusted;
  bool there() const { return !url.empty(); }
  // A password and numbers would cross a network in the clear.
  bool tells_secrets() const;
};

// The message as it is handed in: RFC 5322 with RFC 2045 and 2047, ASCII only.
std::string message_of(const std::string& from, const std::string& to, const letter& l,
                       std::string_view message_id, instant at);

// Hand one message in; nothing, or what went wrong without any address.
std::optional<std::string> hand_in(const mail_server& server, const std::string& to,
                                   const letter& l, std::string_view message_id);
std::optional<std::string> hand_in(const text_gateway& gateway, const std::string& to,
                                   std::string_view text);

// Sends what is due, again after 1, 5, 30 minutes, 2 and 12 hours, then no more. Each sending is
// written into the person's trail, as her address is read for it. What goes by a way that this
// house does not have waits.
class messenger {
 public:
  // What a message says; `code` is empty when it only says that there is something to read.
  using writing = std::function<letter(way w, std::string_view language, std::string_view code)>;

  messenger(store::database& notices, mail_server mail, text_gateway texts, audit::access why,
            writing write)
      : db_(notices),
        mail_(std::move(mail)),
        texts_(std::move(texts)),
        why_(std::move(why)),
        write_(std::move(write)) {}
  ~messenger() { stop(); }

  void start();
  void stop();
  // One round; how many were sent. For tests, and for the thread of start().
  int send_due(instant at);

 private:
  struct due;
  std::vector<due> claim(instant at);
  std::optional<std::string> send(const due& d) const;
  void turn();

  store::database& db_;
  mail_server mail_;
  text_gateway texts_;
  audit::access why_;
  writing write_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace madang::notices
