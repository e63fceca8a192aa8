#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "madang/audit/audit.hpp"
#include "madang/base/base.hpp"
#include "madang/store/store.hpp"

// E-mail as the second channel of the message box: whoever has chosen it is told that something
// lies there, never what. An address counts only after a code that was sent to it has come back.
namespace madang::notices {

// RFC 5321: at most 254 octets; atoms with dots before the @, a domain of two or more labels.
bool is_email_address(std::string_view s);

struct email_choice {
  std::string address;             // confirmed; empty: e-mail is not chosen
  std::string wanted;              // waits for its code; empty: none does
};

class email {
 public:
  static constexpr int code_minutes = 30, most_tries = 5, most_codes_a_day = 5;

  explicit email(store::database& notices) : db_(notices) {}

  email_choice of(id person);
  // Sends a code. Refusals: email.address (field address), email.too_often.
  outcome ask(const audit::access& why, id person, std::string_view address,
              std::string_view language);
  // Refusals: email.code (field code; after most_tries no code is right), email.expired.
  outcome confirm(const audit::access& why, id person, std::string_view code);
  // Back to the message box alone; what has not been sent is not sent.
  void forget(const audit::access& why, id person);
  std::int64_t waiting();

 private:
  store::database& db_;
};

struct letter {
  std::string subject, body;       // UTF-8, one line; lines
};

// Where mail is handed in: "smtp://host:587" (STARTTLS when the server offers it), or
// "smtps://host:465".
struct mail_server {
  std::string url, user, password, from;
  std::string trusted;             // PEM file of authorities instead of the system's; empty: those
  bool there() const { return !url.empty(); }
};

// The message as it is handed in: RFC 5322 with RFC 2045 and 2047, ASCII only.
std::string message_of(const std::string& from, const std::string& to, const letter& l,
                       std::string_view message_id, instant at);

// Sends what is due, again after 1, 5, 30 minutes, 2 and 12 hours, then no more. Each sending is
// written into the person's trail, as her address is read for it.
class mailer {
 public:
  // What a letter says; `code` is empty when it only says that there is something to read.
  using writing = std::function<letter(std::string_view language, std::string_view code)>;

  mailer(store::database& notices, mail_server server, audit::access why, writing write)
      : db_(notices), server_(std::move(server)), why_(std::move(why)), write_(std::move(write)) {}
  ~mailer() { stop(); }

  void start();
  void stop();
  // One round; how many were sent. For tests, and for the thread of start().
  int send_due(instant at);

 private:
  struct due;
  std::optional<std::string> hand_in(const due& d) const;   // nothing, or what went wrong
  void turn();

  store::database& db_;
  mail_server server_;
  audit::access why_;
  writing write_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace madang::notices
