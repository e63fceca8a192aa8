#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "madang/pki/authority.hpp"
#include "madang/platform/house.hpp"

// The business of certification behind its pages and protocols. Each act is one transaction with
// its entry in the audit and in the certificate's history.
namespace madang::certification {

inline constexpr const char* officer_role = "certification_officer";

struct application {
  id key;
  std::string authority, kind;
  id person;
  std::string post;  // code; empty: for the person herself
  words name, organisation;
  std::string number, title, dns;
  trust::bytes public_key;
  std::string proof;  // of identity: register, post, business, authority, acme, est, cmp
  std::string state;  // waiting, issued, refused
  instant filed;
  std::optional<instant> decided;
  std::string decided_by, note, serial, replaces;
};

struct certificate {
  std::string serial, authority, kind;
  id person;
  std::string post;
  words name;
  std::string number, dns;
  trust::bytes der;
  std::string state;
  instant valid_since, valid_until, changed;
  std::string reason;
  id application;
  std::string source;  // page, acme, est, cmp

  bool over(instant at) const { return valid_until <= at; }
  // "valid", "held", "revoked", "expired".
  std::string shown(instant at) const {
    return state == "revoked" || !over(at) ? state : "expired";
  }
};

struct event {
  id key;
  std::string serial, what, actor;
  instant at;
  std::string note;
};

// What somebody asks for.
struct wish {
  std::string authority, kind;
  std::string business;                 // company: number in the business register
  std::string device, dns;              // device: its number; server: names
  std::optional<trust::bytes> request;  // PKCS#10, when she keeps her key herself
  std::string passphrase;               // else: of the PKCS#12 that is made for her
  std::string replaces;                 // serial of the certificate that this one renews
};

// What a program asks for.
struct program_wish {
  std::string kind;              // "server", "device"
  std::vector<std::string> dns;  // server
  std::string number;            // device
  trust::bytes key;              // SubjectPublicKeyInfo
  std::string agency, source;    // source: "acme", "est", "cmp"
  std::string replaces;          // serial of the certificate that this one renews
};
// A number of a device: letters, digits, hyphens and dots, 40 at most.
bool is_device_number(std::string_view s);

struct applied {
  application row;
  // Of a key that the house made; given once, kept nowhere. Both are under her passphrase.
  trust::bytes pkcs12, npki;  // npki: signPri.key of Korean programs
};

struct wanted_certificates {
  std::string authority, state, text;  // text: serial, number or a part of the name
  std::size_t limit = 100;
};

struct tally {
  std::string authority, state;
  std::int64_t count = 0;
};

class registrar {
 public:
  explicit registrar(platform::house& h);

  platform::house& home;
  store::database& db;

  // Opened, or made by a ceremony, when first asked for. Refusals: those of the pki room.
  result<std::shared_ptr<pki::authorities>> keys();
  const std::vector<pki::hierarchy_plan>& plans() const { return plans_; }
  const pki::authority_plan* plan_of(std::string_view authority) const;
  std::string hierarchy_of(std::string_view authority) const;
  // Kinds of certificates that a hierarchy issues by application.
  static std::vector<std::string> kinds_of(std::string_view hierarchy);

  // ---- acts of the holder ----
  // Who she is follows from her session and the registers, never from the request. A person's, an
  // official's and a company's is issued at once; a server's and a device's waits for an official
  // of the authority. Refusals: certification.authority, certification.kind,
  // certification.official_only, certification.already, certification.business,
  // certification.number, certification.dns, certification.request_needed,
  // certification.passphrase, and those of pki.
  result<applied> apply(const audit::access& why, const wish& w);
  // Refusals: certification.unknown, certification.state.
  outcome suspend(const audit::access& why, const std::string& serial);
  outcome resume(const audit::access& why, const std::string& serial);
  outcome revoke(const audit::access& why, const std::string& serial, const std::string& reason,
                 const std::string& note = {});

  // ---- acts of the authority ----
  outcome accept(const audit::access& why, id application);
  outcome refuse_application(const audit::access& why, id application, const std::string& note);
  // For a program that has proven who it is and may ask for these names. Needs keys() opened before
  // the transaction.
  result<certificate> issue_for_program(store::write& tx, const audit::access& why,
                                        const std::string& authority, const program_wish& w);

  // ---- looking ----
  std::optional<certificate> find(std::string_view serial);
  std::optional<application> find_application(id key);
  std::vector<certificate> of_person(id person);
  std::vector<application> applications_of(id person);
  std::vector<application> waiting();
  std::vector<certificate> list(const wanted_certificates& w);
  std::vector<event> events(std::string_view serial);
  std::vector<tally> figures();

  // ---- what programs ask ----
  pki::status status_of(std::string_view authority, const std::string& serial);
  // Made anew when something changed, and each hour.
  struct kept_list {
    trust::bytes der;
    instant made, next;
  };
  result<kept_list> list_of(std::string_view authority, int shard);

 private:
  result<pki::certificate_plan> plan_for(const audit::access& why, const wish& w, application& row);
  result<certificate> sign(store::write& tx, const audit::access& why, application& row,
                           const pki::certificate_plan& plan, const std::string& source);
  outcome change(store::write& tx, const audit::access& why, const std::string& serial,
                 const std::string& from, const std::string& to, const std::string& what,
                 const std::string& reason, const std::string& note);
  void note_event(store::write& tx, const std::string& serial, const std::string& what,
                  const audit::access& why, const std::string& note);
  void changed(const std::string& authority, const std::string& serial);
  std::string passphrase() const;

  std::vector<pki::hierarchy_plan> plans_;
  std::mutex gate_;
  std::shared_ptr<pki::authorities> keys_;
  std::map<std::string, kept_list> lists_;  // "authority/shard"
  std::uint64_t changes_ = 0;               // a list read before one is not kept after it
};

BOOST_DESCRIBE_STRUCT(application, (),
                      (key, authority, kind, person, post, name, organisation, number, title, dns,
                       public_key, proof, state, filed, decided, decided_by, note, serial,
                       replaces))
BOOST_DESCRIBE_STRUCT(certificate, (),
                      (serial, authority, kind, person, post, name, number, dns, der, state,
                       valid_since, valid_until, changed, reason, application, source))
BOOST_DESCRIBE_STRUCT(event, (), (key, serial, what, actor, at, note))
BOOST_DESCRIBE_STRUCT(tally, (), (authority, state, count))

}  // namespace madang::certification
