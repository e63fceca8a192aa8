#pragma once
#include "madang/pki/escrow.hpp"
#include "madang/trust/cipher.hpp"
#include "registrar.hpp"

// Encryption certificates: others encrypt for their holder, so a lost key would lose what they
// sent. The house makes the key, hands it over and keeps a copy that no one can open alone: it is
// under a key of its own, of which each recovery officer has a share (Shamir, two of all). A share
// is sealed to the officer's key, and that key to a passphrase that she alone knows: whoever has
// the database and the house's passphrase has nothing. Shares and not two wrappings, because
// officers come and go: with n of them there would be n(n-1)/2 wrappings of each key.
//
// The first officer passes her share on, sealed to each of the others; the second opens both, and
// what she gets is sealed to a key under the passphrase that the holder chose when she asked.
// Neither of them sees the key. Each step is in the history of the certificate and told to the
// holder.
namespace madang::certification {

inline constexpr const char* recovery_role = "key_recovery_officer";

struct recovery_officer {
  id key, person;
  std::string name, post;
  trust::bytes public_key;
  std::string sealed;
  instant since, until;  // until: 0 while she serves
};

struct recovery_case {
  id key;
  std::string serial;
  id holder;
  std::string grounds;
  trust::bytes reception_public;
  std::string reception_sealed;
  std::string state;  // waiting, half, ready, taken, refused
  instant asked;
  id first;  // the officer of the first share; 0: none yet
  std::string first_name, second_name;
  instant changed;
  std::string note;
  trust::bytes result;
};
BOOST_DESCRIBE_STRUCT(recovery_officer, (),
                      (key, person, name, post, public_key, sealed, since, until))
BOOST_DESCRIBE_STRUCT(recovery_case, (),
                      (key, serial, holder, grounds, reception_public, reception_sealed, state,
                       asked, first, first_name, second_name, changed, note, result))

class recovery {
 public:
  static constexpr std::size_t shortest_passphrase = 12, longest_passphrase = 128;
  static constexpr std::chrono::hours waits{24 * 14};  // a case, until somebody acts

  explicit recovery(registrar& o) : office(o) {}
  registrar& office;

  // ---- officers ----
  std::vector<recovery_officer> officers();  // who serve
  std::optional<recovery_officer> officer_of(id person);
  // A new key for who has the role; an earlier one of hers ends, and opens what was sealed to it no
  // more. Keys made from now on are shared among the new. Refusals: certification.recovery_role,
  // certification.recovery_passphrase.
  outcome enrol(const audit::access& why, std::string_view passphrase);

  // ---- keeping ----
  // Within the transaction that issues. Refusal certification.no_officers: fewer than two serve.
  outcome keep(store::write& tx, const std::string& serial, const pki::signing_key& key);
  bool keeps(std::string_view serial);

  // ---- having it back ----
  // By the holder of the certificate. Refusals: certification.not_kept,
  // certification.recovery_waits (one is under way), certification.recovery_passphrase,
  // certification.recovery_grounds.
  result<id> ask(const audit::access& why, const certificate& c, std::string_view grounds,
                 std::string_view passphrase);
  // By an officer. True when the key is ready. Refusals: certification.unknown,
  // certification.recovery_role, certification.recovery_own, certification.recovery_second (she
  // acted already), certification.decided, certification.recovery_no_share (her key is newer than
  // the certificate), certification.recovery_wrong.
  result<bool> act(const audit::access& why, id key, std::string_view passphrase);
  outcome refuse_it(const audit::access& why, id key, std::string_view note);
  // PKCS#12 under the passphrase that was chosen; once. Refusals: certification.unknown,
  // certification.fetched, certification.recovery_wrong.
  result<trust::bytes> take(const audit::access& why, const certificate& c,
                            std::string_view passphrase);

  std::vector<recovery_case> cases(int limit = 50);  // the latest first
  std::optional<recovery_case> find(id key);
  std::optional<recovery_case> latest_of(std::string_view serial);

 private:
  result<recovery_case> open_case(const audit::access& why, id key);
  outcome second_act(const audit::access& why, const recovery_case& c, const recovery_officer& me,
                     trust::view secret);
  void tell(const recovery_case& c, const std::string& what, const std::string& by);
};

}  // namespace madang::certification
