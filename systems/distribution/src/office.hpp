#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
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
inline constexpr int draft_days = 30;        // unchanged for so long it is discarded
inline constexpr int most_shown = 100;       // on one page
inline constexpr int most_written = 50'000;  // of either side in one file for spreadsheets
// A message of the exchange is at most 1 MiB of JSON, in which octets are written as Base64.
inline constexpr std::size_t piece_size = 512u << 10;

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
  id key;
  std::string number, state, sender, receiver, title, purpose, law, reference;
  id subject;
  date until;
  instant changed;
  std::string reason, manifest;
  store::bytes signature;
};
BOOST_DESCRIBE_STRUCT(arrival, (),
                      (key, number, state, sender, receiver, title, purpose, law, reference,
                       subject, until, changed, reason, manifest, signature))
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

inline json::object as_json(const receipt& r) {
  return {{"statement", r.statement}, {"signature", text::base64(r.signature)}};
}
// One component, no letters that are not seen.
bool is_file_name(const std::string& s);

// An agency that another node serves and that receives documents.
struct far_agency {
  std::string agency, keeper;
  words name;
  instant heard;                             // when its node last answered; 0: never
  std::string problem;                       // why it did not, last; empty: it did
};
// What is on its way to another node.
struct parcel {
  std::string number, what, agency;          // what: "letter", or of a receipt
  instant made;
  std::int64_t tries = 0;
  instant tried, due;
  std::string why;                           // it did not arrive, last
};
BOOST_DESCRIBE_STRUCT(parcel, (), (number, what, agency, made, tries, tried, due, why))

// The way was shut: it is tried again.
struct undelivered : std::runtime_error {
  explicit undelivered(const refusal& r);
};

class office {
 public:
  explicit office(house& h);
  house& home() { return house_; }
  words agency(const std::string& code) const;
  std::vector<std::string> receivers();      // agencies served here with a post that receives

  // ---- sending ----
  // Refusals distribution.receiver, .elsewhere (the sender is served at another node).
  result<letter> begin(const audit::actor& who, const std::string& receiver);
  std::optional<letter> find(const std::string& number);
  // `from` is counted from 0, newest first.
  std::vector<letter> sent_by(const audit::actor& who, std::int64_t from, int limit);
  std::int64_t count_sent(const audit::actor& who);
  outcome keep(const audit::actor& who, const letter& draft);
  // Sealed to the receiver before anything is written. Refusals distribution.file, .many_files,
  // .signature, .signer, .state, and those of the vault.
  outcome attach(const audit::actor& who, const letter& l, const http::part& file);
  outcome remove(const audit::actor& who, const letter& l, std::int64_t n);
  outcome discard(const audit::access& by, const letter& l);
  // Refusals distribution.name_it, .say_purpose, .law, .reference, .until, .no_file, .state.
  outcome send(const audit::actor& who, const letter& l);
  // What was sent goes to its receiver, in parts; called at least once. Throws undelivered.
  void deliver(const std::string& number);

  // ---- receiving ----
  std::optional<arrival> found(const std::string& number);
  std::vector<arrival> come_to(const std::string& agency, std::int64_t from, int limit);
  std::int64_t count_come(const std::string& agency);
  std::int64_t waiting_at(const std::string& agency);
  // Refusals distribution.say_purpose, .state, .destroyed.
  outcome open(const audit::actor& who, const arrival& a, const std::string& purpose);
  std::optional<std::string> opened_for(const audit::actor& who, const arrival& a);
  // One file as it was attached; the reading is entered first. What cannot be handed out because it
  // is not what came is entered too, and logged. Refusals distribution.not_opened, .destroyed,
  // .changed, .damaged.
  result<std::string> take_out(const audit::actor& who, const arrival& a, const enclosed& f);
  // Refusals distribution.reason, .state.
  outcome refuse_it(const audit::actor& who, const arrival& a, const std::string& reason);
  // Throws undelivered.
  void report(const std::string& number, const std::string& what);

  // ---- to other nodes ----
  // Now, or by the courier when another node serves the agency: nobody waits for it then.
  void go_out(const std::string& number, const std::string& what);
  std::vector<std::string> agencies_due();
  void carry(const std::string& agency, const std::atomic<bool>& stop);
  std::optional<parcel> on_its_way(const std::string& number);
  void on_parcels(std::function<void()> f) { wake_ = std::move(f); }
  std::vector<far_agency> far_receivers();
  std::vector<std::string> keepers_due();    // whose office is to be asked again
  void ask_office(const std::string& keeper);

