#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/html/html.hpp"
#include "madang/platform/context.hpp"
#include "madang/trust/envelope.hpp"
#include "madang/vault/vault.hpp"

namespace madang::distribution {

using platform::context;
using platform::house;
using platform::needs;

inline constexpr const char* role = "document_officer";
inline constexpr std::size_t most_files = 10;
inline constexpr int longest_days = 365;

struct letter {
  id key;
  std::string number, state, sender, post;   // draft, sent, delivered, opened, refused, expired
  id writer;
  std::string writer_name, receiver, title, purpose, law, reference;
  id subject;                                // the person it is about; 0: nobody
  date until;
  instant changed;
  std::string reason, manifest;
  store::bytes signature;
};
BOOST_DESCRIBE_STRUCT(letter, (),
                      (key, number, state, sender, post, writer, writer_name, receiver, title,
                       purpose, law, reference, subject, until, changed, reason, manifest,
                       signature))
struct arrival {
  std::string number, state, sender, receiver, title, purpose, law, reference;
  id subject;
  date until;
  instant changed;
  std::string reason, manifest;
  store::bytes signature;
};
BOOST_DESCRIBE_STRUCT(arrival, (),
                      (number, state, sender, receiver, title, purpose, law, reference, subject,
                       until, changed, reason, manifest, signature))
struct enclosed {
  std::string number, side;
  std::int64_t n = 0;
  std::string name;
  std::int64_t size = 0;
  std::string sha256, envelope;              // of the plain file, of what is kept; hexadecimal
  id record;
};
BOOST_DESCRIBE_STRUCT(enclosed, (), (number, side, n, name, size, sha256, envelope, record))
struct receipt {
  std::string number, side, what, statement;   // delivered, opened, refused, destroyed
  store::bytes signature;
  instant at;
};
BOOST_DESCRIBE_STRUCT(receipt, (), (number, side, what, statement, signature, at))

class office {
 public:
  explicit office(house& h);
  house& home() { return house_; }
  words agency(const std::string& code) const;
  std::vector<std::string> receivers();      // agencies with a post that receives

  // ---- sending ----
  // Refusal distribution.receiver.
  result<letter> begin(const context& c, const std::string& receiver);
  std::optional<letter> find(const std::string& number);
  std::vector<letter> sent_by(const audit::actor& who);
  outcome keep(const letter& draft);
  // Sealed to the receiver before anything is written. Refusals distribution.file, .many_files,
  // and those of the vault.
  outcome attach(const context& c, const letter& l, const http::part& file);
  outcome discard(const context& c, const letter& l);
  // Refusals distribution.title, .purpose, .law, .reference, .until, .no_file, .state.
  outcome send(const context& c, const letter& l);
  // What was sent goes to its receiver; called by the exchange, at least once.
  void deliver(const std::string& number);

  // ---- receiving ----
  std::optional<arrival> found(const std::string& number);
  std::vector<arrival> come_to(const std::string& agency);
  // Refusals distribution.say_purpose, .state.
  outcome open(const context& c, const arrival& a, const std::string& purpose);
  std::optional<std::string> opened_for(const context& c, const arrival& a);
  // One file as it was attached; the reading is entered first. Refusals distribution.not_opened,
  // .unknown, .changed, envelope.*.
  result<std::string> take_out(const context& c, const arrival& a, const enclosed& f);
  outcome refuse_it(const context& c, const arrival& a, const std::string& reason);
  void report(const std::string& number, const std::string& what);

  std::vector<enclosed> files(const std::string& number, const std::string& side);
  std::vector<receipt> receipts(const std::string& number, const std::string& side);

  // Files whose day is over are destroyed.
  outcome expire(date today);
  date expired_on() const { return date{expired_.load()}; }

  // ---- verbs ----
  result<json::value> box_of(const json::value& in);
  result<json::value> take(const audit::access& why, const json::value& in);
  result<json::value> hear(const audit::access& why, const json::value& in);

 private:
  audit::access by_itself(const std::string& number) const;
  audit::access why(const context& c, const std::string& purpose, const std::string& law,
                    const std::string& number) const;
  result<trust::bytes> sealed_by(const std::string& agency, std::string_view octets);
  outcome signed_by(const std::string& agency, std::string_view octets, trust::view signature);
  result<trust::letter_box> own_box(const std::string& agency);
  result<id> put(const audit::access& by, std::string_view name, std::string_view octets);
  outcome destroy(const std::string& number, const std::string& side, const std::string& agency);
  result<receipt> state_that(const arrival& a, const std::string& what, const std::string& post,
                             const std::string& reason);
  void set_state(store::write& tx, const std::string& number, const receipt& r);

  house& house_;
  store::database& db_;
  vault::vault vault_;
  std::string passphrase_;
  std::mutex boxes_;
  std::atomic<int> expired_{0};
};
using shared_office = std::shared_ptr<office>;

void pages(house& h, shared_office o);   // the desk

}  // namespace madang::distribution