  std::vector<enclosed> files(const std::string& number, const std::string& side);
  std::vector<receipt> receipts(const std::string& number, const std::string& side);

  // ---- what the night does ----
  // Files whose day is over are destroyed, as is what a run before this one left half destroyed;
  // drafts that nobody goes on with, and keys to which nothing can be sealed any more, go.
  outcome expire(date today);
  // Envelopes that belong to no letter: who was cut off between the vault and the letter left them.
  // Younger ones than a day may be under way. Gives how many.
  result<int> sweep(const std::atomic<bool>& stop);
  outcome night(const std::atomic<bool>& stop);
  date expired_on() const { return date{expired_.load()}; }
  outcome examine(const std::atomic<bool>& stop);       // copies in the vault
  std::optional<date> examined_on() const;

  // Who receives is told that something came; who wrote, that it was refused or never opened.
  void tell_receivers(const std::string& number);
  void tell_writer(const std::string& number, const std::string& what);
  void begin_demonstration();

  // ---- verbs ----
  result<json::value> box_of(const json::value& in);
  result<json::value> about_us(const json::value& in);
  // A part of an envelope; answers how much of it is there.
  result<json::value> take_part(const audit::access& why, const json::value& in);
  result<json::value> take(const audit::access& why, const json::value& in);
  // From the node of the receiver, or from this house. What is refused as forged is entered.
  result<json::value> heard_from(const audit::access& why, const json::value& in);

 private:
  audit::access by_itself(const std::string& number) const;
  audit::access why(const audit::actor& who, const std::string& purpose, const std::string& law,
                    const std::string& number) const;
  // Writing a draft: its purpose and law may not be said yet.
  audit::access writing(const audit::actor& who, const std::string& number) const;
  result<trust::bytes> sealed_by(const std::string& agency, std::string_view octets);
  outcome signed_by(const std::string& agency, std::string_view octets, trust::view signature);
  trust::cms_report report_of(const std::string& agency, std::string_view octets,
                              trust::view signature);
  bool knows_seals_of(const std::string& agency);
  // Whoever says something for an agency is the node that serves it. Refusal distribution.member.
  outcome comes_from(const audit::access& by, const std::string& agency);
  refusal tried(const audit::access& by, const std::string& number, const refusal& why);
  result<json::value> hear(const audit::access& why, const json::value& in);
  // The letter that an input is about, if its sender's node says it and its seal has signed it.
  result<arrival> announced(const audit::access& by, const json::value& in);
  result<json::value> first_receipt(const std::string& number);
  outcome hand_over(const letter& l, std::int64_t n, const enclosed& f);
  bool go_over(const letter& l);
  void arrived(const parcel& p);
  void failed(const parcel& p, const std::string& why);
  void know_office(const std::string& keeper, const json::value& said);
  // Newest first, and one of this year among them. Refusal distribution.receiver.
  result<std::vector<trust::letter_box>> boxes_of(const std::string& agency);
  result<trust::bytes> certificate_of(const audit::access& by, const std::string& agency);
  result<id> put(const audit::access& by, const std::string& agency, std::string_view name,
                 std::string_view octets);
  outcome forget(const audit::access& by, id record, const std::string& agency);
  outcome destroy(const std::string& number, const std::string& side, const std::string& agency);
  outcome destroy_rest();
  outcome discard_old_drafts();
  void forget_old_boxes();
  void forget_the_way();
  result<receipt> statement_of(const arrival& a, const std::string& what, const std::string& post,
                               const std::string& reason);
  outcome state_that(const audit::access& by, const arrival& a, const receipt& r,
                     const std::string& reason,
                     const std::function<void(store::write&)>& together = {});
  result<std::vector<enclosed>> kept_files(const audit::access& by, const arrival& a);
  result<id> kept_file(const audit::access& by, const arrival& a, const enclosed& e);
  result<std::string> opened(const arrival& a, const enclosed& f);
  void end(const letter& l, const std::string& state, const std::string& reason);
  void tell(id person, const char* key, const std::string& number, const std::string& agency,
            const std::string& link);

  house& house_;
  store::database& db_;
  vault::vault vault_;
  std::string passphrase_;
  std::mutex boxes_;
  std::atomic<int> expired_{0};
  std::function<void()> wake_;               // the courier
};
using shared_office = std::shared_ptr<office>;

void pages(house& h, shared_office o);   // the desk

}  // namespace madang::distribution
